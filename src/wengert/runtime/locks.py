"""Locks that a fork cannot leave held by a thread that is no more.

There are two kinds, because a fork that waits for several locks could wait for ever: some thread may hold one
and want the next.  So it waits for LLVM only: for our lock, then for the one inside llvmlite, which is held
alone when an object is disposed of.  The others are simply new in the child, which is right for state that
changes in single steps of the interpreter.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any
from weakref import WeakSet

llvm_lock = threading.RLock()
"""Held by whoever uses LLVM, and by a fork: the child must not copy LLVM's heap and tables half changed."""


class Lock:
    """A lock for Python state; a child process finds it free."""

    __slots__ = ("__weakref__", "_lock")

    def __init__(self) -> None:
        self.renew()
        _all.add(self)

    def renew(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._lock.release()


_all: WeakSet[Lock] = WeakSet()


def _renew_all() -> None:
    for lock in list(_all):
        lock.renew()


_held: list[AbstractContextManager[Any]] = []


def _before() -> None:
    llvm_lock.acquire()
    library = getattr(sys.modules.get("llvmlite.binding.ffi"), "lib", None)
    lock = getattr(library, "_lock", None)
    if lock is not None:
        lock.__enter__()
        _held.append(lock)


def _after() -> None:
    while _held:
        _held.pop().__exit__(None, None, None)
    llvm_lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after)
    os.register_at_fork(after_in_child=_renew_all)
