"""``a[i] = a[i] + v`` and ``a[i] = a[i] - v`` become ``accum``: the adjoint of an accumulation reads no
primal, so nothing need be kept for it.

Before::

    %old = load(%a, %i) : f64
    %v = mul(%x, %y) : f64
    %new = add(%old, %v) : f64
    store(%a, %i, %new)

After::

    %v = mul(%x, %y) : f64
    accum(%a, %i, %v)
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice

from ..analysis.alias import Aliases
from ..analysis.effects import may_raise, writes
from ..ir.core import Block, Func, Op, Value
from ..ir.types import Scalar
from ..ir.walk import with_ops, with_parts

_REACH = 200
"""How many operations may stand between the load and the store."""


def accumulate(func: Func) -> Func:
    """``func`` with its accumulations named; the same object when there are none."""
    body = _Accumulate(func).block(func.body)
    return func if body is func.body else replace(func, body=body)


class _Accumulate:
    def __init__(self, func: Func) -> None:
        self.aliases = Aliases(func)
        self.sites = self.aliases.sites
        self.uses: Counter[Value] = Counter(func.results)
        for op in self.sites.ops:
            self.uses.update(op.operands)
            for region in op.regions:
                self.uses.update(region.yields)

    def block(self, block: Block) -> Block:
        ops: list[Op | None] = []
        position: dict[Op, int] = {}
        for op in block.ops:
            regions = tuple(self.block(r) for r in op.regions)
            found = self.match(op, block, position) if op.name == "store" else None
            if found is not None:
                load, addition, new = found
                ops[position[load]] = None
                ops[position[addition]] = self.negation(addition) if addition.name == "sub" else None
                ops.append(new)
            else:
                ops.append(with_parts(op, regions))
            position[op] = len(ops) - 1
        return with_ops(block, (op for op in ops if op is not None))

    def match(self, store: Op, block: Block, position: dict[Op, int]) -> tuple[Op, Op, Op] | None:
        """The load, the addition and the ``accum`` that replaces both and ``store``."""
        *place, value = store.operands
        addition = self.sites.definition(value)
        if (
            addition is None
            or addition.name not in ("add", "sub")
            or addition not in position
            or self.uses[value] != 1
        ):
            return None
        if not isinstance(value.type, Scalar) or not value.type.is_inexact:
            return None
        orders = [addition.operands, addition.operands[::-1]]
        for old, other in orders if addition.name == "add" else orders[:1]:
            load = self.sites.definition(old)
            if load is None or load.name != "load" or load not in position or self.uses[old] != 1:
                continue
            if load.operands == tuple(place) and self.is_calm(load, store, block, position):
                v = value if addition.name == "sub" else other
                return load, addition, Op("accum", (*place, v), (), store.attrs, (), store.span)
        return None

    def negation(self, subtraction: Op) -> Op:
        """``a - v`` is ``a + (-v)`` to the last bit."""
        return replace(subtraction, name="neg", operands=subtraction.operands[1:])

    def is_calm(self, load: Op, store: Op, block: Block, position: dict[Op, int]) -> bool:
        """Whether nothing between the two writes the array, and what may raise there raises the same
        exception."""
        cls = self.aliases.cls(store.operands[0])
        start = position[load] + 1
        for op in islice(block.ops, start, start + _REACH):
            if op is store:
                return True
            if (
                op.regions
                or op.name in ("call", "derive")
                or any(self.aliases.cls(v) == cls for v in writes(op))
            ):
                return False
            if may_raise(op) and op.name not in ("load", "view"):
                return False
        return False
