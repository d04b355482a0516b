"""Final locations: what an access reads or writes is not written again before the function ends.

The reverse sweep can read such an element in place, so it need not be recorded.  In-place LU needs no
record for this reason, though every row of the matrix is overwritten many times::

    for k in range(n):
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]                  # a[k, k]: final, for later writes are to rows below k
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]    # a[i, k], a[k, j]: final; a[i, j]: not

The proof is by contradiction.  For an access R and a write W that may come later, and for each loop around
both that may separate them (or none, when W stands after R), suppose that R and W touch one element; these
equations, the bounds of the loops and the conditions around both must have no integer solution.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..ir.core import Func, Op, Value
from .affine import Linear, Symbol, infeasible
from .alias import Aliases
from .effects import is_fresh
from .ranges import Ranges
from .regions import Along, Place, Regions, Unknown
from .sites import Sites


class Final:
    """Answers for one function; answers are kept."""

    def __init__(self, func: Func, aliases: Aliases | None = None, ranges: Ranges | None = None) -> None:
        self.aliases = aliases or Aliases(func, sites=ranges.sites if ranges else None)
        self.sites: Sites = self.aliases.sites
        self.ranges = ranges or Ranges(func, self.sites, unbounded=True)
        self.regions = Regions(self.ranges)
        self._known: dict[tuple[Op, Value], bool] = {}

    def is_final(self, op: Op) -> bool:
        """Whether the element that this ``load``, ``store`` or ``accum`` touches is never written after
        it."""
        array = op.operands[0]
        place, _ = self._touched(op)
        return self._decide(op, array, place, [], reading=op.name == "load")

    def is_final_region(self, op: Op, array: Value) -> bool:
        """Whether no element of ``array``, whose memory ``op`` reads, is written after (or by) ``op``."""
        return self._decide(op, array, self.regions.place(array), self.regions.bounds(array), reading=True)

    def _decide(self, op: Op, array: Value, place: Place, bounds: list[Linear], reading: bool) -> bool:
        key = (op, array)
        if key not in self._known:
            later = (w for w, _ in self.aliases.writes(self.aliases.cls(array)))
            self._known[key] = all(self._apart(op, place, bounds, w, reading) for w in later)
        return self._known[key]

    def _touched(self, op: Op) -> tuple[Place, list[Linear]]:
        """The elements that an access touches, with bounds on the indices that range over a view."""
        array = op.operands[0]
        if op.name in ("load", "store", "accum"):
            indices = op.operands[1:] if op.name == "load" else op.operands[1:-1]
            return self.regions.element(array, indices), []
        return self.regions.place(array), self.regions.bounds(array)

    def _apart(self, op: Op, place: Place, bounds: list[Linear], write: Op, reading: bool) -> bool:
        """Whether no execution of ``write`` after ``op`` touches what ``op`` touches."""
        loops = self.sites.common_loops(op, write)
        same_trip = self.sites.comes_first(op, write) or (op is write and reading)
        if not (loops or same_trip):
            return True
        if write.name not in ("store", "accum", "assign", "vacc"):
            return False
        target, target_bounds = self._touched(write)
        if target.root is not place.root:
            return False
        here, there = _Instance(self, op, 1, loops), _Instance(self, write, 2, loops)
        levels = [*range(len(loops)), *([len(loops)] if same_trip else [])]
        for level in levels:
            if level < len(loops) and not self.sites.is_defined_outside(place.root, loops[level]):
                if self._reallocated(place.root):
                    continue
                return False
            rows = [*here.rows(level, bounds, place.index), *there.rows(level, target_bounds, target.index)]
            if level < len(loops):
                rows += self._later(loops[level], here, there, level)
            equal = [
                here.rename(a, level) - there.rename(b, level)
                for a, b in zip(place.index, target.index, strict=True)
            ]
            if not infeasible(rows, equal):
                return False
        return True

    def _later(self, loop: Op, here: _Instance, there: _Instance, level: int) -> list[Linear]:
        """The write happens in a later trip of ``loop``."""
        if loop.name != "for":
            return []
        i = Linear.symbol(loop.regions[0].params[0])
        low, high = self.ranges.interval(loop.operands[2])
        ahead = there.rename(i, level) - here.rename(i, level)
        return [ahead - low] if low > 0 else [-ahead + high] if high < 0 else []

    def _reallocated(self, v: Value) -> bool:
        """Whether each trip has an array of its own."""
        op = self.sites.definition(v)
        return op is not None and is_fresh(op, v)


class _Instance:
    """One execution of an op: its symbols, told apart from those of the other execution.

    At ``level`` the two executions agree on the trips of the first ``level`` common loops, so what is
    defined outside the next one is the same in both.
    """

    def __init__(self, final: Final, op: Op, tag: int, loops: Sequence[Op]) -> None:
        self.final = final
        self.op = op
        self.tag = tag
        self.loops = loops
        self._depths: dict[Symbol, int] = {}

    def rename(self, form: Linear, level: int) -> Linear:
        return Linear({self._name(s, level): c for s, c in form.terms.items()}, form.constant)

    def rows(self, level: int, bounds: Sequence[Linear], index: Sequence[Linear]) -> list[Linear]:
        """What is known about this execution, as forms >= 0."""
        ranges = self.final.ranges
        system = ranges.close([*ranges.context(self.op), *bounds], about=index)
        return [self.rename(form, level) for form in system]

    def _name(self, s: Symbol, level: int) -> Symbol:
        own = isinstance(s, (Along, Unknown)) or self._depth(s) > level
        return (self.tag, s) if own else s

    def _depth(self, s: Symbol) -> int:
        """How many of the common loops the symbol is defined in."""
        if s not in self._depths:
            v = s[0] if isinstance(s, tuple) else s  # pyright: ignore[reportUnknownVariableType]
            assert isinstance(v, Value)
            inside = (loop for loop in self.loops if not self.final.sites.is_defined_outside(v, loop))
            self._depths[s] = sum(1 for _ in inside)
        return self._depths[s]
