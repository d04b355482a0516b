"""Adjoints of memory: what was read is added to the shadow, what was overwritten is taken from it."""

from __future__ import annotations

from ...ir.core import Value
from ...ir.types import Array, Rec, Scalar, dtype_of, is_ref
from ..terms import Term
from ..tree import Emitter, Node
from .adjoint import ADJOINTS, Adjoint


def _load(a: Adjoint, node: Node) -> None:
    g = a.take(node.result)
    if g is not None and a.sweep.active(node.operands[0]):
        shadow = a.sweep.shadow(node.operands[0], a.em)
        a.em.node("accum", [shadow, *node.operands[1:], g], (), {"safe": True, "adjoint": True})


def _store(a: Adjoint, node: Node) -> None:
    target, *indices, v = node.operands
    if a.sweep.active(target):
        shadow = a.sweep.shadow(target, a.em)
        if a.sweep.active(v):
            g = a.em.node("load", [shadow, *indices], [v.type], {"safe": True, "adjoint": True}).result
            if node.name == "store":
                a.em.node(
                    "store", [shadow, *indices, a.em.const(0.0, v.type)], (), {"safe": True, "adjoint": True}
                )
            a.add(v, Term(a.em, g))
        elif node.name == "store":
            a.em.node(
                "store", [shadow, *indices, a.em.const(0.0, v.type)], (), {"safe": True, "adjoint": True}
            )
    _restore(a, node)


def _assign(a: Adjoint, node: Node) -> None:
    target, v = node.operands
    if a.sweep.active(target):
        shadow = a.sweep.shadow(target, a.em)
        held: Value | None = None
        if a.sweep.active(v):
            assert isinstance(shadow.type, Array)
            held = a.em.node(
                "copy", [shadow], [Array(shadow.type.dtype, shadow.type.axes)], {"adjoint": True}
            ).result
        a.em.node("assign", [shadow, a.em.const(0.0, dtype_of(target.type))], (), {"adjoint": True})
        if held is not None:
            a.em.same = bool(node.attrs.get("same"))
            a.note_shape(held, v if a.em.same and alike(v, target) else target)
            a.add(v, Term(a.em, held))
            a.em.same = False
    _restore(a, node)


def alike(v: Value, target: Value) -> bool:
    """Whether the arrays of an op that is ``same`` have the same axes."""
    return isinstance(v.type, Array) and isinstance(target.type, Array) and v.type.axes == target.type.axes


def _vacc(a: Adjoint, node: Node) -> None:
    target, v = node.operands
    if a.sweep.active(target) and a.sweep.active(v):
        a.em.same = bool(node.attrs.get("same"))
        a.add(v, Term(a.em, a.sweep.shadow(target, a.em)), fresh=False)
        a.em.same = False
    _restore(a, node)


def _restore(a: Adjoint, node: Node) -> None:
    """Put back what a write overwrote, when the class of the target is restored."""
    target = node.operands[0]
    if a.sweep.aliases.cls(target) not in a.sweep.restored:
        return
    body = a.sweep.home_of(node)
    before = Emitter(body, body.ops.index(node), node.span)
    if node.name in ("store", "accum"):
        indices = node.operands[1:-1]
        old = before.node(
            "load", [target, *indices], [dtype_of(target.type)], hints=(f"{target.hint}_old",)
        ).result
        a.em.node("store", [target, *indices, old], (), {"safe": True})
    else:
        assert isinstance(target.type, Array)
        kept = Array(target.type.dtype, target.type.axes)
        old = before.node("copy", [target], [kept], hints=(f"{target.hint}_old",)).result
        a.em.node("assign", [target, old])
    a.sweep.home[old] = body


def _rec_get(a: Adjoint, node: Node) -> None:
    rec, k = node.operands
    if is_ref(node.result.type):
        return
    g = a.take(node.result)
    if g is not None and a.sweep.active(rec):
        twin = a.sweep.shadow(rec, a.em)
        old = a.em.node("rec_get", [twin, k], [node.result.type]).result
        total = Term(a.em, old) + Term(a.em, g)
        a.em.node("rec_set", [twin, k, total.value])


def _rec_set(a: Adjoint, node: Node) -> None:
    rec, k, v = node.operands
    assert isinstance(rec.type, Rec)
    if isinstance(rec.type.item, Scalar) and a.sweep.active(rec) and a.sweep.active(v):
        g = a.em.node("rec_get", [a.sweep.shadow(rec, a.em), k], [v.type]).result
        a.add(v, Term(a.em, g))


ADJOINTS.update(
    {
        "load": _load,
        "store": _store,
        "accum": _store,
        "assign": _assign,
        "vacc": _vacc,
        "rec_get": _rec_get,
        "rec_set": _rec_set,
    }
)
