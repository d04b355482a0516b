"""A mutable mirror of the IR, for transforms that go back to what they have already emitted.

`transform/vjp` emits a reverse sweep first and plans afterwards what the forward sweep must keep for it.
That planning adds parameters, results and records to regions that exist already, so it works on these nodes
and freezes them at the end. Values are shared with the immutable IR.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..diag.span import Span
from ..ir.core import Block, Op, Value
from ..ir.types import Type


class Node:
    """A mutable op.  ``mirror`` is the forward op that a reverse op undoes, where there is one."""

    __slots__ = ("attrs", "mirror", "name", "operands", "regions", "results", "span")

    def __init__(
        self,
        name: str,
        operands: Iterable[Value] = (),
        results: Iterable[Value] = (),
        attrs: Mapping[str, Any] | None = None,
        regions: Iterable[Body] = (),
        span: Span | None = None,
    ) -> None:
        self.name = name
        self.operands = list(operands)
        self.results = list(results)
        self.attrs: dict[str, Any] = dict(attrs or {})
        self.regions = list(regions)
        self.span = span
        self.mirror: Node | None = None
        for r in self.regions:
            r.owner = self

    @property
    def result(self) -> Value:
        (only,) = self.results
        return only

    def freeze(self) -> Op:
        return Op(
            self.name,
            tuple(self.operands),
            tuple(self.results),
            MappingProxyType(dict(self.attrs)),
            tuple(r.freeze() for r in self.regions),
            self.span,
        )


class Body:
    """A mutable block.  ``mirror`` is the forward body that a reverse body undoes; ``parent`` the body
    around ``owner``.
    """

    __slots__ = ("mirror", "ops", "owner", "params", "parent", "yields")

    def __init__(self, parent: Body | None = None, params: Iterable[Value] = ()) -> None:
        self.parent = parent
        self.owner: Node | None = None
        self.mirror: Body | None = None
        self.params = list(params)
        self.ops: list[Node] = []
        self.yields: list[Value] = []

    def freeze(self) -> Block:
        return Block(tuple(self.params), tuple(n.freeze() for n in self.ops), tuple(self.yields))

    def nodes(self) -> Iterator[Node]:
        """Every node, in order, outer before inner."""
        for n in self.ops:
            yield n
            for r in n.regions:
                yield from r.nodes()

    def around(self) -> Iterator[Body]:
        """This body and those around it, innermost first."""
        body: Body | None = self
        while body is not None:
            yield body
            body = body.parent


class Emitter:
    """Appends nodes to ``body`` (or inserts them at ``at``), sharing constants within the body.

    ``same`` says of the elementwise operations to come that the arrays in them have equal shapes.
    """

    __slots__ = ("_consts", "at", "body", "same", "span")

    def __init__(self, body: Body, at: int | None = None, span: Span | None = None) -> None:
        self.body = body
        self.at = at
        self.span = span
        self.same = False
        self._consts: dict[tuple[Any, Type, bool], Value] = {}

    def node(
        self,
        name: str,
        operands: Sequence[Value] = (),
        types: Sequence[Type] = (),
        attrs: Mapping[str, Any] | None = None,
        regions: Sequence[Body] = (),
        hints: Sequence[str] = (),
    ) -> Node:
        results = [Value(t, hints[i] if i < len(hints) else "") for i, t in enumerate(types)]
        return self.put(Node(name, operands, results, attrs, regions, self.span))

    def put(self, node: Node) -> Node:
        if self.at is None:
            self.body.ops.append(node)
        else:
            self.body.ops.insert(self.at, node)
            self.at += 1
        return node

    def mark(self) -> Any:
        """Where we are, for `back_to`."""
        return len(self.body.ops), self.at, dict(self._consts)

    def back_to(self, mark: Any) -> None:
        """Forget what was emitted since `mark`."""
        count, at, consts = mark
        if self.at is None:
            del self.body.ops[count:]
        else:
            del self.body.ops[at : self.at]
        self.at = at
        self._consts = consts

    def const(self, value: Any, t: Type) -> Value:
        negative_zero = isinstance(value, float) and str(value) == "-0.0"
        key = (value, t, negative_zero)
        if key not in self._consts:
            self._consts[key] = self.node("const", (), (t,), {"value": value}).result
        return self._consts[key]


def thaw(block: Block, parent: Body | None = None) -> Body:
    """A mutable copy that shares the values."""
    body = Body(parent, block.params)
    for op in block.ops:
        node = Node(op.name, op.operands, op.results, op.attrs, (), op.span)
        for r in op.regions:
            inner = thaw(r, body)
            inner.owner = node
            node.regions.append(inner)
        body.ops.append(node)
    body.yields = list(block.yields)
    return body
