"""Loops that scatter adjoints, one alone or two nested, become loops that gather them.

The adjoint of a stencil adds to several neighbours of each element, so every element is read and written
many times.  Gathering writes it once.  The targets whose sources all exist are gathered; what goes to the
others, along the border, is still scattered; what the loops clear is cleared at the end.  A value that goes
to several targets and takes some arithmetic is computed once, into an array beside.

Before::

    for i, for j:
      %g = load(%y_bar, %i, %j)
      store(%y_bar, %i, %j, %zero)
      accum(%x_bar, %i - 1, %j, %g)
      accum(%x_bar, %i + 1, %j, %g)
      accum(%x_bar, %i, %j + 1, %g)

After::

    for p, for q, inside:
      %g = load(%y_bar, %p + 1, %q)
      %h = load(%y_bar, %p - 1, %q)
      %k = load(%y_bar, %p, %q - 1)
      accum(%x_bar, %p, %q, %g + %h + %k)
    for i, for j, where a target is not inside:
      if %i - 1, %j is not inside: accum(%x_bar, %i - 1, %j, load(%y_bar, %i, %j))
      ...
    for i, for j:
      store(%y_bar, %i, %j, %zero)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from ..analysis.affine import Linear
from ..analysis.elements import indices
from ..analysis.trips import ELEMENTS
from ..ir.build import Builder
from ..ir.core import Block, Func, Op, Value
from ..ir.types import BOOL, I64, Array, dtype_of
from .parallel import commute, constant, slices, upwards
from .plain import Loops, is_plain

_CHEAP = frozenset({"const", "dim", "load", "add", "sub", "mul", "mulz", "neg", "div"})
_LEAST, _MOST = 3, 12
_MAX_WORK = 96
_MAX_SHIFT = 8
_WORTH_KEEPING = 3
"""Operations that make a value, loads not counted, from which on it is not made again for each target."""
_ARITHMETIC = frozenset({"add", "sub", "mul", "mulz", "neg", "div"})
_SAFE: Mapping[str, Any] = MappingProxyType({"safe": True})
_ADJOINT: Mapping[str, Any] = MappingProxyType({"adjoint": True})

Bounds = tuple[Value, Value]
Distances = tuple[int, ...]


def gather(func: Func) -> Func:
    """``func`` with scattering nests turned round; the same object when there are none."""
    body = _Gather(func).block(func.body)
    return func if body is func.body else replace(func, body=body)


@dataclass(frozen=True, slots=True)
class _Scatter:
    """A loop, or one in another: the pure operations of the bodies, the accumulations with how far each
    target is ahead of the counters, the axes that move with the counters, and what is cleared."""

    loops: tuple[Op, ...]
    ops: tuple[Op, ...]
    targets: dict[Op, Distances]
    axes: tuple[int, ...]
    clears: tuple[Op, ...]

    @property
    def counters(self) -> tuple[Value, ...]:
        return tuple(loop.regions[0].params[0] for loop in self.loops)

    def span(self, k: int) -> tuple[int, int]:
        """The least and the greatest distance of a target along counter ``k``."""
        ahead = [d[k] for d in self.targets.values()]
        return min(ahead), max(ahead)


class _Gather(Loops):
    def loop(self, loop: Op, out: Builder) -> bool:
        found = self.match(loop)
        if found is not None:
            self.emit(found, out)
        return found is not None

    # matching

    def match(self, outer: Op) -> _Scatter | None:
        """The nest at ``outer``, when it may be turned round and that pays."""
        loops = self.nested(outer)
        if not loops:
            return None
        inner = loops[-1]
        before = tuple(op for op in outer.regions[0].ops if op not in loops) if inner is not outer else ()
        ops = (*before, *inner.regions[0].ops)
        accums = [op for op in ops if commute(op)]
        clears = tuple(op for op in ops if op.name in ELEMENTS and op.name != "load" and not commute(op))
        pure = tuple(op for op in ops if op not in accums and op not in clears)
        if not _LEAST <= len(accums) <= _MOST or any(op.name not in _CHEAP for op in pure):
            return None
        if len(pure) * len(accums) > _MAX_WORK or any(op in before for op in (*accums, *clears)):
            return None
        found = [self.target(loops, op) for op in accums]
        if any(f is None or f[:2] != (found[0] or f)[:2] for f in found):
            return None
        targets = {op: f[2] for op, f in zip(accums, found, strict=True) if f is not None}
        assert found[0] is not None
        if len(set(targets.values())) < _LEAST or any(
            abs(k) > _MAX_SHIFT for d in targets.values() for k in d
        ):
            return None
        nest = _Scatter(loops, pure, targets, found[0][0], clears)
        return nest if self.may_turn(nest) else None

    def nested(self, outer: Op) -> tuple[Op, ...]:
        """``outer`` and the loop in it, if there is one, when their bounds are fixed and nothing can raise;
        otherwise nothing."""
        if outer.attrs.get("stop") or len(outer.results) != 1 or len(outer.regions[0].ops) > _MAX_WORK:
            return ()
        inside = [op for op in outer.regions[0].ops if op.regions]
        if any(op.name != "for" or len(op.results) != 1 or not is_plain(op) for op in inside):
            return ()
        ops = tuple(op for op in outer.regions[0].ops if op not in inside)
        rest = replace(outer, regions=(Block(outer.regions[0].params, ops, ()),))
        if len(inside) > 1 or not is_plain(rest):
            return ()
        loops = (outer, *inside)
        if any(self.ranges.interval(loop.operands[2]) not in ((1, 1), (-1, -1)) for loop in loops):
            return ()
        sites = self.ranges.sites
        fixed = all(sites.is_defined_outside(v, outer) for loop in inside for v in loop.operands)
        return loops if fixed else ()

    def target(self, loops: Sequence[Op], op: Op) -> tuple[tuple[int, ...], Any, Distances] | None:
        """The axes that move with the counters, what else says where ``op`` adds, and how far ahead."""
        counters = [loop.regions[0].params[0] for loop in loops]
        axes, ahead, rest = [-1] * len(loops), [0] * len(loops), list[Value]()
        for axis, v in enumerate(indices(op)):
            form = self.ranges.linear(v)
            if self.ranges.sites.is_defined_outside(v, loops[0]):
                rest.append(v)
                continue
            for k, counter in enumerate(counters):
                distance = form - Linear.symbol(counter)
                if distance.is_constant and axes[k] < 0:
                    axes[k], ahead[k] = axis, distance.constant
                    break
            else:
                return None
        array = op.operands[0]
        if -1 in axes or not self.ranges.sites.is_defined_outside(array, loops[0]):
            return None
        return tuple(axes), (array, tuple(rest)), tuple(ahead)

    def may_turn(self, nest: _Scatter) -> bool:
        """Whether nothing in the nest reads what is added to, or what another trip clears."""
        outer, inner = nest.loops[0], nest.loops[-1]
        loads = [op for op in nest.ops if op.name == "load"]
        (added,) = {op.operands[0] for op in nest.targets}
        if any(self.trips.share(outer, op.operands[0], added) for op in (*loads, *nest.clears)):
            return False
        order = {op: k for k, op in enumerate(inner.regions[0].ops)}
        for clear in nest.clears:
            if clear.operands[-1] in {op.result for op in loads}:
                return False
            for other in (*loads, *nest.clears):
                if any(self.trips.clash(loop, clear, other) for loop in nest.loops):
                    return False
                late = other.name == "load" and order.get(other, -1) > order[clear]
                if late and self.trips.meet(inner, clear, other):
                    return False
        needs = slices(inner.regions[0])
        return not any(x.name == "load" for clear in nest.clears for x in needs[clear])

    # building

    def emit(self, nest: _Scatter, out: Builder) -> None:
        """Put the gathering loops in place of ``nest``."""
        bounds = [upwards(loop, self.ranges, out)[:2] for loop in nest.loops]
        inside = [
            (shifted(out, lo, high), shifted(out, hi, low))
            for (lo, hi), (low, high) in zip(bounds, map(nest.span, range(len(bounds))), strict=True)
        ]
        gathering(nest, inside, keeping(nest, bounds, out), out)
        bordering(nest, bounds, inside, out)
        clearing(nest, bounds, out)


Kept = dict[Value, tuple[Value, tuple[Value, ...]]]
"""Values that are kept for all trips: in which array, and the trip that its first element belongs to."""


def keeping(nest: _Scatter, bounds: Sequence[Bounds], out: Builder) -> Kept:
    """Compute what goes to several targets and is worth it, for all trips."""
    uses = Counter(op.operands[-1] for op in nest.targets)
    made = {r: op for op in nest.ops for r in op.results}
    needs = slices(Block((), nest.ops, ()))
    kept: Kept = {}
    for v, count in uses.items():
        op = made.get(v)
        if op is None or count < 2 or sum(x.name in _ARITHMETIC for x in (op, *needs[op])) < _WORTH_KEEPING:
            continue
        zero = constant(out, 0, I64)
        sizes = [binary(out, "maximum", binary(out, "sub", hi, lo), zero) for lo, hi in bounds]
        axes = "n" * len(sizes)
        attrs = {"dtype": v.type, "axes": axes, "fill": "none", "safe": True}
        (array,) = out.emit("alloc", sizes, attrs, types=(Array(dtype_of(v.type), axes),))
        kept[v] = array, tuple(lo for lo, _ in bounds)
    if kept:

        def body(b: Builder, at: Sequence[Value]) -> None:
            copy = Copy(nest, b, at)
            for v, (array, first) in kept.items():
                place = [binary(b, "sub", p, lo) for p, lo in zip(at, first, strict=True)]
                b.emit("store", (array, *place, copy.value(v)), _SAFE)

        nested(nest, bounds, out, body)
    return kept


def gathering(nest: _Scatter, inside: Sequence[Bounds], kept: Kept, out: Builder) -> None:
    """Each target in ``inside`` takes what comes to it."""

    def body(b: Builder, at: Sequence[Value]) -> None:
        total: Value | None = None
        for op, ahead in nest.targets.items():
            source = [shifted(b, p, -d) for p, d in zip(at, ahead, strict=True)]
            v = Copy(nest, b, source, kept).value(op.operands[-1])
            if total is not None:
                (total,) = b.emit("add", (total, v), _ADJOINT, types=(v.type,), span=op.span)
            else:
                total = v
        assert total is not None
        _accumulate(nest, next(iter(nest.targets)), at, total, b)

    nested(nest, inside, out, body)


def _accumulate(nest: _Scatter, op: Op, at: Sequence[Value], v: Value, out: Builder) -> None:
    """Add ``v`` where ``op`` adds when its target is at ``at``."""
    index = list(indices(op))
    for axis, p in zip(nest.axes, at, strict=True):
        index[axis] = p
    out.add(replace(op, operands=(op.operands[0], *index, v)))


def bordering(nest: _Scatter, bounds: Sequence[Bounds], inside: Sequence[Bounds], out: Builder) -> None:
    """What goes to targets that are not ``inside``; the sources are the first and last rows and columns."""
    lo, hi = bounds[0]
    if len(nest.loops) == 1:
        _margins(nest, None, (lo, hi), inside, out)
        return
    low, high = nest.span(0)
    top, bottom = shifted(out, lo, high - low), shifted(out, hi, low - high)
    rows = Builder(nest.loops[0].span)
    i = Value(I64, "i")
    edge = both(rows, "or", [compare(rows, "lt", i, top), compare(rows, "ge", i, bottom)])
    _margins(nest, (i, edge), bounds[1], inside, rows)
    one = constant(out, 1, I64)
    out.emit("for", (lo, hi, one), {"stop": False}, (rows.block((i,)),), (I64,))


def _margins(
    nest: _Scatter,
    row: tuple[Value, Value] | None,
    columns: Bounds,
    inside: Sequence[Bounds],
    out: Builder,
) -> None:
    """The first and the last columns, in a ``row`` that is all of the border where the second value says
    so."""
    left, right = columns
    at_row = row[:1] if row else ()
    low, high = nest.span(len(nest.loops) - 1)
    near = binary(out, "minimum", right, shifted(out, left, high - low))
    far = binary(out, "maximum", near, shifted(out, right, low - high))
    end, start = near, far
    if row:
        (end,) = out.emit("select", (row[1], right, near), types=(I64,))
        (start,) = out.emit("select", (row[1], right, far), types=(I64,))
    for first, last in ((left, end), (start, right)):
        body = Builder(nest.loops[-1].span)
        j = Value(I64, "j")
        for op, ahead in nest.targets.items():
            at = [shifted(body, p, d) for p, d in zip((*at_row, j), ahead, strict=True)]
            tests = [
                compare(body, name, p, limit)
                for p, limits in zip(at, inside, strict=True)
                for name, limit in zip(("lt", "ge"), limits, strict=True)
            ]
            arm = Builder(op.span)
            _accumulate(nest, op, at, Copy(nest, arm, (*at_row, j)).value(op.operands[-1]), arm)
            body.emit("if", (both(body, "or", tests),), regions=(arm.block(), Block()))
        one = constant(out, 1, I64)
        out.emit("for", (first, last, one), {"stop": False}, (body.block((j,)),), (I64,))


def clearing(nest: _Scatter, bounds: Sequence[Bounds], out: Builder) -> None:
    """What the nest clears, and its number of trips."""

    def body(b: Builder, at: Sequence[Value]) -> None:
        copy = Copy(nest, b, at)
        for op in nest.clears:
            b.add(replace(op, operands=(op.operands[0], *(copy.value(v) for v in op.operands[1:]))))

    nested(nest, bounds, out, body, nest.loops[0].results)


def nested(
    nest: _Scatter,
    bounds: Sequence[Bounds],
    out: Builder,
    body: Callable[[Builder, Sequence[Value]], None],
    results: tuple[Value, ...] = (),
) -> None:
    """The loops of ``nest`` over ``bounds``, with another body."""
    counters = [Value(I64, hint) for hint in ("i", "j")[-len(bounds) :]]
    inside = Builder(nest.loops[-1].span)
    body(inside, counters)
    for k in reversed(range(len(bounds))):
        around = Builder(nest.loops[k].span) if k else out
        one = constant(around, 1, I64)
        made = (results if k == 0 else ()) or (Value(I64),)
        attrs = MappingProxyType({"stop": False})
        region = inside.block((counters[k],))
        around.add(Op("for", (*bounds[k], one), made, attrs, (region,), nest.loops[k].span))
        inside = around


class Copy:
    """The pure operations of a nest once more, for other trip numbers; only those that are asked for."""

    def __init__(self, nest: _Scatter, out: Builder, at: Sequence[Value], kept: Kept | None = None) -> None:
        self.out = out
        self.made = {r: op for op in nest.ops for r in op.results}
        self.at = tuple(at)
        self.kept = kept or {}
        self.known = dict(zip(nest.counters, at, strict=True))

    def value(self, v: Value) -> Value:
        """``v`` for the trips at hand."""
        op = self.made.get(v)
        if v not in self.known and v in self.kept:
            array, first = self.kept[v]
            place = [binary(self.out, "sub", p, lo) for p, lo in zip(self.at, first, strict=True)]
            (self.known[v],) = self.out.emit("load", (array, *place), _SAFE, types=(v.type,))
        if v not in self.known and op is not None:
            operands = tuple(self.value(x) for x in op.operands)
            (self.known[v],) = self.out.emit(op.name, operands, op.attrs, types=(v.type,), span=op.span)
        return self.known.get(v, v)


def shifted(out: Builder, v: Value, k: int) -> Value:
    """``v + k``."""
    return v if k == 0 else binary(out, "add", v, constant(out, k, I64))


def binary(out: Builder, name: str, a: Value, b: Value) -> Value:
    return out.emit(name, (a, b), types=(I64,))[0]


def compare(out: Builder, name: str, a: Value, b: Value) -> Value:
    return out.emit(name, (a, b), types=(BOOL,))[0]


def both(out: Builder, name: str, tests: Sequence[Value]) -> Value:
    """The tests joined by ``name``."""
    first, *rest = tests
    for t in rest:
        (first,) = out.emit(name, (first, t), types=(BOOL,))
    return first
