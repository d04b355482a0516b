"""Arrays that change places in a loop stay apart.

Alias classes unite what a loop carries in turn. But where each trip hands on the arrays it was given, in
another order, and they were different ones before the loop, then they are in every trip, and after::

    %n, %a, %b = for(%lo, %hi, %one, %u, %v) : i64, f64[n], f64[n] {
      (%i: i64, %old: f64[n], %new: f64[n]):      # %old and %new: one is %u, the other is %v
      ...
      yield %new, %old
    }
"""

from __future__ import annotations

from collections.abc import Sequence

from ..ir.core import VIEWS, Block, Op, Value
from ..ir.types import is_ref
from .alias import Aliases
from .effects import LOOPS, is_fresh

Slot = tuple[Op, bool, int]
"""A place among what a loop carries: the loop, whether inside it, and the number."""


class Apart:
    """Answers for one function."""

    def __init__(self, aliases: Aliases) -> None:
        self.aliases = aliases
        self.sites = aliases.sites
        self._cycles: dict[Op, dict[int, tuple[int, ...]]] = {}

    def __call__(self, a: Value, b: Value) -> bool:
        """Whether two references, both seen in one trip of the loops that define them, are of different
        arrays."""
        a, b = self._base(a), self._base(b)
        if a is b:
            return False
        x, y = self._slot(a), self._slot(b)
        if x is not None and y is not None and x[:2] == y[:2]:
            return x[2] != y[2] and self._begin_apart(x[0], {*self._cycle(x), *self._cycle(y)})
        one, other = self._origins(a), self._origins(b)
        return one is not None and other is not None and not one & other

    def _base(self, v: Value) -> Value:
        made = self.sites.definition(v)
        while made is not None and made.name in VIEWS:
            v = made.operands[0]
            made = self.sites.definition(v)
        return v

    def _slot(self, v: Value) -> Slot | None:
        """Where ``v`` is carried, when it is one of several that change places."""
        made, place = self.sites.definition(v), self.sites.param_of(v)
        loop, inside, k = made, False, 0
        if place is not None:
            loop, region, number = place
            inside = loop is not None and region == len(loop.regions) - 1
            if loop is None or not inside:
                return None
            k = number - (len(loop.regions[region].params) - (len(loop.results) - 1))
        elif made is not None:
            k = made.results.index(v) - 1
        if loop is None or loop.name not in LOOPS or k not in self._cycles_of(loop):
            return None
        return loop, inside, k

    def _cycle(self, slot: Slot) -> tuple[int, ...]:
        return self._cycles_of(slot[0])[slot[2]]

    def _cycles_of(self, loop: Op) -> dict[int, tuple[int, ...]]:
        if loop not in self._cycles:
            body = loop.regions[-1]
            count = len(loop.results) - 1
            self._cycles[loop] = cycles(*_carried(body, count))
        return self._cycles[loop]

    def _begin_apart(self, loop: Op, slots: set[int]) -> bool:
        inits = loop.operands[len(loop.operands) - (len(loop.results) - 1) :]
        given = [inits[k] for k in sorted(slots)]
        return all(self(u, v) for n, u in enumerate(given) for v in given[:n])

    def _origins(self, v: Value) -> frozenset[Value] | None:
        """The arrays that ``v`` may be one of: fresh ones and parameters of the function."""
        v = self._base(v)
        slot = self._slot(v)
        if slot is not None:
            loop = slot[0]
            inits = loop.operands[len(loop.operands) - (len(loop.results) - 1) :]
            found = [self._origins(inits[k]) for k in self._cycle(slot)]
            return None if None in found else frozenset[Value]().union(*(f for f in found if f is not None))
        made = self.sites.definition(v)
        if made is not None:
            return frozenset((v,)) if is_fresh(made, v) else None
        place = self.sites.param_of(v)
        # parameters that may overlap are in one class, with nothing said about which
        alone = place is not None and place[0] is None and self._only_param(v)
        return frozenset((v,)) if alone else None

    def _only_param(self, p: Value) -> bool:
        roots = self.aliases.roots(self.aliases.cls(p))
        return sum(isinstance(r, Value) for r in roots) == 1


def _carried(body: Block, count: int) -> tuple[Sequence[Value], Sequence[Value]]:
    return body.params[len(body.params) - count :], body.yields[len(body.yields) - count :]


def cycles(params: Sequence[Value], yields: Sequence[Value]) -> dict[int, tuple[int, ...]]:
    """For each number of a reference that each trip hands on in another place, or in its own, the numbers
    it passes through: ``k`` becomes what was at the number after it.

    >>> cycles((a, b, c), (b, a, c))                                              # doctest: +SKIP
    {0: (0, 1), 1: (1, 0), 2: (2,)}
    """
    number = {p: k for k, p in enumerate(params)}
    out: dict[int, tuple[int, ...]] = {}
    for k, p in enumerate(params):
        cycle = [k]
        if not is_ref(p.type):
            continue
        while (ahead := number.get(yields[cycle[-1]])) is not None and ahead != k and ahead not in cycle:
            cycle.append(ahead)
        if ahead == k:
            out[k] = tuple(cycle)
    return out
