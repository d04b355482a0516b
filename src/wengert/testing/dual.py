"""Dual numbers that run through unmodified Python: an oracle that shares nothing with the compiler.

A `Dual` is a value and its derivative along one direction.  NumPy arrays of them (``dtype=object``) can be
sliced, viewed and written like any other, so a function is differentiated by running it.

>>> x = Dual(3.0, 1.0)
>>> (x * x).slope
6.0
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np


class Dual:
    """``value + slope*eps`` with ``eps**2 == 0``."""

    __slots__ = ("slope", "value")

    def __init__(self, value: float, slope: float = 0.0) -> None:
        self.value = float(value)
        self.slope = float(slope)

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.slope!r})"

    def __add__(self, other: Any) -> Dual:
        b = dual(other)
        return Dual(self.value + b.value, self.slope + b.slope)

    def __mul__(self, other: Any) -> Dual:
        b = dual(other)
        return Dual(self.value * b.value, self.slope * b.value + self.value * b.slope)

    def __sub__(self, other: Any) -> Dual:
        b = dual(other)
        return Dual(self.value - b.value, self.slope - b.slope)

    def __truediv__(self, other: Any) -> Dual:
        b = dual(other)
        y = self.value / b.value
        return Dual(y, (self.slope - y * b.slope) / b.value)

    def __rsub__(self, other: Any) -> Dual:
        return dual(other) - self

    def __rtruediv__(self, other: Any) -> Dual:
        return dual(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __abs__(self) -> Dual:
        return -self if self.value < 0 else self

    def __lt__(self, other: Any) -> bool:
        return self.value < dual(other).value

    def __le__(self, other: Any) -> bool:
        return self.value <= dual(other).value

    def __gt__(self, other: Any) -> bool:
        return self.value > dual(other).value

    def __ge__(self, other: Any) -> bool:
        return self.value >= dual(other).value

    def __pow__(self, n: int) -> Dual:
        return Dual(self.value**n, n * self.value ** (n - 1) * self.slope)

    def sin(self) -> Dual:
        return Dual(math.sin(self.value), math.cos(self.value) * self.slope)

    def cos(self) -> Dual:
        return Dual(math.cos(self.value), -math.sin(self.value) * self.slope)

    def exp(self) -> Dual:
        y = math.exp(self.value)
        return Dual(y, y * self.slope)

    def tanh(self) -> Dual:
        y = math.tanh(self.value)
        return Dual(y, (1 - y * y) * self.slope)

    def sqrt(self) -> Dual:
        y = math.sqrt(self.value)
        return Dual(y, self.slope / (2 * y))


def dual(x: Any) -> Dual:
    """``x`` as a dual number; a number has slope 0."""
    return x if isinstance(x, Dual) else Dual(x)


def slope(f: Callable[..., Any], args: tuple[Any, ...], direction: tuple[Any, ...]) -> tuple[float, float]:
    """The value of ``f`` and its derivative along ``direction`` (``None``: inactive)."""
    lifted = [_lift(a, d) for a, d in zip(args, direction, strict=True)]
    y = dual(f(*lifted))
    return y.value, y.slope


def _lift(a: Any, d: Any) -> Any:
    if d is None:
        return a
    if isinstance(a, np.ndarray):
        out = np.empty(a.shape, object)
        for k in np.ndindex(a.shape):
            out[k] = Dual(float(a[k]), float(d[k]))
        return out
    return Dual(a, d)
