"""Views of another shape, and arrays put together."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...ir.core import Value
from ...ir.types import Scalar
from ..attributes import shape_of, size_of, total_size
from ..composites import diagonals, layout
from ..lower import Lowering
from ..operands import common, is_number, numeric, operand
from ..operators import binary
from ..slicing import view
from ..values import AV, NONE, Arr, Const, ListC, Method, Num, SliceV, Tup
from .creation import allocate, dims_of, letters, numeric_array
from .elementwise import given

Handler = Callable[..., AV]
WHOLE = SliceV(NONE, NONE, NONE)


def contiguous(lw: Lowering, a: Arr) -> Arr:
    """The array itself if it is contiguous for certain, otherwise a copy.

    NumPy gives a view here where the strides happen to allow one.  The difference shows only if either side
    is written later, which `views.refuse_ambiguous` looks for.
    """
    if a.type.layout == "C":
        return a
    made = lw.emit("copy", a.value)
    lw.session.ambiguous[made] = lw.span
    return Arr(made)


def reshape(lw: Lowering, a: AV, *shape: AV, order: AV = NONE) -> AV:
    """``np.reshape`` and ``a.reshape``."""
    if given(order) and lw.static(order, "`order`") == "F":
        given_dims = dims_of(lw, shape[0]) if len(shape) == 1 else list(shape)
        turned = Tup(tuple(reversed(given_dims)))
        return transpose(lw, reshape(lw, transpose(lw, numeric_array(lw, a)), turned))
    x = contiguous(lw, numeric_array(lw, a))
    if given(order) and lw.static(order, "`order`") not in ("C", "A", "K"):
        lw.refuse("C0104", "this memory order is not supported")
    dims = dims_of(lw, shape[0]) if len(shape) == 1 else list(shape)
    unknown = [k for k, d in enumerate(dims) if isinstance(d, Const) and d.value == -1]
    if len(unknown) > 1:
        lw.refuse("T0201", "one size can be -1 at most")
    if unknown:
        total = total_size(lw, x)
        known: AV = Const(1)
        for k, d in enumerate(dims):
            if k != unknown[0]:
                known = binary(lw, ast.Mult, known, d)
        if isinstance(known, Const) and known.value == 1:
            dims[unknown[0]] = total
        else:
            if isinstance(known, Const) and known.value == 0:
                lw.refuse("T0201", "a size of -1 beside a size of 0")
            v = lw.index(known)
            safe = lw.emit("maximum", v, lw.int(1))
            dims[unknown[0]] = Num(lw.emit("floordiv", lw.index(total), safe), low=0)
    if not dims and not x.rank:
        return x
    return Arr(lw.emit("reshape", x.value, *(lw.index(d) for d in dims), axes=letters(dims)))


def ravel(lw: Lowering, a: AV, order: AV = NONE) -> AV:
    """``np.ravel``."""
    x = numeric_array(lw, a)
    if x.rank == 1 and x.type.layout == "C":
        return x
    return reshape(lw, x, Const(-1), order=order)


def _flatten(lw: Lowering, a: AV, order: AV = NONE) -> AV:
    x = numeric_array(lw, a)
    return reshape(lw, Arr(lw.emit("copy", x.value)), Const(-1), order=order)


def _transposed(lw: Lowering, a: AV, axes: AV = NONE) -> AV:
    return transpose(lw, a, axes)


def transpose(lw: Lowering, a: AV, *axes: AV) -> AV:
    """``np.transpose``."""
    x = numeric_array(lw, a)
    given_axes = [v for v in axes if given(v)]
    if not given_axes:
        perm = tuple(reversed(range(x.rank)))
    else:
        found = lw.static(given_axes[0] if len(given_axes) == 1 else Tup(tuple(given_axes)), "`axes`")
        perm = tuple(
            int(k) % max(x.rank, 1) for k in (found if isinstance(found, (tuple, list)) else (found,))
        )
    if sorted(perm) != list(range(x.rank)):
        lw.refuse("T0201", "the axes do not match the array")
    return x if perm == tuple(range(x.rank)) else Arr(lw.emit("transpose", x.value, perm=perm))


def _axis(lw: Lowering, axis: AV, rank: int) -> int:
    k = lw.static(axis, "`axis`")
    if not isinstance(k, int) or not -rank <= k < rank:
        lw.refuse("T0201", f"axis {k} is out of bounds")
    return k % rank


def _axes(lw: Lowering, axes: AV, rank: int) -> tuple[int, ...]:
    found = lw.static(axes, "`axis`")
    return tuple(_axis(lw, Const(k), rank) for k in (found if isinstance(found, (tuple, list)) else (found,)))


def _swapaxes(lw: Lowering, a: AV, axis1: AV, axis2: AV) -> AV:
    x = numeric_array(lw, a)
    i, j = _axis(lw, axis1, x.rank), _axis(lw, axis2, x.rank)
    perm = list(range(x.rank))
    perm[i], perm[j] = j, i
    return transpose(lw, x, Const(tuple(perm)))


def _moveaxis(lw: Lowering, a: AV, source: AV, destination: AV) -> AV:
    x = numeric_array(lw, a)
    moved = dict(zip(_axes(lw, destination, x.rank), _axes(lw, source, x.rank), strict=True))
    perm = [k for k in range(x.rank) if k not in moved.values()]
    for place in sorted(moved):
        perm.insert(place, moved[place])
    return transpose(lw, x, Const(tuple(perm)))


def _flip(lw: Lowering, a: AV, axis: AV = NONE) -> AV:
    x = numeric_array(lw, a)
    axes = range(x.rank)
    if given(axis):
        found = lw.static(axis, "`axis`")
        axes = [int(k) % x.rank for k in (found if isinstance(found, tuple) else (found,))]
    back = SliceV(NONE, NONE, Const(-1))
    return view(lw, x, [back if k in axes else WHOLE for k in range(x.rank)])


def _squeeze(lw: Lowering, a: AV, axis: AV = NONE) -> AV:
    x = numeric_array(lw, a)
    if given(axis):
        found = lw.static(axis, "`axis`")
        gone = {int(k) % x.rank for k in (found if isinstance(found, tuple) else (found,))}
    else:
        gone = {k for k in range(x.rank) if x.type.axes[k] == "1"}
        if "n" in x.type.axes:
            for k in range(x.rank):
                if x.type.axes[k] == "n":
                    n = lw.emit("dim", x.value, axis=k)
                    lw.check(
                        lw.emit("ne", n, lw.int(1)),
                        "ValueError",
                        "squeeze of an axis that turns out to be one long: name it with axis=",
                    )
    if not gone:
        return x
    return Arr(lw.emit("view", x.value, spec="".join("-" if k in gone else ":" for k in range(x.rank))))


def _expand(lw: Lowering, a: AV, axis: AV) -> AV:
    x = numeric_array(lw, a)
    found = lw.static(axis, "`axis`")
    wanted = found if isinstance(found, tuple) else (found,)
    rank = x.rank + len(wanted)
    places = {int(k) % rank for k in wanted}
    return Arr(lw.emit("view", x.value, spec="".join("+" if k in places else ":" for k in range(rank))))


def _atleast(rank: int) -> Handler:
    def handler(lw: Lowering, a: AV) -> AV:
        v = numeric(lw, a)
        if not isinstance(v, Arr):
            from .creation import filled

            v = filled(lw, [Const(1)], common(lw, v), v)
        if v.rank >= rank:
            return v
        if rank == 3:
            lw.refuse("C0104", "`np.atleast_3d` is not supported")
        return Arr(lw.emit("view", v.value, spec="+" * (rank - v.rank) + ":" * v.rank))

    return handler


def _broadcast_to(lw: Lowering, a: AV, shape: AV) -> AV:
    v = numeric(lw, a)
    if not isinstance(v, Arr) and not dims_of(lw, shape):
        return Num(lw.number(v), False)
    if not isinstance(v, Arr):
        from .creation import filled

        v = filled(lw, [Const(1)], common(lw, v), v)
    dims = dims_of(lw, shape)
    return Arr(lw.emit("broadcast", v.value, *(lw.index(d) for d in dims), axes=letters(dims)))


def _rows(lw: Lowering, arrays: AV) -> Arr | None:
    """A list that has grown in a loop, or an array, as one array with a row for each item."""
    from ..comprehensions import collected
    from ..lists import as_array
    from ..values import GenV, GrowC, Ref

    if isinstance(arrays, GenV):
        arrays = collected(lw, arrays)
    if isinstance(arrays, Ref) and isinstance(content := lw.content(arrays), GrowC):
        return as_array(lw, content)
    return arrays if isinstance(arrays, Arr) and arrays.rank else None


def _joined(lw: Lowering, rows: Arr, axis: int) -> AV:
    from ..calls import call_prelude_of

    if rows.rank == 1:
        lw.refuse("T0201", "zero-dimensional arrays cannot be concatenated")
    return call_prelude_of(lw, layout.joined_rows, rows, Const(axis))


def _sequence(lw: Lowering, arrays: AV) -> list[AV]:
    from ..comprehensions import collected
    from ..values import GenV

    if isinstance(arrays, GenV):
        arrays = collected(lw, arrays)
    items = lw.items(arrays)
    if not items:
        lw.refuse("C0104", "a sequence of arrays of known length is needed here")
    return [numeric(lw, x) for x in items]


def concatenate(lw: Lowering, arrays: AV, axis: AV = Const(0), /) -> AV:  # noqa: B008
    """``np.concatenate``."""
    rows = _rows(lw, arrays)
    if rows is not None:
        if given(axis):
            return _joined(lw, rows, lw.static(axis, "`axis`"))
        return Arr(lw.emit("copy", numeric_array(lw, ravel(lw, rows)).value))
    xs = _sequence(lw, arrays)
    parts = [x for x in xs if isinstance(x, Arr)]
    if len(parts) != len(xs) or len({a.rank for a in parts}) != 1:
        lw.refuse("T0201", "the arrays have different numbers of axes")
    if not given(axis):
        parts = [numeric_array(lw, ravel(lw, a)) for a in parts]
        axis = Const(0)
    k = _axis(lw, axis, parts[0].rank)
    t = common(lw, *parts)
    sizes = [size_of(lw, a, k) for a in parts]
    total = sizes[0]
    for s in sizes[1:]:
        total = binary(lw, ast.Add, total, s)
    dims = [total if j == k else size_of(lw, parts[0], j) for j in range(parts[0].rank)]
    for a in parts[1:]:
        for j in range(a.rank):
            if j != k:
                _equal(lw, a, parts[0], j)
    out = allocate(lw, dims, t, "none")
    at: AV = Const(0)
    for a, n in zip(parts, sizes, strict=True):
        end = binary(lw, ast.Add, at, n)
        spec = ":" * k + "s" + ":" * (a.rank - k - 1)
        operands = (lw.index(at), lw.index(n), lw.int(1))
        target = lw.emit("view", out.value, *operands, spec=spec, unit=True)
        lw.effect("assign", target, operand(lw, a, t))
        at = end
    return out


def _equal(lw: Lowering, a: Arr, b: Arr, axis: int) -> None:
    """Sizes of an axis agree."""
    if a.type.axes[axis] == b.type.axes[axis] == "1":
        return
    n, m = lw.emit("dim", a.value, axis=axis), lw.emit("dim", b.value, axis=axis)
    lw.check(lw.emit("eq", n, m), "ValueError", f"sizes {{0}} and {{1}} of axis {axis} do not match", n, m)


def stack_rows(lw: Lowering, parts: Sequence[Arr], t: Scalar, axis: int = 0) -> Arr:
    """Arrays of one shape along a new axis."""
    first = parts[0]
    inner = [size_of(lw, first, k) for k in range(first.rank)]
    dims: list[AV] = [*inner[:axis], Const(len(parts)), *inner[axis:]]
    for a in parts[1:]:
        for k in range(a.rank):
            _equal(lw, a, first, k)
    out = allocate(lw, dims, t, "none")
    for k, a in enumerate(parts):
        spec = ":" * axis + "i" + ":" * (first.rank - axis)
        target = lw.emit("view", out.value, lw.int(k), spec=spec)
        lw.effect("assign" if first.rank else "store", target, operand(lw, a, t))
    return out


def _stack(lw: Lowering, arrays: AV, axis: AV = Const(0)) -> AV:  # noqa: B008
    from ..calls import call_prelude_of

    rows = _rows(lw, arrays)
    if rows is not None:
        return call_prelude_of(lw, layout.stacked_rows, rows, Const(lw.static(axis, "`axis`")))
    xs = _sequence(lw, arrays)
    parts = [x for x in xs if isinstance(x, Arr)]
    if not parts:
        from .creation import array_from

        made = array_from(lw, Tup(tuple(xs)))
        assert made is not None
        return made
    if len(parts) != len(xs) or len({a.rank for a in parts}) != 1:
        lw.refuse("T0201", "the arrays have different numbers of axes")
    return stack_rows(lw, parts, common(lw, *parts), _axis(lw, axis, parts[0].rank + 1))


def _at_least(lw: Lowering, arrays: AV, rank: int) -> AV:
    return Tup(tuple(_atleast(rank)(lw, x) for x in _sequence(lw, arrays)))


def _vstack(lw: Lowering, arrays: AV) -> AV:
    rows = _rows(lw, arrays)
    if rows is not None:
        if rows.rank > 2:
            return _joined(lw, rows, 0)
        return _copied(lw, rows if rows.rank == 2 else Arr(lw.emit("view", rows.value, spec=":+")))
    return concatenate(lw, _at_least(lw, arrays, 2), Const(0))


def _copied(lw: Lowering, a: Arr) -> Arr:
    return Arr(lw.emit("copy", a.value))


def _hstack(lw: Lowering, arrays: AV) -> AV:
    grown = _rows(lw, arrays)
    if grown is not None:
        return _joined(lw, grown, 0 if grown.rank == 2 else 1) if grown.rank > 1 else _copied(lw, grown)
    rows = _at_least(lw, arrays, 1)
    first = lw.items(rows)
    assert first is not None
    flat = isinstance(first[0], Arr) and first[0].rank == 1
    return concatenate(lw, rows, Const(0 if flat else 1))


def _column_stack(lw: Lowering, arrays: AV) -> AV:
    columns = [
        Arr(lw.emit("view", x.value, spec=":+")) if isinstance(x, Arr) and x.rank == 1 else x
        for x in _sequence(lw, arrays)
    ]
    return concatenate(lw, Tup(tuple(columns)), Const(1))


def _interp(lw: Lowering, x: AV, xp: AV, fp: AV, left: AV = NONE, right: AV = NONE, period: AV = NONE) -> AV:
    from ..calls import call_prelude

    if given(period):
        lw.refuse("C0104", "`period` of `np.interp` is not supported")
    args = [v if is_number(v) else numeric(lw, v) for v in (x, xp, fp)]
    return call_prelude(lw, "interp", *args, left, right)


def _diagonal_of(lw: Lowering, v: AV, k: AV = Const(0)) -> AV:  # noqa: B008
    from ..calls import call_prelude, call_prelude_of

    x = numeric_array(lw, v)
    if x.rank == 2:
        return call_prelude_of(lw, diagonals.diagonal, x, k)
    if x.rank != 1:
        lw.refuse("T0201", "`np.diag` takes one or two axes")
    offset = lw.static(k, "`k`")
    n = binary(lw, ast.Add, size_of(lw, x, 0), Const(abs(offset)))
    out = allocate(lw, [n, n], x.dtype)
    call_prelude(lw, "set_diagonal", out, Const(offset), x)
    return out


def _diagonal(lw: Lowering, a: AV, offset: AV = Const(0), axis1: AV = Const(0), axis2: AV = Const(1)) -> AV:  # noqa: B008
    from ..calls import call_prelude_of

    return call_prelude_of(lw, diagonals.diagonal, numeric_array(lw, a), offset, axis1, axis2)


def _triangle(name: str) -> Handler:
    def handler(lw: Lowering, m: AV, k: AV = Const(0)) -> AV:  # noqa: B008
        from ..calls import call_prelude_of

        return call_prelude_of(lw, getattr(diagonals, name), numeric_array(lw, m), k)

    return handler


def _shape(lw: Lowering, a: AV) -> AV:
    x = numeric(lw, a)
    return shape_of(lw, x) if isinstance(x, Arr) else Const(())


def _ndim(lw: Lowering, a: AV) -> AV:
    x = numeric(lw, a)
    return Const(x.rank if isinstance(x, Arr) else 0)


def _size(lw: Lowering, a: AV, axis: AV = NONE) -> AV:
    x = numeric(lw, a)
    if not isinstance(x, Arr):
        return Const(1)
    return size_of(lw, x, _axis(lw, axis, x.rank)) if given(axis) else total_size(lw, x)


def _copyto(lw: Lowering, dst: AV, src: AV) -> AV:
    target = numeric_array(lw, dst)
    lw.effect("assign", target.value, operand(lw, numeric(lw, src), target.dtype))
    return NONE


def _append(lw: Lowering, arr: AV, values: AV, axis: AV = NONE) -> AV:
    return concatenate(lw, Tup((_atleast(1)(lw, arr), _atleast(1)(lw, values))), axis)


def _main_diagonal(lw: Lowering, a: AV) -> AV:
    return Arr(lw.emit("diagonal", numeric_array(lw, a).value))


FUNCTIONS: dict[Any, Handler] = {
    diagonals.main_diagonal: _main_diagonal,
    np.vectorize: lambda lw, pyfunc, otypes=NONE, doc=NONE: Method(pyfunc, layout.vectorized),
    np.reshape: reshape,
    np.ravel: ravel,
    np.transpose: _transposed,
    np.swapaxes: _swapaxes,
    np.moveaxis: _moveaxis,
    np.flip: _flip,
    np.flipud: lambda lw, a: _flip(lw, a, Const(0)),
    np.fliplr: lambda lw, a: _flip(lw, a, Const(1)),
    np.squeeze: _squeeze,
    np.expand_dims: _expand,
    np.atleast_1d: _atleast(1),
    np.atleast_2d: _atleast(2),
    np.broadcast_to: _broadcast_to,
    np.concatenate: lambda lw, arrays, axis=Const(0): concatenate(lw, arrays, axis),  # noqa: B008
    np.stack: _stack,
    np.vstack: _vstack,
    np.hstack: _hstack,
    np.column_stack: _column_stack,
    np.diag: _diagonal_of,
    np.diagonal: _diagonal,
    np.tril: _triangle("tril"),
    np.triu: _triangle("triu"),
    np.interp: _interp,
    np.shape: _shape,
    np.ndim: _ndim,
    np.size: _size,
    np.copyto: _copyto,
    np.append: _append,
}
METHODS: dict[str, Handler] = {
    "reshape": reshape,
    "ravel": ravel,
    "flatten": _flatten,
    "transpose": transpose,
    "swapaxes": _swapaxes,
    "squeeze": _squeeze,
    "diagonal": _diagonal,
}

__all__ = ["FUNCTIONS", "METHODS", "ListC", "Value", "contiguous"]
