"""Which elementary functions have a vectorisable version of ours (the others go to libm)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache


@cache
def available() -> frozenset[str]:
    """Names that `runtime.vmath` defines as ``wg_<name>_f64``."""
    try:
        from ...runtime import vmath
    except ImportError:
        return frozenset()
    return frozenset(vmath.NAMES)


def source(names: Iterable[str]) -> str:
    """LLVM text of the functions ``wg_<name>_f64``."""
    from ...runtime import vmath

    return vmath.source(tuple(names))
