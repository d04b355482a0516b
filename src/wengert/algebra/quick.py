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


def _quick(name: str, f: Callable[..., Any], back: Any, total: bool = False) -> Quick:
    return Quick(REGISTRY[name], f if total else _guarded(f), back)


def _back(slope: Callable[[float, float], float]) -> Callable[..., tuple[float]]:
    """The rule of a function of one number, with a strong zero."""

    def back(g: float, y: float, x: float) -> tuple[float]:
        return (g * slope(y, x),) if g != 0.0 else (0.0,)

    return back


def _div_back(g: float, y: float, a: float, b: float) -> tuple[float, float]:
    return (g * (1 / b), g * -(y / b)) if g != 0.0 else (0.0, 0.0)


def _mul_back(g: float, y: float, a: float, b: float) -> tuple[float, float]:
    return (g * b, g * a) if g != 0.0 else (0.0, 0.0)


QUICK: dict[str, Quick] = {
    "add": _quick("add", operator.add, lambda g, y, a, b: (g, g), total=True),
    "sub": _quick("sub", operator.sub, lambda g, y, a, b: (g, -g), total=True),
    "mul": _quick("mul", operator.mul, _mul_back, total=True),
    "neg": _quick("neg", operator.neg, lambda g, y, a: (-g,), total=True),
    "div": _quick("div", operator.truediv, _div_back),
    "exp": _quick("exp", math.exp, _back(lambda y, x: y)),
    "log": _quick("log", math.log, _back(lambda y, x: 1 / x)),
    "sin": _quick("sin", math.sin, _back(lambda y, x: math.cos(x))),
    "cos": _quick("cos", math.cos, _back(lambda y, x: -math.sin(x))),
    "tan": _quick("tan", math.tan, _back(lambda y, x: 1 + y * y)),
    "tanh": _quick("tanh", math.tanh, _back(lambda y, x: 1 - y * y)),
    "sqrt": _quick("sqrt", math.sqrt, _back(lambda y, x: 0.5 / y)),
}
"""The operations that make up most scalar programs."""
