"""Adjoints of control flow: branches, loops and calls."""

from __future__ import annotations

from typing import Any

from ...ir.core import Value
from ...ir.types import I64, Array, Scalar, differentiable, is_ref
from ..terms import Term, zeros_like
from ..tree import Body, Emitter, Node
from .adjoint import ADJOINTS, Adjoint, Scope
from .shadows import Sweep


def _if(a: Adjoint, node: Node) -> None:
    outer, outer_em = a.scope, a.em
    seeds = {r: a.take(r) for r in a.sweep.op_of[node].results if _carries_value(a, r)}
    scopes: list[Scope] = []
    for number, forward in enumerate(node.regions):
        body = Body(outer.body)
        a.sweep.mirror[forward] = body
        body.mirror = forward
        a.scope, a.em = Scope(forward, body, "if", outer), Emitter(body, span=node.span)
        op = a.sweep.op_of[node]
        for r, y in zip(op.results, op.regions[number].yields, strict=True):
            seed = seeds.get(r)
            if seed is not None:
                a.add(y, Term(a.em, seed), fresh=False)
        a.body(forward)
        scopes.append(a.scope)
    a.scope, a.em = outer, outer_em
    changed = list(
        dict.fromkeys(
            v
            for s in scopes
            for v, bar in s.local.items()
            if a.sweep.home[v] is not s.forward and s.imported.get(v) is not bar
        )
    )
    bodies = [s.body for s in scopes]
    if not changed and not any(b.ops for b in bodies):
        return
    reverse = Node("if", node.operands, [], node.attrs, bodies, node.span)
    reverse.mirror = node
    for v in changed:
        before = outer.get(v, a.sweep.home[v])
        if before is None:
            before = zeros_like(a.em, v)
        for s in scopes:
            s.body.yields.append(s.local.get(v, before))
        result = Value(v.type, f"{v.hint}_bar" if v.hint else "")
        reverse.results.append(result)
        outer.local[v] = result
    a.em.put(reverse)
    a.pairs += [(s.forward, s.body, node, reverse) for s in scopes]


def _carries_value(a: Adjoint, v: Value) -> bool:
    """Whether the cotangent of a joined value travels as a value (a paired reference has its shadow
    already).
    """
    return a.sweep.active(v) and (isinstance(v.type, Scalar) or a.sweep.kind(v) != "paired")


def _loop(a: Adjoint, node: Node) -> None:
    op = a.sweep.op_of[node]
    outer, outer_em = a.scope, a.em
    forward, block = node.regions[-1], op.regions[-1]
    count = len(op.results) - 1
    inits = op.operands[len(op.operands) - count :]
    yields = block.yields[len(block.yields) - count :]
    params = block.params[len(block.params) - count :]
    carried = [k for k in range(count) if _carries_value(a, op.results[k + 1])]
    starts = [a.take(op.results[k + 1]) for k in carried]
    body = Body(outer.body)
    a.sweep.mirror[forward] = body
    body.mirror = forward
    a.scope, a.em = Scope(forward, body, "loop", outer), Emitter(body, span=node.span)
    index = Value(I64, op.regions[0].params[0].hint if node.name == "for" else "k")
    bars = [Value(_dense(params[k].type), f"{params[k].hint}_bar" if params[k].hint else "") for k in carried]
    body.params = [index, *bars]
    for k, bar in zip(carried, bars, strict=True):
        a.add(yields[k], Term(a.em, bar), fresh=False)
    a.body(forward)
    for k in carried:
        bar = a.take(params[k])
        body.yields.append(bar if bar is not None else zeros_like(a.em, params[k]))
    scope = a.scope
    body.yields += [scope.local[v] for v in scope.imported]
    a.scope, a.em = outer, outer_em
    if not (body.ops or carried):
        return
    operands = _reverse_range(a, node)
    for k, start in zip(carried, starts, strict=True):
        operands.append(start if start is not None else zeros_like(a.em, op.results[k + 1]))
    for v in scope.imported:
        before = outer.get(v, a.sweep.home[v])
        operands.append(before if before is not None else zeros_like(a.em, v))
    types = [I64, *(_dense(params[k].type) for k in carried), *(v.type for v in scope.imported)]
    hints = ["", *(f"{inits[k].hint}_bar" for k in carried), *(f"{v.hint}_bar" for v in scope.imported)]
    results = [Value(t, h if h != "_bar" else "") for t, h in zip(types, hints, strict=True)]
    reverse = Node("for", operands, results, {"stop": False}, [body], node.span)
    reverse.mirror = node
    a.em.put(reverse)
    a.pairs.append((forward, body, node, reverse))
    for v, r in zip(scope.imported, results[1 + len(carried) :], strict=True):
        outer.local[v] = r
    for k, r in zip(carried, results[1:], strict=False):
        a.add(inits[k], Term(a.em, r), fresh=True)


def _dense(t: Any) -> Any:
    return Array(t.dtype, t.axes) if isinstance(t, Array) else t


def fixed_step(a: Sweep, node: Node) -> int:
    """The step of a counted loop without an early exit when it is a constant, else 0."""
    if node.name != "for" or node.attrs.get("stop"):
        return 0
    made = a.sites.definition(a.op_of[node].operands[2])
    return int(made.attrs["value"]) if made is not None and made.name == "const" else 0


def unit_step(a: Sweep, node: Node) -> int:
    """1 or -1 when that is the step of a counted loop without an early exit, else 0."""
    step = fixed_step(a, node)
    return step if step in (1, -1) else 0


def _reverse_range(a: Adjoint, node: Node) -> list[Value]:
    """Bounds and step of the reverse loop.

    Over the same induction variable backwards where the step is 1 or -1; otherwise over the trip number
    backwards.
    """
    em, sign = a.em, unit_step(a.sweep, node)
    one = em.const(1, I64)
    if sign:
        lo, hi = node.operands[:2]
        first = em.node("sub" if sign > 0 else "add", [hi, one], [I64]).result
        last = em.node("sub" if sign > 0 else "add", [lo, one], [I64]).result
        return [first, last, em.const(-sign, I64)]
    first = em.node("sub", [node.results[0], one], [I64]).result
    return [first, em.const(-1, I64), em.const(-1, I64)]


def _call(a: Adjoint, node: Node) -> None:
    """The reverse half of a call: shadows and cotangents of results go in, cotangents of scalar arguments
    come out.
    """
    slot = a.sweep.slots.get(node)
    if slot is None:
        return
    op = a.sweep.op_of[node]
    assert a.sweep.split is not None
    operands = [
        slot,
        *(a.sweep.shadow(v, a.em) for v in op.operands if is_ref(v.type) and differentiable(v.type)),
    ]
    for r in op.results:
        if isinstance(r.type, Scalar) and differentiable(r.type):
            bar = a.take(r)
            operands.append(bar if bar is not None else zeros_like(a.em, r))
    scalars = [v for v in op.operands if isinstance(v.type, Scalar) and differentiable(v.type)]
    name = a.sweep.split(op.attrs["func"])[1]
    out = a.em.node("call", operands, [v.type for v in scalars], {"func": name})
    for v, bar in zip(scalars, out.results, strict=True):
        a.add(v, Term(a.em, bar))


ADJOINTS.update({"if": _if, "for": _loop, "while": _loop, "call": _call})
