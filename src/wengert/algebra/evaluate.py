"""The interpreter: runs IR on NumPy arrays, one operation at a time.

Slow, simple and strict, so that it can say what compiled code must do: arrays are the caller's (and are
mutated), views are NumPy views, bounds are checked even where a proof says they need not be, and
uninitialised memory is poisoned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..ir.core import Block, Func, Module, Op, Value
from ..ir.text import print_op
from ..ir.types import Array, Rec, Scalar, Type
from ..prims import REGISTRY
from ..prims.families import numpy_dtype
from ..prims.records import Record

MARKS = frozenset({"adjoint", "fast", "same", "assumed", "comment", "record", "sizes"})
"""Attributes that say something about an operation and are no parameters of its meaning."""

_SAFE = frozenset({"load", "store", "accum", "view"})
"""Operations that check what ``safe`` promises."""

_FRESH = frozenset({"elementwise", "reduction", "product"})


class Counts(NamedTuple):
    """What one run did: operations by name, and the bytes that it recorded for a reverse sweep."""

    ops: Counter[str]
    recorded: int


def evaluate(module: Module, args: Sequence[Any], debug: bool = True) -> tuple[Any, ...]:
    """The results of the entry function.

    Scalars may be Python numbers; arrays must have the dtype, the number of axes and the layout of the
    parameter, and are mutated if the function mutates them.  ``debug`` checks every result against its type.

    >>> from wengert.ir.text import parse_module
    >>> evaluate(parse_module("func @f(%x: f64) -> (f64) {\\n %y = mul(%x, %x) : f64\\n yield %y\\n}"), [3.0])
    (np.float64(9.0),)
    """
    return Interpreter(module, debug).run(args)


def count_ops(module: Module, args: Sequence[Any]) -> Counts:
    """Run the entry function and count: cost as a property that tests can pin down."""
    runner = Interpreter(module, debug=False)
    runner.run(args)
    return Counts(runner.executed, runner.recorded)


def conform(x: Any, t: Type) -> Any:
    """An argument as a value of type ``t``; ``TypeError`` when it is not one (arrays are never converted)."""
    if isinstance(t, Rec):
        if not isinstance(x, Record) or x.item != t.item:
            raise TypeError(f"{x!r} where {t} is expected")
        return x
    if isinstance(t, Scalar):
        kind = np.asarray(x).dtype.kind
        wanted = numpy_dtype(t)
        if np.ndim(x) or (kind in "fc" and wanted.kind in "biu") or (kind == "c" and wanted.kind != "c"):
            raise TypeError(f"{x!r} where {t} is expected")
        return wanted.type(x)
    a = x if isinstance(x, np.ndarray) else np.asarray(x, numpy_dtype(t))
    problem = misfit(a, t)
    if problem:
        raise TypeError(f"{problem} where {t} is expected")
    return a


def misfit(x: Any, t: Type) -> str:
    """What is wrong with ``x`` as a value of type ``t``, or nothing."""
    if isinstance(t, Rec):
        return "" if isinstance(x, Record) and x.item == t.item else repr(x)
    dtype = getattr(x, "dtype", None)
    if dtype != numpy_dtype(t):
        return f"dtype {dtype}"
    if isinstance(t, Scalar):
        return "" if isinstance(x, np.generic) else f"{type(x).__name__} of rank {np.ndim(x)}"
    if not isinstance(x, np.ndarray) or x.ndim != t.rank:
        return f"shape {np.shape(x)}"
    if t.layout == "C" and not x.flags.c_contiguous:
        return f"strides {x.strides} of shape {x.shape}"
    if any(letter == "1" and n != 1 for letter, n in zip(t.axes, x.shape, strict=True)):
        return f"shape {x.shape}"
    return ""


Env = dict[Value, Any]


class Interpreter:
    """One run of a module."""

    def __init__(self, module: Module, debug: bool = True) -> None:
        self.module = module
        self.debug = debug
        self.executed: Counter[str] = Counter()
        self.recorded = 0
        self._tapes: dict[int, Any] = {}
        self._held: dict[int, Any] = {}

    def run(self, args: Sequence[Any]) -> tuple[Any, ...]:
        """The results of the entry function."""
        params = self.module.main.params
        if len(args) != len(params):
            raise TypeError(f"{self.module.entry} takes {len(params)} arguments, not {len(args)}")
        values = [conform(x, q.type) for x, q in zip(args, params, strict=True)]
        for v in values:
            if isinstance(v, np.ndarray):
                self._held[id(_root(v))] = v
        return self.func(self.module.main, values)

    def func(self, func: Func, args: Sequence[Any]) -> tuple[Any, ...]:
        """The results of one function."""
        env: Env = {}
        return self.block(func.body, env, args)

    def block(self, block: Block, env: Env, args: Sequence[Any] = ()) -> tuple[Any, ...]:
        """Run a block; the values that it yields."""
        env.update(zip(block.params, args, strict=True))
        for op in block.ops:
            self.executed[op.name] += 1
            try:
                control = _CONTROL.get(op.name)
                results = control(self, op, env) if control else self.plain(op, env)
                if self.debug:
                    _check_results(op, results)
            except Exception as e:
                if not getattr(e, "__notes__", None):
                    e.add_note(f"at: {print_op(op)}")
                raise
            env.update(zip(op.results, results, strict=True))
        return tuple(env[v] for v in block.yields)

    def plain(self, op: Op, env: Env) -> tuple[Any, ...]:
        """Run an operation that its primitive knows how to compute."""
        prim = REGISTRY[op.name]
        assert prim.evaluate is not None, op.name
        args = [env[v] for v in op.operands]
        if op.attrs.get("same"):
            _check_same(op, args)
        out = prim.evaluate(*args, **_parameters(op.attrs, op.name))
        if op.name in _RECORDING:
            self.record(op, args, out)
        if not op.results:
            return ()
        if prim.kind in _FRESH and isinstance(op.result.type, Array):
            out = np.asarray(out, order="C")
        return (out,)

    def record(self, op: Op, args: Sequence[Any], out: Any) -> None:
        """Count what is kept for a reverse sweep: numbers, and buffers once however often they are
        recorded."""
        if op.name == "rec_set":
            value = args[2]
            if not isinstance(value, np.ndarray):
                self.recorded += value.nbytes
            elif id(root := _root(value)) not in self._held:
                self._held[id(root)] = root
                self.recorded += root.nbytes
        elif op.name == "alloc":
            if op.attrs.get("record") is True:
                self._tapes[id(out)] = out
                self._held[id(out)] = out
        elif id(_root(args[0])) in self._tapes:
            self.recorded += args[0].itemsize if op.name == "store" else args[0].nbytes

    # control

    def const(self, op: Op, env: Env) -> tuple[Any, ...]:
        return (numpy_dtype(op.result.type).type(op.attrs["value"]),)

    def undef(self, op: Op, env: Env) -> tuple[Any, ...]:
        t = op.result.type
        if isinstance(t, Rec):
            return (Record(t.item),)
        if isinstance(t, Array):
            return (np.zeros([1 if letter == "1" else 0 for letter in t.axes], numpy_dtype(t)),)
        return (numpy_dtype(t).type(0),)

    def if_(self, op: Op, env: Env) -> tuple[Any, ...]:
        return self.block(op.regions[0 if env[op.operands[0]] else 1], env)

    def for_(self, op: Op, env: Env) -> tuple[Any, ...]:
        lo, hi, step = (int(env[v]) for v in op.operands[:3])
        assert step != 0, "a loop with step 0"
        carried = tuple(env[v] for v in op.operands[3:])
        stoppable = op.attrs.get("stop") is True
        trips = 0
        for i in range(lo, hi, step):
            carried = self.block(op.regions[0], env, (np.int64(i), *carried))
            trips += 1
            if stoppable:
                stop, *rest = carried
                carried = tuple(rest)
                if stop:
                    break
        return (np.int64(trips), *carried)

    def while_(self, op: Op, env: Env) -> tuple[Any, ...]:
        carried = tuple(env[v] for v in op.operands)
        trips = 0
        while self.block(op.regions[0], env, carried)[0]:
            carried = self.block(op.regions[1], env, carried)
            trips += 1
        return (np.int64(trips), *carried)

    def call(self, op: Op, env: Env) -> tuple[Any, ...]:
        return self.func(self.module.funcs[op.attrs["func"]], [env[v] for v in op.operands])

    def derive(self, op: Op, env: Env) -> tuple[Any, ...]:
        raise AssertionError("derive must be expanded before the module runs")


_CONTROL: dict[str, Callable[[Interpreter, Op, Env], tuple[Any, ...]]] = {
    "const": Interpreter.const,
    "undef": Interpreter.undef,
    "if": Interpreter.if_,
    "for": Interpreter.for_,
    "while": Interpreter.while_,
    "call": Interpreter.call,
    "custom": Interpreter.call,
    "derive": Interpreter.derive,
}
_RECORDING = frozenset({"alloc", "rec_set", "store", "assign"})


def _parameters(attrs: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {k: v for k, v in attrs.items() if k not in MARKS and (k != "safe" or name in _SAFE)}


def _root(a: Any) -> Any:
    while isinstance(a.base, np.ndarray):
        a = a.base
    return a


def _check_same(op: Op, args: Sequence[Any]) -> None:
    """Attribute ``same`` tells the truth: axes that may be long are equally long where they meet."""
    met: dict[int, int] = {}
    for v, x in zip(op.operands, args, strict=True):
        letters = v.type.axes if isinstance(v.type, Array) else ""
        for k in range(-len(letters), 0):
            if letters[k] == "n":
                assert met.setdefault(k, x.shape[k]) == x.shape[k], f"`same` is wrong about axis {k}"


def _check_results(op: Op, results: Sequence[Any]) -> None:
    for r, x in zip(op.results, results, strict=True):
        problem = misfit(x, r.type)
        if problem:
            raise AssertionError(f"{op.name} gave {problem} where {r.type} is declared")
