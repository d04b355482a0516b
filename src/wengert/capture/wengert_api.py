"""Functions of this package inside captured code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ..algebra.operation import Operation
from ..algebra.stop import stop_gradient
from ..ir.core import Value
from ..ir.types import Array
from .forms import parts_of, with_parts
from .lower import Lowering
from .operands import numeric
from .values import AV, Arr, Num


def stopped(lw: Lowering, x: AV, /) -> AV:
    """Every float in ``x`` as a constant."""
    if isinstance(x, Num):
        return Num(lw.emit("stop", x.value), x.py) if x.dtype.is_inexact else x
    if isinstance(x, Arr):
        return Arr(lw.emit("stop", x.value)) if x.dtype.is_inexact else x
    parts = parts_of(x)
    return x if not parts else with_parts(x, tuple(stopped(lw, p) for p in parts))


def call_operation(lw: Lowering, f: Operation, args: list[AV], node: ast.AST | None) -> AV:
    """A call of an operation of the user's."""
    f.used = True
    operands: list[Value] = []
    for a in args:
        x = numeric(lw, a)
        operands.append(x.value if isinstance(x, Arr) else lw.number(x))
    if node is not None:
        lw.at(node)
    y = lw.emit(f.record.name, *operands)
    return Arr(y) if isinstance(y.type, Array) else Num(y, False)


WENGERT: dict[Any, Callable[..., AV]] = {stop_gradient: stopped}
