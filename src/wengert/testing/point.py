"""A function at a point, as a map between vectors: arguments and results of any structure, laid out flat."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..api.derivative import Derivative
from ..api.fit import assemble, owned
from ..api.pipeline import display_name
from ..api.products import gather, jvp, vjp
from ..api.step import Step, Wrt
from ..api.wrt import differentiable_leaves, select
from ..capture.pytree import InTree, Leaf, Node, Static, Tree, flatten, tree_of
from ..diag import Diagnostic
from ..errors import error_for
from ..ir.types import dtype_of
from .differences import Vector, inside

_REACH = 1e-5
_SCALES = (1.0, 1e-3, 1e-6, 1.0)


class Point:
    """``f`` at ``args``; the vector is everything that ``wrt`` names (None: all floats).

    The results are what ``f`` returns, and the final content of the arguments that it overwrites.
    """

    def __init__(self, f: Callable[..., Any], args: Sequence[Any], wrt: Wrt | None) -> None:
        self.args = owned(args)
        spare = owned(args)
        self._result = f(*spare)
        self._written = [k for k, x in enumerate(spare) if _differ(x, self.args[k])]
        self.f = _with_finals(f, self._written) if self._written else f
        names = _parameter_names(f, len(self.args))
        count = [0]
        trees = tuple(tree_of(x, n, count) for n, x in zip(names, self.args, strict=True))
        self.inputs = InTree(names, trees)
        self.leaves = flatten(self.args, self.inputs)
        chosen = _chosen(self.inputs, wrt, display_name(f))
        if not chosen:
            raise error_for(Diagnostic("T0202", f"no argument of `{display_name(f)}` is a float"))
        self.chosen = list({leaf.index: leaf for leaf in chosen}.values())
        self.single = any(dtype_of(leaf.type).name == "f32" for leaf in self.chosen)
        self.sizes = [np.size(self.leaves[leaf.index]) for leaf in self.chosen]
        if self._written:
            self._result = self._result, [spare[k] for k in self._written]
        if not self.result_names():
            text = f"`{display_name(f)}` returns no floats, and overwrites none"
            raise error_for(Diagnostic("T0203", text))

    # vectors

    def random(self, rng: np.random.Generator) -> tuple[Vector, bool]:
        """A direction, scaled to the size of each number so that steps are small beside it; and whether that
        had to hold for very small numbers too, since the function is not defined beyond.
        """
        x = np.concatenate([np.ravel(self.leaves[leaf.index]).astype(float) for leaf in self.chosen])
        sign = rng.uniform(0.5, 1.0, x.size) * rng.choice([-1.0, 1.0], x.size)
        d = usual = sign * np.clip(abs(x), 0.05, 1.0)
        for scale in _SCALES:
            curve = inside(lambda t, d=d: self.values(t, d))
            lost = np.isnan(curve(_REACH)) | np.isnan(curve(-_REACH))
            if not np.any(lost & np.isfinite(self.value())):
                return d, d is not usual
            d = scale * np.where(x == 0, usual, sign * np.clip(abs(x), None, 1.0))
        return usual, False

    def moved(self, t: Any, direction: Vector) -> tuple[Any, ...]:
        """The arguments, ``t`` along a direction; in double precision, or complex where ``t`` is."""
        values = list(self.leaves)
        for leaf, part in zip(self.chosen, self.split(direction), strict=True):
            x = values[leaf.index]
            moved = np.asarray(x, float) + t * part
            values[leaf.index] = moved if isinstance(x, np.ndarray) else moved[()]
            if leaf.kind == "python":
                values[leaf.index] = moved.item()
        return tuple(_placed(tree, values) for tree in self.inputs.trees)

    def split(self, vector: Vector) -> list[Any]:
        """The parts of a vector, in the shapes of the leaves."""
        parts = np.split(vector, np.cumsum(self.sizes)[:-1])
        return [
            p.reshape(np.shape(self.leaves[leaf.index])) for p, leaf in zip(parts, self.chosen, strict=True)
        ]

    def tangents(self, direction: Vector) -> tuple[Any, ...]:
        """A direction as tangents of the arguments."""
        found = {leaf.index: p for leaf, p in zip(self.chosen, self.split(direction), strict=True)}
        return tuple(_placed(tree, found) for tree in self.inputs.trees)

    def gathered(self, bars: Sequence[Any]) -> Vector:
        """Cotangents of the arguments as a vector."""
        found: dict[int, Any] = {}
        for tree, bar in zip(self.inputs.trees, bars, strict=True):
            gather(tree, bar, found)
        return np.concatenate([np.ravel(found[leaf.index]).astype(float) for leaf in self.chosen])

    # the function and its derivatives

    def values(self, t: Any, direction: Vector) -> Any:
        """The floats in what CPython computes, ``t`` along a direction."""
        return floats(self.f(*owned(self.moved(t, direction))))

    def forward(self, direction: Vector) -> tuple[Vector, Vector]:
        """The value and ``J d``, by forward mode."""
        y, dy = jvp(self.f, self.args, self.tangents(direction))
        return floats(y), np.concatenate([np.zeros(0), *_beside(y, dy)])

    def reverse(self, w: Vector, t: float = 0.0, direction: Vector | None = None) -> Vector:
        """``J' w`` by reverse mode, possibly elsewhere along a direction."""
        args = self.args if direction is None else self._typed(t, direction)
        y, pullback = vjp(self.f, *args)
        return self.gathered(pullback(_filled(y, iter(_parts(w, y)))))

    def forward_over_reverse(self, w: Vector, direction: Vector) -> Vector:
        """The derivative of ``J' w`` along a direction."""
        y, _ = vjp(self.f, *self.args)
        bar = _filled(y, iter(_parts(w, y)))
        _, bars = jvp(Derivative(self.f, Step("vjp")), (*self.args, bar), (*self.tangents(direction), None))
        return self.gathered(bars)

    def _typed(self, t: float, direction: Vector) -> tuple[Any, ...]:
        """The arguments moved, of the types they have."""
        values = flatten(self.moved(t, direction), self.inputs)
        for leaf in self.chosen:
            x = self.leaves[leaf.index]
            if isinstance(x, (np.ndarray, np.generic)):
                values[leaf.index] = np.asarray(values[leaf.index]).astype(x.dtype)[...]
                if isinstance(x, np.generic):
                    values[leaf.index] = values[leaf.index][()]
        return tuple(_placed(tree, values) for tree in self.inputs.trees)

    # names

    def entry_names(self) -> list[str]:
        """A name for each number of the vector."""
        return [n for leaf in self.chosen for n in _entries(leaf.path, np.shape(self.leaves[leaf.index]))]

    def result_names(self) -> list[str]:
        """A name for each float of the result."""
        if not self._written:
            return _result_names(self._result, "result")
        value, finals = self._result
        found = _result_names(value, "result")
        for k, final in zip(self._written, finals, strict=True):
            found += _result_names(final, f"final {self.inputs.names[k]}")
        return found

    def value(self) -> Vector:
        """The floats of the result, from CPython."""
        return floats(self._result)


