"""Operations that may raise what a handler catches, rewritten so that nothing is raised.

Behind each one, the rest moves under ``if it did not``, and a number tells which handler is asked for::

    check(ok, ...) ; rest      =>      code = if ok { rest; 0 } else { 1 }

A loop whose trip raises stops.  What is called is put in place of the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from ..ir.build import Builder
from ..ir.core import Block, Func, Op, Value
from ..ir.types import BOOL, I64
from ..ir.walk import clone_into
from .hazards import TOLD, holds, integer, raised
from .lower import Lowering

if TYPE_CHECKING:
    from .trying import Attempt
_CALLS = ("call", "custom")

_DEEPEST = 40
"""How deep blocks may nest: a function that calls itself has no end."""


class Catcher:
    """Rewrites operations so that nothing raises what the handlers catch."""

    def __init__(self, lw: Lowering, attempt: Attempt) -> None:
        self.lw, self.attempt, self.depth = lw, attempt, 0

    def block(self, ops: Sequence[Op], outs: Sequence[Value]) -> tuple[list[Op], Value, list[Value]]:
        """The operations, which handler is asked for (0: none), and ``outs`` (undefined if one is)."""
        b = Builder()
        for k, op in enumerate(ops):
            rest = ops[k + 1 :]
            if not self.may_raise(op):
                b.add(op)
                continue
            b.span = op.span
            done: list[Op] = []
            if op.name == "custom":  # its rules are kept, and what it does tells whether it may be done
                done = [op]
                op = Op(
                    "custom", op.operands, tuple(Value(r.type) for r in op.results), op.attrs, (), op.span
                )
            if op.name in _CALLS:
                op = self.opened(b, op)
            if op.regions:
                code = self.control(b, op)
                fine = b.emit("eq", (code, integer(b, 0)), types=(BOOL,))[0]
            else:
                fine, number = self.condition(b, op)
                code = integer(b, number)
                done = [] if op.name == "check" else [_told(op)]
            inner, after, values = self.block(rest, outs)
            inner[:0] = done
            types = (I64, *(v.type for v in outs))
            good = Block((), tuple(inner), (after, *values))
            other = Builder(op.span)
            zeros = [other.emit("undef", types=(v.type,))[0] for v in outs]
            bad = Block((), tuple(other.ops), (code, *zeros))
            hints = ("", *(v.hint for v in outs))
            found = b.emit("if", (fine,), regions=(good, bad), types=types, hints=hints)
            return b.ops, found[0], list(found[1:])
        return b.ops, integer(b, 0), list(outs)

    def may_raise(self, op: Op, around: frozenset[str] = frozenset()) -> bool:
        """Whether a handler catches what this may raise."""
        if op.regions:
            return any(self.may_raise(inner, around) for region in op.regions for inner in region.ops)
        callee = self.callee(op)
        if callee is not None:
            below = around | {callee.name}
            return callee.name not in around and any(self.may_raise(o, below) for o in callee.body.ops)
        exc = raised(op)
        return exc is not None and self.attempt.handler(exc) is not None

    def callee(self, op: Op) -> Func | None:
        """What a call calls, if that is known by now."""
        return self.lw.session.funcs.get(str(op.attrs["func"])) if op.name in _CALLS else None

    def condition(self, b: Builder, op: Op) -> tuple[Value, int]:
        """What holds when the operation does not raise, and the number of the handler for when it does."""
        number = self.attempt.handler(raised(op) or "")
        assert number is not None
        self.attempt.raised[number - 1].append(op)
        fine = holds(b, op)
        if fine is None:
            self.refuse(op)
        return fine, number

    def opened(self, b: Builder, op: Op) -> Op:
        """A call as a block with what the function does."""
        callee = self.callee(op)
        if callee is None or self.depth > _DEEPEST:
            self.refuse(op)
        body = clone_into(callee.body, dict(zip(callee.body.params, op.operands, strict=True)))
        never = Builder(op.span)
        zeros = tuple(never.emit("undef", types=(r.type,))[0] for r in op.results)
        arms = (Block((), body.ops, body.yields), never.block((), zeros))
        always = b.emit("const", (), {"value": True}, types=(BOOL,))[0]
        return Op("if", (always,), op.results, {}, arms, op.span)

    def refuse(self, op: Op) -> NoReturn:
        self.lw.b.span = op.span
        text = "what this raises cannot be caught in compiled code"
        self.lw.refuse("C0101", text, hint="test the condition before the operation")

    def control(self, b: Builder, op: Op) -> Value:
        """A branch or a loop that gives the code as one more result."""
        self.depth += 1
        try:
            return self._control(b, op)
        finally:
            self.depth -= 1

    def _control(self, b: Builder, op: Op) -> Value:
        if op.name == "if":
            regions: list[Block] = []
            for region in op.regions:
                ops, code, outs = self.block(region.ops, region.yields)
                regions.append(Block((), tuple(ops), (*outs, code)))
            return self.put(b, op, op.operands, regions, op.attrs)
        if op.name == "for":
            return self.counted(b, op)
        condition, body = op.regions
        if any(self.may_raise(o) for o in condition.ops):
            return self.rotated(b, op)
        ops, code, outs = self.block(body.ops, body.yields)
        param = Value(I64)
        inner = Block((*body.params, param), tuple(ops), (*outs, code))
        asked = Value(I64)
        test = Builder(op.span)
        fine = test.emit("eq", (asked, integer(test, 0)), types=(BOOL,))[0]
        never = Builder(op.span)
        no = never.emit("const", (), {"value": False}, types=(BOOL,))[0]
        arms = (Block((), condition.ops, condition.yields), never.block((), (no,)))
        again = test.emit("if", (fine,), regions=arms, types=(BOOL,))
        head = Block((*condition.params, asked), tuple(test.ops), again)
        return self.put(b, op, (*op.operands, integer(b, 0)), [head, inner], op.attrs)

    def counted(self, b: Builder, op: Op) -> Value:
        (body,) = op.regions
        ops, code, outs = self.block(body.ops, body.yields)
        tail = Builder(op.span)
        tail.ops = ops
        stop = tail.emit("ne", (code, integer(tail, 0)), types=(BOOL,))[0]
        if op.attrs.get("stop"):
            stop = tail.emit("or", (stop, outs[0]), types=(BOOL,))[0]
            outs = outs[1:]
        inner = Block((*body.params, Value(I64)), tuple(tail.ops), (stop, *outs, code))
        return self.put(b, op, (*op.operands, integer(b, 0)), [inner], {**op.attrs, "stop": True})

    def rotated(self, b: Builder, op: Op) -> Value:
        """A ``while`` whose condition may raise: it is evaluated before the loop and at the end of a trip."""
        condition, body = op.regions

        def test(into: Builder, values: Sequence[Value]) -> tuple[Value, Value]:
            copy = clone_into(condition, dict(zip(condition.params, values, strict=True)))
            ops, code, (again,) = self.block(copy.ops, copy.yields)
            into.ops.extend(ops)
            fine = into.emit("eq", (code, integer(into, 0)), types=(BOOL,))[0]
            return into.emit("and", (fine, again), types=(BOOL,))[0], code

        first, start = test(b, op.operands)
        ops, code, outs = self.block(body.ops, body.yields)
        inner = Builder(op.span)
        inner.ops = ops
        more = Builder(op.span)
        again, then = test(more, outs)
        never = Builder(op.span)
        no = never.emit("const", (), {"value": False}, types=(BOOL,))[0]
        fine = inner.emit("eq", (code, integer(inner, 0)), types=(BOOL,))[0]
        found = inner.emit(
            "if",
            (fine,),
            regions=(more.block((), (again, then)), never.block((), (no, code))),
            types=(BOOL, I64),
        )
        params = tuple(Value(p.type, p.hint) for p in body.params)
        test_in = Value(BOOL)
        head = Block((*params, test_in, Value(I64)), (), (test_in,))
        done = Block((*body.params, Value(BOOL), Value(I64)), tuple(inner.ops), (*outs, *found))
        types = (*(r.type for r in op.results), BOOL, I64)
        made = Op(
            op.name,
            (*op.operands, first, start),
            (*op.results, Value(BOOL), Value(I64)),
            op.attrs,
            (head, done),
            op.span,
        )
        assert len(types) == len(made.results)
        b.add(made)
        return made.results[-1]

    def put(
        self, b: Builder, op: Op, operands: Sequence[Value], regions: Sequence[Block], attrs: Any
    ) -> Value:
        """The operation again, with the code as its last result."""
        code = Value(I64)
        b.add(Op(op.name, tuple(operands), (*op.results, code), attrs, tuple(regions), op.span))
        return code


def _told(op: Op) -> Op:
    """The operation where it does not raise."""
    attrs = {**op.attrs, "safe": True} if op.name in TOLD else op.attrs
    return Op(op.name, op.operands, op.results, attrs, op.regions, op.span)
