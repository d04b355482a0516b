"""`Strings`: expressions as text.  The documentation's example of an algebra that a user writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..prims.primitive import Primitive
from .elements import Elements, Objects

INFIX = {"add": "+", "sub": "-", "mul": "*", "mulz": "*", "div": "/", "pow": "**", "lt": "<", "le": "<=",
         "gt": ">", "ge": ">=", "eq": "==", "ne": "!=", "mod": "%", "floordiv": "//"}  # fmt: skip


class Strings(Elements):
    """Text.

    >>> s = Strings()
    >>> x, y = s.variable("x"), s.variable("y")
    >>> x * (s.sin(y) + 2)
    (x * (sin(y) + 2))
    """

    name = "Strings"

    def named(self, name: str) -> str:
        return name

    def literal(self, x: Any) -> str:
        return x if isinstance(x, str) else f"{x:g}" if isinstance(x, float) else str(x)

    def element(self, prim: Primitive, xs: Sequence[Any], attrs: Mapping[str, Any]) -> str:
        if prim.name in INFIX:
            return f"({xs[0]} {INFIX[prim.name]} {xs[1]})"
        if prim.name == "neg":
            return f"(-{xs[0]})"
        if prim.name == "ipow":
            return f"({xs[0]} ** {attrs['n']})"
        if prim.name in ("cast", "stop"):
            return xs[0]
        return f"{prim.name}({', '.join(xs)})"

    def result(self, x: Any) -> Any:
        return x.value if isinstance(x, Objects) else x
