"""`Check`: shapes and dtypes only.  Nothing is computed and nothing allocated.

Sizes are known numbers, so loops over them run; what a number in an array is, is not known.  A branch on an
unknown condition is checked on both sides, and a loop of unknown length once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..ir.types import BOOL, F64, I64, Array, Scalar
from ..prims.families import numpy_dtype, reduced
from ..prims.primitive import InferError, Primitive
from .base import Algebra, Spec, Traced, axes_of, is_array, scalar_of, shape_of
from .where import refuse


class Shaped(Traced):
    """A value of which the shape and the dtype are known."""

    __slots__ = ("_contiguous", "_dtype", "_shape")

    def __init__(self, algebra: Check, shape: tuple[int, ...], dtype: Scalar, contiguous: bool = True):
        self.algebra = algebra
        self._shape = shape
        self._dtype = dtype
        self._contiguous = contiguous

    @property
    def shape(self) -> tuple[int, ...]:
        return self._shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return numpy_dtype(self._dtype)

    @property
    def contiguous(self) -> bool:
        return self._contiguous

    def __repr__(self) -> str:
        return f"<{self._dtype}{list(self._shape) if self._shape else ''}>"


class Check(Algebra):
    """Shapes.

    >>> c = Check()
    >>> c.matmul(c.array((2, 3)), c.array((3, 4))).shape
    (2, 4)
    """

    name = "Check"

    def array(self, shape: Sequence[int], dtype: Any = float) -> Shaped:
        """An array of this shape, with nothing in it."""
        return Shaped(self, tuple(shape), scalar_of(np.zeros((), dtype)))

    def variable(self, x: Any) -> Shaped:
        """The shape of a value."""
        return x if isinstance(x, Shaped) else Shaped(self, shape_of(x), scalar_of(x))

    def lift(self, x: Any) -> Any:
        if isinstance(x, Shaped) or not (is_array(x) or isinstance(x, (list, float, complex))):
            return x
        return Shaped(self, shape_of(x), scalar_of(x))

    def known(self, x: Any) -> bool | None:
        return None if isinstance(x, Traced) else bool(x)

    def join(self, a: Any, b: Any) -> Any:
        """A value that is one of two; they must have the same shape."""
        if a is b or (not is_array(a) and not is_array(b) and not isinstance(a, Shaped) and a == b):
            return a
        if shape_of(a) != shape_of(b):
            refuse("T0210", f"a variable has shape {shape_of(a)} or {shape_of(b)}, depending on an unknown"
                   " condition", span=self.span)  # fmt: skip
        return Shaped(self, shape_of(a), scalar_of(a))

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        name = prim.name
        if name == "dim":
            return np.int64(shape_of(args[0])[attrs["axis"]])
        if name == "alloc":
            return self._shaped(tuple(int(n) for n in args), attrs["dtype"])
        if not any(is_array(a) or isinstance(a, Shaped) for a in args):
            return prim(*args, **attrs)
        rule = SHAPES.get(name)
        try:
            if rule is None and prim.kind == "elementwise":
                return self._elementwise(prim, args, attrs)
            if rule is None and prim.kind == "foreign":
                return self._foreign(prim, args, attrs)
            if rule is None:
                self.no_rule(prim)
            return rule(self, *args, **attrs)
        except (ValueError, IndexError, InferError) as e:
            if type(e) not in (ValueError, IndexError, InferError):
                raise
            shapes = " and ".join(_shown(a) for a in args if is_array(a))
            refuse("T0210", f"`{name}` of {shapes or 'numbers'}: {e}", span=self.span)

    def _shaped(self, shape: tuple[int, ...], dtype: Scalar, contiguous: bool = True) -> Shaped:
        return Shaped(self, shape, dtype, contiguous)

    def _elementwise(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Shaped:
        dtypes = _promoted(args[1:] if prim.name == "select" else args)
        kinds = [BOOL, dtypes, dtypes] if prim.name == "select" else [dtypes] * len(args)
        if prim.name in ("div",) and not dtypes.is_inexact:
            kinds = [F64] * len(args)
        types = [
            Array(k, axes_of(shape_of(a))) if is_array(a) else k for k, a in zip(kinds, args, strict=True)
        ]
        (out,) = prim.infer(types, attrs)
        shape = np.broadcast_shapes(*[shape_of(a) for a in args])
        return self._shaped(shape, out if isinstance(out, Scalar) else scalar_of_type(out))

    def _foreign(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        if prim.shape is None:
            self.no_rule(prim, ": it has no `shape` rule")
        specs = [Spec(shape_of(a), numpy_dtype(scalar_of(a))) for a in args]
        found = prim.shape(*specs)
        return self._shaped(found.shape, scalar_of(np.zeros((), found.dtype)))


def scalar_of_type(t: Any) -> Scalar:
    """The element type of an array type."""
    return t.dtype


def _shown(a: Any) -> str:
    return f"{scalar_of(a)}{list(shape_of(a))}"


def _promoted(args: Sequence[Any]) -> Scalar:
    kinds = [x if isinstance(x, (int, float)) else numpy_dtype(scalar_of(x)) for x in args]
    return scalar_of(np.zeros((), np.result_type(*kinds)))


def _known(*xs: Any) -> bool:
    return not any(isinstance(x, Traced) for x in xs)


def _in_range(i: Any, n: int, axis: int) -> None:
    if _known(i) and not 0 <= int(i) < n:
        raise IndexError(f"index {int(i)} is out of bounds for axis {axis} with size {n}")


def _load(c: Check, a: Any, *index: Any, **_: Any) -> Any:
    for axis, (i, n) in enumerate(zip(index, shape_of(a), strict=True)):
        _in_range(i, n, axis)
    return c._shaped((), scalar_of(a))  # pyright: ignore[reportPrivateUsage]


def _store(c: Check, a: Any, *index_and_value: Any, **_: Any) -> None:
    _load(c, a, *index_and_value[:-1])


def _assign(c: Check, a: Any, b: Any, **_: Any) -> None:
    if np.broadcast_shapes(shape_of(a), shape_of(b)) != shape_of(a):
        raise ValueError(f"could not broadcast {shape_of(b)} into {shape_of(a)}")


def _nothing(c: Check, *args: Any, **_: Any) -> None:
    """Writes change no shape."""


def _wrap(c: Check, i: Any, n: Any) -> Any:
    return c._shaped((), I64)  # pyright: ignore[reportPrivateUsage]


def _view(c: Check, a: Any, *operands: Any, spec: str, **_: Any) -> Shaped:
    shape, out, left, axis = shape_of(a), list[int](), iter(operands), 0
    for letter in spec:
        if letter == "+":
            out.append(1)
            continue
        n = shape[axis]
        if letter == "i":
            _in_range(next(left), n, axis)
        elif letter == "-" and n != 1:
            raise ValueError(f"cannot drop axis {axis} with size {n}: it is not one")
        elif letter == ":":
            out.append(n)
        elif letter == "s":
            start, length, step = next(left), next(left), next(left)
            if not _known(length):
                c.undecided("the length of a slice,")
            if _known(start, step) and length > 0:
                _in_range(start, n, axis)
                _in_range(start + (length - 1) * step, n, axis)
            out.append(int(length))
        axis += 1
    flat = spec.replace("+", "").replace("-", "").lstrip("i")
    return c._shaped(tuple(out), scalar_of(a), set(flat) <= {":"} and _flat(a))  # pyright: ignore


def _flat(a: Any) -> bool:
    return a.contiguous if isinstance(a, Traced) else bool(np.asarray(a).flags.c_contiguous)


def _transpose(c: Check, a: Any, perm: Sequence[int]) -> Shaped:
    same = list(perm) == sorted(perm)
    return c._shaped(tuple(shape_of(a)[k] for k in perm), scalar_of(a), same and _flat(a))  # pyright: ignore


def _sizes(c: Check, dims: Sequence[Any]) -> tuple[int, ...]:
    return tuple(c.integer(n) for n in dims)


def _reshape(c: Check, a: Any, *dims: Any, axes: str) -> Shaped:
    sizes = _sizes(c, dims)
    if int(np.prod(sizes, dtype=object)) != int(np.prod(shape_of(a), dtype=object)):
        raise ValueError(f"cannot reshape {shape_of(a)} into {sizes}")
    return c._shaped(sizes, scalar_of(a))  # pyright: ignore[reportPrivateUsage]


def _broadcast(c: Check, a: Any, *dims: Any, axes: str) -> Shaped:
    sizes = _sizes(c, dims)
    if np.broadcast_shapes(shape_of(a), sizes) != sizes:
        raise ValueError(f"cannot broadcast {shape_of(a)} to {sizes}")
    return c._shaped(sizes, scalar_of(a), False)  # pyright: ignore[reportPrivateUsage]


def _diagonal(c: Check, a: Any) -> Shaped:
    return c._shaped((min(shape_of(a)),), scalar_of(a), False)  # pyright: ignore[reportPrivateUsage]


def _copy(c: Check, a: Any) -> Shaped:
    return c._shaped(shape_of(a), scalar_of(a))  # pyright: ignore[reportPrivateUsage]


def _take(c: Check, a: Any, at: Any) -> Shaped:
    return c._shaped(shape_of(at) + shape_of(a)[1:], scalar_of(a))  # pyright: ignore[reportPrivateUsage]


def _reduction(c: Check, a: Any, axes: Any = None, keepdims: bool = False, full: bool = False) -> Shaped:
    shape = shape_of(a)
    if full and 0 in shape:
        raise ValueError("an extremum of nothing")
    return c._shaped(reduced(shape, axes, keepdims), scalar_of(a))  # pyright: ignore[reportPrivateUsage]


def _extremum(c: Check, a: Any, axes: Any = None, keepdims: bool = False) -> Shaped:
    return _reduction(c, a, axes, keepdims, full=True)


def _position(c: Check, a: Any, axis: int | None = None) -> Shaped:
    axes = None if axis is None else (axis,)
    return c._shaped(reduced(shape_of(a), axes, False), I64)  # pyright: ignore[reportPrivateUsage]


def _matmul(c: Check, a: Any, b: Any) -> Shaped:
    sa, sb = shape_of(a), shape_of(b)
    if not sa or not sb or sa[-1] != sb[0]:
        raise ValueError(f"the last axis of {sa} is not as long as the first of {sb}")
    return c._shaped(sa[:-1] + sb[1:], _promoted([a, b]))  # pyright: ignore[reportPrivateUsage]


SHAPES: dict[str, Any] = {
    "load": _load, "store": _store, "accum": _store, "assign": _assign, "vacc": _nothing, "scatter": _nothing,
    "wrap": _wrap, "view": _view, "transpose": _transpose, "reshape": _reshape, "broadcast": _broadcast,
    "diagonal": _diagonal, "copy": _copy, "take": _take, "sum": _reduction, "prod": _reduction,
    "any": _reduction, "all": _reduction, "amax": _extremum, "amin": _extremum, "argmax": _position,
    "argmin": _position, "matmul": _matmul,
}  # fmt: skip
"""The shape of the result of each operation that is not elementwise."""