def _with_finals(f: Callable[..., Any], written: Sequence[int]) -> Callable[..., Any]:
    """``f`` with the final content of some arguments beside its result."""

    def whole(*args: Any) -> Any:
        y = f(*args)
        return y, [args[k] for k in written]

    return whole


def _differ(x: Any, y: Any) -> bool:
    """Whether two values of one structure hold different floats."""
    return not np.array_equal(floats(x), floats(y), equal_nan=True)


def _parameter_names(f: Callable[..., Any], count: int) -> tuple[str, ...]:
    try:
        names = list(inspect.signature(f).parameters)[:count]
    except (TypeError, ValueError):
        names = []
    return (*names, *(f"argument {k + 1}" for k in range(len(names), count)))


def _chosen(inputs: InTree, wrt: Wrt | None, name: str) -> list[Leaf]:
    if wrt is None:
        return [leaf for leaf in inputs.leaves() if dtype_of(leaf.type).is_float]
    return differentiable_leaves(select(inputs, wrt, name), "derivative")


def _placed(tree: Tree, values: Any) -> Any:
    """A structure around values, by the number of their leaves; None where a dict has none."""
    if isinstance(tree, Leaf):
        return values.get(tree.index) if isinstance(values, dict) else values[tree.index]
    if isinstance(tree, Static):
        return None if isinstance(values, dict) else tree.value
    return assemble(tree, [_placed(c, values) for c in tree.children])


