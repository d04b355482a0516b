"""Algebras whose values are several values side by side: bounds, coefficients, a value and its inputs.

An array is then several arrays; a view of it is a view of each, and a write is a write to each, so that
programs that write into arrays need no care.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..prims.primitive import REGISTRY, Primitive
from .base import Algebra, Traced, is_array, shape_of

STRUCTURE = frozenset(
    ("load", "copy", "take", "view", "transpose", "reshape", "broadcast", "diagonal", "store", "assign")
)
"""What is done to each part alike."""


class Parts(Traced):
    """A value in several parts; the first has its shape and dtype."""

    __slots__ = ("parts",)

    def __init__(self, algebra: Any, *parts: Any) -> None:
        self.algebra = algebra
        self.parts = parts

    @property
    def shape(self) -> tuple[int, ...]:
        return shape_of(self.parts[0])

    @property
    def dtype(self) -> np.dtype[Any]:
        first = self.parts[0]
        return first.dtype if hasattr(first, "dtype") else np.asarray(first).dtype

    @property
    def contiguous(self) -> bool:
        first = self.parts[0]
        return first.contiguous if isinstance(first, Traced) else first.flags.c_contiguous


class Componentwise(Algebra):
    """Does what concerns memory part by part, and asks ``meaning`` about the rest."""

    def split(self, x: Any) -> tuple[Any, ...]:
        """The parts of a constant."""
        raise NotImplementedError

    def meaning(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        """What a primitive means; operands are `Parts` of this algebra, or plain."""
        raise NotImplementedError

    def lift(self, x: Any) -> Any:
        if isinstance(x, Parts) and x.algebra is self:
            return x
        if isinstance(x, (list, np.ndarray)):
            x = np.array(x, copy=True)
        if isinstance(x, np.ndarray) and not self.covers(x):
            return x
        return self.new(*self.split(x)) if is_array(x) else x

    def covers(self, x: Any) -> bool:
        """Whether arrays of this dtype are values of the algebra; others are data."""
        return x.dtype.kind in "fc"

    def new(self, *parts: Any) -> Parts:
        """A value of the algebra."""
        return Parts(self, *parts)

    def mine(self, x: Any) -> bool:
        """Whether a value belongs to this algebra."""
        return isinstance(x, Parts) and x.algebra is self

    def parts_of(self, x: Any) -> tuple[Any, ...]:
        """The parts of a value or of a constant."""
        return x.parts if self.mine(x) else self.split(x)

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        if prim.name == "dim":
            return np.int64(shape_of(args[0])[attrs["axis"]])
        if prim.name == "alloc":
            return self.lift(prim(*args, **attrs))
        if prim.name in STRUCTURE and not (prim.aliases is None and not self.mine(args[0])):
            return self._structure(prim, args, attrs)
        if self.name in prim.rules:
            return prim.rules[self.name](self, *args, **attrs)
        if prim.name in ("vacc", "accum", "scatter"):
            return self._accumulate(prim, args, attrs)
        if not any(self.mine(a) for a in args):
            return prim(*args, **attrs)
        with np.errstate(all="ignore"):
            return self.meaning(prim, args, attrs)

    def _structure(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        x, rest = args[0], list(args[1:])
        if prim.writes:
            for part, v in zip(x.parts, self.parts_of(rest[-1]), strict=True):
                prim(part, *rest[:-1], v, **attrs)
            return None
        if not self.mine(x):
            return prim(*args, **attrs)
        return self.new(*[prim(part, *rest, **attrs) for part in x.parts])

    def _accumulate(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> None:
        """``a[i] += v`` as a load, an addition in this algebra and a store."""
        target, v = args[0], args[-1]
        if not self.mine(target):
            if self.mine(v):
                self.no_rule(prim, " into an array of plain numbers")
            prim(*args, **attrs)
        elif prim.name == "accum":
            old = self.make("load", *args[:-1])
            self.make("store", *args[:-1], self.make("add", old, v))
        elif prim.name == "scatter":
            for at in np.ndindex(args[1].shape):
                row = self.make("view", target, np.int64(args[1][at]), spec="i" + ":" * (target.ndim - 1))
                self.make("vacc", row, v[at] if shape_of(v) else v)
        else:
            self.make("assign", target, self.make("add", target, self._summed(v, target.shape)))

    def _summed(self, v: Any, shape: tuple[int, ...]) -> Any:
        """``v`` summed over the axes that ``shape`` lacks or has with length one."""
        own = shape_of(v)
        lead = len(own) - len(shape)
        gone = [k for k, n in enumerate(own) if k < lead or (shape[k - lead] == 1 and n != 1)]
        if not gone:
            return v
        v = self.make("sum", v, axes=tuple(gone), keepdims=True)
        return self.make("view", v, spec="-" * lead + ":" * len(shape)) if lead > 0 else v

    def integer(self, x: Any) -> int:
        return super().integer(x)


def fold(f: Callable[[Any, Any], Any], x: Any, axes: Any, keepdims: bool, empty: Any) -> Any:
    """An array of objects reduced over ``axes`` by ``f``, from the first element on."""
    n = x.ndim
    gone = list(range(n)) if axes is None else sorted(k % n for k in axes)
    moved = np.moveaxis(x, gone, range(len(gone)))
    rest = moved.shape[len(gone) :]
    flat = moved.reshape(-1, *rest)
    out = np.full(rest, empty, object)
    for k, row in enumerate(flat):
        out = row if k == 0 else np.frompyfunc(f, 2, 1)(out, row)
    out = np.asarray(out, object)
    if keepdims:
        return out.reshape([1 if k in gone else m for k, m in enumerate(x.shape)])
    return out[()] if out.ndim == 0 else out


__all__ = ["REGISTRY", "Componentwise", "Parts", "fold"]
