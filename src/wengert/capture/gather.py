"""Indices that are arrays: masks and integer arrays, read and written by loops written in Python."""

from __future__ import annotations

from collections.abc import Sequence

from ..ir.types import I64
from .indexing import Gather
from .lower import Lowering
from .operators import numeric, operand
from .values import AV, Arr, Const, SliceV


def gather(lw: Lowering, a: Arr, parts: Sequence[AV]) -> Gather:
    """``a[parts]`` where some parts are arrays."""
    parts = list(parts)
    while parts and _is_whole(parts[-1]):
        parts.pop()
    if len(parts) == 1 and isinstance(parts[0], Arr):
        index = parts[0]
        return _mask(lw, a, index) if index.dtype.is_bool else _rows(lw, a, index)
    if len(parts) == 2 and a.rank == 2:
        i, j = parts
        if (
            isinstance(i, Arr)
            and isinstance(j, Arr)
            and i.rank == j.rank == 1
            and i.dtype.is_int
            and j.dtype.is_int
        ):
            return _pairs(lw, a, i, j)
        if isinstance(j, Arr) and _is_whole(i):
            flipped = Arr(lw.emit("transpose", a.value, perm=(1, 0)))
            inner = gather(lw, flipped, [j])
            return Gather(
                lambda lw: _flip(lw, inner.read(lw)), lambda lw, v: inner.write(lw, _flip(lw, numeric(lw, v)))
            )
    lw.refuse("C0104", "this form of indexing with arrays is not supported")


def _flip(lw: Lowering, av: AV) -> AV:
    if isinstance(av, Arr) and av.rank == 2:
        return Arr(lw.emit("transpose", av.value, perm=(1, 0)))
    return av


def _is_whole(av: AV) -> bool:
    return isinstance(av, SliceV) and all(
        isinstance(x, Const) and x.value is None for x in (av.lo, av.hi, av.step)
    )


def _prelude(lw: Lowering, name: str, *args: AV) -> AV:
    from .calls import call_prelude

    return call_prelude(lw, name, *args)


def _rows(lw: Lowering, a: Arr, index: Arr) -> Gather:
    if not index.dtype.is_int:
        lw.refuse("T0201", "arrays used as indices must be of integers or booleans")
    shape = index
    i = Arr(operand(lw, index, I64))
    if index.rank != 1:
        from .numpy_api.shapes import ravel

        flat = ravel(lw, i)
        assert isinstance(flat, Arr)
        i = flat

    def read(lw: Lowering) -> AV:
        from .attributes import size_of
        from .numpy_api.shapes import reshape

        out = _prelude(lw, "gather_first", a, i, Const(0))
        if shape.rank == 1:
            return out
        assert isinstance(out, Arr)
        dims = [size_of(lw, shape, k) for k in range(shape.rank)]
        return reshape(lw, out, *dims, *(size_of(lw, a, k) for k in range(1, a.rank)))

    def write(lw: Lowering, v: AV) -> None:
        x = numeric(lw, v)
        if shape.rank != 1 and isinstance(x, Arr):
            lw.refuse("C0104", "this form of assignment is not supported")
        each = isinstance(x, Arr) and x.rank == a.rank
        one = isinstance(x, Arr) and x.type.axes[0] == "1"
        _prelude(lw, "scatter_one" if each and one else "scatter_rows" if each else "scatter_first", a, i, x)

    return Gather(read, write)


def _pairs(lw: Lowering, a: Arr, i: Arr, j: Arr) -> Gather:
    x, y = Arr(operand(lw, i, I64)), Arr(operand(lw, j, I64))

    def write(lw: Lowering, v: AV) -> None:
        _prelude(lw, "scatter_pairs", a, x, y, numeric(lw, v))

    return Gather(lambda lw: _prelude(lw, "gather_pairs", a, x, y), write)


def _mask(lw: Lowering, a: Arr, mask: Arr) -> Gather:
    from .numpy_api.shapes import contiguous, reshape

    def flat(lw: Lowering, x: Arr) -> Arr:
        out = reshape(lw, contiguous(lw, x), Const(-1))
        assert isinstance(out, Arr)
        return out

    if mask.rank > 1 and mask.rank != a.rank:
        lw.refuse("C0104", "a mask of some axes is not supported")

    def read(lw: Lowering) -> AV:
        if mask.rank == 1:
            return _prelude(lw, "compress", a, mask)
        _same_shape(lw, a, mask)
        return _prelude(lw, "compress", flat(lw, a), flat(lw, mask))

    def write(lw: Lowering, v: AV) -> None:
        x = numeric(lw, v)
        if isinstance(x, Arr):
            if mask.rank == 1 and x.rank == a.rank:
                _prelude(lw, "masked_rows", a, mask, x)
                return
            if mask.rank == 1 or a.type.layout != "C":
                lw.refuse("C0104", "this form of assignment through a mask is not supported")
            _same_shape(lw, a, mask)
            _prelude(lw, "masked_rows", flat(lw, a), flat(lw, mask), x)
            return
        if mask.rank == a.rank:
            _same_shape(lw, a, mask)
            chosen = lw.emit("select", mask.value, lw.number(x, a.dtype), a.value)
            lw.effect("assign", a.value, chosen)
            return
        _prelude(lw, "masked_value", a, mask, x)

    return Gather(read, write)


def _same_shape(lw: Lowering, a: Arr, mask: Arr) -> None:
    for k in range(a.rank):
        n, m = lw.emit("dim", a.value, axis=k), lw.emit("dim", mask.value, axis=k)
        lw.check(
            lw.emit("eq", n, m),
            "IndexError",
            f"boolean index did not match indexed array along axis {k}; size of axis is {{0}} but size of "
            "corresponding boolean axis is {1}",
            n,
            m,
        )
