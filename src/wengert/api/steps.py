"""What a transform does to a stage: the module, and the Python structure around it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from ..analysis.activity import Activity
from ..analysis.alias import Aliases
from ..capture.pytree import Leaf, Node, Static, Tree, leaves
from ..diag import Diagnostic
from ..errors import error_for, warn
from ..ir.build import Builder
from ..ir.core import Block, Func, Module, Value
from ..ir.types import BOOL, F64, F64X8, I64, Array, Scalar, differentiable
from ..transform.jvp import jvp as jvp_of
from ..transform.lanes import Lanes
from ..transform.passes import optimise
from ..transform.vjp import Plan
from ..transform.vjp import vjp as vjp_of
from .outputs import final_leaves
from .stage import NOTHING, Stage, contiguous, copied, renumber, tuple_of
from .step import RETURN, Step, Wrt
from .wrt import differentiable_leaves, mirrored, select


def applied(step: Step, stage: Stage, name: str) -> Stage:
    """The stage after one transform of the function called ``name``."""
    match step.mode:
        case "jit" | "batch":
            return stage
        case "grad" | "value_and_grad":
            return grad_step(stage, name, step.wrt, step.mode == "value_and_grad", step.has_aux)
        case "hvp":
            return hvp_step(stage, name, step.wrt)
        case "hvps":
            return hvp_step(stage, name, step.wrt, lanes=True)
        case "vjp":
            return pullback_step(stage, name, step.outputs)
        case "jvp":
            everything = Node("tuple", tuple, (), stage.inputs.trees)
            chosen = [leaf for leaf in stage.inputs.leaves() if leaf.varies]
            return jvp_step(stage, everything, chosen, "tangents")
        case "column" | "columns":
            tree = select(stage.inputs, step.wrt, name)
            chosen = differentiable_leaves(tree, "Jacobian")
            return jvp_step(stage, tree, chosen, "v", primal=False, lanes=step.mode == "columns")
        case _:
            raise AssertionError(step.mode)


def grad_step(stage: Stage, name: str, wrt: Wrt, value: bool, has_aux: bool) -> Stage:
    """The gradient of a function that returns one real number (or a pair of one and something else)."""
    tree = select(stage.inputs, wrt, name)
    chosen = differentiable_leaves(tree, "gradient")
    loss, aux = _loss(stage, name, has_aux)
    _warn_independent(stage, tree, name, loss)
    active = tuple(sorted({stage.param_of(leaf.index) for leaf in chosen}))
    order = tuple(stage.param_of(leaf.index) for leaf in chosen)
    primal = value or has_aux
    plan = Plan(active, order, one=True, primal=primal)
    module = optimise(vjp_of(copied(stage.module, _written(stage)), plan))
    first = len(stage.module.main.results) if primal else 0
    gradient = mirrored(tree, chosen, first)
    output: Tree = gradient
    if value:
        output = tuple_of(tuple_of(loss, aux) if has_aux else loss, gradient)
    elif has_aux:
        output = tuple_of(gradient, aux)
    return replace(stage, module=module, output=output, mutated=frozenset())


def jvp_step(
    stage: Stage,
    tree: Tree,
    chosen: Sequence[Leaf],
    name: str,
    primal: bool = True,
    lanes: bool = False,
) -> Stage:
    """Forward mode: another argument ``name``, of the structure of ``tree``, holds the tangents of
    ``chosen``.

    The result is a pair of value and tangent, or the tangent alone.  With ``lanes`` tangents are in eight
    directions (`transform.lanes`): arrays with another last axis, for numbers of shape ``(1, 8)``.
    """
    chosen = _unique(chosen)
    clean = copied(stage.module, _written(stage))
    params = {leaf.index: stage.param_of(leaf.index) for leaf in chosen}
    active = tuple(sorted(params.values()))
    module = same_shapes(jvp_of(clean, active, Lanes if lanes else None), len(stage.supply), active)
    count, more = stage.leaf_count(), len(chosen)
    tangents = _renamed(mirrored(tree, list(chosen), count), name)
    tangents = with_lanes(tangents) if lanes else tangents
    at = {p: count + k for k, p in enumerate(params.values())}
    supply = (*(s if s < count else s + more for s in stage.supply), *(at[p] for p in active))
    results = stage.module.main.results
    number = len(results)
    which: dict[int, int] = {}
    for k, r in enumerate(results):
        if differentiable(r.type):
            which[k] = number
            number += 1
    dy = derivative_tree(stage.output, which)
    dy = with_lanes(dy) if lanes else _with_zeros(stage.output, dy)
    return Stage(
        module=optimise(module),
        inputs=stage.inputs.added(name, tangents),
        output=tuple_of(stage.output, dy) if primal else dy,
        supply=supply,
        hidden=stage.hidden,
        guards=stage.guards,
        alone=_shifted(stage.alone, count, more),
    )


def hvp_step(stage: Stage, name: str, wrt: Wrt, lanes: bool = False) -> Stage:
    """The product of the Hessian with a vector, the last argument: forward mode over the gradient."""
    tree = select(stage.inputs, wrt, name)
    chosen = differentiable_leaves(tree, "Hessian")
    if len(_unique(chosen)) < len(chosen):
        text = f"`wrt={wrt!r}` names something twice, and a vector has one value for it"
        raise error_for(Diagnostic("U0602", text))
    gradient = grad_step(stage, name, wrt, value=False, has_aux=False)
    return jvp_step(gradient, tree, chosen, "v", primal=False, lanes=lanes)


def pullback_step(stage: Stage, name: str, outputs: Sequence[str]) -> Stage:
    """Reverse mode with cotangents as the last argument; gives a cotangent for every argument."""
    inputs, results = stage.inputs, stage.module.main.results
    chosen = [leaf for leaf in inputs.leaves() if leaf.varies]
    if not chosen:
        text = f"no argument of `{name}` can be differentiated: there is no float among them"
        raise error_for(Diagnostic("T0202", text, helps=("pass 2.0 instead of 2, for instance",)))
    order = tuple(stage.param_of(leaf.index) for leaf in chosen)
    count = stage.leaf_count()
    seeded = {k: j for j, k in enumerate(k for k, r in enumerate(results) if differentiable(r.type))}
    finals = [leaf for part in outputs if part != RETURN for leaf in final_leaves(stage, name, part)]
    final_params = tuple(sorted(stage.param_of(leaf.index) for leaf in finals))
    plan = Plan(tuple(sorted(order)), order, primal=False, final=final_params, copied=final_params)
    module = optimise(vjp_of(copied(stage.module, set(_written(stage)) - set(final_params)), plan))
    more = len(seeded) + len(finals)
    final_number = {stage.supply[p]: count + len(seeded) + j for j, p in enumerate(final_params)}
    parts: list[Tree] = []
    for part in outputs:
        if part == RETURN:
            parts.append(derivative_tree(stage.output, {k: count + j for k, j in seeded.items()}))
        else:
            parts.append(derivative_tree(select(inputs, part, name), final_number))
    y_bar = _renamed(parts[0] if len(parts) == 1 else tuple_of(*parts), "y_bar")
    supply = (*(s if s < count else s + more for s in stage.supply), *range(count, count + more))
    everything = Node("tuple", tuple, (), inputs.positional)
    return Stage(
        module=module,
        inputs=inputs.added("y_bar", y_bar),
        output=mirrored(everything, chosen, 0),
        supply=supply,
        hidden=stage.hidden,
        guards=stage.guards,
        alone=_shifted(stage.alone, count, more),
    )


def _shifted(leaves: frozenset[int], count: int, more: int) -> frozenset[int]:
    """The same leaves after ``more`` new ones were put before the hidden inputs."""
    return frozenset(s if s < count else s + more for s in leaves)


def _written(stage: Stage) -> tuple[int, ...]:
    return tuple(sorted(p for p, s in enumerate(stage.supply) if s in stage.mutated))


def _unique(chosen: Sequence[Leaf]) -> list[Leaf]:
    return list({leaf.index: leaf for leaf in chosen}.values())


def _loss(stage: Stage, name: str, has_aux: bool) -> tuple[Tree, Tree]:
    """The leaf that is differentiated, and the rest; `TypesError` (T0203) when there is none."""
    tree, aux = stage.output, NOTHING
    if has_aux:
        if not (isinstance(tree, Node) and tree.kind == "tuple" and len(tree.children) == 2):
            text = f"with `has_aux=True`, `{name}` must return a pair (number, anything)"
            raise error_for(Diagnostic("T0203", text))
        tree, aux = tree.children
    if isinstance(tree, Leaf) and isinstance(tree.type, Scalar) and tree.type.is_float and tree.index == 0:
        return tree, aux
    if not isinstance(tree, Leaf):
        kind = f"a {tree.kind}" if isinstance(tree, Node) else repr(tree.value)
        pair = isinstance(tree, Node) and tree.kind == "tuple" and not has_aux
        helps = ("for a pair of a number and other things, say `has_aux=True`",) if pair else ()
    elif isinstance(tree.type, Array):
        kind, helps = f"an array with {tree.type.rank} axes", ("sum it, or take the `jacobian`",)
    else:
        kind, helps = f"a number of type {tree.type}", ()
    text = f"a gradient needs one real number as the result, and `{name}` returns {kind}"
    raise error_for(Diagnostic("T0203", text, helps=helps))


def _warn_independent(stage: Stage, tree: Tree, name: str, loss: Tree) -> None:
    """Warn about each named argument that the result cannot vary with."""
    assert isinstance(loss, Leaf)
    func = stage.module.main
    aliases = Aliases(func)
    parts = tree.children if isinstance(tree, Node) and not tree.path else (tree,)
    for part in parts:
        params = [stage.param_of(leaf.index) for leaf in leaves(part) if differentiable(leaf.type)]
        if not Activity(func, aliases, params)(func.results[loss.index]):
            text = f"the result of `{name}` does not depend on `{part.path}`: its gradient is zero"
            warn(Diagnostic("A0302", text, severity="warning"), stacklevel=user_level())


def user_level() -> int:
    """How far up the first frame is that is not ours."""
    import sys

    level, frame = 1, sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("wengert."):
        frame, level = frame.f_back, level + 1
    return level


def derivative_tree(tree: Tree, number: dict[int, int]) -> Tree:
    """``tree`` with leaf ``k`` numbered ``number[k]``; leaves that are not in it, and constants, are None."""
    if isinstance(tree, Leaf):
        return renumber(contiguous(tree), [number[tree.index]]) if tree.index in number else NOTHING
    if isinstance(tree, Node):
        return replace(tree, children=tuple(derivative_tree(c, number) for c in tree.children))
    return NOTHING


def with_lanes(tree: Tree) -> Tree:
    """The tree whose leaves are arrays with a last axis for the directions."""
    if isinstance(tree, Leaf):
        axes = tree.type.axes if isinstance(tree.type, Array) else "1"
        return replace(tree, type=Array(F64, axes + "n"), kind="array")
    if isinstance(tree, Node):
        return replace(tree, children=tuple(map(with_lanes, tree.children)))
    return tree


def _with_zeros(tree: Tree, tangent: Tree) -> Tree:
    """``tangent`` with zeros where the result is a constant number that could have varied."""
    if isinstance(tree, Node) and isinstance(tangent, Node):
        pairs = zip(tree.children, tangent.children, strict=True)
        return replace(tangent, children=tuple(_with_zeros(t, d) for t, d in pairs))
    if isinstance(tree, Static) and isinstance(tree.value, (float, complex)):
        return Static(0.0 * tree.value if math.isfinite(abs(tree.value)) else 0.0)
    return tangent


def _renamed(tree: Tree, name: str) -> Tree:
    """The tree of another argument: paths begin with ``name``."""
    prefix = tree.path

    def visit(t: Tree) -> Tree:
        rest = t.path[len(prefix) :]
        path = f"{name}.{rest}" if rest and not prefix else name + rest
        if isinstance(t, Node):
            return replace(t, path=path, children=tuple(map(visit, t.children)))
        return replace(t, path=path)

    return visit(tree)


def same_shapes(module: Module, first: int, active: Sequence[int]) -> Module:
    """Check at the start that the array parameters from ``first`` on have the shapes of those at ``active``.

    The body relies on it: its proofs about indices are about the primal arrays.
    """
    func = module.main
    b = Builder()
    for k, p in enumerate(active):
        x, dx = func.params[p], func.params[first + k]
        if isinstance(x.type, Array):
            for axis in range(x.type.rank):
                _check_axis(b, x, dx, axis)
        if _rank(dx) != _rank(x):
            (width,) = b.emit("dim", (dx,), {"axis": _rank(dx) - 1}, types=(I64,))
            (lanes,) = b.emit("const", (), {"value": F64X8.lanes}, types=(I64,))
            (ok,) = b.emit("eq", (width, lanes), types=(BOOL,))
            text = f"the tangents of `{x.hint}` are {{0}}, not {F64X8.lanes}"
            b.emit("check", (ok, width), {"exc": "ValueError", "message": text})
    if not b.ops:
        return module
    body = Block(func.params, (*b.ops, *func.body.ops), func.results)
    made = Func(func.name, body, func.result_names, func.span)
    return Module(made.name, MappingProxyType({**module.funcs, made.name: made}))


def _rank(v: Value) -> int:
    return v.type.rank if isinstance(v.type, Array) else 0


def _check_axis(b: Builder, x: Value, dx: Value, axis: int) -> None:
    (n,) = b.emit("dim", (x,), {"axis": axis}, types=(I64,))
    (m,) = b.emit("dim", (dx,), {"axis": axis}, types=(I64,))
    (ok,) = b.emit("eq", (n, m), types=(BOOL,))
    text = f"the tangent of `{x.hint}` has length {{1}} along axis {axis}, and `{x.hint}` has {{0}}"
    b.emit("check", (ok, n, m), {"exc": "ValueError", "message": text, "sizes": True})
