"""Several trips of an outer loop at once: unroll and jam.

A sum in the user's order waits for each addition; several such sums side by side do not.  A row that every
trip of the outer loop adds to is read and written once for several trips.  Each number is computed by the
operations that computed it, in their order: what changes is which of two independent ones comes first.

Before::

    for i in range(n):
        z = 0.0
        for j in range(m):
            z += w[j] * x[i, j]
        y[i] = f(z)

After, with four trips at a time::

    for i in range(0, n - n % 4, 4):
        z0 = z1 = z2 = z3 = 0.0
        for j in range(m):
            z0 += w[j] * x[i, j]
            z1 += w[j] * x[i + 1, j]
            z2 += w[j] * x[i + 2, j]
            z3 += w[j] * x[i + 3, j]
        y[i], y[i + 1], y[i + 2], y[i + 3] = f(z0), f(z1), f(z2), f(z3)
    for i in range(n - n % 4, n): ... as before ...

Index checks are done before, at the ends of both loops; where one fails, the loops run as they were written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from ..analysis.ranges import Ranges
from ..analysis.trips import ELEMENTS
from ..ir.build import Builder
from ..ir.core import Block, Func, Op, Value
from ..ir.types import BOOL, I64
from ..ir.walk import clone_block
from .jam_nest import Moving, Nest, matched, strict_sum
from .parallel import commute, constant
from .plain import Loops


def jam(func: Func) -> Func:
    """``func`` with outer loops jammed where that pays; the same object when nowhere."""
    body = _Jam(func).block(func.body)
    return func if body is func.body else replace(func, body=body)


class _Jam(Loops):
    def __init__(self, func: Func) -> None:
        super().__init__(func)
        self.exact = cache(lambda: Ranges(func))

    def loop(self, loop: Op, out: Builder) -> bool:
        nest = matched(loop, self.trips, self.exact)
        if nest is not None:
            guarded(nest, out)
        return nest is not None


def guarded(nest: Nest, out: Builder) -> None:
    """Put the jammed nest at the end of ``out``, beside the nest itself when an index may be out of
    range."""
    ok = in_range(nest, out)
    if ok is None:
        jammed(nest, out, nest.outer.results)
        return
    fast, slow = Builder(nest.outer.span), Builder(nest.outer.span)
    types = [r.type for r in nest.outer.results]
    results = tuple(Value(t) for t in types)
    jammed(nest, fast, results)
    again = tuple(Value(t) for t in types)
    region = clone_block(nest.outer.regions[0])
    attrs = MappingProxyType({**nest.outer.attrs, "cold": True})
    slow.add(replace(nest.outer, results=again, regions=(region,), attrs=attrs))
    regions = (fast.block((), results), slow.block((), again))
    out.add(Op("if", (ok,), nest.outer.results, regions=regions, span=nest.outer.span))


def in_range(nest: Nest, out: Builder) -> Value | None:
    """Whether the indices that may be out of range are not, at both ends of the loop they move with."""
    seen: set[tuple[Value, int, Moving, Value | None]] = set()
    ok: Value | None = None
    for access, places in nest.moving.items():
        for axis, place in enumerate(places):
            for end in (0, 1) if place.loop is not None else (0,):
                key = (access.operands[0], axis, place, place.loop and place.loop.operands[end])
                if key not in seen:
                    seen.add(key)
                    test = _one_test(access, axis, place, end, out)
                    ok = test if ok is None else out.emit("and", (ok, test), types=(BOOL,))[0]
    return ok


def _one_test(access: Op, axis: int, place: Moving, end: int, out: Builder) -> Value:
    at = constant(out, place.constant, I64)
    for v in (place.symbol, place.loop and _end(place.loop, end, out)):
        if v is not None:
            (at,) = out.emit("add", (v, at), types=(I64,))
    (size,) = out.emit("dim", (access.operands[0],), {"axis": axis}, types=(I64,))
    (low,) = out.emit("ge", (at, constant(out, 0, I64)), types=(BOOL,))
    (high,) = out.emit("lt", (at, size), types=(BOOL,))
    return out.emit("and", (low, high), types=(BOOL,))[0]


def _end(loop: Op, end: int, out: Builder) -> Value:
    """The counter in the first or in the last trip of a loop that goes by one."""
    lo, hi, step = loop.operands[:3]
    return lo if end == 0 else out.emit("sub", (hi, step), types=(I64,))[0]


def jammed(nest: Nest, out: Builder, results: Sequence[Value], ways: int = 0) -> None:
    """The nest, several trips of its outer loop at a time, and then those that are left one by one."""
    outer = nest.outer
    ways = ways or nest.ways
    trips, middle, stride = split(outer, ways, out)
    lo, hi, step = outer.operands[:3]
    types = [r.type for r in outer.results]
    first = out.emit(
        "for",
        (lo, middle, stride, *outer.operands[3:]),
        outer.attrs,
        (_body(nest, step, ways),),
        types,
        span=outer.span,
    )
    left = tuple(Value(t) for t in types)
    region = clone_block(proved(outer).regions[0])
    operands = (middle, hi, step, *first[1:])
    out.add(replace(outer, operands=operands, results=(left[0], *results[1:]), regions=(region,)))
    out.add(Op("add", (trips, constant(out, 0, I64)), (results[0],), span=outer.span))


def split(loop: Op, ways: int, out: Builder) -> tuple[Value, Value, Value]:
    """The trips of a loop that goes by one; where those begin that are left when ``ways``, a power of two,
    are made at a time; and the step until there."""
    lo, hi, step = loop.operands[:3]
    (span,) = out.emit("sub", (hi, lo), types=(I64,))
    (ahead,) = out.emit("mul", (span, step), types=(I64,))
    (trips,) = out.emit("maximum", (ahead, constant(out, 0, I64)), types=(I64,))
    (rest,) = out.emit("bitand", (trips, constant(out, ways - 1, I64)), types=(I64,))
    (most,) = out.emit("sub", (trips, rest), types=(I64,))
    (far,) = out.emit("mul", (most, step), types=(I64,))
    (middle,) = out.emit("add", (lo, far), types=(I64,))
    (stride,) = out.emit("mul", (step, constant(out, ways, I64)), types=(I64,))
    return trips, middle, stride


def proved(op: Op) -> Op:
    """The operation with its accesses, or those of its loop, marked as tested before."""
    if op.name in ELEMENTS:
        return replace(op, attrs=MappingProxyType({**op.attrs, "safe": True}))
    if op.name == "for":
        block = op.regions[0]
        return replace(op, regions=(Block(block.params, tuple(map(proved, block.ops)), block.yields),))
    return op


def _body(nest: Nest, step: Value, ways: int) -> Block:
    """Several trips: part by part, the trips of a part in order, inner loops together."""
    outer = nest.outer
    block = outer.regions[0]
    out = Builder(outer.span)
    params = tuple(Value(p.type, p.hint) for p in block.params)
    counter = params[0]
    known: list[dict[Value, Value]] = []
    for k in range(ways):
        known.append({block.params[0]: counter})
        if k < ways - 1:
            (counter,) = out.emit("add", (counter, step), types=(I64,))
    carried = params[1:]
    for part in nest.parts:
        if isinstance(part, Op):
            _together(nest, part, known, out)
            continue
        last = part is nest.parts[-1]
        for table in known:
            if last:
                table.update(zip(block.params[1:], carried, strict=True))
            inner = Builder(outer.span)
            for op in part:
                _copy(proved(op), table, inner)
            out.ops += inner.ops
            if last:
                carried = tuple(table.get(v, v) for v in block.yields)
    return Block(params, tuple(out.ops), carried)


def _copy(op: Op, table: dict[Value, Value], out: Builder) -> None:
    operands = tuple(table.get(v, v) for v in op.operands)
    regions = tuple(clone_block(r, table) for r in op.regions)
    results = tuple(Value(r.type, r.hint) for r in op.results)
    table.update(zip(op.results, results, strict=True))
    out.add(replace(op, operands=operands, results=results, regions=regions))


def _together(nest: Nest, loop: Op, known: list[dict[Value, Value]], out: Builder) -> None:
    """One loop that makes a trip of ``loop`` for each of several trips of the outer one."""
    block = loop.regions[0]
    counter = Value(I64, block.params[0].hint)
    inits: list[Value] = []
    params: list[Value] = []
    for table in known:
        inits += [table.get(v, v) for v in loop.operands[3:]]
        new = [Value(p.type, p.hint) for p in block.params[1:]]
        table.update(zip(block.params[1:], new, strict=True))
        table[block.params[0]] = counter
        params += new
    inside = Builder(loop.span)
    joint = [op for op in block.ops if op in nest.joint]
    totals: dict[Op, list[Value]] = {op: [] for op in joint}
    for k, table in enumerate(known):
        for op in block.ops:
            if k > 0 and op in nest.shared:
                table[op.result] = known[0][op.result]
            elif op in totals:
                totals[op].append(table.get(op.operands[-1], op.operands[-1]))
            else:
                _copy(proved(op), table, inside)
    for op, values in totals.items():
        _add(op, values, known[0], inside)
    yields = [table.get(v, v) for table in known for v in block.yields]
    trips = Value(I64)
    results: list[Value] = [trips]
    for table in known:
        new = [Value(r.type, r.hint) for r in loop.results[1:]]
        table.update(zip(loop.results, (trips, *new), strict=True))
        results += new
    region = Block((counter, *params), tuple(inside.ops), tuple(yields))
    attrs = MappingProxyType({**loop.attrs, "scalar": True}) if strict_sum(loop) else loop.attrs
    operands = (*loop.operands[:3], *inits)
    out.add(replace(loop, operands=operands, results=tuple(results), attrs=attrs, regions=(region,)))


def _add(op: Op, values: Sequence[Value], table: dict[Value, Value], out: Builder) -> None:
    """Add several values to one element: the user's in order, adjoints among themselves first."""
    at = tuple(table.get(v, v) for v in op.operands[:-1])
    t = op.operands[-1].type
    attrs = {k: v for k, v in op.attrs.items() if k != "safe"}
    if commute(op):
        while len(values) > 1:
            pairs = zip(values[::2], values[1::2], strict=True)
            values = [out.emit("add", pair, attrs, types=(t,))[0] for pair in pairs]
        out.emit("accum", (*at, values[0]), op.attrs, span=op.span)
        return
    (total,) = out.emit("load", at, {"safe": True}, types=(t,), span=op.span)
    for v in values:
        (total,) = out.emit("add", (total, v), attrs, types=(t,), span=op.span)
    out.emit("store", (*at, total), {"safe": True}, span=op.span)
