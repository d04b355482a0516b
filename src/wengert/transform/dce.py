"""Dead code elimination.

Liveness is optimistic: everything is dead until something observable needs it, so a carried value that only
feeds itself goes, and so do stores into memory that nobody reads and records that nobody opens.  What may
raise stays, for an exception is observable.

Before::

    %n, %s.1, %t.1 = for(%lo, %hi, %one, %zero, %zero) : i64, f64, f64 {
      (%i: i64, %s: f64, %t: f64):
      %s.2 = add(%s, %x) : f64
      %t.2 = mul(%t, %x) : f64
      yield %s.2, %t.2
    }
    yield %s.1

After::

    %n, %s.1 = for(%lo, %hi, %one, %zero) : i64, f64 {
      (%i: i64, %s: f64):
      %s.2 = add(%s, %x) : f64
      yield %s.2
    }
    yield %s.1
"""

from __future__ import annotations

from dataclasses import replace
from typing import overload

from ..analysis.alias import Aliases
from ..analysis.effects import CONTROL, may_raise, reads, writes
from ..analysis.sites import Sites
from ..ir.core import Block, Func, Module, Op, Value
from ..ir.types import is_ref


@overload
def dce(target: Func) -> Func: ...
@overload
def dce(target: Module) -> Module: ...
def dce(target: Func | Module) -> Func | Module:
    """The function, or every function of the module, without dead code; the same object when there is
    none."""
    if isinstance(target, Module):
        return reachable(Module(target.entry, {name: dce(f) for name, f in target.funcs.items()}))
    live = _Liveness(target)
    body = live.prune(target.body, tuple(range(len(target.body.yields))))
    return target if body is target.body else replace(target, body=body)


def reachable(module: Module) -> Module:
    """``module`` without the functions that are never called."""
    reached: set[str] = set()
    todo = [module.entry]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            for op in Sites(module.funcs[name]).ops:
                if op.name in ("call", "derive", "custom"):
                    todo += [op.attrs[k] for k in ("func", "jvp", "vjp") if k in op.attrs]
    if len(reached) == len(module.funcs):
        return module
    return Module(module.entry, {name: f for name, f in module.funcs.items() if name in reached})


def carried_count(op: Op) -> int:
    """How many values a ``for`` or ``while`` carries."""
    return len(op.results) - 1


