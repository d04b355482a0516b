"""Whether two accesses to one array certainly touch different elements."""

from __future__ import annotations

from collections.abc import Sequence

from ..ir.core import Op, Value
from ..ir.types import I64
from .ranges import Ranges


def apart(ranges: Ranges, where: Op, a: Sequence[Value], b: Sequence[Value]) -> bool:
    """Whether two elements of one array differ, their indices being what they are when ``where`` executes."""
    for i, j in zip(a, b, strict=True):
        (x, m), (y, n) = _offset(ranges, i), _offset(ranges, j)
        if x is y and (m - n) % 2**64 != 0:  # wrapping around or not
            return True
        ahead = ranges.linear(i) - ranges.linear(j)
        if ranges.prove(where, ahead - 1) or ranges.prove(where, -ahead - 1):
            return True
    return False


def spares(ranges: Ranges, op: Op, array: Value, at: Sequence[Value]) -> bool:
    """Whether ``op``, a ``load``, ``store`` or ``accum``, never touches the element ``at`` of ``array``."""
    if op.name not in ("load", "store", "accum") or op.operands[0] is not array:
        return False
    return apart(ranges, op, at, indices(op))


def indices(op: Op) -> tuple[Value, ...]:
    """The indices of a ``load``, ``store`` or ``accum``."""
    return op.operands[1:] if op.name == "load" else op.operands[1:-1]


def _offset(ranges: Ranges, v: Value) -> tuple[Value, int]:
    """``v`` as another value plus a constant."""
    op = ranges.sites.definition(v)
    if op is not None and op.name in ("add", "sub") and v.type == I64:
        step = ranges.linear(op.operands[1])
        if step.is_constant:
            return op.operands[0], step.constant if op.name == "add" else -step.constant
    return v, 0
