"""Two nested loops that scatter adjoints become loops that gather them.

The adjoint of a stencil adds to several neighbours of each element, so every element is read and written
many times.  Gathering writes it once.  The targets whose sources all exist are gathered; what goes to the
others, along the border, is still scattered; what the loops clear is cleared at the end.

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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from ..analysis.affine import Linear
from ..analysis.elements import indices
from ..analysis.trips import ELEMENTS
from ..ir.build import Builder
from ..ir.core import Block, Func, Op, Value
from ..ir.types import BOOL, I64
from .parallel import commute, constant, slices, upwards
from .plain import Loops, is_plain

_CHEAP = frozenset({"const", "dim", "load", "add", "sub", "mul", "mulz", "neg", "div"})
_LEAST, _MOST = 3, 12
_MAX_WORK = 96
_MAX_SHIFT = 8
_ADJOINT: Mapping[str, Any] = MappingProxyType({"adjoint": True})

Bounds = tuple[Value, Value]


def gather(func: Func) -> Func:
    """``func`` with scattering nests turned round; the same object when there are none."""
    body = _Gather(func).block(func.body)
    return func if body is func.body else replace(func, body=body)


@dataclass(frozen=True, slots=True)
class _Scatter:
    """A nest: its counters, the pure operations of both bodies, the accumulations with how far each target
    is ahead of the counters, the axes that move with the counters, and what is cleared."""

    outer: Op
    inner: Op
    ops: tuple[Op, ...]
    targets: dict[Op, tuple[int, int]]
    axes: tuple[int, int]
    clears: tuple[Op, ...]

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
        inner = self.only_loop(outer)
        if inner is None:
            return None
        before = tuple(op for op in outer.regions[0].ops if op is not inner)
        ops = (*before, *inner.regions[0].ops)
        accums = [op for op in ops if commute(op)]
        clears = tuple(op for op in ops if op.name in ELEMENTS and op.name != "load" and not commute(op))
        pure = tuple(op for op in ops if op not in accums and op not in clears)
        if not _LEAST <= len(accums) <= _MOST or any(op.name not in _CHEAP for op in pure):
            return None
        if len(pure) * len(accums) > _MAX_WORK or any(op in before for op in (*accums, *clears)):
            return None
        found = [self.target(outer, inner, op) for op in accums]
        if any(f is None or f[:2] != (found[0] or f)[:2] for f in found):
            return None
        targets = {op: f[2] for op, f in zip(accums, found, strict=True) if f is not None}
        assert found[0] is not None
        if len(set(targets.values())) < _LEAST or any(
            abs(k) > _MAX_SHIFT for d in targets.values() for k in d
        ):
            return None
        nest = _Scatter(outer, inner, pure, targets, found[0][0], clears)
        return nest if self.may_turn(nest) else None

    def only_loop(self, outer: Op) -> Op | None:
        """The loop in ``outer`` when it is a nest of two with fixed bounds that cannot raise."""
        if outer.attrs.get("stop") or len(outer.results) != 1 or len(outer.regions[0].ops) > _MAX_WORK:
            return None
        loops = [op for op in outer.regions[0].ops if op.regions]
        if len(loops) != 1 or loops[0].name != "for" or len(loops[0].results) != 1 or not is_plain(loops[0]):
            return None
        (inner,) = loops
        ops = tuple(op for op in outer.regions[0].ops if op is not inner)
        rest = replace(outer, regions=(Block(outer.regions[0].params, ops, ()),))
        if not is_plain(rest):
            return None
        for loop in (outer, inner):
            if self.ranges.interval(loop.operands[2]) not in ((1, 1), (-1, -1)):
                return None
        sites = self.ranges.sites
        return inner if all(sites.is_defined_outside(v, outer) for v in inner.operands) else None

    def target(self, outer: Op, inner: Op, op: Op) -> tuple[tuple[int, int], Any, tuple[int, int]] | None:
        """The axes that move with the counters, what else says where ``op`` adds, and how far ahead."""
        counters = [loop.regions[0].params[0] for loop in (outer, inner)]
        axes, ahead, rest = [-1, -1], [0, 0], list[Value]()
        for axis, v in enumerate(indices(op)):
            form = self.ranges.linear(v)
            if self.ranges.sites.is_defined_outside(v, outer):
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
        if -1 in axes or not self.ranges.sites.is_defined_outside(array, outer):
            return None
        return (axes[0], axes[1]), (array, tuple(rest)), (ahead[0], ahead[1])

    def may_turn(self, nest: _Scatter) -> bool:
        """Whether nothing in the nest reads what is added to, or what another trip clears."""
        cls = self.aliases.cls
        loads = [op for op in nest.ops if op.name == "load"]
        added = {cls(op.operands[0]) for op in nest.targets}
        if any(cls(op.operands[0]) in added for op in (*loads, *nest.clears)):
            return False
        order = {op: k for k, op in enumerate(nest.inner.regions[0].ops)}
        for clear in nest.clears:
            if clear.operands[-1] in {op.result for op in loads}:
                return False
            for other in (*loads, *nest.clears):
                if any(self.trips.clash(loop, clear, other) for loop in (nest.outer, nest.inner)):
                    return False
                late = other.name == "load" and order.get(other, -1) > order[clear]
                if late and self.trips.meet(nest.inner, clear, other):
                    return False
        needs = slices(nest.inner.regions[0])
        return not any(x.name == "load" for clear in nest.clears for x in needs[clear])

    # building

    def emit(self, nest: _Scatter, out: Builder) -> None:
        """Put the gathering loops in place of ``nest``."""
        rows, columns = (upwards(loop, self.ranges, out)[:2] for loop in (nest.outer, nest.inner))
        inside = tuple(
            (shifted(out, lo, high), shifted(out, hi, low))
            for (lo, hi), (low, high) in zip((rows, columns), (nest.span(0), nest.span(1)), strict=True)
        )
        gathering(nest, (inside[0], inside[1]), out)
        bordering(nest, (rows, columns), (inside[0], inside[1]), out)
        clearing(nest, (rows, columns), out)


def gathering(nest: _Scatter, inside: tuple[Bounds, Bounds], out: Builder) -> None:
    """Each target in ``inside`` takes what comes to it."""

    def body(b: Builder, p: Value, q: Value) -> None:
        total: Value | None = None
        for op, (di, dj) in nest.targets.items():
            at = Copy(nest, b, shifted(b, p, -di), shifted(b, q, -dj))
            v = at.value(op.operands[-1])
            if total is not None:
                (total,) = b.emit("add", (total, v), _ADJOINT, types=(v.type,), span=op.span)
            else:
                total = v
        op = next(iter(nest.targets))
        index = list(indices(op))
        index[nest.axes[0]], index[nest.axes[1]] = p, q
        assert total is not None
        b.add(replace(op, operands=(op.operands[0], *index, total)))

    two(nest, inside, out, body)


def bordering(
    nest: _Scatter, all_of: tuple[Bounds, Bounds], inside: tuple[Bounds, Bounds], out: Builder
) -> None:
    """What goes to targets that are not ``inside``; the sources are the first and last rows and columns."""
    (lo, hi), (left, right) = all_of
    (low, high), (lowest, highest) = nest.span(0), nest.span(1)
    depth, width = high - low, highest - lowest
    top, bottom = shifted(out, lo, depth), shifted(out, hi, -depth)
    near = binary(out, "minimum", right, shifted(out, left, width))
    far = binary(out, "maximum", near, shifted(out, right, -width))
    rows = Builder(nest.outer.span)
    i = Value(I64, "i")
    edge = both(rows, "or", [compare(rows, "lt", i, top), compare(rows, "ge", i, bottom)])
    (end,) = rows.emit("select", (edge, right, near), types=(I64,))
    (start,) = rows.emit("select", (edge, right, far), types=(I64,))
    for bounds in ((left, end), (start, right)):
        columns = Builder(nest.inner.span)
        j = Value(I64, "j")
        for op, (di, dj) in nest.targets.items():
            p, q = shifted(columns, i, di), shifted(columns, j, dj)
            tests = [
                compare(columns, name, v, end_)
                for v, ends in ((p, inside[0]), (q, inside[1]))
                for name, end_ in zip(("lt", "ge"), ends, strict=True)
            ]
            arm = Builder(op.span)
            v = Copy(nest, arm, i, j).value(op.operands[-1])
            index = list(indices(op))
            index[nest.axes[0]], index[nest.axes[1]] = p, q
            arm.add(replace(op, operands=(op.operands[0], *index, v)))
            columns.emit("if", (both(columns, "or", tests),), regions=(arm.block(), Block()))
        one = constant(rows, 1, I64)
        rows.emit("for", (*bounds, one), {"stop": False}, (columns.block((j,)),), (I64,))
    one = constant(out, 1, I64)
    out.emit("for", (lo, hi, one), {"stop": False}, (rows.block((i,)),), (I64,))


def clearing(nest: _Scatter, all_of: tuple[Bounds, Bounds], out: Builder) -> None:
    """What the nest clears, and its number of trips."""

    def body(b: Builder, i: Value, j: Value) -> None:
        at = Copy(nest, b, i, j)
        for op in nest.clears:
            b.add(replace(op, operands=(op.operands[0], *(at.value(v) for v in op.operands[1:]))))

    two(nest, all_of, out, body, nest.outer.results)


def two(
    nest: _Scatter,
    bounds: tuple[Bounds, Bounds],
    out: Builder,
    body: Callable[[Builder, Value, Value], None],
    results: tuple[Value, ...] | None = None,
) -> None:
    """Two nested loops over ``bounds``."""
    i, j = Value(I64, "i"), Value(I64, "j")
    rows, columns = Builder(nest.outer.span), Builder(nest.inner.span)
    body(columns, i, j)
    one = constant(out, 1, I64)
    rows.emit("for", (*bounds[1], one), {"stop": False}, (columns.block((j,)),), (I64,))
    attrs = MappingProxyType({"stop": False})
    region = rows.block((i,))
    out.add(Op("for", (*bounds[0], one), results or (Value(I64),), attrs, (region,), nest.outer.span))


class Copy:
    """The pure operations of a nest once more, for other trip numbers; only those that are asked for."""

    def __init__(self, nest: _Scatter, out: Builder, i: Value, j: Value) -> None:
        self.out = out
        self.made = {r: op for op in nest.ops for r in op.results}
        self.known = {nest.outer.regions[0].params[0]: i, nest.inner.regions[0].params[0]: j}

    def value(self, v: Value) -> Value:
        """``v`` for the trips at hand."""
        op = self.made.get(v)
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
