"""Algebras: what the operations of a program may mean.  See `wengert.algebra.base` for the protocol.

>>> from wengert.algebra import Graph1
>>> g = Graph1()
>>> a = g.variable(3.0)
>>> g.evaluate_gradients(a * a, 1.0)[a]
6.0
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .base import Algebra, Traced
    from .check import Check
    from .cost import Cost
    from .dual import Dual
    from .elements import Elements
    from .eval import Eval
    from .graph import Graph, Graph1, GraphN
    from .interval import Interval
    from .sparsity import Sparsity
    from .strings import Strings
    from .symbolic import Symbolic
    from .taylor import Taylor

_HOMES = {
    "Algebra": "base", "Traced": "base", "Check": "check", "Cost": "cost", "Dual": "dual",
    "Elements": "elements", "Eval": "eval", "Graph": "graph", "Graph1": "graph", "GraphN": "graph",
    "Interval": "interval", "Sparsity": "sparsity", "Strings": "strings", "Symbolic": "symbolic",
    "Taylor": "taylor",
}  # fmt: skip

__all__ = [
    "Algebra",
    "Check",
    "Cost",
    "Dual",
    "Elements",
    "Eval",
    "Graph",
    "Graph1",
    "GraphN",
    "Interval",
    "Sparsity",
    "Strings",
    "Symbolic",
    "Taylor",
    "Traced",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
