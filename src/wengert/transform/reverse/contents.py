"""What a nest of loops reads of an array that is overwritten after it: kept at once, in front of the nest.

The reverse sweep asks for elements that are no longer there.  Recording each of them, or what was computed
from them, takes a number for each trip; where a nest reads ``u[i - 1]``, ``u[i]`` and ``u[i + 1]``, or each
``u[j]`` for every ``i``, the part of the array that it reads is smaller.

Before::

    for step:
      for i: ... u[i - 1] ... u[i] ... u[i + 1] ...
      for i: u[i] = ...

After (the copy is recorded for each step, or not at all where nobody needs it)::

    for step:
      old = u[first : last].copy()
      for i: ...
      for i: u[i] = ...

    for step, backwards:
      for i, backwards: ... old[i - 1 - first] ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from ...analysis.affine import Linear
from ...analysis.apart import Apart
from ...analysis.effects import writes
from ...ir.core import Op, Value
from ...ir.types import I64, Array, dtype_of
from ..tree import Body, Emitter, Node
from .control import unit_step
from .shadows import Sweep
from .sizes import Sizes

_NEAR = 16
"""How far from a counter, or from zero, the indices of one part may be."""


@dataclass(slots=True, eq=False)
class Axis:
    """Where a nest reads along one axis: between ``low`` and ``high`` from the counter of a loop, from an
    index ``fixed`` in the nest, or from zero.  ``key`` tells parts apart."""

    key: object
    low: int = 0
    high: int = 0
    fixed: Value | None = None
    loop: Node | None = None


@dataclass(slots=True, eq=False)
class Part:
    """What one nest reads of one array.  ``token`` stands for it while the plan is made; ``starts`` say
    where ``copy`` begins, once it is there; ``repeats``: the nest reads it several times."""

    array: Value
    nest: Node
    axes: list[Axis]
    repeats: bool
    token: Value
    copy: Value | None = None
    starts: list[Value] = field(default_factory=list[Value])

    @property
    def key(self) -> tuple[object, ...]:
        return (self.array, self.nest, *(axis.key for axis in self.axes))


class Contents:
    """The parts of arrays that nests read, for one derivative."""

    def __init__(self, sweep: Sweep, home: dict[Value, Body], made: dict[Value, Node], sizes: Sizes) -> None:
        self.sweep = sweep
        self.home = home
        self.made = made
        self.sizes = sizes
        self.tokens: dict[Value, Part] = {}
        self._of: dict[Node, Part | None] = {}
        self._parts: dict[tuple[object, ...], Part] = {}
        self._written: dict[tuple[Op, Value], bool] = {}

    def of(self, load: Node) -> Part | None:
        """The part that ``load`` reads, when it may be kept."""
        if load not in self._of:
            part = self._of[load] = self._find(load)
            if part is not None:
                for other in self._loads.get(load.operands[0], ()):
                    if other not in self._of:
                        self._of[other] = self._find(other)
        return self._of[load]

    @cached_property
    def _loads(self) -> dict[Value, list[Node]]:
        found: dict[Value, list[Node]] = {}
        for node in self.sweep.op_of:
            if node.name == "load":
                found.setdefault(node.operands[0], []).append(node)
        return found

    @cached_property
    def _nodes(self) -> dict[Op, Node]:
        return {op: node for node, op in self.sweep.op_of.items()}

    def _find(self, load: Node) -> Part | None:
        sweep, op = self.sweep, self.sweep.op_of.get(load)
        array = load.operands[0]
        if op is None or sweep.aliases.cls(array) in sweep.restored or sweep.frozen(array, op):
            return None
        loops = sweep.sites.loops(op)
        for k, nest in enumerate(loops):
            if not sweep.sites.is_defined_outside(array, nest) or self._is_written(nest, array):
                continue
            axes = self._axes(op, loops[k:])
            if axes is not None:
                moving = sum(axis.loop is not None for axis in axes)
                token = Value(array.type, array.hint)
                new = Part(array, self._nodes[nest], axes, moving < len(loops) - k, token)
                return self._joined(new) if moving else None
        return None

    def _is_written(self, nest: Op, array: Value) -> bool:
        """Whether something in ``nest`` may write memory of ``array``."""
        key = (nest, array)
        if key not in self._written:
            sweep, cls = self.sweep, self.sweep.aliases.cls(array)
            targets = [
                v
                for w, _ in sweep.aliases.writes(cls)
                if sweep.sites.encloses(nest, w)
                for v in writes(w)
                if sweep.aliases.cls(v) == cls
            ]
            outside = all(sweep.sites.is_defined_outside(v, nest) for v in targets)
            self._written[key] = not (outside and all(self._apart(array, v) for v in targets))
        return self._written[key]

    @cached_property
    def _apart(self) -> Apart:
        return Apart(self.sweep.aliases)

    def _joined(self, part: Part) -> Part:
        """The part that has been found before for the same places, made larger."""
        known = self._parts.setdefault(part.key, part)
        self.tokens[known.token] = known
        self.home[known.token] = self.sweep.home_of(known.nest)
        known.repeats |= part.repeats
        for axis, new in zip(known.axes, part.axes, strict=True):
            axis.low, axis.high = min(axis.low, new.low), max(axis.high, new.high)
        return known

    def _axes(self, load: Op, loops: tuple[Op, ...]) -> list[Axis] | None:
        """Where ``load`` reads, in the loops of the nest around it, if that is known in front of the nest."""
        out = [self._axis(v, loops) for v in load.operands[1:]]
        found = [axis for axis in out if axis is not None]
        moved = [axis.loop for axis in found if axis.loop is not None]
        return found if len(found) == len(out) and len(set(moved)) == len(moved) else None

    def _axis(self, v: Value, loops: tuple[Op, ...]) -> Axis | None:
        sweep, nest = self.sweep, loops[0]
        form = sweep.final.ranges.linear(v)
        if form.is_constant and 0 <= form.constant <= _NEAR:
            return Axis(None, form.constant, form.constant)
        if sweep.sites.is_defined_outside(v, nest):
            return Axis(v, fixed=v)
        for loop in loops:
            ahead = form - Linear.symbol(loop.regions[0].params[0]) if loop.name == "for" else form
            if ahead.is_constant and abs(ahead.constant) <= _NEAR:
                node, bounds = self._nodes[loop], loop.operands[:2]
                fixed = all(sweep.sites.is_defined_outside(u, nest) for u in bounds)
                if not fixed or not unit_step(sweep, node):
                    return None
                key = (unit_step(sweep, node), *map(self._said, bounds))
                return Axis(key, ahead.constant, ahead.constant, loop=node)
        return None

    def _said(self, v: Value) -> object:
        """An integer, as something that equal ones share."""
        form = self.sweep.final.ranges.linear(v)
        return frozenset(form.terms.items()), form.constant

    def cost(self, part: Part, unit: int) -> int:
        """The cost in each trip of the nest, when a byte recorded in each trip costs ``unit``."""
        whole = unit * dtype_of(part.array.type).itemsize
        return whole // 8 if part.repeats else whole + 1

    def read(self, load: Node, em: Emitter, known: Callable[[Value], Value]) -> Value:
        """Emit what reads the element from the copy, in the reverse sweep."""
        part = self.of(load)
        assert part is not None
        if part.copy is None:
            self._keep(part)
        assert part.copy is not None
        index = [
            em.node("sub", [known(i), start], [I64]).result
            for i, start in zip(load.operands[1:], part.starts, strict=True)
        ]
        r, safe = load.result, {"safe": True}
        return em.node("load", [part.copy, *index], [r.type], safe, hints=(r.hint,)).result

    def copied(self, v: Value) -> Node | None:
        """What makes ``v``, when that is a copy of a part: whoever records it need not read the copy."""
        node = self.made.get(v)
        return node if any(node is copy for c, _, copy in self.sweep.snapshots if c == -1) else None

    def _keep(self, part: Part) -> None:
        """Copy the part, in front of the nest."""
        body = self.sweep.home_of(part.nest)
        shape = self.sizes.of(part.array, body)
        em = Emitter(body, at=body.ops.index(part.nest), span=part.nest.span)
        zero, one = em.const(0, I64), em.const(1, I64)
        operands, lengths = [part.array], list[Value]()
        for k, axis in enumerate(part.axes):
            first, end = self._ends(axis, em, one)
            size = shape[k]
            dim = em.const(size, I64) if isinstance(size, int) else size
            start = _binary(em, "minimum", _binary(em, "maximum", first, zero), dim)
            stop = _binary(em, "maximum", _binary(em, "minimum", end, dim), start)
            lengths.append(_binary(em, "sub", stop, start))
            operands += [start, lengths[-1], one]
            part.starts.append(start)
        rank = len(part.axes)
        t = dtype_of(part.array.type)
        attrs = {"spec": "s" * rank, "unit": True, "safe": True}
        seen = em.node("view", operands, [_view_type(part.array, rank)], attrs).result
        hint = f"{part.array.hint}_old" if part.array.hint else ""
        copy = em.node("copy", [seen], [Array(t, "n" * rank)], hints=(hint,))
        part.copy = copy.result
        for node in body.ops:
            for r in node.results:
                self.home.setdefault(r, body)
                self.made.setdefault(r, node)
        for k, length in enumerate(lengths):
            self.sizes.know(part.copy, k, length)
        self.sweep.snapshots.append((-1, part.nest, copy))

    def _ends(self, axis: Axis, em: Emitter, one: Value) -> tuple[Value, Value]:
        """The first index, and the one after the last."""
        if axis.loop is not None:
            lo, hi = axis.loop.operands[:2]
            if unit_step(self.sweep, axis.loop) < 0:
                lo, hi = (_binary(em, "add", v, one) for v in (hi, lo))
        else:
            lo = axis.fixed or em.const(0, I64)
            hi = _binary(em, "add", lo, one)
        first = _binary(em, "add", lo, em.const(axis.low, I64))
        return first, _binary(em, "add", hi, em.const(axis.high, I64))


def _binary(em: Emitter, name: str, a: Value, b: Value) -> Value:
    return em.node(name, [a, b], [I64]).result


def _view_type(array: Value, rank: int) -> Array:
    assert isinstance(array.type, Array)
    kept = array.type.layout == "C" and rank == 1
    return Array(array.type.dtype, "n" * rank, "C" if kept else "S")
