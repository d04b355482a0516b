"""Arithmetic of plain numbers for the tape, without NumPy: the same IEEE results, several times faster.

What Python would raise for, NumPy answers: then ``run`` gives ``None``, and the slow way is taken.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

from ..prims.primitive import REGISTRY, Primitive


class Quick(NamedTuple):
    """A primitive on floats: its value, and its cotangents ``back(g, y, *xs)``."""

    prim: Primitive
    run: Callable[..., float | None]
    back: Callable[..., tuple[float, ...]]


def _guarded(f: Callable[..., float]) -> Callable[..., float | None]:
    def run(*xs: float) -> float | None:
        try:
            return f(*xs)
        except (ArithmeticError, ValueError):
            return None

    return run


def _strong(prim: Primitive) -> Callable[..., tuple[float, ...]]:
    """The rule of the record on floats, with strong zeros."""
    partials: Any = prim.partials or ()

    def back(g: float, *xs: float) -> tuple[float, ...]:
        if g == 0.0:
            return (0.0,) * len(partials)
        slopes: list[Any] = [p(*xs) if callable(p) else p for p in partials]
        return tuple([float(g * slope) for slope in slopes])

    return back


def _quick(name: str, f: Callable[..., Any], back: Any = None, total: bool = False) -> Quick:
    prim = REGISTRY[name]
    return Quick(prim, f if total else _guarded(f), back or _strong(prim))


def _mul_back(g: float, y: float, a: float, b: float) -> tuple[float, float]:
    return (g * b, g * a) if g != 0.0 else (0.0, 0.0)


QUICK: dict[str, Quick] = {
    "add": _quick("add", operator.add, lambda g, y, a, b: (g, g), total=True),
    "sub": _quick("sub", operator.sub, lambda g, y, a, b: (g, -g), total=True),
    "mul": _quick("mul", operator.mul, _mul_back, total=True),
    "neg": _quick("neg", operator.neg, lambda g, y, a: (-g,), total=True),
    "div": _quick("div", operator.truediv),
    **{
        name: _quick(name, getattr(math, name))
        for name in ("exp", "log", "sin", "cos", "tanh", "sqrt", "tan")
    },
}
"""The operations that make up most scalar programs."""
