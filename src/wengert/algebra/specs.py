"""Shapes and dtypes of values, whatever their algebra; and functions with rules of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..prims.families import scalar_of


def axes_of(shape: Sequence[int]) -> str:
    """The axes of an array type."""
    return "".join("1" if n == 1 else "n" for n in shape)


class Called(NamedTuple):
    """A function with rules of its own: each ``run(algebra, args)`` gives a tuple; see `capture.custom`."""

    primal: Any
    jvp: Any
    vjp: Any
    leaves: int
    wrt: tuple[int, ...]


class Spec(NamedTuple):
    """Shape and dtype: of an operand, and what a ``result`` rule gives."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of a carrier or of a NumPy value."""
    found = getattr(x, "shape", None)
    return tuple(found) if found is not None else np.shape(x)


def is_array(x: Any) -> bool:
    """Whether a value has axes (an array of rank 0 has none, but is memory all the same)."""
    return bool(shape_of(x)) or isinstance(x, np.ndarray)


def inexact(x: Any) -> bool:
    """Whether the elements can carry a derivative."""
    return scalar_of(x).is_inexact
