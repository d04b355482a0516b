"""`Interval`: ranges that surely contain every value, by rounding outwards.

A bound is moved outwards by more than the error of the function that computed it, so the result encloses
what exact arithmetic gives for every choice of inputs.  Comparisons may be undecided; then `select` gives the
hull of both choices, and a branch is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..prims.primitive import REGISTRY, Primitive
from .base import inexact, shape_of
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
_POSITIVE = {"digamma", "trigamma"}
_DOMAIN: dict[str, tuple[float, float]] = {
    "log": (0, np.inf), "log2": (0, np.inf), "log10": (0, np.inf), "sqrt": (0, np.inf), "log1p": (-1, np.inf),
    "asin": (-1, 1), "acos": (-1, 1), "atanh": (-1, 1), "acosh": (1, np.inf),
}  # fmt: skip
_ULPS = 4


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


def down(x: Any, ulps: int = 1) -> Any:
    """The next number below, ``ulps`` times."""
    for _ in range(ulps):
        x = np.nextafter(x, -np.inf)
    return x


def up(x: Any, ulps: int = 1) -> Any:
    """The next number above, ``ulps`` times."""
    for _ in range(ulps):
        x = np.nextafter(x, np.inf)
    return x


def around(x: Any) -> tuple[Any, Any]:
    """A computed bound and its neighbours on both sides; NaN is anything."""
    return np.where(np.isnan(x), -np.inf, down(x))[()], np.where(np.isnan(x), np.inf, up(x))[()]


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
        rule = RULES.get(name) if prim.kind != "foreign" else None
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
        return self.new(down(lo, _ULPS), up(hi, _ULPS))

    def _position(self, prim: Primitive, x: Any, attrs: Mapping[str, Any]) -> Any:
        lo, hi = (x.lo, x.hi) if prim.name == "argmax" else (-x.hi, -x.lo)
        at = np.argmax(lo, axis=attrs.get("axis"))
        best = np.max(lo, axis=attrs.get("axis"), keepdims=True)
        if np.any(np.sum(hi >= best, axis=attrs.get("axis")) > 1):
            self.undecided(f"`{prim.name}`")
        return np.int64(at) if np.ndim(at) == 0 else at

    def result(self, x: Any) -> Any:
        return x


Bounds = tuple[Any, Any]


def _corners(f: Callable[..., Any], a: Bounds, b: Bounds) -> Bounds:
    found = [f(x, y) for x in a for y in b]
    lows, highs = zip(*[around(x) for x in found], strict=True)
    lo, hi = lows[0], highs[0]
    for x, y in zip(lows[1:], highs[1:], strict=True):
        lo, hi = np.minimum(lo, x), np.maximum(hi, y)
    return lo, hi


def _times(x: Any, y: Any) -> Any:
    """A product of bounds, in which 0 times infinity is 0: infinity is no value, only a bound."""
    return np.where((x == 0) | (y == 0), 0.0, np.multiply(x, y))[()]


def _mul(a: Bounds, b: Bounds) -> Bounds:
    return _corners(_times, a, b)


def _div(a: Bounds, b: Bounds) -> Bounds:
    crosses = (b[0] <= 0) & (b[1] >= 0)
    safe = tuple(np.where(crosses, 1.0, x) for x in b)
    lo, hi = _corners(np.divide, a, safe)  # type: ignore[arg-type]
    return np.where(crosses, -np.inf, lo)[()], np.where(crosses, np.inf, hi)[()]


def _abs(a: Bounds) -> Bounds:
    far = np.maximum(np.abs(a[0]), np.abs(a[1]))
    near = np.minimum(np.abs(a[0]), np.abs(a[1]))
    return np.where((a[0] <= 0) & (a[1] >= 0), 0.0, near)[()], far


def _ipow(a: Bounds, n: int) -> Bounds:
    if n < 0:
        return _div((np.float64(1), np.float64(1)), _ipow(a, -n))
    if n == 0:
        return np.ones_like(a[0]), np.ones_like(a[1])
    a = _abs(a) if n % 2 == 0 else a
    power = REGISTRY["ipow"]
    lo, hi = power(a[0], n=n), power(a[1], n=n)
    lo, hi = down(lo, abs(n)), up(hi, abs(n))
    return (np.maximum(lo, 0.0) if n % 2 == 0 else lo), hi


def _pow(a: Bounds, b: Bounds) -> Bounds:
    lo, hi = _corners(np.power, (np.maximum(a[0], 0.0), np.maximum(a[1], 0.0)), b)
    bad = a[0] < 0
    return (
        np.where(bad, -np.inf, np.maximum(down(lo, _ULPS), 0.0))[()],
        np.where(bad, np.inf, up(hi, _ULPS))[()],
    )


def _wave(a: Bounds, f: Callable[[Any], Any], top: float) -> Bounds:
    """The range of a cosine that is 1 at ``top`` and -1 half a turn further."""
    slack = 1e-15 * (2 + np.abs(a[0]) + np.abs(a[1]))
    turns = [(x - top) / (2 * np.pi) for x in (a[0] - slack, a[1] + slack)]
    peak = np.floor(turns[1]) >= np.ceil(turns[0])
    trough = np.floor(turns[1] - 0.5) >= np.ceil(turns[0] - 0.5)
    ends = f(a[0]), f(a[1])
    lo, hi = down(np.minimum(*ends), _ULPS), up(np.maximum(*ends), _ULPS)
    wide = ~np.isfinite(a[0] - a[1]) | (np.abs(a[0]) + np.abs(a[1]) > 1e15)
    lo = np.where(trough | wide, -1.0, np.maximum(lo, -1.0))[()]
    return lo, np.where(peak | wide, 1.0, np.minimum(hi, 1.0))[()]


def _tan(a: Bounds) -> Bounds:
    turn = [x / np.pi - 0.5 for x in a]
    pole = (np.floor(turn[1] + 1e-12) >= np.ceil(turn[0] - 1e-12)) | ~np.isfinite(a[0] - a[1])
    lo, hi = down(np.tan(a[0]), _ULPS), up(np.tan(a[1]), _ULPS)
    return np.where(pole, -np.inf, lo)[()], np.where(pole, np.inf, hi)[()]


def _cosh(a: Bounds) -> Bounds:
    a = _abs(a)
    return np.maximum(down(np.cosh(a[0]), _ULPS), 1.0), up(np.cosh(a[1]), _ULPS)


def _hypot(a: Bounds, b: Bounds) -> Bounds:
    a, b = _abs(a), _abs(b)
    return np.maximum(down(np.hypot(a[0], b[0]), _ULPS), 0.0), up(np.hypot(a[1], b[1]), _ULPS)


def _atan2(a: Bounds, b: Bounds) -> Bounds:
    lo, hi = _corners(np.arctan2, a, b)
    cut = (a[0] <= 0) & (a[1] >= 0) & (b[0] <= 0)
    pi = up(np.pi)
    return np.where(cut, -pi, down(lo, _ULPS))[()], np.where(cut, pi, up(hi, _ULPS))[()]


def _mod(a: Bounds, b: Bounds) -> Bounds:
    turn = _floordiv(a, b)
    same = (turn[0] == turn[1]) & (b[0] == b[1])
    exact = _sub(a, _mul(b, turn))
    low, high = np.minimum(b[0], 0.0), np.maximum(b[1], 0.0)
    return np.where(same, np.maximum(exact[0], low), low)[()], np.where(
        same, np.minimum(exact[1], high), high
    )[()]


def _fmod(a: Bounds, b: Bounds) -> Bounds:
    far = np.minimum(_abs(a)[1], _abs(b)[1])
    return np.where(a[0] >= 0, 0.0, -far)[()], np.where(a[1] <= 0, 0.0, far)[()]


def _floordiv(a: Bounds, b: Bounds) -> Bounds:
    lo, hi = _div(a, b)
    return np.floor(lo), np.floor(hi)


def _add(a: Bounds, b: Bounds) -> Bounds:
    return down(a[0] + b[0]), up(a[1] + b[1])


def _sub(a: Bounds, b: Bounds) -> Bounds:
    return down(a[0] - b[1]), up(a[1] - b[0])


def _sum(a: Bounds, axes: Any = None, keepdims: bool = False) -> Bounds:
    kept: dict[str, Any] = {"axis": axes, "keepdims": keepdims}
    size = np.asarray(a[0]).size + 1
    slack = size * np.finfo(float).eps * np.sum(np.maximum(np.abs(a[0]), np.abs(a[1])), **kept)
    return down(np.sum(a[0], **kept) - slack), up(np.sum(a[1], **kept) + slack)


def _matmul(a: Bounds, b: Bounds) -> Bounds:
    """Midpoints and radii, with the error that the products of midpoints may have."""
    (am, ar), (bm, br) = (_centred(x) for x in (a, b))
    middle = am @ bm
    size = np.shape(am)[-1] + 4
    radius = np.abs(am) @ br + ar @ (np.abs(bm) + br)
    error = size * np.finfo(float).eps * ((np.abs(am) + ar) @ (np.abs(bm) + br)) + size * 1e-300
    radius = up(radius + 4 * error)
    return down(middle - radius), up(middle + radius)


def _centred(a: Bounds) -> Bounds:
    middle = 0.5 * (a[0] + a[1])
    return middle, up(np.maximum(up(middle - a[0]), up(a[1] - middle)))


def _select(c: Bounds, a: Bounds, b: Bounds) -> Bounds:
    lo, hi = np.minimum(a[0], b[0]), np.maximum(a[1], b[1])
    sure, never = c[0], np.logical_not(c[1])
    return (
        np.where(sure, a[0], np.where(never, b[0], lo))[()],
        np.where(sure, a[1], np.where(never, b[1], hi))[()],
    )


def _copysign(a: Bounds, b: Bounds) -> Bounds:
    near, far = _abs(a)
    below, above = np.signbit(b[0]), ~np.signbit(b[1])
    return np.where(below, -far, near)[()], np.where(above, far, -near)[()]


def _less(f: Callable[[Any, Any], Any]) -> Callable[[Bounds, Bounds], Bounds]:
    return lambda a, b: (f(a[1], b[0]), f(a[0], b[1]))


def _more(f: Callable[[Any, Any], Any]) -> Callable[[Bounds, Bounds], Bounds]:
    return lambda a, b: (f(a[0], b[1]), f(a[1], b[0]))


def _eq(a: Bounds, b: Bounds) -> Bounds:
    return (a[0] == a[1]) & (b[0] == b[1]) & (a[0] == b[0]), (a[0] <= b[1]) & (b[0] <= a[1])


def _ne(a: Bounds, b: Bounds) -> Bounds:
    lo, hi = _eq(a, b)
    return np.logical_not(hi), np.logical_not(lo)


def _mulz(a: Bounds, b: Bounds) -> Bounds:
    lo, hi = _mul(a, b)
    zero = (a[0] == 0) & (a[1] == 0)
    return np.where(zero, 0.0, lo)[()], np.where(zero, 0.0, hi)[()]


RULES: dict[str, Callable[..., Bounds]] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "mulz": _mulz,
    "div": _div,
    "abs": _abs,
    "ipow": _ipow,
    "pow": _pow,
    "sin": lambda a: _wave(a, np.sin, np.pi / 2),
    "cos": lambda a: _wave(a, np.cos, 0.0),
    "tan": _tan,
    "cosh": _cosh,
    "hypot": _hypot,
    "atan2": _atan2,
    "mod": _mod,
    "fmod": _fmod,
    "floordiv": _floordiv,
    "sum": _sum,
    "matmul": _matmul,
    "select": _select,
    "copysign": _copysign,
    "lt": _less(np.less),
    "le": _less(np.less_equal),
    "gt": _more(np.greater),
    "ge": _more(np.greater_equal),
    "eq": _eq,
    "ne": _ne,
    "isnan": lambda a: (np.isnan(a[0]) & np.isnan(a[1]), np.isnan(a[0]) | np.isnan(a[1])),
    "isinf": lambda a: (np.isinf(a[0]) & (a[0] == a[1]), np.isinf(a[0]) | np.isinf(a[1])),
    "isfinite": lambda a: (np.isfinite(a[0]) & np.isfinite(a[1]), np.isfinite(a[0]) | np.isfinite(a[1])),
}
"""Bounds of what is not monotone, and of what loses digits."""
