"""Trip numbers: which trip of each loop a value belongs to, in both sweeps, and how many trips there will
be.
"""

from __future__ import annotations

from ...ir.core import Value
from ...ir.types import I64, Scalar
from ...prims.primitive import REGISTRY
from ..tree import Body, Emitter, Node
from .control import fixed_step, unit_step
from .shadows import Sweep

Pair = tuple[Body, Body, Node, Node]
"""A forward region, the reverse region that undoes it, and the nodes they belong to."""


class Trips:
    """The trip numbers of one derivative.  ``home`` and ``made`` say where values are and what makes them."""

    def __init__(
        self, sweep: Sweep, pairs: list[Pair], home: dict[Value, Body], made: dict[Value, Node]
    ) -> None:
        self.sweep = sweep
        self.top = sweep.top
        self.home = home
        self.made = made
        self.of = {p[0]: p for p in pairs}
        self._forward: dict[Body, Value] = {}
        self._back: dict[Body, Value] = {}

    def loops(self, forward: Body) -> list[Body]:
        """The loop bodies around (and with) ``forward``, outermost first."""
        bodies = [b for b in forward.around() if b.owner is not None and b.owner.name in ("for", "while")]
        return bodies[::-1]

    def sizes(self, forward: Body) -> tuple[list[Value], Emitter] | None:
        """The trip counts of the loops around, as values of the outermost body; ``None`` when they are not
        known there.  With an emitter in front of the outermost loop.
        """
        loops = self.loops(forward)
        bounds: list[tuple[Value, Value, int]] = []
        for body in loops:
            assert body.owner is not None
            step = fixed_step(self.sweep, body.owner)
            if not step or not all(self.hoistable(u) for u in body.owner.operands[:2]):
                return None
            bounds.append((*body.owner.operands[:2], step))  # pyright: ignore[reportArgumentType]
        outer = loops[0].owner
        assert outer is not None
        anchor = next(n for n in self.top.ops if n is outer or _holds(n, outer))
        em = Emitter(self.top, at=self.top.ops.index(anchor))
        moved: dict[Value, Value] = {}
        sizes = [
            trip_count(em, self._hoist(lo, em, moved), self._hoist(hi, em, moved), step)
            for lo, hi, step in bounds
        ]
        for s in sizes:
            self.home[s] = self.top
        return sizes, em

    def hoistable(self, v: Value) -> bool:
        """Whether an integer can be computed at the start of the outermost body."""
        if self.home[v] is self.top:
            return True
        node = self.made.get(v)
        if node is None:
            return False
        plain = node.name in ("const", "dim") or (
            REGISTRY[node.name].kind == "elementwise" and isinstance(v.type, Scalar)
        )
        return plain and all(self.hoistable(u) for u in node.operands)

    def at_top(self, n: Value | int, em: Emitter) -> Value:
        """A size, computed in the outermost body; not negative, even where what has it never exists."""
        zero = em.const(0, I64)
        if isinstance(n, int):
            return em.const(n, I64)
        out = em.node("maximum", [self._hoist(n, em, {}), zero], [I64]).result
        self.home[out] = self.top
        return out

    def _hoist(self, v: Value, em: Emitter, moved: dict[Value, Value]) -> Value:
        if self.home[v] is self.top:
            return v
        if v not in moved:
            node = self.made[v]
            operands = [self._hoist(u, em, moved) for u in node.operands]
            clone = em.put(Node(node.name, operands, [Value(v.type, v.hint)], node.attrs, (), node.span))
            moved[v] = clone.result
            self.home[clone.result], self.made[clone.result] = self.top, clone
        return moved[v]

    def forward(self, loop: Body) -> Value:
        """The number of the present trip of ``loop``, in the forward sweep."""
        if loop not in self._forward:
            self._forward[loop] = self._new_trip(loop)
            self.home[self._forward[loop]] = loop
        return self._forward[loop]

    def _new_trip(self, loop: Body) -> Value:
        node = loop.owner
        assert node is not None
        step = fixed_step(self.sweep, node)
        if step:
            i, lo = loop.params[0], node.operands[0]
            em = Emitter(loop, at=0)
            distance = _offset(em, i, lo, step, self._is_zero(lo))
            if abs(step) == 1:
                return distance
            return em.node("floordiv", [distance, em.const(abs(step), I64)], [I64]).result
        return _count_trips(loop, node)

    def after(self, back: Body) -> int:
        """Where values that are made available go: behind the trip number, if a body inside has asked for
        it.
        """
        trip = self._back.get(back)
        return next((k + 1 for k, n in enumerate(back.ops) if trip in n.results), 0)

    def _is_zero(self, v: Value) -> bool:
        node = self.made.get(v)
        return node is not None and node.name == "const" and node.attrs["value"] == 0

    def back(self, loop: Body, em: Emitter) -> Value:
        """The number of the trip of ``loop`` that the reverse sweep is undoing."""
        _, back, node, _ = self.of[loop]
        sign = unit_step(self.sweep, node)
        if not sign:
            return back.params[0]
        if back not in self._back:
            lo = node.operands[0]
            zero = self._is_zero(lo)
            self._back[back] = _offset(Emitter(back, at=0), back.params[0], lo, sign, zero)
            if em.body is back and not (zero and sign > 0) and em.at is not None:
                em.at += 1
        return self._back[back]


def _offset(em: Emitter, i: Value, lo: Value, step: int, zero: bool) -> Value:
    """How far induction variable ``i`` of a loop with this step has come from its start ``lo``."""
    if step > 0:
        return i if zero else em.node("sub", [i, lo], [I64]).result
    return em.node("sub", [lo, i], [I64]).result


def trip_count(em: Emitter, lo: Value, hi: Value, step: int) -> Value:
    """How many trips a loop with a constant step makes: ``max(0, ...)``."""
    length = em.node("sub", [hi, lo] if step > 0 else [lo, hi], [I64]).result
    if abs(step) > 1:
        length = em.node("add", [length, em.const(abs(step) - 1, I64)], [I64]).result
        length = em.node("floordiv", [length, em.const(abs(step), I64)], [I64]).result
    return em.node("maximum", [length, em.const(0, I64)], [I64], hints=("n",)).result


def _count_trips(loop: Body, node: Node) -> Value:
    """A new carried value that counts the trips of a loop."""
    assert loop.parent is not None
    before = Emitter(loop.parent, at=loop.parent.ops.index(node))
    node.operands.append(before.const(0, I64))
    count = Value(I64, "k")
    for region in node.regions:
        region.params.append(count if region is loop else Value(I64, "k"))
    end = Emitter(loop)
    loop.yields.append(end.node("add", [count, end.const(1, I64)], [I64]).result)
    node.results.append(Value(I64, "k"))
    return count


def _holds(node: Node, inner: Node) -> bool:
    return any(n is inner for r in node.regions for n in r.nodes())
