"""The five classes of the IR: `Value`, `Op`, `Block`, `Func` (and the types of `wengert.ir.types`), with
`Module`.

SSA, typed, structured, immutable.  Every value is defined once: by an op, or as the parameter of a block.  A
value is visible in its block after its definition and in every region nested inside.  Control flow is
regions, never a graph. Objects compare by identity; no analysis result is ever stored on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ..diag.span import Span
from .types import Type

_EMPTY: Mapping[str, Any] = MappingProxyType({})

VIEWS = frozenset({"view", "transpose", "reshape", "broadcast", "diagonal", "pack", "unpack"})
"""Operations whose result refers to the memory of operand 0."""


@dataclass(frozen=True, eq=False, slots=True)
class Value:
    """One SSA value.  ``hint`` is the user's name for it, or empty."""

    type: Type
    hint: str = ""

    def __repr__(self) -> str:
        return f"%{self.hint or 'v'}@{id(self) & 0xFFFF:x}:{self.type}"


def suggest(value: Value, hint: str) -> None:
    """A name for a value that has none, while what it belongs to is under construction."""
    if hint and not value.hint:
        object.__setattr__(value, "hint", hint)


@dataclass(frozen=True, eq=False, slots=True)
class Op:
    """One operation.  ``attrs`` are compile-time parameters; ``regions`` belong to control operations."""

    name: str
    operands: tuple[Value, ...] = ()
    results: tuple[Value, ...] = ()
    attrs: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)
    regions: tuple[Block, ...] = ()
    span: Span | None = None

    @property
    def result(self) -> Value:
        (only,) = self.results
        return only

    def __repr__(self) -> str:
        return f"<{', '.join(map(repr, self.results))} = {self.name} {self.operands} {dict(self.attrs)}>"


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    """A straight sequence of ops with parameters and yielded values; the body of a function or of a
    region."""

    params: tuple[Value, ...] = ()
    ops: tuple[Op, ...] = ()
    yields: tuple[Value, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Func:
    """A function: its body's parameters are its parameters, its body's yields its results."""

    name: str
    body: Block
    result_names: tuple[str, ...] = ()
    span: Span | None = None

    @property
    def params(self) -> tuple[Value, ...]:
        return self.body.params

    @property
    def results(self) -> tuple[Value, ...]:
        return self.body.yields


@dataclass(frozen=True, eq=False, slots=True)
class Module:
    """Functions by name; ``entry`` is the one that is called from outside, the others are reached by
    ``call``."""

    entry: str
    funcs: Mapping[str, Func]

    @property
    def main(self) -> Func:
        return self.funcs[self.entry]

    def with_func(self, func: Func) -> Module:
        """A copy in which ``func`` replaces (or joins) the function of its name."""
        return Module(self.entry, MappingProxyType({**self.funcs, func.name: func}))


def module(func: Func, *others: Func) -> Module:
    """A module whose entry is ``func``."""
    return Module(func.name, MappingProxyType({f.name: f for f in (func, *others)}))
