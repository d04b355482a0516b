"""Keys for the cache: what compiled code depends on, as text that is the same in every process.

`of` hashes values by structure.  It knows the values that occur in bytecode and as guards, and refuses all
others: a key made from ``repr`` or ``hash`` of some object would differ between processes, or worse, not
differ when it should.
"""

from __future__ import annotations

import os
import stat
import struct
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from types import CodeType
from typing import Any, Protocol

import numpy as np

from . import processor


class Hash(Protocol):
    """A hash under way."""

    def update(self, data: bytes | memoryview, /) -> None: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...


def _sha256() -> Callable[..., Hash]:
    """SHA-256 as `random` gets it: `hashlib` loads OpenSSL, which takes longer than all else in a lookup."""
    first = "_sha2" if sys.version_info >= (3, 12) else "_sha256"
    for name in (first, "hashlib"):
        try:
            found: Any = import_module(name)
        except ImportError:
            continue
        return found.sha256
    raise ImportError("this Python has no SHA-256")


sha256 = _sha256()
_LOADED = time.time()


def key(*parts: Any) -> str:
    """The cache key for ``parts`` in this environment: 64 hexadecimal digits."""
    state = sha256(environment().encode())
    state.update(b"%d" % optimisation())
    for piece in _pieces(tuple(parts)):
        state.update(piece)
    return state.hexdigest()


def of(value: Any) -> str:
    """The fingerprint of a value alone; `TypeError` for a value that has none.

    >>> of((1, 2.0, "x")) == of((1, 2.0, "x")), of(1) == of(True), of(0.0) == of(-0.0)
    (True, False, False)
    """
    state = sha256()
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


def optimisation() -> int:
    """How much LLVM is to optimise, ``WENGERT_OPT``: from 0, compiled at once and slow, to 3 (default).

    `ValueError` for anything else.
    """
    chosen = os.environ.get("WENGERT_OPT", "3")
    if chosen not in ("0", "1", "2", "3"):
        raise ValueError(f"WENGERT_OPT is 0, 1, 2 or 3, not {chosen!r}")
    return int(chosen)


@cache
def environment() -> str:
    """Everything outside a function that its compiled code depends on.

    Wengert itself counts by its files, not its version alone: an edited rule must never meet code made by the
    old one.
    """
    return "\n".join(
        (
            _own_files(),
            f"llvmlite {_library()}",
            f"python {sys.version} {sys.implementation.cache_tag}",
            f"numpy {np.__version__}",
            f"poison {os.environ.get('WENGERT_POISON', '')}",
            f"{sysconfig.get_platform()} {processor.describe()}",
        )
    )


def _library() -> str:
    """Sizes and times of the files of llvmlite that hold its LLVM; it is not imported for that."""
    spec = PathFinder.find_spec("llvmlite")
    origin = import_module("llvmlite").__file__ if spec is None else spec.origin
    with os.scandir(os.path.join(os.path.dirname(origin or ""), "binding")) as found:
        parts = sorted((item.name, item.stat()) for item in found if not item.name.endswith(".py"))
    return " ".join(f"{name} {i.st_size} {i.st_mtime_ns}" for name, i in parts if stat.S_ISREG(i.st_mode))


def _own_files() -> str:
    """Names, sizes and times of our files; something unique when one is newer than this process knows."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    rows: list[str] = []
    todo = [root]
    while todo:
        folder = todo.pop()
        with os.scandir(folder) as found:
            items = sorted(found, key=lambda item: item.name)
        for item in items:
            if item.name.endswith(".py"):
                info = item.stat()
                rows.append(f"{item.path[len(root) :]} {info.st_size} {info.st_mtime_ns}")
                if info.st_mtime > _LOADED:
                    rows.append(os.urandom(16).hex())
            elif item.name != "__pycache__" and item.is_dir(follow_symlinks=False):
                todo.append(item.path)
    return "\n".join(rows)
