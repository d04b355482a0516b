"""What is known about the references of a function before it is emitted.

Wwhich escape their block, which buffer they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...ir.core import VIEWS, Block, Func, Op, Value
from ...ir.types import Array, is_ref
from .scalar import ELEMENTWISE

#: Ops that make a fresh array.
FRESH = ELEMENTWISE | {"alloc", "sum", "prod", "amax", "amin", "any", "all", "argmax", "argmin", "matmul"}


@dataclass(frozen=True, slots=True)
class Facts:
    """``escapes``.

    Values that may outlive an iteration of their block. ``uses``: the ops that read a value (``None`` stands
    for a yield). ``base``: the op-made array or parameter a value is a view of, when that is known.
    """

    escapes: frozenset[Value]
    uses: dict[Value, list[Op | None]]
    base: dict[Value, Value]
    has_calls: bool

    def may_alias(self, a: Value, b: Value) -> bool:
        """False only when the two are certain not to share memory."""
        ra, rb = self.base.get(a), self.base.get(b)
        if ra is None or rb is None:
            known = ra or rb
            if known is None:
                return True
            return known in self.escapes
        return ra is rb


def all_blocks(block: Block) -> Iterator[Block]:
    """``block`` and every block nested in it."""
    stack = [block]
    while stack:
        b = stack.pop()
        yield b
        for op in b.ops:
            stack.extend(op.regions)


def facts(func: Func, is_entry: bool) -> Facts:
    """Read the function once."""
    uses: dict[Value, list[Op | None]] = {}
    base: dict[Value, Value] = {}
    viewed: dict[Value, Value] = {}
    leaving: list[Value] = []
    has_calls = False
    if is_entry:
        base.update({p: p for p in func.params if is_ref(p.type)})
    blocks = list(all_blocks(func.body))
    for b in blocks:
        for v in b.yields:
            uses.setdefault(v, []).append(None)
            if is_ref(v.type):
                leaving.append(v)
        for op in b.ops:
            for v in op.operands:
                uses.setdefault(v, []).append(op)
            if op.name in VIEWS:
                viewed[op.results[0]] = op.operands[0]
            elif (op.name in FRESH and isinstance(op.results[0].type, Array)) or op.name in ("rec_new",):
                base[op.results[0]] = op.results[0]
            elif op.name in ("for", "while", "call", "if", "rec_set"):
                has_calls |= op.name == "call"
                start = 1 if op.name == "rec_set" else 0
                leaving.extend(v for v in op.operands[start:] if is_ref(v.type))
    for v in viewed:
        chain = v
        while chain in viewed:
            chain = viewed[chain]
        if chain in base:
            base[v] = base[chain]
    escapes: set[Value] = set()
    while leaving:
        v = leaving.pop()
        if v not in escapes:
            escapes.add(v)
            if v in viewed:
                leaving.append(viewed[v])
    if is_entry:
        escapes.update(p for p in func.params if is_ref(p.type))
    return Facts(frozenset(escapes), uses, base, has_calls)
