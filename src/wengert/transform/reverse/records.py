"""The record plan: how the reverse sweep comes by values of the forward sweep that are out of its scope.

The reverse sweep has been emitted with direct references.  Pairs of (forward region, reverse region) are
mended from the inside out.  For each pair, the values of the forward region that the reverse region reads
are either recomputed at the start of the reverse region or *carried over*: out of a branch as one more
result, out of a loop through a record with one item for each trip.  Which values are carried over is a
minimum vertex cut between what cannot be recomputed and what is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ...ir.core import VIEWS, Value
from ...ir.types import I64, Array, Scalar, dtype_of, is_ref
from ...prims.primitive import REGISTRY
from ..tree import Body, Emitter, Node
from . import chain
from .contents import Contents
from .control import fixed_step, unit_step
from .exchange import exchanged, is_exchanged
from .mincut import min_vertex_cut
from .shadows import Sweep
from .sizes import Sizes
from .trips import Pair, Trips, trip_count

EXPENSIVE = frozenset([
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt", "sin", "cos", "tan", "asin", "acos",
    "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "hypot", "pow", "erf", "erfc",
    "lgamma", "tgamma", "digamma", "trigamma",
])  # fmt: skip
"""Scalar operations that cost more than reading a record."""

UNIT = 64
"""Cost of carrying a byte out of a loop; reading a value from around the loop costs 1."""

NewRecord = Callable[[Scalar | Array, str], Value]


class Records:
    """Mends the pairs of one derivative."""

    def __init__(
        self, sweep: Sweep, pairs: Iterable[Pair], new_record: NewRecord, back: Body | None = None
    ) -> None:
        """``new_record`` gives a record that is visible in the outermost bodies of both sweeps; ``back`` is
        the outermost body of the reverse sweep where it is not part of that of the forward sweep.
        """
        self.back = back
        self.sweep = sweep
        self._new_record = new_record
        self.pairs = list(pairs)
        self.top = sweep.top
        self.home: dict[Value, Body] = {}
        self.made: dict[Value, Node] = {}
        self._index(self.top)
        if back is not None:
            self._index(back)
        self.of: dict[Body, Pair] = {p[0]: p for p in self.pairs}
        self.trips = Trips(sweep, self.pairs, self.home, self.made)
        self.sizes = Sizes(sweep, self.home, self.made)
        self.contents = Contents(sweep, self.home, self.made, self.sizes)
        self._stores: dict[Body, dict[Value, Node]] = {}

    def _index(self, body: Body) -> None:
        for p in body.params:
            self.home[p] = body
        for node in body.ops:
            for r in node.results:
                self.home[r] = body
                self.made[r] = node
            for region in node.regions:
                self._index(region)

    def run(self) -> None:
        alive = {*self.top.nodes(), *(self.back.nodes() if self.back is not None else ())}
        for pair in self.pairs:
            if pair[3] in alive:
                self._mend(pair)

    # one pair

    def _mend(self, pair: Pair) -> None:
        forward, back = pair[0], pair[1]
        _substitute(back, self.sizes.known(forward, back))
        needed = self._needed(forward, back)
        if not needed:
            return
        carried = self._plan(forward, needed)
        known = exchanged(pair, carried)
        em = Emitter(back, at=self.trips.after(back))
        for v in carried:
            if v not in known:
                known[v] = self._carry(pair, v, em)
        for v in needed:
            self._recompute(v, forward, known, em, pair)
        _substitute(back, known)
        self._index(back)

    def frame(self, slot: Value, shared: set[Value]) -> Value:
        """Mend the outermost pair of a split function: what its reverse half reads is kept in a frame.

        ``slot`` is the number of the frame, a parameter of the reverse half; ``shared`` are values that
        both halves have.  Returns the number as the forward half gives it.
        """
        back = self.sweep.back
        _substitute(back, self.sizes.known(self.top, back))
        needed = [v for v in self._needed(self.top, back) if v not in shared]
        known: dict[Value, Value] = {v: v for v in shared}
        em, end = Emitter(back, at=0), Emitter(self.top)
        number: Value | None = None
        for v in self._plan(self.top, needed):
            assert isinstance(v.type, (Scalar, Array))
            rec = self._new_record(v.type, f"{self._said(v)}_frames")
            at = end.node("rec_grow", [rec, end.const(1, I64)], [I64], hints=("frame",)).result
            end.node("rec_set", [rec, at, v])
            known[v] = em.node("rec_get", [rec, slot], [v.type], hints=(v.hint,)).result
            number = number or at
        for v in needed:
            self._recompute(v, self.top, known, em, (self.top, back, Node(""), Node("")))
        _substitute(back, known)
        return number or end.const(0, I64)

    def _needed(self, forward: Body, back: Body) -> list[Value]:
        found: dict[Value, None] = {}

        def look(vs: Iterable[Value]) -> None:
            for v in vs:
                if self.home.get(v) is forward:
                    found.setdefault(v)

        def walk(body: Body) -> None:
            for node in body.ops:
                look(node.operands)
                for region in node.regions:
                    walk(region)
            look(body.yields)

        walk(back)
        return list(found)

    # choosing

    def _plan(self, forward: Body, needed: list[Value]) -> list[Value]:
        cost: dict[Value, int] = {}
        free: dict[Value, bool] = {}
        edges: list[tuple[Value, Value]] = []
        sources: list[Value] = []
        stack = list(needed)
        while stack:
            v = stack.pop()
            if v in cost:
                continue
            inside = self.home.get(v) is forward
            if not inside:
                cost[v] = self._cost_outside(v, forward)
                sources.append(v)
                continue
            cost[v] = UNIT * (v.type.itemsize if isinstance(v.type, Scalar) else 1000)
            if is_exchanged(v, forward):
                cost[v] = 1
            inputs = self._inputs(v, forward)
            if inputs is None:
                sources.append(v)
                continue
            for u in inputs:
                if not self._free(u, free):
                    edges.append((u, v))
                    stack.append(u)
        cut = min_vertex_cut(cost, [e for e in edges if e[0] in cost], sources, needed)
        return list(self._ordered(forward, cut))

    def _ordered(self, forward: Body, cut: set[Value]) -> list[Value]:
        inside = [v for v in cut if self.home.get(v) is forward]
        place = {v: k for k, v in enumerate([*forward.params, *(r for n in forward.ops for r in n.results)])}
        return sorted(inside, key=lambda v: place[v])

    def _cost_outside(self, v: Value, forward: Body) -> int:
        part = self.contents.tokens.get(v)
        if part is not None:
            return self.contents.cost(part, UNIT)
        owner = forward.owner
        if owner is not None and owner.name != "if":
            return 1
        return UNIT * (v.type.itemsize if isinstance(v.type, Scalar) else 1000)

    def _free(self, v: Value, known: dict[Value, bool]) -> bool:
        """Whether the reverse sweep has ``v`` without carrying anything: constants, outermost values, loop
        variables, and what is computed from these.  ``known`` are the answers so far.
        """
        todo = [v]
        while todo:
            u = todo[-1]
            inputs = self._free_inputs(u)
            unknown = [w for w in inputs or () if w not in known]
            if u not in known and unknown and all(known.get(w, True) for w in inputs or ()):
                todo.append(unknown[0])
                continue
            known.setdefault(u, inputs is not None and all(known.get(w, True) for w in inputs))
            todo.pop()
        return known[v]

    def _free_inputs(self, v: Value) -> list[Value] | None:
        """What has to be free for ``v`` to be; None when it is not."""
        home = self.home[v]
        if v in self.contents.tokens:
            return None
        if home is self.top and not self.sweep.is_open:
            return []
        node = self.made.get(v)
        return None if node is not None and node.name in EXPENSIVE else self._inputs(v, home)

    def _inputs(self, v: Value, forward: Body) -> list[Value] | None:
        """What ``v`` is recomputed from in the reverse region; ``None`` when it has to be carried over."""
        node = self.made.get(v)
        if node is None:
            return self._param_inputs(v, forward)
        if node.name in ("const", "undef"):
            return []
        kept = self._kept_in_place(v, forward)
        if kept is not None:
            return kept.operands[:-1]
        if node.name in ("for", "while", "if", "call"):
            if (
                node.name == "for"
                and v is node.results[0]
                and node in self.sweep.op_of
                and fixed_step(self.sweep, node)
            ):
                return node.operands[:2]
            return None
        if node.name == "load":
            op = self.sweep.op_of.get(node)
            if op is not None and self.sweep.aliases.cls(node.operands[0]) not in self.sweep.restored:
                if self.sweep.frozen(node.operands[0], op):
                    return node.operands
                part = self.contents.of(node)
                return None if part is None else [part.token, *node.operands[1:]]
            return None
        if node.name in VIEWS or node.name in ("dim", "rec_get"):
            return node.operands
        prim = REGISTRY[node.name]
        scalar = isinstance(v.type, Scalar) and not any(is_ref(u.type) for u in node.operands)
        if prim.kind == "elementwise" and node.name not in EXPENSIVE and (scalar or self._lasting(node)):
            return node.operands
        if node.name == "wrap":
            return node.operands
        return None

    def _lasting(self, node: Node) -> bool:
        """Whether the arrays that an elementwise op of the forward sweep reads are the same at the turn, and
        nobody writes into what it makes.
        """
        op, sweep = self.sweep.op_of.get(node), self.sweep
        arrays = [u for u in node.operands if isinstance(u.type, Array)]
        if isinstance(node.result.type, Array) and sweep.aliases.writes(sweep.aliases.cls(node.result)):
            return False
        return op is not None and all(
            sweep.aliases.cls(u) not in sweep.restored and sweep.frozen(u, op) for u in arrays
        )

    def _kept_in_place(self, v: Value, forward: Body) -> Node | None:
        """The store that puts ``v`` where it stays until the turn, so that it can be read back."""
        if forward not in self._stores:
            found: dict[Value, Node] = {}
            for n in forward.ops:
                if n.name == "store" and n in self.sweep.op_of and self.home.get(n.operands[-1]) is forward:
                    found.setdefault(n.operands[-1], n)
            self._stores[forward] = found
        node = self._stores[forward].get(v)
        return node if node is not None and self.sweep.stays(self.sweep.op_of[node]) else None

    def _param_inputs(self, v: Value, forward: Body) -> list[Value] | None:
        owner = forward.owner
        if owner is not None and owner.name == "for" and v is forward.params[0] and forward in self.of:
            if unit_step(self.sweep, owner):
                return []
            return [owner.operands[0], owner.operands[2]]
        return None

    # recomputing

    def _recompute(
        self, v: Value, forward: Body, known: dict[Value, Value], em: Emitter, pair: Pair
    ) -> Value:
        """``v`` once more, in the reverse sweep; ``known`` are the values that are there."""
        todo = [v]
        while todo:
            u = todo[-1]
            missing: list[Value] = []
            if self._is_missing(u, forward, known):
                missing = [w for w in self._remade_from(u, forward) if self._is_missing(w, forward, known)]
                if not missing:
                    self._remake(u, forward, known, em, pair)
            if missing:
                todo += reversed(missing)
            else:
                todo.pop()
        return known.get(v, v)

    def _is_missing(self, v: Value, forward: Body, known: dict[Value, Value]) -> bool:
        return v not in known and self.home.get(v) is forward

    def _remade_from(self, v: Value, forward: Body) -> Sequence[Value]:
        node = self.made.get(v)
        if node is None:
            return ()
        kept = self._reread(v, node, forward)
        if kept is not None:
            return kept.operands[:-1]
        if self._from_copy(node):
            return node.operands[1:]
        return node.operands[:2] if node.name == "for" else node.operands

    def _reread(self, v: Value, node: Node, forward: Body) -> Node | None:
        return None if node.name in ("const", "undef") else self._kept_in_place(v, forward)

    def _from_copy(self, node: Node) -> bool:
        """Whether a load is made again from a copy of what it read."""
        op = self.sweep.op_of.get(node)
        if node.name != "load" or op is None or self.sweep.frozen(node.operands[0], op):
            return False
        return self.contents.of(node) is not None

    def _remake(self, v: Value, forward: Body, known: dict[Value, Value], em: Emitter, pair: Pair) -> None:
        """Emit what makes ``v``, from values that are there."""
        node = self.made.get(v)
        if node is None:
            known[v] = self._induction(pair, em)
            return
        operands = [known.get(u, u) for u in self._remade_from(v, forward)]
        if self._from_copy(node) and self._reread(v, node, forward) is None:
            known[v] = self.contents.read(node, em, lambda u: known.get(u, u))
        elif self._reread(v, node, forward) is not None:
            known[v] = em.node("load", operands, [v.type], {"safe": True}, hints=(v.hint,)).result
        elif node.name == "for":
            known[v] = trip_count(em, operands[0], operands[1], fixed_step(self.sweep, node))
        else:
            attrs = {**node.attrs, "safe": True} if node.name in ("load", "view") else node.attrs
            results = [Value(r.type, r.hint) for r in node.results]
            clone = em.put(Node(node.name, operands, results, attrs, (), node.span))
            known.update(zip(node.results, clone.results, strict=True))

    def _induction(self, pair: Pair, em: Emitter) -> Value:
        """The induction variable of a counted loop, in its reverse."""
        forward, back, node, _ = pair
        if unit_step(self.sweep, node):
            return back.params[0]
        scaled = em.node("mul", [back.params[0], node.operands[2]], [I64]).result
        return em.node("add", [node.operands[0], scaled], [I64], hints=(forward.params[0].hint,)).result

    # carrying over

    def _carry(self, pair: Pair, v: Value, em: Emitter) -> Value:
        forward, _, node, _ = pair
        if node.name == "if":
            return self._carry_out_of_branch(forward, node, v)
        shape = self.sizes.of(v, forward)
        if self._is_content(v) and all(isinstance(n, int) or self.trips.hoistable(n) for n in shape):
            known = self.trips.sizes(forward)
            if known is not None:
                trips, anchor = known
                inner = [self.trips.at_top(n, anchor) for n in shape]
                return self._carry_in_array(forward, v, [*trips, *inner], anchor, em)
        return self._carry_in_record(pair, v, em)

    def _is_content(self, v: Value) -> bool:
        """Whether a copy does for ``v``.  The reverse sweep writes into shadows, and into what it restores:
        there it needs the memory itself.
        """
        node, sweep = self.made.get(v), self.sweep
        if isinstance(v.type, Scalar) or any(node is copy for _, _, copy in sweep.snapshots):
            return True
        return v in sweep.aliases and sweep.aliases.cls(v) not in sweep.restored

    def _carry_out_of_branch(self, forward: Body, node: Node, v: Value) -> Value:
        out = Value(v.type, v.hint)
        for region in node.regions:
            if region is forward:
                region.yields.append(v)
            else:
                blank = Emitter(region).node("undef", [], [v.type])
                self.home[blank.result], self.made[blank.result] = region, blank
                region.yields.append(blank.result)
        node.results.append(out)
        assert forward.parent is not None
        self.home[out], self.made[out] = forward.parent, node
        return out

    def _carry_in_array(
        self, forward: Body, v: Value, sizes: list[Value], anchor: Emitter, em: Emitter
    ) -> Value:
        """A number or an array of fixed shape for each trip: an array with an axis for each loop."""
        loops = self.trips.loops(forward)
        axes = "n" * len(loops) + (v.type.axes if isinstance(v.type, Array) else "")
        attrs = {"dtype": dtype_of(v.type), "axes": axes, "fill": "none", "record": True}
        types = [Array(dtype_of(v.type), axes)]
        tape = anchor.node("alloc", sizes, types, attrs, hints=(f"{self._said(v)}_tape",))
        self.home[tape.result], self.made[tape.result] = self.top, tape
        place = [tape.result, *(self.trips.forward(b) for b in loops)]
        copied = self.contents.copied(v)
        end = Emitter(forward, at=forward.ops.index(copied) + 1 if copied is not None else None)
        if isinstance(v.type, Scalar):
            end.node("store", [*place, v], (), {"safe": True})
        else:
            source = v if copied is None else copied.operands[0]
            end.node("assign", [_row(end, place, v), source], (), {"safe": True, "same": True})
        place = [tape.result, *(self.trips.back(b, em) for b in loops)]
        if isinstance(v.type, Scalar):
            return em.node("load", place, [v.type], {"safe": True}, hints=(v.hint,)).result
        return _row(em, place, v)

    def _carry_in_record(self, pair: Pair, v: Value, em: Emitter) -> Value:
        forward, _, node, _ = pair
        assert isinstance(v.type, (Scalar, Array))
        assert forward.parent is not None
        rec = self._new_record(v.type, f"{self._said(v)}_tape")
        if chain.calls(forward):
            item, last = chain.carry(pair, v, rec, self._new_record(I64, f"{self._said(v)}_links"), em)
            self.home[last], self.made[last] = forward.parent, node
            return item
        before = Emitter(forward.parent, at=forward.parent.ops.index(node))
        base = before.node("rec_len", [rec], [I64], hints=("base",))
        self.home[base.result], self.made[base.result] = forward.parent, base
        end = Emitter(forward)
        end.node("rec_grow", [rec, end.const(1, I64)], [I64])
        trip = self.trips.forward(forward)
        place = end.node("add", [base.result, trip], [I64]).result
        end.node("rec_set", [rec, place, v])
        back_place = em.node("add", [base.result, self.trips.back(forward, em)], [I64]).result
        return em.node("rec_get", [rec, back_place], [v.type], hints=(v.hint,)).result

    def _said(self, v: Value) -> str:
        """What a reader would call a value that is kept: its name, or that of the array it is read from."""
        node = self.made.get(v)
        if v.hint or node is None or not node.operands:
            return v.hint or _KIND[dtype_of(v.type).name[0]]
        source = node.operands[0].hint
        if node.name in ("load", "view") and source:
            return source
        return f"{node.name}_{source}" if node.name in _SPOKEN and source else _KIND[dtype_of(v.type).name[0]]


_SPOKEN = frozenset(("sin", "cos", "tan", "exp", "log", "sqrt", "tanh"))
_KIND = {"f": "t", "c": "t", "i": "k", "u": "k", "b": "flag"}
"""Names for what has none, by the first letter of its type."""


def _row(em: Emitter, place: list[Value], v: Value) -> Value:
    """The part of a tape for one trip."""
    assert isinstance(v.type, Array)
    attrs = {"spec": "i" * (len(place) - 1) + ":" * v.type.rank, "safe": True}
    return em.node("view", place, [v.type], attrs, hints=(v.hint,)).result


def _substitute(body: Body, known: dict[Value, Value]) -> None:
    for node in body.ops:
        node.operands = [known.get(v, v) for v in node.operands]
        for region in node.regions:
            _substitute(region, known)
    body.yields = [known.get(v, v) for v in body.yields]
