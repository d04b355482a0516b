"""Python's side of calls back into Python, see `emit.llvm.foreign`.

The functions take the GIL (ctypes does), never let an exception through, and keep what was raised for the
thread until `pending` asks for it.
"""

from __future__ import annotations

import ctypes
import itertools
import threading
from typing import Any

import numpy as np

from ..emit.llvm.foreign import SITES
from ..emit.llvm.native import CALL, TAKE
from ..ir.types import Array, Scalar, Type
from ..prims.families import numpy_dtype

_local = threading.local()
_results: dict[int, list[Any]] = {}
_handles = itertools.count()


def pending() -> BaseException | None:
    """The exception that the last call of this thread raised; asked once."""
    found: BaseException | None = getattr(_local, "raised", None)
    _local.raised = None
    return found


def _call(number: int, given: int, out: int) -> int:
    try:
        site = SITES[number]
        args, at = list[Any](), given
        for t in site.params:
            value, at = _read(t, at)
            args.append(value)
        results = site.prim(*args)
        results = results if len(site.results) > 1 else (results,)
        arrays: list[Any] = []
        for t, y in zip(site.results, results, strict=True):
            arrays.append(_checked(site.prim.name, t, y))
            out = _write(t, arrays[-1], out)
        handle = next(_handles)
        _results[handle] = arrays
        return handle
    except BaseException as e:
        _local.raised = e
        return -1


def _take(handle: int, k: int, data: int | None) -> None:
    if k < 0:
        _results.pop(handle, None)
    elif data is not None:
        a = _results[handle][k]
        if a.nbytes:
            ctypes.memmove(data, a.ctypes.data, a.nbytes)


def _read(t: Type, at: int) -> tuple[Any, int]:
    """An operand: a number, or an array that refers to the memory of compiled code, for reading only."""
    dtype = numpy_dtype(t)
    if isinstance(t, Scalar):
        raw = ctypes.string_at(at, 16 if t.is_complex else 8)
        if t.name == "c64":
            raw = raw[:4] + raw[8:12]
        return np.frombuffer(raw, dtype, 1)[0], at + (16 if t.is_complex else 8)
    assert isinstance(t, Array)
    words = (ctypes.c_int64 * (1 + 2 * t.rank)).from_address(at)
    shape = tuple(words[1 : 1 + t.rank])
    strides = tuple(s * dtype.itemsize for s in words[1 + t.rank :])
    if 0 in shape:
        array = np.zeros(shape, dtype)
    else:
        low = sum(min(0, (n - 1) * s) for n, s in zip(shape, strides, strict=True))
        high = sum(max(0, (n - 1) * s) for n, s in zip(shape, strides, strict=True)) + dtype.itemsize
        memory: Any = (ctypes.c_char * (high - low)).from_address(words[0] + low)
        array = np.ndarray(shape, dtype, memory, -low, strides).copy()
    array.flags.writeable = False
    return array, at + 8 * len(words)


def _checked(name: str, t: Type, y: Any) -> Any:
    """A result as the array that was promised; `TypeError` when it is another."""
    a = np.asarray(y)
    rank = t.rank if isinstance(t, Array) else 0
    axes = t.axes if isinstance(t, Array) else ""
    if a.dtype != numpy_dtype(t) or a.ndim != rank:
        raise TypeError(f"`{name}` gave {a.dtype} with {a.ndim} axes, and its `result` rule says {t}")
    if any(letter == "1" and n != 1 for letter, n in zip(axes, a.shape, strict=True)):
        raise TypeError(f"`{name}` gave shape {a.shape}, and its `result` rule says {t}")
    return np.ascontiguousarray(a) if rank else a


def _write(t: Type, a: Any, out: int) -> int:
    if isinstance(t, Array):
        sizes = (ctypes.c_int64 * t.rank)(*a.shape)
        ctypes.memmove(out, sizes, 8 * t.rank)
        return out + 8 * t.rank
    assert isinstance(t, Scalar)
    raw = a.tobytes()
    ctypes.memmove(out, raw.ljust(8, b"\0"), max(8, len(raw)))
    return out + (16 if t.is_complex else 8)


_CALL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)(_call)
_TAKE = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p)(_take)

ADDRESSES = {
    name: int(ctypes.cast(f, ctypes.c_void_p).value or 0) for name, f in ((CALL, _CALL), (TAKE, _TAKE))
}
"""Where compiled code finds them."""
