"""Removes what nobody reads from a mutable body: pure nodes, results of branches, carried values of loops.

Liveness of carried values is optimistic: a value that only feeds itself round the loop is dead.  Writes are
kept, except those into a shadow that is never read.
"""

from __future__ import annotations

from ...analysis.effects import STORES
from ...ir.core import VIEWS, Value
from ..tree import Body, Node

_EFFECTS = frozenset({"check", "call", "rec_set", "rec_grow", *STORES})


def prune(top: Body) -> None:
    """Prune ``top`` in place; its yields and parameters stay."""
    live = _Liveness(top)
    _sweep(top, live)


def _carried(node: Node) -> int:
    return len(node.results) - (0 if node.name == "if" else 1)


class _Liveness:
    def __init__(self, top: Body) -> None:
        self.values: set[Value] = set()
        self.nodes: set[Node] = set()
        self._maker: dict[Value, tuple[Node, int]] = {}
        self._loop_param: dict[Value, tuple[Node, int]] = {}
        self._home: dict[Node, Node | None] = {}
        self._writers: dict[Value, list[Node]] = {}
        self._todo: list[Value] = []
        self._index(top, None)
        for v in top.yields:
            self._value(v)
        for node in list(self._home):
            if self._must_stay(node):
                self._node(node)
        while self._todo:
            self._trace(self._todo.pop())

    def _index(self, body: Body, owner: Node | None) -> None:
        for node in body.ops:
            self._home[node] = owner
            for k, r in enumerate(node.results):
                self._maker[r] = (node, k)
            for region in node.regions:
                first = len(region.params) - _carried(node)
                for k, p in enumerate(region.params):
                    self._loop_param[p] = (node, k - first)
                self._index(region, node)
        if owner is None:
            for node in list(self._home):
                if node.name in STORES:
                    self._writers.setdefault(self._root(node.operands[0]), []).append(node)

    def _root(self, v: Value) -> Value:
        """The allocation that ``v`` is a view of, or the first value that is no view."""
        while v in self._maker and self._maker[v][0].name in VIEWS:
            v = self._maker[v][0].operands[0]
        return v

    def _must_stay(self, node: Node) -> bool:
        if node.name in STORES:
            root = self._root(node.operands[0])
            made = self._maker.get(root)
            return made is None or made[0].name not in ("alloc",) or root in self.values
        if node.name in ("load", "view") and not (node.attrs.get("adjoint") or node.attrs.get("safe")):
            return True
        return node.name in _EFFECTS

    def _value(self, v: Value) -> None:
        if v not in self.values:
            self.values.add(v)
            self._todo.append(v)

    def _node(self, node: Node) -> None:
        """``node`` stays: so do its operands, the regions around it and what steers it."""
        if node in self.nodes:
            return
        self.nodes.add(node)
        home = self._home[node]
        if home is not None:
            self._node(home)
        if node.name == "if":
            self._value(node.operands[0])
        elif node.name in ("for", "while"):
            count = _carried(node)
            for v in node.operands[: len(node.operands) - count]:
                self._value(v)
            body = node.regions[-1]
            for v in body.yields[: len(body.yields) - count]:
                self._value(v)
            if node.name == "while":
                self._value(node.regions[0].yields[0])
        else:
            for v in node.operands:
                self._value(v)

    def _trace(self, v: Value) -> None:
        for writer in self._writers.get(v, ()):
            self._node(writer)
        where = self._maker.get(v)
        if where is not None:
            node, k = where
            self._node(node)
            if node.name == "if":
                for region in node.regions:
                    self._value(region.yields[k])
            elif node.name in ("for", "while") and k > 0:
                self._carry(node, k - 1)
        elif v in self._loop_param:
            node, k = self._loop_param[v]
            self._node(node)
            if k >= 0:
                self._carry(node, k)

    def _carry(self, node: Node, k: int) -> None:
        count = _carried(node)
        self._value(node.operands[len(node.operands) - count + k])
        body = node.regions[-1]
        self._value(body.yields[len(body.yields) - count + k])
        for region in node.regions:
            self._value(region.params[len(region.params) - count + k])
        self._value(node.results[k + 1])


def _sweep(body: Body, live: _Liveness) -> None:
    kept: list[Node] = []
    for node in body.ops:
        if node not in live.nodes:
            continue
        for region in node.regions:
            _sweep(region, live)
        if node.regions:
            _drop_carried(node, live)
        kept.append(node)
    body.ops = kept


def _drop_carried(node: Node, live: _Liveness) -> None:
    count = _carried(node)
    dead = [k for k in range(count) if node.results[len(node.results) - count + k] not in live.values]
    for k in reversed(dead):
        _delete(node.results, count, k)
        if node.name != "if":
            _delete(node.operands, count, k)
        for number, region in enumerate(node.regions):
            if node.name != "if":
                _delete(region.params, count, k)
            if not (node.name == "while" and number == 0):
                _delete(region.yields, count, k)
        count -= 1


def _delete(items: list[Value], count: int, k: int) -> None:
    del items[len(items) - count + k]
