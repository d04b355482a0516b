"""Records of loops in whose body the function calls itself.

Such a call keeps items in the same record, between those of this loop.  So each item has beside it where the
one of the trip before is, and the reverse loop goes from one to the next::

    latest = -1                                   at = latest
    for i in range(n):                            for i in reversed(range(n)):
        y = f(...)  # may keep items here             y, at = tape[at], links[at]
        tape.append(y); links.append(latest)
        latest = len(tape) - 1
"""

from __future__ import annotations

from ...ir.core import Value
from ...ir.types import I64
from ..tree import Body, Emitter, Node
from .trips import Pair


def calls(body: Body) -> bool:
    """Whether something in ``body`` may keep items in the records of ``body`` itself."""
    return any(node.name == "call" for node in body.nodes())


def carry(pair: Pair, v: Value, tape: Value, links: Value, em: Emitter) -> tuple[Value, Value]:
    """``v`` in the reverse loop, where ``em`` is; and the value after the forward loop that leads there."""
    forward, back, node, reverse = pair
    assert forward.parent is not None
    before = Emitter(forward.parent, at=forward.parent.ops.index(node))
    latest = _carried(node, forward, before.const(-1, I64), "latest")
    end = Emitter(forward)
    one = end.const(1, I64)
    at = end.node("rec_grow", [tape, one], [I64], hints=("latest",)).result
    end.node("rec_set", [tape, at, v])
    end.node("rec_grow", [links, one], [I64])
    end.node("rec_set", [links, at, latest])
    forward.yields.append(at)
    here = _carried(reverse, back, node.results[-1], "at")
    item = em.node("rec_get", [tape, here], [v.type], hints=(v.hint,)).result
    back.yields.append(em.node("rec_get", [links, here], [I64], hints=("at",)).result)
    return item, node.results[-1]


def _carried(loop: Node, body: Body, start: Value, name: str) -> Value:
    """One more number that a loop carries; what its body yields for it is still to come."""
    loop.operands.append(start)
    mine = Value(I64, name)
    for region in loop.regions:
        region.params.append(mine if region is body else Value(I64, name))
    loop.results.append(Value(I64, name))
    return mine
