"""Stores of adjoints, into elements and whole arrays, that are overwritten before anyone reads them.

The adjoint of ``x[i] = x[i] * w`` takes the cotangent out of ``x_bar[i]``, clears it and adds to it again.

Before::

    %g = load(%x_bar, %i) {adjoint=True} : f64
    store(%x_bar, %i, %zero) {adjoint=True}
    %h = mul(%g, %w) {adjoint=True} : f64
    accum(%x_bar, %i, %h) {adjoint=True}

After::

    %g = load(%x_bar, %i) {adjoint=True} : f64
    %h = mul(%g, %w) {adjoint=True} : f64
    store(%x_bar, %i, %h) {adjoint=True}
"""

from __future__ import annotations

from dataclasses import replace

from ..analysis.alias import Aliases
from ..analysis.effects import reads, writes
from ..analysis.elements import spares
from ..analysis.ranges import Ranges
from ..ir.core import Block, Func, Op, Value
from ..ir.types import Array
from ..ir.walk import with_ops, with_parts

_MAX_PENDING = 8
_OVERWRITES = {"store": "store", "accum": "store", "assign": "assign", "vacc": "assign"}
"""What writes an element or a whole array, and what that is where it need not be added to."""

Key = tuple[Value, ...]


def overwrite(func: Func) -> Func:
    """``func`` without stores of adjoints that are overwritten; the same object when there are none."""
    body = _Overwrite(func).block(func.body)
    return func if body is func.body else replace(func, body=body)


class _Overwrite:
    def __init__(self, func: Func) -> None:
        self.ranges = Ranges(func)
        self.aliases = Aliases(func, sites=self.ranges.sites)

    def block(self, block: Block) -> Block:
        ops: list[Op | None] = []
        pending: dict[Key, int] = {}
        for op in block.ops:
            if op.regions:
                ops.append(with_parts(op, tuple(self.block(r) for r in op.regions)))
                pending.clear()
            else:
                ops.append(self.plain(op, ops, pending))
        return with_ops(block, (op for op in ops if op is not None))

    def plain(self, op: Op, ops: list[Op | None], pending: dict[Key, int]) -> Op:
        """``op``, perhaps in a better form; ``pending`` are the stores that nothing has read so far."""
        plain = _OVERWRITES.get(op.name)
        if plain is None or not op.attrs.get("adjoint"):
            self.forget(op, pending)
            return op
        key = op.operands[:-1]
        first = pending.pop(key, None)
        self.forget(op, pending)
        if first is not None and self.fills(op) and (op.name == plain or self.clears(ops[first])):
            ops[first] = None
            op = replace(op, name=plain)
        if op.name == plain and len(pending) < _MAX_PENDING:
            pending[key] = len(ops)
        return op

    def fills(self, op: Op) -> bool:
        """Whether what is put into an array has a value for each element, and no axes to be summed."""
        a, v = op.operands[0].type, op.operands[-1].type
        if not isinstance(v, Array):
            return True
        same = op.attrs.get("same") or self.ranges.sizes(op.operands[0]) == self.ranges.sizes(op.operands[-1])
        return isinstance(a, Array) and a.axes == v.axes and bool(same)

    def clears(self, store: Op | None) -> bool:
        """Whether ``store`` puts zero there."""
        assert store is not None
        made = self.ranges.sites.definition(store.operands[-1])
        return made is not None and made.name == "const" and made.attrs["value"] == 0

    def forget(self, op: Op, pending: dict[Key, int]) -> None:
        """Stores that ``op`` may read, or may write in part, have to stay."""
        touched = {self.aliases.cls(v) for v in (*reads(op), *writes(op))}
        if not touched:
            return
        for array, *at in list(pending):
            if self.aliases.cls(array) in touched and not (at and spares(self.ranges, op, array, at)):
                del pending[(array, *at)]
