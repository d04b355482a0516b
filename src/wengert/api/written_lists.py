"""Lists that a function writes: their numbers are in arrays while it runs, and are handed back behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..capture.pytree import InTree, Leaf, Node, Tree, give_back, parts_of_list
from ..diag import Diagnostic
from ..errors import error_for
from .stage import Stage


@dataclass(frozen=True, eq=False, slots=True)
class WrittenLists:
    """The leaves that are lists and ``written`` by this stage, those that may be no part of another argument
    (``alone``), and the written ones among the hidden inputs.
    """

    inputs: InTree
    written: frozenset[int]
    alone: frozenset[int]
    hidden: frozenset[int]

    def refuse_shared(self, args: Sequence[Any]) -> None:
        """Refuse a list that is written and found in two places."""
        if not self.alone:
            return
        count = Counter(part for x in args for part in _lists(x, set()))
        for leaf, x in _at(args, self.inputs, self.alone):
            if any(count[part] > 1 for part in parts_of_list(x)):
                text = f"a list in `{leaf.path}` is found in two places, and the function writes it"
                raise error_for(Diagnostic("A0301", text, helps=("pass a copy",)))

    def hand_back(self, args: Sequence[Any], leaves: Sequence[Any]) -> None:
        """Let the lists of the caller hold what their arrays do now."""
        for leaf, x in _at(args, self.inputs, self.written):
            give_back(leaf, x, leaves[leaf.index])

    def give_back(self, leaf: Leaf, x: Any, value: Any) -> None:
        """The same for one list."""
        give_back(leaf, x, value)


def written_lists(stage: Stage) -> WrittenLists | None:
    """The lists that a stage writes, or must not share; None if there is none."""
    mine = {leaf.index for leaf in stage.inputs.leaves() if leaf.kind.startswith("list")}
    count = stage.leaf_count()
    hidden = {k for k, h in enumerate(stage.hidden) if h.leaf is not None and count + k in stage.mutated}
    if not mine & (stage.mutated | stage.alone) and not hidden:
        return None
    return WrittenLists(stage.inputs, stage.mutated & mine, stage.alone & mine, frozenset(hidden))


def _lists(x: Any, seen: set[int]) -> Iterator[int]:
    if isinstance(x, (tuple, list)):
        if isinstance(x, list):
            yield id(x)
        for item in x:
            if isinstance(item, (tuple, list, dict)) or hasattr(item, "__dict__"):
                yield from _lists(item, seen)
    elif isinstance(x, dict):
        for item in x.values():
            yield from _lists(item, seen)
    elif hasattr(x, "__dict__") and id(x) not in seen and not isinstance(x, type):
        seen.add(id(x))
        for item in vars(x).values():
            yield from _lists(item, seen)


def _at(args: Sequence[Any], inputs: InTree, chosen: frozenset[int]) -> Iterator[tuple[Leaf, Any]]:
    """The chosen leaves with what stands there."""
    todo: list[tuple[Tree, Any]] = list(zip(inputs.trees, args, strict=False))
    while todo:
        tree, x = todo.pop()
        if isinstance(tree, Leaf):
            if tree.index in chosen and type(x) is list:
                yield tree, x
        elif isinstance(tree, Node):
            if tree.kind == "object":
                parts = [getattr(x, name) for name in tree.keys]
            else:
                parts = list(x.values() if tree.kind == "dict" else x)
            todo += zip(tree.children, parts, strict=True)
