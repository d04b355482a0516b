"""Searches that halve a range choose between two indices without a branch.

Which half is taken is as good as random, so a processor guesses wrong every second time, and that costs more
than all the rest of a trip.  A choice of integers, by a test of floating-point numbers and with nothing else
in its arms, in a ``while`` that carries the integers, is marked for the emitter.

Before::

    %low, %high = if(%left) : i64, i64 {
      yield %middle, %end
    } else {
      yield %start, %middle
    }

After::

    %low, %high = if(%left) {halving=True} : i64, i64 { ... }
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from ..ir.core import Block, Func, Op, Value
from ..ir.types import I64, dtype_of
from ..ir.walk import with_ops, with_parts

_COMPARISONS = frozenset({"lt", "le", "gt", "ge"})


def halving(func: Func) -> Func:
    """``func`` with the choices of searches marked; the same object when there are none."""
    body = _visit(func.body, None)
    return func if body is func.body else replace(func, body=body)


def _visit(block: Block, loop: Op | None) -> Block:
    made: dict[Value, Op] = {r: op for op in block.ops for r in op.results}
    out: list[Op] = []
    for op in block.ops:
        if loop is not None and _is_choice(op, block, made):
            op = replace(op, attrs=MappingProxyType({**op.attrs, "halving": True}))
        inside = op if op.name == "while" else None
        out.append(with_parts(op, tuple(_visit(r, inside) for r in op.regions)))
    return with_ops(block, out)


def _is_choice(op: Op, body: Block, made: dict[Value, Op]) -> bool:
    """Whether ``op`` chooses two or more of the integers that the next trip gets."""
    if op.name != "if" or op.attrs.get("halving") or any(region.ops for region in op.regions):
        return False
    if len(op.results) < 2 or any(r.type != I64 or r not in body.yields for r in op.results):
        return False
    test = made.get(op.operands[0])
    return test is not None and test.name in _COMPARISONS and dtype_of(test.operands[0].type).is_float
