"""Which references may share memory: alias classes.

Two references are in one class when a view, a join (`if`, a carried value, a call) or a record may make
them refer to the same buffer; within a class nothing is said about overlap, and memory of different classes
never overlaps.  Classes start from the parameters, each alone unless declared with ``may_alias``, and from
the operations that allocate.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from ..ir.core import VIEWS, Func, Op, Value
from ..ir.types import Array, Rec, Scalar, dtype_of, is_ref
from .effects import CONTROL, is_fresh, reads, writes
from .sites import Path, Sites

Root = Value | Op
"""Where memory comes from: a parameter of the function, or an op that allocates."""


class Aliases:
    """The alias classes of one function, with what reads and writes each.

    ``may_alias`` holds pairs of positions of parameters that may overlap.
    """

    def __init__(
        self, func: Func, may_alias: Iterable[tuple[int, int]] = (), sites: Sites | None = None
    ) -> None:
        self.func = func
        self.sites = sites or Sites(func)
        self._parent: dict[Value, Value] = {}
        self._item: dict[Value, Value] = {}
        self._mixed: set[Value] = set()
        self._fresh: dict[Value, Op] = {}
        self._given: list[Value] = []
        self._build(may_alias)
        self._freeze()

    # building

    def _find(self, v: Value) -> Value:
        root = v
        while (up := self._parent.setdefault(root, root)) is not root:
            root = up
        while v is not root:
            self._parent[v], v = root, self._parent[v]
        return root

    def _unite(self, a: Value, b: Value) -> None:
        x, y = self._find(a), self._find(b)
        if x is y:
            return
        self._parent[y] = x
        items = [self._item.pop(r) for r in (x, y) if r in self._item]
        if items:
            self._item[x] = items[0]
            for other in items[1:]:
                self._unite(items[0], other)

    def _join(self, target: Value, *sources: Value) -> None:
        """A join: ``target`` may be any of ``sources``."""
        if is_ref(target.type):
            self._mixed.add(target)
            for s in sources:
                self._mixed.add(s)
                self._unite(target, s)

    def _put(self, rec: Value, item: Value) -> None:
        """The record ``rec`` may hold ``item``."""
        if isinstance(rec.type, Rec) and isinstance(rec.type.item, Array):
            self._mixed.add(item)
            self._unite(self._item.setdefault(self._find(rec), item), item)

    def _build(self, may_alias: Iterable[tuple[int, int]]) -> None:
        params = self.func.params
        for p in params:
            if is_ref(p.type):
                self._find(p)
                self._given.append(p)
            if isinstance(p.type, Rec) and isinstance(p.type.item, Array):
                item = Value(p.type.item)  # stands for whatever the caller's record holds
                self._put(p, item)
                self._given.append(item)
        for i, j in may_alias:
            if is_ref(params[i].type) and is_ref(params[j].type):
                self._unite(params[i], params[j])
        for op in self.sites.ops:
            self._visit(op)
        self._mixed.update(v for v in self.func.results if is_ref(v.type))

    def _visit(self, op: Op) -> None:
        for r in op.results:
            if is_ref(r.type):
                self._find(r)
                if is_fresh(op, r):
                    self._fresh[r] = op
        if op.name in VIEWS:
            self._unite(op.result, op.operands[0])
        elif op.name == "if":
            for k, r in enumerate(op.results):
                self._join(r, *(region.yields[k] for region in op.regions))
        elif op.name in ("for", "while"):
            self._visit_loop(op)
        elif op.name == "rec_set":
            self._put(op.operands[0], op.operands[2]) if is_ref(op.operands[2].type) else None
        elif op.name == "rec_get":
            self._put(op.operands[0], op.result) if is_ref(op.result.type) else None
        elif op.name in ("call", "derive"):
            self._visit_call(op)

    def _visit_loop(self, op: Op) -> None:
        count = len(op.results) - 1
        inits = op.operands[len(op.operands) - count :]
        last = op.regions[-1]
        for k in range(count):
            params = [region.params[len(region.params) - count + k] for region in op.regions]
            self._join(op.results[k + 1], inits[k], last.yields[len(last.yields) - count + k], *params)

    def _visit_call(self, op: Op) -> None:
        """A callee may return any array it is given, and put any into a record it is given."""
        refs = [v for v in (*op.operands, *op.results) if is_ref(v.type)]
        self._mixed.update(refs)
        recs = [v for v in refs if isinstance(v.type, Rec)]
        returned = {dtype_of(v.type) for v in op.results if isinstance(v.type, Array)}
        returned |= {
            dtype_of(v.type) for v in recs if isinstance(v.type, Rec) and isinstance(v.type.item, Array)
        }
        first: dict[Scalar, Value] = {}
        for v in refs:
            if isinstance(v.type, Array) and dtype_of(v.type) in returned:
                self._unite(first.setdefault(dtype_of(v.type), v), v)
                for r in recs:
                    if dtype_of(r.type) == dtype_of(v.type):
                        self._put(r, v)
        for a, b in pairwise(recs):
            self._unite(a, b)

    def _freeze(self) -> None:
        ids: dict[Value, int] = {}
        self._cls: dict[Value, int] = {}
        self._members: list[list[Value]] = []
        for v in self._parent:
            c = ids.setdefault(self._find(v), len(ids))
            if c == len(self._members):
                self._members.append([])
            self._cls[v] = c
            self._members[c].append(v)
        count = len(ids)
        self._writes: list[list[tuple[Op, Path]]] = [[] for _ in range(count)]
        self._reads: list[list[tuple[Op, Path]]] = [[] for _ in range(count)]
        for op in self.sites.ops:
            if op.name in CONTROL:
                continue
            for c in dict.fromkeys(self._cls[v] for v in writes(op)):
                self._writes[c].append((op, self.sites.path(op)))
            for c in dict.fromkeys(self._cls[v] for v in reads(op)):
                self._reads[c].append((op, self.sites.path(op)))
        self._roots: list[list[Root]] = [[] for _ in range(count)]
        for p in self._given:
            self._roots[self._cls[p]].append(p)
        for v, op in self._fresh.items():
            self._roots[self._cls[v]].append(op)
        self._items = {self._cls[rec]: self._cls[self._find(v)] for rec, v in self._item.items()}
        self._open = [any(v in self._mixed for v in members) for members in self._members]

    # asking

    def cls(self, value: Value) -> int:
        """The class of a reference."""
        return self._cls[value]

    def __contains__(self, value: Value) -> bool:
        """Whether this is a reference of the function."""
        return value in self._cls

    def may_share(self, a: Value, b: Value) -> bool:
        """Whether the memory of two references may overlap."""
        return self._cls[a] == self._cls[b]

    @property
    def classes(self) -> range:
        """All classes."""
        return range(len(self._members))

    def members(self, cls: int) -> list[Value]:
        """The references of the class."""
        return self._members[cls]

    def roots(self, cls: int) -> list[Root]:
        """The parameters and the allocating operations whose memory the class is."""
        return self._roots[cls]

    def writes(self, cls: int) -> list[tuple[Op, Path]]:
        """The operations that may write memory of the class, with their paths, in the order of the text."""
        return self._writes[cls]

    def reads(self, cls: int) -> list[tuple[Op, Path]]:
        """The operations that may read memory of the class, with their paths, in the order of the text."""
        return self._reads[cls]

    def is_param(self, cls: int) -> bool:
        """Whether the class holds memory that the caller gave."""
        return any(isinstance(r, Value) for r in self._roots[cls])

    def items(self, cls: int) -> int | None:
        """The class of what the records of this class hold, when they hold references."""
        return self._items.get(cls)

    def escapes_block(self, cls: int) -> bool:
        """Whether a member is joined, carried, yielded, returned, recorded or given to a call."""
        return self._open[cls]

    def is_value_array(self, value: Value) -> bool:
        """Whether ``value`` is a fresh array under one name only that is never written: as good as a
        scalar."""
        c = self._cls[value]
        return value in self._fresh and len(self._members[c]) == 1 and not self._writes[c]
