"""Which elementary functions have a vectorisable version of ours (the others go to libm)."""

from __future__ import annotations

from collections.abc import Mapping

from .. import vmath


def available() -> frozenset[str]:
    """Names of the functions ``wg_<name>_f64`` and ``wg_<name>_f32``."""
    return vmath.NAMES


def source(wanted: Mapping[str, set[str]]) -> str:
    """The LLVM text of functions, given the types each is wanted for."""
    return vmath.source(tuple(wanted), sorted(set[str]().union(*wanted.values())))
