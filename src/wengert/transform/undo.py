"""What a loop overwrites is kept, so that the loop can be run again as if it had not run (`speculate`).

Before::

    for i in range(n):
        c[i] = c[i] * f(i)

After::

    old = np.empty(n)
    for i in range(n):
        old[i] = c[i]
        c[i] = c[i] * f(i)
    if failed:
        for i in range(n - 1, -1, -1):
            c[i] = old[i]
        ... again ...

Each trip must have elements of its own, found by indices that depend on nothing but its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations_with_replacement
from types import MappingProxyType
from typing import Any

from ..analysis.alias import Aliases
from ..analysis.elements import indices
from ..analysis.ranges import Ranges
from ..analysis.trips import ELEMENTS, Trips
from ..ir.build import Builder
from ..ir.core import Func, Op, Value
from ..ir.types import I64, Array, dtype_of
from ..prims import REGISTRY
from .parallel import constant
from .reverse.records import EXPENSIVE

_SAFE: MappingProxyType[str, Any] = MappingProxyType({"safe": True})


class Undo:
    """For one loop: the writes whose targets are kept, and the arrays that keep them."""

    def __init__(self, loop: Op, writes: Sequence[Op] = ()) -> None:
        self.loop = loop
        self.writes = tuple(writes)
        self._kept: dict[Op, Value] = {}

    def begin(self, out: Builder) -> None:
        """Make the arrays, in front of the loop."""
        if not self.writes:
            return
        lo, hi, step = self.loop.operands[:3]
        (ahead,) = out.emit("sub", (hi, lo), types=(I64,))
        (ahead,) = out.emit("mul", (ahead, step), types=(I64,))
        (count,) = out.emit("maximum", (ahead, constant(out, 0, I64)), types=(I64,))
        for op in self.writes:
            t = dtype_of(op.operands[0].type)
            attrs = {"dtype": t, "axes": "n", "fill": "none", "safe": True}
            (self._kept[op],) = out.emit("alloc", (count,), attrs, types=(Array(t, "n"),))

    def keep(self, op: Op, out: Builder) -> None:
        """Keep what ``op`` is about to overwrite, in the loop."""
        if op in self._kept:
            t = dtype_of(op.operands[0].type)
            (old,) = out.emit("load", (op.operands[0], *indices(op)), _SAFE, types=(t,))
            place = self._place(self.loop.regions[0].params[0], out)
            out.emit("store", (self._kept[op], place, old), _SAFE)

    def put_back(self, out: Builder) -> None:
        """Undo all trips; they may be undone in any order."""
        if not self.writes:
            return
        counter = Value(I64)
        inside = Builder(self.loop.span)
        known = {self.loop.regions[0].params[0]: counter}
        for op in reversed(self.writes):
            at = [self._again(v, known, inside) for v in indices(op)]
            place = self._place(counter, inside)
            t = dtype_of(op.operands[0].type)
            (old,) = inside.emit("load", (self._kept[op], place), _SAFE, types=(t,))
            inside.emit("store", (op.operands[0], *at, old), _SAFE)
        region = inside.block((counter,))
        attrs = {"stop": False, "cold": True}
        out.emit("for", self.loop.operands[:3], attrs, (region,), (I64,), span=self.loop.span)

    def _place(self, counter: Value, out: Builder) -> Value:
        """The number of a trip; the step is one or minus one."""
        lo, _, step = self.loop.operands[:3]
        (ahead,) = out.emit("sub", (counter, lo), types=(I64,))
        return out.emit("mul", (ahead, step), types=(I64,))[0]

    def _again(self, v: Value, known: dict[Value, Value], out: Builder) -> Value:
        for op in self.loop.regions[0].ops:
            if v in op.results and v not in known:
                operands = tuple(self._again(u, known, out) for u in op.operands)
                (known[v],) = out.emit(op.name, operands, op.attrs, types=(v.type,), span=op.span)
        return known.get(v, v)


class Undoing:
    """Which loops of a function can be undone."""

    def __init__(self, func: Func) -> None:
        self.func = func

    @cached_property
    def _trips(self) -> Trips:
        ranges = Ranges(self.func, unbounded=True)
        return Trips(ranges, Aliases(self.func, sites=ranges.sites))

    def undo(self, loop: Op, writes: Sequence[Op]) -> Undo | None:
        """How to undo ``writes``, and with them ``loop``; None when that cannot be done or does not pay."""
        if not writes:
            return Undo(loop)
        body = loop.regions[0]
        if not any(op.name in EXPENSIVE for op in body.ops):
            return None
        trips = self._trips
        if trips.ranges.interval(loop.operands[2]) not in ((1, 1), (-1, -1)):
            return None
        outside = trips.ranges.sites.is_defined_outside
        made = {r: op for op in body.ops for r in op.results}
        for op in writes:
            if not outside(op.operands[0], loop) or not all(_from_counter(v, made) for v in indices(op)):
                return None
        accesses = [op for op in body.ops if op.name in ELEMENTS]
        for a, b in combinations_with_replacement(accesses, 2):
            if (a.name != "load" or b.name != "load") and trips.clash(loop, a, b):
                return None
        return Undo(loop, writes)


def _from_counter(v: Value, made: dict[Value, Op]) -> bool:
    """Whether an index is computed from the number of the trip and from what is fixed."""
    todo = [v]
    while todo:
        op = made.get(todo.pop())
        if op is None:
            continue
        pure = op.name in ("const", "dim", "wrap") or REGISTRY[op.name].kind == "elementwise"
        if not pure:
            return False
        todo += op.operands
    return True
