"""`Taylor(order)`: truncated power series in one variable, of any order, from first derivatives alone.

With ``y = f(x)`` and series ``x(t)`` the chain rule says ``y'(t) = f'(x(t)) x'(t)``, where the rule of the
record, run on series, gives the right side.  Its coefficient ``k-1`` needs those of ``y`` below ``k`` only,
so coefficients are computed on demand: each rule is run once, and no operation needs another one for series.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..prims.primitive import Carrier, Primitive
from .base import Algebra, below, inexact, is_array, scalar_of, shape_of
from .dual import Dual
from .parts import Componentwise, Parts


class Stream(Carrier):
    """A power series whose coefficients are computed when they are asked for; ``None`` is zero."""

    __slots__ = ("_found", "_level", "_rule")

    def __init__(self, level: int, found: Sequence[Any], rule: Callable[[int], Any]) -> None:
        self._level = level
        self._found = list(found)
        self._rule = rule

    @property
    def level(self) -> int:
        return self._level

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the axes."""
        return shape_of(self[0])

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def dtype(self) -> Any:
        """The type of the elements."""
        return scalar_of(self[0])

    def __getitem__(self, k: int) -> Any:
        while len(self._found) <= k:
            self._found.append(self._rule(len(self._found)))
        return self._found[k]

    def derivative(self) -> Stream:
        """The series of the derivative."""

        def rule(k: int) -> Any:
            x = self[k + 1]
            return None if x is None else (k + 1) * x

        return Stream(self._level, (), rule)

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        return series(prim, args, attrs, self._level)


def _at(x: Any, k: int) -> Any:
    if isinstance(x, Stream):
        return x[k]
    return x if k == 0 else None


_RULES = Dual()


def series(prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any], level: int) -> Any:
    """The series of a result; the value alone where it cannot vary."""
    xs = [_at(a, 0) for a in args]
    y = prim(*xs, **attrs)
    if not (prim.partials or prim.jvp) and prim.composite is not None:
        return prim.composite(*args, **attrs)
    if prim.name in ("dim", "wrap", "argmax", "argmin") or not inexact(y):
        return y
    if prim.linear == "each":
        return Stream(level, [y], lambda k: _products(prim, args, attrs, k))

    def tangent(xs: Sequence[Any], dxs: Sequence[Any], y: Any) -> Any:
        if all(d is None for d in dxs):
            return None
        if prim.aliases is not None or prim.name == "load":
            return prim(dxs[0], *xs[1:], **attrs)
        return _RULES.tangent(prim, xs, dxs, y, attrs)

    if prim.linear == "jointly" or prim.aliases is not None or prim.name == "load":
        return Stream(level, [y], lambda k: tangent(xs, [_at(a, k) for a in args], y))
    slope: list[Any] = []

    def rule(k: int) -> Any:
        if not slope:  # made when first asked for: the rules of rules end where the order does
            dxs = [a.derivative() if isinstance(a, Stream) else None for a in args]
            slope.append(tangent(args, dxs, out))
        found = _at(slope[0], k - 1)
        return None if found is None else found / k

    out = Stream(level, [y], rule)
    return out


def _products(prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any], k: int) -> Any:
    """The coefficient of a product: all pairs whose orders add up to ``k``."""
    total: Any = None
    for i in range(k + 1):
        a, b = _at(args[0], i), _at(args[1], k - i)
        if a is not None and b is not None:
            part = prim(a, b, **attrs)
            total = part if total is None else total + part
    return total


class Jet(Parts):
    """A truncated series: ``coefficients[k]`` of ``t**k``."""

    __slots__ = ()

    @property
    def coefficients(self) -> tuple[Any, ...]:
        """From order 0 on."""
        return tuple(0.0 if c is None else c for c in self.parts)

    def derivative(self, k: int) -> Any:
        """The derivative of order ``k`` at ``t = 0``."""
        out = self.coefficients[k]
        for n in range(2, k + 1):
            out = out * n
        return out

    def __repr__(self) -> str:
        return f"Jet{self.coefficients!r}"


class Taylor(Componentwise):
    """Series up to ``order``, over any algebra.

    >>> t = Taylor(4)
    >>> y = t.exp(t.variable(0.0))
    >>> [float(y.derivative(k)) for k in range(5)]
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """

    def __init__(self, order: int = 2, base: Algebra | None = None) -> None:
        self.order = order
        self.base = base
        self.name = f"Taylor({order})"

    def variable(self, x: Any, *coefficients: Any) -> Jet:
        """``x + t`` times the direction, and higher terms if given: the curve along which series are taken.

        The direction is 1 when nothing is given.
        """
        first = self.lift(x) if isinstance(x, (list, np.ndarray)) else x
        value = first.parts[0] if isinstance(first, Jet) else first
        given = list(coefficients or (np.ones_like(value) if isinstance(value, np.ndarray) else 1.0,))
        rest = [*given, *[None] * self.order][: self.order]
        return self._solid(value, rest)

    def new(self, *parts: Any) -> Jet:
        return Jet(self, *parts)

    def split(self, x: Any) -> tuple[Any, ...]:
        value = x if self.base is None else self.base.lift(x)
        if not is_array(value):
            return (value, *[0.0] * self.order)
        return self._solid(value, [None] * self.order).parts

    def _solid(self, value: Any, rest: Sequence[Any]) -> Jet:
        """All coefficients of an array have memory of their own."""
        if not is_array(value):
            return Jet(self, value, *[0.0 if c is None else c for c in rest])
        shape, dtype = shape_of(value), scalar_of(value)
        dims, axes = [np.int64(n) for n in shape], "".join("1" if n == 1 else "n" for n in shape)
        out: list[Any] = []
        for c in rest:
            memory = below(self, "alloc", *dims, dtype=dtype, axes=axes, fill="zero")
            if c is not None:
                below(self, "assign", memory, c)
            out.append(memory)
        return Jet(self, value, *out)

    def meaning(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        if prim.composite is not None and not (prim.partials or prim.jvp):
            return prim.composite(*args, **attrs)
        if prim.kind not in ("elementwise", "reduction", "product", "foreign"):
            self.no_rule(prim)
        streams = [Stream(self.level + 1, a.parts, _end) if self.mine(a) else a for a in args]
        if (
            prim.partials is None
            and prim.jvp is None
            and inexact(prim(*[_at(a, 0) for a in streams], **attrs))
        ):
            self.no_rule(prim)
        try:
            out = series(prim, streams, attrs, self.level + 1)
        except (TypeError, AttributeError):
            if prim.kind != "foreign":
                raise
            self.no_rule(prim, ": its forward rule does not take series")
        if not isinstance(out, Stream):
            return out
        try:
            rest = [out[k] for k in range(1, self.order + 1)]
        except (TypeError, AttributeError):
            if prim.kind != "foreign":
                raise
            self.no_rule(prim, ": its forward rule does not take series")
        return self._solid(out[0], rest)

    def known(self, x: Any) -> bool | None:
        x = x.parts[0] if self.mine(x) else x
        return bool(x) if self.base is None else self.base.known(x)


def _end(k: int) -> Any:
    return None
