"""Blocks as Python statements."""

from __future__ import annotations

import ast
import string
import sys

from ...ir.core import Block, Func, Op, Value
from ...ir.types import F32, Array, Rec, Scalar
from ...prims.memory import exception_class
from . import syntax
from .expressions import Expressions
from .facts import Facts
from .helpers import WARN
from .inline import Inline
from .jumps import jumps
from .linear import Sum
from .names import RESERVED, Names, renumber
from .prepare import prepare
from .shapes import Shapes
from .tree import EFFECTS, Tree, is_assertion, slot
from .unused import drop_unused
from .variables import Variables

Move = tuple[str, ast.expr, bool]


class Statements:
    """Prints one function."""

    def __init__(self, func: Func, functions: dict[str, str], used: set[str]) -> None:
        func = prepare(func)
        self.func, self.functions, self.used = func, functions, used
        self.tree = Tree(func)
        self.inline = Inline(self.tree)
        taken = RESERVED | frozenset(functions.values()) | {"mulz", "sum_to"}
        self.taken = taken
        self.variables = Variables(self.tree, self.inline, taken)
        facts = Facts(self.tree)
        self.show = Expressions(self.tree, self.inline, self.variables, facts, used, functions)
        self.shapes = Shapes(self.tree)
        self.names = Names(taken | self.variables.texts)
        self.warns = any(op.name in WARN and _is_float(op) for op in self.tree.ops)

    def function(self, doc: str = "") -> ast.FunctionDef:
        """The definition."""
        params = [ast.arg(self.variables[p]) for p in self.func.params]
        body: list[ast.stmt] = [ast.Expr(ast.Constant(doc))] if doc else []
        for p in self.func.params:
            if p.type == F32 and p in self.tree.values:
                name = self.variables[p]
                body.append(
                    ast.Assign([syntax.target(name)], syntax.call("np.float32", syntax.name(name)), lineno=0)
                )
        body += self._block(self.func.body)
        if self.func.results:
            results = [self.show.stored(v) for v in self.func.results]
            body.append(ast.Return(syntax.collection(results)))
        arguments = ast.arguments(posonlyargs=[], args=params, kwonlyargs=[], kw_defaults=[], defaults=[])
        decorators = [syntax.call("np.errstate", all=ast.Constant("ignore"))] if self.warns else []
        out = ast.FunctionDef(
            self.functions[self.func.name], arguments, body or [ast.Pass()], decorators, lineno=0
        )
        if sys.version_info >= (3, 12):
            out.type_params = []
        drop_unused(out)
        jumps(out, self.variables.numbers)
        renumber(out, self.variables.numbered, self.taken)
        return out

    def _block(self, block: Block) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for op in block.ops:
            comment = op.attrs.get("comment")
            if comment:
                out.append(ast.Expr(ast.Constant(f"# {comment}")))
            if op not in self.tree.ops or any(r in self.inline for r in op.results):
                continue
            if op.name == "for":
                out += self._for(op)
            elif op.name == "while":
                out += self._while(op)
            elif op.name == "if":
                out += self._if(op)
            elif op.name == "rec_grow":
                out += self._grow(op)
            elif op.name == "rec_set" and op in self.tree.appends:
                out.append(
                    ast.Expr(
                        syntax.method(self.show.of(op.operands[0]), "append", self._kept(op.operands[2]))
                    )
                )
            elif op.name in EFFECTS:
                out.append(self._effect(op))
            else:
                value = self.show.define(op.results[0])
                in_place = isinstance(op.results[0].type, Scalar)
                out.append(syntax.bind(syntax.target(self.variables[op.results[0]]), value, in_place))
        return out

    # effects

    def _effect(self, op: Op) -> ast.stmt:
        of, parts = self.show.of, self.show.subscripts
        match op.name:
            case "store":
                where = parts.element(op.operands[0], op.operands[1:-1])
                return syntax.bind(where, of(op.operands[-1]), True)
            case "accum":
                where = parts.element(op.operands[0], op.operands[1:-1])
                return syntax.augment(where, ast.Add(), of(op.operands[-1]))
            case "assign":
                a, b = op.operands
                value = of(b)
                if (
                    isinstance(b.type, Array)
                    and self.tree.maker(b, "add", "sub", "mul", "div")
                    and b in self.inline
                ):
                    if a not in self.inline and isinstance(value, ast.BinOp):
                        for own, other in ((value.left, value.right), (value.right, value.left)):
                            ordered = own is value.right and not isinstance(value.op, (ast.Add, ast.Mult))
                            if syntax.same(of(a), own) and not ordered:
                                return syntax.augment(of(a), value.op, other)
                    return syntax.bind(parts.whole(a), value, True)
                return syntax.bind(parts.whole(a), value, False)
            case "vacc":
                return self._vacc(op)
            case "check":
                return self._check(op)
            case "rec_set":
                where = syntax.subscript(of(op.operands[0]), [of(op.operands[1])])
                return syntax.bind(where, self._kept(op.operands[2]), False)
            case "call":
                return self._call(op)
            case _:
                raise NotImplementedError(f"{op.name} in emitted Python")

    def _kept(self, v: Value) -> ast.expr:
        return self.show.stored(v)

    def _vacc(self, op: Op) -> ast.stmt:
        a, b = op.operands
        where = self.show.subscripts.whole(a) if a in self.inline else self.show.of(a)
        value = self.show.subscripts.beside(b, a)
        alike = op.attrs.get("same") and isinstance(b.type, Array) and _axes(a) == _axes(b)
        if not alike and not self.shapes.fits(a, b):
            value = self.show.helper("sum_to", value, ast.Attribute(self.show.of(a), "shape", ast.Load()))
        return syntax.augment(where, ast.Add(), value)

    def _check(self, op: Op) -> ast.stmt:
        if is_assertion(op):  # which says nothing, and names nothing that is only in its message
            return ast.Assert(self._meeting(op) or self.show.of(op.operands[0]))
        values: list[ast.expr] = []
        automatic = iter(range(len(op.operands)))
        for text, field, spec, conversion in string.Formatter().parse(op.attrs["message"]):
            if text:
                values.append(ast.Constant(text))
            if field is not None:
                k = next(automatic) if field == "" else int(field)
                inside = ast.JoinedStr([ast.Constant(spec)]) if spec else None
                values.append(
                    ast.FormattedValue(
                        self.show.of(op.operands[1 + k]), ord(conversion) if conversion else -1, inside
                    )
                )
        plain = len(values) == 1 and isinstance(values[0], ast.Constant)
        message = [values[0] if plain else ast.JoinedStr(values)] if values else []
        cls = exception_class(op.attrs["exc"])
        assert cls is not None
        shown = next(c.__name__ for c in cls.__mro__ if c.__module__ == "builtins")
        error = ast.Call(syntax.name(shown), message, [])
        return ast.If(self.show.inverse(op.operands[0]), [ast.Raise(error)], [])

    def _meeting(self, check: Op) -> ast.expr | None:
        """The sizes that an ``assert`` is about, as those of the variables that meet next."""
        test = self.tree.maker(check.operands[0], "eq")
        block, at = self.tree.place[check]
        if test is None:
            return None
        forms = [self.shapes.form(v) for v in test.operands]
        if all(self.tree.maker(v, "dim") for v in test.operands):
            return None
        for op in block.ops[at + 1 : at + 8]:
            arrays = [v for v in op.operands if isinstance(v.type, Array)]
            if op in self.tree.ops and len(arrays) == 2:
                for pair in (arrays, arrays[::-1]):
                    sizes = [self._size_in(a, f, block, at) for a, f in zip(pair, forms, strict=True)]
                    if sizes[0] and sizes[1]:
                        return syntax.compare("eq", sizes[0], sizes[1])
        return None

    def _size_in(self, a: Value, form: Sum, block: Block, at: int) -> ast.expr | None:
        """The size of an array that is ``form``, when the array is in a variable at that place."""
        made = self.tree.makers.get(a)
        if made is not None and a in self.inline and _is_float(made):
            arrays = [v for v in made.operands if isinstance(v.type, Array)]
            return next((s for v in arrays if (s := self._size_in(v, form, block, at))), None)
        ready = made is None or self.tree.place[made][0] is not block or self.tree.place[made][1] < at
        if ready and a not in self.inline and a in self.tree.values:
            for axis, size in enumerate(self.shapes.of(a)):
                if size == form:
                    return self.show.size(a, axis)
        return None

    def _call(self, op: Op) -> ast.stmt:
        value = self.show.call(op)
        wanted = [r in self.tree.values for r in op.results]
        if not any(wanted):
            return ast.Expr(value)
        names = [self.variables[r] if ok else "_" for r, ok in zip(op.results, wanted, strict=True)]
        return ast.Assign([syntax.collection([syntax.target(n) for n in names])], value, lineno=0)

    # records

    def _grow(self, op: Op) -> list[ast.stmt]:
        rec, count = op.operands
        assert isinstance(rec.type, Rec)
        text, out = self.show.of(rec), list[ast.stmt]()
        if op.results[0] in self.tree.values and op.results[0] not in self.inline:
            out.append(
                syntax.bind(syntax.target(self.variables[op.results[0]]), syntax.call("len", text), False)
            )
        if op in self.tree.appends:
            return out
        item = rec.type.item
        blank = self.show.constant(0, item) if isinstance(item, Scalar) else ast.Constant(None)
        more = syntax.binary("mul", ast.List([blank], ast.Load()), self.show.of(count))
        return [*out, ast.Expr(syntax.method(text, "extend", more))]

    # control

    def _moves(self, pairs: list[tuple[Value, Value]]) -> list[Move]:
        return [(self.variables[to], self.show.stored(v), isinstance(to.type, Scalar)) for to, v in pairs]

    def _real(self, moves: list[Move]) -> list[Move]:
        return [m for m in moves if not (isinstance(m[1], ast.Name) and m[1].id == m[0])]

    def _entry(self, op: Op) -> list[ast.stmt]:
        kept = [slot(op, k) for k in self.tree.slots(op)]
        return syntax.together(self._moves([(p[-1], init) for init, _, p, _ in kept]))

    def _counter(self, op: Op) -> str | None:
        n = op.results[0]
        return self.variables[n] if n in self.tree.values else None

    def _for(self, op: Op) -> list[ast.stmt]:
        body = op.regions[0]
        before, count = self._entry(op), self._counter(op)
        values: ast.expr = self._range(op)
        if count is not None:
            start = syntax.number(0) if op.attrs.get("stop") else self._trips(op)
            before.append(syntax.bind(syntax.target(count), start, False))
        inside = self._block(body)
        inside += self._trip_end(op, count if op.attrs.get("stop") else None)
        i = body.params[0]
        index = self.variables[i] if i in self.tree.values else "_"
        return [*before, ast.For(syntax.target(index), values, inside or [ast.Pass()], [], lineno=0)]

    def _trips(self, op: Op) -> ast.expr:
        """The number of trips of a loop without an early exit."""
        lo, hi, step = op.operands[:3]
        if self.tree.constant(step) != 1:
            return syntax.call("len", self._range(op, plain=True))
        form = self.show.linear.of(hi).plus(self.show.linear.of(lo), -1)
        if form.number is not None:
            return syntax.number(max(form.number, 0))
        text = self.show.linear.print(form, self.show.of)
        return text if _is_size(form) else syntax.call("max", text, syntax.number(0))

    def _trip_end(self, op: Op, count: str | None) -> list[ast.stmt]:
        """The carried values of the next trip, the count of trips, and the way out."""
        kept = [slot(op, k) for k in self.tree.slots(op)]
        moves = self._moves([(p[-1], new) for _, new, p, _ in kept])
        out: list[ast.stmt] = []
        stop = self.show.of(op.regions[0].yields[0]) if op.attrs.get("stop") else ast.Constant(False)
        if not op.attrs.get("stop"):
            out = syntax.together(moves)
        else:
            if syntax.reads(stop) & {m[0] for m in self._real(moves)}:
                done = self.names.fresh("done")
                out.append(syntax.bind(syntax.target(done), stop, False))
                stop = syntax.name(done)
            out += syntax.together(moves)
        if count is not None:
            out.append(syntax.augment(syntax.target(count), ast.Add(), syntax.number(1)))
        if not (isinstance(stop, ast.Constant) and stop.value is False):
            out.append(ast.If(stop, [ast.Break()], []))
        return out

    def _range(self, op: Op, plain: bool = False) -> ast.expr:
        lo, hi, step = op.operands[:3]
        linear, of = self.show.linear, self.show.of
        first, last, by = linear.of(lo), linear.of(hi), linear.of(step).number
        backwards = by is not None and (by == -1 or (by < 0 and op.attrs.get("aligned"))) and not plain
        if by is not None and backwards:
            first, last = last.plus(Sum(by), -1), first.plus(Sum(by), -1)
            by = -by
            backwards = op.regions[0].params[0] in self.tree.values
        parts = [linear.print(last, of)]
        if first.number != 0 or by != 1:
            parts.insert(0, linear.print(first, of))
        if by != 1:
            parts.append(of(step) if by is None else syntax.number(by))
        out = syntax.call("range", *parts)
        return syntax.call("reversed", out) if backwards else out

    def _while(self, op: Op) -> list[ast.stmt]:
        test, body = op.regions
        before, count = self._entry(op), self._counter(op)
        if count is not None:
            before.append(syntax.bind(syntax.target(count), syntax.number(0), False))
        first = self._block(test)
        inside = self._block(body) + self._trip_end(op, count)
        condition = self.show.of(test.yields[0])
        if first:
            leave = ast.If(self.show.inverse(test.yields[0]), [ast.Break()], [])
            inside = [*first, leave, *inside]
            condition = ast.Constant(True)
        return [*before, ast.While(condition, inside or [ast.Pass()], [])]

    def _if(self, op: Op) -> list[ast.stmt]:
        branches: list[list[ast.stmt]] = []
        for region in op.regions:
            moves = [(op.results[k], region.yields[k]) for k in self.tree.slots(op)]
            moves = [m for m in moves if not self._unread(op, region, *m)]
            branches.append(self._block(region) + syntax.together(self._moves(moves)))
        then, other = branches
        if then:
            return [ast.If(self.show.of(op.operands[0]), then, other)]
        return [ast.If(self.show.inverse(op.operands[0]), other, [])] if other else []

    def _unread(self, op: Op, region: Block, result: Value, value: Value) -> bool:
        """Whether an undefined value of one branch is only read where the other branch was taken."""
        if self.tree.maker(value, "undef") is None:
            return False
        other = 1 if region is op.regions[0] else 0
        for use in self.tree.uses.get(result, []):
            block = use.block
            while block in self.tree.owner:
                owner = self.tree.owner[block]
                if (
                    owner.name == "if"
                    and owner.operands[0] is op.operands[0]
                    and owner.regions[other] is block
                ):
                    break
                block = self.tree.place[owner][0]
            else:
                return False
        return True


def _axes(v: Value) -> str:
    return v.type.axes if isinstance(v.type, Array) else ""


def _is_size(form: Sum) -> bool:
    """Whether the form is just the size of an axis, which is not negative."""
    return not form.constant and [*form.terms.values()] == [1] and isinstance(next(iter(form.terms)), tuple)


def _is_float(op: Op) -> bool:
    return bool(op.results) and not isinstance(op.results[0].type, Rec) and _inexact(op.results[0])


def _inexact(v: Value) -> bool:
    t = v.type
    return t.is_inexact if isinstance(t, Scalar) else isinstance(t, Array) and t.dtype.is_inexact
