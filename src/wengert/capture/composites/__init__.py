"""Composites: what NumPy and SciPy offer and Python can say, in the Python that capture reads.

Each function has the name and the parameters of what it stands for.  They are captured, differentiated and
compiled like the user's own code: none has a rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import (
    calculus,
    diagonals,
    eigen,
    fourier,
    general_eigen,
    layout,
    linear,
    order,
    orthogonal,
    pointwise,
    polynomials,
    reductions,
    selection,
    sets,
    singular,
    solving,
    spectral,
)

_ROOMS = (
    order,
    selection,
    sets,
    reductions,
    calculus,
    layout,
    diagonals,
    polynomials,
    linear,
    solving,
    orthogonal,
    eigen,
    general_eigen,
    singular,
    spectral,
    fourier,
    pointwise,
)

NUMPY: dict[Any, Callable[..., Any]] = {}
METHODS: dict[str, Callable[..., Any]] = {}
for _room in _ROOMS:
    NUMPY.update(_room.FUNCTIONS)
    METHODS.update(_room.METHODS)

__all__ = ["METHODS", "NUMPY"]
