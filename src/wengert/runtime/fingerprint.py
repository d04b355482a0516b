"""Keys for the cache: what compiled code depends on, as text that is the same in every process.

`of` hashes values by structure.  It knows the values that occur in bytecode and as guards, and refuses all
others: a key made from ``repr`` or ``hash`` of some object would differ between processes, or worse, not
differ when it should.
"""

from __future__ import annotations

import hashlib
import os
import platform
import struct
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

_LOADED = time.time()


def key(*parts: Any) -> str:
    """The cache key for ``parts`` in this environment: 64 hexadecimal digits."""
    state = hashlib.sha256(environment().encode())
    for piece in _pieces(tuple(parts)):
        state.update(piece)
    return state.hexdigest()


def of(value: Any) -> str:
    """The fingerprint of a value alone; `TypeError` for a value that has none.

    >>> of((1, 2.0, "x")) == of((1, 2.0, "x")), of(1) == of(True), of(0.0) == of(-0.0)
    (True, False, False)
    """
    state = hashlib.sha256()
    for piece in _pieces(value):
        state.update(piece)
    return state.hexdigest()


def _framed(tag: str, data: bytes) -> bytes:
    """No two different sequences of values may give the same bytes: each carries its kind and its length."""
    return f"{tag}{len(data)}:".encode() + data


def _pieces(value: Any) -> Iterator[bytes]:
    kind = type(value)
    if value is None or value is Ellipsis or value is NotImplemented:
        yield _framed("c", repr(value).encode())
    elif kind is str:
        yield _framed("s", value.encode("utf-8", "surrogatepass"))
    elif kind is bytes:
        yield _framed("b", value)
    elif kind is bool or kind is int:
        yield _framed("B" if kind is bool else "i", str(int(value)).encode())
    elif kind is float:
        yield _framed("f", struct.pack("<d", value))
    elif kind is complex:
        yield _framed("z", struct.pack("<dd", value.real, value.imag))
    elif kind is tuple or kind is list:
        yield _framed("t" if kind is tuple else "l", str(len(value)).encode())
        for item in value:
            yield from _pieces(item)
    elif kind is dict:
        yield _framed("d", str(len(value)).encode())
        for name, item in value.items():
            yield from _pieces(name)
            yield from _pieces(item)
    elif kind is frozenset or kind is set:
        yield _framed("u", "".join(sorted(of(item) for item in value)).encode())
    elif kind is CodeType:
        yield from _code(value)
    elif kind is slice:
        yield _framed("S", b"")
        yield from _pieces((value.start, value.stop, value.step))
    elif isinstance(value, np.dtype):
        yield _framed("D", value.str.encode())
    elif isinstance(value, np.generic) and value.dtype.kind in "biufc":
        yield _framed("n", value.dtype.str.encode() + value.tobytes())
    elif kind is np.ndarray and value.dtype.kind in "biufc":
        yield _framed("a", f"{value.dtype.str}{value.shape}".encode())
        yield _framed("A", np.ascontiguousarray(value).tobytes())
    else:
        raise TypeError(f"no fingerprint for a value of type {kind.__name__}")


def _code(code: CodeType) -> Iterator[bytes]:
    """All of a code object that compiled code can depend on, with the lines, for error messages have them."""
    yield _framed("C", code.co_code)
    yield from _pieces(
        (
            code.co_consts, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars,
            code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags,
            code.co_qualname, code.co_filename, code.co_firstlineno, code.co_linetable,
            code.co_exceptiontable,
        )
    )  # fmt: skip


@cache
def environment() -> str:
    """Everything outside a function that its compiled code depends on.

    Wengert itself counts by its files, not its version alone: an edited rule must never meet code made by the
    old one.
    """
    import llvmlite
    import llvmlite.binding as llvm

    from .entry import VERSION

    return "\n".join(
        (
            _own_files(),
            f"entry {VERSION}",
            f"llvmlite {llvmlite.__version__} LLVM {llvm.llvm_version_info}",
            f"python {sys.version} {sys.implementation.cache_tag}",
            f"numpy {np.__version__}",
            f"poison {os.environ.get('WENGERT_POISON', '')}",
            f"{sys.platform} {platform.machine()} {llvm.get_host_cpu_name()}",
            str(llvm.get_host_cpu_features().flatten()),
        )
    )


def _own_files() -> str:
    """Names, sizes and times of our files; something unique when one is newer than this process knows."""
    root = Path(__file__).parent.parent
    rows: list[str] = []
    for path in sorted(root.rglob("*.py")):
        info = path.stat()
        rows.append(f"{path.relative_to(root)} {info.st_size} {info.st_mtime_ns}")
        if info.st_mtime > _LOADED:
            rows.append(os.urandom(16).hex())
    return "\n".join(rows)
