"""Loops whose trips may be made in any order: found, made, turned upwards and marked for the emitter.

Only innermost loops over numbers and elements, in which nothing may raise.  Three changes, all of adjoint
arithmetic only (the user's own is never reordered):

* A sum of adjoints is carried in a register, and marked ``fast='reassoc'``.
* A loop that scatters several adjoints is distributed over as many loops as it takes for each to touch every
  element in one trip only.
* What counts down counts up.

Before::

    %n = for(%hi, %zero, %down) : i64 {
      (%j: i64):
      %next = add(%j, %one) : i64
      %last = sub(%j, %one) : i64
      %g = load(%y_bar, %j) {safe=True, adjoint=True} : f64
      store(%y_bar, %j, %null) {safe=True, adjoint=True}
      accum(%x_bar, %next, %g) {safe=True, adjoint=True}
      accum(%x_bar, %last, %g) {safe=True, adjoint=True}
      yield
    }

After::

    %first = add(%zero, %one) : i64
    %end = add(%hi, %one) : i64
    %n = for(%first, %end, %one) {parallel=True} : i64 {
      (%j: i64):
      %next = add(%j, %one) : i64
      %g = load(%y_bar, %j) {safe=True, adjoint=True} : f64
      accum(%x_bar, %next, %g) {safe=True, adjoint=True}
      yield
    }
    %n.1 = for(%first, %end, %one) {parallel=True} : i64 {
      (%j: i64):
      %last = sub(%j, %one) : i64
      %g = load(%y_bar, %j) {safe=True, adjoint=True} : f64
      accum(%x_bar, %last, %g) {safe=True, adjoint=True}
      store(%y_bar, %j, %null) {safe=True, adjoint=True}
      yield
    }
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations_with_replacement
from types import MappingProxyType
from typing import Any

from ..analysis.elements import indices
from ..analysis.ranges import Ranges
from ..analysis.trips import ELEMENTS
from ..ir.build import Builder
from ..ir.core import Block, Func, Op, Value
from ..ir.types import BOOL, I64, Scalar
from ..ir.walk import clone_block
from .plain import PlainLoops

_MAX_ACCESSES = 24
_MAX_LOOPS = 4
_MAX_OPS = 48


def parallel(func: Func) -> Func:
    """``func`` with its independent loops marked; the same object when there are none."""
    body = _Parallel(func).block(func.body)
    return func if body is func.body else replace(func, body=body)


class _Parallel(PlainLoops):
    def plain(self, loop: Op, out: Builder) -> None:
        """Put ``loop`` at the end of ``out``, in a better form when there is one."""
        body = loop.regions[0]
        accesses = [op for op in body.ops if op.name in ELEMENTS]
        sums = reductions(body)
        if not accesses or len(accesses) > _MAX_ACCESSES or loop.attrs.get("parallel"):
            out.add(loop)
            return
        if sums is None:
            # what is carried is computed in order; memory is touched in any
            apart = self.groups(loop, accesses)
            out.add(marked(loop) if apart is not None and len(apart) == 1 else loop)
            return
        fixed = self.fixed(loop, accesses)
        groups = self.groups(loop, [op for op in accesses if op not in fixed])
        if groups is None or (len(groups) > 1 and (fixed or body.yields)):
            out.add(loop)
            return
        lo, hi, step = upwards(loop, self.ranges, out)
        loop = replace(loop, operands=(lo, hi, step, *loop.operands[3:]))
        loop = marked(reassociated(loop, sums))
        if len(groups) > 1:
            self.distribute(loop, groups, out)
        else:
            carry(loop, fixed, out)

    def fixed(self, loop: Op, accesses: Sequence[Op]) -> list[Op]:
        """The accumulations of adjoints to one element in all trips that nothing else in the loop touches."""
        return [
            op
            for op in accesses
            if op.name == "accum"
            and op.attrs.get("adjoint")
            and all(self.ranges.sites.is_defined_outside(v, loop) for v in indices(op))
            and isinstance(op.operands[-1].type, Scalar)
            and op.operands[-1].type.is_float
            and not any(
                self.trips.clash(loop, op, x) or self.trips.meet(loop, op, x) for x in accesses if x is not op
            )
        ]

    def groups(self, loop: Op, accesses: Sequence[Op]) -> list[list[Op]] | None:
        """The writes of the loop in groups, one for each loop to be made; ``None`` when some trips meet."""
        clashes: set[tuple[Op, Op]] = set()
        for a, b in combinations_with_replacement(accesses, 2):
            if (a.name != "load" or b.name != "load") and self.trips.clash(loop, a, b):
                if a is b or not (commute(a) and commute(b)):
                    return None
                clashes |= {(a, b), (b, a)}
        writes = [op for op in accesses if op.name != "load"]
        if not clashes:
            return [writes]
        if len(loop.regions[0].ops) > _MAX_OPS:
            return None
        groups: list[list[Op]] = []
        for op in filter(commute, writes):
            for group in groups:
                if not any((op, x) in clashes for x in group):
                    group.append(op)
                    break
            else:
                groups.append([op])
        # clearing comes last, when all have read
        groups[-1] += [op for op in writes if not commute(op)]
        return groups if len(groups) <= _MAX_LOOPS and self.in_order(loop, groups, accesses) else None

    def in_order(self, loop: Op, groups: list[list[Op]], accesses: Sequence[Op]) -> bool:
        """Whether each group, made in the order of the groups, sees what it saw in one loop."""
        group_of = {op: k for k, group in enumerate(groups) for op in group}
        order = {op: k for k, op in enumerate(accesses)}
        needs = slices(loop.regions[0])
        for k, group in enumerate(groups):
            own = {op for w in group for op in needs[w]} | set(group)
            for x in own:
                if x.name not in ELEMENTS:
                    continue
                for w, at in group_of.items():
                    if at == k or (commute(x) and commute(w)):
                        continue
                    if (order[w] < order[x]) != (at < k) and self.trips.meet(loop, x, w):
                        return False
        return True

    def distribute(self, loop: Op, groups: list[list[Op]], out: Builder) -> None:
        body = loop.regions[0]
        needs = slices(body)
        for k, group in enumerate(groups):
            own = {op for w in group for op in needs[w]} | set(group)
            part = Block(body.params, tuple(op for op in body.ops if op in own), ())
            results = loop.results if k == 0 else (Value(I64),)
            region = part if k == 0 else clone_block(part)
            out.add(replace(loop, results=results, regions=(region,)))


def marked(loop: Op) -> Op:
    return replace(loop, attrs=MappingProxyType({**loop.attrs, "parallel": True}))


def commute(op: Op) -> bool:
    """Whether ``op`` is an accumulation whose order is ours."""
    return op.name == "accum" and bool(op.attrs.get("adjoint"))


def slices(body: Block) -> dict[Op, set[Op]]:
    """For each operation of a block those of the block that it needs."""
    made: dict[Value, Op] = {}
    out: dict[Op, set[Op]] = {}
    for op in body.ops:
        needs: set[Op] = set()
        for v in op.operands:
            if v in made:
                needs |= {made[v], *out[made[v]]}
        out[op] = needs
        made.update(dict.fromkeys(op.results, op))
    return out


def reductions(body: Block) -> set[Op] | None:
    """The additions of adjoints that make the carried values sums; ``None`` when some carried value is no
    sum."""
    uses: Counter[Value] = Counter(body.yields)
    by: dict[Value, Op] = {}
    for op in body.ops:
        uses.update(op.operands)
        by.update(dict.fromkeys(op.operands, op))
    found: set[Op] = set()
    for param, new in zip(body.params[1:], body.yields, strict=True):
        v = param
        while v is not new:
            op = by.get(v)
            if uses[v] != 1 or op is None or not op.attrs.get("adjoint") or op.name not in ("add", "sub"):
                return None
            if op.name == "sub" and op.operands[0] is not v:
                return None
            if not isinstance(v.type, Scalar) or not v.type.is_float:
                return None
            found.add(op)
            v = op.result
        if uses[v] != 1:
            return None
    return found


def upwards(loop: Op, ranges: Ranges, out: Builder) -> tuple[Value, Value, Value]:
    """The bounds and the step of a loop that makes the same trips, counting up when it counted down by
    one."""
    lo, hi, step = loop.operands[:3]
    if ranges.interval(step) != (-1, -1):
        return lo, hi, step
    one = constant(out, 1, I64)
    (first,) = out.emit("add", (hi, one), types=(I64,), span=loop.span)
    (end,) = out.emit("add", (lo, one), types=(I64,), span=loop.span)
    return first, end, one


def reassociated(loop: Op, sums: set[Op]) -> Op:
    if not sums:
        return loop
    body = loop.regions[0]
    attrs = MappingProxyType({"adjoint": True, "fast": "reassoc"})
    ops = tuple(replace(op, attrs=attrs) if op in sums else op for op in body.ops)
    return replace(loop, regions=(Block(body.params, ops, body.yields),))


def carry(loop: Op, fixed: Sequence[Op], out: Builder) -> None:
    """Put ``loop`` at the end of ``out``, the accumulations of ``fixed`` carried in registers."""
    if not fixed:
        out.add(loop)
        return
    body = loop.regions[0]
    params, yields, inits = list(body.params), list(body.yields), list(loop.operands)
    results, ops = list(loop.results), list[Op]()
    for op in body.ops:
        if op not in fixed:
            ops.append(op)
            continue
        t = op.operands[-1].type
        assert isinstance(t, Scalar)
        before, after, total = Value(t), Value(t), Value(t)
        attrs = MappingProxyType({"adjoint": True, "fast": "reassoc"})
        ops.append(Op("add", (before, op.operands[-1]), (after,), attrs, (), op.span))
        params.append(before)
        yields.append(after)
        inits.append(constant(out, 0.0, t))
        results.append(total)
    region = Block(tuple(params), tuple(ops), tuple(yields))
    out.add(replace(loop, operands=tuple(inits), results=tuple(results), regions=(region,)))
    (some,) = out.emit("gt", (results[0], constant(out, 0, I64)), types=(BOOL,))
    inner = Builder(loop.span)
    totals = results[len(results) - len(fixed) :]
    for op, total in zip([op for op in body.ops if op in fixed], totals, strict=True):
        inner.add(replace(op, operands=(*op.operands[:-1], total)))
    out.emit("if", (some,), regions=(inner.block(), Block()))


def constant(out: Builder, value: Any, t: Scalar) -> Value:
    return out.emit("const", (), {"value": value}, types=(t,))[0]


__all__ = ["constant", "parallel", "slices", "upwards"]
