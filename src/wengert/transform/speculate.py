"""Loops over numbers are run without their checks, and once more with them when one failed.

Python's mathematics raises: ``math.exp`` on overflow, ``/`` on zero.  A loop that may end at every trip
cannot be vectorised, so this one goes on with whatever IEEE arithmetic gives, and remembers that a check
failed.  Then, which is rare, the loop runs again as it was written, and raises what it raises there.

Before::

    %n, %sum = for(%lo, %hi, %one, %zero) : i64, f64 {
      (%i: i64, %t: f64):
      %a = load(%x, %i) {safe=True} : f64
      %b = exp(%a) : f64
      %ok = isfinite(%b) : bool
      check(%ok) {exc='OverflowError', message='math range error'}
      %u = add(%t, %b) : f64
      yield %u
    }

After::

    %n.1, %sum.1, %failed = for(%lo, %hi, %one, %zero, %false) : i64, f64, bool {
      (%i: i64, %t: f64, %before: bool):
      %a = load(%x, %i) {safe=True} : f64
      %b = exp(%a) : f64
      %ok = isfinite(%b) : bool
      %bad = not(%ok) : bool
      %now = or(%before, %bad) : bool
      %u = add(%t, %b) : f64
      yield %u, %now
    }
    %n, %sum = if(%failed) : i64, f64 {
      %n.2, %sum.2 = for(%lo, %hi, %one, %zero) {cold=True} : i64, f64 { ... as before ... }
      yield %n.2, %sum.2
    } {
      yield %n.1, %sum.1
    }

What makes it right: the checks are about floating-point numbers, on which no index depends; what is written
is memory of the function itself, which nobody sees when it raises, and is not read in the loop, so that the
second run writes the same again; what is carried from trip to trip are sums.

Where that is not so, but the trips touch different elements and the mathematics is worth it, what is
overwritten is kept, and put back before the second run (`undo`).
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from ..analysis.alias import Aliases
from ..analysis.effects import may_raise, reads, writes
from ..analysis.trips import ELEMENTS
from ..ir.build import Builder
from ..ir.core import Block, Func, Op, Value
from ..ir.types import BOOL, Scalar, dtype_of
from ..ir.walk import clone_block, ops, uses
from ..prims import REGISTRY
from .parallel import constant
from .undo import Undo, Undoing

_TESTS = frozenset({"isinf", "isfinite", "isnan", "not", "and", "or", "eq", "ne", "lt", "le", "gt", "ge"})
_NOT_INSIDE = ELEMENTS | {"check"}
_SUMS = frozenset({"add", "sub"})


def speculate(func: Func) -> Func:
    """``func`` with checks after its innermost loops; the same object when there is nothing to do."""
    loops = [op for op in ops(func.body) if op.name == "for" and _has_check(op)]
    if not loops:
        return func
    aliases, undoing = Aliases(func), Undoing(func)
    found = {op: _fits(op, aliases, undoing) for op in loops}
    chosen = {op: undo for op, undo in found.items() if undo is not None}
    return replace(func, body=_rebuilt(func.body, chosen)) if chosen else func


def _has_check(loop: Op) -> bool:
    return any(op.name == "check" for op in loop.regions[0].ops)


def _rebuilt(block: Block, chosen: dict[Op, Undo]) -> Block:
    out: list[Op] = []
    for op in block.ops:
        if op in chosen:
            out += _twice(op, chosen[op])
        elif op.regions:
            out.append(replace(op, regions=tuple(_rebuilt(r, chosen) for r in op.regions)))
        else:
            out.append(op)
    return Block(block.params, tuple(out), block.yields)


def _fits(loop: Op, aliases: Aliases, undoing: Undoing) -> Undo | None:
    """What has to be put back before ``loop`` runs again; None when it cannot run without its checks."""
    body = loop.regions[0]
    if loop.attrs.get("stop") or not all(_is_plain(op) for op in body.ops):
        return None
    made = {r: op for op in body.ops for r in op.results}
    if not all(_is_float_test(op.operands[0], made) for op in body.ops if op.name == "check"):
        return None
    if not _carries_sums(body, made):
        return None
    read = {aliases.cls(v) for op in body.ops for v in reads(op)}
    seen = [
        op
        for op in body.ops
        for c in map(aliases.cls, writes(op))
        if op.name == "accum" or c in read or aliases.is_param(c) or not aliases.roots(c)
    ]
    return undoing.undo(loop, seen)


def _is_plain(op: Op) -> bool:
    """Arithmetic on numbers that makes no index, choices between such, accesses to elements, and checks."""
    if not all(isinstance(r.type, Scalar) for r in op.results):
        return False
    if op.regions:
        inside = [o for region in op.regions for o in region.ops]
        return op.name == "if" and all(_is_plain(o) and o.name not in _NOT_INSIDE for o in inside)
    if op.name == "check":
        return not op.attrs.get("assumed")
    if op.name in ELEMENTS:
        return not may_raise(op)
    if op.name == "cast" and dtype_of(op.result.type).is_int and not dtype_of(op.operands[0].type).is_int:
        return False
    return op.name in ("const", "dim", "wrap") or REGISTRY[op.name].kind == "elementwise"


def _is_float_test(v: Value, made: dict[Value, Op]) -> bool:
    """Whether a condition says something about floating-point numbers, and nothing else."""
    todo = [v]
    while todo:
        u = todo.pop()
        if isinstance(u.type, Scalar) and u.type.is_inexact:
            continue
        op = made.get(u)
        if op is None or op.name not in _TESTS:
            return False
        todo += op.operands
    return True


def _carries_sums(body: Block, made: dict[Value, Op]) -> bool:
    """Whether each carried value is only ever added to; all others run one trip after the other anyway."""
    used = uses(body)
    for param, new in zip(body.params[1:], body.yields, strict=True):
        op = made.get(new)
        if op is None or op.name not in _SUMS or op.operands[0] is not param or len(used[param]) != 1:
            return False
    return True


def _twice(loop: Op, undo: Undo) -> list[Op]:
    """The loop without its checks, and what runs when one failed."""
    out, body = Builder(loop.span), loop.regions[0]
    before = Value(BOOL)
    inside = Builder(loop.span)
    undo.begin(out)
    failed = before
    for op in body.ops:
        if op.name == "check":
            (bad,) = inside.emit("not", op.operands[:1], types=(BOOL,))
            (failed,) = inside.emit("or", (failed, bad), types=(BOOL,))
        else:
            undo.keep(op, inside)
            inside.add(op)
    region = clone_block(inside.block((*body.params, before), (*body.yields, failed)))
    results = tuple(Value(r.type, r.hint) for r in loop.results)
    end = Value(BOOL)
    operands = (*loop.operands, constant(out, False, BOOL))
    out.add(replace(loop, operands=operands, results=(*results, end), regions=(region,)))
    again = tuple(Value(r.type, r.hint) for r in loop.results)
    cold = replace(loop, results=again, attrs=MappingProxyType({**loop.attrs, "cold": True}))
    slow = Builder(loop.span)
    undo.put_back(slow)
    slow.add(cold)
    arms = (slow.block((), again), Block((), (), results))
    out.add(Op("if", (end,), loop.results, MappingProxyType({}), arms, loop.span))
    return out.ops
