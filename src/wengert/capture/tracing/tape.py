"""The tape that functions are traced on: one that does not decide what only Python's types would tell."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...algebra.base import Algebra, Traced, shape_of
from ...algebra.dual import Dual
from ...algebra.graph import Graph, Var
from ...algebra.where import refuse
from ...prims.primitive import Primitive

_OPERATORS: dict[str, Any] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "neg": operator.neg, "abs": abs,
    "div": operator.truediv, "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow,
    "ipow": lambda x, n: x**n,
}  # fmt: skip
_COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
_MAY_RAISE = frozenset({"div", "floordiv", "mod", "pow", "ipow"})


class _Finite(Algebra):
    """Python's floats raise where NumPy's give inf or nan, and here both are numbers of the tape: refused,
    where `is_python` cannot tell.
    """

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        y = super().apply(prim, args, attrs)
        if prim.name in _MAY_RAISE and _left_finite(args, y) and not self._as_python(prim, args, attrs, y):
            refuse(
                "R0402",
                f"`{prim.name}` of numbers is not finite: Python's floats raise here, NumPy's do not",
                "test for the case before: a tape cannot tell one from the other",
            )
        if prim.name in _COMPARISONS and isinstance(y, np.bool_) and all(map(self.is_python, args)):
            return bool(y)  # `x > 0 is True`, and a pattern `True`, tell the two apart
        return y

    def _as_python(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any], y: Any) -> bool:
        """Raise what Python raises for these operands, if they are certainly Python's; whether they are, and
        it gives what the tape gives."""
        if not all(map(self.is_python, args)):
            return False
        found = _OPERATORS[prim.name](*map(_value, args), **attrs)
        return type(found) is float and not math.isfinite(found) and str(found) == str(float(_value(y)))

    def is_python(self, x: Any) -> bool:
        """Whether a number is certainly one of Python, not of NumPy."""
        return type(x) in (float, int, bool)


class Tape(_Finite, Graph):
    """A tape, for reverse mode.  ``origins``: for values that are no results of operators, whether they are
    Python's."""

    def __init__(self, base: Algebra | None = None) -> None:
        super().__init__(base)
        self.origins: dict[int, bool] = {}

    def variable(self, x: Any) -> Var:
        var = super().variable(x)
        self.origins[var.gid] = self._outside(x)
        return var

    def made_by(self, y: Any, python: bool) -> None:
        if isinstance(y, (tuple, list)):
            for part in y:
                self.made_by(part, python)
        elif isinstance(y, Var) and y.algebra is self:
            self.origins[y.gid] = python
            if self.base is not None:
                self.base.made_by(y.value, python)
        elif isinstance(y, Traced) and self.base is not None:
            self.base.made_by(y, python)

    def is_python(self, x: Any) -> bool:
        if not self._mine(x):
            return self._outside(x)
        todo = [x]
        while todo:
            v = todo.pop()
            if v.gid in self.origins:
                continue
            args = self._operands(v)
            before = [a for a in args or () if self._mine(a) and a.gid not in self.origins]
            if before:
                todo += [v, *before]
                continue
            self.origins[v.gid] = args is not None and all(
                self.origins[a.gid] if self._mine(a) else self._outside(a) for a in args
            )
        return self.origins[x.gid]

    def _mine(self, x: Any) -> bool:
        return isinstance(x, Var) and x.algebra is self

    def _outside(self, x: Any) -> bool:
        return self.base.is_python(x) if isinstance(self.base, _Finite) else super().is_python(x)

    def _operands(self, v: Var) -> Sequence[Any] | None:
        """What an operator was applied to that gave ``v``; None for what is no result of one."""
        node = self.nodes.get(v.gid)
        if node is None:
            return None
        prim, args = (node[0].prim, node[1:3]) if isinstance(node, tuple) else (node.prim, node.args)
        return [a for a in args if a is not None] if prim.name in _OPERATORS else None


class DualTape(_Finite, Dual):
    """Dual numbers, for forward mode."""

    def split(self, x: Any) -> tuple[Any, Any]:
        """The value and the tangent of a result."""
        if not self._mine(x):
            return x, np.zeros(shape_of(x), x.dtype) if shape_of(x) else 0.0
        return x.value, 0.0 if x.tangent is None else x.tangent


def _left_finite(args: Sequence[Any], y: Any) -> bool:
    """Whether numbers that are finite gave one that is not."""
    return not (shape_of(y) or math.isfinite(_value(y))) and all(math.isfinite(_value(a)) for a in args)


def _value(x: Any) -> Any:
    while isinstance(x, Traced):
        x = x.value  # type: ignore[attr-defined]
    return x
