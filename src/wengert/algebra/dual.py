"""`Dual`: a value and its derivative along one direction; nested, hyper-dual numbers.

Arrays are pairs of arrays, and a view of a pair is a pair of views, so programs that write into arrays need
no care.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..prims.primitive import REGISTRY, Primitive
from .base import Algebra, Called, Holder, below, inexact, is_array, scalar_of, shape_of


class Pair(Holder):
    """``value + eps*tangent``; the tangent of a number may be ``None``, which is zero."""

    __slots__ = ("tangent", "value")

    def __init__(self, algebra: Dual, value: Any, tangent: Any) -> None:
        self.algebra = algebra
        self.value = value
        self.tangent = tangent

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.tangent!r})"


class Dual(Algebra):
    """First derivatives along a direction, over any algebra.

    >>> d = Dual()
    >>> y = d.exp(d.variable(0.0, 2.0))
    >>> float(y.value), float(y.tangent)
    (1.0, 2.0)
    """

    name = "Dual"

    def __init__(self, base: Algebra | None = None) -> None:
        self.base = base

    def variable(self, x: Any, tangent: Any = 1.0) -> Any:
        """``x`` with a direction: a number or an array like ``x`` (a number stands for all elements)."""
        value = x if self.base is None else self.base.lift(x)
        value = np.array(value, copy=True) if isinstance(value, (list, np.ndarray)) else value
        if is_array(value) and not shape_of(tangent):
            tangent = self._filled_below(value, tangent)
        elif isinstance(tangent, np.ndarray):
            tangent = tangent.astype(scalar_dtype(value))
            tangent = tangent if self.base is None else self.base.lift(tangent)
        return Pair(self, value, tangent)

    def lift(self, x: Any) -> Any:
        """A constant; an array gets a tangent array, for it may be written later."""
        if isinstance(x, Pair) and x.algebra is self:
            return x
        if isinstance(x, (list, np.ndarray)):
            x = np.array(x, copy=True)
        value = x if self.base is None else self.base.lift(x)
        if not is_array(value):
            return value
        return Pair(self, value, self._filled_below(value, 0.0)) if inexact(value) else value

    def _filled_below(self, value: Any, c: Any) -> Any:
        shape, dtype = shape_of(value), scalar_of(value)
        dims = [np.int64(n) for n in shape]
        axes = "".join("1" if n == 1 else "n" for n in shape)
        out = below(self, "alloc", *dims, dtype=dtype, axes=axes, fill="zero")
        if not (isinstance(c, (int, float)) and c == 0):
            below(self, "assign", out, c)
        return out

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        xs = [a.value if self._mine(a) else a for a in args]
        dxs = [a.tangent if self._mine(a) else None for a in args]
        if prim.writes:
            return self._write(prim, xs, dxs, args, attrs)
        y = below(self, prim.name, *xs, **attrs)
        if prim.aliases is not None or prim.name == "load":
            return y if dxs[0] is None else Pair(self, y, below(self, prim.name, dxs[0], *xs[1:], **attrs))
        if prim.name == "alloc":
            return self.lift(y) if scalar_of(y).is_inexact else y
        if not (prim.kind in ("elementwise", "reduction", "product", "foreign") or prim.fresh):
            return y
        if not inexact(y):
            return y
        dy = None
        if any(d is not None for d in dxs):
            with np.errstate(all="ignore"):
                dy = self.tangent(prim, xs, dxs, y, attrs)
            if dy is None and prim.composite is not None and prim.jvp is None and prim.partials is None:
                return prim.composite(*args, **attrs)
        if not is_array(y):
            return y if dy is None else Pair(self, y, dy)
        if dy is None:
            return Pair(self, y, self._filled_below(y, 0.0))
        if shape_of(dy) != shape_of(y) or any(dy is d for d in dxs):
            whole = self._filled_below(y, 0.0)
            below(self, "assign", whole, dy)
            dy = whole
        return Pair(self, y, dy)

    def _mine(self, a: Any) -> bool:
        return isinstance(a, Pair) and a.algebra is self

    def tangent(
        self, prim: Primitive, xs: Sequence[Any], dxs: Sequence[Any], y: Any, attrs: Mapping[str, Any]
    ) -> Any:
        """The tangent of a result by the rules of the primitive; ``None`` when it is zero."""
        if prim.partials is None:
            if prim.jvp is None:
                if prim.composite is None:
                    self.no_rule(prim)
                return None
            return prim.jvp(xs, dxs, y, **attrs)
        total = None
        for x, dx, partial in zip(xs, dxs, prim.partials, strict=True):
            if dx is None or (isinstance(partial, (int, float)) and partial == 0):
                continue
            if partial is None:
                self.no_rule(prim, f": it has no derivative by `{x!r}`")
            part = self._times(dx, partial(y, *xs, **attrs) if callable(partial) else partial)
            total = part if total is None else total + part
        return total

    def _times(self, dx: Any, p: Any) -> Any:
        if isinstance(p, (int, float)) and p in (1, -1):
            return dx if p == 1 else -dx
        return REGISTRY["mulz"](dx, p)

    def _write(
        self, prim: Primitive, xs: list[Any], dxs: list[Any], args: Sequence[Any], attrs: Mapping[str, Any]
    ) -> None:
        if dxs[0] is None and dxs[-1] is not None:
            self.no_rule(prim, " into an array of plain numbers")
        below(self, prim.name, *xs, **attrs)
        if dxs[0] is not None and (dxs[-1] is not None or prim.name in ("store", "assign")):
            below(self, prim.name, dxs[0], *xs[1:-1], 0.0 if dxs[-1] is None else dxs[-1], **attrs)

    def custom(self, called: Called, args: Sequence[Any]) -> Any:
        """The forward rule; without one, the reverse rule on a tape says what its transpose is."""
        xs = [a.value if self._mine(a) else a for a in args]
        leaves = args[: called.leaves]
        (y,) = called.primal(self.base, xs)
        dxs = [a.tangent if self._mine(a) else None for a in leaves]
        dense = [self._dense(x, d) for x, d in ((xs[k], dxs[k]) for k in called.wrt)]
        if called.jvp is not None:
            (dy,) = called.jvp(self.base, [*xs[: called.leaves], *dense, y])
            return Pair(self, y, dy)
        from .graph import Graph

        g = Graph(self.base)
        u = g.variable(self._dense(y, None))
        x_bars = called.vjp(g, [u, y, *xs[: called.leaves]])
        total: Any = None
        for x_bar, dx in zip(x_bars, dense, strict=True):
            part = x_bar * dx
            part = g.make("sum", part, axes=None, keepdims=False) if shape_of(part) else part
            total = part if total is None else total + part
        dy = g.evaluate_gradients(total).get(u) if getattr(total, "algebra", None) is g else None
        return Pair(self, y, self._dense(y, dy))

    def _dense(self, x: Any, dx: Any) -> Any:
        if dx is not None:
            return dx
        return self._filled_below(x, 0.0) if is_array(x) else 0.0

    def known(self, x: Any) -> bool | None:
        x = x.value if self._mine(x) else x
        return bool(x) if self.base is None else self.base.known(x)

    def result(self, x: Any) -> Any:
        """``(value, tangent)``."""
        inner = (lambda v: v) if self.base is None else self.base.result
        if not self._mine(x):
            return inner(x), np.zeros(shape_of(x))[()] if inexact(x) else None
        return inner(x.value), np.float64(0) if x.tangent is None else inner(x.tangent)


def scalar_dtype(x: Any) -> Any:
    """The NumPy dtype of a value."""
    return getattr(x, "dtype", None) or np.asarray(x).dtype
