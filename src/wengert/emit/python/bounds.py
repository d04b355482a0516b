"""Bounds of slices as they were written: ``a[1:-1]``, not ``a[min(1, n):min(1, n) + max(n - 2, 0)]``.

The IR says where a slice starts and how long it is, clamped; Python clamps by itself, so the clamping can be
undone where it does what Python would do.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from ...analysis.ranges import Ranges
from ...ir.core import Op, Value
from . import syntax
from .inline import Inline
from .linear import Linear, Sum
from .shapes import Shapes


class Bounds:
    """Prints both ends of forward slices."""

    def __init__(
        self, inline: Inline, linear: Linear, shapes: Shapes, show: Callable[[Value], ast.expr]
    ) -> None:
        self.inline, self.linear, self.shapes, self.show = inline, linear, shapes, show
        self._ranges: Ranges | None = None

    def lower(self, start: Value, a: Value, axis: int) -> ast.expr | None:
        """The start; None when it is 0."""
        form = self.linear.of(start)
        if form == Sum(0):
            return None
        return self._unclamped(start, a, axis) or self.linear.print(form, self.show)

    def upper(self, start: Value, length: Value, step: int, a: Value, axis: int) -> ast.expr | None:
        """The end, exclusive; None when the slice goes to the end."""
        first, size = self.linear.of(start), self.shapes.size(a, axis)
        if step == 1 and self._rest(start, length, size):
            return None
        plain = self.not_negative(length)
        count = self._counted(plain, step)
        written = self._clamped(start, size)
        if count is not None:
            # where the start is clamped, so is the end, and then the slice is empty either way
            for begin in (first, *([self.linear.of(written)] if written is not None else ())):
                stop = begin.plus(count)
                whole = self.shapes.expand(stop)
                if whole == size:
                    return None
                end = self._end(stop, a, axis)
                if end is not None:
                    return end
                offset = whole.plus(size, -1).number
                if plain is not length and offset is not None and offset < 0:
                    return syntax.number(offset)
            if plain is length and step == 1:
                return self.linear.print(first.plus(count), self.show)
        return self.linear.print(first.plus(self.linear.of(length), step), self.show)

    def _rest(self, start: Value, length: Value, size: Sum) -> bool:
        """Whether the slice goes to the end, as ``max(d, 0) + min(n, n - d) == n``."""
        first, count = self._op(start, "maximum"), self._op(length, "minimum")
        if first is None or count is None or self._number(first.operands[1]) != 0:
            return False
        left = size.plus(self.shapes.form(first.operands[0]), -1)
        forms = [self.shapes.form(v) for v in count.operands]
        return forms in ([size, left], [left, size])

    def _end(self, stop: Sum, a: Value, axis: int) -> ast.expr | None:
        """The end as it was written, when it is one clamped value."""
        if len(stop.terms) != 1 or stop.constant:
            return None
        (key,) = stop.terms
        return self._unclamped(stop.seen[key], a, axis) if stop.terms[key] == 1 else None

    def _clamped(self, v: Value, size: Sum) -> Value | None:
        """``x`` of ``min(x, size)``."""
        op = self._op(v, "minimum")
        if op is None:
            return None
        for x, other in (op.operands, op.operands[::-1]):
            if self.shapes.form(other) == size:
                return x
        return None

    def not_negative(self, length: Value) -> Value:
        """``x`` of ``max(x, 0)``."""
        op = self._op(length, "maximum")
        return op.operands[0] if op is not None and self._number(op.operands[1]) == 0 else length

    def _counted(self, length: Value, step: int) -> Sum | None:
        """How far the slice goes: ``x`` of ``(x + step - 1) // step``."""
        if step == 1:
            return self.linear.of(length)
        op = self._op(length, "floordiv")
        if op is None or self._number(op.operands[1]) != step:
            return None
        return self.linear.of(op.operands[0]).plus(Sum(step - 1), -1)

    def _unclamped(self, v: Value, a: Value, axis: int) -> ast.expr | None:
        """The bound that Python clamps to ``v``, when ``v`` is clamped."""
        size = self.shapes.size(a, axis)
        inner = self._clamped(v, size)
        if inner is not None:
            return self._from_zero(inner, size) or (self.show(inner) if self._is_natural(inner) else None)
        return self._from_zero(v, size)

    def _from_zero(self, v: Value, size: Sum) -> ast.expr | None:
        """What Python makes ``max(i + n if i < 0 else i, 0)`` of."""
        op = self._op(v, "maximum")
        if op is None or self._number(op.operands[1]) != 0:
            return None
        inner = op.operands[0]
        wrapped = self._op(inner, "wrap")
        if wrapped is not None and self.shapes.form(wrapped.operands[1]) == size:
            return self.show(wrapped.operands[0])
        offset = self.shapes.form(inner).plus(size, -1).number
        return syntax.number(offset) if offset is not None and offset < 0 else None

    def _op(self, v: Value, name: str) -> Op | None:
        return self.inline.tree.maker(v, name) if v in self.inline else None

    def _number(self, v: Value) -> object:
        return self.inline.tree.constant(v)

    def _is_natural(self, v: Value) -> bool:
        """Whether ``v`` is never negative."""
        if self._ranges is None:
            self._ranges = Ranges(self.inline.tree.func)
        return self._ranges.interval(v)[0] >= 0
