"""Passes over counted loops, wherever they stand: over all, and over those that are nothing but numbers."""

from __future__ import annotations

from abc import abstractmethod

from ..analysis.alias import Aliases
from ..analysis.effects import may_raise
from ..analysis.ranges import Ranges
from ..analysis.trips import ELEMENTS, Trips
from ..ir.build import Builder
from ..ir.core import Block, Func, Op
from ..ir.types import Scalar
from ..ir.walk import with_ops, with_parts
from ..prims import REGISTRY


class Loops:
    """A walk that shows each ``for`` to ``loop``; whatever is not changed stays the same object."""

    def __init__(self, func: Func) -> None:
        self.ranges = Ranges(func, unbounded=True)
        self.aliases = Aliases(func, sites=self.ranges.sites)
        self.trips = Trips(self.ranges, self.aliases)

    def block(self, block: Block) -> Block:
        out = Builder()
        for op in block.ops:
            if op.name != "for" or not self.loop(op, out):
                out.add(with_parts(op, tuple(self.block(r) for r in op.regions)))
        return with_ops(block, out.ops)

    @abstractmethod
    def loop(self, loop: Op, out: Builder) -> bool:
        """Put ``loop`` at the end of ``out`` in a better form; false where it is to be walked."""


class PlainLoops(Loops):
    """A walk that gives each plain loop to ``plain``."""

    def loop(self, loop: Op, out: Builder) -> bool:
        if not is_plain(loop):
            return False
        self.plain(loop, out)
        return True

    @abstractmethod
    def plain(self, loop: Op, out: Builder) -> None:
        """Put ``loop`` at the end of ``out``, in a better form when there is one."""


def is_plain(loop: Op) -> bool:
    """Whether a ``for`` is nothing but numbers and accesses to elements that cannot raise."""
    if loop.attrs.get("stop"):
        return False
    for op in loop.regions[0].ops:
        if op.regions or may_raise(op):
            return False
        scalar = all(isinstance(r.type, Scalar) for r in op.results)
        pure = op.name in ("const", "dim", "wrap") or REGISTRY[op.name].kind == "elementwise"
        if not scalar or not (pure or op.name in ELEMENTS):
            return False
    return True
