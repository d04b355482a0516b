"""A terse way to write modules in tests: ``p("mul", x, y, t=V)`` appends an op and gives its result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wengert.ir.build import Builder
from wengert.ir.core import Block, Func, Module, Value, module
from wengert.ir.types import BOOL, F64, I64, Scalar, Type, array

V, M = array(F64, 1), array(F64, 2)
VS, MS = array(F64, 1, "S"), array(F64, 2, "S")


class Program:
    """A builder whose calls take numbers for constants."""

    def __init__(self) -> None:
        self.b = Builder()

    def const(self, x: float | bool, t: Scalar | None = None) -> Value:
        """A constant; floats are f64, integers i64."""
        kind = t or (BOOL if isinstance(x, bool) else F64 if isinstance(x, float) else I64)
        return self.b.emit("const", (), {"value": x}, types=(kind,))[0]

    def value(self, x: Value | float) -> Value:
        """A value, or a constant."""
        return x if isinstance(x, Value) else self.const(x)

    def many(
        self, name: str, *operands: Value | float, t: Sequence[Type] = (), **attrs: Any
    ) -> tuple[Value, ...]:
        """An op with any number of results."""
        return self.b.emit(name, [self.value(v) for v in operands], attrs, types=t)

    def __call__(self, name: str, *operands: Value | float, t: Type | None = None, **attrs: Any) -> Value:
        """An op with one result, or none."""
        out = self.many(name, *operands, t=() if t is None else (t,), **attrs)
        return out[0] if out else Value(F64)

    def size(self, a: Value, axis: int = 0) -> Value:
        """``dim``."""
        return self("dim", a, t=I64, axis=axis)

    def loop(
        self,
        lo: Value | int,
        hi: Value | int,
        body: Callable[..., Sequence[Value | float]],
        *inits: Value | float,
        step: int = 1,
        stop: bool = False,
    ) -> tuple[Value, ...]:
        """``for``: ``body(program, i, *carried)`` gives the yields."""
        start = [self.value(v) for v in inits]
        params = [Value(I64), *(Value(v.type) for v in start)]
        region = inner(body, params)
        attrs = {"stop": True} if stop else {}
        operands = [self.value(lo), self.value(hi), self.const(step), *start]
        return self.b.emit("for", operands, attrs, (region,), (I64, *(v.type for v in start)))

    def branch(
        self, c: Value, yes: Callable[..., Any], no: Callable[..., Any], *types: Type
    ) -> tuple[Value, ...]:
        """``if``."""
        return self.b.emit("if", (c,), {}, (inner(yes, []), inner(no, [])), types)


def inner(body: Callable[..., Sequence[Value | float]], params: Sequence[Value]) -> Block:
    """A region."""
    p = Program()
    yields = [p.value(v) for v in body(p, *params)]
    return p.b.block(params, yields)


def function(name: str, types: Sequence[Type], body: Callable[..., Any]) -> Func:
    """A function: ``body(program, *params)`` gives the results."""
    params = [Value(t, f"p{k}") for k, t in enumerate(types)]
    return Func(name, inner(body, params))


def program(types: Sequence[Type], body: Callable[..., Any]) -> Module:
    """A module of one function."""
    return module(function("f", types, body))
