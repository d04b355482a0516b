"""Capture: from the text of Python functions to typed, structured IR.

What takes source apart is loaded when something is captured; calls need `pytree` and `state` alone.
"""

from typing import TYPE_CHECKING, Any

from .pytree import InTree, Leaf, Node, Static, Tree, flatten, signature_of, unflatten
from .state import Guard, Hidden

if TYPE_CHECKING:
    from .capturing import Captured, capture

__all__ = [
    "Captured",
    "Guard",
    "Hidden",
    "InTree",
    "Leaf",
    "Node",
    "Static",
    "Tree",
    "capture",
    "flatten",
    "signature_of",
    "unflatten",
]


def __getattr__(name: str) -> Any:
    if name not in ("Captured", "capture"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import capturing

    return getattr(capturing, name)
