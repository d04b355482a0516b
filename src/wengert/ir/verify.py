"""Checks that a module is IR: scopes, types, arities, and conditions without effects.

What an operation takes and gives is known to `wengert.prims`, a room above: it is passed in as ``infer``
(`wengert.prims.check.verify_module` does so).  Without it the structure alone is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from .core import VIEWS, Block, Func, Module, Op, Value
from .text import print_func, print_op
from .types import BOOL, I64, Array, Scalar, Type, is_ref
from .walk import ops

Infer = Callable[[str, Sequence[Type], Mapping[str, Any]], tuple[Type, ...] | None]
"""Result types of an operation; ``None`` where the builder says them; raises ``TypeError`` for wrong
operands."""

WRITES = frozenset({"store", "accum", "assign", "vacc", "rec_grow", "rec_set"})


class InvalidIR(AssertionError):
    """The IR breaks a rule.  This is a bug of the pass that made it; the message has the text."""


def verify(module: Module, infer: Infer | None = None) -> None:
    """Raise `InvalidIR` unless ``module`` obeys every rule of `docs/design/ir.md` that can be checked."""
    if module.entry not in module.funcs:
        raise InvalidIR(f"the entry @{module.entry} is not in the module")
    owner: dict[Value, str] = {}
    for name, func in module.funcs.items():
        if name != func.name:
            raise InvalidIR(f"@{func.name} is in the module as @{name}")
        _Checker(module, func, infer, owner).run()


def verify_calls(module: Module) -> None:
    """Raise `InvalidIR` where a call and what it calls disagree about types: native code would read memory
    that is something else.  Cheap enough for every module.
    """
    for func in module.funcs.values():
        for op in ops(func.body):
            callee = module.funcs.get(str(op.attrs.get("func"))) if op.name == "call" else None
            if callee is None:
                continue
            given = [(v.type, p.type) for v, p in zip(op.operands, callee.params, strict=True)]
            given += [(v.type, r.type) for v, r in zip(callee.results, op.results, strict=True)]
            if not all(fits(actual, expected) for actual, expected in given):
                raise InvalidIR(f"types of a call do not fit\n{print_op(op)}\n{print_func(callee)}")


def fits(actual: Type, expected: Type) -> bool:
    """Whether a value may stand where ``expected`` is declared: the same type, or one that says more.

    Contiguous memory is memory with strides, and an axis of length one is an axis.
    """
    if isinstance(actual, Array) and isinstance(expected, Array):
        return (
            actual.dtype == expected.dtype
            and actual.rank == expected.rank
            and (actual.layout == expected.layout or expected.layout == "S")
            and all(a == e or e == "n" for a, e in zip(actual.axes, expected.axes, strict=True))
        )
    return actual == expected


def shown(types: Sequence[Type]) -> str:
    """Types as text."""
    return f"({', '.join(map(str, types))})"


class _Checker:
    """Checks one function.  ``owner`` says in which function a value was defined, over the whole module."""

    def __init__(self, module: Module, func: Func, infer: Infer | None, owner: dict[Value, str]) -> None:
        self.module = module
        self.func = func
        self.infer = infer
        self.owner = owner
        self.visible: set[Value] = set()
        self.seen: set[int] = set()

    def fail(self, message: str, op: Op | None = None) -> NoReturn:
        at = f"\n  at: {print_op(op)}" if op is not None else ""
        raise InvalidIR(f"in @{self.func.name}: {message}{at}\n{print_func(self.func)}")

    def run(self) -> None:
        names, results = self.func.result_names, self.func.results
        if names and len(names) != len(results):
            self.fail(f"{len(names)} names for {len(results)} results")
        self.block(self.func.body)

    def define(self, v: Value, op: Op | None) -> None:
        if v in self.owner:
            self.fail(f"{v!r} is defined twice (first in @{self.owner[v]})", op)
        self.owner[v] = self.func.name
        self.visible.add(v)

    def block(self, block: Block) -> None:
        if id(block) in self.seen:
            self.fail("one block stands in two places")
        self.seen.add(id(block))
        for param in block.params:
            self.define(param, None)
        for op in block.ops:
            for v in op.operands:
                if v not in self.visible:
                    self.fail(f"{v!r} is used where it is not defined", op)
            self.op(op)
            for region in op.regions:
                self.block(region)
            for r in op.results:
                self.define(r, op)
        for v in block.yields:
            if v not in self.visible:
                self.fail(f"{v!r} is yielded where it is not defined")
        self.visible.difference_update(block.params, *(op.results for op in block.ops))

    def op(self, op: Op) -> None:
        control = _CONTROL.get(op.name)
        if control is not None:
            control(self, op)
        elif op.regions:
            self.fail(f"{op.name} has no regions", op)
        elif op.name == "const":
            self.const(op)
        elif self.infer is not None:
            self.inferred(op, self.infer)

    def inferred(self, op: Op, infer: Infer) -> None:
        try:
            types = infer(op.name, [v.type for v in op.operands], op.attrs)
        except TypeError as e:
            self.fail(str(e), op)
        if types is not None:
            self.same(types, [r.type for r in op.results], "the results are", op)

    def same(self, actual: Sequence[Type], expected: Sequence[Type], what: str, op: Op) -> None:
        """Refuse unless each of ``actual`` may stand where ``expected`` is declared."""
        if len(actual) != len(expected) or not all(map(fits, actual, expected)):
            self.fail(f"{what} {shown(actual)} where {shown(expected)} is declared", op)

    def const(self, op: Op) -> None:
        if op.operands or len(op.results) != 1 or not isinstance(op.result.type, Scalar):
            self.fail("const gives one scalar", op)
        value, t = op.attrs.get("value"), op.result.type
        kinds: tuple[type, ...] = (bool,) if t.is_bool else (int,) if t.is_int else (float,)
        if t.is_complex:
            kinds = (complex, float)
        if not isinstance(value, kinds) or (isinstance(value, bool) and not t.is_bool):
            self.fail(f"{value!r} is not a number of type {t}", op)

    def region_counts(self, op: Op, count: int) -> None:
        if len(op.regions) != count:
            self.fail(f"{op.name} has {count} regions, not {len(op.regions)}", op)

    def yields(self, op: Op, region: Block, expected: Sequence[Type]) -> None:
        self.same([v.type for v in region.yields], expected, "a region yields", op)

    def carried(self, op: Op, inits: Sequence[Value]) -> list[Type]:
        """The types carried round a loop, which are those of its results after the number of trips."""
        types = [r.type for r in op.results[1:]]
        if not op.results or op.results[0].type != I64:
            self.fail("the first result of a loop is the number of trips", op)
        self.same([v.type for v in inits], types, "the initial values are", op)
        return types

    def params(self, op: Op, region: Block, expected: Sequence[Type]) -> None:
        found = [p.type for p in region.params]
        if found != list(expected):
            self.fail(f"the parameters of a region are {shown(found)}, not {shown(expected)}", op)

    def if_(self, op: Op) -> None:
        self.region_counts(op, 2)
        if [v.type for v in op.operands] != [BOOL]:
            self.fail("if takes one bool", op)
        for region in op.regions:
            self.params(op, region, ())
            self.yields(op, region, [r.type for r in op.results])

    def for_(self, op: Op) -> None:
        self.region_counts(op, 1)
        if [v.type for v in op.operands[:3]] != [I64] * 3:
            self.fail("for takes i64 lo, hi and step", op)
        types = self.carried(op, op.operands[3:])
        self.params(op, op.regions[0], [I64, *types])
        self.yields(op, op.regions[0], [BOOL, *types] if op.attrs.get("stop") is True else types)

    def while_(self, op: Op) -> None:
        self.region_counts(op, 2)
        types = self.carried(op, op.operands)
        for region in op.regions:
            self.params(op, region, types)
        self.yields(op, op.regions[0], [BOOL])
        self.yields(op, op.regions[1], types)
        written = outer_writes(self.module, op.regions[0], frozenset())
        if written is not None:
            self.fail(f"the condition of a while writes: {print_op(written)}", op)

    def call(self, op: Op) -> None:
        self.region_counts(op, 0)
        callee = self.module.funcs.get(str(op.attrs.get("func")))
        if callee is None:
            self.fail(f"@{op.attrs.get('func')} is not in the module", op)
        self.same([v.type for v in op.operands], [q.type for q in callee.params], "the arguments are", op)
        self.same([v.type for v in callee.results], [r.type for r in op.results], "the callee gives", op)

    def derive(self, op: Op) -> None:
        self.region_counts(op, 0)
        if op.attrs.get("func") not in self.module.funcs:
            self.fail(f"@{op.attrs.get('func')} is not in the module", op)

    def undef(self, op: Op) -> None:
        self.region_counts(op, 0)
        if op.operands or len(op.results) != 1:
            self.fail("undef gives one value", op)


_CONTROL: dict[str, Callable[[_Checker, Op], None]] = {
    "if": _Checker.if_,
    "for": _Checker.for_,
    "while": _Checker.while_,
    "call": _Checker.call,
    "derive": _Checker.derive,
    "undef": _Checker.undef,
}


def outer_writes(module: Module, block: Block, calling: frozenset[str]) -> Op | None:
    """The first operation in ``block`` that writes memory the block did not allocate itself, if there is one.

    References are followed through views only: one that was chosen by a branch or a loop inside is taken as
    local.
    """
    base: dict[Value, Value] = {}
    local: set[Value] = set()
    for op in ops(block):
        if op.name in VIEWS:
            base[op.result] = base.get(op.operands[0], op.operands[0])
        local.update(op.results)
        for region in op.regions:
            local.update(region.params)
        if op.name in WRITES and base.get(op.operands[0], op.operands[0]) not in local:
            return op
        if op.name in ("call", "derive"):
            name = str(op.attrs.get("func"))
            outside = [v for v in op.operands if is_ref(v.type) and base.get(v, v) not in local]
            callee = module.funcs.get(name)
            if not outside or callee is None or name in calling:
                continue
            if outer_writes(module, callee.body, calling | {name}) is not None:
                return op
    return None
