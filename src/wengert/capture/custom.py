"""Calls of functions that have derivatives of their own: a `custom` operation, with the rules beside it.

    %y = custom(%x...) {func="f", leaves=1, wrt=(0,), vjp="f_rule"} : f64

``func`` takes the operands.  ``vjp`` takes the cotangent of the result, the result and the leaves, and gives
the cotangents of the leaves ``wrt``; ``jvp`` takes the leaves, the tangents of those in ``wrt`` and the
result, and gives its tangent.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from types import FunctionType
from typing import Any

from ..algebra.custom import Rules
from ..ir.core import Module
from ..ir.types import Array, differentiable
from .forms import FArr, FNum, Form, leaf_types, rebuild
from .inlining import Target, bind, fenced, inline, target_of_function
from .lower import Lowering
from .operands import numeric, operand
from .units import Special, argument_forms, operands, special_for, under_way
from .values import AV, NONE, Arr, Const, Num, Tup
from .written import written_parameters


def call_custom(
    lw: Lowering, rules: Rules, args: list[AV], kwargs: dict[str, AV], node: ast.AST | None
) -> AV:
    """The call of a Python function that has rules."""
    f = rules.of
    assert isinstance(f, FunctionType)
    target = target_of_function(f)
    variables = bind(lw, target, args, kwargs, node)
    names = list(variables)

    def primal(inner: Lowering, values: list[AV]) -> AV:
        y = inline(inner, target, dict(zip(names, values, strict=True)))
        return Arr(inner.emit("copy", y.value)) if isinstance(y, Arr) else y

    forms, flats = argument_forms(lw, list(variables.values()))
    with _apart(lw):
        special = special_for(lw, ("custom", target.key), target.source.name, forms, primal)
    y = special.result
    if not isinstance(y, (FNum, FArr)) or not differentiable(leaf_types(y)[0]):
        lw.refuse("C0104", f"`{f.__name__}` has a derivative, so it must return one float or array", node)
    _refuse_writes(lw, special, f, node)
    wrt = _wrt(lw, rules, names, forms, node)
    attrs: dict[str, Any] = {
        "func": special.name,
        "leaves": sum(len(leaf_types(form)) for form in forms),
        "wrt": tuple(_leaf(forms, k) for k in wrt),
    }
    y_form = FArr(y.type) if isinstance(y, FArr) else FNum(y.dtype, y.py)
    y_bar = FArr(Array(y.type.dtype, y.type.axes)) if isinstance(y, FArr) else FNum(y.dtype, False)
    tangents = tuple(_fresh(forms[k]) for k in wrt)
    if rules.vjp is not None:
        attrs["vjp"] = _rule(
            lw, rules.vjp, ("vjp", *wrt), (y_bar, y_form, *forms), _reverse(rules, wrt), node
        )
    if rules.jvp is not None:
        attrs["jvp"] = _rule(
            lw, rules.jvp, ("jvp", *wrt), (*forms, *tangents, y_form), _forward(len(forms), wrt), node
        )
    if node is not None:
        lw.at(node)
    lw.noted()
    results = lw.b.emit("custom", operands(lw, special, flats), attrs, types=leaf_types(y))
    return rebuild(y, iter(results))


Lower = Callable[[Lowering, Target, Sequence[AV]], AV]


def _rule(
    lw: Lowering, rule: Any, role: Any, forms: tuple[Form, ...], run: Lower, node: ast.AST | None
) -> str:
    """The name of the function that a rule is for these forms."""
    if not isinstance(rule, FunctionType):
        lw.refuse("C0104", "a derivative rule must be a function written in Python", node)
    target = target_of_function(rule)
    key = (role, target.key)
    begun = under_way(lw, key, forms)
    if begun is not None:
        return begun.name  # the rule calls what it is the rule of
    fenced(lw, target)
    with _apart(lw):
        special = special_for(
            lw, key, target.source.name, forms, lambda inner, values: run(inner, target, values)
        )
    if any(leaf_types(form) for _, form in special.imports):
        text = f"the rule `{rule.__name__}` reads numbers or arrays from outside"
        lw.refuse("C0104", text, node, "make them arguments of the function that has the derivative")
    return special.name


@contextmanager
def _apart(lw: Lowering) -> Generator[None, None, None]:
    """Functions that are being lowered are not called by themselves when a rule calls them again."""
    session = lw.session
    before, session.active = session.active, []
    try:
        yield
    finally:
        session.active = before


def _reverse(rules: Rules, wrt: Sequence[int]) -> Lower:
    def run(inner: Lowering, target: Target, values: Sequence[AV]) -> AV:
        y_bar, y, *xs = values
        given = [y_bar, *(x for k, x in enumerate(xs) if k not in wrt)] if rules.linear else [y_bar, y, *xs]
        out = inline(inner, target, bind(inner, target, given, {}, None))
        parts = list(out.items) if isinstance(out, Tup) else [out]
        if len(parts) == len(xs) > len(wrt):
            parts = [parts[k] for k in wrt]
        if len(parts) != len(wrt):
            inner.refuse("U0601", f"the rule `{target.source.name}` gives {len(parts)} cotangents, "
                         f"and {len(wrt)} arguments are differentiated by")  # fmt: skip
        return Tup(tuple(_fit(inner, part, xs[k]) for part, k in zip(parts, wrt, strict=True)))

    return run


def _forward(count: int, wrt: Sequence[int]) -> Lower:
    def run(inner: Lowering, target: Target, values: Sequence[AV]) -> AV:
        xs, rest, y = values[:count], iter(values[count:-1]), values[-1]
        dxs = tuple(next(rest) if k in wrt else NONE for k in range(count))
        out = inline(inner, target, bind(inner, target, [Tup(tuple(xs)), Tup(dxs), y], {}, None))
        return _fit(inner, out, y)

    return run


def _fit(lw: Lowering, av: AV, like: AV) -> AV:
    """What a rule gave, with the type and the shape of what it belongs to."""
    if isinstance(av, Const) and av.value is None:
        av = Const(0.0)
    x = numeric(lw, av)
    if isinstance(like, Arr):
        dims = [lw.emit("dim", like.value, axis=k) for k in range(like.rank)]
        out = lw.emit("alloc", *dims, dtype=like.dtype, axes=like.type.axes, fill="zero")
        lw.effect("assign", out, operand(lw, x, like.dtype))
        return Arr(out)
    assert isinstance(like, Num)
    return Num(lw.number(x, like.dtype), False)


def _wrt(
    lw: Lowering, rules: Rules, names: list[str], forms: Sequence[Form], node: ast.AST | None
) -> list[int]:
    """The positions of the arguments that are differentiated by."""
    if rules.wrt is None:
        return [k for k, form in enumerate(forms) if [t for t in leaf_types(form) if differentiable(t)]]
    out: list[int] = []
    for w in rules.wrt:
        k = names.index(w) if isinstance(w, str) and w in names else w
        if not isinstance(k, int) or not -len(names) <= k < len(names):
            lw.refuse("U0602", f"`wrt` of the derivative names no argument: {w!r}", node)
        out.append(k % len(names))
    for k in out:
        if [t for t in leaf_types(forms[k]) if differentiable(t)] != list(leaf_types(forms[k])):
            lw.refuse("T0202", f"`wrt` of the derivative names `{names[k]}`, which is no float", node)
    return out


def _leaf(forms: Sequence[Form], k: int) -> int:
    if len(leaf_types(forms[k])) != 1:
        raise AssertionError("one leaf for each argument")
    return sum(len(leaf_types(form)) for form in forms[:k])


def _fresh(form: Form) -> Form:
    if isinstance(form, FArr):
        return FArr(Array(form.type.dtype, form.type.axes))
    return FNum(form.dtype, False) if isinstance(form, FNum) else form


def _refuse_writes(lw: Lowering, special: Special, f: FunctionType, node: ast.AST | None) -> None:
    if special.state != "done":
        return
    if written_parameters(Module(special.name, lw.session.funcs)):
        text = f"`{f.__name__}` has a derivative of its own and writes to an argument"
        lw.refuse("C0104", text, node, "write to a copy and return it")
