"""Runs lowered modules through ctypes: packs arguments as ``docs/design/native.md`` says, unpacks results."""

from __future__ import annotations

import builtins
import ctypes
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from wengert.emit.llvm import Native, Options, lower
from wengert.ir.core import Module
from wengert.ir.types import Array, Scalar
from wengert.runtime.compile import compile_native
from wengert.runtime.load import LoadedCode, load

DTYPES: dict[str, Any] = {
    "f64": np.float64,
    "f32": np.float32,
    "i64": np.int64,
    "i32": np.int32,
    "u8": np.uint8,
    "bool": np.bool_,
    "c128": np.complex128,
    "c64": np.complex64,
}


class Compiled:
    """A compiled module as a Python callable."""

    def __init__(self, module: Module, options: Options | None = None) -> None:
        self.native: Native = lower(module, options)
        self.code: LoadedCode = load(compile_native(self.native), self.native.symbols)
        self.main = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(
            self.code.address("wg_main")
        )
        self.release = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self.code.address("wg_release"))
        self.interrupt = ctypes.c_int32(0)

    def __call__(self, *args: Any) -> Any:
        slots = b""
        keep: list[Any] = []
        for a, t in zip(args, self.native.params, strict=True):
            assert isinstance(t, (Scalar, Array))
            if isinstance(t, Scalar):
                raw = np.asarray(a, DTYPES[t.name])
                if t.is_complex:
                    for p in (raw.real, raw.imag):
                        slots += p.tobytes().ljust(8, b"\0")
                else:
                    slots += raw.tobytes().ljust(8, b"\0")
                continue
            x = np.asarray(a, DTYPES[t.dtype.name])
            if t.layout == "C" and not x.flags.c_contiguous:
                x = np.ascontiguousarray(x)
            keep.append(x)
            words = [x.ctypes.data, *x.shape, *(s // x.itemsize for s in x.strides)]
            slots += struct.pack(f"<{len(words)}q", *words)
        source = ctypes.create_string_buffer(slots, max(len(slots), 8))
        widths = [
            (2 if t.is_complex else 1) if isinstance(t, Scalar) else 2 + t.rank  # type: ignore[union-attr]
            for t in self.native.results
        ]
        out = (ctypes.c_int64 * max(1, sum(widths)))()
        ctx = (ctypes.c_int64 * 10)()
        ctx[9] = ctypes.addressof(self.interrupt)
        status = self.main(ctypes.addressof(ctx), ctypes.addressof(source), ctypes.addressof(out))
        if status:
            self._raise(status, list(ctx)[1:7])
        results = [self._result(t, out, sum(widths[:k])) for k, t in enumerate(self.native.results)]
        return results[0] if len(results) == 1 else tuple(results)

    def _raise(self, status: int, words: Sequence[int]) -> None:
        site = self.native.sites[status - 1]
        values = [
            struct.unpack("<d", struct.pack("<q", w))[0] if t in ("f64", "f32") else w
            for t, w in zip(site.dtypes, words, strict=False)
        ]
        raise getattr(builtins, site.exc)(site.message.format(*values))

    def _result(self, t: Any, out: Any, k: int) -> Any:
        if isinstance(t, Scalar):
            raw = bytes(out)[8 * k : 8 * k + 16]
            if t.is_complex:
                part = np.float64 if t.name == "c128" else np.float32
                return DTYPES[t.name](
                    complex(np.frombuffer(raw[:8], part)[0], np.frombuffer(raw[8:16], part)[0])
                )
            return np.frombuffer(raw[: t.itemsize], DTYPES[t.name])[0]
        data, owner, shape = out[k], out[k + 1], list(out[k + 2 : k + 2 + t.rank])
        size = int(np.prod(shape)) * t.dtype.itemsize
        array = np.frombuffer(ctypes.string_at(data, size), DTYPES[t.dtype.name]).reshape(shape).copy()
        assert owner
        self.release(owner)
        return array
