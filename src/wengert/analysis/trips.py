"""Whether two accesses in one loop may touch one element in different trips.

A loop in which no two may, with a write among them, can make its trips in any order, or several at once::

    for j in range(n - 2, 0, -1):
        b[j + 1] += a[j]        # alone: each trip has an element of its own
        b[j - 1] += a[j]        # with the line above: trips j and j + 2 meet

The proof is that of `final.py`: were there two such trips, a system of inequalities would have a solution.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..ir.core import Op, Value
from .affine import Linear, Symbol, infeasible
from .alias import Aliases
from .apart import Apart
from .elements import indices
from .ranges import Ranges
from .regions import Place, Regions

ELEMENTS = frozenset({"load", "store", "accum"})


class Trips:
    """Answers about ``load``, ``store`` and ``accum`` in the ``for`` loops of one function."""

    def __init__(self, ranges: Ranges, aliases: Aliases) -> None:
        self.ranges = ranges
        self.aliases = aliases
        self.apart = Apart(aliases)
        self.regions = Regions(ranges)
        self._places: dict[Op, Place] = {}

    def place(self, access: Op) -> Place:
        """The element that ``access`` touches."""
        if access not in self._places:
            self._places[access] = self.regions.element(access.operands[0], indices(access))
        return self._places[access]

    def clash(self, loop: Op, a: Op, b: Op) -> bool:
        """Whether ``a`` in one trip and ``b`` in another may touch one element."""
        if not self.share(loop, a.operands[0], b.operands[0]):
            return False
        counter = Linear.symbol(loop.regions[0].params[0])
        ahead = self._renamed(loop, counter, 2) - self._renamed(loop, counter, 1)
        return self._meet(loop, a, b, 2, [ahead - 1]) or self._meet(loop, a, b, 2, [-ahead - 1])

    def cross(self, outer: Op, inner: Op, a: Op, b: Op) -> bool:
        """Whether ``a`` in one trip and ``b`` in another may touch one element, the trips being different
        ones both of ``outer`` and of ``inner``, a loop in it."""
        if not self.share(outer, a.operands[0], b.operands[0]):
            return False
        ahead = [
            self._renamed(outer, counter, 2) - self._renamed(outer, counter, 1)
            for counter in (Linear.symbol(loop.regions[0].params[0]) for loop in (outer, inner))
        ]
        return any(
            self._meet(outer, a, b, 2, [x - 1, y - 1])
            for x in (ahead[0], -ahead[0])
            for y in (ahead[1], -ahead[1])
        )

    def meet(self, loop: Op, a: Op, b: Op) -> bool:
        """Whether ``a`` and ``b`` may touch one element in one trip."""
        return self.share(loop, a.operands[0], b.operands[0]) and self._meet(loop, a, b, 1, [])

    def share(self, loop: Op, a: Value, b: Value) -> bool:
        """Whether two references in ``loop`` may be of one array."""
        if not self.aliases.may_share(a, b):
            return False
        fixed = all(self.ranges.sites.is_defined_outside(v, loop) for v in (a, b))
        return not (fixed and self.apart(a, b))

    def _meet(self, loop: Op, a: Op, b: Op, tag: int, given: Iterable[Linear]) -> bool:
        """Whether ``a`` in trip 1 and ``b`` in trip ``tag`` may meet, when the forms ``given`` are >= 0."""
        x, y = self.place(a), self.place(b)
        if x.root is not y.root:
            return True
        rows = [*given, *self._rows(loop, a, x, 1), *self._rows(loop, b, y, tag)]
        equal = [
            self._renamed(loop, i, 1) - self._renamed(loop, j, tag)
            for i, j in zip(x.index, y.index, strict=True)
        ]
        return not infeasible(rows, equal)

    def _rows(self, loop: Op, access: Op, place: Place, tag: int) -> list[Linear]:
        system = self.ranges.close(self.ranges.context(access), about=place.index)
        return [self._renamed(loop, form, tag) for form in system]

    def _renamed(self, loop: Op, form: Linear, tag: int) -> Linear:
        return Linear({self._name(loop, s, tag): c for s, c in form.terms.items()}, form.constant)

    def _name(self, loop: Op, s: Symbol, tag: int) -> Symbol:
        v = s[0] if isinstance(s, tuple) else s  # pyright: ignore[reportUnknownVariableType]
        outside = isinstance(v, Value) and self.ranges.sites.is_defined_outside(v, loop)
        return s if outside else (tag, s)
