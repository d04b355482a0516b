"""Runs IR under an algebra: loops, branches, views and writes as they are, every operation as the algebra
means it.

Numbers that decide where the program goes (conditions, trip counts, indices, sizes) are asked of the algebra.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..diag import Span
from ..errors import WengertError
from ..ir.core import Block, Func, Module, Op, Value
from ..ir.types import Array, Rec, Scalar
from ..prims import REGISTRY
from ..prims.families import numpy_dtype
from ..prims.records import Record
from .base import Algebra, Called, Traced

_MARKS = frozenset({"adjoint", "fast", "comment", "record", "safe", "unit"})
"""Attributes that are no parameters of the meaning, or proofs that are checked here again."""

Env = dict[Value, Any]


class Runner:
    """One run of a module under an algebra."""

    def __init__(self, module: Module, algebra: Algebra) -> None:
        self.module = module
        self.algebra = algebra

    def run(self, args: Sequence[Any]) -> tuple[Any, ...]:
        """The results of the entry function."""
        return self.func(self.module.main, args)

    def func(self, func: Func, args: Sequence[Any]) -> tuple[Any, ...]:
        """The results of a function."""
        return self.block(func.body, {}, args)

    def block(self, block: Block, env: Env, args: Sequence[Any] = ()) -> tuple[Any, ...]:
        """Run a block; what it yields."""
        env.update(zip(block.params, args, strict=True))
        for op in block.ops:
            self.at(op.span)
            control = _CONTROL.get(op.name)
            try:
                results = control(self, op, env) if control else self.plain(op, env)
            except (ArithmeticError, LookupError, ValueError) as e:
                self.locate(e, op.span)
                raise
            env.update(zip(op.results, results, strict=True))
        return tuple([env[v] for v in block.yields])

    def at(self, span: Span | None) -> None:
        """The place in the user's source that runs now."""
        algebra: Algebra | None = self.algebra
        while algebra is not None:
            algebra.span = span
            algebra = algebra.base

    def locate(self, error: Exception, span: Span | None) -> None:
        """Note the place in the user's source on an exception that is not ours, once."""
        ours = isinstance(error, WengertError)
        if not ours and span is not None and not getattr(error, "__notes__", None):
            error.add_note(f"at {span.file}:{span.line}")

    def plain(self, op: Op, env: Env) -> tuple[Any, ...]:
        """An operation on values."""
        prim = REGISTRY[op.name]
        args = [env[v] for v in op.operands]
        attrs = _parameters(op.attrs)
        if prim.kind == "record":
            assert prim.evaluate is not None
            out = prim.evaluate(*args, **attrs)
        else:
            out = self.algebra.apply(prim, args, attrs)
        return (out,) if op.results else ()

    # control

    def const(self, op: Op, env: Env) -> tuple[Any, ...]:
        return (numpy_dtype(op.result.type).type(op.attrs["value"]),)

    def undef(self, op: Op, env: Env) -> tuple[Any, ...]:
        t = op.result.type
        if isinstance(t, Rec):
            return (Record(t.item),)
        if isinstance(t, Array):
            empty = np.zeros([1 if letter == "1" else 0 for letter in t.axes], numpy_dtype(t))
            return (self.algebra.lift(empty),)
        assert isinstance(t, Scalar)
        return (numpy_dtype(t).type(0),)

    def check(self, op: Op, env: Env) -> tuple[Any, ...]:
        """A check of which the algebra cannot tell whether it holds is passed: it was meant for values."""
        ok, *operands = [env[v] for v in op.operands]
        if self.algebra.known(ok) is False:
            shown = [x.item() if isinstance(x, np.generic) else x for x in operands]
            REGISTRY["check"](*(False, *shown), **_parameters(op.attrs))
        return ()

    def if_(self, op: Op, env: Env) -> tuple[Any, ...]:
        condition = env[op.operands[0]]
        known = self.algebra.known(condition)
        if known is None and self._joins():
            first, second = (self.block(r, dict(env)) for r in op.regions)
            return tuple(self.algebra.join(a, b) for a, b in zip(first, second, strict=True))
        return self.block(op.regions[0 if self.algebra.decide(condition) else 1], env)

    def _joins(self) -> bool:
        return self.algebra.join(0, 0) is not NotImplemented

    def for_(self, op: Op, env: Env) -> tuple[Any, ...]:
        bounds = [env[v] for v in op.operands[:3]]
        carried = tuple(env[v] for v in op.operands[3:])
        if self._joins() and any(isinstance(b, Traced) for b in bounds):
            index = next(b for b in bounds if isinstance(b, Traced))
            return self._once(op.regions[0], env, carried, (index,), op.attrs.get("stop") is True)
        lo, hi, step = (self.algebra.integer(b) for b in bounds)
        stoppable = op.attrs.get("stop") is True
        trips = 0
        for i in range(lo, hi, step):
            carried = self.block(op.regions[0], env, (np.int64(i), *carried))
            trips += 1
            if stoppable:
                stop, *rest = carried
                carried = tuple(rest)
                if not (self._joins() and self.algebra.known(stop) is None) and self.algebra.decide(stop):
                    break
        return (np.int64(trips), *carried)

    def while_(self, op: Op, env: Env) -> tuple[Any, ...]:
        carried = tuple(env[v] for v in op.operands)
        trips = 0
        while True:
            condition = self.block(op.regions[0], env, carried)[0]
            if self.algebra.known(condition) is None and self._joins():
                return self._once(op.regions[1], env, carried, (), False)
            if not self.algebra.decide(condition):
                return (np.int64(trips), *carried)
            carried = self.block(op.regions[1], env, carried)
            trips += 1

    def _once(
        self, body: Block, env: Env, carried: tuple[Any, ...], head: tuple[Any, ...], stops: bool
    ) -> tuple[Any, ...]:
        """A loop of unknown length: nothing, or one trip and others like it."""
        after = self.block(body, env, (*head, *carried))
        after = after[1:] if stops else after
        joined = tuple(self.algebra.join(a, b) for a, b in zip(carried, after, strict=True))
        return (self.algebra.variable(np.int64(0)), *joined)

    def call(self, op: Op, env: Env) -> tuple[Any, ...]:
        return self.func(self.module.funcs[op.attrs["func"]], [env[v] for v in op.operands])

    def custom(self, op: Op, env: Env) -> tuple[Any, ...]:
        """A function with derivatives of its own, which algebras that differentiate take."""
        args = [env[v] for v in op.operands]
        primal, jvp, vjp = (self._function(op.attrs.get(k)) for k in ("func", "jvp", "vjp"))
        if jvp is None and vjp is None:
            return primal(self.algebra, args)
        leaves, wrt = op.attrs["leaves"], op.attrs["wrt"]
        found = self.algebra.custom(Called(primal, jvp, vjp, leaves, wrt), args)
        return primal(self.algebra, args) if found is NotImplemented else (found,)

    def _function(self, name: Any) -> Any:
        if not isinstance(name, str):
            return None
        return lambda algebra, args: Runner(self.module, algebra or _GROUND).func(
            self.module.funcs[name], args
        )


class _Ground(Algebra):
    """NumPy, or whatever carriers say."""

    name = "Eval"

    def apply(self, prim: Any, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        return prim(*args, **attrs)


_GROUND = _Ground()

_CONTROL: dict[str, Callable[[Runner, Op, Env], tuple[Any, ...]]] = {
    "const": Runner.const,
    "undef": Runner.undef,
    "check": Runner.check,
    "if": Runner.if_,
    "for": Runner.for_,
    "while": Runner.while_,
    "call": Runner.call,
    "custom": Runner.custom,
}


def _parameters(attrs: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in attrs.items() if k not in _MARKS}
