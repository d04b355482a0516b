"""Adjoints of pure array operations that are not elementwise: reductions, products, copies, casts."""

from __future__ import annotations

from typing import Any

from ...ir.core import Value
from ...ir.types import Array, dtype_of
from ...prims.primitive import REGISTRY
from .. import rules
from ..terms import Term
from ..tree import Emitter, Node
from .adjoint import ADJOINTS, ARRAY_ADJOINTS, Adjoint


def _sum(a: Adjoint, node: Node, g: Value) -> None:
    kept = rules.like_reduced(a.em, g, node.operands[0], node.attrs)
    a.add(node.operands[0], Term(a.em, kept), fresh=False)


def _copy(a: Adjoint, node: Node, g: Value) -> None:
    a.add_part(node, node.operands[0], Term(a.em, g), g)


def _cast(a: Adjoint, node: Node, g: Value) -> None:
    x = node.operands[0]
    t = Array(dtype_of(x.type), g.type.axes) if isinstance(g.type, Array) else dtype_of(x.type)
    out = a.em.node("cast", [g], [t], {"to": dtype_of(x.type)}).result
    a.add_part(node, x, Term(a.em, out), g)


def _extremum(a: Adjoint, node: Node, g: Value) -> None:
    x = node.operands[0]
    content = a.sweep.content(x, node)
    seen = Node(node.name, [content], [a.sweep.content(node.result, node)], node.attrs)
    weights = Term(a.em, rules.extremal_weights(a.em, seen))
    kept = Term(a.em, rules.like_reduced(a.em, g, x, node.attrs))
    a.add(x, REGISTRY["mulz"](kept, weights))


def _matmul(a: Adjoint, node: Node, g: Value) -> None:
    x, y = node.operands
    assert isinstance(x.type, Array)
    assert isinstance(y.type, Array)
    ranks = (x.type.rank, y.type.rank)
    if x is y and ranks == (1, 1):
        _give(a, x, 2.0 * Term(a.em, g) * Term(a.em, a.sweep.content(x, node)))
        return
    if a.sweep.active(x):
        b = a.sweep.content(y, node)
        if ranks == (1, 1):
            _give(a, x, Term(a.em, g) * Term(a.em, b))
        elif ranks == (2, 1):
            _give(a, x, _outer(a.em, g, b))
        elif ranks == (1, 2):
            _give(a, x, _product(a.em, b, g))
        else:
            _give(a, x, _product(a.em, g, _transposed(a.em, b)))
    if a.sweep.active(y):
        b = a.sweep.content(x, node)
        if ranks == (1, 1):
            _give(a, y, Term(a.em, g) * Term(a.em, b))
        elif ranks == (2, 1):
            _give(a, y, _product(a.em, g, b))
        elif ranks == (1, 2):
            _give(a, y, _outer(a.em, b, g))
        else:
            _give(a, y, _product(a.em, _transposed(a.em, b), g))


def _give(a: Adjoint, v: Value, part: Any) -> None:
    """Add a contribution that has the shape of ``v``, for the product has checked what meets in it."""
    a.note_shape(part.value, v)
    a.add(v, part)


def _product(em: Emitter, x: Value, y: Value) -> Term:
    types = REGISTRY["matmul"].infer([x.type, y.type], {})
    return Term(em, em.node("matmul", [x, y], types, {"adjoint": True}).result)


def _transposed(em: Emitter, x: Value) -> Value:
    attrs = {"perm": (1, 0)}
    return em.node("transpose", [x], REGISTRY["transpose"].infer([x.type], attrs), attrs).result


def _outer(em: Emitter, x: Value, y: Value) -> Any:
    def widened(v: Value, spec: str) -> Term:
        types = REGISTRY["view"].infer([v.type], {"spec": spec})
        return Term(em, em.node("view", [v], types, {"spec": spec}).result)

    return widened(x, ":+") * widened(y, "+:")


def _custom(a: Adjoint, node: Node) -> None:
    """The reverse rule of a function that has one."""
    g = a.take(node.result)
    wrt: tuple[int, ...] = node.attrs["wrt"]
    if g is None or not any(a.sweep.active(node.operands[k]) for k in wrt):
        return
    if "vjp" not in node.attrs:
        raise rules.no_rule(node, "reverse")
    leaves = node.operands[: node.attrs["leaves"]]
    xs = [a.sweep.content(v, node) for v in leaves]
    types = [Array(t.dtype, t.axes) if isinstance(t := leaves[k].type, Array) else t for k in wrt]
    operands = [g, a.sweep.content(node.result, node), *xs]
    made = a.em.node("custom", operands, types, {"func": node.attrs["vjp"]})
    for k, part in zip(wrt, made.results, strict=True):
        a.add(leaves[k], Term(a.em, part))


ADJOINTS["custom"] = _custom
ARRAY_ADJOINTS.update(
    {"sum": _sum, "copy": _copy, "cast": _cast, "matmul": _matmul, "amax": _extremum, "amin": _extremum}
)
