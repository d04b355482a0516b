"""Algebraic simplification: constants, the laws of `laws.py`, sizes, proved bounds, and control flow that
is decided.

One walk from top to bottom; an operand is simplified before what uses it.  Nothing here changes a bit of a
primal result.

Before::

    %n = dim(%x) {axis=0} : i64
    %trips = for(%zero, %n, %one) : i64 {
      (%i: i64):
      %k = wrap(%i, %n) : i64
      %a = load(%x, %k) : f64
      %b = mul(%a, %unit) : f64
      store(%x, %k, %b)
      yield
    }

After::

    %n = dim(%x) {axis=0} : i64
    %trips = for(%zero, %n, %one) : i64 {
      (%i: i64):
      %a = load(%x, %i) {safe=True} : f64
      store(%x, %i, %a) {safe=True}
      yield
    }
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ..analysis.affine import Linear
from ..analysis.effects import may_raise
from ..analysis.ranges import MAXIMA, MINIMA, Ranges
from ..diag.span import Span
from ..ir.core import Block, Func, Op, Value
from ..ir.types import BOOL, I64, Scalar, Type
from ..ir.walk import with_ops, with_parts
from .bounds import is_safe
from .fold import fold
from .laws import Call, Pattern, constant, is_finite, is_number, matching
from .loops import one_trip, unchanged, zero_trips

_KEPT_ATTRS = ("adjoint", "fast", "same")
_COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})


def simplify(func: Func) -> Func:
    """``func`` simplified; the same object when there is nothing to do."""
    body = _Simplifier(func).block(func.body)
    return func if body is func.body else replace(func, body=body)


class _Simplifier:
    """``env`` maps values of the old function to values of the new one (most map to themselves)."""

    def __init__(self, func: Func) -> None:
        self.ranges = Ranges(func)
        self.env: dict[Value, Value] = {}
        self.made: dict[Value, Op] = {}
        self.out: list[Op] = []

    # blocks

    def block(self, block: Block) -> Block:
        outer, self.out = self.out, []
        for op in block.ops:
            self.visit(op)
        ops, self.out = self.out, outer
        return with_ops(block, ops, self.map(block.yields))

    def inline(self, block: Block) -> tuple[Value, ...]:
        """Put the ops of a region here; the values it yields."""
        for op in block.ops:
            self.visit(op)
        return self.map(block.yields)

    def map(self, values: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(self.env.get(v, v) for v in values)

    def visit(self, op: Op) -> None:
        operands = self.map(op.operands)
        if op.regions:
            self.control(op, operands)
            return
        new = op if operands == op.operands else replace(op, operands=operands)
        value = self.known(op) or self.rewritten(new)
        if value is not None:
            self.env[op.result] = value
        elif not (op.name == "check" and constant(operands[0], self.made.get) is True):
            self.emit(self.proved(op, new))

    def emit(self, op: Op) -> None:
        self.out.append(op)
        for r in op.results:
            self.made[r] = op

    def proved(self, old: Op, new: Op) -> Op:
        """``new`` with attribute ``safe`` when it is proved not to raise."""
        if (
            not may_raise(old)
            or old.name in ("check", "call", "derive", "custom")
            or not is_safe(old, self.ranges)
        ):
            return new
        return replace(new, attrs=MappingProxyType({**new.attrs, "safe": True}))

    # values

    def known(self, op: Op) -> Value | None:
        """What ranges and sizes say about an integer or a comparison of integers; asks about the old op."""
        if len(op.results) != 1:
            return None
        if op.result.type == I64 and op.operands:
            return self.known_integer(op)
        if op.name in _COMPARISONS and all(v.type == I64 for v in op.operands):
            truth = self.decided(op)
            return None if truth is None else self.const(truth, BOOL, op)
        return None

    def known_integer(self, op: Op) -> Value | None:
        form = self.ranges.linear(op.result)
        if form.is_constant:
            return self.const(form.constant, I64, op)
        if len(form.terms) == 1 and form.constant == 0:
            ((s, c),) = form.terms.items()
            if c == 1 and isinstance(s, Value) and s is not op.result and s.type == I64:
                return self.env.get(s, s)
        if op.name == "dim":
            return self.known_size(op)
        a, b = (*op.operands, op.result)[:2]
        x, y = self.ranges.linear(a), self.ranges.linear(b)
        prove = self.ranges.prove
        if op.name in MINIMA or op.name in MAXIMA:
            return self.map((a,))[0] if form == x else self.map((b,))[0] if form == y else None
        if op.name == "wrap" and form == x + y:
            return self.add("add", self.map(op.operands), I64, op)
        if (op.name == "mod" and prove(op, x) and prove(op, y - x - 1)) or (
            op.name == "abs" and prove(op, x)
        ):
            return self.map((a,))[0]
        return None

    def known_size(self, op: Op) -> Value | None:
        """A size that is an operand of what made the array, or the size of another array."""
        array, axis = op.operands[0], op.attrs["axis"]
        form = self.ranges.size(array, axis)
        made = self.ranges.sites.definition(array)
        for v in made.operands if made is not None else ():
            if v.type == I64 and self.ranges.linear(v) == form:
                return self.env.get(v, v)
        ((s, count), *rest) = form.terms.items()
        if rest or count != 1 or form.constant or not isinstance(s, tuple) or s == (array, axis):
            return None
        source, of = s  # pyright: ignore[reportUnknownVariableType]
        assert isinstance(source, Value)
        assert isinstance(of, int)
        return self.add("dim", self.map((source,)), I64, op, axis=of)

    def decided(self, op: Op) -> bool | None:
        """A comparison of integers that always comes out the same."""
        less = self.ranges.linear(op.operands[1]) - self.ranges.linear(op.operands[0])
        more = -less
        prove = self.ranges.prove
        never = Linear.number(-1)
        yes, no = {
            "lt": (less - 1, more),
            "le": (less, more - 1),
            "gt": (more - 1, less),
            "ge": (more, less - 1),
            "eq": (never, less - 1),
            "ne": (less - 1, never),
        }[op.name]
        if prove(op, yes):
            return True
        if prove(op, no):
            return False
        apart = op.name in ("eq", "ne") and prove(op, more - 1)
        return op.name == "ne" if apart else None

    def rewritten(self, op: Op) -> Value | None:
        """Constant folding and the laws; asks about the new op."""
        if len(op.results) != 1 or not op.operands or not isinstance(op.result.type, Scalar):
            return None
        folded = self.folded(op, op.result.type)
        if folded is not None:
            return folded
        found = matching(op, self.made.get)
        if found is None:
            return None
        law, bound = found
        return self.build(law.right, bound, op)

    def folded(self, op: Op, to: Scalar) -> Value | None:
        if op.name == "cast" and op.operands[0].type == to:
            return op.operands[0]
        args = [constant(v, self.made.get) for v in op.operands]
        if op.name == "mulz" and args[0] is not None:  # the cotangent is known not to be zero, or to be
            return self.add("mul", op.operands, to, op) if args[0] != 0 else self.const(0.0, to, op)
        if op.name == "mulz" and op.attrs.get("adjoint") and is_finite(args[1]):
            return self.add("mul", op.operands, to, op)
        if any(a is None for a in args):
            return None
        types = [v.type for v in op.operands if isinstance(v.type, Scalar)]
        value = fold(op.name, args, types, to)
        return None if value is None else self.const(value, to, op)

    def build(self, p: Pattern, bound: dict[str, Value], like: Op) -> Value:
        """The right side of a law; its operations have the type of ``like``."""
        if isinstance(p, str):
            return bound[p]
        t = like.result.type
        assert isinstance(t, Scalar)
        if not isinstance(p, Call):
            return self.const(bool(p) if t.is_bool else int(p) if t.is_int else float(p), t, like)
        operands = tuple(self.build(a, bound, like) for a in p.args)
        return self.add(p.name, operands, t, like)

    def add(self, name: str, operands: tuple[Value, ...], t: Type, like: Op, **attrs: Any) -> Value:
        """An op in the place of ``like``, simplified in its turn."""
        kept = {k: like.attrs[k] for k in _KEPT_ATTRS if k in like.attrs}
        op = Op(
            name, operands, (Value(t, like.result.hint),), MappingProxyType({**attrs, **kept}), (), like.span
        )
        value = self.rewritten(op)
        if value is None:
            self.emit(op)
        return op.result if value is None else value

    def const(self, value: Any, t: Scalar, like: Op | Span | None = None) -> Value:
        span = like.span if isinstance(like, Op) else like
        hint = like.result.hint if isinstance(like, Op) and len(like.results) == 1 else ""
        op = Op("const", (), (Value(t, hint),), MappingProxyType({"value": value}), (), span)
        self.emit(op)
        return op.result

    # control

    def control(self, op: Op, operands: tuple[Value, ...]) -> None:
        if op.name == "if":
            self.visit_if(op, operands[0])
        elif op.name == "for" and zero_trips(op, self.ranges):
            self.finish(op, self.const(0, I64, op.span), operands[3:])
        elif op.name == "for" and one_trip(op, self.ranges):
            body = op.regions[0]
            self.env.update(zip(body.params, (operands[0], *operands[3:]), strict=True))
            yields = self.inline(body)
            self.finish(op, self.const(1, I64, op.span), yields[1:] if op.attrs.get("stop") else yields)
        else:
            self.visit_loop(op, operands)

    def finish(self, op: Op, trips: Value, carried: tuple[Value, ...]) -> None:
        self.env.update(zip(op.results, (trips, *carried), strict=True))

    def visit_if(self, op: Op, cond: Value) -> None:
        truth = constant(cond, self.made.get)
        if truth is not None:
            yields = self.inline(op.regions[0 if truth else 1])
            self.env.update(zip(op.results, yields, strict=True))
            return
        regions = tuple(self.block(r) for r in op.regions)
        self.emit(with_parts(op, regions, (cond,)))
        for r, a, b in zip(op.results, regions[0].yields, regions[1].yields, strict=True):
            value = a if a is b else self.joined(op, r, cond, a, b)
            if value is not None:
                self.env[r] = value

    def joined(self, op: Op, r: Value, cond: Value, a: Value, b: Value) -> Value | None:
        """What an ``if`` gives when both branches give constants that are equal, or True and False."""
        x, y = constant(a, self.made.get), constant(b, self.made.get)
        if x is None or y is None or not isinstance(r.type, Scalar):
            return None
        if is_number(x, y):
            return self.const(x, r.type, op.span)
        if r.type != BOOL:
            return None
        negated = Op("not", (cond,), (Value(BOOL, r.hint),), span=op.span)
        return cond if x else self.add("not", (cond,), BOOL, negated)

    def visit_loop(self, op: Op, operands: tuple[Value, ...]) -> None:
        count = len(op.results) - 1
        for k in unchanged(op, self.ranges.sites):
            init = operands[len(operands) - count + k]
            for v in (op.results[k + 1], *(r.params[len(r.params) - count + k] for r in op.regions)):
                self.env[v] = init
        if op.name == "while":
            cond = self.block(op.regions[0])
            if constant(cond.yields[0], self.made.get) is False and not any(may_raise(c) for c in cond.ops):
                self.finish(op, self.const(0, I64, op.span), operands)
                return
            regions = (cond, self.block(op.regions[1]))
        else:
            regions = (self.block(op.regions[0]),)
        self.emit(with_parts(op, regions, operands))
