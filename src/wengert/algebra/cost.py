"""`Cost`: what a program does, counted while it runs: floating-point operations and bytes, by line.

One operation on a float counts one, whichever it is, and so does one element of an array operation.  A matrix
product of ``(m, k)`` and ``(k, n)`` counts ``2mkn - mn``, a sum of ``n`` numbers ``n - 1``.  Comparisons,
choices, conversions and integers count nothing.  Bytes are those of elements read from arrays and written to
arrays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..prims.primitive import Primitive
from .base import inexact, is_array, shape_of
from .parts import Componentwise
from .where import here

FREE = frozenset(("select", "cast", "stop", "copysign", "sign", "isnan", "isinf", "isfinite", "copy", "take"))
"""No arithmetic."""


@dataclass
class Costs:
    """Totals of one run: ``flops`` and ``bytes``; the same by line; operations by name."""

    flops: int = 0
    bytes: int = 0
    by_line: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    ops: Counter[str] = field(default_factory=Counter[str])

    def add(self, name: str, flops: int, moved: int, line: int | None) -> None:
        """Count one operation."""
        self.flops += flops
        self.bytes += moved
        self.ops[name] += 1
        if line is not None:
            f, b = self.by_line.get(line, (0, 0))
            self.by_line[line] = f + flops, b + moved

    def __str__(self) -> str:
        rows = [f"{self.flops} flops, {self.bytes} bytes"]
        rows += [f"  line {k}: {f} flops, {b} bytes" for k, (f, b) in sorted(self.by_line.items())]
        return "\n".join(rows)


class Cost(Componentwise):
    """Counts; the values are computed too, so that the program goes where it goes.

    >>> c = Cost()
    >>> x = c.variable(np.ones(10))
    >>> y = (x * x + 1.0).sum()
    >>> c.costs.flops
    29
    """

    name = "Cost"

    def __init__(self) -> None:
        self.costs = Costs()

    def variable(self, x: Any) -> Any:
        return self.new(np.array(x, complex if np.iscomplexobj(x) else float)[()])

    def lift(self, x: Any) -> Any:
        found = super().lift(x)
        return self.new(np.float64(x)) if isinstance(found, float) else found

    def split(self, x: Any) -> tuple[Any]:
        return (x,)

    def known(self, x: Any) -> bool | None:
        return bool(x.parts[0] if self.mine(x) else x)

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        values = [a.parts[0] if self.mine(a) else a for a in args]
        y = prim(*values, **attrs)
        if prim.kind != "constant" and prim.name not in ("dim", "wrap", "alloc") and prim.aliases is None:
            self._count(prim, values, y, attrs)
        if prim.writes or y is None or not inexact(y):
            return y
        return self.new(y)

    def _count(self, prim: Primitive, xs: Sequence[Any], y: Any, attrs: Mapping[str, Any]) -> None:
        span = self.span or here()
        self.costs.add(prim.name, flops(prim, xs, y), moved(prim, xs, y), span.line if span else None)


def _size(x: Any) -> int:
    return int(np.size(x))


def flops(prim: Primitive, xs: Sequence[Any], y: Any) -> int:
    """The operations on floats that a primitive takes."""
    name = prim.name
    if name in FREE or not any(inexact(x) for x in xs):
        return 0
    if name in ("accum", "vacc"):
        return _size(xs[-1]) if name == "vacc" else 1
    if prim.kind == "product":
        return _size(y) * (2 * shape_of(xs[0])[-1] - 1)
    if prim.kind == "reduction":
        return max(0, _size(xs[0]) - _size(y)) if inexact(y) and name in ("sum", "prod") else 0
    if prim.kind == "elementwise" and inexact(y):
        return _size(y)
    return 0


def moved(prim: Primitive, xs: Sequence[Any], y: Any) -> int:
    """The bytes of elements that are read from arrays and written to them."""
    if prim.name in ("load", "store", "accum"):
        size = np.asarray(xs[0]).itemsize
        return 2 * size if prim.name == "accum" else size
    total = sum(np.asarray(xs[k]).nbytes for k in prim.reads if k < len(xs) and is_array(xs[k]))
    if prim.writes:
        return total + np.asarray(xs[0]).nbytes
    return total + (np.asarray(y).nbytes if is_array(y) else 0)
