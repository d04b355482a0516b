"""Which nests of loops may be jammed, and pay for it (`jam`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

from ..analysis.affine import Linear
from ..analysis.effects import may_raise, writes
from ..analysis.elements import indices
from ..analysis.ranges import Ranges
from ..analysis.trips import ELEMENTS, Trips
from ..ir.core import Op, Value
from ..ir.types import I64, Scalar
from ..ir.walk import ops as all_ops
from ..prims import REGISTRY
from .parallel import commute

_CHEAP = frozenset({"const", "dim", "load", "store", "accum", "add", "sub", "mul", "mulz", "neg"})
_MOST_INNER, _MOST_OUTER, _MOST_ACCESSES = 16, 40, 12
_SMALL = 10
_SHORT = 16
"""Trips of a loop that is too short to pay."""

Part = Op | tuple[Op, ...]


@dataclass(frozen=True, slots=True)
class Moving:
    """An index: the counter of ``loop`` (which goes by one), a symbol and a constant added."""

    loop: Op | None
    symbol: Value | None
    constant: int


@dataclass(frozen=True, slots=True)
class Nest:
    """An outer loop in parts, by turns loops and the operations between them.

    ``moving`` says where the accesses are that may be out of range; ``shared`` are the operations of inner
    loops that give the same in all trips of the outer loop, ``joint`` the accumulations that all its trips
    make to the same elements.
    """

    outer: Op
    parts: tuple[Part, ...]
    moving: dict[Op, tuple[Moving, ...]]
    shared: frozenset[Op]
    joint: frozenset[Op]

    @property
    def ways(self) -> int:
        """Trips at a time, a power of two: enough additions under way for a processor, while the numbers
        fit into its registers."""
        sizes = [len(part.regions[0].ops) for part in self.parts if isinstance(part, Op)]
        return 8 if max(sizes) <= _SMALL else 4


def matched(outer: Op, trips: Trips, exact: Callable[[], Ranges]) -> Nest | None:
    """The nest at ``outer`` when it may be jammed, and that pays; ``exact`` knows about overflow."""
    return _Match(outer, trips, exact).nest()


class _Match:
    def __init__(self, outer: Op, trips: Trips, exact: Callable[[], Ranges]) -> None:
        self.outer = outer
        self.exact = exact
        self.trips = trips
        self.ranges = trips.ranges
        self.sites = trips.ranges.sites
        self.parts: tuple[Part, ...] = ()

    def nest(self) -> Nest | None:
        outer = self.outer
        block = outer.regions[0]
        if any(outer.attrs.get(a) for a in ("stop", "cold", "tiled")) or not self.by_one(outer):
            return None
        loops = [op for op in block.ops if op.name == "for"]
        if self.few(outer):
            return None
        if not loops or len(block.ops) > _MOST_OUTER or not all(self.fits(op) for op in loops):
            return None
        if any(not isinstance(p.type, Scalar) for p in block.params):
            return None
        self.parts = tuple(parts(block.ops))
        straight = [op for part in self.parts if not isinstance(part, Op) for op in part]
        if not all(self.is_simple(op) for op in straight) or not self.carries_late():
            return None
        shared = frozenset(op for loop in loops for op in self.shared(loop))
        joint = frozenset(op for loop in loops for op in self.joint(loop))
        if not (joint or any(op.name == "load" for op in shared) or any(map(strict_sum, loops))):
            return None
        moving = self.moving()
        if moving is None or not self.in_any_order():
            return None
        return Nest(outer, self.parts, moving, shared, joint)

    def by_one(self, loop: Op) -> bool:
        return self.ranges.interval(loop.operands[2]) in ((1, 1), (-1, -1))

    def few(self, loop: Op) -> bool:
        """Whether a loop is certainly too short."""
        ahead = self.ranges.linear(loop.operands[1]) - self.ranges.linear(loop.operands[0])
        return ahead.is_constant and abs(ahead.constant) <= _SHORT

    def fits(self, loop: Op) -> bool:
        """Whether an inner loop is one of cheap arithmetic with bounds that are the same in all trips."""
        block = loop.regions[0]
        if loop.attrs.get("stop") or loop.attrs.get("cold") or len(block.ops) > _MOST_INNER:
            return False
        if not self.by_one(loop) or not all(self.outside(v) for v in loop.operands[:3]):
            return False
        if self.few(loop) or not all(op.name in _CHEAP for op in block.ops):
            return False
        return all(isinstance(v.type, Scalar) for op in (loop, *block.ops) for v in op.results)

    def is_simple(self, op: Op) -> bool:
        """Numbers, elements, records, and choices and checks of these."""
        if op.regions:
            return op.name == "if" and all(self.is_simple(x) for r in op.regions for x in r.ops)
        if any(not isinstance(r.type, Scalar) for r in op.results):
            return False
        if op.name in ELEMENTS or op.name in ("const", "dim", "wrap", "check", "rec_set", "rec_get"):
            return not (op.name == "rec_set" and not isinstance(op.operands[2].type, Scalar))
        return op.name in REGISTRY and REGISTRY[op.name].kind == "elementwise"

    def outside(self, v: Value) -> bool:
        return self.sites.is_defined_outside(v, self.outer)

    def carries_late(self) -> bool:
        """Whether what runs from trip to trip does so after the last inner loop."""
        late: set[Value] = set(self.outer.regions[0].params[1:])
        if not late:
            return True
        last = self.parts[-1]
        for part in self.parts:
            if part is last and not isinstance(part, Op):
                return True
            inside = all_ops(part.regions[0]) if isinstance(part, Op) else _deep(part)
            used = {v for op in inside for v in op.operands}
            used |= set(part.operands) if isinstance(part, Op) else set()
            if used & late:
                return False
        return True

    def shared(self, loop: Op) -> Iterator[Op]:
        """The loads and the arithmetic of a loop that are the same in all trips of the outer one."""
        block = loop.regions[0]
        written = {self.trips.aliases.cls(v) for op in all_ops(self.outer.regions[0]) for v in writes(op)}
        same: set[Value] = {block.params[0]}
        for op in block.ops:
            if not all(v in same or self.outside(v) for v in op.operands) or not op.results:
                continue
            if op.name != "load" or self.trips.aliases.cls(op.operands[0]) not in written:
                same.add(op.result)
                yield op

    def joint(self, loop: Op) -> Iterator[Op]:
        """The accumulations of a loop to elements that are the same in all trips of the outer one."""
        block = loop.regions[0]
        cls = self.trips.aliases.cls
        accesses = [op for op in block.ops if op.name in ELEMENTS]
        for op in accesses:
            if op.name != "accum" or not all(
                v is block.params[0] or self.outside(v) for v in op.operands[:-1]
            ):
                continue
            if not any(x is not op and cls(x.operands[0]) == cls(op.operands[0]) for x in accesses):
                yield op

    def moving(self) -> dict[Op, tuple[Moving, ...]] | None:
        """Where the accesses are that may be out of range; ``None`` when that is not known before, or when
        something else may raise too early to be seen in order."""
        out: dict[Op, tuple[Moving, ...]] = {}
        raises = False
        for part in self.parts:
            for op in part.regions[0].ops if isinstance(part, Op) else _deep(part):
                if not may_raise(op):
                    continue
                places = self.places(op) if op.name in ELEMENTS and not self.is_deep(op) else None
                if places is not None:
                    out[op] = places
                elif part is self.parts[-1] and not isinstance(part, Op) and op.name == "check":
                    raises = True
                else:
                    return None
        if (raises or out) and not self.writes_unseen(raises):
            return None
        return out

    def is_deep(self, op: Op) -> bool:
        """Whether an access stands under a condition: then it need not be in range."""
        return any(s.owner is not None and s.owner.name == "if" for s in self.sites.path(op)[-1:])

    def places(self, access: Op) -> tuple[Moving, ...] | None:
        if not self.outside(access.operands[0]):
            return None
        loops = [x for x in (*self.parts, self.outer) if isinstance(x, Op)]
        counters = {x.regions[0].params[0]: x for x in loops}
        found: list[Moving] = []
        for v in indices(access):
            form = self.exact().linear(v)
            loop = next((x for i, x in counters.items() if form.terms.get(i) == 1), None)
            if loop is not None:
                form = form - Linear.symbol(loop.regions[0].params[0])
            symbol = next((s for s, c in form.terms.items() if c == 1), None)
            if symbol is not None:
                form = form - Linear.symbol(symbol)
                if not isinstance(symbol, Value) or symbol.type != I64 or not self.outside(symbol):
                    return None
            if not form.is_constant:
                return None
            found.append(Moving(loop, symbol, form.constant))
        return tuple(found)

    def writes_unseen(self, raises: bool) -> bool:
        """Whether nobody sees what is written when something raises."""
        if not raises:
            return True  # the indices are tested before
        aliases = self.trips.aliases
        classes = {aliases.cls(v) for op in all_ops(self.outer.regions[0]) for v in writes(op)}
        return not any(aliases.is_param(c) or not aliases.roots(c) for c in classes)

    def in_any_order(self) -> bool:
        """Whether no trip sees what another does otherwise than before."""
        where: dict[Op, int] = {}
        for k, part in enumerate(self.parts):
            for op in all_ops(part.regions[0]) if isinstance(part, Op) else _deep(part):
                if op.name in ELEMENTS:
                    where[op] = k
                elif op.name == "rec_get" and any(
                    x.name == "rec_set" and self.trips.aliases.may_share(x.operands[0], op.operands[0])
                    for x in all_ops(self.outer.regions[0])
                ):
                    return False
        if len(where) > _MOST_ACCESSES:
            return False
        for a, b in combinations_with_replacement(where, 2):
            if (a.name == "load" and b.name == "load") or (commute(a) and commute(b)):
                continue
            if where[a] != where[b]:
                if self.trips.clash(self.outer, a, b):
                    return False
                continue
            part = self.parts[where[a]]
            if isinstance(part, Op) and self.trips.cross(self.outer, part, a, b):
                return False
        return True


def parts(block: Sequence[Op]) -> Iterator[Part]:
    """Loops, and the operations between them; the last part is never a loop."""
    straight: list[Op] = []
    for op in block:
        if op.name == "for":
            if straight:
                yield tuple(straight)
            yield op
            straight = []
        else:
            straight.append(op)
    yield tuple(straight)


def strict_sum(loop: Op) -> bool:
    """Whether a number of the user's is summed in a loop: each addition waits for the last one."""
    block = loop.regions[0]
    made = {r: op for op in block.ops for r in op.results}
    return any(
        isinstance(v.type, Scalar) and v.type.is_float and v in made and not made[v].attrs.get("adjoint")
        for v in block.yields
    )


def _deep(part: Sequence[Op]) -> Iterator[Op]:
    for op in part:
        yield op
        for region in op.regions:
            yield from all_ops(region)
