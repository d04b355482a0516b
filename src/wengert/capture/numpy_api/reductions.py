"""Reductions, and what is made of them: means, variances, norms, cumulative sums."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from ...ir.types import BOOL, F64, I64
from ...prims.families import real_of
from ..attributes import size_of, total_size
from ..composites import reductions as composites
from ..dtypes import dtype_argument
from ..lower import Lowering
from ..operands import dtype, numeric, operand
from ..operators import binary
from ..values import AV, NONE, Arr, Const, Num
from .elementwise import as_bool, convert, given, into, numpy_result

Handler = Callable[..., AV]
FALSE = Const(False)


def axes_of(lw: Lowering, a: Arr, axis: AV) -> tuple[int, ...] | None:
    """The argument ``axis`` as non-negative ints; ``None`` for all."""
    if not given(axis):
        return None
    found = lw.static(axis, "`axis`")
    given_axes = found if isinstance(found, tuple) else (found,)
    out: list[int] = []
    for k in given_axes:
        if not isinstance(k, int | np.integer) or not -a.rank <= k < a.rank:
            lw.refuse("T0201", f"axis {k} is out of bounds for an array with {a.rank} axes")
        out.append(int(k) % a.rank)
    return tuple(sorted(out))


def reduce(lw: Lowering, name: str, a: AV, axis: AV, keepdims: AV, to: Any = None) -> AV:
    """One reduction."""
    x = numeric(lw, a)
    if not isinstance(x, Arr):
        if name in ("any", "all"):
            x = as_bool(lw, x)
        return Num(lw.number(x, to or dtype(x)), False)
    axes = axes_of(lw, x, axis)
    if axes is not None and len(axes) == x.rank:
        axes = None
    keep = bool(lw.static(keepdims, "`keepdims`"))
    attrs: dict[str, Any] = {"axes": axes}
    if keep:
        attrs["keepdims"] = True
    return numpy_result(lw.emit(name, operand(lw, x, to or x.dtype), **attrs))


def _accumulated(lw: Lowering, x: AV, dtype_given: AV) -> Any:
    """The dtype of sums and products: small integers and booleans become int64."""
    if given(dtype_given):
        to = dtype_argument(lw.static(dtype_given, "the dtype"))
        if to is None:
            lw.refuse("U0603", "this dtype is not supported")
        return to
    t = dtype(x)
    if t.name == "u8":
        lw.refuse("T0201", "sums of unsigned integers are not supported", hint="convert with `.astype(int)`")
    return I64 if t.is_bool or t.is_int else t


def _totals(name: str) -> Handler:
    def handler(
        lw: Lowering,
        a: AV,
        axis: AV = NONE,
        dtype: AV = NONE,
        out: AV = NONE,
        keepdims: AV = FALSE,
        initial: AV = NONE,
        where: AV = NONE,
    ) -> AV:
        x = numeric(lw, a)
        if given(initial) or given(where):
            return _restricted(lw, "where_sum", x, axis, dtype, out, keepdims, initial, where)
        return into(lw, out, reduce(lw, name, x, axis, keepdims, _accumulated(lw, x, dtype)))

    return handler


def _restricted(lw: Lowering, name: str, x: AV, axis: AV, *rest: AV) -> AV:
    """With ``where`` or ``initial``."""
    from ..calls import call_prelude_of

    k = axis if not given(axis) else Const(lw.static(axis, "`axis`"))
    return call_prelude_of(lw, getattr(composites, name), x, k, *rest)


def _extremum(name: str) -> Handler:
    def handler(
        lw: Lowering,
        a: AV,
        axis: AV = NONE,
        out: AV = NONE,
        keepdims: AV = FALSE,
        initial: AV = NONE,
        where: AV = NONE,
    ) -> AV:
        if given(initial) or given(where):
            which = "where_max" if name == "amax" else "where_min"
            return _restricted(lw, which, numeric(lw, a), axis, out, keepdims, initial, where)
        return into(lw, out, reduce(lw, name, a, axis, keepdims))

    return handler


def _tests(name: str) -> Handler:
    def handler(lw: Lowering, a: AV, axis: AV = NONE, out: AV = NONE, keepdims: AV = FALSE) -> AV:
        return into(lw, out, reduce(lw, name, as_bool(lw, a), axis, keepdims, BOOL))

    return handler


def _position(name: str) -> Handler:
    def handler(lw: Lowering, a: AV, axis: AV = NONE, out: AV = NONE, keepdims: AV = FALSE) -> AV:
        x = numeric(lw, a)
        if not isinstance(x, Arr):
            return Num(lw.int(0), False, 0)
        if lw.static(keepdims, "`keepdims`") or given(out):
            lw.refuse("C0104", f"this form of `np.{name}` is not supported")
        axes = axes_of(lw, x, axis)
        found = numpy_result(lw.emit(name, x.value, axis=None if axes is None else axes[0]))
        return Num(found.value, False, 0) if isinstance(found, Num) else found

    return handler


def count_along(lw: Lowering, x: Arr, axis: AV) -> AV:
    """How many elements go into one result."""
    axes = axes_of(lw, x, axis)
    if axes is None:
        return total_size(lw, x)
    total: AV = Const(1)
    for k in axes:
        total = binary(lw, ast.Mult, total, size_of(lw, x, k))
    return total


def mean(
    lw: Lowering,
    a: AV,
    axis: AV = NONE,
    dtype: AV = NONE,
    out: AV = NONE,
    keepdims: AV = FALSE,
    where: AV = NONE,
) -> AV:
    """``np.mean``."""
    x = numeric(lw, a)
    if given(where):
        return _restricted(lw, "where_mean", x, axis, dtype, out, keepdims, where)
    if given(dtype):
        x = convert(lw, x, dtype_argument(lw.static(dtype, "the dtype")) or F64)
    if not isinstance(x, Arr):
        return convert(lw, x, F64)
    t = x.dtype if x.dtype.is_inexact else F64
    total = reduce(lw, "sum", x, axis, keepdims, t)
    n = Num(lw.number(count_along(lw, x, axis), t), False)
    return into(lw, out, binary(lw, ast.Div, total, n))


def var(
    lw: Lowering,
    a: AV,
    axis: AV = NONE,
    dtype: AV = NONE,
    out: AV = NONE,
    ddof: AV = Const(0),  # noqa: B008
    keepdims: AV = FALSE,
) -> AV:
    """``np.var``."""
    x = numeric(lw, a)
    if not isinstance(x, Arr):
        return Num(lw.const(0.0, F64), False)
    if given(dtype):
        to = dtype_argument(lw.static(dtype, "the dtype"))
        x = x if to is None else convert(lw, x, to)
        assert isinstance(x, Arr)
    t = x.dtype if x.dtype.is_inexact else F64
    middle = mean(lw, x, axis, keepdims=Const(True))
    off = binary(lw, ast.Sub, Arr(operand(lw, x, t)), middle)
    if t.is_complex:
        t = real_of(t)
        off = Arr(lw.emit("abs", numeric_value(off)))
    squares = reduce(lw, "sum", binary(lw, ast.Mult, off, off), axis, keepdims, t)
    n = binary(lw, ast.Sub, count_along(lw, x, axis), ddof)
    low = lw.emit("maximum", lw.number(n, t), lw.const(0.0, t))
    return into(lw, out, binary(lw, ast.Div, squares, Num(low, False)))


def std(
    lw: Lowering,
    a: AV,
    axis: AV = NONE,
    dtype: AV = NONE,
    out: AV = NONE,
    ddof: AV = Const(0),  # noqa: B008
    keepdims: AV = FALSE,
) -> AV:
    """``np.std``."""
    from .elementwise import inexact

    return into(lw, out, inexact(lw, "sqrt", var(lw, a, axis, dtype, NONE, ddof, keepdims)))


def numeric_value(av: AV) -> Any:
    """The memory of an array."""
    assert isinstance(av, Arr)
    return av.value


def _ptp(lw: Lowering, a: AV, axis: AV = NONE, out: AV = NONE, keepdims: AV = FALSE) -> AV:
    low = reduce(lw, "amin", a, axis, keepdims)
    return into(lw, out, binary(lw, ast.Sub, reduce(lw, "amax", a, axis, keepdims), low))


def _cumulative(name: str) -> Handler:
    def handler(lw: Lowering, a: AV, axis: AV = NONE, dtype: AV = NONE, out: AV = NONE) -> AV:
        from ..calls import call_prelude, call_prelude_of

        v = numeric(lw, a)
        if isinstance(v, Arr) and v.rank == 1 and not given(dtype) and not given(out):
            return call_prelude(lw, f"{name}_1", Arr(operand(lw, v, v.dtype if v.dtype.is_inexact else I64)))
        k = axis if not given(axis) else Const(lw.static(axis, "`axis`"))
        return call_prelude_of(lw, getattr(composites, name), v, k, dtype, out)

    return handler


def _count_nonzero(lw: Lowering, a: AV, axis: AV = NONE) -> AV:
    x = as_bool(lw, a)
    return reduce(lw, "sum", x, axis, FALSE, I64)


FUNCTIONS: dict[Any, Handler] = {
    np.sum: _totals("sum"),
    np.max: _extremum("amax"),
    np.min: _extremum("amin"),
    np.amax: _extremum("amax"),
    np.amin: _extremum("amin"),
    np.any: _tests("any"),
    np.all: _tests("all"),
    np.argmax: _position("argmax"),
    np.argmin: _position("argmin"),
    np.mean: mean,
    np.var: var,
    np.std: std,
    np.ptp: _ptp,
    np.cumsum: _cumulative("cumsum"),
    np.cumprod: _cumulative("cumprod"),
    np.count_nonzero: _count_nonzero,
}
METHODS: dict[str, Handler] = {
    "sum": _totals("sum"),
    "max": _extremum("amax"),
    "min": _extremum("amin"),
    "any": _tests("any"),
    "all": _tests("all"),
    "argmax": _position("argmax"),
    "argmin": _position("argmin"),
    "mean": mean,
    "var": var,
    "std": std,
    "cumsum": _cumulative("cumsum"),
    "cumprod": _cumulative("cumprod"),
}
