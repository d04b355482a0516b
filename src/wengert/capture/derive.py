"""Derivatives inside captured code: `grad(f)(x)` becomes a `derive` operation on a function of the module."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from ..ir.core import Value
from ..ir.types import Array, Type, differentiable
from .calls import Target, bind, inline, target_of_closure, target_of_function
from .forms import FArr, FNode, FNum, Form, leaf_types, rebuild
from .lower import Lowering
from .state import Place
from .units import Special, argument_forms, operands, special_for, unflat
from .values import AV, Closure, Const, DictC, Num, Ref, Tup

_VALUE = frozenset({"value_and_grad"})
_MODES = frozenset({"grad", "value_and_grad"})


def call_derivative(
    lw: Lowering, info: dict[str, Any], args: list[AV], kwargs: dict[str, AV], node: ast.AST | None
) -> AV:
    """A call of an object that is a derivative of a Python function."""
    mode = str(info.get("mode"))
    if mode not in _MODES:
        lw.refuse("C0104", f"`{mode}` inside captured code is not supported", node)
    target = _target(lw, info["fun"], node)
    variables = bind(lw, target, args, kwargs, node)
    names = list(variables)

    def lower(inner: Lowering, values: list[AV]) -> AV:
        return inline(inner, target, dict(zip(names, values, strict=True)))

    values = list(variables.values())
    forms, flats = argument_forms(lw, values)
    special = special_for(lw, target, forms, lower)
    wrt = _wrt(lw, info.get("wrt", 0), names, node)
    chosen = [_leaves_at(forms, k) for k in wrt]
    flat_wrt = tuple(i for group, _ in chosen for i in group)
    result = special.result
    if not isinstance(result, FNum) or not result.dtype.is_float:
        lw.refuse("T0203", "the function that is differentiated does not return one real number", node)
    types: list[Type] = [result.dtype] if mode in _VALUE else []
    for group, form in chosen:
        found = leaf_types(form)
        if not all(differentiable(t) for t in found) or not group:
            lw.refuse("T0202", "the derivative is with respect to something that is not a real number", node)
        types += [Array(t.dtype, t.axes) if isinstance(t, Array) else t for t in found]
    if node is not None:
        lw.at(node)
    results = lw.b.emit(
        "derive",
        operands(lw, special, flats),
        {"mode": mode, "func": special.name, "wrt": flat_wrt},
        types=types,
    )
    return _packed(
        lw, mode, result, [form for _, form in chosen], isinstance(info.get("wrt", 0), tuple), results
    )


def _packed(
    lw: Lowering, mode: str, value: FNum, forms: Sequence[Form], several: bool, results: Sequence[Value]
) -> AV:
    leaves = iter(results)
    head: list[AV] = [Num(next(leaves), value.py)] if mode in _VALUE else []
    grads = [unflat(lw, rebuild(_fresh(f), leaves)) for f in forms]
    gradient = Tup(tuple(grads)) if several else grads[0]
    return Tup((*head, gradient)) if head else gradient


def _fresh(form: Form) -> Form:
    """Gradients are new arrays, whatever the memory of what they belong to."""
    if isinstance(form, FArr):
        return FArr(Array(form.type.dtype, form.type.axes))
    if isinstance(form, FNode):
        return FNode(form.value, tuple(map(_fresh, form.parts)))
    return form


def _leaves_at(forms: Sequence[Form], k: int) -> tuple[list[int], Form]:
    """The flat indices of one argument."""
    start = sum(len(leaf_types(f)) for f in forms[:k])
    return list(range(start, start + len(leaf_types(forms[k])))), forms[k]


def _wrt(lw: Lowering, wrt: Any, names: list[str], node: ast.AST | None) -> list[int]:
    out: list[int] = []
    for w in wrt if isinstance(wrt, tuple) else (wrt,):
        if isinstance(w, str) and w in names:
            out.append(names.index(w))
        elif isinstance(w, int) and -len(names) <= w < len(names):
            out.append(w % len(names))
        else:
            lw.refuse("U0602", f"the function has no argument {w!r}", node)
    return out


def _target(lw: Lowering, fun: Any, node: ast.AST | None) -> Target:
    if isinstance(fun, Closure):
        return target_of_closure(fun)
    if hasattr(fun, "__code__"):
        return target_of_function(fun)
    lw.refuse("C0104", "the derivative of this object is not supported inside captured code", node)


__all__ = ["Const", "DictC", "Place", "Ref", "Special", "call_derivative"]
