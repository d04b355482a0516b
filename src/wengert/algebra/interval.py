"""`Interval`: ranges that surely contain every value, by rounding outwards.

A bound is moved outwards by more than the error of the function that computed it, so the result encloses
what exact arithmetic gives for every choice of inputs.  Comparisons may be undecided; then `select` gives the
hull of both choices, and a branch is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..prims.primitive import Primitive
from .base import inexact, shape_of
from .bounds import RULES, ULPS, down, up
from .bounds_special import SPECIAL
from .parts import Componentwise, Parts

_EXACT = frozenset(
    ("floor", "ceil", "trunc", "rint", "sign", "maximum", "minimum", "fmax", "fmin", "pymax", "pymin", "amax",
     "amin", "and", "or", "any", "all", "stop", "not", "neg")
)  # fmt: skip
_DOWN = frozenset(("acos", "erfc", "not", "neg", "trigamma"))
_UP = (_EXACT - _DOWN) | frozenset(
    ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "asin", "atan", "sinh", "tanh",
     "asinh", "acosh", "atanh", "erf", "cast", "digamma")
)  # fmt: skip
_POSITIVE = {"digamma", "trigamma", "lgamma", "tgamma"}
_DOMAIN: dict[str, tuple[float, float]] = {
    "log": (0, np.inf), "log2": (0, np.inf), "log10": (0, np.inf), "sqrt": (0, np.inf), "log1p": (-1, np.inf),
    "asin": (-1, 1), "acos": (-1, 1), "atanh": (-1, 1), "acosh": (1, np.inf),
}  # fmt: skip


class Span(Parts):
    """From ``lo`` to ``hi``."""

    __slots__ = ()

    @property
    def lo(self) -> Any:
        """The lower bound."""
        return self.parts[0]

    @property
    def hi(self) -> Any:
        """The upper bound."""
        return self.parts[1]

    def __contains__(self, x: Any) -> bool:
        return bool(np.all((self.lo <= x) & (x <= self.hi)))

    def __repr__(self) -> str:
        return f"[{self.lo}, {self.hi}]"


class Interval(Componentwise):
    """Ranges.

    >>> i = Interval()
    >>> x = i.between(1.0, 2.0)
    >>> 2.25 in x * x
    True
    """

    name = "Interval"

    def between(self, lo: Any, hi: Any) -> Span:
        """The values from ``lo`` to ``hi``, numbers or arrays of one shape."""
        if np.iscomplexobj(lo) or np.iscomplexobj(hi):
            raise TypeError("intervals are of real numbers")
        lo, hi = np.asarray(lo, float)[()], np.asarray(hi, float)[()]
        if shape_of(lo) != shape_of(hi) or not np.all(lo <= hi):
            raise ValueError("an interval needs lo <= hi, of one shape")
        return Span(self, np.array(lo)[()], np.array(hi)[()])

    def variable(self, x: Any) -> Any:
        return self.given(x)

    def given(self, x: Any) -> Any:
        """A pair of bounds becomes an interval."""
        if isinstance(x, tuple) and len(x) == 2:
            return self.between(*x)
        return x

    def new(self, *parts: Any) -> Span:
        return Span(self, *parts)

    def split(self, x: Any) -> tuple[Any, Any]:
        if isinstance(x, (bool, np.bool_, np.ndarray)) or hasattr(x, "dtype"):
            return x, np.array(x, copy=True)[()]
        return np.float64(x), np.float64(x)

    def known(self, x: Any) -> bool | None:
        if not self.mine(x):
            return bool(x)
        return bool(x.lo) if bool(x.lo) == bool(x.hi) else None

    def meaning(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        name = prim.name
        if name in _POSITIVE and not np.all(self.parts_of(args[0])[0] > 0):
            self.no_rule(prim, " below zero")
        if name in _UP or name in _DOWN:
            return self._monotone(prim, args, attrs, name in _UP)
        rule = (RULES.get(name) or SPECIAL.get(name)) if prim.kind != "foreign" else None
        if rule is not None:
            return self.new(*rule(*[self.parts_of(a) for a in args], **attrs))
        if prim.composite is not None:
            return prim.composite(*args, **attrs)
        if name in ("argmax", "argmin"):
            return self._position(prim, args[0], attrs)
        self.no_rule(prim)

    def _monotone(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any], rising: bool) -> Any:
        los, his = zip(*[self.parts_of(a) for a in args], strict=True)
        if prim.name in _DOMAIN:
            bounds = _DOMAIN[prim.name]
            los, his = [np.clip(x, *bounds) for x in los], [np.clip(x, *bounds) for x in his]
        ends = (los, his) if rising else (his, los)
        lo, hi = (prim(*xs, **attrs) for xs in ends)
        if prim.name in _EXACT or not inexact(lo):
            return self.new(lo, hi)
        return self.new(down(lo, ULPS), up(hi, ULPS))

    def _position(self, prim: Primitive, x: Any, attrs: Mapping[str, Any]) -> Any:
        lo, hi = (x.lo, x.hi) if prim.name == "argmax" else (-x.hi, -x.lo)
        at = np.argmax(lo, axis=attrs.get("axis"))
        best = np.max(lo, axis=attrs.get("axis"), keepdims=True)
        if np.any(np.sum(hi >= best, axis=attrs.get("axis")) > 1):
            self.undecided(f"`{prim.name}`")
        return np.int64(at) if np.ndim(at) == 0 else at

    def result(self, x: Any) -> Any:
        return x
