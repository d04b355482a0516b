"""Which values share a variable, and what it is called.

Joins of loops and branches want one variable for the incoming and the outgoing value, so that ``s = s + x``
prints as ``s += x``.  Two values may share one when neither is assigned while the other is still to be
read; that is decided by liveness on the tree of regions, where exclusive branches never interfere.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...ir.core import Block, Func, Op, Value
from ...ir.types import Array, Rec, Scalar
from .inline import Inline
from .names import Names, fallback, identifier
from .tree import Tree, carried, slot

_SPOKEN = frozenset({"sin", "cos", "tan", "exp", "log", "sqrt", "tanh"})


class Variables:
    """The variable of every value that is not printed in place."""

    def __init__(self, tree: Tree, inline: Inline, taken: frozenset[str]) -> None:
        self.tree, self.inline = tree, inline
        self._clash: dict[Value, set[Value]] = {}
        self._same: dict[Value, Value] = {}
        self._members: dict[Value, list[Value]] = {}
        self._backs: list[tuple[Value, Value]] = []
        self._counters: set[Value] = set()
        self._joins: list[tuple[Value, Value]] = []
        self._entries: list[tuple[Value, Value]] = []
        self._order: list[Value] = []
        func = tree.func
        self._given = frozenset(func.params)
        live = self.leaves(func.body.yields)
        self._block(func.body, live)
        self._define(func.params, live)
        self._coalesce()
        self._text = self._name(func, taken)

    def __getitem__(self, v: Value) -> str:
        return self._text[self._find(v)]

    @property
    def texts(self) -> frozenset[str]:
        return frozenset(self._text.values())

    @property
    def numbers(self) -> frozenset[str]:
        """The variables that hold numbers, and nothing else."""
        others = {self[v] for v in self._order if not isinstance(v.type, Scalar)}
        return frozenset(self[v] for v in self._order if isinstance(v.type, Scalar)) - others

    def leaves(self, values: Iterable[Value]) -> set[Value]:
        out: set[Value] = set()
        for v in values:
            out |= self.inline.leaves(v)
        return out

    # liveness, backwards

    def _define(self, values: Iterable[Value], live: set[Value]) -> None:
        """``values`` are assigned at once where ``live`` are still to be read; they leave ``live``."""
        group = [v for v in values if v in self._given or (v in self.tree.values and v not in self.inline)]
        for v in group:
            for other in live.union(group):
                if other is not v:
                    self._clash.setdefault(v, set()).add(other)
                    self._clash.setdefault(other, set()).add(v)
            self._order.append(v)
        live.difference_update(group)

    def _block(self, block: Block, live: set[Value]) -> None:
        for op in reversed(block.ops):
            if op not in self.tree.ops or any(r in self.inline for r in op.results):
                continue
            if op.name in ("for", "while"):
                self._loop(op, live)
            elif op.name == "if":
                self._branch(op, live)
            else:
                self._define(op.results, live)
                live |= self.inline.read_by(op)

    def _branch(self, op: Op, live: set[Value]) -> None:
        self._define(op.results, live)
        after = set(live)
        for region in op.regions:
            inside = after | self.leaves(v for _, v in self.tree.yields(region))
            self._block(region, inside)
            live |= inside
            for k in self.tree.slots(op):
                self._joins.append((op.results[k], region.yields[k]))
        live |= self.leaves(op.operands)

    def _loop(self, op: Op, live: set[Value]) -> None:
        kept = [slot(op, k) for k in self.tree.slots(op)]
        inits = [init for init, _, _, _ in kept]
        own = op.regions[-1].params
        params = [own[len(own) - carried(op) + k] for k in self.tree.slots(op)]
        self._define(op.results[1:], live)
        for _, new, inner, result in kept:
            for p in inner:
                self._unite(result, p)
            self._backs += [(p, new) for p in inner[-1:]]
        self._entries += zip(params, inits, strict=True)
        header = self.leaves(op.operands[: len(op.operands) - carried(op)])
        around = live | self._free(op)
        if op.results[0] in self.tree.values:
            around.add(op.results[0])
        last = [v for _, v in self.tree.yields(op.regions[-1])]
        self._define(params, around | header)
        end = around | self.leaves(last)
        if op.name == "while":
            test = self.leaves(op.regions[0].yields)
            inside = around | test | set(params)
            firsts = [p[0] for _, _, p, _ in kept]
            inside.update(firsts)
            self._block(op.regions[0], inside)
        self._block(op.regions[-1], end)
        if op.name == "for":
            self._counters.add(op.regions[0].params[0])
            self._define(op.regions[0].params[:1], around | set(params))
        live |= around - set(op.results[:1])
        if op.results[0] in self.tree.values:
            self._define(op.results[:1], around | set(params) | header)
        live |= self.leaves(inits) | header

    def _free(self, op: Op) -> set[Value]:
        """The variables from outside that are read inside, so that they live as long as the loop runs."""
        out: set[Value] = set()
        inner: set[Value] = set()
        for region in op.regions:
            self._collect(region, out, inner)
        return out - inner

    def _collect(self, block: Block, out: set[Value], inner: set[Value]) -> None:
        inner.update(block.params)
        for op in block.ops:
            if op in self.tree.ops:
                inner.update(op.results)
                out |= self.inline.read_by(op)
                for region in op.regions:
                    self._collect(region, out, inner)
        out |= self.leaves(v for _, v in self.tree.yields(block))

    # sharing

    def _find(self, v: Value) -> Value:
        while v in self._same:
            v = self._same[v]
        return v

    def _unite(self, a: Value, b: Value) -> None:
        x, y = self._find(a), self._find(b)
        if x is not y:
            self._same[y] = x
            self._members.setdefault(x, [x]).extend(self._members.pop(y, [y]))

    def _try(self, a: Value, b: Value) -> None:
        x, y = self._find(a), self._find(b)
        if x is y or a.type != b.type:
            return
        if self._renames(x, y):
            return
        left, right = self._members.get(x, [x]), self._members.get(y, [y])
        if not any(m in self._clash.get(n, ()) for n in left for m in right):
            self._unite(x, y)

    def _renames(self, x: Value, y: Value) -> bool:
        """Whether a parameter of the function, or a counter of a loop, would go on meaning something else."""
        hints = [{m.hint for m in self._members.get(r, [r]) if m.hint} for r in (x, y)]
        members = [m for r in (x, y) for m in self._members.get(r, [r])]
        given = any(m in self.tree.func.params or m in self._counters for m in members)
        return given and all(hints) and not (hints[0] & hints[1])

    def _coalesce(self) -> None:
        pairs = [*reversed(self._backs), *reversed(self._joins), *reversed(self._entries)]
        for a, b in sorted(pairs, key=lambda pair: not pair[0].hint or pair[0].hint != pair[1].hint):
            if b not in self.inline and b in self.tree.values:
                self._try(a, b)
        groups: dict[tuple[str, str], list[Value]] = {}
        for v in [*self.tree.func.params, *self._by_weight()]:
            named = any(m.hint for m in self._members.get(self._find(v), [v]))
            if v.hint or not (named or isinstance(v.type, Rec)):
                mine = groups.setdefault((v.hint or f"?{self._suggestion(v)}", str(v.type)), [])
                for other in mine:
                    if not self._crowds(other, v):
                        self._try(other, v)
                if all(self._find(v) is not self._find(o) for o in mine):
                    mine.append(v)

    def _crowds(self, a: Value, b: Value) -> bool:
        """Whether one name for two nameless values of one block would confuse."""
        if a.hint or self._suggestion(a) != fallback(a.type):
            return False
        here = self.tree.place[self.tree.makers[b]][0] if b in self.tree.makers else None
        return any(
            self.tree.place[self.tree.makers[m]][0] is here
            for m in self._members.get(self._find(a), [a])
            if m in self.tree.makers
        )

    def _letter(self, index: Value) -> str:
        """An index as it is said: ``i``, ``0``."""
        value = self.tree.constant(index)
        return identifier(index.hint) if value is None else str(value)

    def _suggestion(self, v: Value) -> str:
        """A name for a value that the user did not name, from what it is."""
        op = self.tree.makers.get(v)
        if op is None or op.name in ("if", "for", "while"):
            return fallback(v.type)
        if op.name == "dim":
            return "nmlk"[min(op.attrs["axis"], 3)]
        if op.name == "load":
            parts = [self._letter(i) for i in op.operands[1:]]
            text = f"{op.operands[0].hint}_{''.join(parts)}"
            return text if op.operands[0].hint and all(len(p) == 1 for p in parts) else fallback(v.type)
        if op.name in _SPOKEN and op.operands[0].hint and not isinstance(v.type, Array):
            return f"{op.name}_{op.operands[0].hint}"
        return fallback(v.type)

    # names

    def _by_weight(self) -> list[Value]:
        """The values in the order of the program, those that loops carry first."""
        heavy: list[Value] = []
        light: list[Value] = []
        for v in reversed(self._order):
            members = self._members.get(self._find(v), [v])
            carried = any(self.tree.param_of.get(m, (None, -1))[1] >= 0 for m in members)
            (heavy if carried else light).append(v)
        return heavy + light

    def _name(self, func: Func, taken: frozenset[str]) -> dict[Value, str]:
        names, out = Names(taken), dict[Value, str]()
        self.numbered = names.numbered
        for p in func.params:
            if self._find(p) not in out:
                out[self._find(p)] = names.fresh(identifier(p.hint) or fallback(p.type))
        order = self._by_weight()
        hints: dict[Value, str] = {}
        for v in order:
            if v.hint:
                hints.setdefault(self._find(v), identifier(v.hint))
        for v in order:
            root = self._find(v)
            if root not in out:
                out[root] = names.fresh(hints.get(root) or identifier(self._suggestion(v)))
        return out