def children(value: Any) -> list[tuple[str, Any]] | None:
    """The parts of a container with the text that reaches them; None for anything else."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return [(f".{n}", x) for n, x in zip(value._fields, value, strict=True)]  # pyright: ignore
    if isinstance(value, (tuple, list)):
        return [(f"[{k}]", x) for k, x in enumerate(value)]
    if isinstance(value, dict):
        return [(f"[{k!r}]", x) for k, x in value.items()]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [(f".{n.name}", getattr(value, n.name)) for n in dataclasses.fields(value)]
    return None


def _is_float(value: Any) -> bool:
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "fc"
    return isinstance(value, (float, complex))


def floats(value: Any) -> Any:
    """All floats in a value, in order, as one vector."""
    found: list[Any] = []
    _collect(value, found)
    return np.concatenate([np.zeros(0), *found])


def _collect(value: Any, found: list[Any]) -> None:
    parts = children(value)
    if parts is not None:
        for _, part in parts:
            _collect(part, found)
    elif _is_float(value):
        found.append(np.ravel(value).astype(np.result_type(value, np.float64)))


def _beside(y: Any, dy: Any) -> Iterator[Any]:
    """The tangents of all floats in a value: zero for a constant, which has none."""
    parts = children(y)
    if parts is not None:
        tangents = [None] * len(parts) if dy is None else [t for _, t in children(dy) or ()]
        for (_, part), tangent in zip(parts, tangents, strict=True):
            yield from _beside(part, tangent)
    elif _is_float(y):
        yield np.zeros(np.size(y)) if dy is None else np.ravel(dy)


def _result_names(value: Any, path: str) -> list[str]:
    parts = children(value)
    if parts is not None:
        return [n for key, part in parts for n in _result_names(part, path + key)]
    return _entries(path, np.shape(value)) if _is_float(value) else []


def _entries(path: str, shape: tuple[int, ...]) -> list[str]:
    return [f"{path}[{', '.join(map(str, k))}]" if k else path for k in np.ndindex(shape)]


def _filled(value: Any, numbers: Iterator[Any]) -> Any:
    """The structure of a value with other numbers for its floats, and None for everything else."""
    parts = children(value)
    if parts is None:
        return next(numbers) if _is_float(value) else None
    filled = [_filled(part, numbers) for _, part in parts]
    if isinstance(value, dict):
        return dict(zip(value, filled, strict=True))
    if isinstance(value, tuple):
        return type(value)(*filled) if hasattr(value, "_fields") else tuple(filled)
    if isinstance(value, list):
        return filled
    keys = tuple(key[1:] for key, _ in parts)
    return assemble(Node("object", type(value), keys, ()), filled)


def _parts(vector: Vector, value: Any) -> Iterator[Any]:
    """The vector in the shapes and dtypes of the floats in a value."""
    start = 0
    for leaf in _leaves(value):
        size = np.size(leaf)
        part = vector[start : start + size].reshape(np.shape(leaf))
        start += size
        yield part.astype(leaf.dtype)[()] if isinstance(leaf, (np.ndarray, np.generic)) else part.item()


def _leaves(value: Any) -> Iterator[Any]:
    parts = children(value)
    if parts is not None:
        for _, part in parts:
            yield from _leaves(part)
    elif _is_float(value):
        yield value