class _Liveness:
    """Marks what is needed, from the results and effects of the function backwards."""

    def __init__(self, func: Func) -> None:
        self.sites = Sites(func)
        self.aliases = Aliases(func, sites=self.sites)
        self.ops: set[Op] = set()
        self.values: set[Value] = set()
        self.groups: set[tuple[Op, int]] = set()
        self.observed: set[int] = set()
        self.pending: dict[int, list[Op]] = {}
        self._todo: list[Op | Value | tuple[Op, int]] = []
        self._seed(func)
        while self._todo:
            item = self._todo.pop()
            if isinstance(item, Op):
                self._expand_op(item)
            elif isinstance(item, Value):
                self._expand_value(item)
            else:
                self._expand_group(*item)

    def _seed(self, func: Func) -> None:
        for op in self.sites.ops:
            if op.name in CONTROL:
                continue
            if may_raise(op) or op.name in ("call", "derive"):
                self._need(op)
            elif written := writes(op):
                for v in written:
                    self.pending.setdefault(self.aliases.cls(v), []).append(op)
        for cls in self.aliases.classes:
            if self.aliases.is_param(cls):
                self._observe(cls)
        for v in func.results:
            self._need_value(v)
            if is_ref(v.type):
                self._observe(self.aliases.cls(v))

    def _need(self, op: Op) -> None:
        if op not in self.ops:
            self.ops.add(op)
            self._todo.append(op)

    def _need_value(self, v: Value) -> None:
        if v not in self.values:
            self.values.add(v)
            self._todo.append(v)

    def _need_group(self, op: Op, k: int) -> None:
        if (op, k) not in self.groups:
            self.groups.add((op, k))
            self._todo.append((op, k))

    def _observe(self, cls: int) -> None:
        """Memory of the class is seen by something that lives, so the writes to it live."""
        if cls in self.observed:
            return
        self.observed.add(cls)
        for op in self.pending.pop(cls, ()):
            self._need(op)
        items = self.aliases.items(cls)
        if items is not None:
            self._observe(items)

    def _expand_op(self, op: Op) -> None:
        owner = self.sites.path(op)[-1].owner
        if owner is not None:
            self._need(owner)
        if op.name == "if":
            self._need_value(op.operands[0])
        elif op.name == "for":
            for v in op.operands[:3]:
                self._need_value(v)
            if op.attrs.get("stop"):
                self._need_value(op.regions[0].yields[0])
        elif op.name == "while":
            self._need_value(op.regions[0].yields[0])
        else:
            for v in op.operands:
                self._need_value(v)
            for v in reads(op):
                self._observe(self.aliases.cls(v))

    def _expand_value(self, v: Value) -> None:
        op = self.sites.definition(v)
        if op is not None:
            self._need(op)
            if op.name in CONTROL:
                k = op.results.index(v) if op.name == "if" else op.results.index(v) - 1
                if k >= 0:
                    self._need_group(op, k)
            return
        place = self.sites.param_of(v)
        assert place is not None, v
        owner, region, position = place
        if owner is not None:
            self._need(owner)
            k = position - (len(owner.regions[region].params) - carried_count(owner))
            if k >= 0:
                self._need_group(owner, k)

    def _expand_group(self, op: Op, k: int) -> None:
        """Result ``k`` of an ``if``, or carried value ``k`` of a loop."""
        if op.name == "if":
            for region in op.regions:
                self._need_value(region.yields[k])
            return
        count = carried_count(op)
        last = op.regions[-1]
        self._need_value(op.operands[len(op.operands) - count + k])
        self._need_value(last.yields[len(last.yields) - count + k])

    # rewriting

    def prune(
        self, block: Block, kept: tuple[int, ...], dropped_params: frozenset[int] = frozenset()
    ) -> Block:
        """``block`` with its live ops, the yields in ``kept`` and without the parameters in
        ``dropped_params``."""
        ops = tuple(self._prune_op(op) for op in block.ops if op in self.ops)
        if len(kept) == len(block.yields) and not dropped_params and _same(ops, block.ops):
            return block
        params = tuple(p for k, p in enumerate(block.params) if k not in dropped_params)
        return Block(params, ops, tuple(block.yields[k] for k in kept))

    def _prune_op(self, op: Op) -> Op:
        if not op.regions:
            return op
        if op.name == "if":
            keep = tuple(k for k in range(len(op.results)) if (op, k) in self.groups)
            regions = tuple(self.prune(r, keep) for r in op.regions)
            operands, results = op.operands, tuple(op.results[k] for k in keep)
        else:
            count = carried_count(op)
            live = [k for k in range(count) if (op, k) in self.groups]
            dead = [k for k in range(count) if (op, k) not in self.groups]
            heads = len(op.operands) - count
            operands = op.operands[:heads] + tuple(op.operands[heads + k] for k in live)
            results = op.results[:1] + tuple(op.results[k + 1] for k in live)
            regions = tuple(self._prune_region(op, r, live, dead, count) for r in op.regions)
        if _same(regions, op.regions) and len(results) == len(op.results):
            return op
        return Op(op.name, operands, results, op.attrs, regions, op.span)

    def _prune_region(self, op: Op, region: Block, live: list[int], dead: list[int], count: int) -> Block:
        own = len(region.params) - count
        if op.name == "while" and region is op.regions[0]:
            kept = (0,)
        else:
            heads = len(region.yields) - count
            kept = (*range(heads), *(heads + k for k in live))
        return self.prune(region, kept, frozenset(own + k for k in dead))


def _same(a: tuple[object, ...], b: tuple[object, ...]) -> bool:
    return len(a) == len(b) and all(x is y for x, y in zip(a, b, strict=True))
