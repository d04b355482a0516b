"""Capture: from the text of Python functions to typed, structured IR.

Nothing is loaded before it is asked for: calls of what was compiled before need `signature` alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .capturing import Captured, capture
    from .pytree import InTree, Leaf, Node, Static, Tree, flatten, unflatten
    from .signature import signature_of
    from .state import Guard, Hidden

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

_HOME = {"Captured": "capturing", "capture": "capturing", "Guard": "state", "Hidden": "state"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOME.get(name, "signature" if name == "signature_of" else "pytree")
    return getattr(import_module(f".{home}", __name__), name)
