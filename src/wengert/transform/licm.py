"""Loop-invariant code motion: what every trip would compute alike is computed once, before the loop.

An operation leaves a loop when it cannot raise before the loop, allocates nothing, its operands are defined
outside and the memory it reads is not written inside.  Loops may make no trip, so only what is cheap and
total moves: scalars, sizes, views, loads proved in range.

Before::

    %n = for(%lo, %hi, %one) : i64 {
      (%i: i64):
      %c = mul(%a, %b) : f64
      store(%x, %i, %c)
      yield
    }

After::

    %c = mul(%a, %b) : f64
    %n = for(%lo, %hi, %one) : i64 {
      (%i: i64):
      store(%x, %i, %c)
      yield
    }
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from ..analysis.alias import Aliases
from ..analysis.effects import LOOPS, is_pure, may_raise, reads, writes
from ..analysis.ranges import Ranges
from ..ir.core import VIEWS, Block, Func, Op, Value
from ..ir.types import Scalar
from ..ir.walk import with_ops, with_parts
from .bounds import is_safe


def licm(func: Func) -> Func:
    """``func`` with invariants before their loops; the same object when there are none."""
    body = _Licm(func).block(func.body)
    return func if body is func.body else replace(func, body=body)


class _Licm:
    def __init__(self, func: Func) -> None:
        self.ranges = Ranges(func)
        self.aliases = Aliases(func, sites=self.ranges.sites)
        self.written: dict[Op, set[int]] = {}
        for cls in self.aliases.classes:
            for _, path in self.aliases.writes(cls):
                for step in path:
                    if step.owner is not None:
                        self.written.setdefault(step.owner, set()).add(cls)

    def block(self, block: Block) -> Block:
        ops: list[Op] = []
        for op in block.ops:
            if not op.regions:
                ops.append(op)
                continue
            regions = tuple(self.block(r) for r in op.regions)
            if op.name in LOOPS:
                moved, regions = self.hoist(op, regions)
                ops += moved
            ops.append(with_parts(op, regions))
        return with_ops(block, ops)

    def hoist(self, loop: Op, regions: tuple[Block, ...]) -> tuple[list[Op], tuple[Block, ...]]:
        """The ops that leave ``loop``, in order, and its regions without them."""
        moved: list[Op] = []
        out: list[Block] = []
        inside: set[Value] = set()
        for region in regions:
            inside.update(region.params)
            kept: list[Op] = []
            for op in region.ops:
                if inside.isdisjoint(op.operands) and self.may_move(op, loop):
                    moved.append(self.settled(op))
                else:
                    kept.append(op)
                    inside.update(op.results)
            out.append(
                region if len(kept) == len(region.ops) else Block(region.params, tuple(kept), region.yields)
            )
        return moved, tuple(out)

    def may_move(self, op: Op, loop: Op) -> bool:
        """Whether ``op``, whose operands are invariant, gives the same before ``loop`` and does no harm
        there."""
        if op.regions or op.name in ("check", "call", "derive") or writes(op):
            return False
        scalar = all(isinstance(r.type, Scalar) for r in op.results)
        if not (scalar and (is_pure(op) or op.name in ("load", "dim"))) and op.name not in VIEWS:
            return False
        changed = self.written.get(loop, set())
        if any(self.aliases.cls(v) in changed for v in reads(op)):
            return False
        checked = may_raise(op) or bool(op.attrs.get("safe") or op.attrs.get("adjoint"))
        return (
            not checked
            or op.name not in ("load", "view", "reshape", "broadcast")
            or self.is_safe_at(op, loop)
        )

    def is_safe_at(self, op: Op, loop: Op) -> bool:
        return op.name in ("load", "view") and is_safe(op, self.ranges, at=loop)

    def settled(self, op: Op) -> Op:
        """What moves was proved safe where it goes."""
        if op.name in ("load", "view") and may_raise(op):
            return replace(op, attrs=MappingProxyType({**op.attrs, "safe": True}))
        return op
