"""Arrays that are made: `zeros`, `arange`, `array([...])` and their like."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...ir.core import Value
from ...ir.types import BOOL, F64, I64, Array, Scalar
from ..attributes import size_of
from ..composites import polynomials
from ..dtypes import dtype_argument, promote
from ..forms import MISSING
from ..lower import Lowering
from ..operands import common, dtype, is_number, is_python, numeric, operand
from ..operators import binary
from ..values import AV, NONE, Arr, Const, DictC, GenV, GrowC, Iter, ListC, Num, RangeV, Ref, Tup
from .elementwise import convert, given

Handler = Callable[..., AV]
_FIFTY, _TRUE = Const(50), Const(True)


def dtype_or(lw: Lowering, av: AV, default: Scalar) -> Scalar:
    """The argument ``dtype``."""
    if not given(av):
        return default
    found = dtype_argument(lw.static(av, "the dtype"))
    if found is None:
        lw.refuse("U0603", "this dtype is not supported")
    return found


def dims_of(lw: Lowering, shape: AV) -> list[AV]:
    """The argument ``shape``: a number or a sequence of numbers."""
    items = None if is_number(shape) else lw.items(shape)
    if items is None:
        if isinstance(shape, Arr):
            lw.refuse("C0104", "a shape that is an array is not supported", hint="use a tuple")
        return [shape]
    return list(items)


def letters(dims: Sequence[AV]) -> str:
    """Axes of one element are known where the size is the constant one."""
    return "".join("1" if isinstance(d, Const) and d.value == 1 else "n" for d in dims)


def allocate(lw: Lowering, dims: Sequence[AV], t: Scalar, fill: str = "zero") -> Arr:
    """A new array."""
    sizes = [lw.index(d) for d in dims]
    return Arr(lw.emit("alloc", *sizes, dtype=t, axes=letters(dims), fill=fill))


def filled(lw: Lowering, dims: Sequence[AV], t: Scalar, value: AV) -> Arr:
    """A new array that holds one value, or an array broadcast."""
    out = allocate(lw, dims, t, "none")
    v = operand(lw, numeric(lw, value), t)
    if dims:
        lw.effect("assign", out.value, v)
    else:
        lw.effect("store", out.value, v)
    return out


def _zeros(lw: Lowering, shape: AV, dtype: AV = NONE, order: AV = NONE) -> AV:
    return allocate(lw, dims_of(lw, shape), dtype_or(lw, dtype, F64))


def _empty(lw: Lowering, shape: AV, dtype: AV = NONE, order: AV = NONE) -> AV:
    return allocate(lw, dims_of(lw, shape), dtype_or(lw, dtype, F64), "none")


def _ones(lw: Lowering, shape: AV, dtype: AV = NONE, order: AV = NONE) -> AV:
    return filled(lw, dims_of(lw, shape), dtype_or(lw, dtype, F64), Const(1))


def _full(lw: Lowering, shape: AV, fill_value: AV, dtype: AV = NONE, order: AV = NONE) -> AV:
    value = numeric(lw, fill_value)
    return filled(lw, dims_of(lw, shape), dtype_or(lw, dtype, common(lw, value)), value)


def _like(make: str, value: int = 0) -> Handler:
    def handler(
        lw: Lowering, a: AV, dtype: AV = NONE, order: AV = NONE, subok: AV = NONE, shape: AV = NONE
    ) -> AV:
        v = numeric(lw, a)
        x = v if isinstance(v, Arr) else filled(lw, [], common(lw, v), v)
        dims = dims_of(lw, shape) if given(shape) else [size_of(lw, x, k) for k in range(x.rank)]
        t = dtype_or(lw, dtype, x.dtype)
        return filled(lw, dims, t, Const(1)) if make == "ones" else allocate(lw, dims, t, make)

    return handler


def _full_like(lw: Lowering, a: AV, fill_value: AV, dtype: AV = NONE) -> AV:
    x = numeric_array(lw, a)
    return filled(lw, [size_of(lw, x, k) for k in range(x.rank)], dtype_or(lw, dtype, x.dtype), fill_value)


def numeric_array(lw: Lowering, av: AV) -> Arr:
    """An array, or a sequence made into one."""
    x = av if isinstance(av, Arr) else numeric(lw, av)
    if not isinstance(x, Arr):
        lw.refuse("C0104", f"an array is needed here, not {lw.describe(av)}")
    return x


def array_from(lw: Lowering, av: AV, to: Scalar | None = None) -> Arr | None:
    """An array of the numbers in nested sequences; ``None`` when it is not one."""
    leaves: list[AV] = []
    shape = _shape(lw, av, leaves)
    if shape is None:
        return None
    parts = [x for x in leaves if isinstance(x, Arr)]
    if parts:
        return _stacked(lw, shape, leaves, to)
    t = to or (common(lw, *leaves) if leaves else F64)
    out = allocate(lw, [Const(n) for n in shape], t, "none")
    for k, x in enumerate(leaves):
        position: list[Value] = []
        for n in reversed(shape):
            position.append(lw.int(k % n))
            k //= n
        lw.effect("store", out.value, *reversed(position), lw.number(x, t))
    return out


def _shape(lw: Lowering, av: AV, leaves: list[AV]) -> tuple[int, ...] | None:
    lw.poison(av)
    if is_number(av) or isinstance(av, Arr):
        leaves.append(Num(lw.emit("load", av.value), False) if isinstance(av, Arr) and not av.rank else av)
        return ()
    if isinstance(av, Ref) and isinstance(lw.content(av), DictC):
        return None
    items = None if isinstance(av, Const) and isinstance(av.value, str) else lw.items(av)
    if items is None:
        return None
    inner = [_shape(lw, x, leaves) for x in items]
    if any(s is None or s != inner[0] for s in inner):
        return None
    return (len(items), *(inner[0] or ())) if inner else (0,)


def _stacked(lw: Lowering, shape: tuple[int, ...], leaves: list[AV], to: Scalar | None) -> Arr:
    """Rows that are arrays."""
    arrays = [x for x in leaves if isinstance(x, Arr)]
    if len(shape) != 1 or len(arrays) != len(leaves) or len({a.rank for a in arrays}) != 1:
        lw.refuse("C0104", "an array of numbers mixed with arrays is not supported", hint="use `np.stack`")
    from .shapes import stack_rows

    return stack_rows(lw, arrays, to or common(lw, *arrays))


def _array(
    lw: Lowering,
    x: AV,
    dtype: AV = NONE,
    copy: AV = _TRUE,
    order: AV = NONE,
    subok: AV = NONE,
    ndmin: AV = Const(0),  # noqa: B008
) -> AV:
    made = _made(lw, x, dtype, copy)
    if not isinstance(made, Arr):
        return made
    missing = lw.static(ndmin, "`ndmin`") - made.rank
    return Arr(lw.emit("view", made.value, spec="+" * missing + ":" * made.rank)) if missing > 0 else made


def _made(lw: Lowering, x: AV, dtype: AV, copy: AV) -> AV:
    to = dtype_or(lw, dtype, F64) if given(dtype) else None
    if isinstance(x, Arr):
        fresh = lw.static(copy, "`copy`") is True
        if to is None or to == x.dtype:
            return Arr(lw.emit("copy", x.value)) if fresh else x
        return convert(lw, x, to)
    if isinstance(x, GenV):
        from ..comprehensions import collected

        x = collected(lw, x)
    if isinstance(x, RangeV):
        return _arange(lw, x.lo, x.hi, x.step, dtype)
    if is_number(x):
        return filled(lw, [], to or common(lw, x), x)
    if isinstance(x, Ref) and isinstance(content := lw.content(x), GrowC):
        from ..lists import as_array

        made = as_array(lw, content)
        return made if to is None or to == made.dtype else convert(lw, made, to)
    if isinstance(x, Iter):
        from ..iteration import as_sequence

        items = as_sequence(lw, x)
        x = x if items is None else Tup(items)
    made = array_from(lw, x, to)
    if made is None:
        lw.poison(x)
        lw.refuse("C0104", f"`np.array` of {lw.describe(x)} is not supported")
    return made


_array.lazy = True  # pyright: ignore[reportFunctionMemberAccess]


def _asarray(lw: Lowering, x: AV, dtype: AV = NONE, order: AV = NONE, *, copy: AV = Const(None)) -> AV:  # noqa: B008
    return _array(lw, x, dtype, Const(lw.static(copy, "`copy`") or None))


_asarray.lazy = True  # pyright: ignore[reportFunctionMemberAccess]


def _contiguous(lw: Lowering, x: AV, dtype: AV = NONE) -> AV:
    from .shapes import contiguous

    return contiguous(lw, numeric_array(lw, _asarray(lw, x, dtype)))


def _copy(lw: Lowering, x: AV, order: AV = NONE) -> AV:
    v = numeric(lw, x)
    return Arr(lw.emit("copy", v.value)) if isinstance(v, Arr) else Num(lw.number(v), False)


def _arange(lw: Lowering, start: AV, stop: AV = NONE, step: AV = Const(1), dtype: AV = NONE) -> AV:  # noqa: B008
    from ..calls import call_prelude
    from ..iteration import range_length

    lo, hi = (Const(0), start) if not given(stop) else (start, stop)
    if not given(step):
        step = Const(1)
    t = common(lw, *(numeric(lw, v) for v in (lo, hi, step)))
    to = dtype_or(lw, dtype, t)
    if t.is_int:
        n = range_length(lw, RangeV(lo, hi, step))
        out = call_prelude(lw, "arange_int", n, Num(lw.number(lo, I64)), Num(lw.number(step, I64)))
    else:
        args = [Num(lw.number(v, F64), False) for v in (lo, hi, step)]
        out = call_prelude(lw, "arange_float", *args)
    assert isinstance(out, Arr)
    return Arr(lw.cast(out.value, to))


def _linspace(
    lw: Lowering,
    start: AV,
    stop: AV,
    num: AV = _FIFTY,
    endpoint: AV = _TRUE,
    dtype: AV = NONE,
    axis: AV = Const(0),  # noqa: B008
    *,
    retstep: AV = Const(False),  # noqa: B008
) -> AV:
    from ..calls import call_prelude, call_prelude_of

    if isinstance(numeric(lw, start), Arr) or isinstance(numeric(lw, stop), Arr):
        return call_prelude_of(lw, polynomials.linspace_many, start, stop, num, endpoint, axis)
    if lw.static(retstep, "`retstep`"):
        whole = _linspace(lw, start, stop, num, endpoint, dtype)
        parts = binary(lw, ast.Sub, num, Const(1)) if lw.static(endpoint, "`endpoint`") else num
        span = binary(lw, ast.Sub, numeric(lw, stop), numeric(lw, start))
        return Tup((whole, binary(lw, ast.Div, Num(lw.number(span, F64), False), parts)))
    a, b = (Num(lw.number(numeric(lw, v), F64), False) for v in (start, stop))
    out = call_prelude(
        lw, "linspace", a, b, Num(lw.index(num)), Const(bool(lw.static(endpoint, "`endpoint`")))
    )
    assert isinstance(out, Arr)
    return Arr(lw.cast(out.value, dtype_or(lw, dtype, F64)))


def _logspace(
    lw: Lowering,
    start: AV,
    stop: AV,
    num: AV = _FIFTY,
    endpoint: AV = _TRUE,
    base: AV = Const(10.0),  # noqa: B008
) -> AV:
    return binary(lw, ast.Pow, base, _linspace(lw, start, stop, num, endpoint))


def _eye(lw: Lowering, N: AV, M: AV = NONE, k: AV = Const(0), dtype: AV = NONE) -> AV:  # noqa: B008
    cols = M if given(M) else N
    offset = lw.static(k, "`k`")
    out = allocate(lw, [N, cols], dtype_or(lw, dtype, F64))
    from ..calls import call_prelude

    call_prelude(lw, "set_diagonal", out, Const(offset), Const(1))
    return out


FUNCTIONS: dict[Any, Handler] = {
    np.zeros: _zeros,
    np.empty: _empty,
    np.ones: _ones,
    np.full: _full,
    np.zeros_like: _like("zero"),
    np.empty_like: _like("none"),
    np.ones_like: _like("ones"),
    np.full_like: _full_like,
    np.array: _array,
    np.asarray: _asarray,
    np.asanyarray: _asarray,
    np.ascontiguousarray: _contiguous,
    np.copy: _copy,
    np.arange: _arange,
    np.linspace: _linspace,
    np.logspace: _logspace,
    np.eye: _eye,
    np.ndarray: lambda lw, shape, dtype=NONE: _empty(lw, shape, dtype),
    np.asfortranarray: _asarray,
    np.identity: lambda lw, n, dtype=NONE: _eye(lw, n, dtype=dtype),
}


def _fill(lw: Lowering, a: AV, value: AV, /) -> AV:
    assert isinstance(a, Arr)
    lw.effect("assign", a.value, lw.number(numeric(lw, value), a.dtype))
    return NONE


def _tolist(lw: Lowering, a: AV, /) -> AV:
    from ..lists import from_array

    assert isinstance(a, Arr)
    if a.rank != 1:
        lw.refuse("C0105", "`.tolist()` of this array is not supported", hint="index the array itself")
    return from_array(lw, Arr(lw.emit("copy", a.value)), True)


def _item(lw: Lowering, a: AV, /, *index: AV) -> AV:
    from ..indexing import subscript

    assert isinstance(a, Arr)
    if not index and a.type.axes == "1" * a.rank:
        index = tuple(Const(0) for _ in range(a.rank))
    if len(index) != a.rank:
        lw.refuse("C0105", "`.item()` takes an index for each axis here")
    found = subscript(lw, a, Tup(tuple(index))) if index else Num(lw.emit("load", a.value))
    return Num(found.value) if isinstance(found, Num) else found


METHODS: dict[str, Handler] = {"copy": _copy, "fill": _fill, "tolist": _tolist, "item": _item}

__all__ = ["BOOL", "MISSING", "Array", "ListC", "array_from", "dtype", "is_python", "promote"]
