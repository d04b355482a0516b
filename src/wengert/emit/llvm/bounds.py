"""Index checks: which are proved while emitting, and which can be done once in front of a loop.

Two means. *Proofs* work on linear forms ``name + constant`` of SSA integers and on the ranges of loop
counters, so that ``for i in range(1, n - 1): x[i + 1]`` needs no check when ``n`` is the size of ``x``.
*Versioning*: for an innermost loop, the indices that move with the counter are checked at both ends before
it; when all are fine a loop without those checks runs, otherwise the loop with checks, so that the right
iteration raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...ir.core import Block, Op, Value
from ...ir.types import Array

_LIMIT = 1 << 31
_ACCESS = ("load", "store", "accum")


@dataclass(slots=True)
class Facts:
    """Linear forms of names, and half-open ranges of loop counters (both ends are linear forms)."""

    linear: dict[str, tuple[str, int]] = field(default_factory=dict[str, tuple[str, int]])
    ranges: dict[str, tuple[tuple[str, int], tuple[str, int]]] = field(
        default_factory=dict[str, tuple[tuple[str, int], tuple[str, int]]]
    )

    def form(self, name: str) -> tuple[str, int]:
        """``name`` as (base, constant); the base is empty for a number."""
        if name.lstrip("-").isdigit():
            return "", int(name)
        return self.linear.get(name, (name, 0))

    def define(self, name: str, base: str, offset: int) -> None:
        """``name = base + offset``."""
        b, k = self.form(base)
        if abs(k + offset) < _LIMIT:
            self.linear[name] = (b, k + offset)

    def counter(self, name: str, lo: str, hi: str, step: int) -> None:
        """``name`` counts from ``lo`` towards ``hi``."""
        first, end = self.form(lo), self.form(hi)
        if step < 0:
            first, end = (end[0], end[1] + 1), (first[0], first[1] + 1)
        if abs(first[1]) < _LIMIT and abs(end[1]) < _LIMIT:
            self.ranges[name] = (first, end)

    def at_least_zero(self, form: tuple[str, int], depth: int = 8) -> bool:
        """Is ``base + constant >= 0`` for certain?"""
        base, k = form
        if not base:
            return k >= 0
        if base in self.ranges and depth:
            low, c = self.ranges[base][0]
            return self.at_least_zero((low, c + k), depth - 1)
        return False

    def below(self, form: tuple[str, int], n: str, depth: int = 8) -> bool:
        """Is ``base + constant < n`` for certain?"""
        base, k = form
        size, c = self.form(n)
        if base == size:
            return k < c
        if base in self.ranges and depth:
            high, d = self.ranges[base][1]
            return self.below((high, d - 1 + k), n, depth - 1)
        return False

    def proves(self, index: str, n: str) -> bool:
        """Is ``0 <= index < n`` for certain?"""
        form = self.form(index)
        return self.at_least_zero(form) and self.below(form, n)


@dataclass(frozen=True, slots=True)
class Moving:
    """An index that is ``counter * sign + sum of outer values + constant`` (``sign`` 0 or 1)."""

    sign: int
    terms: tuple[tuple[Value, int], ...]
    constant: int


def hoistable(region: Block) -> Iterator[tuple[Op, list[Moving]]]:
    """The accesses of a loop body whose indices are known before the loop, with those indices."""
    counter = region.params[0]
    inside: dict[Value, Op | None] = dict.fromkeys(region.params)
    accesses: list[Op] = []
    stack = [region]
    while stack:
        b = stack.pop()
        for op in b.ops:
            inside.update(dict.fromkeys(op.results, op))
            if op.name in _ACCESS and not op.attrs.get("safe"):
                accesses.append(op)
            for r in op.regions:
                inside.update(dict.fromkeys(r.params))
                stack.append(r)
    for op in accesses:
        a = op.operands[0]
        if a in inside:
            continue
        assert isinstance(a.type, Array)
        forms = [_moving(v, counter, inside, 4) for v in op.operands[1 : 1 + a.type.rank]]
        found = [f for f in forms if f is not None]
        if len(found) == len(forms):
            yield op, found


def _moving(v: Value, counter: Value, inside: dict[Value, Op | None], depth: int) -> Moving | None:
    if v is counter:
        return Moving(1, (), 0)
    if v not in inside:
        return Moving(0, ((v, 1),), 0)
    op = inside[v]
    if op is None or depth == 0:
        return None
    if op.name == "const":
        return Moving(0, (), int(op.attrs["value"]))
    if op.name not in ("add", "sub"):
        return None
    a, b = (_moving(x, counter, inside, depth - 1) for x in op.operands)
    if a is None or b is None:
        return None
    if op.name == "sub":
        if b.sign:
            return None
        b = Moving(0, tuple((t, -s) for t, s in b.terms), -b.constant)
    if a.sign + b.sign > 1:
        return None
    return Moving(a.sign + b.sign, a.terms + b.terms, a.constant + b.constant)
