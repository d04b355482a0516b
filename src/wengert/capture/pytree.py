"""How arguments are taken apart into numbers and arrays, and results are put together again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from ..algebra.custom import constant_fields
from ..diag.diagnostic import Diagnostic
from ..errors import error_for
from ..ir.dtypes import BY_DTYPE
from ..ir.types import Array, Scalar, Type, differentiable
from .signature import instance_fields, is_big, is_long, is_static, leaf_type, list_type, supported_leaf

_STEP = re.compile(r"\[\s*(?:'([^']*)'|\"([^\"]*)\"|(-?\d+))\s*\]|\.?([^.\[\]]+)")
_LEAVES = (bool, int, float, complex, np.generic, np.ndarray)


def path_steps(path: str) -> Iterator[str]:
    """The steps of a path into a structure.

    >>> list(path_steps("a.b[0]['k']"))
    ['a', 'b', '0', 'k']
    """
    for match in _STEP.finditer(path):
        yield next(g for g in match.groups() if g is not None).strip()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A number or an array: its position among the leaves, its type, and what kind of object it is.

    ``kind`` is ``python`` (float, int, bool, complex), ``big`` (an int of more than 32 bits), ``numpy`` (a
    NumPy scalar), ``array``, or ``list`` and ``list_python``: a list of varying length, or a list of such
    lists, that is an array inside.  ``constant``: in a field that is marked with `no_derivative`.
    """

    index: int
    type: Type
    kind: str
    path: str = ""
    constant: bool = False

    @property
    def varies(self) -> bool:
        """Whether a derivative can be taken by it."""
        return differentiable(self.type) and not self.constant


BY_VALUE = "%integers"
"""Says that code is for the very integers and bools that were given, not for any of their type."""

WHOLE_NUMBERS = (int, np.integer, np.bool_)


