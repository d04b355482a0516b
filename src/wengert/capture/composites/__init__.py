"""Composites: what NumPy and SciPy offer and Python can say, in the Python that capture reads.

Each function has the name and the parameters of what it stands for.  They are captured, differentiated and
compiled like the user's own code: none has a rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import fourier, layout, linear, order, pointwise, reductions, spectral

NUMPY: dict[Any, Callable[..., Any]] = {}
METHODS: dict[str, Callable[..., Any]] = {}
for _room in (order, reductions, layout, linear, spectral, fourier, pointwise):
    NUMPY.update(_room.FUNCTIONS)
    METHODS.update(_room.METHODS)

__all__ = ["METHODS", "NUMPY", "fourier", "layout", "linear", "order", "pointwise", "reductions", "spectral"]
