"""Three nested loops in tiles: rows and columns of what is computed stay in registers.

`jam` makes several trips of the middle loop at once, so that a row is read and written once for several
others.  Where the trips of the outermost loop are independent, several of those are made at once too, and
what they share is read once for all.

Before::

    for i in range(n):
        for k in range(m):
            for j in range(p):
                c[i, j] += a[i, k] * b[k, j]

After, with two trips of both loops at a time::

    for i in range(0, n - n % 2, 2):
        for k in range(0, m - m % 2, 2):
            for j in range(p):
                b0, b1 = b[k, j], b[k + 1, j]
                c[i, j] = (c[i, j] + a[i, k] * b0) + a[i, k + 1] * b1
                c[i + 1, j] = (c[i + 1, j] + a[i + 1, k] * b0) + a[i + 1, k + 1] * b1
        for k in range(m - m % 2, m): ... two rows ...
    for i in range(n - n % 2, n): ... as `jam` makes it ...

Each number is computed by the operations that computed it, in their order; adjoints, whose order is ours,
are added up among several rows first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations_with_replacement
from types import MappingProxyType
from typing import Any

from ..analysis.effects import may_raise, writes
from ..analysis.ranges import Ranges
from ..analysis.trips import ELEMENTS
from ..ir.build import Builder
from ..ir.core import Block, Func, Op, Value
from ..ir.types import Scalar
from ..ir.walk import clone_block
from ..ir.walk import ops as all_ops
from ..prims import REGISTRY
from .jam import in_range, jammed, proved, split
from .jam_nest import Nest, matched
from .parallel import commute
from .plain import Loops

_ROWS = 4
_MOST_STRAIGHT = 8
_TILED: MappingProxyType[str, Any] = MappingProxyType({"stop": False, "tiled": True})


def tile(func: Func) -> Func:
    """``func`` with loops nested three deep in tiles; the same object when there are none."""
    body = _Tile(func).block(func.body)
    return func if body is func.body else replace(func, body=body)


class _Tile(Loops):
    def __init__(self, func: Func) -> None:
        super().__init__(func)
        self.exact = cache(lambda: Ranges(func))

    def loop(self, loop: Op, out: Builder) -> bool:
        nest = self.match(loop)
        if nest is None:
            return False
        checks = Builder(loop.span)
        ok = in_range(nest, checks)
        made = {r for op in checks.ops for r in op.results}
        if any(v not in made and not self.outside(v, loop) for op in checks.ops for v in op.operands):
            return False
        out.ops += checks.ops
        if ok is None:
            self.tiled(loop, nest, out, loop.results)
            return True
        fast, slow = Builder(loop.span), Builder(loop.span)
        results, again = (tuple(Value(r.type) for r in loop.results) for _ in range(2))
        self.tiled(loop, nest, fast, results)
        region = clone_block(_cold(loop).regions[0])
        slow.add(replace(_cold(loop), results=again, regions=(region,)))
        regions = (fast.block((), results), slow.block((), again))
        out.add(Op("if", (ok,), loop.results, regions=regions, span=loop.span))
        return True

    def outside(self, v: Value, loop: Op) -> bool:
        return self.ranges.sites.is_defined_outside(v, loop)

    # matching

    def match(self, outer: Op) -> Nest | None:
        """The nest of the middle loop of ``outer``, when trips of both may be made together and that pays."""
        block = outer.regions[0]
        if any(outer.attrs.get(a) for a in ("stop", "cold", "tiled")) or len(outer.results) != 1:
            return None
        if self.ranges.interval(outer.operands[2]) not in ((1, 1), (-1, -1)) or _count(block) != 1:
            return None
        (middle,) = (op for op in block.ops if op.regions)
        if middle.name != "for" or len(middle.results) != 1 or _count(middle.regions[0]) != 1:
            return None
        if not all(self.outside(v, outer) for v in middle.operands):
            return None
        (inner,) = (op for op in middle.regions[0].ops if op.regions)
        if inner.name != "for" or not all(self.outside(v, outer) for v in inner.operands[:3]):
            return None
        straight = [op for op in (*block.ops, *middle.regions[0].ops) if not op.regions]
        if len(straight) > _MOST_STRAIGHT or not all(map(_is_number, straight)):
            return None
        if any(may_raise(op) for op in block.ops if not op.regions):
            return None
        if not self.independent(outer) or not self.reuses(outer, inner):
            return None
        nest = matched(middle, self.trips, self.exact)
        raising = {op for op in all_ops(block) if may_raise(op)}
        return nest if nest is not None and raising <= set(nest.moving) else None

    def independent(self, outer: Op) -> bool:
        """Whether no trip of ``outer`` sees what another does, but for sums whose order is ours."""
        accesses = [op for op in all_ops(outer.regions[0]) if op.name in ELEMENTS]
        return not any(
            self.trips.clash(outer, a, b)
            for a, b in combinations_with_replacement(accesses, 2)
            if not (a.name == "load" and b.name == "load") and not (commute(a) and commute(b))
        )

    def reuses(self, outer: Op, inner: Op) -> bool:
        """Whether trips of ``outer`` read the same elements in ``inner``."""
        body = outer.regions[0]
        same = {loop.regions[0].params[0] for loop in all_ops(body) if loop.name == "for"}
        for op in all_ops(body):
            fixed = all(v in same or self.outside(v, outer) for v in op.operands)
            if op.regions or not op.results or not fixed:
                continue
            if op.name != "load":
                same |= set(op.results)
            elif op in inner.regions[0].ops and not self.written(op.operands[0], outer):
                return True
        return False

    def written(self, array: Value, outer: Op) -> bool:
        share = self.trips.share
        inside = all_ops(outer.regions[0])
        return any(share(outer, v, array) for op in inside if not op.regions for v in writes(op))

    # building

    def tiled(self, outer: Op, nest: Nest, out: Builder, results: Sequence[Value]) -> None:
        """The loops in tiles, and then the trips of ``outer`` that are left."""
        (inner,) = (op for op in nest.outer.regions[0].ops if op.regions)
        trips, middle, stride = split(outer, _ROWS, out)
        body = self.strips(outer, nest, 2 if len(inner.results) > 1 else 4)
        lo, hi, step = outer.operands[:3]
        together = _Together(self, outer)
        out.emit(
            "for", (lo, middle, stride), _TILED, (together.block(body, step),), (trips.type,), span=outer.span
        )
        rest = clone_block(self.strips(outer, nest, nest.ways))
        left = (Value(trips.type),)
        out.add(replace(outer, operands=(middle, hi, step), results=left, attrs=_TILED, regions=(rest,)))
        (zero,) = out.emit("const", (), {"value": 0}, types=(trips.type,))
        out.add(Op("add", (trips, zero), (results[0],), span=outer.span))

    def strips(self, outer: Op, nest: Nest, ways: int) -> Block:
        """The body of ``outer`` with several trips of the middle loop at a time."""
        out = Builder(outer.span)
        for op in outer.regions[0].ops:
            if op is nest.outer:
                jammed(nest, out, op.results, ways)
            else:
                out.add(op)
        block = outer.regions[0]
        ops = tuple(replace(op, attrs=_TILED) if op.name == "for" else op for op in out.ops)
        return Block(block.params, ops, block.yields)


class _Together:
    """Several trips of a loop at once, the loops in it together."""

    def __init__(self, tile: _Tile, outer: Op) -> None:
        self.tile = tile
        self.outer = outer

    def block(self, block: Block, step: Value) -> Block:
        """Several trips of a loop with this body."""
        out = Builder(self.outer.span)
        first = counter = Value(block.params[0].type, block.params[0].hint)
        known: list[dict[Value, Value]] = []
        for k in range(_ROWS):
            known.append({block.params[0]: counter})
            if k < _ROWS - 1:
                (counter,) = out.emit("add", (counter, step), types=(counter.type,))
        self.ops(block, known, out)
        return Block((first,), tuple(out.ops), ())

    def ops(self, block: Block, known: list[dict[Value, Value]], out: Builder) -> None:
        """The operations of a block, each for all trips before the next one."""
        sums = [op for op in block.ops if self.is_joint(op, block, known)]
        for op in block.ops:
            if op.name == "for":
                self.loop(op, known, out)
            elif op not in sums:
                self.each(op, known, out)
        for op in sums:
            values = [table.get(op.operands[-1], op.operands[-1]) for table in known]
            attrs = {k: v for k, v in op.attrs.items() if k != "safe"}
            while len(values) > 1:
                pairs = zip(values[::2], values[1::2], strict=True)
                values = [out.emit("add", pair, attrs, types=(pair[0].type,))[0] for pair in pairs]
            at = tuple(known[0].get(v, v) for v in op.operands[:-1])
            out.emit("accum", (*at, values[0]), proved(op).attrs, span=op.span)

    def loop(self, loop: Op, known: list[dict[Value, Value]], out: Builder) -> None:
        """One loop that makes a trip of ``loop`` for each of several trips of the outermost one."""
        block = loop.regions[0]
        counter = Value(block.params[0].type, block.params[0].hint)
        inside = Builder(loop.span)
        inits: list[Value] = []
        params: list[Value] = []
        for table in known:
            inits += [table.get(v, v) for v in loop.operands[3:]]
            new = [Value(p.type, p.hint) for p in block.params[1:]]
            table.update(zip(block.params, (counter, *new), strict=True))
            params += new
        self.ops(block, known, inside)
        yields = [table.get(v, v) for table in known for v in block.yields]
        trips = Value(loop.results[0].type)
        results = [trips]
        for table in known:
            new = [Value(r.type, r.hint) for r in loop.results[1:]]
            table.update(zip(loop.results, (trips, *new), strict=True))
            results += new
        bounds = tuple(known[0].get(v, v) for v in loop.operands[:3])
        region = Block((counter, *params), tuple(inside.ops), tuple(yields))
        out.add(replace(loop, operands=(*bounds, *inits), results=tuple(results), regions=(region,)))

    def each(self, op: Op, known: list[dict[Value, Value]], out: Builder) -> None:
        """``op`` for each trip, or once where all would give the same."""
        op = proved(op)
        first = known[0]
        for table in known:
            operands = tuple(table.get(v, v) for v in op.operands)
            if table is not first and self.is_fixed(op) and operands == self.given(op, first):
                table.update((r, first[r]) for r in op.results)
                continue
            results = tuple(Value(r.type, r.hint) for r in op.results)
            table.update(zip(op.results, results, strict=True))
            out.add(replace(op, operands=operands, results=results))

    def given(self, op: Op, table: dict[Value, Value]) -> tuple[Value, ...]:
        return tuple(table.get(v, v) for v in op.operands)

    def is_fixed(self, op: Op) -> bool:
        """Whether ``op`` gives the same wherever its operands are the same."""
        if op.name == "load":
            return not self.tile.written(op.operands[0], self.outer)
        return bool(op.results) and op.name not in ELEMENTS

    def is_joint(self, op: Op, block: Block, known: list[dict[Value, Value]]) -> bool:
        """Whether all trips add to the same elements, which nothing else in the block looks at."""
        if not commute(op):
            return False
        moving = {v for v in known[0] if any(table.get(v) is not known[0][v] for table in known)}
        made = {r: o for o in block.ops for r in o.results}
        if any(_depends(v, moving, made) for v in op.operands[:-1]):
            return False
        cls = self.tile.aliases.cls
        others = [o for o in block.ops if o.name in ELEMENTS and cls(o.operands[0]) == cls(op.operands[0])]
        return all(map(commute, others)) and not any(
            o.name == "for" and self.tile.written(op.operands[0], o) for o in block.ops
        )


def _depends(v: Value, moving: set[Value], made: dict[Value, Op]) -> bool:
    """Whether ``v`` may differ among the trips."""
    if v in moving:
        return True
    op = made.get(v)
    return op is not None and (bool(op.regions) or any(_depends(u, moving, made) for u in op.operands))


def _count(block: Block) -> int:
    return sum(bool(op.regions) for op in block.ops)


def _is_number(op: Op) -> bool:
    if any(not isinstance(r.type, Scalar) for r in op.results):
        return False
    return op.name in ELEMENTS or op.name in ("const", "dim") or REGISTRY[op.name].kind == "elementwise"


def _cold(loop: Op) -> Op:
    """The loop as it was written, for when an index is out of range."""
    ops = tuple(_cold(op) if op.name == "for" else op for op in loop.regions[0].ops)
    block = Block(loop.regions[0].params, ops, loop.regions[0].yields)
    return replace(loop, attrs=MappingProxyType({**loop.attrs, "cold": True}), regions=(block,))
