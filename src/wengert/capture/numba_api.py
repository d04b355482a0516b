"""Functions that Numba compiled: what they are in Python.  Numba itself is not imported."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np


def meant(f: Any) -> Any:
    """What a call of ``f`` means without Numba; ``f`` itself when that is not known.

    A dispatcher of ``njit`` is its Python function, a function of ``vectorize`` the universal function that
    this is of numbers, and ``prange`` is `range`.
    """
    kind = type(f).__name__
    if hasattr(f, "py_func") and "Dispatcher" in kind:
        return f.py_func
    if kind == "DUFunc":
        return _vectorized(f._dispatcher.py_func)
    if f.__name__ == "prange":
        return range
    return f


@lru_cache(maxsize=256)
def _vectorized(f: Any) -> Any:
    """One object for each function, as keys of what was compiled hold its identity."""
    return np.vectorize(f)
