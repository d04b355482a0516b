"""Numbers are recorded where they are known, and not when the trip is over.

Reverse mode records at the end of a body, where everything is known.  A reader expects ``x_tape[k] = x``
before ``x`` goes on to its next value, and then both may be called ``x``::

    x_next = x + h * v
    x_tape[k] = x          =>      x_tape[k] = x
    x = x_next                     x += h * v
"""

from __future__ import annotations

from ...ir.core import Block, Func, Op, Value
from ...ir.types import Rec, Scalar


def early(func: Func) -> Func:
    """``func`` with its records of numbers as early as may be."""
    body = _block(func.body, set())
    return func if body is func.body else Func(func.name, body, func.result_names, func.span)


def _block(block: Block, tapes: set[Value]) -> Block:
    """The block with each record after the last op that makes what it needs."""
    ops: list[Op] = []
    place: dict[Value, int] = {}
    waiting: dict[int, list[Op]] = {}
    changed = False
    moved: set[Op] = set()
    for k, op in enumerate(block.ops):
        regions = tuple(_block(r, tapes) for r in op.regions)
        if any(a is not b for a, b in zip(regions, op.regions, strict=True)):
            op, changed = Op(op.name, op.operands, op.results, op.attrs, regions, op.span), True
        if op.name == "alloc" and op.attrs.get("record"):
            tapes.add(op.result)
        group = [op] if op.name == "store" and op.operands[0] in tapes else _append(block, k)
        if group:
            operands = [v for o in group for v in o.operands]
            waiting.setdefault(max(place.get(v, 0) for v in operands), []).extend(group)
            moved.update(group)
            changed = True
        elif op not in moved:
            ops.append(op)
            place.update(dict.fromkeys(op.results, len(ops)))
    if not changed:
        return block
    out: list[Op] = []
    for at in range(len(ops) + 1):
        out += waiting.get(at, [])
        out += ops[at : at + 1]
    return Block(block.params, tuple(out), block.yields)


def _append(block: Block, at: int) -> list[Op]:
    """The op at a place and the one that puts a number in the room it makes; nothing if it makes none."""
    grow = block.ops[at]
    if grow.name != "rec_grow":
        return []
    for k in range(at + 1, len(block.ops)):
        op = block.ops[k]
        if op.name == "rec_set" and op.operands[0] is grow.operands[0]:
            alone = op.operands[1] is not grow.results[0] and isinstance(op.operands[2].type, Scalar)
            made = {r for o in block.ops[at:k] for r in o.results}
            return [grow, op] if alone and not made & set(op.operands[2:]) else []
        if op.regions or any(isinstance(v.type, Rec) for v in op.operands):
            return []
    return []
