"""What `outputs` names: the result, and arguments that the function overwrites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..capture.pytree import Leaf, Tree, leaves
from ..diag import Diagnostic
from ..errors import error_for
from ..ir.types import differentiable
from .wrt import select

if TYPE_CHECKING:
    from .stage import Stage


def finals_of(stage: Stage, name: str, part: str) -> Tree:
    """The argument whose final content is an output, for the caller to read it from."""
    final_leaves(stage, name, part)
    return select(stage.inputs, part, name)


def final_leaves(stage: Stage, name: str, part: str) -> list[Leaf]:
    if stage.unseen:
        raise error_for(stage.unseen[0])
    tree = select(stage.inputs, part, name)
    found = [leaf for leaf in leaves(tree) if leaf.index in stage.mutated and differentiable(leaf.type)]
    if not found:
        text = f"`outputs` names `{part}`, which `{name}` does not overwrite"
        raise error_for(Diagnostic("U0602", text, helps=("name overwritten arguments, or 'return'",)))
    return found
