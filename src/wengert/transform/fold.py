"""Constant folding: only where the folded number is the one that would have been computed, to the last
bit."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..ir.types import Scalar

_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "neg": operator.neg,
    "abs": abs,
    "maximum": max,
    "minimum": min,
    "pymax": max,
    "pymin": min,
    "bitand": operator.and_,
    "bitor": operator.or_,
    "bitxor": operator.xor,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "not": operator.not_,
    "wrap": lambda i, n: i + n if i < 0 else i,
}
_DIVISIONS: dict[str, Callable[..., Any]] = {"floordiv": operator.floordiv, "mod": operator.mod}
_COMPARISONS: dict[str, Callable[..., bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}
_RANGES = {"i64": (-(2**63), 2**64), "i32": (-(2**31), 2**32), "u8": (0, 2**8)}
"""Smallest value and number of values: integers wrap around."""


def fold(name: str, args: list[Any], types: list[Scalar], to: Scalar) -> Any:
    """The constant that an operation on constants gives, or ``None`` when it is not folded.

    >>> from wengert.ir.types import F64, I64
    >>> fold("add", [0.1, 0.2], [F64, F64], F64)
    0.30000000000000004
    >>> fold("add", [2**63 - 1, 1], [I64, I64], I64) == -(2**63)
    True
    """
    if to.lanes > 1:
        return None
    if name in _COMPARISONS and len(args) == 2:
        return bool(_COMPARISONS[name](*args)) if not any(t.is_complex for t in types) else None
    if to.is_bool:
        return bool(_ARITHMETIC[name](*args)) if name in _ARITHMETIC else None
    if to.name in _RANGES and all(not t.is_inexact for t in types):
        return _fold_integer(name, args, *_RANGES[to.name])
    if name == "cast" and to.is_float and not types[0].is_complex:
        return float(np.dtype(_NUMPY[to.name]).type(args[0]))
    if to.is_float and all(t == to for t in types):
        return _fold_float(name, args, to)
    return None


_NUMPY = {"f64": "float64", "f32": "float32"}


def _fold_integer(name: str, args: list[Any], low: int, count: int) -> int | None:
    if name == "cast":
        out = int(args[0])
    elif name in _DIVISIONS:
        out = int(_DIVISIONS[name](*args)) if args[1] else 0
    elif name in _ARITHMETIC:
        out = int(_ARITHMETIC[name](*args))
    else:
        return None
    return (out - low) % count + low


def _fold_float(name: str, args: list[Any], to: Scalar) -> float | None:
    """The operations that IEEE 754 rounds correctly, on numbers."""
    if name not in ("add", "sub", "mul", "div", "neg", "abs", "sqrt") or any(map(math.isnan, args)):
        return None
    one = np.dtype(_NUMPY[to.name]).type
    values = [one(a) for a in args]
    with np.errstate(all="ignore"):
        if name == "div":
            return float(np.divide(*values))
        if name == "sqrt":
            return float(np.sqrt(values[0]))
        return float(_ARITHMETIC[name](*values))
