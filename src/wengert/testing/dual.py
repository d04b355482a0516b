"""Dual numbers that run through unmodified Python: an oracle that shares nothing with the compiler.

A `Dual` is a value and its derivative along one direction; both may be dual numbers themselves, which gives
second derivatives.  NumPy arrays of them (``dtype=object``) can be sliced, viewed and written like any other,
so a function is differentiated by running it (`testing.oracle` gives such arrays to functions that allocate).

>>> x = Dual(3.0, 1.0)
>>> (x * x).slope
6.0
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import numpy as np


class Margin:
    """How near a run came to a decision that goes the other way: to a kink, or to another path."""

    def __init__(self) -> None:
        self.nearest = math.inf


_watching: list[Margin] = []


@contextmanager
def margin() -> Generator[Margin, None, None]:
    """Watch the decisions made on varying numbers.

    >>> with margin() as seen:
    ...     y = Dual(2.5, 1.0) > 2.0
    >>> seen.nearest
    0.5
    """
    seen = Margin()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


def _decided(gap: Any) -> None:
    """A decision on a number whose distance from the threshold is ``gap``; constants have no kinks."""
    if _watching and isinstance(gap, Dual) and gap.varies():
        near = abs(gap.primal())
        for seen in _watching:
            seen.nearest = min(seen.nearest, near)


class Dual:
    """``value + slope*eps`` with ``eps**2 == 0``."""

    __slots__ = ("slope", "value")

    def __init__(self, value: Any, slope: Any = 0.0) -> None:
        self.value = value if isinstance(value, Dual) else float(value)
        self.slope = slope if isinstance(slope, Dual) else float(slope)

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.slope!r})"

    def primal(self) -> float:
        """The number without its derivatives.

        >>> Dual(Dual(2.0, 1.0), 1.0).primal()
        2.0
        """
        return self.value.primal() if isinstance(self.value, Dual) else self.value

    def varies(self) -> bool:
        """Whether any derivative is not zero."""
        value, slope = self.value, self.slope
        if isinstance(value, Dual) and value.varies():
            return True
        return slope.primal() != 0 or slope.varies() if isinstance(slope, Dual) else slope != 0

    # arithmetic

    def __add__(self, other: Any) -> Dual:
        if isinstance(other, np.ndarray):
            return NotImplemented
        b = dual(other)
        return Dual(self.value + b.value, self.slope + b.slope)

    def __mul__(self, other: Any) -> Dual:
        if isinstance(other, np.ndarray):
            return NotImplemented
        b = dual(other)
        return Dual(self.value * b.value, self.slope * b.value + self.value * b.slope)

    def __sub__(self, other: Any) -> Dual:
        if isinstance(other, np.ndarray):
            return NotImplemented
        b = dual(other)
        return Dual(self.value - b.value, self.slope - b.slope)

    def __truediv__(self, other: Any) -> Dual:
        if isinstance(other, np.ndarray):
            return NotImplemented
        b = dual(other)
        y = self.value / b.value
        return Dual(y, (self.slope - y * b.slope) / b.value)

    def __rsub__(self, other: Any) -> Dual:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return dual(other) - self

    def __rtruediv__(self, other: Any) -> Dual:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return dual(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __pos__(self) -> Dual:
        return self

    def __pow__(self, n: int) -> Dual:
        if n == 0:
            return Dual(1.0)
        return Dual(self.value**n, n * self.value ** (n - 1) * self.slope)

    # decisions

    def __abs__(self) -> Dual:
        return -self if self < 0 else self

    def __lt__(self, other: Any) -> bool:
        return self._compared(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._compared(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._compared(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._compared(other) >= 0

    def __eq__(self, other: object) -> bool:
        return self._compared(other) == 0

    def __ne__(self, other: object) -> bool:
        return self._compared(other) != 0

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __bool__(self) -> bool:
        return self != 0

    def __int__(self) -> int:
        x = self.primal()
        _decided(Dual(x - round(x), float(self.varies())))
        return int(x)

    def _compared(self, other: Any) -> float:
        gap = self - other
        _decided(gap)
        return gap.primal()

    # functions: NumPy calls the method of the same name for each element of an array of objects

    def sin(self) -> Dual:
        return self._applied(apply("sin", self.value), apply("cos", self.value))

    def cos(self) -> Dual:
        return self._applied(apply("cos", self.value), -apply("sin", self.value))

    def exp(self) -> Dual:
        y = apply("exp", self.value)
        return self._applied(y, y)

    def log(self) -> Dual:
        return self._applied(apply("log", self.value), 1 / self.value)

    def tanh(self) -> Dual:
        y = apply("tanh", self.value)
        return self._applied(y, 1 - y * y)

    def sqrt(self) -> Dual:
        y = apply("sqrt", self.value)
        return self._applied(y, 0.5 / y)

    def arctan(self) -> Dual:
        return self._applied(apply("arctan", self.value), 1 / (1 + self.value * self.value))

    def _applied(self, y: Any, dy: Any) -> Dual:
        return Dual(y, dy * self.slope)


_FLOAT: dict[str, Callable[[float], float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
    "sqrt": math.sqrt,
    "arctan": math.atan,
}


def apply(name: str, x: Any) -> Any:
    """A function of one number, dual or not."""
    return getattr(x, name)() if isinstance(x, Dual) else _FLOAT[name](x)


def dual(x: Any) -> Dual:
    """``x`` as a dual number; a number has slope 0."""
    return x if isinstance(x, Dual) else Dual(x)


def slope(f: Callable[..., Any], args: tuple[Any, ...], direction: tuple[Any, ...]) -> tuple[float, float]:
    """The value of ``f`` and its derivative along ``direction`` (``None``: inactive)."""
    lifted = [_lift(a, d) for a, d in zip(args, direction, strict=True)]
    y = dual(f(*lifted))
    return y.value, y.slope  # pyright: ignore[reportReturnType]


def _lift(a: Any, d: Any) -> Any:
    if d is None:
        return a
    if isinstance(a, np.ndarray):
        out = np.empty(a.shape, object)
        for k in np.ndindex(a.shape):
            out[k] = Dual(float(a[k]), float(d[k]))
        return out
    return Dual(a, d)
