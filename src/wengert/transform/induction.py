"""Integers that grow from trip to trip by an amount that is known beforehand are computed from the counter.

A position that walks through packed data (``at += 1`` in a nest) would have to be recorded for the reverse
sweep, and hides from every analysis which elements are touched.  The amount may be linear in the counter, as
it is after an inner loop over a triangle; then the position is quadratic in it.  Integers wrap in both forms
alike, so they are the same to the last bit.

Before::

    %n, %end = for(%lo, %hi, %one, %at) : i64, i64 {
      (%i: i64, %p: i64):
      %x = load(%a, %p) : f64
      store(%y, %i, %x)
      %next = add(%p, %c) : i64
      yield %next
    }

After::

    %n = for(%lo, %hi, %one) : i64 {
      (%i: i64):
      %k = sub(%i, %lo) : i64
      %far = mul(%k, %c) : i64
      %p = add(%at, %far) : i64
      %x = load(%a, %p) : f64
      store(%y, %i, %x)
      yield
    }
    %length = mul(%n, %c) : i64
    %end = add(%at, %length) : i64
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from ..analysis.affine import Linear, Symbol
from ..analysis.ranges import Ranges
from ..ir.build import Builder
from ..ir.core import Block, Func, Op, Value
from ..ir.types import I64

_MAX_TERMS = 6


def induction(func: Func) -> Func:
    """``func`` with positions computed from counters; the same object when there are none to compute."""
    work = _Induction(func)
    work.find(func.body)
    if not work.closed:
        return func
    return replace(func, body=work.block(func.body))


@dataclass(frozen=True, slots=True)
class _Sum:
    """A carried integer that is ``init + k*first + grow*k*(k - 1)/2`` in trip ``k``."""

    first: Linear
    grow: int


class _Induction:
    def __init__(self, func: Func) -> None:
        self.ranges = Ranges(func, unbounded=True)
        self.sites = self.ranges.sites
        self.forms: dict[Symbol, Linear] = {}
        """Results of loops, and what they carry, as forms in other values."""
        self.closed: dict[Op, dict[int, _Sum]] = {}
        self.env: dict[Value, Value] = {}

    # finding

    def find(self, block: Block) -> None:
        """Look at the loops of ``block``, innermost first."""
        for op in block.ops:
            for region in op.regions:
                self.find(region)
            if op.name == "for" and not op.attrs.get("stop"):
                self.look(op)

    def look(self, loop: Op) -> None:
        step = self.ranges.interval(loop.operands[2])
        if step not in ((1, 1), (-1, -1)):
            return
        sign, trips = step[0], self.trips(loop, step[0])
        found: dict[int, _Sum] = {}
        for n, p in enumerate(loop.regions[0].params[1:]):
            total = self.sum(loop, n, sign) if p.type == I64 else None
            if total is None:
                continue
            found[n] = total
            if total.first.is_constant and not total.grow:
                c, start = total.first.constant, self.form(loop.operands[3 + n])
                counter = Linear.symbol(loop.regions[0].params[0])
                self.forms[p] = start + (counter - self.form(loop.operands[0])) * (sign * c)
                if trips is not None:
                    self.forms[loop.results[1 + n]] = start + trips * c
        if found:
            self.closed[loop] = found

    def trips(self, loop: Op, sign: int) -> Linear | None:
        """The number of trips as a linear form, when the bounds are known to be in order."""
        lo, hi = (self.form(v) for v in loop.operands[:2])
        length = (hi - lo) * sign
        if not self.ranges.prove(loop, length):
            return None
        self.forms[loop.results[0]] = length
        return length

    def form(self, v: Value) -> Linear:
        return self.resolved(self.ranges.linear(v))

    def resolved(self, form: Linear) -> Linear:
        """The form without the symbols that `forms` has."""
        for s in tuple(form.terms):
            known = self.forms.get(s)
            if known is not None:
                c = form.terms[s]
                form = form - Linear({s: c}) + known * c
        return form

    def sum(self, loop: Op, n: int, sign: int) -> _Sum | None:
        """How carried value number ``n`` grows, if what it grows by is the same in all trips or linear in the
        counter."""
        body = loop.regions[0]
        counter, p = body.params[0], body.params[1 + n]
        grows = self.form(body.yields[n]) - Linear.symbol(p)
        if len(grows.terms) > _MAX_TERMS:
            return None
        slope = grows.terms.get(counter, 0)
        rest = grows - Linear({counter: slope})
        if not all(self.is_outside(s, loop) for s in rest.terms):
            return None
        first = rest + self.form(loop.operands[0]) * slope
        return _Sum(first, slope * sign) if len(first.terms) <= _MAX_TERMS else None

    def is_outside(self, s: Symbol, loop: Op) -> bool:
        v = cast("tuple[Value, int]", s)[0] if isinstance(s, tuple) else s
        return isinstance(v, Value) and self.sites.is_defined_outside(v, loop)

    # building

    def block(self, block: Block) -> Block:
        out = Builder()
        for op in block.ops:
            operands = tuple(self.env.get(v, v) for v in op.operands)
            if op in self.closed:
                self.rebuild(op, operands, self.closed[op], out)
            elif op.regions:
                regions = tuple(self.block(r) for r in op.regions)
                out.add(replace(op, operands=operands, regions=regions))
            else:
                out.add(op if operands == op.operands else replace(op, operands=operands))
        return Block(block.params, tuple(out.ops), tuple(self.env.get(v, v) for v in block.yields))

    def rebuild(self, loop: Op, operands: Sequence[Value], sums: dict[int, _Sum], out: Builder) -> None:
        """Put ``loop`` at the end of ``out`` without the values that are computed."""
        body = loop.regions[0]
        sign = self.ranges.interval(loop.operands[2])[0]
        out.span = loop.span
        firsts = {n: self.value(out, s.first) for n, s in sums.items()}
        inside = Builder(loop.span)
        ends = (body.params[0], operands[0]) if sign > 0 else (operands[0], body.params[0])
        (k,) = inside.emit("sub", ends, types=(I64,))
        for n, s in sums.items():
            p = body.params[1 + n]
            self.env[p] = at(inside, operands[3 + n], firsts[n], s.grow, k, p.hint)
        rest = self.block(body)
        kept = [n for n in range(len(body.params) - 1) if n not in sums]
        region = Block(
            (body.params[0], *(body.params[1 + n] for n in kept)),
            (*inside.ops, *rest.ops),
            tuple(rest.yields[n] for n in kept),
        )
        results = (loop.results[0], *(loop.results[1 + n] for n in kept))
        carried = (*operands[:3], *(operands[3 + n] for n in kept))
        out.add(replace(loop, operands=carried, results=results, regions=(region,)))
        for n, s in sums.items():
            r = loop.results[1 + n]
            self.env[r] = at(out, operands[3 + n], firsts[n], s.grow, loop.results[0], r.hint)
        out.span = None

    def value(self, out: Builder, form: Linear) -> Value:
        """A linear form as a value."""
        total = constant(out, form.constant) if form.constant or not form.terms else None
        for s, c in form.terms.items():
            term = times(out, self.symbol(out, s), c)
            total = term if total is None else out.emit("add", (total, term), types=(I64,))[0]
        assert total is not None
        return total

    def symbol(self, out: Builder, s: Symbol) -> Value:
        if isinstance(s, Value):
            return self.env.get(s, s)
        array, axis = cast("tuple[Value, int]", s)
        return out.emit("dim", (self.env.get(array, array),), {"axis": axis}, types=(I64,))[0]


def at(out: Builder, init: Value, first: Value, grow: int, k: Value, hint: str) -> Value:
    """``init + k*first + grow*k*(k - 1)/2``; the half is taken of the even factor."""

    def emit(name: str, a: Value, b: Value) -> Value:
        return out.emit(name, (a, b), types=(I64,))[0]

    far = emit("mul", k, first)
    if grow:
        one, two = constant(out, 1), constant(out, 2)
        odd = emit("bitand", k, one)
        pairs = emit("mul", emit("floordiv", k, two), emit("add", emit("sub", k, one), odd))
        far = emit("add", far, times(out, pairs, grow))
    return out.emit("add", (init, far), types=(I64,), hints=(hint,))[0]


def times(out: Builder, v: Value, c: int) -> Value:
    """``c * v``."""
    return v if c == 1 else out.emit("mul", (v, constant(out, c)), types=(I64,))[0]


def constant(out: Builder, n: int) -> Value:
    """An integer."""
    return out.emit("const", (), {"value": n}, types=(I64,))[0]
