"""Integers as sums of multiples, so that ``lo + (hi - lo)`` prints as ``hi`` and ``n - 1 + 1`` as ``n``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from ...ir.core import Value
from . import syntax
from .tree import Tree

Key = Value | tuple[Value, int]
"""An integer value, or the size of an array (with the axis)."""


@dataclass(slots=True)
class Sum:
    """``constant + sum(coefficient * key)``; ``seen`` remembers a value for each key, to print it."""

    constant: int = 0
    terms: dict[Key, int] = field(default_factory=dict[Key, int])
    seen: dict[Key, Value] = field(default_factory=dict[Key, Value])

    def plus(self, other: Sum, times: int = 1) -> Sum:
        terms = dict(self.terms)
        for k, c in other.terms.items():
            terms[k] = terms.get(k, 0) + c * times
            if not terms[k]:
                del terms[k]
        return Sum(self.constant + other.constant * times, terms, {**other.seen, **self.seen})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sum) and self.constant == other.constant and self.terms == other.terms

    @property
    def number(self) -> int | None:
        """The value, when it is a constant."""
        return None if self.terms else self.constant


class Linear:
    """Forms of integer values, looking into what ``through`` allows; ``resolve`` may say more about sizes."""

    def __init__(self, tree: Tree, through: Callable[[Value], bool]) -> None:
        self.tree, self.through = tree, through
        self.resolve: Callable[[Value, int], Sum] | None = None

    def of(self, v: Value, open_: bool = False) -> Sum:
        """The form of ``v``; ``open_`` looks into ``v`` itself in any case."""
        op = self.tree.makers.get(v)
        if op is None:
            return _symbol(v, v)
        if op.name == "const":
            return Sum(int(op.attrs["value"]))
        if op.name == "dim":
            a, axis = op.operands[0], op.attrs["axis"]
            return self.resolve(a, axis) if self.resolve else _symbol((a, axis), v)
        if not (open_ or self.through(v)):
            return _symbol(v, v)
        if op.name in ("add", "sub"):
            return self.of(op.operands[0]).plus(self.of(op.operands[1]), 1 if op.name == "add" else -1)
        if op.name == "neg":
            return Sum().plus(self.of(op.operands[0]), -1)
        if op.name == "mul":
            a, b = self.of(op.operands[0]), self.of(op.operands[1])
            for x, y in ((a, b), (b, a)):
                if (n := x.number) is not None:
                    return Sum().plus(y, n)
        return _symbol(v, v)

    def print(self, form: Sum, show: Callable[[Value], ast.expr]) -> ast.expr:
        """The form as an expression, positive terms first."""
        out: ast.expr | None = None
        for key, c in sorted(form.terms.items(), key=lambda item: item[1] < 0):
            term = show(form.seen[key])
            if abs(c) != 1:
                term = syntax.binary("mul", syntax.number(abs(c)), term)
            if out is None:
                out = syntax.negative(term) if c < 0 else term
            else:
                out = syntax.binary("add" if c > 0 else "sub", out, term)
        if out is None:
            return syntax.number(form.constant)
        return syntax.binary("add", out, syntax.number(form.constant)) if form.constant else out


def _symbol(key: Key, v: Value) -> Sum:
    return Sum(0, {key: 1}, {key: v})
