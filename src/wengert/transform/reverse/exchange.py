"""Arrays that change places in a loop change back in its reverse: nothing is recorded.

Forward::

    %n, %a, %b = for(%lo, %hi, %one, %u, %v) : i64, f64[n], f64[n] {
      (%i: i64, %old: f64[n], %new: f64[n]):
      ...
      yield %new, %old
    }

Reverse, where ``%old`` and ``%new`` are needed::

    %m, %c, %d = for(%last, %before, %down, %a, %b) : i64, f64[n], f64[n] {
      (%i: i64, %new: f64[n], %old: f64[n]):
      ...
      yield %old, %new
    }
"""

from __future__ import annotations

from collections.abc import Iterable

from ...analysis.apart import cycles
from ...analysis.effects import LOOPS
from ...ir.core import Value
from ..tree import Body
from .trips import Pair


def is_exchanged(v: Value, forward: Body) -> bool:
    """Whether ``v`` is a parameter of the loop body ``forward`` that each trip hands on in some place."""
    lead, found = _cycles(forward)
    return v in forward.params and forward.params.index(v) - lead in found


def exchanged(pair: Pair, needed: Iterable[Value]) -> dict[Value, Value]:
    """What the reverse loop has for those of ``needed`` that change places: it carries them now."""
    forward, back, node, reverse = pair
    wanted = [v for v in needed if is_exchanged(v, forward)]
    if not wanted:
        return {}
    lead, found = _cycles(forward)
    slots = sorted({k for v in wanted for k in found[forward.params.index(v) - lead]})
    known: dict[Value, Value] = {}
    for k in slots:
        after = node.results[1 + k]
        before = forward.yields[len(forward.yields) - len(node.results) + 1 + k]
        known[before] = Value(after.type, before.hint)
        reverse.operands.append(after)
        reverse.results.append(Value(after.type, before.hint))
        back.params.append(known[before])
    back.yields += [known[forward.params[lead + k]] for k in slots]
    return known


def _cycles(forward: Body) -> tuple[int, dict[int, tuple[int, ...]]]:
    """The number of the first parameter that a loop carries, and which places those after it pass
    through."""
    if forward.owner is None or forward.owner.name not in LOOPS:
        return 0, {}
    count = len(forward.owner.results) - 1
    lead = len(forward.params) - count
    return lead, cycles(forward.params[lead:], forward.yields[len(forward.yields) - count :])
