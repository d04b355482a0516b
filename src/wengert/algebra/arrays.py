"""Array operations on carriers, in terms of primitives: indexing, shapes, joining."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..prims.families import scalar_of
from ..prims.primitive import REGISTRY, Carrier
from . import library
from .base import Traced, axes_of, shape_of
from .where import refuse


def algebra_of(*xs: Any) -> Any:
    """The outermost algebra among some values."""
    found = [x for x in xs if isinstance(x, Traced)]
    return max(found, key=lambda x: x.level).algebra if found else None


def _spec(x: Any, index: Any) -> tuple[str, list[np.int64]]:
    """Basic indexing as the ``spec`` and operands of ``view``; `IndexError` as NumPy raises."""
    items = list(index) if isinstance(index, tuple) else [index]
    shape = shape_of(x)
    named = sum(i is not None and i is not Ellipsis for i in items)
    if named > len(shape):
        raise IndexError(f"too many indices: the array has {len(shape)} axes, but {named} were indexed")
    if Ellipsis not in [i for i in items if i is Ellipsis]:
        items.append(Ellipsis)
    spec, operands, axis = "", list[np.int64](), 0
    for item in items:
        if item is None:
            spec += "+"
        elif item is Ellipsis:
            spec += ":" * (len(shape) - named)
            axis += len(shape) - named
        elif isinstance(item, slice):
            start, stop, step = item.indices(shape[axis])
            length = len(range(start, stop, step))
            whole = (start, length, step) == (0, shape[axis], 1)
            spec += ":" if whole else "s"
            operands += [] if whole else [np.int64(start), np.int64(length), np.int64(step)]
            axis += 1
        elif isinstance(item, (bool, np.bool_)) or not hasattr(item, "__index__"):
            return "", []
        else:
            i, n = item.__index__(), shape[axis]
            if not -n <= i < n:
                raise IndexError(f"index {i} is out of bounds for axis {axis} with size {n}")
            spec += "i"
            operands.append(np.int64(i + n if i < 0 else i))
            axis += 1
    return spec, operands


def getitem(x: Any, index: Any) -> Any:
    """``x[index]``: numbers, slices, ``None`` and ``...`` give views; an array of integers on the first axis
    or a mask gathers.
    """
    if not _fancy(index):
        spec, operands = _spec(x, index)
        if set(spec) <= {"i"}:
            return REGISTRY["load"](x, *operands)
        return x if set(spec) <= {":"} else REGISTRY["view"](x, *operands, spec=spec)
    at = _positions(index)
    return REGISTRY["take"](x, at) if at is not None else _compiled(operator.getitem, x, index)


def _compiled(f: Any, x: Any, *args: Any) -> Any:
    found = library.run(algebra_of(x, *args), f, (x, *args), {})
    if found is NotImplemented:
        refuse(
            "R0403",
            "this form of indexing is not among the primitives",
            "index with numbers and slices, or with one array of integers",
        )
    return found


def _fancy(index: Any) -> bool:
    items = index if isinstance(index, tuple) else (index,)
    return any(isinstance(i, (np.ndarray, list)) and np.ndim(i) > 0 for i in items)


def _positions(index: Any) -> Any:
    """One array of integers, or a mask of one axis as such; ``None`` for other forms."""
    if isinstance(index, (list, np.ndarray)):
        at = np.asarray(index)
        if at.dtype == bool:
            return np.flatnonzero(at) if at.ndim == 1 else None
        if at.dtype.kind in "iu":
            return at
    return None


def setitem(x: Any, index: Any, value: Any) -> None:
    """``x[index] = value``."""
    if _fancy(index):
        at = _positions(index)
        if at is None or at.ndim != 1 or len(set(at.tolist())) != at.size:
            _compiled(operator.setitem, x, index, value)
            return
        for k, i in enumerate(at.tolist()):
            setitem(x, i, value[k] if shape_of(value) else value)
        return
    spec, operands = _spec(x, index)
    if set(spec) <= {"i"}:
        REGISTRY["store"](x, *operands, cast_to(value, x))
    else:
        target = x if set(spec) <= {":"} else REGISTRY["view"](x, *operands, spec=spec)
        REGISTRY["assign"](target, cast_to(value, x))


def cast_to(value: Any, like: Any) -> Any:
    """``value`` with the dtype of ``like``."""
    to = scalar_of(like)
    return value if scalar_of(value) == to else REGISTRY["cast"](value, to=to)


def astype(x: Any, dtype: Any, order: str = "K", casting: str = "unsafe", copy: bool = True) -> Any:
    """Another dtype."""
    if order == "F" or casting != "unsafe":
        refuse("R0403", f"`astype` with order={order!r}, casting={casting!r} is not among the primitives")
    if not copy and np.dtype(dtype) == x.dtype:
        return x
    return REGISTRY["cast"](x, to=scalar_of(np.zeros((), dtype)))


def transpose(x: Any, axes: Any = None) -> Any:
    """The axes in another order, reversed by default."""
    n = len(shape_of(x))
    perm = tuple(reversed(range(n))) if axes is None else tuple(int(k) % n for k in axes)
    return x if n < 2 else REGISTRY["transpose"](x, perm=perm)


def contiguous(x: Any) -> Any:
    """``x``, or a copy when its elements do not lie one after another."""
    flat = x.contiguous if isinstance(x, Traced) else np.asarray(x).flags.c_contiguous
    return x if flat else REGISTRY["copy"](x)


def reshape(x: Any, *shape: Any, order: str = "C") -> Any:
    """Another shape; one size may be -1."""
    if order != "C":
        refuse("R0403", f"`reshape` with order={order!r} is not among the primitives")
    sizes = tuple(shape[0]) if len(shape) == 1 and not hasattr(shape[0], "__index__") else shape
    sizes = [int(n) for n in sizes]
    total = int(np.prod(shape_of(x), dtype=object))
    if -1 in sizes:
        rest = int(np.prod([n for n in sizes if n != -1], dtype=object))
        if rest == 0 or total % rest:
            raise ValueError(f"cannot reshape array of size {total} into shape {tuple(sizes)}")
        sizes[sizes.index(-1)] = total // rest
    if tuple(sizes) == shape_of(x):
        return x
    if not shape_of(x):
        x = fill(sizes, x)
        return x
    return REGISTRY["reshape"](contiguous(x), *map(np.int64, sizes), axes=axes_of(sizes))


def broadcast_to(x: Any, shape: Any) -> Any:
    """Repeated to a shape, without a copy."""
    sizes = (shape,) if hasattr(shape, "__index__") else tuple(shape)
    if not shape_of(x):
        return fill(sizes, x)
    return REGISTRY["broadcast"](x, *map(np.int64, sizes), axes=axes_of(sizes))


def fill(shape: Sequence[int], x: Any, like: Any = None) -> Any:
    """A new array of this shape with ``x`` in it."""
    algebra = algebra_of(x, like)
    if algebra is None:
        return np.full(tuple(shape), x)
    out = algebra.empty(tuple(shape), scalar_of(x if like is None else like))
    REGISTRY["assign"](out, x if like is None else cast_to(x, like))
    return out


def promoted(xs: Sequence[Any]) -> Any:
    """The dtype of several values together."""
    return scalar_of(np.zeros((), np.result_type(*[_kind(x) for x in xs])))


def _kind(x: Any) -> Any:
    return x.dtype if isinstance(x, Traced) else x if isinstance(x, (int, float)) else np.asarray(x).dtype


def concatenate(xs: Sequence[Any], axis: int = 0) -> Any:
    """Arrays one after another along an axis."""
    xs = list(xs)
    if not xs:
        refuse("T0213", "nothing to concatenate")
    first = shape_of(xs[0])
    axis %= len(first)
    total = sum(shape_of(x)[axis] for x in xs)
    out = algebra_of(*xs).empty((*first[:axis], total, *first[axis + 1 :]), promoted(xs))
    at = 0
    for x in xs:
        n = shape_of(x)[axis]
        setitem(out, (*[slice(None)] * axis, slice(at, at + n)), x)
        at += n
    return out


def stack(xs: Sequence[Any], axis: int = 0) -> Any:
    """Arrays, or numbers, along a new axis."""
    xs = list(xs)
    if not xs:
        refuse("T0213", "nothing to stack")
    shape = shape_of(xs[0])
    axis %= len(shape) + 1
    out = algebra_of(*xs).empty((*shape[:axis], len(xs), *shape[axis:]), promoted(xs))
    for k, x in enumerate(xs):
        setitem(out, (*[slice(None)] * axis, k), x)
    return out


def copy(x: Any) -> Any:
    """Memory of its own."""
    return REGISTRY["copy"](x) if shape_of(x) else x


def is_carrier(x: Any) -> bool:
    """Whether a value belongs to an algebra."""
    return isinstance(x, Carrier)
