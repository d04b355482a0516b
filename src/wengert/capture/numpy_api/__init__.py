"""NumPy: tables from function objects, and from names of methods, to what lowers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..values import AV
from . import creation, elementwise, linear, reductions, shapes

NUMPY_FUNCTIONS: dict[Any, Callable[..., AV]] = {
    **elementwise.FUNCTIONS,
    **reductions.FUNCTIONS,
    **creation.FUNCTIONS,
    **shapes.FUNCTIONS,
    **linear.FUNCTIONS,
}
ARRAY_METHODS: dict[str, Callable[..., AV]] = {
    **elementwise.METHODS,
    **reductions.METHODS,
    **creation.METHODS,
    **shapes.METHODS,
    **linear.METHODS,
}
