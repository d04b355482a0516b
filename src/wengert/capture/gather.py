"""Indices that are arrays: masks and integer arrays, read and written by loops written in Python.

Slices are taken first, as views; then the indexed axes are brought to the front.  Masks become the positions
where they hold.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..ir.types import I64
from .indexing import Gather, expanded
from .lower import Lowering
from .operands import dtype, is_number, numeric, operand
from .slicing import view
from .values import AV, NONE, Arr, Const, Num, SliceV, Tup

WHOLE = SliceV(NONE, NONE, NONE)


def gather(lw: Lowering, a: Arr, parts: Sequence[AV]) -> Gather:
    """``a[parts]`` where some parts are arrays."""
    parts = list(parts)
    while parts and _is_whole(parts[-1]):
        parts.pop()
    if len(parts) == 1 and isinstance(parts[0], Arr):
        index = parts[0]
        if index.dtype.is_bool:
            if index.rank in (1, a.rank):
                return _mask(lw, a, index)
        elif index.rank == 1:
            return _rows(lw, a, index)
    return _general(lw, a, parts)


def _is_whole(av: AV) -> bool:
    return isinstance(av, SliceV) and all(
        isinstance(x, Const) and x.value is None for x in (av.lo, av.hi, av.step)
    )


def _prelude(lw: Lowering, name: str, *args: AV) -> AV:
    from .calls import call_prelude

    return call_prelude(lw, name, *args)


def _integers(lw: Lowering, index: AV) -> Arr | Num:
    if not isinstance(index, (Arr, Num, Const)) or not (dtype(index).is_int):
        lw.refuse("T0201", "arrays used as indices must be of integers or booleans")
    if isinstance(index, Arr):
        return Arr(operand(lw, index, I64))
    return Num(lw.number(index, I64), low=lw.low(index))


def _general(lw: Lowering, a: Arr, parts: Sequence[AV]) -> Gather:
    """Any number of index arrays, with slices, numbers and new axes beside them."""
    if any(isinstance(p, Const) and p.value is None for p in parts):
        full = expanded(lw, a, _positions(lw, parts))
        a = view(lw, a, [p if isinstance(p, Const) and p.value is None else WHOLE for p in full])
        parts = [WHOLE if isinstance(p, Const) and p.value is None else p for p in full]
    parts = expanded(lw, a, _positions(lw, parts))
    chosen = [k for k, p in enumerate(parts) if not isinstance(p, SliceV)]
    indices = [_integers(lw, parts[k]) for k in chosen]
    if any(isinstance(p, SliceV) and not _is_whole(p) for p in parts):
        a = view(lw, a, [p if isinstance(p, SliceV) else WHOLE for p in parts])
    rest = [k for k in range(a.rank) if k not in chosen]
    perm = (*chosen, *rest)
    moved = a if perm == tuple(range(a.rank)) else Arr(lw.emit("transpose", a.value, perm=perm))
    together = chosen == list(range(chosen[0], chosen[0] + len(chosen)))
    at = chosen[0] if together else 0
    index = Tup(tuple(indices))

    def read(lw: Lowering) -> AV:
        from .numpy_api.shapes import transpose

        out = _prelude(lw, "gather_many", moved, index)
        if not isinstance(out, Arr) or not at:
            return out
        n = out.rank - len(rest)
        order = [*range(n, n + at), *range(n), *range(n + at, out.rank)]
        return transpose(lw, out, Const(tuple(order)))

    def write(lw: Lowering, v: AV) -> None:
        value = numeric(lw, v)
        if isinstance(value, Arr) and at:
            n = max(i.rank if isinstance(i, Arr) else 0 for i in indices)
            full = n + len(rest)
            spec = "+" * (full - value.rank) + ":" * value.rank
            if "+" in spec:
                value = Arr(lw.emit("view", value.value, spec=spec))
            order = (*range(at, at + n), *range(at), *range(at + n, full))
            value = Arr(lw.emit("transpose", value.value, perm=order))
        _prelude(lw, "scatter_many", moved, index, value)

    return Gather(read, write)


def _positions(lw: Lowering, parts: Sequence[AV]) -> list[AV]:
    """Masks as the integer arrays that they stand for."""
    from .calls import call_prelude_of
    from .composites import selection

    out: list[AV] = []
    for p in parts:
        if isinstance(p, Arr) and p.dtype.is_bool:
            found = lw.items(call_prelude_of(lw, selection.nonzero, p))
            assert found is not None
            out += found
        elif is_number(p) and dtype(p).is_bool:
            lw.refuse("C0104", "a single boolean as an index is not supported")
        else:
            out.append(p)
    return out


def _rows(lw: Lowering, a: Arr, index: Arr) -> Gather:
    i = _integers(lw, index)

    def write(lw: Lowering, v: AV) -> None:
        x = numeric(lw, v)
        each = isinstance(x, Arr) and x.rank == a.rank
        one = isinstance(x, Arr) and x.type.axes[0] == "1"
        _prelude(lw, "scatter_one" if each and one else "scatter_rows" if each else "scatter_first", a, i, x)

    return Gather(lambda lw: _prelude(lw, "gather_first", a, i, Const(0)), write)


def _mask(lw: Lowering, a: Arr, mask: Arr) -> Gather:
    from .numpy_api.shapes import contiguous, reshape

    def flat(lw: Lowering, x: Arr) -> Arr:
        out = reshape(lw, contiguous(lw, x), Const(-1))
        assert isinstance(out, Arr)
        return out

    def read(lw: Lowering) -> AV:
        if mask.rank == 1:
            return _prelude(lw, "compress", a, mask)
        _same_shape(lw, a, mask)
        return _prelude(lw, "compress", flat(lw, a), flat(lw, mask))

    def write(lw: Lowering, v: AV) -> None:
        x = numeric(lw, v)
        if isinstance(x, Arr):
            if mask.rank == 1 and x.rank == a.rank and x.type.axes[0] != "1":
                _prelude(lw, "masked_rows", a, mask, x)
                return
            if mask.rank == a.rank and a.type.layout == "C":
                _same_shape(lw, a, mask)
                _prelude(lw, "masked_rows", flat(lw, a), flat(lw, mask), x)
                return
            _general(lw, a, [mask]).write(lw, x)
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
