"""Addresses of the C functions and objects that a call entry uses, and the self-test of what it assumes.

Object code must be loadable in another process, so it holds no address: each entry has a table of pointers,
filled when it is loaded (`entry.TABLE`).  Its first part is the same for all functions of a process and is
collected here, by name, from CPython and from NumPy's C-API capsule.

Two things are read from memory without a function call, because a call would double the price: an object's
type (the word after the reference count) and the fields of an array.  Both layouts are part of the public
ABI, and both are checked against the interpreter on first use; when the check fails no entry is generated and
calls take the slower path through Python, with the same results.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import numpy as np

from ..ir.types import SCALARS

_PYTHON_FUNCTIONS = (
    "PyFloat_AsDouble", "PyFloat_FromDouble", "PyLong_AsLongLong", "PyLong_AsLongLongAndOverflow",
    "PyLong_FromLongLong", "PyComplex_RealAsDouble", "PyComplex_ImagAsDouble",
    "PyComplex_FromDoubles", "PyEval_SaveThread", "PyEval_RestoreThread", "PyObject_Vectorcall",
    "PyObject_CallOneArg", "PyObject_RichCompareBool", "PyErr_SetObject", "PyErr_Clear",
    "PyErr_CheckSignals", "PyErr_Occurred", "PyErr_SetNone", "PyBytes_FromStringAndSize",
    "PyTuple_New", "PyTuple_SetItem", "PyTuple_Size", "PyTuple_GetItem", "PyList_New",
    "PyList_SetItem", "PyList_Size", "PyList_GetItem", "PyDict_New", "PyDict_SetItem",
    "PyDict_Size", "PyDict_Next", "PyCapsule_New", "PyCapsule_GetPointer",
    "PyThread_get_thread_ident", "Py_IncRef", "Py_DecRef",
)  # fmt: skip

_NUMPY_FUNCTIONS = {
    "PyArray_GetNDArrayCVersion": 0,
    "PyArray_Scalar": 60,
    "PyArray_ScalarAsCtype": 62,
    "PyArray_NewFromDescr": 94,
    "PyArray_SetBaseObject": 282,
}

_NUMPY_SCALARS: dict[str, type[np.generic]] = {
    "f64": np.float64, "f32": np.float32, "i64": np.int64, "i32": np.int32, "u8": np.uint8, "bool": np.bool_,
    "c128": np.complex128, "c64": np.complex64,
}  # fmt: skip

_OBJECTS: dict[str, object] = {
    "float": float, "int": int, "complex": complex, "str": str, "tuple": tuple, "list": list, "dict": dict,
    "True": True, "False": False, "ndarray": np.ndarray, "KeyboardInterrupt": KeyboardInterrupt,
    **{f"np.{name}": scalar for name, scalar in _NUMPY_SCALARS.items()},
    **{f"dtype.{name}": np.dtype(scalar) for name, scalar in _NUMPY_SCALARS.items()},
}  # fmt: skip

SUPPORT = (
    "wg_new_array", "wg_tuple", "wg_list", "wg_dict", "wg_scalar",
    "wg_arm", "wg_quiet", "wg_cell", "wg_on_interrupt",
)  # fmt: skip
"""Functions of `runtime.support`, compiled once for each process."""

NAMES: tuple[str, ...] = (*_PYTHON_FUNCTIONS, *_NUMPY_FUNCTIONS, *_OBJECTS, *SUPPORT)
"""The common part of the table."""

OB_TYPE = 8
"""Offset of an object's type."""

ARRAY_DATA, ARRAY_NDIM, ARRAY_DIMS, ARRAY_STRIDES, ARRAY_DESCR, ARRAY_FLAGS = 16, 24, 32, 40, 56, 64
"""Offsets of the fields of an array object."""

DESCR_BYTEORDER, DESCR_TYPE_NUMBER = 26, 28
"""Offsets of the fields of a dtype object."""

C_CONTIGUOUS, ALIGNED, WRITEABLE = 0x1, 0x100, 0x400

_NUMPY_ABI = 0x2000000


