"""The forward sweep and the memory of cotangents.

Every reference of an active alias class has a *shadow*: memory of the same shape for the cotangent of its
contents.  Where the shadow lives depends on the class:

* ``ssa``: a fresh array that is never written and only read whole, in its own block.  Its cotangent is an
  SSA value.
* ``own``: memory with one allocation, or memory that is never written.  Each allocation (and each join) has
  a buffer that is made in the reverse body which mirrors the block of its definition; a view's shadow is
  the same view of it.
* ``paired``: memory that is written and joined by branches, loops or records.  Its shadow is allocated
  beside it in the forward sweep, and every reference is doubled, so joins need no analysis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from ...analysis.activity import Activity
from ...analysis.alias import Aliases
from ...analysis.effects import is_fresh
from ...analysis.final import Final
from ...analysis.sites import Sites
from ...ir.core import VIEWS, Block, Func, Op, Value
from ...ir.types import I64, Array, Rec, differentiable, is_ref
from ...prims.primitive import REGISTRY
from ..terms import zeros_like
from ..tree import Body, Emitter, Node

WHOLE = frozenset({"sum", "matmul", "copy", "cast", "assign", "vacc", "amax", "amin", "dim"})
"""Operations that read an array operand as a whole, besides the elementwise ones."""


class Sweep:
    """The forward sweep of one function as a mutable body, with where each shadow is."""

    def __init__(
        self,
        func: Func,
        active: Sequence[int],
        restored: frozenset[int] = frozenset(),
        split: Callable[[str], tuple[str, str]] | None = None,
        is_open: bool = False,
    ) -> None:
        """``split`` names the forward and reverse halves of a function that is called out of line.
        ``is_open`` says that this function is such a half itself: its caller may write what it was given or
        gets.
        """
        self.func = func
        self.split = split
        self.is_open = is_open
        self.slots: dict[Node, Value] = {}
        self.sites = Sites(func)
        self.aliases = Aliases(func, sites=self.sites)
        self.active = Activity(func, self.aliases, active)
        self.restored = restored
        self.op_of: dict[Node, Op] = {}
        self.home: dict[Value, Body] = {}
        self.top = self._thaw(func.body, None)
        self.twin: dict[Value, Value] = {}
        self.back = Body(None)
        """The outermost body of the reverse sweep; it is put behind ``top`` when both are complete."""
        self.mirror: dict[Body, Body] = {self.top: self.back}
        self.snapshots: list[tuple[int, Node, Node]] = []
        self._buffers: dict[Value, Value] = {}
        self._kinds: dict[int, str] = {}
        self._views: dict[tuple[Value, Body], Value] = {}
        self._uses: dict[Value, list[Op]] = {}
        for op in self.sites.ops:
            for v in op.operands:
                self._uses.setdefault(v, []).append(op)
        self._yielded = {v for op in self.sites.ops for r in op.regions for v in r.yields}

    @cached_property
    def final(self) -> Final:
        return Final(self.func, self.aliases)

    def _thaw(self, block: Block, parent: Body | None) -> Body:
        body = Body(parent, block.params)
        for p in block.params:
            self.home[p] = body
        for op in block.ops:
            node = Node(op.name, op.operands, op.results, op.attrs, (), op.span)
            self.op_of[node] = op
            for r in op.results:
                self.home[r] = body
            for region in op.regions:
                inner = self._thaw(region, body)
                inner.owner = node
                node.regions.append(inner)
            body.ops.append(node)
        body.yields = list(block.yields)
        return body

    # regimes

    def kind(self, v: Value) -> str:
        """``ssa``, ``own`` or ``paired``: where the shadow of the reference lives."""
        c = self.aliases.cls(v)
        if c not in self._kinds:
            self._kinds[c] = self._decide(c)
        return self._kinds[c]

    def _exposed(self, c: int) -> bool:
        """Whether callers see memory of the class and may write it between the two sweeps."""
        return self.is_open and any(
            v in self.func.params or v in self.func.results for v in self.aliases.members(c)
        )

    def _decide(self, c: int) -> str:
        members = self.aliases.members(c)
        if self._exposed(c):
            return "paired"
        if any(isinstance(v.type, Rec) for v in members) or any(self._from_record(v) for v in members):
            return "paired"
        joined = any(self._is_join(v) for v in members) or any(v in self._yielded for v in members)
        if joined or len(self.aliases.roots(c)) != 1:
            return "paired" if self.aliases.writes(c) else "own"
        (only, *others) = members
        if not others and self._is_whole(only) and not self.aliases.writes(c):
            return "ssa"
        return "own"

    def _from_record(self, v: Value) -> bool:
        op = self.sites.definition(v)
        if op is not None and op.name == "rec_get":
            return True
        return any(u.name in ("rec_set", "call") for u in self._uses.get(v, ()))

    def _is_join(self, v: Value) -> bool:
        op = self.sites.definition(v)
        if op is not None:
            return op.name in ("if", "for", "while", "call")
        where = self.sites.param_of(v)
        return where is not None and where[0] is not None

    def _is_whole(self, v: Value) -> bool:
        op = self.sites.definition(v)
        if op is None or not is_fresh(op, v) or op.name == "alloc":
            return False
        block = self.sites.path(op)[-1].block
        return all(
            self.sites.path(u)[-1].block is block
            and (u.name in WHOLE or REGISTRY[u.name].kind == "elementwise")
            for u in self._uses.get(v, ())
        )

    def written_after(self, v: Value, op: Op) -> bool:
        """Whether the memory of ``v`` may be written after ``op``, seen from the allocation it belongs to."""
        c = self.aliases.cls(v)
        writes = self.aliases.writes(c)
        if not writes:
            return False
        roots = self.aliases.roots(c)
        if (
            len(roots) == 1
            and isinstance(roots[0], Op)
            and not any(self._is_join(m) for m in self.aliases.members(c))
        ):
            around = set(self.sites.loops(roots[0]))
            return any(
                self.sites.comes_first(op, w) or any(x not in around for x in self.sites.common_loops(op, w))
                for w, _ in writes
            )
        return any(self.sites.may_follow(op, w) for w, _ in writes)

    def frozen(self, v: Value, op: Op) -> bool:
        """Whether what ``op`` reads of ``v`` is still there at the turn."""
        if self._exposed(self.aliases.cls(v)):
            return False
        if not self.written_after(v, op):
            return True
        if op.name == "load":
            return self.final.is_final(op)
        return self.final.is_final_region(op, v)

    def stays(self, store: Op) -> bool:
        """Whether what ``store`` puts into memory is still there at the turn."""
        target = store.operands[0]
        c = self.aliases.cls(target)
        if c in self.restored or self._exposed(c):
            return False
        return not self.written_after(target, store) or self.final.is_final(store)

    # content that a rule reads

    def content(self, v: Value, node: Node) -> Value:
        """``v`` itself, or a copy taken at ``node`` when its memory is overwritten later."""
        if not is_ref(v.type):
            return v
        op = self.op_of[node]
        if self.aliases.cls(v) in self.restored or self.frozen(v, op):
            return v
        return self._snapshot(v, node, before=v not in op.results)

    def _snapshot(self, v: Value, node: Node, before: bool) -> Value:
        assert isinstance(v.type, Array)
        body = self.home_of(node)
        at = body.ops.index(node) + (0 if before else 1)
        em = Emitter(body, at, node.span)
        copy = em.node(
            "copy", [v], [Array(v.type.dtype, v.type.axes)], hints=(f"{v.hint}_old" if v.hint else "",)
        )
        self.home[copy.result] = body
        self.snapshots.append((self.aliases.cls(v), node, copy))
        return copy.result

    def home_of(self, node: Node) -> Body:
        """The body that ``node`` stands in."""
        op = self.op_of[node]
        return self._body_of[op]

    @cached_property
    def _body_of(self) -> dict[Op, Body]:
        found: dict[Op, Body] = {}
        stack = [self.top]
        while stack:
            body = stack.pop()
            for node in body.ops:
                if node in self.op_of:
                    found[self.op_of[node]] = body
                stack.extend(node.regions)
        return found

    def better_restored(self) -> frozenset[int]:
        """The classes of which copies of arrays inside loops survived: putting old values back is cheaper."""
        alive = set(self.top.nodes())
        return frozenset(
            c
            for c, node, copy in self.snapshots
            if copy in alive and self.sites.loops(self.op_of[node]) and not self._open(c)
        )

    def _open(self, c: int) -> bool:
        """Whether the class may be written by a callee, so that its old values cannot be put back."""
        return self._exposed(c) or any(w.name in ("call", "derive") for w, _ in self.aliases.writes(c))

    # shadows

    def give(self, v: Value, shadow: Value) -> None:
        """``shadow`` is the shadow of the parameter ``v``."""
        if self.kind(v) == "paired":
            self.twin[v] = shadow
        self._buffers[v] = shadow

    def touched(self, v: Value) -> bool:
        """Whether anything may have been added to the shadow of ``v`` (a fresh array or a join)."""
        return self.kind(v) == "paired" or v in self._buffers

    def shadow(self, v: Value, em: Emitter) -> Value:
        """The shadow of the reference ``v``, at the place where ``em`` writes."""
        if self.kind(v) == "paired":
            return self.twin[v]
        if v in self._buffers:
            return self._buffers[v]
        op = self.sites.definition(v)
        if op is not None and op.name in VIEWS:
            key = (v, em.body)
            if key not in self._views:
                base = self.shadow(op.operands[0], em)
                attrs = {**op.attrs, "safe": True} if op.name == "view" else op.attrs
                types = REGISTRY[op.name].infer([base.type, *(u.type for u in op.operands[1:])], attrs)
                hint = f"{v.hint}_bar" if v.hint else ""
                self._views[key] = em.node(
                    op.name, [base, *op.operands[1:]], types, attrs, hints=(hint,)
                ).result
            return self._views[key]
        self._buffers[v] = self._new_buffer(v)
        return self._buffers[v]

    def _new_buffer(self, v: Value) -> Value:
        """Zeros of the shape of ``v`` at the start of the reverse body that mirrors the block of its
        definition.
        """
        assert isinstance(v.type, Array)
        forward = self.home[v]
        em = Emitter(self.mirror[forward], at=0)
        attrs = {"dtype": v.type.dtype, "axes": v.type.axes, "fill": "zero"}
        hint = f"{v.hint}_bar" if v.hint else ""
        alloc = em.node(
            "alloc", self._sizes(v, forward), [Array(v.type.dtype, v.type.axes)], attrs, hints=(hint,)
        )
        return alloc.result

    def _sizes(self, v: Value, forward: Body) -> list[Value]:
        """The sizes of ``v`` as integers of the forward sweep."""
        op = self.sites.definition(v)
        if op is not None and op.name == "alloc":
            return list(op.operands)
        assert isinstance(v.type, Array)
        if op is None:
            at = 0
        else:
            at = next(k for k, n in enumerate(forward.ops) if v in n.results) + 1
        em = Emitter(forward, at)
        dims: list[Value] = []
        for k in range(v.type.rank):
            array, axis = self._elder(v, k)
            dims.append(em.node("dim", [array], [I64], {"axis": axis}).result)
        for d in dims:
            self.home[d] = forward
        return dims

    def _elder(self, v: Value, axis: int) -> tuple[Value, int]:
        """An array, and its axis, that is as long as ``axis`` of ``v``: one from outside the loops around
        ``v``, if possible, whose size is known in the reverse sweep too.
        """
        form = self.final.ranges.size(v, axis)
        if len(form.terms) == 1 and not form.constant:
            ((s, c),) = form.terms.items()
            if c == 1 and isinstance(s, tuple):
                array, k = s  # pyright: ignore[reportUnknownVariableType]
                assert isinstance(array, Value)
                assert isinstance(k, int)
                if self.sites.definition(array) is None and array in self.func.params:
                    return array, k
        return v, axis

    # doubling in the forward sweep

    def pair(self) -> None:
        """Give every reference of a paired class its twin, in the forward sweep."""
        self._pair_body(self.top)
        for v in self.func.params:
            self.home[v] = self.top

    def _needs_twin(self, v: Value) -> bool:
        return is_ref(v.type) and self.active(v) and self.kind(v) == "paired"

    def _pair_body(self, body: Body) -> None:
        for node in list(body.ops):
            if node in self.op_of:
                self._pair_node(node, body)

    def _pair_node(self, node: Node, body: Body) -> None:
        if node.regions:
            self._pair_control(node, body)
            return
        if node.name in ("rec_grow", "rec_set"):
            self._pair_record(node, body)
            return
        if node.name == "call":
            self._pair_call(node, body)
            return
        for v in node.results:
            if not self._needs_twin(v):
                continue
            em = Emitter(body, body.ops.index(node) + 1, node.span)
            hint = f"{v.hint}_bar" if v.hint else ""
            if node.name in VIEWS or node.name in ("rec_get", "rec_new", "undef"):
                operands = [self.twin[node.operands[0]], *node.operands[1:]] if node.operands else []
                attrs = {**node.attrs, "safe": True} if node.name == "view" else node.attrs
                self.twin[v] = em.node(node.name, operands, [v.type], attrs, hints=(hint,)).result
            elif node.name == "alloc":
                attrs = {**node.attrs, "fill": "zero"}
                self.twin[v] = em.node("alloc", node.operands, [v.type], attrs, hints=(hint,)).result
            else:
                self.twin[v] = zeros_like(em, v, hint)
            self._adopt(body)

    def _adopt(self, body: Body) -> None:
        for n in body.ops:
            for r in n.results:
                self.home.setdefault(r, body)

    def _pair_control(self, node: Node, body: Body) -> None:
        lead = 0 if node.name == "if" else 1
        count = len(node.results) - lead
        doubled = [k for k in range(count) if self._needs_twin(node.results[lead + k])]
        op = self.op_of[node]
        if node.name != "if":
            first = len(op.operands) - count
            node.operands += [self.twin[op.operands[first + k]] for k in doubled]
            for region, block in zip(node.regions, op.regions, strict=True):
                first = len(block.params) - count
                for k in doubled:
                    p = block.params[first + k]
                    self.twin[p] = Value(p.type, f"{p.hint}_bar" if p.hint else "")
                    region.params.append(self.twin[p])
                    self.home[self.twin[p]] = region
        for number, (region, block) in enumerate(zip(node.regions, op.regions, strict=True)):
            self._pair_body(region)
            if not (node.name == "while" and number == 0):
                first = len(block.yields) - count
                region.yields += [self._twin_or_undef(block.yields[first + k], region) for k in doubled]
        for k in doubled:
            r = node.results[lead + k]
            self.twin[r] = Value(r.type, f"{r.hint}_bar" if r.hint else "")
            node.results.append(self.twin[r])
            self.home[self.twin[r]] = body

    def _twin_or_undef(self, v: Value, region: Body) -> Value:
        if v in self.twin:
            return self.twin[v]
        made = Emitter(region).node("undef", [], [v.type]).result
        self.home[made] = region
        return made

    def _pair_call(self, node: Node, body: Body) -> None:
        """An active call becomes one of the forward half: shadows go along, and it gives the number of its
        frame.
        """
        if not any(self.active(v) for v in (*node.operands, *node.results)):
            return
        assert self.split is not None
        refs = [v for v in node.operands if is_ref(v.type) and differentiable(v.type)]
        outs = [v for v in node.results if is_ref(v.type) and differentiable(v.type)]
        node.operands += [self.twin[v] for v in refs]
        for v in outs:
            self.twin[v] = Value(v.type, f"{v.hint}_bar" if v.hint else "")
        slot = Value(I64, "frame")
        node.results += [*(self.twin[v] for v in outs), slot]
        node.attrs = {**node.attrs, "func": self.split(node.attrs["func"])[0]}
        self.slots[node] = slot
        for r in node.results:
            self.home[r] = body

    def _pair_record(self, node: Node, body: Body) -> None:
        rec = node.operands[0]
        if not self._needs_twin(rec):
            return
        em = Emitter(body, body.ops.index(node) + 1, node.span)
        twin = self.twin[rec]
        if node.name == "rec_grow":
            em.node("rec_grow", [twin, node.operands[1]], [I64], node.attrs)
        elif is_ref(node.operands[2].type):
            item, shadow = node.operands[2], self.twin[node.operands[2]]
            if shadow.type != item.type:  # a shadow may be contiguous where its primal is not
                assert isinstance(item.type, Array)
                shadow = em.node("view", [shadow], [item.type], {"spec": ":" * item.type.rank}).result
            em.node("rec_set", [twin, node.operands[1], shadow], (), node.attrs)
        self._adopt(body)

    # the turn

    def at_turn(self, em: Emitter, r: Value) -> Value:
        """A result as it is at the end of the forward sweep, copied when the reverse sweep overwrites its
        memory.
        """
        if is_ref(r.type) and isinstance(r.type, Array) and self.aliases.cls(r) in self.restored:
            return em.node("copy", [r], [Array(r.type.dtype, r.type.axes)], hints=(r.hint,)).result
        return r
