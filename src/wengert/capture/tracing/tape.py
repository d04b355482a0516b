"""The tape that functions are traced on: one that does not decide what only Python's types would tell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...algebra.base import Algebra, Traced, shape_of
from ...algebra.dual import Dual
from ...algebra.graph import Graph
from ...algebra.where import refuse
from ...prims.primitive import Primitive

_MAY_RAISE = frozenset({"div", "floordiv", "mod", "pow", "ipow"})


class _Finite(Algebra):
    """Python's floats raise where NumPy's give inf or nan, and here both are numbers of the tape: refused."""

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        y = super().apply(prim, args, attrs)
        if prim.name in _MAY_RAISE:
            _finite(prim.name, args, y)
        return y


class Tape(_Finite, Graph):
    """A tape, for reverse mode."""


class DualTape(_Finite, Dual):
    """Dual numbers, for forward mode."""

    def split(self, x: Any) -> tuple[Any, Any]:
        """The value and the tangent of a result."""
        if not self._mine(x):
            return x, np.zeros(shape_of(x), x.dtype) if shape_of(x) else 0.0
        return x.value, 0.0 if x.tangent is None else x.tangent


def _finite(name: str, args: Sequence[Any], y: Any) -> None:
    if shape_of(y) or math.isfinite(_value(y)) or not all(math.isfinite(_value(a)) for a in args):
        return
    refuse(
        "R0402",
        f"`{name}` of numbers is not finite: Python's floats raise here, NumPy's do not",
        "test for the case before: a tape cannot tell one from the other",
    )


def _value(x: Any) -> Any:
    while isinstance(x, Traced):
        x = x.value  # type: ignore[attr-defined]
    return x
