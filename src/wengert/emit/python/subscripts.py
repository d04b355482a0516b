"""Elements and views as subscripts: ``a[i, j]``, ``a[lo:hi]``, views of views in one pair of brackets."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from ...ir.core import Op, Value
from ...ir.types import Array
from . import syntax
from .bounds import Bounds
from .inline import Inline
from .linear import Linear, Sum
from .shapes import Shapes


@dataclass(slots=True)
class Entry:
    """What is done to one axis: ``i`` an index, ``s`` a slice, ``:`` all of it, ``+`` a new axis.

    ``start`` is the index or the first element.  ``cut`` is the length of a slice that is taken in a second
    step, because its end cannot be written down safely (``a[start::-1][:length]``).
    """

    kind: str
    start: Sum | None = None
    text: ast.expr | None = None
    unit: bool = False
    cut: ast.expr | None = None


class Subscripts:
    """Prints what refers to parts of arrays."""

    def __init__(self, inline: Inline, linear: Linear, show: Callable[[Value], ast.expr]) -> None:
        self.inline, self.linear, self.show = inline, linear, show
        self.tree = inline.tree
        self.shapes = Shapes(inline.tree)
        self.bounds = Bounds(inline, linear, self.shapes, show)

    def element(self, a: Value, indices: tuple[Value, ...]) -> ast.expr:
        """``a[i, j]``; ``a`` may be a view that is printed in place."""
        base, entries = self._path(a)
        added = [self._index(i) for i in indices]
        merged = self._merge(entries, added)
        if merged is None:
            return syntax.subscript(self._render(base, entries), [e.text for e in added if e.text])
        return self._render(base, merged, scalar=True)

    def view(self, v: Value) -> ast.expr:
        """A view that is printed in place."""
        base, entries = self._path(v, top=True)
        return self._render(base, entries)

    def index(self, v: Value) -> ast.expr:
        """An index; Python wraps negative ones by itself."""
        return self.show(self._unwrapped(v))

    def whole(self, a: Value) -> ast.expr:
        """``a`` as the target of an assignment: ``a[:]``, or the subscript of the view."""
        op = self.tree.maker(a, "view")
        if op is not None and a in self.inline:
            text = self.view(a)
            if isinstance(text, ast.Subscript):
                return text
        assert isinstance(a.type, Array)
        inside = ast.Slice() if a.type.rank == 1 else ast.Constant(...)
        return ast.Subscript(self.show(a), inside, ast.Store())

    def _index(self, i: Value) -> Entry:
        """An index; one that may be negative has no ``start``, for it does not add up with other starts."""
        plain = self._unwrapped(i)
        return Entry("i", self.linear.of(i) if plain is i else None, self.index(i))

    def _unwrapped(self, v: Value) -> Value:
        op = self.tree.maker(v, "wrap")
        return op.operands[0] if op is not None and v in self.inline else v

    def beside(self, v: Value, other: Value) -> ast.expr:
        """``v`` in arithmetic with ``other``: axes in front of it come by themselves."""
        view = self.widened(v)
        if view is not None and self.widened(other) is None and isinstance(other.type, Array):
            assert isinstance(v.type, Array)
            if view.attrs["spec"].lstrip("+").strip(":") == "" and other.type.rank >= v.type.rank:
                return self.show(view.operands[0])
        return self.show(v)

    def widened(self, v: Value) -> Op | None:
        """The view that ``v`` is, when it is printed in place and adds axes in front or behind."""
        view = self.tree.maker(v, "view")
        if view is None or v not in self.inline or set(view.attrs["spec"]) != {":", "+"}:
            return None
        return view

    # views

    def _path(self, v: Value, top: bool = False) -> tuple[Value, list[Entry]]:
        """The array that ``v`` is a part of, and which part."""
        op = self.tree.maker(v, "view")
        if op is None or (v not in self.inline and not top):
            assert isinstance(v.type, Array), v
            return v, [Entry(":") for _ in v.type.axes]
        inner = op.operands[0]
        base, entries = self._path(inner)
        merged = self._merge(entries, self._entries(op))
        if merged is None:
            return inner, self._entries(op)
        return base, merged

    def _entries(self, op: Op) -> list[Entry]:
        out: list[Entry] = []
        operands = iter(op.operands[1:])
        axis = 0
        for letter in op.attrs["spec"]:
            if letter == "i":
                out.append(self._index(next(operands)))
            elif letter == "-":
                out.append(Entry("i", Sum(0), syntax.number(0)))
            elif letter == "s":
                out.append(self._slice(op.operands[0], axis, next(operands), next(operands), next(operands)))
            else:
                out.append(Entry(letter))
            axis += letter != "+"
        return out

    def _slice(self, a: Value, axis: int, start: Value, length: Value, step: Value) -> Entry:
        bounds, shapes = self.bounds, self.shapes
        first = self.linear.of(start)
        size, begin, count = (
            shapes.size(a, axis),
            shapes.form(start),
            shapes.form(bounds.not_negative(length)),
        )
        by = self.linear.of(step).number
        if by is None or by < 1:
            from_end = by == -1 and begin == size.plus(Sum(1), -1)
            if from_end and count == size:
                return Entry("s", first, ast.Slice(None, None, syntax.number(-1)))
            text = ast.Slice(None if from_end else self.linear.print(first, self.show), None, self.show(step))
            return Entry("s", first, text, cut=self.show(length))
        lower = bounds.lower(start, a, axis)
        upper = None if by == 1 and begin.plus(count) == size else bounds.upper(start, length, by, a, axis)
        if lower is None and upper is None and by == 1:
            return Entry(":")
        text = ast.Slice(lower, upper, None if by == 1 else syntax.number(by))
        return Entry("s", first, text, unit=by == 1)

    def _merge(self, first: list[Entry], second: list[Entry]) -> list[Entry] | None:
        """Both steps as one, or None."""
        if any(e.cut is not None for e in first):
            return None
        rest = list(second)
        out: list[Entry] = []
        for e in first:
            while rest and rest[0].kind == "+":
                out.append(rest.pop(0))
            if e.kind == "i":
                out.append(e)
                continue
            other = rest.pop(0)
            if other.kind == ":":
                out.append(e)
            elif e.kind == ":":
                out.append(other)
            elif e.kind == "s" and e.unit and other.kind == "i" and e.start and other.start:
                start = e.start.plus(other.start)
                out.append(Entry("i", start, self.linear.print(start, self.show)))
            else:
                return None
        return out + rest

    def _render(self, base: Value, entries: list[Entry], scalar: bool = False) -> ast.expr:
        index: list[ast.expr] = []
        for e in entries:
            index.append(
                e.text if e.text is not None else ast.Slice() if e.kind == ":" else ast.Constant(None)
            )
        while index and entries[len(index) - 1].kind == ":":
            index.pop()
        out = self.show(base)
        if index:
            if not scalar and all(e.kind == "i" for e in entries):
                index.append(ast.Constant(...))
            out = syntax.subscript(out, index)
        elif scalar:
            out = syntax.subscript(out, [ast.Tuple([], ast.Load())])
        cuts = [e.cut for e in entries if e.kind != "i"]
        if any(cuts):
            while not cuts[-1]:
                cuts.pop()
            out = syntax.subscript(out, [ast.Slice(None, c) if c else ast.Slice() for c in cuts])
        return out
