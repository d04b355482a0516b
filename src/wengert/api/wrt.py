"""What `wrt` names: a position, a name, a path such as ``"params.w"``, or a tuple of these."""

from __future__ import annotations

import difflib
from itertools import count

from ..capture.pytree import WHOLE_NUMBERS, InTree, Leaf, Node, Static, Tree, leaves, path_steps
from ..diag import Diagnostic
from ..errors import error_for
from ..ir.types import Array, Scalar, dtype_of
from .stage import NOTHING, contiguous, renumber, tuple_of
from .step import Wrt


def select(inputs: InTree, wrt: Wrt, name: str) -> Tree:
    """The part of the arguments that ``wrt`` names; a tuple of parts for a tuple.  `WrtError` when there is
    none.
    """
    if isinstance(wrt, tuple):
        return tuple_of(*(_one(inputs, w, name) for w in wrt))
    return _one(inputs, wrt, name)


def _one(inputs: InTree, wrt: int | str, name: str) -> Tree:
    if isinstance(wrt, int):
        trees = inputs.positional
        count = len(trees)
        if not -count <= wrt < count:
            given = f"{count} argument{'s' * (count != 1)}"
            raise error_for(
                Diagnostic(
                    "U0602",
                    f"`wrt={wrt}` names no argument: `{name}` was called with {given}",
                    helps=_known(inputs),
                )
            )
        return trees[wrt]
    steps = list(path_steps(wrt))
    if steps and steps[0] in inputs.names:
        place = inputs.names.index(steps[0])
        if place < len(inputs.trees):
            return _descend(inputs.trees[place], steps, wrt, name)
        text = f"`wrt={wrt!r}` names an argument that was not passed"
        raise error_for(
            Diagnostic("U0602", text, helps=("pass it: defaults are read, but not differentiated",))
        )
    close = difflib.get_close_matches(wrt, [*inputs.names, *inputs.paths], 1, 0.5)
    helps = (f"did you mean `wrt={close[0]!r}`?",) if close else _known(inputs)
    text = f"`{name}` was called without an argument `{wrt}`"
    raise error_for(Diagnostic("U0602", text, helps=helps, notes=("defaults are not differentiated",)))


def _known(inputs: InTree) -> tuple[str, ...]:
    names = ", ".join(f"`{n}`" for n in inputs.names[: len(inputs.trees)])
    return (f"its arguments are {names}",) if names else ()


def _descend(tree: Tree, steps: list[str], wrt: str, name: str) -> Tree:
    here = tree
    for k, step in enumerate(steps[1:]):
        children = children_by_name(here) if isinstance(here, Node) else {}
        if step not in children:
            close = difflib.get_close_matches(step, children, 1, 0.5)
            before = ".".join(steps[: k + 1])
            helps = (f"did you mean `wrt={before + '.' + close[0]!r}`?",) if close else ()
            if not helps and children:
                helps = (f"it has {', '.join(f'`{c}`' for c in children)}",)
            raise error_for(
                Diagnostic(
                    "U0602", f"`wrt={wrt!r}`: argument `{before}` of `{name}` has no `{step}`", helps=helps
                )
            )
        here = children[step]
    return here


def children_by_name(node: Node) -> dict[str, Tree]:
    """The parts of a container, by attribute, key or position."""
    keys = node.keys or tuple(range(len(node.children)))
    return {str(k): child for k, child in zip(keys, node.children, strict=True)}


def differentiable_leaves(tree: Tree, mode: str) -> list[Leaf]:
    """The leaves that a derivative is taken by.

    Raises `TypesError` (T0202) when a named argument is an integer, or holds nothing that can vary.
    Integers beside floats in one structure are constants.
    """
    parts = tree.children if isinstance(tree, Node) and not tree.path else (tree,)
    found: list[Leaf] = []
    for part in parts:
        mine = [leaf for leaf in leaves(part) if _real(leaf)]
        if not mine:
            raise error_for(_refusal(part, mode))
        found += mine
    return found


def _real(leaf: Leaf) -> bool:
    if leaf.constant:
        return False
    if dtype_of(leaf.type).is_complex:
        text = f"`{leaf.path}` is complex, and a gradient is defined for real numbers"
        helps = ("pass the real and the imaginary part as two real arguments",)
        raise error_for(Diagnostic("U0603", text, helps=helps))
    return dtype_of(leaf.type).is_float


def _refusal(tree: Tree, mode: str) -> Diagnostic:
    first = next(iter(leaves(tree)), None)
    path = tree.path
    if first is None:
        kind = type(tree.value).__name__ if isinstance(tree, Static) else "container without numbers"
        return Diagnostic("T0202", f"`{path}` holds no number to differentiate by: it is a {kind}")
    if first.constant:
        text = f"cannot take the {mode} with respect to `{first.path}`: it is marked with `no_derivative`"
        return Diagnostic("T0202", text)
    if isinstance(first.type, Array):
        helps = (f"pass `{path}.astype(float)`" if first.path == path else "pass arrays of floats",)
        return Diagnostic(
            "T0202",
            f"cannot take the {mode} with respect to `{first.path}`: an array of integers",
            helps=helps,
        )
    kind = "a boolean" if first.type == Scalar("bool") else "an integer"
    helps = ("pass 2.0 instead of 2, for instance",) if kind == "an integer" else ()
    return Diagnostic("T0202", f"cannot take the {mode} with respect to `{first.path}`: {kind}", helps=helps)


def mirrored(tree: Tree, chosen: list[Leaf], start: int) -> Tree:
    """The structure of a gradient: ``tree`` whose chosen leaves are results numbered from ``start``, in
    order.

    What has no derivative is None.
    """
    mine = {leaf.index for leaf in chosen}
    number = count(start)

    def visit(t: Tree) -> Tree:
        if isinstance(t, Leaf):
            return renumber(contiguous(t), [next(number)]) if t.index in mine else NOTHING
        if isinstance(t, Static):
            return NOTHING if isinstance(t.value, WHOLE_NUMBERS) else t
        return Node(t.kind, t.cls, t.keys, tuple(map(visit, t.children)), t.path)

    return visit(tree)
