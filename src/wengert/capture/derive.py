"""Derivatives inside captured code: `grad(f)(x)` becomes a `derive` operation on a function of the module.

The functions of the public interface carry a mark, ``__wengert_transform__``, and what they return carries
``__wengert_derive__``; capture evaluates both itself, so ``f`` may be anything that captured code can call:
a global, a closure, a lambda, a method, another derivative.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..errors import UseError
from ..ir.core import Value
from ..ir.types import Type, differentiable, dtype_of
from .calls import call, call_prelude
from .derive_parts import Part, fresh, part_at, structure, varying, vector
from .derive_subject import Given, Subject, given, subject
from .forms import FArr, FNode, FNum, describe, leaf_types, rebuild
from .lower import Lowering
from .units import unflat
from .values import AV, NONE, Arr, Const, Derived, Num, Tup

_MODES = ("auto", "forward", "reverse")


def transform(lw: Lowering, f: Any, args: Sequence[AV], kwargs: dict[str, AV], node: ast.AST | None) -> AV:
    """A call of `grad`, `jvp` or another function of the public interface."""
    from .derive_at import AT_A_POINT

    name: str = f.__wengert_transform__
    try:
        bound = inspect.signature(f).bind(*args, **kwargs).arguments
    except TypeError as e:
        lw.refuse("U0601", f"`{name}`: {e}", node)
    fun: AV = bound.pop("fun")
    if isinstance(fun, (Num, Arr, Tup)) or (isinstance(fun, Const) and not callable(fun.value)):
        lw.refuse("U0601", f"`{name}` expects a function, got {lw.describe(fun)}", node)
    if name in AT_A_POINT:
        return AT_A_POINT[name](lw, fun, bound, node)
    if name == "batch":
        return Derived(name, fun, names=_axes(lw, bound))
    options = {k: lw.static(av, f"`{k}`") for k, av in bound.items()}
    mode = options.get("mode", "auto")
    if mode not in _MODES:
        lw.refuse("U0601", f"`mode` is 'auto', 'forward' or 'reverse', not {mode!r}", node)
    return Derived(name, fun, _wrt(options.get("wrt", 0)), bool(options.get("has_aux", False)))


def derived_of(info: dict[str, Any]) -> Derived:
    """A derivative that was made outside."""
    if info["mode"] == "batch":
        return Derived("batch", Const(info["fun"]), names=info["axes"])
    return Derived(info["mode"], Const(info["fun"]), _wrt(info.get("wrt", 0)), bool(info.get("has_aux")))


def _axes(lw: Lowering, bound: dict[str, AV]) -> Any:
    """``in_axes`` and ``out_axes`` of `wengert.batch`."""
    from .axes import checked

    try:
        return checked(*(lw.static(bound.get(k, Const(0)), f"`{k}`") for k in ("in_axes", "out_axes")))
    except UseError as e:
        lw.refuse("U0601", e.diagnostics[0].message)


def _wrt(wrt: Any) -> Any:
    return tuple(wrt) if isinstance(wrt, list) else wrt


def call_derived(lw: Lowering, f: Derived, args: list[AV], kwargs: dict[str, AV], node: ast.AST | None) -> AV:
    """A call of a derivative of a function."""
    if f.mode == "jit":
        return call(lw, f.fun, args, kwargs, node)
    if f.mode == "push":
        at = replace(f.names, values=list(f.args))
        return product(lw, f.fun, at, f.wrt, args[0], node)[1]
    if f.mode == "hvp":
        if not args:
            lw.refuse("U0601", "`hvp` takes a vector after the arguments of the function", node)
        at = given(lw, f.fun, args[:-1], kwargs, node)
        return product(lw, Derived("grad", f.fun, f.wrt), at, f.wrt, args[-1], node)[1]
    return derive(lw, f, given(lw, f.fun, args, kwargs, node), node)


def derive(lw: Lowering, f: Derived, at: Given, node: ast.AST | None) -> AV:
    """A derivative at given arguments."""
    match f.mode:
        case "grad" | "value_and_grad":
            return _gradient(lw, f, at, node)
        case "hessian":
            return _pairs(lw, f, at, node)
        case "jacobian":
            return _jacobian(lw, f, at, node)
        case "batch":
            from .batching import batched

            return batched(lw, f, at, node)
        case mode:
            lw.refuse("C0104", f"`{mode}` inside captured code is not supported", node)


def emit(
    lw: Lowering, mode: str, subj: Subject, wrt: Sequence[int], more: Sequence[Value], types: Sequence[Type]
) -> tuple[Value, ...]:
    """The operation; ``wrt`` counts the leaves of the arguments, ``more`` are vectors."""
    attrs = {"mode": mode, "func": subj.name, "wrt": tuple(subj.first + i for i in wrt)}
    return tuple(lw.b.emit("derive", [*subj.operands, *more], attrs, types=types))


def chosen(lw: Lowering, subj: Subject, wrt: Any, node: ast.AST | None) -> list[Part]:
    """The parts of the arguments that ``wrt`` names."""
    parts: list[Part] = []
    for w in wrt if isinstance(wrt, tuple) else (wrt,):
        part = part_at(subj.names, subj.slots, subj.forms, w)
        if isinstance(part, str):
            lw.refuse("U0602", part, node)
        if part.argument in subj.held:
            lw.refuse("T0202", f"`wrt={w!r}` is marked with `no_derivative`", node)
        real = [t for t, v in zip(leaf_types(part.form), varying(part.form), strict=True) if v]
        if any(dtype_of(t).is_complex for t in real):
            lw.refuse("U0603", f"`wrt={w!r}` is complex, and a derivative is defined for real numbers", node)
        if not real:
            lw.refuse("T0202", f"`wrt={w!r}` holds no float to differentiate by", node)
        parts.append(part)
    return parts


def _gradient(lw: Lowering, f: Derived, at: Given, node: ast.AST | None) -> AV:
    """A gradient, with the value or other results beside it."""
    subj = subject(lw, f.fun, at, node, at.reached(f.wrt))
    parts = chosen(lw, subj, f.wrt, node)
    loss = subj.result
    if f.has_aux:
        if not (isinstance(loss, FNode) and isinstance(loss.value, Tup) and len(loss.parts) == 2):
            lw.refuse("T0203", "with `has_aux=True`, a function must return a pair (number, anything)", node)
        loss = loss.parts[0]
    if not isinstance(loss, FNum) or not loss.dtype.is_float:
        lw.refuse("T0203", f"a gradient needs one real number as the result, not {describe(loss)}", node)
    primal = f.mode == "value_and_grad" or f.has_aux
    own = [fresh(t) for t in leaf_types(subj.result)] if primal else []
    wrt = list(dict.fromkeys(i for part in parts for i in part.varying))
    all_types = [t for form in subj.forms for t in leaf_types(form)]
    mode = "value_and_grad" if primal else "grad"
    found = emit(lw, mode, subj, wrt, (), [*own, *(fresh(all_types[i]) for i in wrt)])
    bars = dict(zip(wrt, found[len(own) :], strict=True))
    grads = [structure(lw, part.form, [bars.get(i) for i in part.every]) for part in parts]
    gradient = Tup(tuple(grads)) if isinstance(f.wrt, tuple) else grads[0]
    if not primal:
        return gradient
    value: AV = unflat(lw, rebuild(_fresh_form(subj.result), iter(found)))
    if f.mode == "value_and_grad":
        return Tup((value, gradient))
    assert isinstance(value, Tup)
    return Tup((gradient, value.items[1]))


def _fresh_form(form: Any) -> Any:
    if isinstance(form, FArr):
        t = fresh(form.type)
        return FArr(t)  # pyright: ignore[reportArgumentType]
    return FNode(form.value, tuple(map(_fresh_form, form.parts))) if isinstance(form, FNode) else form


# products with vectors


def product(lw: Lowering, fun: AV, at: Given, wrt: Any, v: AV, node: ast.AST | None) -> tuple[AV, AV]:
    """The value, and the derivative along a vector of the parts that ``wrt`` names."""
    subj = subject(lw, fun, at, node, at.reached(wrt))
    parts = chosen(lw, subj, wrt, node)
    vectors = lw.items(v) if isinstance(wrt, tuple) else (v,)
    if vectors is None or len(vectors) != len(parts):
        lw.refuse("U0601", f"a vector for `wrt={wrt!r}` needs {len(parts)} parts", node)
    leaves = subj.operands[subj.first :]
    found: dict[int, Value] = {}
    for part, one in zip(parts, vectors, strict=True):
        like = [leaves[i] for i in part.every]
        for i, t in zip(part.every, vector(lw, part.form, one, like, node), strict=True):
            if t is not None and i in found:
                lw.refuse("U0602", f"`wrt={wrt!r}` names something twice", node)
            if t is not None:
                found[i] = t
    return pushed(lw, subj, found)


def pushed(lw: Lowering, subj: Subject, along: dict[int, Value]) -> tuple[AV, AV]:
    """The value, and the derivative along tangents given by leaf."""
    own = leaf_types(subj.result)
    types = [*map(fresh, own), *(fresh(t) for t in own if differentiable(t))]
    wrt = sorted(along)
    found = emit(lw, "jvp", subj, wrt, [along[i] for i in wrt], types)
    dots = iter(found[len(own) :])
    slopes = [next(dots) if differentiable(t) else None for t in own]
    value: AV = unflat(lw, rebuild(_fresh_form(subj.result), iter(found)))
    return value, structure(lw, subj.result, slopes)


# matrices


def _pairs(lw: Lowering, f: Derived, at: Given, node: ast.AST | None) -> AV:
    """A Hessian: the derivative of each part of the gradient by each part."""

    def block(row: Any, column: Any) -> AV:
        return _columns(lw, Derived("grad", f.fun, row), at, column, node)

    if not isinstance(f.wrt, tuple):
        return block(f.wrt, f.wrt)
    return Tup(tuple(Tup(tuple(block(row, column) for column in f.wrt)) for row in f.wrt))


def _jacobian(lw: Lowering, f: Derived, at: Given, node: ast.AST | None) -> AV:
    subj = subject(lw, f.fun, at, node, at.reached(f.wrt))
    if isinstance(subj.result, FNum) and subj.result.dtype.is_float:
        return _gradient(lw, Derived("grad", f.fun, f.wrt), at, node)
    if not isinstance(f.wrt, tuple):
        return _columns(lw, f.fun, at, f.wrt, node)
    return Tup(tuple(_columns(lw, f.fun, at, w, node) for w in f.wrt))


def _columns(lw: Lowering, fun: AV, at: Given, wrt: Any, node: ast.AST | None) -> AV:
    """The derivative of a function by one number or array, a column for each number."""
    subj = subject(lw, fun, at, node, at.reached(wrt))
    (part,) = chosen(lw, subj, wrt, node)
    if isinstance(part.form, FNum):
        return product(lw, fun, at, wrt, Const(1.0), node)[1]
    if not isinstance(part.form, FArr) or not isinstance(subj.result, (FNum, FArr)):
        text = "a matrix of derivatives inside captured code is of one array by one number or array"
        lw.refuse("C0104", text, node, "name the arrays in `wrt`")
    x = Arr(subj.operands[subj.first + part.start])
    push = Derived("push", fun, wrt, False, at, tuple(at.values))
    name = "columns_of_number" if isinstance(subj.result, FNum) else "columns_of_array"
    return call_prelude(lw, name, push, x)


__all__ = ["NONE", "call_derived", "derive", "derived_of", "emit", "product", "pushed", "transform"]
