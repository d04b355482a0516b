"""Strong products on the way from one trip to the next look at the factor instead of at the cotangent.

``mulz(g, p)`` is zero where ``g`` is, whatever ``p`` may be.  Where the cotangent runs from trip to trip
through such a product, each trip waits for the last one's product, a comparison and a choice.  That ``p`` is
finite is known earlier, and with it that the plain product will do: the emitter branches on that, and
nothing waits but for the product.

Before::

    %n, %x_bar = for(%lo, %hi, %one, %g) : i64, f64 {
      (%i: i64, %g.1: f64):
      %p = load(%a, %i) {safe=True} : f64
      %h = mulz(%g.1, %p) {adjoint=True} : f64
      yield %h
    }

After::

    %n, %x_bar = for(%lo, %hi, %one, %g) : i64, f64 {
      (%i: i64, %g.1: f64):
      %p = load(%a, %i) {safe=True} : f64
      %h = mulz(%g.1, %p) {adjoint=True, fast='chain'} : f64
      yield %h
    }
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from ..analysis.effects import LOOPS
from ..ir.core import Block, Func, Op, Value
from ..ir.types import Scalar
from ..ir.walk import with_ops, with_parts


def chains(func: Func) -> Func:
    """``func`` with the strong products that trips wait for marked; the same object when there are none."""
    body = _visit(func.body, carried=False)
    return func if body is func.body else replace(func, body=body)


def _visit(block: Block, carried: bool) -> Block:
    waiting = _waiting(block) if carried else set[Op]()
    out: list[Op] = []
    for op in block.ops:
        regions = tuple(_visit(r, op.name in LOOPS) for r in op.regions)
        if op in waiting:
            op = replace(op, attrs=MappingProxyType({**op.attrs, "fast": "chain"}))
        out.append(with_parts(op, regions))
    return with_ops(block, out)


def _waiting(body: Block) -> set[Op]:
    """The strong products of ``body`` whose cotangent depends on their own result of the trip before."""
    strong = [op for op in body.ops if _is_strong(op)]
    if not strong or len(body.yields) != len(body.params) - 1:
        return set()
    into: dict[Value, list[Value]] = {}
    for p, v in zip(body.params[1:], body.yields, strict=True):
        into.setdefault(p, []).append(v)
    for op in body.ops:
        if not op.regions:
            for r in op.results:
                into[r] = list(op.operands)
    component = _components(into)
    return {op for op in strong if component.get(op.operands[0]) == component[op.result]}


def _is_strong(op: Op) -> bool:
    return op.name == "mulz" and isinstance(op.result.type, Scalar) and op.result.type.is_float


def _components(into: dict[Value, list[Value]]) -> dict[Value, int]:
    """For each value the number of its strongly connected component: two searches in depth, after
    Kosaraju."""
    out: dict[Value, list[Value]] = {}
    for v, sources in into.items():
        for u in sources:
            out.setdefault(u, []).append(v)
    order: list[Value] = []
    _search(into, into, order, set())
    component: dict[Value, int] = {}
    seen: set[Value] = set()
    for v in reversed(order):
        if v not in seen:
            found: list[Value] = []
            _search([v], out, found, seen)
            component.update(dict.fromkeys(found, len(component)))
    return component


def _search(
    starts: list[Value] | dict[Value, list[Value]],
    edges: dict[Value, list[Value]],
    order: list[Value],
    seen: set[Value],
) -> None:
    """Append what can be reached to ``order``, each value after those that it leads to."""
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(edges.get(start, ())))]
        while stack:
            v, rest = stack[-1]
            for u in rest:
                if u not in seen:
                    seen.add(u)
                    stack.append((u, iter(edges.get(u, ()))))
                    break
            else:
                order.append(v)
                stack.pop()
