"""The tolerant road into compiled code: packs and unpacks slots in Python.

Used when the generated entry does not accept an argument: unusual memory (byte-swapped, misaligned, strided
where the code wants contiguous), a dtype object that is equal but not identical, zero-dimensional arrays for
numbers, ranges of addresses that overlap although no element is shared.  Converts only what keeps its value.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from .. import errors
from ..diag import Diagnostic
from ..ir.types import Array, Scalar
from . import capi, fingerprint, support
from .entry import CONTEXT_BYTES
from .signature import Leaf, Node, Param, Result, Signature, Static, Tree, result_slots

_KINDS = {
    "f64": "fiub", "f32": "fiub", "c128": "cfiub", "c64": "cfiub",
    "i64": "iub", "i32": "iub", "u8": "iub", "bool": "b",
}  # fmt: skip
"""The kinds of numbers that keep their value in each type."""

_NEW_ARRAY = ctypes.PYFUNCTYPE(
    ctypes.py_object, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64
)


@dataclass(slots=True)
class Frame:
    """The memory of one call."""

    context: np.ndarray[Any, np.dtype[np.int64]]
    arguments: bytearray
    out: np.ndarray[Any, np.dtype[np.int64]]
    keep: list[object] = field(default_factory=list[object])
    back: list[tuple[Any, Any]] = field(default_factory=list["tuple[Any, Any]"])

    def write_back(self) -> None:
        """Give written arrays that were worked on in a copy their new values, also after an error."""
        for original, copy in self.back:
            original[...] = copy

    @property
    def context_address(self) -> int:
        return self.context.ctypes.data

    @property
    def in_address(self) -> int:
        view = (ctypes.c_char * len(self.arguments)).from_buffer(self.arguments)
        self.keep.append(view)
        return ctypes.addressof(view)

    @property
    def out_address(self) -> int:
        return self.out.ctypes.data


def flatten(tree: Tree, value: Any, leaves: dict[int, Any], statics: Sequence[object], where: str) -> None:
    """Collect the leaves of one argument, or raise `UseError` when its structure is another."""
    if isinstance(tree, Leaf):
        leaves[tree.index] = value
    elif isinstance(tree, Static):
        expected = statics[tree.index]
        if value is not expected and not _same(value, expected):
            raise _refusal("U0601", f"{where}: compiled for the constant {expected!r}, not for {value!r}")
    else:
        _flatten_node(tree, value, leaves, statics, where)


def _same(value: object, expected: object) -> bool:
    """Equal in every way that a program could see; ``==`` alone would take -0.0 for 0.0, and True for 1."""
    try:
        return fingerprint.of(value) == fingerprint.of(expected)
    except TypeError:
        return False


def _refusal(code: str, message: str) -> errors.WengertError:
    return errors.error_for(Diagnostic(code, message))


def _flatten_node(
    tree: Node, value: Any, leaves: dict[int, Any], statics: Sequence[object], where: str
) -> None:
    expected: type[Any] = {"tuple": tuple, "list": list, "dict": dict}[tree.kind]
    if type(value) is not expected:
        raise _refusal("U0601", f"{where}: expected a {tree.kind}, got {type(value).__name__}")
    if len(value) != len(tree.children):
        raise _refusal(
            "U0601", f"{where}: expected a {tree.kind} of {len(tree.children)}, got one of {len(value)}"
        )
    if tree.kind == "dict":
        if tuple(value) != tree.keys:
            raise _refusal(
                "U0601",
                f"{where}: expected a dict with keys {list(tree.keys)} in this order, got {list(value)}",
            )
        pairs = [(repr(key), item) for key, item in value.items()]
    else:
        pairs = [(str(i), item) for i, item in enumerate(value)]
    for child, (name, item) in zip(tree.children, pairs, strict=True):
        flatten(child, item, leaves, statics, f"{where}[{name}]")


def pack(signature: Signature, args: Sequence[Any], statics: Sequence[object]) -> Frame:
    """Check and convert the arguments of a call."""
    trees = signature.argument_trees
    if len(args) != len(trees):
        raise _refusal(
            "U0601",
            f"{signature.name}() takes {len(trees)} positional argument(s) but {len(args)} were given",
        )
    leaves: dict[int, Any] = {}
    for i, (tree, value) in enumerate(zip(trees, args, strict=True)):
        flatten(tree, value, leaves, statics, f"argument {i + 1} of {signature.name}()")
    out = np.zeros(max(1, sum(result_slots(r.type) for r in signature.results)), np.int64)
    frame = Frame(np.zeros(CONTEXT_BYTES // 8, np.int64), bytearray(), out)
    frame.context[-1] = _interrupt_cell() if signature.interruptible else support.address("wg_quiet")
    arrays: dict[int, Any] = {}
    slots: list[bytes] = []
    for i, param in enumerate(signature.params):
        where = f"{signature.name}(): value {i + 1}"
        if isinstance(param.type, Array):
            arrays[i] = _as_array(param, param.type, leaves[i], where, frame)
            slots.append(_array_slots(arrays[i], param.type))
        else:
            slots.append(_scalar_slots(param.type, leaves[i], where))
    _refuse_overlap(signature, {i: leaves[i] for i in arrays})
    frame.arguments = bytearray(b"".join(slots) or bytes(8))
    frame.keep.extend(arrays.values())
    return frame


def _interrupt_cell() -> int:
    return ctypes.PYFUNCTYPE(ctypes.c_void_p)(support.address("wg_arm"))()


def _scalar_slots(t: Scalar, value: Any, where: str) -> bytes:
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if not isinstance(value, bool | int | float | complex | np.generic):
        raise _refusal("U0603", f"{where}: expected a number ({t}), got {type(value).__name__}")
    kind = _kind(value)
    if kind not in _KINDS[t.name]:
        raise _refusal("U0603", f"{where}: a value of type {type(value).__name__} does not fit {t}")
    if t.is_complex:
        number = complex(value)
        part = np.float64 if t.name == "c128" else np.float32
        return b"".join(part(x).tobytes().ljust(8, b"\0") for x in (number.real, number.imag))
    try:
        return (
            np.array(int(cast(Any, value)) if t.is_int else value, capi.dtype_of_scalar(t.name))
            .tobytes()
            .ljust(8, b"\0")
        )
    except OverflowError:
        raise _refusal("E0512", f"{where}: {value!r} does not fit {t}") from None


def _kind(value: Any) -> str:
    """One letter as in NumPy's dtypes, for Python's numbers too (an ``int`` of any size is ``i``)."""
    if isinstance(value, np.generic):
        return value.dtype.kind
    return (
        "b"
        if isinstance(value, bool)
        else "i"
        if isinstance(value, int)
        else "f"
        if isinstance(value, float)
        else "c"
    )


def _as_array(param: Param, t: Array, value: Any, where: str, frame: Frame) -> Any:
    if not isinstance(value, np.ndarray):
        raise _refusal("U0603", f"{where}: expected an array ({t}), got {type(value).__name__}")
    plain = type(value) is np.ndarray  # then `np.ma`, slow to import, need not be asked
    if not plain and isinstance(value, (np.ma.MaskedArray, np.matrix)):
        raise _refusal(
            "U0605", f"{where}: {type(value).__name__} has a meaning of its own; pass a plain array"
        )
    dtype = capi.dtype_of_scalar(t.dtype.name)
    array: Any = value.view(np.ndarray)
    if array.dtype.newbyteorder("=") != dtype:
        raise _refusal("U0603", f"{where}: expected an array of {dtype}, got one of {array.dtype}")
    if array.ndim != t.rank:
        raise _refusal("U0603", f"{where}: expected {t.rank} axes, got shape {array.shape}")
    for axis, (letter, size) in enumerate(zip(t.axes, array.shape, strict=True)):
        if letter == "1" and size != 1:
            raise _refusal(
                "U0603", f"{where}: compiled for an axis {axis} of length one, got shape {array.shape}"
            )
    if param.written and not array.flags.writeable:
        raise _refusal("U0604", f"{where}: the array is read-only, and the function writes it")
    fits = (
        array.dtype.isnative and array.flags.aligned and all(s % dtype.itemsize == 0 for s in array.strides)
    )
    if fits and (t.layout == "S" or array.flags.c_contiguous):
        return array
    copy = array.astype(dtype, order="C", copy=True)
    if param.written:
        frame.back.append((array, copy))
    return copy


def _array_slots(array: Any, t: Array) -> bytes:
    strides = [stride // array.itemsize for stride in array.strides]
    return np.array([array.ctypes.data, *array.shape, *strides], np.int64).tobytes()


def _refuse_overlap(signature: Signature, arrays: dict[int, Any]) -> None:
    for i, a in arrays.items():
        for j, b in arrays.items():
            if i != j and signature.params[i].apart and np.shares_memory(a, b):
                raise _refusal(
                    "A0301",
                    f"{signature.name}(): values {i + 1} and {j + 1} share memory, and the function "
                    f"writes value {i + 1}; pass a copy",
                )


def unpack(signature: Signature, frame: Frame) -> Any:
    """Build the result."""
    leaves: list[Any] = []
    offset = 0
    for result in signature.results:
        leaves.append(_leaf(result, frame, offset))
        offset += result_slots(result.type)
    return _build(signature.output_tree, leaves)


def _leaf(result: Result, frame: Frame, offset: int) -> Any:
    t = result.type
    if isinstance(t, Array):
        new_array = _NEW_ARRAY(support.address("wg_new_array"))
        dtype = id(capi.dtype_of_scalar(t.dtype.name))
        return new_array(frame.out_address + 8 * offset, t.rank, dtype, t.dtype.itemsize)
    dtype = capi.dtype_of_scalar(t.name)
    if t.is_complex:
        part = np.float64 if t.name == "c128" else np.float32
        real, imaginary = (frame.out[offset + k : offset + k + 1].view(part)[0] for k in range(2))
        value = capi.numpy_scalar(t.name)(complex(real, imaginary))
    else:
        value = frame.out[offset : offset + 1].view(dtype)[0]
    return value if result.origin == "numpy" or t.name not in ("f64", "i64", "bool", "c128") else value.item()


def _build(tree: Tree, leaves: Sequence[Any]) -> Any:
    if isinstance(tree, Leaf):
        return leaves[tree.index]
    assert isinstance(tree, Node), tree
    children = [_build(child, leaves) for child in tree.children]
    if tree.kind == "dict":
        return dict(zip(tree.keys, children, strict=True))
    return tuple(children) if tree.kind == "tuple" else children
