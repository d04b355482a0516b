"""`jvp`, `vjp` and `linearize` inside captured code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..ir.core import Value
from ..ir.types import Array, differentiable
from .derive import emit, pushed
from .derive_parts import fresh, part_of, structure, vector, zeros
from .derive_subject import Given, Subject, given, subject
from .forms import leaf_types, leaves_of
from .lower import Lowering
from .units import flat
from .values import AV, NONE, Arr, AtPoint, Const, Num, Tup


def _jvp(lw: Lowering, fun: AV, bound: Mapping[str, AV], node: ast.AST | None) -> AV:
    args, slopes = lw.items(bound["args"]), lw.items(bound["tangents"])
    if args is None or slopes is None or len(args) != len(slopes):
        lw.refuse("U0601", "`jvp` takes a tuple of arguments and a tuple of as many tangents", node)
    at = given(lw, fun, args, {}, node)
    subj = subject(lw, fun, at, node)
    return Tup(pushed(lw, subj, _along(lw, subj, at, slopes, node)))


def _along(
    lw: Lowering, subj: Subject, at: Given, slopes: Sequence[AV], node: ast.AST | None
) -> dict[int, Value]:
    """The tangents of arguments given by position, by leaf."""
    leaves = subj.operands[subj.first :]
    found: dict[int, Value] = {}
    for k, one in zip(at.places, _packed(at, slopes), strict=True):
        if k in subj.held:
            continue
        part = part_of(subj.forms, k)
        like = [leaves[i] for i in part.every]
        for i, t in zip(part.every, vector(lw, part.form, one, like, node), strict=True):
            if t is not None:
                found[i] = t
    return found


def _packed(at: Given, slopes: Sequence[AV]) -> list[AV]:
    """Tangents as the arguments are: those of ``*args`` together."""
    own = len(at.places) - at.star
    return [*slopes[:own], *([Tup(tuple(slopes[own:]))] if at.star else ())]


def _owned(lw: Lowering, subj: Subject) -> Subject:
    """The same at copies of all arrays, so that later changes to them do not matter."""
    copies = [lw.emit("copy", v) if isinstance(v.type, Array) else v for v in subj.operands]
    return replace(subj, operands=copies)


def _vjp(lw: Lowering, fun: AV, bound: Mapping[str, Any], node: ast.AST | None) -> AV:
    outputs = bound.get("outputs", Const("return"))
    if lw.static(outputs, "`outputs`") not in ("return", ("return",), ["return"]):
        lw.refuse("C0104", "`outputs` of `vjp` inside captured code is not supported", node)
    return _at_point(lw, "pullback", fun, bound.get("args", ()), node)


def _linearize(lw: Lowering, fun: AV, bound: Mapping[str, Any], node: ast.AST | None) -> AV:
    return _at_point(lw, "push", fun, bound.get("args", ()), node)


def _at_point(lw: Lowering, kind: str, fun: AV, args: Sequence[AV], node: ast.AST | None) -> AV:
    """The value, and a function that is linear."""
    at = given(lw, fun, args, {}, node)
    subj = _owned(lw, subject(lw, fun, at, node))
    value = pushed(lw, subj, {})[0]
    results = leaves_of(flat(lw, value))
    parts = tuple(Arr(v) if isinstance(v.type, Array) else Num(v) for v in [*subj.operands, *results])
    return Tup((value, AtPoint(kind, (subj, at), parts)))


def call_at_point(lw: Lowering, f: AtPoint, args: Sequence[AV], node: ast.AST | None) -> AV:
    """A call of what `vjp` or `linearize` gave."""
    subj, at = f.subject
    values = [p.value for p in f.parts if isinstance(p, (Num, Arr))]
    count = len(subj.operands)
    subj = replace(subj, operands=values[:count])
    if f.kind == "push":
        if len(args) != at.count:
            lw.refuse("U0601", f"a tangent for each of {at.count} arguments is needed", node)
        return pushed(lw, subj, _along(lw, subj, at, args, node))[1]
    if len(args) != 1:
        lw.refuse("U0601", "a pullback takes one cotangent, of the structure of the result", node)
    own = leaf_types(subj.result)
    bars = vector(lw, subj.result, args[0], values[count:], node)
    seeds = [
        zeros(lw, like, fresh(t)) if bar is None else bar
        for bar, like, t in zip(bars, values[count:], own, strict=True)
        if differentiable(t)
    ]
    parts = [part_of(subj.forms, k) for k in at.places]
    wrt = [i for part in parts if part.argument not in subj.held for i in part.varying]
    types = [t for form in subj.forms for t in leaf_types(form)]
    found = dict(zip(wrt, emit(lw, "vjp", subj, wrt, seeds, [fresh(types[i]) for i in wrt]), strict=True))
    out = [structure(lw, part.form, [found.get(i) for i in part.every]) for part in parts]
    if at.star:
        last = lw.items(out.pop())
        out += last or ()
    return Tup(tuple(out))


AT_A_POINT: dict[str, Callable[[Lowering, AV, Any, ast.AST | None], AV]] = {
    "jvp": _jvp,
    "vjp": _vjp,
    "linearize": _linearize,
}

__all__ = ["AT_A_POINT", "NONE", "call_at_point"]
