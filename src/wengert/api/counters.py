"""How often a compiled function was there already: counters of the cache of compiled code."""

from __future__ import annotations

import sys
from typing import NamedTuple

from ..runtime.locks import Lock


class CacheInfo(NamedTuple):
    """``hits``: found for these types; ``shared``: compiled for another function with the same code;
    ``disk``: compiled by another process; ``compiled``: made anew.

    A call that goes straight to native code asks for nothing and is not counted.
    """

    hits: int
    shared: int
    disk: int
    compiled: int


_counts = dict.fromkeys(CacheInfo._fields, 0)
_lock = Lock()


def counted(kind: str, name: str) -> None:
    """Count one look-up."""
    with _lock:
        _counts[kind] += 1
    logging = sys.modules.get("logging")
    if logging is not None:  # where nobody has imported it, nobody listens
        logging.getLogger("wengert.api.cache").debug("%s: %s", kind, name)


def cache_info() -> CacheInfo:
    """The counters since the start of the process.

    >>> import wengert
    >>> before = wengert.cache_info()
    >>> wengert.jit(lambda x: x + 1.0)(1.0)
    2.0
    >>> sum(wengert.cache_info()) - sum(before)
    1
    """
    with _lock:
        return CacheInfo(**_counts)
