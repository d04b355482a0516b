"""`Sparsity`: which inputs each element depends on, where the program went for the values it was given.

A value carries, for each element, the set of input elements that it depends on, as the bits of an integer.
Sets come from the rules: an operand whose partial derivative is the constant 0 adds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..prims.primitive import REGISTRY, Primitive
from .base import inexact, shape_of
from .parts import Componentwise, Parts, fold

_OR = np.frompyfunc(lambda a, b: a | b, 2, 1)


class Marked(Parts):
    """``value``, and ``sets``: the inputs of each element as the bits of an integer."""

    __slots__ = ()

    @property
    def value(self) -> Any:
        """The value."""
        return self.parts[0]

    @property
    def sets(self) -> Any:
        """The sets."""
        return self.parts[1]


class Sparsity(Componentwise):
    """Dependences.

    >>> s = Sparsity()
    >>> x = s.variable(np.ones(3))
    >>> s.pattern(x[1:] * x[:-1]).astype(int)
    array([[1, 1, 0],
           [0, 1, 1]])
    """

    name = "Sparsity"

    def __init__(self) -> None:
        self.count = 0

    def variable(self, x: Any) -> Marked:
        """Inputs: each element is one more."""
        value = np.array(x, complex if np.iscomplexobj(x) else float)[()]
        first, self.count = self.count, self.count + int(np.size(value))
        sets = np.array([1 << k for k in range(first, self.count)], object).reshape(np.shape(value))
        return Marked(self, value, sets[()])

    def new(self, *parts: Any) -> Marked:
        return Marked(self, *parts)

    def split(self, x: Any) -> tuple[Any, Any]:
        shape = np.shape(x)
        return x, np.full(shape, 0, object) if shape else 0

    def known(self, x: Any) -> bool | None:
        return bool(x.value if self.mine(x) else x)

    def pattern(self, y: Any) -> Any:
        """A row for each element of ``y``, a column for each input: True where one depends on the other."""
        sets = np.asarray(self.parts_of(y)[1], object).reshape(-1)
        return np.array([[bool(s >> k & 1) for k in range(self.count)] for s in sets], bool).reshape(
            len(sets), self.count
        )

    def meaning(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        values, sets = zip(*[self.parts_of(a) for a in args], strict=True)
        y = prim(*values, **attrs)
        if prim.name in ("argmax", "argmin") or not inexact(y):
            return y
        shape = shape_of(y)
        if prim.name == "matmul":
            a, b = (np.asarray(s, object) for s in sets)
            return self.new(y, self._product(a, b, shape))
        if prim.kind == "reduction":
            return self.new(y, fold(lambda a, b: a | b, np.asarray(sets[0], object), attrs.get("axes"),
                                    bool(attrs.get("keepdims")), 0))  # fmt: skip
        if prim.name == "select":
            return self.new(y, self._fit(np.where(values[0], sets[1], sets[2]), shape))
        if prim.kind != "elementwise" and prim.partials is None:
            return self.no_rule(prim) if prim.composite is None else prim.composite(*args, **attrs)
        flat = [isinstance(p, (int, float)) and p == 0 for p in prim.partials or ()] or [False] * len(args)
        total: Any = 0
        for s, none in zip(sets, flat, strict=True):
            if not none:
                total = _OR(total, s)
        return self.new(y, self._fit(total, shape))

    def _fit(self, sets: Any, shape: tuple[int, ...]) -> Any:
        sets = np.asarray(sets, object)
        return np.array(np.broadcast_to(sets, shape), object) if shape else sets[()]

    def _product(self, a: Any, b: Any, shape: tuple[int, ...]) -> Any:
        rows = [0] * a.shape[-1]
        a2, b2 = a.reshape(-1, len(rows)), b.reshape(len(rows), -1)
        out = np.empty((a2.shape[0], b2.shape[1]), object)
        for i, j in np.ndindex(out.shape):
            out[i, j] = 0
            for s, t in zip(a2[i], b2[:, j], strict=True):
                out[i, j] |= s | t
        return out.reshape(shape) if shape else out[0, 0]


__all__ = ["REGISTRY", "Marked", "Sparsity"]
