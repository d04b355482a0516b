"""Activity: which values vary with the active parameters.

A scalar is active when it depends, through differentiable operations, on an active parameter.  For memory
activity is a property of the alias class: when one member may hold an active number, every reference of the
class is active, so that references joined by a branch or a loop always have a shadow on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..ir.core import VIEWS, Block, Func, Op, Value
from ..ir.types import Rec, differentiable, is_ref
from ..prims.primitive import REGISTRY
from .alias import Aliases
from .effects import STORES


class Activity:
    """The active values of one function.  ``params`` are positions of active parameters."""

    def __init__(self, func: Func, aliases: Aliases, params: Iterable[int]) -> None:
        self.aliases = aliases
        self._scalars: set[Value] = set()
        self._classes: set[int] = set()
        self._changed = True
        for k in params:
            self._mark(func.params[k])
        while self._changed:
            self._changed = False
            self._walk(func.body)

    def active(self, v: Value) -> bool:
        """Whether ``v`` carries a derivative (a reference: whether its memory does)."""
        if not differentiable(v.type):
            return False
        if is_ref(v.type):
            return self.aliases.cls(v) in self._classes
        return v in self._scalars

    def __call__(self, v: Value) -> bool:
        return self.active(v)

    def _mark(self, v: Value) -> None:
        if not differentiable(v.type) or self.active(v):
            return
        self._changed = True
        if is_ref(v.type):
            c = self.aliases.cls(v)
            self._classes.add(c)
            item = self.aliases.items(c) if isinstance(v.type, Rec) else None
            if item is not None:
                self._classes.add(item)
        else:
            self._scalars.add(v)

    def _walk(self, block: Block) -> None:
        for op in block.ops:
            self._visit(op)

    def _join(self, targets: Iterable[Value], sources: Iterable[Value]) -> None:
        if any(self.active(s) for s in sources):
            for t in targets:
                self._mark(t)

    def _visit(self, op: Op) -> None:
        name = op.name
        if name == "if":
            for r in op.regions:
                self._walk(r)
            for k, result in enumerate(op.results):
                self._join((result,), [r.yields[k] for r in op.regions])
        elif name in ("for", "while"):
            self._visit_loop(op)
        elif name in ("call", "derive"):
            refs = [v for v in op.operands if is_ref(v.type)]
            self._join((*op.results, *refs), op.operands)
        elif name in STORES:
            self._join(op.operands[:1], op.operands[-1:])
        elif name == "rec_set":
            self._join(op.operands[:1], op.operands[2:])
        elif name in VIEWS or name in ("load", "rec_get"):
            self._join(op.results, op.operands[:1])
        elif not _constant_result(op):
            self._join(op.results, op.operands)

    def _visit_loop(self, op: Op) -> None:
        count = len(op.results) - 1
        body = op.regions[-1]
        inits = op.operands[len(op.operands) - count :]
        yields = body.yields[len(body.yields) - count :]
        for k in range(count):
            params = [r.params[len(r.params) - count + k] for r in op.regions]
            self._join((op.results[k + 1], *params), (inits[k], yields[k]))
        for r in op.regions:
            self._walk(r)


def _constant_result(op: Op) -> bool:
    """True for operations whose results do not vary with their operands: no derivative, or a derivative of
    zero.
    """
    if op.name in ("const", "undef", "alloc", "dim", "rec_new", "rec_grow", "rec_len", "check"):
        return True
    if op.name == "cast":
        return not differentiable(op.results[0].type)
    prim = REGISTRY.get(op.name)
    if prim is None or prim.partials is None:
        return False
    return all(isinstance(p, (int, float)) and p == 0 for p in prim.partials)
