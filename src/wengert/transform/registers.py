"""Elements that one trip of a loop leaves to the next stay in registers.

Where a loop touches ``x[j - 1]``, ``x[j]`` and ``x[j + 1]`` and writes one of them, what is computed runs
from trip to trip through memory.  A window on these elements moves along with the loop instead: each trip
reads the element that enters and writes the one that leaves.

Before::

    %n = for(%lo, %hi, %one) : i64 {
      (%j: i64):
      %next = add(%j, %one) : i64
      %g = load(%x, %j) {safe=True} : f64
      %h = mul(%g, %c) : f64
      accum(%x, %next, %h) {safe=True}
      yield
    }

After::

    %some = lt(%lo, %hi) : bool
    %first = if(%some) : f64 {
      %x.1 = load(%x, %lo) {safe=True} : f64
      yield %x.1
    } {
      yield %zero
    }
    %n, %left = for(%lo, %hi, %one, %first) : i64, f64 {
      (%j: i64, %here: f64):
      %next = add(%j, %one) : i64
      %ahead = load(%x, %next) {safe=True} : f64
      %h = mul(%here, %c) : f64
      %sum = add(%ahead, %h) : f64
      store(%x, %j, %here) {safe=True}
      yield %sum
    }
    if(%some) {
      %end = add(%lo, %n) : i64
      store(%x, %end, %left) {safe=True}
    }
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from ..analysis.affine import Linear
from ..analysis.elements import indices
from ..analysis.trips import ELEMENTS
from ..ir.build import Builder
from ..ir.core import Block, Func, Op, Value
from ..ir.types import BOOL, I64, dtype_of
from .parallel import constant
from .plain import PlainLoops

_WIDEST = 5
_MAX_ACCESSES = 24
_SAFE: MappingProxyType[str, Any] = MappingProxyType({"safe": True})


def registers(func: Func) -> Func:
    """``func`` with windows in registers; the same object when there is no use for one."""
    body = _Registers(func).block(func.body)
    return func if body is func.body else replace(func, body=body)


@dataclass(frozen=True, slots=True)
class _Window:
    """Accesses to ``array[..., counter + offset, ...]``, ``counter`` at ``axis`` of the index ``at``."""

    array: Value
    axis: int
    at: tuple[Value, ...]
    offsets: dict[Op, int]

    def index(self, out: Builder, counter: Value, offset: int) -> tuple[Value, ...]:
        """The index of the element at ``offset`` from ``counter``."""
        place = plus(out, counter, offset)
        return (*self.at[: self.axis], place, *self.at[self.axis + 1 :])


class _Registers(PlainLoops):
    def plain(self, loop: Op, out: Builder) -> None:
        step = self.ranges.interval(loop.operands[2])
        accesses = [op for op in loop.regions[0].ops if op.name in ELEMENTS]
        if loop.attrs.get("parallel") or step not in ((1, 1), (-1, -1)) or len(accesses) > _MAX_ACCESSES:
            out.add(loop)
            return
        found = [w for w in self.windows(loop, accesses) if self.is_alone(loop, w, accesses)]
        if not found:
            out.add(loop)
            return
        window, direction = found[0], step[0]
        lo, hi = loop.operands[:2]
        (some,) = out.emit("lt" if direction > 0 else "gt", (lo, hi), types=(BOOL,), span=loop.span)
        slide(loop, window, direction, some, out)

    def windows(self, loop: Op, accesses: Sequence[Op]) -> list[_Window]:
        """The windows that something is written to and that hold more than one element."""
        groups: dict[Any, _Window] = {}
        for op in accesses:
            found = self.position(loop, op)
            if found is not None:
                axis, offset, key = found
                new = _Window(op.operands[0], axis, indices(op), {})
                groups.setdefault(key, new).offsets[op] = offset
        return [w for w in groups.values() if self.pays(w)]

    def pays(self, window: _Window) -> bool:
        """Whether each element of the window is touched in every trip, and one of several is written."""
        offsets = set(window.offsets.values())
        width = max(offsets) - min(offsets) + 1
        return 1 < width == len(offsets) <= _WIDEST and any(op.name != "load" for op in window.offsets)

    def position(self, loop: Op, op: Op) -> tuple[int, int, Any] | None:
        """The axis along which ``op`` moves, how far it is ahead of the counter, and what tells windows
        apart."""
        counter = loop.regions[0].params[0]
        moving: tuple[int, int] | None = None
        rest: list[Linear] = []
        if not self.ranges.sites.is_defined_outside(op.operands[0], loop):
            return None
        for axis, v in enumerate(indices(op)):
            form = self.ranges.linear(v)
            ahead = form - Linear.symbol(counter)
            if ahead.is_constant and moving is None:
                moving = axis, ahead.constant
            elif self.ranges.sites.is_defined_outside(v, loop):
                rest.append(form)
            else:
                return None
        return None if moving is None else (*moving, (op.operands[0], moving[0], tuple(rest)))

    def is_alone(self, loop: Op, window: _Window, accesses: Sequence[Op]) -> bool:
        """Whether nothing else in the loop touches an element of the window."""
        others = [op for op in accesses if op not in window.offsets]
        return not any(
            self.trips.clash(loop, a, b) or self.trips.meet(loop, a, b)
            for a in window.offsets
            for b in others
        )


def slide(loop: Op, window: _Window, direction: int, some: Value, out: Builder) -> None:
    """Put ``loop`` at the end of ``out`` with ``window`` in registers; ``some``: it makes a trip."""
    body, t = loop.regions[0], dtype_of(window.array.type)
    at = sorted(window.offsets.values(), key=lambda k: k * direction)
    last, lead = at[0], at[-1]
    kept = [last + k * direction for k in range(abs(lead - last))]

    yes, no = Builder(loop.span), Builder(loop.span)
    inits = [read(yes, window, window.index(yes, loop.operands[0], k)) for k in kept]
    zero = constant(no, 0.0 if t.is_inexact else 0, t)
    arms = (yes.block((), inits), no.block((), [zero] * len(kept)))
    first = out.emit("if", (some,), regions=arms, types=[t] * len(kept), span=loop.span)

    inside = Builder(loop.span)
    params = [Value(t) for _ in kept]
    now = dict(zip(kept, params, strict=True))
    now[lead] = read(inside, window, window.index(inside, body.params[0], lead))
    known: dict[Value, Value] = {}
    for op in body.ops:
        operands = tuple(known.get(v, v) for v in op.operands)
        offset = window.offsets.get(op)
        if offset is None:
            inside.add(op if operands == op.operands else replace(op, operands=operands))
        elif op.name == "load":
            known[op.result] = now[offset]
        elif op.name == "store":
            now[offset] = operands[-1]
        else:
            attrs = {k: v for k, v in op.attrs.items() if k != "safe"}
            (now[offset],) = inside.emit("add", (now[offset], operands[-1]), attrs, types=(t,), span=op.span)
    index = window.index(inside, body.params[0], last)
    inside.emit("store", (window.array, *index, now[last]), _SAFE)
    yields = [*(known.get(v, v) for v in body.yields), *(now[k + direction] for k in kept)]

    left = tuple(Value(t) for _ in kept)
    region = inside.block((*body.params, *params), yields)
    results = (*loop.results, *left)
    out.add(replace(loop, operands=(*loop.operands, *first), results=results, regions=(region,)))

    after = Builder(loop.span)
    trips = loop.results[0]
    name = "add" if direction > 0 else "sub"
    (end,) = after.emit(name, (loop.operands[0], trips), types=(I64,))
    for k, v in zip(kept, left, strict=True):
        after.emit("store", (window.array, *window.index(after, end, k), v), _SAFE)
    out.emit("if", (some,), regions=(after.block(), Block()), span=loop.span)


def read(out: Builder, window: _Window, index: Sequence[Value]) -> Value:
    types = (dtype_of(window.array.type),)
    return out.emit("load", (window.array, *index), _SAFE, types=types)[0]


def plus(out: Builder, v: Value, k: int) -> Value:
    """``v + k``."""
    return v if k == 0 else out.emit("add", (v, constant(out, k, I64)), types=(I64,))[0]
