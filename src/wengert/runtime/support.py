"""Native functions that all call entries share, compiled once for each process and never unloaded.

They build what goes out: arrays from the memory a function has left, and tuples, lists and dicts.  That they
outlive every compiled function is essential for one of them: the destructor of the capsule that owns the
memory of a result.

All of them take over the references and buffers they are given, also when they fail, and take a null object
as "an exception is set already": so an entry need not look at errors between the results.

An array of less than `COPY_BELOW` bytes is copied into memory of NumPy's, which for such sizes is quicker
than a capsule; a larger one keeps its memory.
"""

from __future__ import annotations

import ctypes
import os
import threading
from functools import cache
from typing import Any

from . import cache as caching
from . import capi, fingerprint, interrupt, symbols
from .locks import llvm_lock
from .text import TABLE

COPY_BELOW = 1024

_OWN = (
    "clock_gettime",
    "PyOS_getsig",
    "PyObject_CallNoArgs",
    "main_thread",
    "python_handler",
    "rearm",
)
SLOTS = {name: i for i, name in enumerate((*capi.NAMES, *_OWN))}
"""The position of each name in the table of this module."""

_immortal: list[Any] = []


def _own_words(handler: interrupt.Handler) -> dict[str, int]:
    process = ctypes.CDLL(None)

    def address(library: Any, name: str) -> int:
        found = getattr(library, name, None)
        return 0 if found is None else ctypes.cast(found, ctypes.c_void_p).value or 0

    return {
        "clock_gettime": address(process, "clock_gettime"),
        "PyOS_getsig": address(ctypes.pythonapi, "PyOS_getsig"),
        "PyObject_CallNoArgs": address(ctypes.pythonapi, "PyObject_CallNoArgs"),
        "main_thread": threading.main_thread().ident or 0,
        "python_handler": handler.python_handler,
        "rearm": id(handler.rearm_function),
    }


def _object() -> bytes:
    """The object code of the module."""
    store = caching.default()
    key = fingerprint.key("support")  # the environment has the sizes and the times of our files in it
    found = store.lookup(key)
    if found is not None:
        return found.blob
    from .compile import compile_text
    from .support_ir import module_text

    blob = compile_text(module_text(), level=2)
    store.store(key, {}, blob)
    return blob


@cache
def _load() -> dict[str, int]:
    """Compile, load and fill in; the addresses of `capi.SUPPORT`."""
    from .load import load

    code = load(_object(), ("free", "wg_pool"))
    found = {name: code.address(name) for name in capi.SUPPORT}
    handler = interrupt.Handler(found["wg_on_interrupt"])
    known = {**capi.python_and_numpy(), **_own_words(handler)}
    words = (ctypes.c_void_p * len(SLOTS)).from_address(code.address(TABLE))
    words[:] = [known.get(name, 0) for name in SLOTS]
    _immortal.extend((code, handler, symbols.pool))
    # arrays and their capsules may outlive this module: not even the end of the interpreter may unload it
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(_immortal))

    def renew_main_thread() -> None:
        words[SLOTS["main_thread"]] = threading.main_thread().ident or 0

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=renew_main_thread)
    handler.rearm()
    return found


def process_table() -> list[int]:
    """The common part of every table, in the order of `capi.NAMES`."""
    with llvm_lock:
        support = _load()
    known = {**capi.python_and_numpy(), **support}
    return [known[name] for name in capi.NAMES]


def address(name: str) -> int:
    """The address of one of `capi.SUPPORT`."""
    with llvm_lock:
        return _load()[name]
