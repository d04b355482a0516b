"""Shapes for the reverse sweep: the sizes of a value of the forward sweep, instead of the value itself.

A cotangent has the shape of its primal, and often that is all the reverse sweep asks of an array.  A size is
a number that the forward sweep has, mostly one from outside the loop, so that nothing is recorded::

    %y_bar = alloc(dim(%y))        =>      %y_bar = alloc(%n)
"""

from __future__ import annotations

from ...ir.core import Value
from ...ir.types import I64, Array
from ..tree import Body, Emitter, Node
from .shadows import Sweep


class Sizes:
    """``home`` and ``made`` say where values of either sweep are defined, and are kept up to date."""

    def __init__(self, sweep: Sweep, home: dict[Value, Body], made: dict[Value, Node]) -> None:
        self.sweep = sweep
        self.home = home
        self.made = made
        self._dims: dict[tuple[Value, int], Value] = {}

    def known(self, forward: Body, back: Body) -> dict[Value, Value]:
        """For the sizes that ``back`` asks of arrays of ``forward``: the same, of the forward sweep."""
        found: dict[Value, Value] = {}
        self._replace(forward, back, found)
        return found

    def _replace(self, forward: Body, back: Body, found: dict[Value, Value]) -> None:
        for node in list(back.ops):
            for region in node.regions:
                self._replace(forward, region, found)
            if node.name != "dim" or self.home.get(node.operands[0]) is not forward:
                continue
            size = self._size(node.operands[0], node.attrs["axis"], forward)
            if isinstance(size, int):
                node.name, node.operands, node.attrs = "const", [], {"value": size}
            else:
                found[node.result] = size
                back.ops.remove(node)

    def of(self, v: Value, forward: Body) -> list[Value | int]:
        """The shape of a value of the forward sweep (of a number: none)."""
        rank = v.type.rank if isinstance(v.type, Array) else 0
        return [self._size(v, k, forward) for k in range(rank)]

    def _size(self, v: Value, axis: int, forward: Body) -> Value | int:
        node = self.made.get(v)
        if node is not None and node not in self.sweep.op_of:
            copied = (
                node.name == "copy"
                and (v, axis) not in self._dims
                and self.home.get(node.operands[0]) in set(forward.around())
            )
            return self._size(node.operands[0], axis, forward) if copied else self._dim(v, axis)
        form = self.sweep.final.ranges.size(v, axis)
        if form.is_constant:
            return form.constant
        scope = set(forward.around())
        if len(form.terms) == 1 and not form.constant:
            ((s, c),) = form.terms.items()
            if c == 1 and isinstance(s, Value) and self.home.get(s) in scope:
                return s
            if c == 1 and isinstance(s, tuple) and isinstance(s[0], Value) and self.home.get(s[0]) in scope:
                assert isinstance(s[1], int)
                return self._dim(s[0], s[1])
        return self._dim(v, axis)

    def know(self, v: Value, axis: int, size: Value) -> None:
        """``size``, which is there where ``v`` is made, is that of ``v``."""
        self._dims[v, axis] = size

    def _dim(self, v: Value, axis: int) -> Value:
        """The size where ``v`` is made."""
        if (v, axis) not in self._dims:
            body, node = self.home[v], self.made.get(v)
            at = 0 if node is None else body.ops.index(node) + 1
            dim = Emitter(body, at=at).node("dim", [v], [I64], {"axis": axis})
            self.home[dim.result], self.made[dim.result] = body, dim
            self._dims[v, axis] = dim.result
        return self._dims[v, axis]
