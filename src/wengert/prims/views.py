"""Views: results that refer to the memory of their first operand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..ir.types import F64, F64X8, Array, Type
from .families import Attrs, expect, expect_array
from .memory import expect_axes, expect_ints
from .primitive import InferError, Primitive, register

TAKES = {"i": 1, "s": 3}
"""How many operands a letter of a ``spec`` takes."""


def view_axes(t: Array, spec: str) -> str:
    """The axes of a view of ``t``."""
    out, at = "", 0
    for letter in spec:
        if letter == "+":
            out += "1"
            continue
        if at == t.rank or letter not in "is:-":
            raise InferError(f"view {spec!r} of {t}")
        if letter == ":":
            out += t.axes[at]
        elif letter == "s":
            out += "n"
        at += 1
    if at != t.rank:
        raise InferError(f"view {spec!r} of {t} does not name every axis")
    return out


def stays_contiguous(spec: str, unit: bool) -> bool:
    """Whether a view of contiguous memory is contiguous for certain.

    It is after leading indices, then at most one slice, whose step is one (``unit``), then whole axes.
    """
    rest = spec.replace("+", "").replace("-", "").lstrip("i")
    if rest.startswith("s") and unit:
        rest = rest[1:]
    return set(rest) <= {":"}


def _infer_view(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    spec = attrs.get("spec")
    if not types or not isinstance(spec, str):
        raise InferError(f"view with {dict(attrs)}")
    t = expect_array("view", types[0])
    axes = view_axes(t, spec)
    expect(f"view {spec!r}", types, 1 + sum(TAKES.get(letter, 0) for letter in spec))
    expect_ints("view", types[1:])
    kept = t.layout == "C" and stays_contiguous(spec, attrs.get("unit") is True)
    return (Array(t.dtype, axes, "C" if kept else "S"),)


def _view(a: Any, *operands: Any, spec: str, unit: bool = False, safe: bool = False) -> Any:
    index: list[Any] = []
    stretched: list[tuple[int, int]] = []
    args, at, out = iter(operands), 0, 0
    for letter in spec:
        if letter == "+":
            index.append(np.newaxis)
            out += 1
            continue
        n = a.shape[at]
        if letter == "i":
            index.append(_in_range(next(args), n, at, safe))
        elif letter == "-":
            if n != 1:
                raise ValueError(f"cannot drop axis {at} with size {n}: it is not one")
            index.append(0)
        elif letter == ":":
            index.append(slice(None))
            out += 1
        else:
            start, length, step = (int(next(args)) for _ in range(3))
            if length > 0:
                _in_range(start, n, at, safe)
                _in_range(start + (length - 1) * step, n, at, safe)
            if length < 0 or (unit and step != 1):
                raise AssertionError(f"slice of length {length} and step {step}, unit={unit}")
            if step == 0 and length > 1:
                stretched.append((out, length))
            index.append(_slice(start, length, step))
            out += 1
        at += 1
    result = a[(*index, ...)]
    for axis, length in stretched:
        shape = (*result.shape[:axis], length, *result.shape[axis + 1 :])
        strides = (*result.strides[:axis], 0, *result.strides[axis + 1 :])
        result = as_strided(result, shape, strides)
    return result


def _in_range(i: Any, n: int, axis: int, safe: bool) -> int:
    if 0 <= i < n:
        return int(i)
    message = f"index {int(i)} is out of bounds for axis {axis} with size {n}"
    raise AssertionError(f"proved safe, but {message}") if safe else IndexError(message)


def _slice(start: int, length: int, step: int) -> slice:
    if length == 0:
        return slice(0, 0)
    if length == 1 or step == 0:
        return slice(start, start + 1)
    stop = start + (length - 1) * step + (1 if step > 0 else -1)
    return slice(start, stop if stop >= 0 else None, step)


view = register(
    Primitive("view", "view", _infer_view, _view, aliases=0, raises=True, doc="NumPy's basic indexing.")
)


def _infer_transpose(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("transpose", types, 1)
    t, perm = expect_array("transpose", types[0]), attrs.get("perm")
    if not isinstance(perm, tuple) or sorted(perm) != list(range(t.rank)):
        raise InferError(f"transpose of {t} by {perm!r}")
    return (Array(t.dtype, "".join(t.axes[k] for k in perm), "S"),)


def _infer_pack(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("pack", types, 1)
    t = expect_array("pack", types[0])
    if t.dtype != F64 or t.layout != "C" or t.rank == 0:
        raise InferError(f"pack takes a contiguous array of f64, not {t}")
    return (Array(F64X8, t.axes[:-1]),)


def _infer_unpack(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("unpack", types, 1)
    t = expect_array("unpack", types[0])
    if t.dtype != F64X8 or t.layout != "C":
        raise InferError(f"unpack takes a contiguous array of f64x8, not {t}")
    return (Array(F64, t.axes + "n"),)


pack = register(Primitive("pack", "view", _infer_pack, aliases=0, doc="The last axis, of eight, as lanes."))
unpack = register(Primitive("unpack", "view", _infer_unpack, aliases=0, doc="Lanes as a last axis of eight."))

transpose = register(
    Primitive("transpose", "view", _infer_transpose, lambda a, perm: np.transpose(a, perm), aliases=0)
)


def _infer_reshape(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    t, axes = _shaped("reshape", types, attrs)
    if t.layout != "C":
        raise InferError(f"reshape takes a contiguous array, not {t}")
    return (Array(t.dtype, axes),)


def _infer_broadcast(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    t, axes = _shaped("broadcast", types, attrs)
    if len(axes) < t.rank:
        raise InferError(f"broadcast of {t} to fewer axes")
    return (Array(t.dtype, axes, "S"),)


def _shaped(name: str, types: Sequence[Type], attrs: Attrs) -> tuple[Array, str]:
    axes = expect_axes(name, attrs.get("axes"))
    expect(name, types, 1 + len(axes))
    expect_ints(name, types[1:])
    return expect_array(name, types[0]), axes


def _reshape(a: Any, *dims: Any, axes: str) -> Any:
    shape = tuple(int(n) for n in dims)
    if min(shape, default=0) < 0 or int(np.prod(shape, dtype=object)) != a.size:
        raise ValueError(f"cannot reshape array of size {a.size} into shape {shape}")
    out = a.reshape(shape)
    assert out.size == 0 or np.shares_memory(out, a), "reshape of an array that is not contiguous"
    return out


reshape = register(Primitive("reshape", "view", _infer_reshape, _reshape, aliases=0, raises=True))
broadcast = register(
    Primitive(
        "broadcast",
        "view",
        _infer_broadcast,
        lambda a, *dims, axes: np.broadcast_to(a, tuple(int(n) for n in dims)),
        vjp=lambda y_bar, y, a, *dims, axes: (y_bar, *[None] * len(dims)),
        aliases=0,
        raises=True,
        doc="A read-only view with stride 0.",
    )
)


def _infer_diagonal(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("diagonal", types, 1)
    t = expect_array("diagonal", types[0])
    if t.rank != 2:
        raise InferError(f"diagonal of {t}: two axes only")
    return (Array(t.dtype, "1" if t.axes == "11" else "n", "S"),)


def _diagonal(a: Any) -> Any:
    n = min(a.shape)
    return as_strided(a, (n,), (sum(a.strides),))


diagonal = register(Primitive("diagonal", "view", _infer_diagonal, _diagonal, aliases=0))
