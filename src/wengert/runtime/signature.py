"""What a native function takes and gives, as Python sees it: the data from which a call entry is generated.

The compiled function knows only flat slots of memory.  A `Signature` adds what the call must check and build
around them: the types of the flat leaves, whether a number is Python's or NumPy's, and how leaves nest in
tuples, lists and dicts.  It is plain data, goes through JSON unchanged, and can therefore stand in the disk
cache: a second process rebuilds the callable from it without capturing anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ..ir.types import Array, Scalar, Type, parse_type

Origin: TypeAlias = Literal["python", "big", "numpy", "any"]
SMALL = 2**31
"""Python integers below this in size need no care; larger ones have an origin of their own."""

LeafType: TypeAlias = Scalar | Array


def _leaf_type(t: Type) -> LeafType:
    if isinstance(t, Scalar | Array):
        return t
    raise TypeError(f"{t} cannot cross the boundary of a native function")


@dataclass(frozen=True, slots=True)
class Param:
    """One leaf that goes in.

    ``origin`` tells which scalars fit: Python's and NumPy's differ in meaning (``1.0 / 0.0`` raises,
    ``np.float64(1) / 0.0`` does not), so a function compiled for the one may have to refuse the other.
    ``python`` integers are those of 32 bits, whose products fit; ``big`` ones are any.  ``written`` marks
    arrays that the function writes, which must be writeable; ``alone`` those that must not overlap another
    argument, because the function writes them, or that which it is the derivative of.
    """

    type: LeafType
    origin: Origin = "any"
    written: bool = False
    alone: bool = False

    @property
    def apart(self) -> bool:
        """Whether no other argument may share its memory."""
        return self.written or self.alone

    def to_json(self) -> list[Any]:
        return [str(self.type), self.origin, self.written, self.alone]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> Param:
        return cls(_leaf_type(parse_type(data[0])), *data[1:])


@dataclass(frozen=True, slots=True)
class Result:
    """One leaf that comes out; ``origin`` chooses between Python's and NumPy's scalar where both exist."""

    type: LeafType
    origin: Origin = "python"

    def to_json(self) -> list[Any]:
        return [str(self.type), self.origin]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> Result:
        return cls(_leaf_type(parse_type(data[0])), data[1])


@dataclass(frozen=True, slots=True)
class Leaf:
    """Position ``index`` of the flat leaves."""

    index: int


@dataclass(frozen=True, slots=True)
class Static:
    """A compile-time argument: entry ``index`` of the constants bound at load.

    It is matched by identity, or by ``==`` when both are exactly ``int`` or both exactly ``str``: for other
    types equality is no proof of equal meaning (``0.0 == -0.0``, ``True == 1``).
    """

    index: int


@dataclass(frozen=True, slots=True)
class Node:
    """A tuple, list or dict of trees; dicts have ``keys`` (strings, in this order)."""

    kind: Literal["tuple", "list", "dict"]
    children: tuple[Tree, ...]
    keys: tuple[str, ...] = ()


Tree: TypeAlias = Leaf | Static | Node


def tree_to_json(tree: Tree) -> Any:
    """``7`` a leaf, ``{"static": 0}``, ``{"tuple": [...]}``, ``{"list": [...]}``, ``{"dict": [[key, tree],
    ...]}``.
    """
    if isinstance(tree, Leaf):
        return tree.index
    if isinstance(tree, Static):
        return {"static": tree.index}
    children = [tree_to_json(child) for child in tree.children]
    return {
        tree.kind: [list(pair) for pair in zip(tree.keys, children, strict=True)]
        if tree.kind == "dict"
        else children
    }


def tree_from_json(data: Any) -> Tree:
    """The inverse of `tree_to_json`."""
    if isinstance(data, int):
        return Leaf(data)
    ((kind, body),) = data.items()
    if kind == "static":
        return Static(body)
    if kind == "dict":
        return Node("dict", tuple(tree_from_json(child) for _, child in body), tuple(key for key, _ in body))
    return Node(kind, tuple(tree_from_json(child) for child in body))


@dataclass(frozen=True, slots=True)
class Signature:
    """Everything a call entry depends on.

    ``arguments`` has one tree per positional argument; left out, each leaf is one argument.  ``output`` left
    out is the only result, or a tuple of all.  ``release_gil`` should be true for whatever may run longer
    than about a microsecond: functions with loops or arrays.  ``interruptible`` functions stop at Ctrl-C.
    """

    name: str
    params: tuple[Param, ...]
    results: tuple[Result, ...]
    arguments: tuple[Tree, ...] = ()
    output: Tree | None = None
    release_gil: bool = False
    interruptible: bool = False
    doc: str = field(default="", compare=False)

    @property
    def argument_trees(self) -> tuple[Tree, ...]:
        return self.arguments or tuple(Leaf(i) for i in range(len(self.params)))

    @property
    def output_tree(self) -> Tree:
        if self.output is not None:
            return self.output
        leaves = tuple(Leaf(i) for i in range(len(self.results)))
        return leaves[0] if len(leaves) == 1 else Node("tuple", leaves)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "params": [p.to_json() for p in self.params],
            "results": [r.to_json() for r in self.results],
            "arguments": [tree_to_json(t) for t in self.argument_trees],
            "output": tree_to_json(self.output_tree),
            "release_gil": self.release_gil,
            "interruptible": self.interruptible,
            "doc": self.doc,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Signature:
        return cls(
            name=data["name"],
            params=tuple(Param.from_json(p) for p in data["params"]),
            results=tuple(Result.from_json(r) for r in data["results"]),
            arguments=tuple(tree_from_json(t) for t in data["arguments"]),
            output=tree_from_json(data["output"]),
            release_gil=data["release_gil"],
            interruptible=data["interruptible"],
            doc=data["doc"],
        )


def param_slots(t: LeafType) -> int:
    """How many 8-byte slots a value of this type takes in ``in`` (docs/design/native.md)."""
    if isinstance(t, Array):
        return 1 + 2 * t.rank
    return 2 if t.is_complex else 1


def result_slots(t: LeafType) -> int:
    """How many 8-byte slots a value of this type takes in ``out``."""
    if isinstance(t, Array):
        return 2 + t.rank
    return 2 if t.is_complex else 1


def tree_keys(trees: Sequence[Tree]) -> tuple[str, ...]:
    """All dict keys in the trees, each once, in order of first appearance."""
    found: dict[str, None] = {}
    todo = list(reversed(trees))
    while todo:
        tree = todo.pop()
        if isinstance(tree, Node):
            found.update(dict.fromkeys(tree.keys))
            todo.extend(reversed(tree.children))
    return tuple(found)


def tree_statics(trees: Sequence[Tree]) -> int:
    """How many compile-time constants the trees refer to."""
    count = 0
    todo = list(trees)
    while todo:
        tree = todo.pop()
        if isinstance(tree, Static):
            count = max(count, tree.index + 1)
        elif isinstance(tree, Node):
            todo.extend(tree.children)
    return count
