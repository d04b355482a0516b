"""Rewritings of the IR that only serve the reader, done before anything is printed.

* The length of a record that nothing was put into yet is 0.
* A loop that counts up and uses its counter only to count down, as reverse sweeps do, counts down::

      for(0, n, 1) { (k): i = sub(sub(n, 1), k) ... }   =>   for(n - 1, -1, -1) { (i): ... }

  which prints as ``for i in reversed(range(n))``.
"""

from __future__ import annotations

from types import MappingProxyType

from ...ir.core import Block, Func, Op, Value
from ...ir.types import I64
from ...ir.walk import blocks, map_ops, substitute
from .early import early
from .linear import Linear, Sum
from .reduced import reduced
from .seeds import plant
from .tree import Tree

_CHAIN = frozenset({"add", "sub", "neg", "mul"})


def prepare(func: Func) -> Func:
    """``func``, the same in numbers and easier to read."""
    func = early(plant(reduced(_fresh_lengths(func))))
    for _ in range(64):
        tree = Tree(func)
        loops = [op for op in tree.place if op.name == "for" and op in tree.ops]
        for op in reversed(loops):
            change = _downwards(op, tree)
            if change is not None:
                body = map_ops(func.body, lambda o, at=op, by=change: by if o.regions and _is(o, at) else [o])
                func = Func(func.name, body, func.result_names, func.span)
                break
        else:
            return func
    return func


def _is(op: Op, other: Op) -> bool:
    """`map_ops` makes regions anew, so an op is known by its results and parameters."""
    return op.results == other.results and op.regions[0].params == other.regions[0].params


def _fresh_lengths(func: Func) -> Func:
    empty: set[Value] = set()
    zeros: dict[Value, Op] = {}
    for op in func.body.ops:
        if op.name == "rec_new":
            empty.add(op.result)
        elif op.name == "rec_len" and op.operands[0] in empty:
            zeros[op.result] = _const(0)
        elif op.name == "rec_grow" and op.operands[0] in empty:
            zeros[op.result] = _const(0)
            empty.discard(op.operands[0])
        else:
            inside = {v for r in op.regions for b in blocks(r) for o in b.ops for v in o.operands}
            if op.name != "rec_len":
                empty -= {*op.operands, *inside}
    if not zeros:
        return func
    body = substitute(func.body, {v: c.result for v, c in zeros.items()})
    return Func(
        func.name, Block(body.params, (*zeros.values(), *body.ops), body.yields), func.result_names, func.span
    )


def _const(value: int) -> Op:
    return Op("const", (), (Value(I64),), MappingProxyType({"value": value}))


def _downwards(op: Op, tree: Tree) -> list[Op] | None:
    """The loop counting down, with what has to be computed before it; None when it is no such loop."""
    lo, hi, step = op.operands[:3]
    k = op.regions[0].params[0]
    if tree.constant(lo) != 0 or tree.constant(step) != 1 or k not in tree.values:
        return None
    linear = Linear(tree, lambda v: True)
    found: dict[Value, Sum] = {}
    if not _escapes(k, tree, linear, found, k) or not found:
        return None
    inner = {v for b in blocks(op.regions[0]) for o in b.ops for v in o.results}
    inner |= {p for b in blocks(op.regions[0]) for p in b.params}
    forms = list(found.values())
    trips = linear.of(hi)

    def fitness(form: Sum) -> tuple[bool, int, int]:
        known = _bounds(
            form.plus(Sum(0, {k: 1}), -form.terms.get(k, 0)), trips, -form.terms.get(k, 0), tree, linear
        )[2]
        return known, sum(form == g for g in forms), -forms.index(form)

    first = max(forms, key=fitness)
    slope = first.terms.get(k, 0)
    base = first.plus(Sum(0, {k: 1}), -slope)
    if slope >= 0 or any(v in inner for v in base.seen.values() if v is not k):
        return None
    offsets = {v: form.plus(first, -1).number for v, form in found.items()}
    if any(c is None for c in offsets.values()):
        return None
    low, high, _ = _bounds(base, trips, -slope, tree, linear)
    out: list[Op] = []
    start, end = (_build(form, out) for form in (high, low))
    by = _const(slope)
    i = Value(
        I64,
        next((v.hint for v, form in found.items() if v.hint and form == first), "")
        or ("i" if k.hint in ("", "k") else k.hint),
    )
    head: list[Op] = []
    subst = {v: _build(Sum(c or 0, {i: 1}, {i: i}), head) for v, c in offsets.items()}
    body = substitute(op.regions[0], subst)
    body = Block((i, *body.params[1:]), (*head, *body.ops), body.yields)
    attrs = MappingProxyType({**op.attrs, "aligned": True})
    return [
        *out,
        by,
        Op("for", (start, end, by.result, *op.operands[3:]), op.results, attrs, (body,), op.span),
    ]


def _escapes(v: Value, tree: Tree, linear: Linear, found: dict[Value, Sum], k: Value) -> bool:
    """Collect what is computed from the counter and used for more than sums; False if the counter is."""
    for use in tree.uses.get(v, []):
        if use.op is not None and use.op.name in _CHAIN:
            form = linear.of(use.op.result)
            if use.op.result not in form.terms:
                if not _escapes(use.op.result, tree, linear, found, k):
                    return False
                continue
        if v is k:
            return False
        found[v] = linear.of(v)
    return True


def _bounds(base: Sum, trips: Sum, step: int, tree: Tree, linear: Linear) -> tuple[Sum, Sum, bool]:
    """Where the loop ends (exclusive), where it starts, and whether an earlier loop says so.

    When the number of trips is that of an earlier loop with the same elements, then its bounds say it better.
    """
    for key in trips.terms:
        loop = tree.maker(trips.seen[key], "for") if isinstance(key, Value) else None
        if (
            loop is not None
            and key is loop.results[0]
            and not loop.attrs.get("stop")
            and trips == Sum(0, {key: 1})
        ):
            lo, hi = linear.of(loop.operands[0]), linear.of(loop.operands[1])
            if step == 1 and tree.constant(loop.operands[2]) == 1 and base == lo.plus(trips).plus(Sum(1), -1):
                return lo.plus(Sum(1), -1), hi.plus(Sum(1), -1), True
    return base.plus(trips, -step), base, False


def _build(form: Sum, out: list[Op]) -> Value:
    """Ops that compute ``form``."""

    def put(name: str, *operands: Value) -> Value:
        out.append(Op(name, operands, (Value(I64),)))
        return out[-1].result

    def const(n: int) -> Value:
        out.append(_const(n))
        return out[-1].result

    total: Value | None = None
    for key, c in sorted(form.terms.items(), key=lambda item: item[1] < 0):
        term = form.seen[key] if abs(c) == 1 else put("mul", const(abs(c)), form.seen[key])
        if total is None:
            total = put("neg", term) if c < 0 else term
        else:
            total = put("add" if c > 0 else "sub", total, term)
    if total is None:
        return const(form.constant)
    if form.constant:
        total = put("add" if form.constant > 0 else "sub", total, const(abs(form.constant)))
    return total
