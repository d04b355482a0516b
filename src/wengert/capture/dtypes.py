"""Element types: between Python, NumPy and the IR, and NumPy's promotion."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ..ir.dtypes import BY_DTYPE, NUMPY
from ..ir.types import BOOL, C128, F64, I64, Scalar

_PYTHON: dict[type, Scalar] = {bool: BOOL, int: I64, float: F64, complex: C128}
_WEAK: dict[Scalar, Any] = {I64: 0, F64: 0.0, C128: 0j, BOOL: False}


def scalar_of_constant(x: Any) -> Scalar | None:
    """The type of a number; ``None`` for anything else, and for numbers without a type of ours."""
    found = _PYTHON.get(type(x))
    if found is not None:
        return found if found is not I64 or -(2**63) <= x < 2**63 else None
    if isinstance(x, np.generic):
        return BY_DTYPE.get(x.dtype)
    return None


def is_python_number(x: Any) -> bool:
    """A number of Python itself, which is *weak* in promotion."""
    return type(x) in _PYTHON


@cache
def promote(strong: tuple[Scalar, ...], weak: tuple[Scalar, ...]) -> Scalar | None:
    """The dtype that NumPy computes in: weak Python numbers do not widen a dtype of their kind.

    ``None`` where NumPy chooses a dtype that we do not have.
    """
    if not strong:
        order = (BOOL, I64, F64, C128)
        return max(weak, key=order.index)
    dt = np.result_type(*(NUMPY[s.name] for s in strong), *(_WEAK[w] for w in weak if w is not BOOL))
    return BY_DTYPE.get(dt)


@cache
def castable(a: Scalar, b: Scalar) -> bool:
    """Whether NumPy lets the result of an in-place operation in ``a`` go into ``b``."""
    return bool(np.can_cast(NUMPY[a.name], NUMPY[b.name], "same_kind"))


def dtype_argument(x: Any) -> Scalar | None:
    """A ``dtype=`` argument: a type, a string or a dtype."""
    try:
        return BY_DTYPE.get(np.dtype(x))
    except TypeError:
        return None
