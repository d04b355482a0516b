"""Single calls of functions that capture knows, for algebras that do not: captured once for each form of the
arguments, and run under the algebra.

Integers, strings and the like are constants of the form (an axis, a mode, a shape); numbers with a point and
arrays are its inputs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np

from ..algebra import arrays
from ..algebra.base import Algebra, Traced, is_array
from ..algebra.run import Runner
from ..algebra.where import refuse
from ..errors import CaptureError, TypesError
from .capturing import Captured, capture_call
from .pytree import Leaf, Node, Static, Tree, convert_leaf, rebuilt
from .signature import is_static, leaf_type, supported_leaf

_KEEP = 1024
_known: dict[Any, Captured | None] = {}
_lock = Lock()


def run(algebra: Algebra, f: Any, args: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """``f(*args, **keywords)`` under ``algebra``; ``NotImplemented`` where capture does not know it."""
    leaves: list[Any] = []
    try:
        trees = [_tree(x, leaves) for x in (*args, *keywords.values())]
        key = (_identity(f), tuple(map(_key, trees)), tuple(keywords))
    except TypeError:
        return NotImplemented
    with _lock:
        found = _known.get(key)
    if found is None or not all(g.check() for g in found.guards):
        try:
            found = capture_call(f, trees[: len(args)], dict(zip(keywords, trees[len(args) :], strict=True)))
        except (CaptureError, TypesError):
            return NotImplemented
        with _lock:
            _known[key] = found
            if len(_known) > _KEEP:
                del _known[next(iter(_known))]
    return _run(algebra, f, found, leaves)


def _run(algebra: Algebra, f: Any, found: Captured, leaves: Sequence[Any]) -> Any:
    hidden = [h.read() for h in found.hidden]
    values = [*leaves, *hidden]
    for k in found.mutated:
        if not isinstance(values[k], Traced) and values[k].dtype.kind in "fc":
            refuse(
                "R0404",
                f"`{getattr(f, '__name__', f)}` writes values of {algebra.name} to an array of plain numbers",
                "make the array with NumPy's functions inside the function, or with `np.zeros_like(x)`",
            )
    results = _Quiet(found.module, algebra).run([_lifted(algebra, x) for x in values])
    return rebuilt(found.out_tree, lambda leaf: _result(leaf, results[leaf.index]))


class _Quiet(Runner):
    """Errors are told at the line of the call, not inside the program of the function."""

    def at(self, span: Any) -> None:
        pass

    def locate(self, error: Exception, span: Any) -> None:
        pass


def _lifted(algebra: Algebra, x: Any) -> Any:
    if isinstance(x, Traced) and x.algebra is algebra:
        return x
    inexact = isinstance(x, (float, complex)) or (hasattr(x, "dtype") and x.dtype.kind in "fc")
    if inexact or algebra.name == "Check":
        return algebra.lift(x)
    return x


# the form of the arguments


def _tree(x: Any, leaves: list[Any]) -> Tree:
    """The structure of an argument, whose numbers and arrays are appended; `TypeError` for what has none."""
    if isinstance(x, Traced):
        like = stand_in(x)
    elif isinstance(x, np.ndarray) or (isinstance(x, (float, complex, np.inexact)) and _ordinary(x)):
        like = x
    elif isinstance(x, (tuple, list)) and type(x) in (tuple, list):
        children = tuple(_tree(c, leaves) for c in x)
        return Node(type(x).__name__, type(x), (), children)
    elif isinstance(x, (bool, int, float, complex, np.generic)) or is_static(x):
        return Static(x)
    else:
        raise TypeError(f"a {type(x).__name__} is no argument of a function of a library")
    if not supported_leaf(like):
        raise TypeError(f"{like!r} has no type of ours")
    leaves.append(x)
    kind = "array" if isinstance(like, np.ndarray) else "numpy" if isinstance(like, np.generic) else "python"
    return Leaf(len(leaves) - 1, leaf_type(like), kind)


def _ordinary(x: Any) -> bool:
    """Numbers that may be data; what is not finite names a case (the order of a norm, a default)."""
    return isinstance(x, np.generic) or (math.isfinite(x.real) and math.isfinite(x.imag))


def stand_in(x: Any) -> Any:
    """A value of NumPy with the type of a value of an algebra; for numbers Python's where there are such."""
    if not x.shape:
        return np.zeros((), x.dtype) if is_array(x) else x.dtype.type(0).item()
    if x.contiguous:
        return np.zeros(x.shape, x.dtype)
    return np.zeros((*x.shape, 2), x.dtype)[..., 0]


def _key(tree: Tree) -> Any:
    if isinstance(tree, Leaf):
        return (tree.type, tree.kind)
    if isinstance(tree, Static):
        x = tree.value
        if isinstance(x, slice):
            return ("slice", x.start, x.stop, x.step)
        return (type(x), str(x) if isinstance(x, float) else x)
    return (tree.kind, *map(_key, tree.children))


def _identity(f: Any) -> Any:
    owner = getattr(f, "__self__", None)
    return (owner, f.__name__) if isinstance(owner, np.ufunc) else f


def _result(leaf: Leaf, x: Any) -> Any:
    """A value of the algebra, or a plain one where it depends on none."""
    if not isinstance(x, Traced):
        return convert_leaf(leaf, x)
    return [arrays.getitem(x, k) for k in range(len(x))] if leaf.kind.startswith("list") else x
