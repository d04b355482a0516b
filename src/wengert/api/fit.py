"""Tangents and cotangents: brought to the structure, shapes and dtypes of what they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np

from ..capture.pytree import InTree, Leaf, Node, Static, Tree, flatten, tree_of, unflatten
from ..diag import Diagnostic
from ..errors import error_for
from ..ir.types import Array, dtype_of
from .stage import Stage

_DTYPES = {"f64": np.float64, "f32": np.float32, "c128": np.complex128, "c64": np.complex64}


def fit(tree: Tree, value: Any, shapes: Mapping[int, tuple[int, ...]]) -> Any:
    """``value`` as a value of this structure.

    ``shapes`` gives the shape each leaf must have.  None stands for zeros; where nothing is differentiated,
    anything stands for nothing.  Raises `UseError` (U0601) for another structure, `ShapeError` (T0201) for
    another shape.
    """
    if isinstance(tree, Leaf):
        return _fit_leaf(tree, value, shapes[tree.index])
    if isinstance(tree, Static):
        return None
    if value is None or (type(value) in (int, float) and value == 0):
        children: Sequence[Any] = [fit(c, None, shapes) for c in tree.children]
    else:
        parts = _parts(tree, value)
        children = [fit(c, x, shapes) for c, x in zip(tree.children, parts, strict=True)]
    return assemble(tree, children)


def assemble(node: Node, children: Sequence[Any]) -> Any:
    """A container of the kind of ``node`` around ``children``."""
    return unflatten(Node(node.kind, node.cls, node.keys, tuple(Static(c) for c in children)), ())


def _parts(tree: Node, value: Any) -> list[Any]:
    if tree.kind in ("tuple", "list") and isinstance(value, (tuple, list)):
        if len(value) == len(tree.children):
            return list(value)
        raise _mismatch(tree, f"a {tree.kind} of {len(tree.children)}", f"one of {len(value)}")
    if tree.kind == "dict" and isinstance(value, dict):
        if set(value) == set(tree.keys):
            return [value[k] for k in tree.keys]
        raise _mismatch(tree, f"a dict with keys {list(tree.keys)}", f"one with {list(value)}")
    if tree.kind == "object" and isinstance(value, tree.cls):
        return [getattr(value, k) for k in tree.keys]
    raise _mismatch(tree, f"a {tree.cls.__name__}", f"a {type(value).__name__}")


def _mismatch(tree: Tree, wanted: str, got: str) -> Exception:
    return error_for(Diagnostic("U0601", f"`{tree.path}` must be {wanted}, got {got}"))


def _fit_leaf(leaf: Leaf, value: Any, shape: tuple[int, ...]) -> Any:
    dtype = _DTYPES[dtype_of(leaf.type).name]
    if value is None or (type(value) in (int, float) and value == 0):
        given = np.zeros(shape, dtype)
    else:
        given = np.asarray(_zero_for_none(value))
        if given.dtype.kind not in "biuf" + "c" * (dtype_of(leaf.type).is_complex):
            raise _mismatch(leaf, f"a number or an array of {np.dtype(dtype)}", f"{given.dtype}")
        if given.shape != shape:
            raise error_for(Diagnostic("T0201", f"`{leaf.path}` must have shape {shape}, got {given.shape}"))
        given = given.astype(dtype)  # a copy: nobody else writes it
    if isinstance(leaf.type, Array):
        return given
    return given.item() if leaf.kind == "python" else given[()]


def _zero_for_none(value: Any) -> Any:
    """A list of numbers may say None for those that have no tangent, as a gradient does."""
    if isinstance(value, (list, tuple)):
        return [0.0 if v is None else _zero_for_none(v) for v in cast("Sequence[Any]", value)]
    return value


def as_tuple(values: Any, name: str) -> tuple[Any, ...]:
    """Arguments that are given as a sequence; `UseError` (U0601) for one alone."""
    if isinstance(values, (tuple, list)):
        return tuple(cast("Sequence[Any]", values))
    text = f"`{name}` must be a tuple with a value for each argument, not {type(values).__name__}"
    raise error_for(Diagnostic("U0601", text, helps=("for one argument, write `(x,)`",)))


def owned(args: Sequence[Any]) -> tuple[Any, ...]:
    """The arguments with copies of all arrays in them; numbers and constants are shared."""
    return _with_arrays(args, lambda x: x.copy())


def _with_arrays(args: Sequence[Any], change: Callable[[Any], Any]) -> tuple[Any, ...]:
    count = [0]
    trees = tuple(tree_of(x, f"argument {k + 1}", count) for k, x in enumerate(args))
    tree = InTree(tuple(f"argument {k + 1}" for k in range(len(args))), trees)
    values = [change(x) if isinstance(x, np.ndarray) else x for x in flatten(args, tree)]
    return tuple(unflatten(t, values) for t in trees)


def refuse_overlap(stage: Stage, args: Sequence[Any], hidden: Sequence[Any]) -> None:
    """Refuse arguments that share memory with one that the function writes, before they are copied apart.

    Raises `UseError` (A0301).
    """
    if not stage.alone:
        return
    values = [*flatten(args, stage.inputs), *hidden]
    names = [*(leaf.path for leaf in stage.inputs.leaves()), *(h.description for h in stage.hidden)]
    for k in sorted(stage.alone):
        for j, other in enumerate(values):
            both = isinstance(values[k], np.ndarray) and isinstance(other, np.ndarray)
            if j != k and both and np.shares_memory(values[k], other):
                text = f"`{names[k]}` and `{names[j]}` share memory, and the function writes `{names[k]}`"
                raise error_for(Diagnostic("A0301", text, helps=("pass a copy",)))
