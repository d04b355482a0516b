"""Builds blocks one op at a time.

>>> from wengert.ir.types import F64
>>> x = Value(F64, "x")
>>> b = Builder()
>>> y = b.emit("mul", (x, x), types=(F64,))[0]
>>> func = Func("square", b.block((x,), (y,)))
>>> len(func.body.ops)
1
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..diag.span import Span
from .core import Block, Func, Op, Value
from .types import Type

__all__ = ["Builder", "Func", "Value"]


class Builder:
    """Collects the ops of one block.  ``span`` is given to every op that does not bring its own."""

    __slots__ = ("ops", "span")

    def __init__(self, span: Span | None = None) -> None:
        self.ops: list[Op] = []
        self.span = span

    def emit(
        self,
        name: str,
        operands: Iterable[Value] = (),
        attrs: Mapping[str, Any] | None = None,
        regions: Sequence[Block] = (),
        types: Iterable[Type] = (),
        hints: Sequence[str] = (),
        span: Span | None = None,
    ) -> tuple[Value, ...]:
        """Append an op and return its results, new values of ``types`` named by ``hints``."""
        results = tuple(Value(t, hints[i] if i < len(hints) else "") for i, t in enumerate(types))
        frozen = MappingProxyType(dict(attrs)) if attrs else MappingProxyType({})
        self.ops.append(Op(name, tuple(operands), results, frozen, tuple(regions), span or self.span))
        return results

    def add(self, op: Op) -> Op:
        """Append an op that already exists."""
        self.ops.append(op)
        return op

    def block(self, params: Iterable[Value] = (), yields: Iterable[Value] = ()) -> Block:
        """The finished block."""
        return Block(tuple(params), tuple(self.ops), tuple(yields))
