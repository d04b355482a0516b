"""Small questions about loops: how many trips, and which carried values never change."""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.ranges import Ranges
from ..analysis.sites import Sites
from ..ir.core import Op, Value


def zero_trips(op: Op, ranges: Ranges) -> bool:
    """Whether a ``for`` makes no trip for certain."""
    lo, hi, step = op.operands[:3]
    ahead = ranges.linear(hi) - ranges.linear(lo)
    low, high = ranges.interval(step)
    return (low > 0 and ranges.prove(op, -ahead)) or (high < 0 and ranges.prove(op, ahead))


def one_trip(op: Op, ranges: Ranges) -> bool:
    """Whether a ``for`` makes exactly one trip for certain."""
    lo, hi, step = op.operands[:3]
    ahead = ranges.linear(hi) - ranges.linear(lo)
    low, high = ranges.interval(step)
    if not ahead.is_constant or low != high:
        return False
    return 1 <= ahead.constant <= low or low <= ahead.constant <= -1


def carried(op: Op, k: int) -> tuple[Value, Value, tuple[Value, ...]]:
    """Of carried value ``k`` of a loop: what it starts as, what a trip yields, its parameter in each
    region."""
    count = len(op.results) - 1
    last = op.regions[-1]
    params = tuple(r.params[len(r.params) - count + k] for r in op.regions)
    return op.operands[len(op.operands) - count + k], last.yields[len(last.yields) - count + k], params


def unchanged(op: Op, sites: Sites) -> Iterator[int]:
    """The carried values of a loop that keep what they start as, seen through inner joins."""
    for k in range(len(op.results) - 1):
        init, new, params = carried(op, k)
        if _is_one_of(new, {init, *params}, sites, 16):
            yield k


def _is_one_of(v: Value, same: set[Value], sites: Sites, depth: int) -> bool:
    if v in same:
        return True
    op = sites.definition(v)
    if op is None or depth == 0 or op.name not in ("if", "for", "while"):
        return False
    at = op.results.index(v)
    if op.name == "if":
        return all(_is_one_of(r.yields[at], same, sites, depth - 1) for r in op.regions)
    if at == 0:
        return False
    init, new, params = carried(op, at - 1)
    return _is_one_of(init, same, sites, depth - 1) and _is_one_of(new, {*same, *params}, sites, depth - 1)