def dtype_of_scalar(name: str) -> np.dtype[np.generic]:
    """NumPy's dtype for one of our scalar types."""
    return np.dtype(_NUMPY_SCALARS[name])


def numpy_scalar(name: str) -> type[np.generic]:
    """NumPy's scalar class for one of our scalar types."""
    return _NUMPY_SCALARS[name]


@cache
def python_and_numpy() -> dict[str, int]:
    """Addresses of everything in `NAMES` but `SUPPORT`."""
    refuse_free_threading()
    found = {name: _function(name) for name in _PYTHON_FUNCTIONS}
    api = _numpy_table()
    found.update({name: api[index] for name, index in _NUMPY_FUNCTIONS.items()})
    found.update({name: id(obj) for name, obj in _OBJECTS.items()})
    return found


def refuse_free_threading() -> None:
    """Entries rely on the GIL while they look at objects; a build without it needs another design."""
    enabled = getattr(sys, "_is_gil_enabled", None)
    if sys.implementation.name != "cpython" or (enabled is not None and not enabled()):
        raise ImportError("wengert's native functions need CPython with its global interpreter lock enabled")


def _function(name: str) -> int:
    address = ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value
    assert address is not None
    return address


def _numpy_table() -> list[int]:
    from numpy._core import _multiarray_umath  # pyright: ignore

    capsule = _multiarray_umath._ARRAY_API  # pyright: ignore
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    prototype = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)
    address = prototype(ctypes.cast(pointer, ctypes.c_void_p).value or 0)(capsule, None)
    size = max(_NUMPY_FUNCTIONS.values()) + 1
    table = [word or 0 for word in (ctypes.c_void_p * size).from_address(address)]
    version = ctypes.PYFUNCTYPE(ctypes.c_uint)(table[_NUMPY_FUNCTIONS["PyArray_GetNDArrayCVersion"]])()
    if version != _NUMPY_ABI:
        raise ImportError(f"wengert knows NumPy's ABI 0x{_NUMPY_ABI:x}, this NumPy has 0x{version:x}")
    return table


@cache
def layout_is_known() -> bool:
    """Whether types and array fields lie where generated entries look for them."""

    def word(obj: object, offset: int) -> int:
        return ctypes.c_int64.from_address(id(obj) + offset).value

    def half(obj: object, offset: int) -> int:
        return ctypes.c_int32.from_address(id(obj) + offset).value

    if ctypes.sizeof(ctypes.c_void_p) != 8 or ctypes.sizeof(ctypes.c_long) != 8:
        return False
    if any(
        word(obj, OB_TYPE) != id(type(obj))
        for obj in (1.5, 7, True, None, (), "", np.float32(1), np.zeros(1))
    ):
        return False
    for name in SCALARS:
        for dtype in (dtype_of_scalar(name), dtype_of_scalar(name).newbyteorder("S")):
            byteorder = ctypes.c_char.from_address(id(dtype) + DESCR_BYTEORDER).value.decode()
            if half(dtype, DESCR_TYPE_NUMBER) != dtype.num or byteorder != dtype.byteorder:
                return False
    base = np.zeros((5, 7, 3), np.float32)
    samples = [
        np.zeros(3),
        base,
        base[::2, 1:, ::-1],
        base.T,
        np.zeros((), np.uint8),
        np.zeros((0, 2), np.int64),
    ]
    samples[0].flags.writeable = False
    for a in samples:
        fields = (ctypes.c_int64 * max(a.ndim, 1)).from_address
        shape, strides = word(a, ARRAY_DIMS), word(a, ARRAY_STRIDES)
        if (
            word(a, ARRAY_DATA) != a.ctypes.data
            or half(a, ARRAY_NDIM) != a.ndim
            or word(a, ARRAY_DESCR) != id(a.dtype)
        ):
            return False
        if half(a, ARRAY_FLAGS) & 0xFFF != a.flags.num & 0xFFF:
            return False
        if a.ndim and (tuple(fields(shape)) != a.shape or tuple(fields(strides)) != a.strides):
            return False
    return all(_OBJECTS[f"dtype.{name}"] is np.zeros(1, dtype_of_scalar(name)).dtype for name in SCALARS)
