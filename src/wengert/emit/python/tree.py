"""What will be printed of a function: which ops and carried values are needed, and who uses what.

Dead values are often carried by the derivative of a loop, and a reader should not see them; liveness is
optimistic, so a carried value that only feeds itself goes too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ...ir.core import Block, Func, Op, Value
from ...ir.types import Rec

CONTROL = frozenset({"if", "for", "while"})
WRITES = frozenset({"store", "accum", "assign", "vacc", "rec_grow", "rec_set"})
EFFECTS = WRITES | {"check", "call", "derive"}


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a value: by an op of ``block`` at ``at`` as operand ``position``, or by the yields."""

    block: Block
    at: int
    op: Op | None
    position: int


class Tree:
    """The needed part of a function."""

    def __init__(self, func: Func) -> None:
        self.func = func
        self.makers: dict[Value, Op] = {}
        self.place: dict[Op, tuple[Block, int]] = {}
        self.owner: dict[Block, Op] = {}
        self.param_of: dict[Value, tuple[Op, int]] = {}
        self._pending: list[Value] = []
        self.values: set[Value] = set()
        self.ops: set[Op] = set()
        self.uses: dict[Value, list[Use]] = {}
        self._locate(func.body)
        self.appends = self._find_appends()
        self._pending += func.body.yields
        for op in self.place:
            if op.name in EFFECTS or op.name == "while":
                self._need_op(op)
        self._drain()
        self._count(func.body)

    # structure

    def _locate(self, block: Block) -> None:
        for at, op in enumerate(block.ops):
            self.place[op] = (block, at)
            for r in op.results:
                self.makers[r] = op
            for region in op.regions:
                self.owner[region] = op
                for k, p in enumerate(region.params):
                    self.param_of[p] = (op, k - len(region.params) + carried(op))
                self._locate(region)

    def maker(self, v: Value, *names: str) -> Op | None:
        """The op that makes ``v``, if it is of that name."""
        op = self.makers.get(v)
        return op if op is not None and (not names or op.name in names) else None

    def constant(self, v: Value) -> object:
        """The Python value of a constant, or None."""
        op = self.maker(v, "const")
        return None if op is None else op.attrs["value"]

    def _find_appends(self) -> set[Op]:
        """The pairs of ``rec_grow`` and ``rec_set`` that print as one ``append``.

        Either the index is what ``rec_grow`` returned.  Or growing by one and setting always happen
        together, and nowhere else: then items are set in order, because each is set once, in range, so by
        induction each time the last one.
        """
        writers: dict[Value, list[Op]] = {}
        shared: set[Value] = set()
        for op in self.place:
            for position, v in enumerate(op.operands):
                if op.name in ("rec_grow", "rec_set") and position == 0:
                    writers.setdefault(v, []).append(op)
                elif isinstance(v.type, Rec) and op.name not in ("rec_get", "rec_len"):
                    shared.add(v)
            for region in op.regions:
                shared.update(region.yields)
        out: set[Op] = set()
        for rec, ops in writers.items():
            alone = rec not in shared and self.maker(rec, "rec_new") is not None and len(ops) == 2
            for grow, put in pairwise(ops):
                pair = grow.name == "rec_grow" and put.name == "rec_set" and self._adjacent(grow, put)
                if pair and (alone or put.operands[1] is grow.results[0]):
                    out.update((grow, put))
        return out

    def _adjacent(self, grow: Op, put: Op) -> bool:
        """Whether a record grows by one item, and nothing touches any record until it is set."""
        (block, start), (other, end) = self.place[grow], self.place[put]
        if block is not other or self.constant(grow.operands[1]) != 1:
            return False
        between = block.ops[start + 1 : end]
        return not any(o.regions or any(isinstance(v.type, Rec) for v in o.operands) for o in between)

    # needs

    def _need_op(self, op: Op) -> None:
        if op in self.ops:
            return
        self.ops.add(op)
        block = self.place[op][0]
        if block in self.owner:
            self._need_op(self.owner[block])
        if op.name not in CONTROL:
            self._pending += [op.operands[k] for k in self._printed(op)]
            return
        self._pending += op.operands[: 3 if op.name == "for" else 1 if op.name == "if" else 0]
        if op.name == "while":
            self._pending += op.regions[0].yields
        elif op.attrs.get("stop"):
            self._pending.append(op.regions[0].yields[0])

    def _drain(self) -> None:
        while self._pending:
            v = self._pending.pop()
            if v in self.values:
                continue
            self.values.add(v)
            if v in self.param_of:
                op, k = self.param_of[v]
                if k >= 0:
                    self._need_slot(op, k)
            elif v in self.makers:
                op = self.makers[v]
                self._need_op(op)
                if op.name == "if":
                    self._pending += [r.yields[op.results.index(v)] for r in op.regions]
                elif op.name in CONTROL and op.results.index(v) > 0:
                    self._need_slot(op, op.results.index(v) - 1)

    def _need_slot(self, op: Op, k: int) -> None:
        init, new, params, _ = slot(op, k)
        self._pending += [init, new, *params]

    def slots(self, op: Op) -> list[int]:
        """The carried values of a loop, or the results of an ``if``, that are needed."""
        if op.name == "if":
            return [k for k, r in enumerate(op.results) if r in self.values]
        return [k for k in range(carried(op)) if slot(op, k)[2][-1] in self.values]

    # uses

    def _count(self, block: Block) -> None:
        for at, op in enumerate(block.ops):
            if op not in self.ops:
                continue
            for position, v in self.operands(op):
                self.uses.setdefault(v, []).append(Use(block, at, op, position))
            for region in op.regions:
                self._count(region)
        for position, v in self.yields(block):
            self.uses.setdefault(v, []).append(Use(block, len(block.ops), None, position))

    def operands(self, op: Op) -> Iterator[tuple[int, Value]]:
        """The operands that are printed."""
        first = len(op.operands) - carried(op)
        kept = set(self.slots(op)) if op.name in ("for", "while") else set[int]()
        for position in self._printed(op):
            if op.name not in ("for", "while") or position < first or position - first in kept:
                yield position, op.operands[position]

    def _printed(self, op: Op) -> Iterable[int]:
        """The positions of the operands that are printed; the index of an append is not, and no message
        beside an ``assert``."""
        if is_assertion(op):
            return (0,)
        if op.name == "add" and op.attrs.get("adjoint") and op.operands[0] is op.operands[1]:
            return (0,)  # `2.0 * x`
        if op not in self.appends:
            return range(len(op.operands))
        return (0, 2) if op.name == "rec_set" else (0,)

    def yields(self, block: Block) -> Iterator[tuple[int, Value]]:
        """The yielded values that are printed."""
        op = self.owner.get(block)
        if op is None or (op.name == "while" and block is op.regions[0]):
            yield from enumerate(block.yields)
            return
        first = 1 if op.attrs.get("stop") else 0
        kept = set(self.slots(op))
        for position, v in enumerate(block.yields):
            if position < first or position - first in kept:
                yield position, v

    def count(self, v: Value) -> int:
        return len(self.uses.get(v, ()))

    def effects(self, block: Block) -> Iterator[Op]:
        """The ops inside, regions included, that write memory or may raise on purpose."""
        for op in block.ops:
            if op in self.ops:
                if op.name in EFFECTS:
                    yield op
                for region in op.regions:
                    yield from self.effects(region)


def is_assertion(op: Op) -> bool:
    """Whether ``op`` checks that sizes fit, which prints as ``assert``."""
    return op.name == "check" and bool(op.attrs.get("assumed") or op.attrs.get("sizes"))


def carried(op: Op) -> int:
    """How many values a loop carries."""
    return len(op.results) - 1 if op.name in ("for", "while") else 0


def slot(op: Op, k: int) -> tuple[Value, Value, tuple[Value, ...], Value]:
    """Carried value ``k``: what it starts as, what is yielded, the parameter of each region, the result."""
    n = carried(op)
    init = op.operands[len(op.operands) - n + k]
    last = op.regions[-1]
    params = tuple(r.params[len(r.params) - n + k] for r in op.regions)
    return init, last.yields[len(last.yields) - n + k], params, op.results[k + 1]
