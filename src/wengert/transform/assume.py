"""Arrays that meet are of one shape: checked once, then known.

NumPy lets an axis of length one meet any other, and the lengths of most axes are known at run time only.  So
every sum of two arrays might be an outer sum, its adjoint a reduction.  This pass assumes that it is not:
where two axes that may be long meet, it checks that they are equally long, and marks the operation ``same``.
A function that fails such a check has outgrown its code; it is compiled again without the assumption
(`api/pipeline`).

Before::

    %z = add(%x, %y) : f64[n]

After::

    %n = dim(%x) {axis=0} : i64
    %m = dim(%y) {axis=0} : i64
    %ok = eq(%n, %m) : bool
    check(%ok, %n, %m) {exc='ValueError', message='...', assumed=True}
    %z = add(%x, %y) {same=True} : f64[n]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from ..analysis.affine import Linear
from ..analysis.ranges import Ranges
from ..ir.core import Block, Func, Module, Op, Value
from ..ir.types import BOOL, I64, Array, Type
from ..prims.primitive import REGISTRY

_MESSAGE = "this code is for equal sizes, not {0} and {1}"


def assume(module: Module) -> Module:
    """``module`` with checks in all its functions."""
    made = {name: replace(f, body=_Assume(f).block(f.body, {})) for name, f in module.funcs.items()}
    return Module(module.entry, MappingProxyType(made))


class _Assume:
    """``equal`` maps a size to an equal one, as far as is known in a block: a forest."""

    def __init__(self, func: Func) -> None:
        self.ranges = Ranges(func)
        self.out: list[Op] = []
        self.equal: dict[Linear, Linear] = {}

    def block(self, block: Block, equal: dict[Linear, Linear]) -> Block:
        outer = self.out, self.equal
        self.out, self.equal = [], dict(equal)
        for op in block.ops:
            self.out.append(self.visit(op))
        ops, (self.out, self.equal) = tuple(self.out), outer
        return Block(block.params, ops, block.yields)

    def visit(self, op: Op) -> Op:
        if op.regions:
            return replace(op, regions=tuple(self.block(r, self.equal) for r in op.regions))
        arrays = list(dict.fromkeys(v for v in op.operands if isinstance(v.type, Array)))
        if len(arrays) < 2 or not _meets(op):
            return op
        sizes = [self.ranges.sizes(v) for v in arrays]
        for k in range(1, max(map(len, sizes)) + 1):
            meeting = [v for v, s in zip(arrays, sizes, strict=True) if len(s) >= k and _long(v, -k)]
            for v in meeting[1:]:
                self.unite(op, meeting[0], v, -k)
            if meeting and op.results and isinstance(op.result.type, Array):
                self.join(self.ranges.sizes(op.result)[-k], self.ranges.sizes(meeting[0])[-k])
        return replace(op, attrs=MappingProxyType({**op.attrs, "same": True}))

    def find(self, form: Linear) -> Linear:
        while form in self.equal:
            form = self.equal[form]
        return form

    def join(self, a: Linear, b: Linear) -> None:
        a, b = self.find(a), self.find(b)
        if a != b:
            self.equal[a] = b

    def unite(self, op: Op, a: Value, b: Value, axis: int) -> None:
        """Check that the axes of two arrays are equally long, unless that is known."""
        x, y = (self.find(self.ranges.sizes(v)[axis]) for v in (a, b))
        if x == y:
            return
        if not (self.ranges.prove(op, x - y) and self.ranges.prove(op, y - x)):
            n, m = (self.emit("dim", (v,), I64, op, axis=axis % _rank(v)) for v in (a, b))
            ok = self.emit("eq", (n, m), BOOL, op)
            attrs = MappingProxyType({"exc": "ValueError", "message": _MESSAGE, "assumed": True})
            self.out.append(Op("check", (ok, n, m), (), attrs, (), op.span))
        self.join(x, y)

    def emit(self, name: str, operands: Sequence[Value], t: Type, op: Op, **attrs: int) -> Value:
        made = Op(name, tuple(operands), (Value(t),), MappingProxyType(attrs), (), op.span)
        self.out.append(made)
        return made.result


def _meets(op: Op) -> bool:
    return op.name in ("assign", "vacc") or REGISTRY[op.name].kind == "elementwise"


def _rank(v: Value) -> int:
    assert isinstance(v.type, Array)
    return v.type.rank


def _long(v: Value, axis: int) -> bool:
    assert isinstance(v.type, Array)
    return v.type.axes[axis] == "n"
