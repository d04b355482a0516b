"""Locks that a fork cannot leave held by a thread that is no more."""

from __future__ import annotations

import os
import threading


def fork_safe_lock() -> threading.RLock:  # type: ignore[valid-type]
    """A lock for module-level state.

    A fork waits for it: so no other thread is inside LLVM, or half through an update, in the moment that the
    child copies; parent and child then both own a free lock.
    """
    lock = threading.RLock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
    return lock
