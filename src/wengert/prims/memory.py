"""Memory: allocation, elements, whole-array writes, and checks.  Views are in `wengert.prims.views`."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ir.types import BOOL, I64, Array, Scalar, Type, dtype_of
from .families import Attrs, expect, expect_array, numpy_dtype
from .primitive import InferError, Primitive, register


def as_given(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    """Stands for inference where the builder must say the types (constants, control flow)."""
    raise InferError("the result types of this operation are not inferred")


def expect_ints(name: str, types: Sequence[Type]) -> None:
    """Refuse indices and sizes that are not i64 scalars."""
    if any(t != I64 for t in types):
        raise InferError(f"{name} takes i64 indices and sizes, not {', '.join(map(str, types))}")


def expect_axes(name: str, axes: Any) -> str:
    """The attribute ``axes`` of allocations: a string of ``n`` and ``1``."""
    if not isinstance(axes, str) or not set(axes) <= {"n", "1"}:
        raise InferError(f"{name} takes axes such as 'nn', not {axes!r}")
    return axes


const = register(Primitive("const", "constant", as_given))
undef = register(Primitive("undef", "constant", as_given))


def _infer_alloc(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    axes = expect_axes("alloc", attrs.get("axes"))
    dtype = attrs.get("dtype")
    expect("alloc", types, len(axes))
    expect_ints("alloc", types)
    if not isinstance(dtype, Scalar) or attrs.get("fill") not in ("zero", "none"):
        raise InferError(f"alloc with {dict(attrs)}")
    return (Array(dtype, axes),)


def _alloc(*dims: Any, dtype: Scalar, axes: str, fill: str) -> Any:
    if any(n < 0 for n in dims):
        raise ValueError("negative dimensions are not allowed")
    shape = tuple(int(n) for n in dims)
    return poisoned(shape, dtype) if fill == "none" else np.zeros(shape, numpy_dtype(dtype))


def poisoned(shape: tuple[int, ...], dtype: Scalar) -> Any:
    """An uninitialised array, filled so that whoever reads it before writing it notices."""
    np_dtype = numpy_dtype(dtype)
    if dtype.is_inexact:
        return np.full(shape, np.nan, np_dtype)
    out = np.empty(shape, np_dtype)
    out.view(np.uint8 if dtype.itemsize == 1 else np_dtype)[...] = (
        dtype.is_bool if dtype.itemsize == 1 else np.iinfo(np_dtype).min + 0xBAD
    )
    return out


alloc = register(Primitive("alloc", "memory", _infer_alloc, _alloc, fresh=True, raises=True))


def _infer_copy(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("copy", types, 1)
    t = expect_array("copy", types[0])
    return (Array(t.dtype, t.axes),)


copy = register(
    Primitive(
        "copy",
        "memory",
        _infer_copy,
        lambda a: np.array(a, order="C", copy=True),
        jvp=lambda xs, dxs, y: None if dxs[0] is None else copy(dxs[0]),
        vjp=lambda y_bar, y, a: (y_bar,),
        linear="jointly",
        reads=(0,),
        fresh=True,
    )
)


def _infer_dim(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("dim", types, 1)
    t, axis = expect_array("dim", types[0]), attrs.get("axis")
    if not isinstance(axis, int) or not 0 <= axis < t.rank:
        raise InferError(f"dim of axis {axis!r} of {t}")
    return (I64,)


dim = register(Primitive("dim", "memory", _infer_dim, lambda a, axis: np.int64(a.shape[axis])))


def _infer_wrap(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("wrap", types, 2)
    expect_ints("wrap", types)
    return (I64,)


wrap = register(
    Primitive(
        "wrap", "memory", _infer_wrap, lambda i, n: np.int64(i + n if i < 0 else i), doc="Negative indices."
    )
)


def _element(name: str, types: Sequence[Type], values: int) -> Scalar:
    if len(types) <= values:
        raise InferError(f"{name} takes an array, its indices and a value")
    t = expect_array(name, types[0])
    expect(name, types, 1 + t.rank + values)
    expect_ints(name, types[1 : 1 + t.rank])
    for v in types[1 + t.rank :]:
        if v != t.dtype:
            raise InferError(f"{name} of {v} in {t}")
    return t.dtype


def _infer_load(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    return (_element("load", types, 0),)


def _infer_write(name: str) -> Any:
    def infer(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
        _element(name, types, 1)
        return ()

    return infer


def checked(a: Any, index: Sequence[Any], safe: bool) -> tuple[int, ...]:
    """The index as ints, all in range.  An access proved ``safe`` that is not is a bug of the compiler."""
    out = tuple(int(i) for i in index)
    for axis, (i, n) in enumerate(zip(out, a.shape, strict=True)):
        if not 0 <= i < n:
            message = f"index {i} is out of bounds for axis {axis} with size {n}"
            if safe:
                raise AssertionError(f"proved safe, but {message}")
            raise IndexError(message)
    return out


def _load(a: Any, *index: Any, safe: bool = False) -> Any:
    return a[checked(a, index, safe)]


def _store(a: Any, *index_and_value: Any, safe: bool = False) -> None:
    *index, v = index_and_value
    a[checked(a, index, safe)] = v


def _accum(a: Any, *index_and_value: Any, safe: bool = False) -> None:
    *index, v = index_and_value
    with np.errstate(all="ignore"):
        a[checked(a, index, safe)] += v


load = register(Primitive("load", "memory", _infer_load, _load, reads=(0,), raises=True))
store = register(Primitive("store", "memory", _infer_write("store"), _store, writes=(0,), raises=True))
accum = register(Primitive("accum", "memory", _infer_write("accum"), _accum, writes=(0,), raises=True))


def _infer_whole(name: str) -> Any:
    def infer(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
        expect(name, types, 2)
        a, b = expect_array(name, types[0]), types[1]
        if not isinstance(b, (Scalar, Array)) or dtype_of(b) != a.dtype:
            raise InferError(f"{name} of {b} to {a}")
        if name == "assign" and isinstance(b, Array) and b.rank > a.rank:
            raise InferError(f"{b} does not broadcast to {a}")
        return ()

    return infer


def _assign(a: Any, b: Any) -> None:
    a[...] = b


def sum_to(b: Any, shape: tuple[int, ...]) -> Any:
    """``b`` summed over the axes where ``shape`` has length one, and over leading axes that it lacks."""
    b = np.asarray(b)
    while b.ndim > len(shape):
        b = b.sum(axis=0, dtype=b.dtype)
    lead = len(shape) - b.ndim
    ones = tuple(k for k in range(b.ndim) if shape[lead + k] == 1 and b.shape[k] != 1)
    return b.sum(axis=ones, dtype=b.dtype, keepdims=True) if ones else b


def _vacc(a: Any, b: Any) -> None:
    with np.errstate(all="ignore"):
        a[...] = np.add(a, sum_to(b, a.shape))


assign = register(
    Primitive("assign", "memory", _infer_whole("assign"), _assign, reads=(1,), writes=(0,), raises=True)
)
vacc = register(
    Primitive("vacc", "memory", _infer_whole("vacc"), _vacc, reads=(1,), writes=(0,), raises=True)
)


def _infer_take(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("take", types, 2)
    a, at = expect_array("take", types[0]), expect_array("take", types[1])
    if not at.dtype.is_int or a.rank == 0:
        raise InferError(f"take from {a} at {at}")
    return (Array(a.dtype, at.axes + a.axes[1:]),)


def _infer_scatter(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("scatter", types, 3)
    _infer_take(types[:2], attrs)
    return ()


def _scatter(a: Any, at: Any, v: Any) -> None:
    np.add.at(a, at, v)


take = register(
    Primitive(
        "take",
        "memory",
        _infer_take,
        lambda a, at: np.take(a, at, axis=0),
        jvp=lambda xs, dxs, y: None if dxs[0] is None else take(dxs[0], xs[1]),
        linear="jointly",
        reads=(0, 1),
        fresh=True,
        raises=True,
        doc="The entries of the first axis at these positions, negative ones from the end.",
    )
)
scatter = register(
    Primitive(
        "scatter",
        "memory",
        _infer_scatter,
        _scatter,
        reads=(1, 2),
        writes=(0,),
        raises=True,
        doc="Adds to the entries of the first axis at these positions; one that is named twice gets both.",
    )
)


_local: dict[str, type[BaseException]] = {}


def local_exception(cls: type[BaseException]) -> str:
    """A name, in this process, for a class that no module has."""
    name = f"{cls.__module__}:{cls.__qualname__}#{id(cls)}"
    _local[name] = cls  # which keeps it, so that the number is not given again
    return name


EXAMPLES = "the numbers of examples differ: "
RESULTS = "the results of the examples "
"""How messages of checks begin that compare the arguments, and the results, of what is batched."""


def exception_class(exc: str) -> type[BaseException] | None:
    """The class that a check names: a built-in, or ``module:Class`` of the user's; ``raise:`` before it marks
    a ``raise`` of the user's."""
    name = exc.removeprefix("raise:")
    if name in _local:
        return _local[name]
    module, _, path = name.rpartition(":")
    found: Any = sys.modules.get(module, builtins) if module else builtins
    for part in path.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _infer_check(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    if not types or types[0] != BOOL:
        raise InferError("check takes a bool first")
    exc = exception_class(str(attrs.get("exc")))
    if exc is None or not issubclass(exc, Exception) or not isinstance(attrs.get("message"), str):
        raise InferError(f"check with {dict(attrs)}")
    return ()


def _check(ok: Any, *operands: Any, exc: str, message: str) -> None:
    if not ok:
        shown = [x.item() if isinstance(x, np.generic) else x for x in operands]
        cls = exception_class(exc)
        assert cls is not None
        raise cls(message.format(*shown))


check = register(Primitive("check", "memory", _infer_check, _check, raises=True))
