"""What the branches of an ``if`` compute, for a later ``if`` on the same condition.

The adjoint of an ``if`` is an ``if`` on the same condition, and needs what the branch has computed.

Before::

    %y = if(%c) : f64 {
      %s = sqrt(%x) : f64
      ...
    }
    %x_bar = if(%c) : f64 {
      %t = sqrt(%x) : f64
      %u = div(%g, %t) : f64
      yield %u
    }

After::

    %y, %s.1 = if(%c) : f64, f64 {
      %s = sqrt(%x) : f64
      ...
    }
    %x_bar = if(%c) : f64 {
      %u = div(%g, %s.1) : f64
      yield %u
    }
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from ..ir.core import Block, Op, Value

Scope = dict[Hashable, tuple[tuple[Value, ...], bool]]
"""What is computed in a block, by what it is looked up by, and whether the arithmetic is fast."""


class Arms:
    """An ``if``, what each branch computes, and the results that later ones ask for (``given``)."""

    def __init__(self, op: Op, scopes: Sequence[Scope]) -> None:
        self.op = op
        self.scopes = tuple(scopes)
        self.given: list[tuple[int, Value, Value]] = []
        self._inner = [dict(zip(op.results, region.yields, strict=True)) for region in op.regions]
        self._outer = [dict(zip(region.yields, op.results, strict=True)) for region in op.regions]

    def inner(self, branch: int, values: Sequence[Value]) -> tuple[Value, ...]:
        """Results of the ``if`` as what the branch yields for them."""
        return tuple(self._inner[branch].get(v, v) for v in values)

    def give(self, branch: int, v: Value) -> Value:
        """The result of the ``if`` that is ``v`` when the branch is taken."""
        if v not in self._outer[branch]:
            new = Value(v.type, v.hint)
            self._outer[branch][v] = new
            self._inner[branch][new] = v
            self.given.append((branch, v, new))
        return self._outer[branch][v]

    def widened(self) -> Op:
        """The ``if`` with the results that were asked for; they are undefined after the other branch."""
        regions: list[Block] = []
        for number, region in enumerate(self.op.regions):
            ops, yields = list(region.ops), list(region.yields)
            for branch, v, _ in self.given:
                if branch == number:
                    yields.append(v)
                    continue
                nothing = Op("undef", (), (Value(v.type),))
                ops.append(nothing)
                yields.append(nothing.result)
            regions.append(Block(region.params, tuple(ops), tuple(yields)))
        results = (*self.op.results, *(new for _, _, new in self.given))
        return replace(self.op, results=results, regions=tuple(regions))