@dataclass(frozen=True, eq=False, slots=True)
class Static:
    """An object that is no input: it specialises."""

    value: Any
    path: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A container.  ``kind``: ``tuple list dict object``; ``keys``: items or attributes; ``cls``: its
    class.
    """

    kind: str
    cls: type
    keys: tuple[Any, ...]
    children: tuple[Tree, ...]
    path: str = ""


Tree: TypeAlias = Leaf | Static | Node


@dataclass(frozen=True, slots=True)
class InTree:
    """The structure of the arguments: names of parameters, and a tree for each that was given.

    ``star`` is the place of the tuple that ``*args`` made, if any.
    """

    names: tuple[str, ...]
    trees: tuple[Tree, ...]
    star: int | None = None

    @property
    def positional(self) -> tuple[Tree, ...]:
        """A tree for each argument as it was passed."""
        if self.star is None:
            return self.trees
        packed = self.trees[self.star]
        assert isinstance(packed, Node)
        return (*self.trees[: self.star], *packed.children, *self.trees[self.star + 1 :])

    def grouped(self, args: Sequence[Any]) -> tuple[Any, ...]:
        """Values for the arguments, all by position, as values for the parameters."""
        if self.star is None:
            return tuple(args)
        end = len(args) - (len(self.trees) - self.star - 1)
        return (*args[: self.star], tuple(args[self.star : end]), *args[end:])

    def added(self, name: str, tree: Tree) -> InTree:
        """With one more at the end."""
        return replace(self, names=(*self.names, name), trees=(*self.trees, tree))

    def without_last(self) -> InTree:
        """Without the last."""
        return replace(self, names=self.names[:-1], trees=self.trees[:-1])

    def only_last(self) -> InTree:
        """The last alone."""
        return replace(self, names=self.names[-1:], trees=self.trees[-1:])

    def leaves(self) -> list[Leaf]:
        """The leaves in order."""
        return [leaf for t in self.trees for leaf in leaves(t)]

    @property
    def paths(self) -> tuple[str, ...]:
        """The path of each leaf, such as ``params.w``."""
        return tuple(leaf.path for leaf in self.leaves())

    def select(self, name: str) -> list[Leaf]:
        """The leaves at and below a path; empty when nothing is there."""
        return [
            leaf
            for leaf in self.leaves()
            if leaf.path == name or leaf.path.startswith((name + ".", name + "["))
        ]


def leaves(tree: Tree) -> Iterator[Leaf]:
    """The leaves of a tree in order."""
    if isinstance(tree, Leaf):
        yield tree
    elif isinstance(tree, Node):
        for child in tree.children:
            yield from leaves(child)


def _kind(x: Any) -> str:
    if isinstance(x, (np.ndarray, np.generic)):
        return "array" if isinstance(x, np.ndarray) else "numpy"
    return "big" if is_big(x) else "python"


def tree_of(x: Any, path: str, count: list[int], whole: Callable[[str], bool] = lambda _: False) -> Tree:
    """The structure of one value; ``count`` holds the number of leaves so far.  Lists of numbers at ``whole``
    paths, and long ones, are not taken apart.  Where integers are (`BY_VALUE`), they are no leaves.
    """
    if isinstance(x, WHOLE_NUMBERS) and whole(BY_VALUE):
        return Static(x, path)
    if isinstance(x, _LEAVES):
        if not supported_leaf(x):
            raise error_for(_bad_leaf(x, path))
        count[0] += 1
        return Leaf(count[0] - 1, leaf_type(x), _kind(x), path)
    if type(x) is list and (whole(path) or is_long(x)) and (leaf := list_leaf(x, path, count[0])) is not None:
        count[0] += 1
        return leaf
    if isinstance(x, (tuple, list)):
        children = tuple(tree_of(c, f"{path}[{k}]", count, whole) for k, c in enumerate(x))
        fields = getattr(type(x), "_fields", None)
        if fields is not None:
            count_before = count[0] - sum(1 for c in children for _ in leaves(c))
            count[0] = count_before
            children = tuple(tree_of(c, f"{path}.{n}", count, whole) for n, c in zip(fields, x, strict=True))
        elif type(x) not in (tuple, list):
            raise error_for(_bad_type(x, path))
        return Node("tuple" if isinstance(x, tuple) else "list", type(x), fields or (), children, path)
    if isinstance(x, dict):
        children = tuple(tree_of(c, f"{path}[{k!r}]", count, whole) for k, c in x.items())
        return Node("dict", type(x), tuple(x), children, path)
    if is_static(x) and instance_fields(x) in (None, ()):
        return Static(x, path)
    names = instance_fields(x)
    if names is None:
        raise error_for(_bad_type(x, path))
    children = tuple(_attribute(x, n, path, count, whole) for n in names)
    return Node("object", type(x), names, children, path)


def list_leaf(x: list[Any], path: str, index: int) -> Leaf | None:
    """A list of numbers, or of lists of one length, as one leaf."""
    found = list_type(x)
    if found is None:
        return None
    cls, shape = found
    python = not issubclass(cls, np.generic)
    scalar = leaf_type(cls())
    assert isinstance(scalar, Scalar)
    axes = "".join("1" if n == 1 else "n" for n in shape)
    return Leaf(index, Array(scalar, axes), "list_python" if python else "list", path)


def as_array(leaf: Leaf, x: Any) -> Any:
    """The array of a list, or of lists of one length."""
    assert isinstance(leaf.type, Array)
    return np.array(x, _DTYPES[leaf.type.dtype]).reshape(_shape(x, leaf.type.rank))


def _shape(x: Any, rank: int) -> tuple[int, ...]:
    if rank == 1:
        return (len(x),)
    return (len(x), *(_shape(x[0], rank - 1) if len(x) else (0,) * (rank - 1)))


def give_back(leaf: Leaf, x: list[Any], value: Any) -> None:
    """Let a list hold what its array does now; inner lists stay the objects that they are."""
    if value.ndim > 1:
        for inner, part in zip(x, value, strict=True):
            give_back(leaf, inner, part)
    else:
        x[:] = value.tolist() if leaf.kind == "list_python" else list(value)


def parts_of_list(x: Any) -> Iterator[int]:
    """What tells a list, and the lists in it, from other ones."""
    if type(x) is list:
        yield id(x)
        for item in x if x and type(x[0]) is list else ():
            yield from parts_of_list(item)


def _attribute(x: Any, name: str, path: str, count: list[int], whole: Callable[[str], bool]) -> Tree:
    value = getattr(x, name)
    try:
        tree = tree_of(value, f"{path}.{name}", count, whole)
        return constant(tree) if name in constant_fields(type(x)) else tree
    except TypeError:
        raise
    except NotImplementedError:
        return Static(value, f"{path}.{name}")


def constant(tree: Tree) -> Tree:
    """The tree, with leaves that are not differentiated by."""
    if isinstance(tree, Leaf):
        return replace(tree, constant=True)
    if isinstance(tree, Node):
        return replace(tree, children=tuple(map(constant, tree.children)))
    return tree


def _bad_leaf(x: Any, path: str) -> Diagnostic:
    where = f"`{path}` is" if path else "an argument is"
    if isinstance(x, np.ma.MaskedArray):
        return Diagnostic(
            "U0605", f"{where} a masked array", helps=("pass `x.filled(...)` and the mask separately",)
        )
    if isinstance(x, np.ndarray) and type(x) is not np.ndarray:
        return Diagnostic("C0106", f"{where} a {type(x).__name__}", helps=("pass `np.asarray(...)`",))
    if isinstance(x, np.ndarray):
        return Diagnostic(
            "U0603", f"{where} an array of {x.dtype}", helps=("convert it with `.astype(float)`",)
        )
    if type(x) is int:
        helps = ("pass it as a float",)
        return Diagnostic("C0106", f"{where} an integer of more than 64 bits", helps=helps)
    return Diagnostic("C0106", f"{where} a {type(x).__name__} that compiled code does not take")


def _name_of(cls: type) -> str:
    return cls.__name__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def _bad_type(x: Any, path: str) -> Diagnostic:
    where = f"`{path}` is" if path else "an argument is"
    return Diagnostic("C0106", f"{where} a {_name_of(type(x))}", helps=("pass its arrays",))


def flatten(args: Sequence[Any], tree: InTree) -> list[Any]:
    """The leaves of arguments that have this structure (their signature was compared before)."""
    out: list[Any] = []
    for x, t in zip(args, tree.trees, strict=True):
        _flatten(x, t, out)
    return out


def _flatten(x: Any, tree: Tree, out: list[Any]) -> None:
    if isinstance(tree, Leaf):
        out.append(as_array(tree, x) if tree.kind.startswith("list") and type(x) is list else x)
    elif isinstance(tree, Node):
        for v, child in zip(_parts(x, tree), tree.children, strict=True):
            _flatten(v, child, out)


def _parts(x: Any, tree: Node) -> Iterable[Any]:
    if tree.kind == "object":
        return [getattr(x, name) for name in tree.keys]
    return x.values() if tree.kind == "dict" else x


def whole_numbers(tree: Tree) -> bool:
    """Whether the tree holds integers or bools that are no leaves."""
    if isinstance(tree, Node):
        return any(map(whole_numbers, tree.children))
    return isinstance(tree, Static) and isinstance(tree.value, WHOLE_NUMBERS)


def has_its_numbers(x: Any, tree: Tree) -> bool:
    """Whether a value of this structure has the integers and bools that are no leaves."""
    if isinstance(tree, Node):
        return all(map(has_its_numbers, _parts(x, tree), tree.children))
    if isinstance(tree, Leaf) or not isinstance(tree.value, WHOLE_NUMBERS):
        return True
    return type(x) is type(tree.value) and x == tree.value


def unflatten(tree: Tree, values: Sequence[Any]) -> Any:
    """A value of this structure from its leaves, each already of its own type."""
    return rebuilt(tree, lambda leaf: convert_leaf(leaf, values[leaf.index]))


def rebuilt(tree: Tree, leaf: Callable[[Leaf], Any]) -> Any:
    """A value of this structure, whose leaves are what ``leaf`` says."""
    if isinstance(tree, Leaf):
        return leaf(tree)
    if isinstance(tree, Static):
        return tree.value
    children = [rebuilt(c, leaf) for c in tree.children]
    if tree.kind == "tuple":
        return tuple(children) if tree.cls is tuple else tree.cls(*children)
    if tree.kind == "list":
        return children
    if tree.kind == "dict":
        return dict(zip(tree.keys, children, strict=True))
    out = object.__new__(tree.cls)
    for name, child in zip(tree.keys, children, strict=True):
        object.__setattr__(out, name, child)
    return out


def convert_leaf(leaf: Leaf, value: Any) -> Any:
    """A result as the kind of object that Python would have returned."""
    if leaf.kind == "python":
        return value.item() if isinstance(value, (np.generic, np.ndarray)) else value
    if leaf.kind == "numpy":
        assert isinstance(leaf.type, Scalar)
        return _NUMPY[leaf.type](value)
    if leaf.kind.startswith("list"):
        return value.tolist() if leaf.kind == "list_python" else _scalars(value)
    return value


def _scalars(value: Any) -> list[Any]:
    return list(map(_scalars, value)) if value.ndim > 1 else list(value)


_DTYPES: dict[Scalar, Any] = {scalar: dt for dt, scalar in BY_DTYPE.items()}
_NUMPY: dict[Scalar, Any] = {scalar: dt.type for dt, scalar in BY_DTYPE.items()}
