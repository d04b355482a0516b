"""NumPy's functions on carriers, in terms of primitives; what is not here is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import RuleError
from ..prims.families import scalar_of
from ..prims.primitive import REGISTRY
from . import arrays, library
from .arrays import astype, reshape, transpose
from .base import shape_of
from .where import refuse, refuse_again, trial


def _axes(axis: Any) -> tuple[int, ...] | None:
    return axis if axis is None or isinstance(axis, tuple) else (int(axis),)


def _reduction(name: str) -> Callable[..., Any]:
    def reduce(x: Any, axis: Any = None, *, keepdims: bool = False, **others: Any) -> Any:
        if others:
            refuse("R0403", f"`{name}` with {', '.join(others)} is not among the operations of the algebras")
        if not shape_of(x):
            return x
        if name == "sum" and scalar_of(x).is_bool:
            x = astype(x, np.int64)
        return REGISTRY[name](x, axes=_axes(axis), keepdims=keepdims)

    return reduce


total, product, largest, smallest = map(_reduction, ("sum", "prod", "amax", "amin"))
every, some = map(_reduction, ("all", "any"))


def _count(x: Any, axis: Any) -> int:
    shape = shape_of(x)
    return int(np.prod(shape if axis is None else [shape[k] for k in _axes(axis) or ()], dtype=object))


def mean(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return total(x, axis, keepdims=keepdims) / _count(x, axis)


def var(x: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    d = x - mean(x, axis, keepdims=True)
    return total(d * d, axis, keepdims=keepdims) / (_count(x, axis) - ddof)


def std(x: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    return REGISTRY["sqrt"](var(x, axis, ddof=ddof, keepdims=keepdims))


def _matrices(name: str, *xs: Any) -> None:
    """Refuse stacks: what NumPy makes of them is not what `matmul` makes."""
    if any(len(shape_of(x)) > 2 for x in xs):
        refuse("R0403", f"`{name}` of stacks of matrices is not among the primitives", "use `@`")


def dot(a: Any, b: Any) -> Any:
    _matrices("np.dot", a, b)
    return a * b if not shape_of(a) or not shape_of(b) else REGISTRY["matmul"](a, b)


def outer(a: Any, b: Any) -> Any:
    return arrays.getitem(reshape(a, -1), (slice(None), None)) * reshape(b, -1)


def where(c: Any, a: Any, b: Any) -> Any:
    to = arrays.promoted([a, b])
    a, b = (x if scalar_of(x) == to else REGISTRY["cast"](x, to=to) for x in (a, b))
    return REGISTRY["select"](c, a, b)


def clip(x: Any, lo: Any = None, hi: Any = None) -> Any:
    x = x if lo is None else REGISTRY["maximum"](x, lo)
    return x if hi is None else REGISTRY["minimum"](x, hi)


def full_like(x: Any, value: Any, dtype: Any = None) -> Any:
    like = x if dtype is None else np.zeros((), dtype)
    return arrays.fill(shape_of(x), arrays.cast_to(value, like), None if arrays.is_carrier(value) else x)


def zeros_like(x: Any, dtype: Any = None) -> Any:
    return arrays.algebra_of(x).empty(
        shape_of(x), scalar_of(x) if dtype is None else scalar_of(np.zeros((), dtype))
    )


def argmax(x: Any, axis: Any = None) -> Any:
    return REGISTRY["argmax"](x, axis=axis)


def argmin(x: Any, axis: Any = None) -> Any:
    return REGISTRY["argmin"](x, axis=axis)


def cumsum(x: Any, axis: int | None = None) -> Any:
    x = reshape(x, -1) if axis is None else x
    out = arrays.copy(x)
    before = (slice(None),) * ((axis or 0) % len(shape_of(x)))
    for k in range(1, shape_of(x)[axis or 0]):
        out[(*before, k)] = out[(*before, k - 1)] + x[(*before, k)]
    return out


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    vectors = len(shape_of(x)) == 1 if axis is None else not isinstance(axis, tuple)
    if ord is not None and ord != (2 if vectors else "fro"):
        refuse("R0403", f"`np.linalg.norm` with `ord={ord!r}` is not among the primitives")
    return REGISTRY["sqrt"](total(x * x, axis, keepdims=keepdims))


def diagonal(x: Any) -> Any:
    _matrices("np.diagonal", x)
    return REGISTRY["diagonal"](x)


def trace(x: Any) -> Any:
    _matrices("np.trace", x)
    return total(REGISTRY["diagonal"](x))


def expand_dims(x: Any, axis: int) -> Any:
    return arrays.getitem(x, (*[slice(None)] * (axis % (len(shape_of(x)) + 1)), None))


def squeeze(x: Any, axis: Any = None) -> Any:
    n = len(shape_of(x))
    gone = (
        {k for k, m in enumerate(shape_of(x)) if m == 1}
        if axis is None
        else {k % n for k in _axes(axis) or ()}
    )
    if any(shape_of(x)[k] != 1 for k in gone):
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return arrays.getitem(x, tuple(0 if k in gone else slice(None) for k in range(n)))


def swapaxes(x: Any, a: int, b: int) -> Any:
    perm = list(range(len(shape_of(x))))
    perm[a], perm[b] = perm[b], perm[a]
    return transpose(x, perm)


def tile(x: Any, reps: Any) -> Any:
    reps = (reps,) if isinstance(reps, int) else tuple(reps)
    shape = shape_of(x)
    rank = max(len(shape), len(reps))
    shape, reps = (1,) * (rank - len(shape)) + shape, (1,) * (rank - len(reps)) + reps
    wide = [m for r, n in zip(reps, shape, strict=True) for m in (r, n)]
    narrow = reshape(x, *[m for n in shape for m in (1, n)])
    return reshape(
        arrays.copy(arrays.broadcast_to(narrow, wide)), *[r * n for r, n in zip(reps, shape, strict=True)]
    )


def diff(x: Any, n: int = 1) -> Any:
    for _ in range(n):
        x = x[..., 1:] - x[..., :-1]
    return x


def square(x: Any) -> Any:
    return x * x


def flat(x: Any) -> Any:
    return reshape(x, -1)


def copied(x: Any) -> Any:
    return arrays.copy(x)


def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    n = len(shape_of(x))
    sources, destinations = (
        [int(k) % n for k in (ks if isinstance(ks, (tuple, list)) else (ks,))] for ks in (source, destination)
    )
    order = [k for k in range(n) if k not in sources]
    for to, at in sorted(zip(destinations, sources, strict=True)):
        order.insert(to, at)
    return transpose(x, order)


def _triangle(keep: Callable[..., Any]) -> Callable[..., Any]:
    def part(x: Any, k: int = 0) -> Any:
        return where(keep(np.ones(shape_of(x)[-2:], bool), k), x, zeros_like(x))

    return part


def at_least(rank: int) -> Callable[..., Any]:
    def reshaped(x: Any) -> Any:
        shape = shape_of(x)
        return x if len(shape) >= rank else reshape(x, *(1,) * (rank - len(shape)), *shape)

    return reshaped


def item(x: Any, *index: Any) -> Any:
    return x[index] if index else reshape(x, -1)[0] if shape_of(x) else x


def tolist(x: Any) -> Any:
    return [tolist(part) for part in x] if shape_of(x) else x


METHODS: dict[str, Callable[..., Any]] = {
    "sum": total,
    "prod": product,
    "max": largest,
    "min": smallest,
    "all": every,
    "any": some,
    "mean": mean,
    "var": var,
    "std": std,
    "dot": dot,
    "clip": clip,
    "argmax": argmax,
    "argmin": argmin,
    "cumsum": cumsum,
    "trace": trace,
    "squeeze": squeeze,
    "swapaxes": swapaxes,
    "reshape": reshape,
    "ravel": flat,
    "flatten": lambda x: flat(arrays.copy(x)),
    "transpose": lambda x, *axes: transpose(x, axes[0] if len(axes) == 1 else axes or None),
    "item": item,
    "tolist": tolist,
    "conj": lambda x: x,
    "conjugate": lambda x: x,
    "copy": copied,
    "astype": astype,
}
"""The methods of arrays."""

FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: total,
    np.prod: product,
    np.max: largest,
    np.min: smallest,
    np.all: every,
    np.any: some,
    np.mean: mean,
    np.var: var,
    np.std: std,
    np.dot: dot,
    np.vdot: lambda a, b: dot(flat(a), flat(b)),
    np.inner: lambda a, b: dot(a, transpose(b)),
    np.outer: outer,
    np.where: where,
    np.clip: clip,
    np.argmax: argmax,
    np.argmin: argmin,
    np.cumsum: cumsum,
    np.trace: trace,
    np.diagonal: diagonal,
    np.linalg.norm: norm,
    np.concatenate: arrays.concatenate,
    np.stack: arrays.stack,
    np.reshape: lambda x, shape, order="C": reshape(x, shape, order=order),
    np.ravel: flat,
    np.transpose: transpose,
    np.swapaxes: swapaxes,
    np.moveaxis: moveaxis,
    np.tril: _triangle(np.tril),
    np.triu: _triangle(np.triu),
    np.atleast_1d: at_least(1),
    np.atleast_2d: at_least(2),
    np.expand_dims: expand_dims,
    np.squeeze: squeeze,
    np.broadcast_to: arrays.broadcast_to,
    np.tile: tile,
    np.copy: copied,
    np.zeros_like: zeros_like,
    np.empty_like: zeros_like,
    np.ones_like: lambda x, dtype=None: full_like(x, 1, dtype),
    np.full_like: full_like,
    np.diff: diff,
    np.result_type: lambda *xs: np.result_type(*[x.dtype if arrays.is_carrier(x) else x for x in xs]),
    np.shape: shape_of,
    np.ndim: lambda x: len(shape_of(x)),
    np.size: lambda x: _count(x, None),
}
"""Functions of NumPy that are not elementwise."""


def call(func: Any, args: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """``func(*args, **keywords)`` of which an argument is a carrier."""
    return known(func, FUNCTIONS.get(func), args, keywords)


def known(func: Any, meaning: Any, args: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """By ``meaning``, or where that does not do (or there is none) by the program that the compiler has."""
    name = f"{func.__module__}.{func.__name__}" if hasattr(func, "__module__") else func.__name__
    error: Exception | None = None
    if meaning is not None and not _of_complex(args):
        try:
            with trial():
                return meaning(*args, **keywords)
        except (RuleError, TypeError) as e:
            error = e
    found = library.run(arrays.algebra_of(*_flat((*args, *keywords.values()))), func, args, keywords)
    if found is not NotImplemented:
        return found
    if isinstance(error, RuleError):
        refuse_again(error)
    if error is not None:
        raise error
    refuse("R0403", f"`{name}` is not among the operations of the algebras", "write it in terms of others")


def _flat(xs: Sequence[Any]) -> list[Any]:
    out: list[Any] = []
    for x in xs:
        out += _flat(x) if isinstance(x, (list, tuple)) else [x]
    return out


def _of_complex(xs: Sequence[Any]) -> bool:
    """The meanings here are those of real numbers."""
    return any(arrays.is_carrier(x) and x.dtype.kind == "c" for x in _flat(xs))
