"""Reductions.  ``axes`` is a tuple of ints or ``None`` (all); a full one gives a scalar unless
``keepdims``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..ir.types import I64, Array, Type
from .families import Attrs, expect, expect_array, one_dtype, p, rank, scalar_of
from .primitive import InferError, Primitive, Rule, register


def reduced_axes(name: str, t: Array, axes: Any) -> frozenset[int]:
    """The axes that go, as non-negative ints."""
    if axes is None:
        return frozenset(range(t.rank))
    if not isinstance(axes, tuple):
        raise InferError(f"{name} takes a tuple of axes, not {axes!r}")
    gone = [k + t.rank if k < 0 else k for k in axes]
    if any(not 0 <= k < t.rank for k in gone) or len(set(gone)) < len(gone):
        raise InferError(f"axes {axes} of an array with {t.rank}")
    return frozenset(gone)


def reduction(
    name: str,
    fn: Callable[..., Any],
    *,
    accepts: str,
    raises: bool = False,
    jvp: Rule | None = None,
    vjp: Rule | None = None,
    linear: str = "",
    composite: Rule | None = None,
    doc: str = "",
) -> Primitive:
    """Make and register a reduction that keeps the dtype."""

    def infer(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
        expect(name, types, 1)
        t = expect_array(name, types[0])
        dtype = one_dtype(name, types, accepts)
        gone = reduced_axes(name, t, attrs.get("axes"))
        if attrs.get("keepdims"):
            return (Array(dtype, "".join("1" if k in gone else c for k, c in enumerate(t.axes))),)
        if len(gone) == t.rank:
            return (dtype,)
        return (Array(dtype, "".join(c for k, c in enumerate(t.axes) if k not in gone)),)

    def evaluate(a: Any, axes: tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
        a = np.asarray(a)
        with np.errstate(all="ignore"):
            return np.asarray(fn(a, axis=axes, keepdims=keepdims)).astype(a.dtype)[()]

    return register(
        Primitive(
            name,
            "reduction",
            infer,
            evaluate,
            jvp=jvp,
            vjp=vjp,
            linear=linear,
            composite=composite,
            reads=(0,),
            fresh=True,
            raises=raises,
            doc=doc,
        )
    )


def _sum(a: Any, **attrs: Any) -> Any:
    return np.sum(a, dtype=a.dtype, **attrs)


def _prod(a: Any, **attrs: Any) -> Any:
    return np.prod(a, dtype=a.dtype, **attrs)


def put_back(r: Any, a: Any, axes: tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """What a reduction of ``a`` gave (or its cotangent) with axes of length one where axes went."""
    n = rank(a)
    gone = set(range(n)) if axes is None else {k % n for k in axes}
    if keepdims or len(gone) == n:
        return r
    return p("view")(r, spec="".join("+" if k in gone else ":" for k in range(n)))


def _weights(y: Any, a: Any, **attrs: Any) -> Any:
    """1/k at each of the k elements that attain the extremum, 0 elsewhere."""
    hit = p("cast")(p("eq")(a, put_back(y, a, **attrs)), to=scalar_of(y))
    return hit / put_back(total(hit, **attrs), a, **attrs)


def _extremum_jvp(xs: Sequence[Any], dxs: Sequence[Any], y: Any, **attrs: Any) -> Any:
    return None if dxs[0] is None else total(dxs[0] * _weights(y, xs[0], **attrs), **attrs)


def _extremum_vjp(y_bar: Any, y: Any, a: Any, **attrs: Any) -> Any:
    return (p("mulz")(put_back(y_bar, a, **attrs), _weights(y, a, **attrs)),)


def _product(a: Any, axes: tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """Halves multiplied together until one is left: no division, so zeros need no care at any order."""
    n = rank(a)
    gone = set(range(n)) if axes is None else {k % n for k in axes}
    for axis in gone:
        a = _halved(a, n, axis)
    if keepdims:
        return a
    if len(gone) == n:
        return p("load")(a, *[np.int64(0)] * n)
    return p("view")(a, spec="".join("-" if k in gone else ":" for k in range(n)))


def _halved(a: Any, n: int, axis: int) -> Any:
    """The product along one axis, which stays with length one."""
    spec = "".join("s" if k == axis else ":" for k in range(n))
    size = int(p("dim")(a, axis=axis))
    if size == 0:
        return 1 + total(a, axes=(axis,), keepdims=True)
    odd: list[Any] = []
    while size > 1:
        half = size // 2
        parts = [(0, half), (half, half), (size - 1, 1)]
        low, high, last = [p("view")(a, *map(np.int64, (at, m, 1)), spec=spec) for at, m in parts]
        if size % 2:
            odd.append(last)
        a, size = low * high, half
    for last in odd:
        a = a * last
    return a


total = reduction(
    "sum",
    _sum,
    accepts="number",
    jvp=lambda xs, dxs, y, **attrs: None if dxs[0] is None else total(dxs[0], **attrs),
    vjp=lambda y_bar, y, a, **attrs: (put_back(y_bar, a, **attrs),),
    linear="jointly",
    doc="Blocked pairwise.",
)
prod = reduction("prod", _prod, accepts="number", composite=_product)
amax = reduction(
    "amax",
    np.max,
    accepts="ordered",
    raises=True,
    jvp=_extremum_jvp,
    vjp=_extremum_vjp,
    doc="NaN propagates; ValueError when empty; ties share the derivative.",
)
amin = reduction(
    "amin",
    np.min,
    accepts="ordered",
    raises=True,
    jvp=_extremum_jvp,
    vjp=_extremum_vjp,
    doc="NaN propagates; ValueError when empty; ties share the derivative.",
)
any_ = reduction("any", np.any, accepts="bool")
all_ = reduction("all", np.all, accepts="bool")


def position(name: str, fn: Callable[..., Any]) -> Primitive:
    """Make and register ``argmax`` or ``argmin``."""

    def infer(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
        expect(name, types, 1)
        t = expect_array(name, types[0])
        one_dtype(name, types, "ordered")
        axis = attrs.get("axis")
        (gone,) = (None,) if axis is None else reduced_axes(name, t, (axis,))
        if gone is None or t.rank == 1:
            return (I64,)
        return (Array(I64, t.axes[:gone] + t.axes[gone + 1 :]),)

    def evaluate(a: Any, axis: int | None = None) -> Any:
        return np.asarray(fn(a, axis=axis), np.int64)[()]

    return register(
        Primitive(
            name,
            "reduction",
            infer,
            evaluate,
            reads=(0,),
            fresh=True,
            raises=True,
            doc="First of ties; nan wins; ValueError when empty.",
        )
    )


argmax = position("argmax", np.argmax)
argmin = position("argmin", np.argmin)
