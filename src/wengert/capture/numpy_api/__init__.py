"""NumPy: tables from function objects, and from names of methods, to what lowers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..values import AV
from . import composite, creation, einstein, elementwise, linear, reductions, shapes, ufuncs

NUMPY_FUNCTIONS: dict[Any, Callable[..., AV]] = {
    **elementwise.FUNCTIONS,
    **reductions.FUNCTIONS,
    **creation.FUNCTIONS,
    **shapes.FUNCTIONS,
    **composite.FUNCTIONS,
    **linear.FUNCTIONS,
    **einstein.FUNCTIONS,
    **ufuncs.FUNCTIONS,
}
ARRAY_METHODS: dict[str, Callable[..., AV]] = {
    **elementwise.METHODS,
    **reductions.METHODS,
    **creation.METHODS,
    **shapes.METHODS,
    **composite.METHODS,
    **linear.METHODS,
}
