"""A few lines that turn loop nests in Python into IR, so that tests of the middle read like the textbook.

Parameters named in upper case are integers, in ``abc`` matrices, in ``xyzuvw`` vectors; other parameters
numbers. Slices have no step and are clamped by nobody; indices are not wrapped.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from wengert.ir.build import Builder
from wengert.ir.core import Func, Value
from wengert.ir.types import BOOL, F64, I64, Array, Type, array

_BINARY = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
}
_COMPARE = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"}


def lower(f: Callable[..., Any]) -> Func:
    """The IR of a simple Python function."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(f))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    env: dict[str, Value] = {a.arg: Value(_type(a.arg), a.arg) for a in tree.args.args}
    params = tuple(env.values())
    b = Builder()
    out = _Lower(b, env).body(tree.body)
    return Func(tree.name, b.block(params, out))


def _type(name: str) -> Type:
    if name[0].isupper():
        return I64
    return array(F64, 2) if name[0] in "abc" else array(F64, 1) if name[0] in "xyzuvw" else F64


def _stored(body: list[ast.stmt]) -> list[str]:
    names = [
        n.id for s in body for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    ]
    return list(dict.fromkeys(names))


class _Lower:
    def __init__(self, b: Builder, env: dict[str, Value]) -> None:
        self.b, self.env = b, env

    def op(self, name: str, *args: Value, to: Type | None = None, **attrs: Any) -> Value:
        return self.b.emit(name, args, attrs, types=(to or args[0].type,))[0]

    def number(self, n: float) -> Value:
        return self.op("const", to=I64 if isinstance(n, int) else F64, value=n)

    def body(self, body: list[ast.stmt]) -> tuple[Value, ...]:
        for s in body:
            if isinstance(s, ast.Return):
                assert s.value is not None
                parts = s.value.elts if isinstance(s.value, ast.Tuple) else [s.value]
                return tuple(self.expr(e) for e in parts)
            self.statement(s)
        return ()

    def statement(self, s: ast.stmt) -> None:
        if isinstance(s, ast.For):
            self.loop(s)
        elif isinstance(s, ast.While):
            self.while_loop(s)
        elif isinstance(s, ast.If):
            self.branch(s)
        elif isinstance(s, ast.AugAssign):
            load = ast.parse(ast.unparse(s.target), mode="eval").body
            self.assign(s.target, self.binary(s.op, self.expr(load), self.expr(s.value)))
        elif isinstance(s, ast.Assign):
            self.assign(s.targets[0], self.expr(s.value))
        elif isinstance(s, ast.Pass):
            pass
        else:
            raise NotImplementedError(ast.unparse(s))

    def assign(self, target: ast.expr, v: Value) -> None:
        if isinstance(target, ast.Name):
            self.env[target.id] = v
            return
        assert isinstance(target, ast.Subscript)
        a = self.expr(target.value)
        index = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
        if any(isinstance(i, ast.Slice) for i in index):
            self.b.emit("assign", (self.view(a, index), v))
        else:
            self.b.emit("store", (a, *map(self.expr, index), v))

    def view(self, a: Value, index: list[ast.expr]) -> Value:
        args: list[Value] = [a]
        spec, rank = "", 0
        for axis, i in enumerate(index):
            if isinstance(i, ast.Slice):
                start = self.expr(i.lower) if i.lower else self.number(0)
                stop = self.expr(i.upper) if i.upper else self.op("dim", a, to=I64, axis=axis)
                args += [start, self.op("sub", stop, start), self.number(1)]
                spec, rank = spec + "s", rank + 1
            else:
                args.append(self.expr(i))
                spec += "i"
        return self.op("view", *args, to=array(F64, rank, "S"), spec=spec)

    def binary(self, op: ast.operator, x: Value, y: Value) -> Value:
        t = x.type if isinstance(x.type, Array) else y.type
        return self.op(_BINARY[type(op)], x, y, to=array(F64, t.rank) if isinstance(t, Array) else t)

    def expr(self, e: ast.expr) -> Value:
        match e:
            case ast.Constant():
                return self.number(e.value)
            case ast.Name():
                return self.env[e.id]
            case ast.BinOp():
                return self.binary(e.op, self.expr(e.left), self.expr(e.right))
            case ast.UnaryOp():
                if isinstance(e.operand, ast.Constant):
                    return self.number(-e.operand.value)
                return self.op("neg", self.expr(e.operand))
            case ast.Compare():
                return self.op(
                    _COMPARE[type(e.ops[0])], self.expr(e.left), self.expr(e.comparators[0]), to=BOOL
                )
            case ast.BoolOp():
                name = "and" if isinstance(e.op, ast.And) else "or"
                return self.op(name, *map(self.expr, e.values))
            case ast.Call():
                return self.call(ast.unparse(e.func), e.args)
            case ast.Subscript():
                a = self.expr(e.value)
                index = e.slice.elts if isinstance(e.slice, ast.Tuple) else [e.slice]
                if any(isinstance(i, ast.Slice) for i in index):
                    return self.view(a, index)
                return self.op("load", a, *map(self.expr, index), to=F64)
        raise NotImplementedError(ast.unparse(e))

    def call(self, name: str, args: list[ast.expr]) -> Value:
        values = [self.expr(a) for a in args]
        if name == "len":
            return self.op("dim", *values, to=I64, axis=0)
        if name == "zeros":
            return self.op(
                "alloc", *values, to=array(F64, len(values)), dtype=F64, axes="n" * len(values), fill="zero"
            )
        if name == "dot":
            return self.op("matmul", *values, to=F64)
        if name == "sum":
            return self.op("sum", *values, to=F64, axes=(0,), keepdims=False)
        if name == "wrap":
            return self.op("wrap", *values)
        return self.op(name, *values)

    def inner(
        self, body: list[ast.stmt], params: dict[str, Value], names: list[str], rest: tuple[Value, ...] = ()
    ) -> Any:
        inner = _Lower(Builder(), {**self.env, **params})
        inner.body(body)
        return inner.b.block(
            (*rest, *(params[n] for n in names if n in params)), tuple(inner.env[n] for n in names)
        )

    def carried(self, body: list[ast.stmt]) -> list[str]:
        return [n for n in _stored(body) if n in self.env]

    def loop(self, s: ast.For) -> None:
        assert isinstance(s.iter, ast.Call)
        assert isinstance(s.target, ast.Name)
        args = [self.expr(a) for a in s.iter.args]
        lo, hi, step = (
            (self.number(0), *args, self.number(1)) if len(args) == 1 else (*args, self.number(1))[:3]
        )
        names = [n for n in self.carried(s.body) if n != s.target.id]
        i = Value(I64, s.target.id)
        params = {n: Value(self.env[n].type, n) for n in names}
        block = self.inner(s.body, {**params, s.target.id: i}, names, (i,))
        inits = tuple(self.env[n] for n in names)
        self.finish("for", (lo, hi, step, *inits), names, (block,))

    def while_loop(self, s: ast.While) -> None:
        names = self.carried(s.body)
        outer = {n: Value(self.env[n].type, n) for n in names}
        cond = _Lower(Builder(), {**self.env, **outer})
        ok = cond.expr(s.test)
        block = self.inner(s.body, {n: Value(self.env[n].type, n) for n in names}, names)
        regions = (cond.b.block(tuple(outer.values()), (ok,)), block)
        self.finish("while", tuple(self.env[n] for n in names), names, regions)

    def finish(
        self, op: str, operands: tuple[Value, ...], names: list[str], regions: tuple[Any, ...]
    ) -> None:
        results = self.b.emit(
            op, operands, {}, regions, [I64, *(self.env[n].type for n in names)], ["n", *names]
        )
        self.env.update(zip(names, results[1:], strict=True))

    def branch(self, s: ast.If) -> None:
        names = list(dict.fromkeys([*self.carried(s.body), *self.carried(s.orelse)]))
        cond = self.expr(s.test)
        regions = (self.inner(s.body, {}, names), self.inner(s.orelse, {}, names))
        results = self.b.emit("if", (cond,), {}, regions, [self.env[n].type for n in names], names)
        self.env.update(zip(names, results, strict=True))
