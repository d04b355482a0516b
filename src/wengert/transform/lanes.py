"""Forward mode in eight directions at a time.

A tangent is eight numbers, one for each direction, and they are next to each other in registers and in
memory; the primal is computed once for all of them.  The new entry takes and gives the tangents of an array
as an array with a last axis of eight, those of a number as an array of shape ``(1, 8)``::

    func @f(%x: f64) -> (f64) {            func @f.jvp(%x: f64, %dx: f64[1,n]) -> (f64, f64[1,n]) {
      %y = sin(%x) : f64             =>      %a = pack(%dx) : f64x8[1]
      yield %y                               %dx.1 = load(%a, %zero) : f64x8
    }                                        %y = sin(%x) : f64
                                             %c = cos(%x) : f64
                                             %w = cast(%c) {to=f64x8} : f64x8
                                             %dy = mul(%dx.1, %w) : f64x8   ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..ir.core import Op, Value
from ..ir.types import F64, F64X8, I64, Array, NoLanes, Rec, Type, in_lanes
from ..prims.primitive import REGISTRY, InferError, Primitive
from . import rules
from .jvp import Sweep
from .terms import Term
from .tree import Emitter

_RULES = frozenset({"sum", "copy", "cast", "matmul"})


class Lanes(Sweep):
    """Forward mode of one function in eight directions."""

    def wide(self, t: Type) -> Type:
        return in_lanes(t)

    @property
    def is_entry(self) -> bool:
        return self.func.name == self.job.module.entry

    def seed(self, p: Value, em: Emitter) -> None:
        if not self.is_entry:
            super().seed(p, em)
            return
        assert not isinstance(p.type, Rec)
        self.wide(p.type)
        axes = p.type.axes if isinstance(p.type, Array) else "1"
        given = Value(Array(F64, axes + "n"), f"d{p.hint}")
        em.body.params.append(given)
        packed = em.node("pack", (given,), (Array(F64X8, axes),)).result
        self.tangent[p] = packed if isinstance(p.type, Array) else _first(em, packed)

    def handed(self, em: Emitter, v: Value) -> Value:
        d = self.dense(em, v)
        if not self.is_entry:
            return d
        if isinstance(d.type, Array):
            if d.type.layout != "C":
                d = em.node("copy", [d], [Array(F64X8, d.type.axes)]).result
        else:
            attrs = {"dtype": F64X8, "axes": "1", "fill": "zero"}
            box = em.node("alloc", (em.const(1, I64),), (Array(F64X8, "1"),), attrs).result
            em.node("store", (box, em.const(0, I64), d), (), {"safe": True})
            d = box
        assert isinstance(d.type, Array)
        return em.node("unpack", [d], [Array(F64, d.type.axes + "n")]).result

    def by_rule(self, op: Op, em: Emitter, dxs: Sequence[Value | None]) -> Value:
        if op.name not in _RULES or (op.name == "cast" and op.operands[0].type != op.result.type):
            raise NoLanes(op.name)
        twin = Value(self.wide(op.result.type))
        attrs = {**op.attrs, "to": F64X8} if op.name == "cast" else op.attrs
        return rules.FORWARD[op.name](em, replace(op, results=(twin,), attrs=attrs), dxs)

    def custom_rule(self, op: Op) -> None:
        raise NoLanes(op.attrs["func"])

    def pushed(self, prim: Primitive, op: Op, em: Emitter, ds: Sequence[Term | None]) -> Any:
        xs = [Term(em, v) for v in op.operands]
        match op.name:
            case "mulz":
                assert prim.jvp is not None
                return prim.jvp([self.weight(em, x) for x in xs], ds, None)
            case "abs":
                return ds[0] * self.weight(em, REGISTRY["sign"](xs[0]))
            case _ if prim.kind == "elementwise" or op.name == "take":
                try:
                    return super().pushed(prim, op, em, ds)
                except InferError as e:  # a tangent met a number
                    raise NoLanes(op.name) from e
            case _:
                raise NoLanes(op.name)

    def weight(self, em: Emitter, p: Any) -> Any:
        if not isinstance(p, Term) or p.dtype == F64X8:
            return p
        t = p.value.type
        to = Array(F64X8, t.axes) if isinstance(t, Array) else F64X8
        return Term(em, em.node("cast", (p.value,), (to,), {"to": F64X8}).result)


def _first(em: Emitter, packed: Value) -> Value:
    return em.node("load", (packed, em.const(0, I64)), (F64X8,), {"safe": True}).result
