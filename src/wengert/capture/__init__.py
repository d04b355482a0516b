"""Capture: from the text of Python functions to typed, structured IR."""

from .capturing import Captured, capture
from .pytree import InTree, Leaf, Node, Static, Tree, flatten, signature_of, unflatten
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
