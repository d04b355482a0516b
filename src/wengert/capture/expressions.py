"""Expressions: one function for each kind of node."""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from ..ir.types import BOOL
from ..prims import REGISTRY
from . import mappings
from .attributes import attribute
from .branches import arm, choose, join_arms, spread
from .calls import call, prepare_arguments
from .comparisons import compare
from .indexing import subscript
from .lower import Lowering, Refusal
from .operators import binary, unary
from .values import AV, Arr, Closure, Const, DictC, GenV, ListC, Num, Ref, SliceV, Text, Tup

NONE = Const(None)
_CHEAP = 12


def expression(lw: Lowering, node: ast.expr) -> AV:
    """The value of an expression."""
    handler = _EXPRESSIONS.get(type(node))
    if handler is None:
        lw.refuse("C0101", f"`{type(node).__name__}` is not supported", node)
    return handler(lw, node)


def _constant(lw: Lowering, node: ast.Constant) -> AV:
    return Const(node.value)


def _name(lw: Lowering, node: ast.Name) -> AV:
    return lw.read(node.id, node)


def _binop(lw: Lowering, node: ast.BinOp) -> AV:
    a, b = expression(lw, node.left), expression(lw, node.right)
    lw.at(node)
    return spread(lw, (a, b), lambda xs: binary(lw, type(node.op), *xs))


def _unary(lw: Lowering, node: ast.UnaryOp) -> AV:
    if isinstance(node.op, ast.Not):
        test = truth(lw, node.operand)
        if isinstance(test, Const):
            return Const(not test.value)
        lw.at(node)
        return Num(lw.emit("not", test.value))
    a = expression(lw, node.operand)
    lw.at(node)
    return spread(lw, (a,), lambda xs: unary(lw, node.op, *xs))


def truth(lw: Lowering, node: ast.expr) -> Const | Num:
    """The truth of an expression: ``and`` and ``or`` need no values then."""
    if isinstance(node, ast.BoolOp):
        return _connect(lw, [lambda n=n: truth(lw, n) for n in node.values], isinstance(node.op, ast.And))
    return lw.truth(expression(lw, node))


def _connect(lw: Lowering, parts: list[Callable[[], Const | Num]], conj: bool) -> Const | Num:
    """``a and b and ...`` of booleans, each part lowered only if it is reached."""
    first = parts[0]()
    if len(parts) == 1:
        return first
    rest = parts[1:]
    if isinstance(first, Const):
        return _connect(lw, rest, conj) if bool(first.value) is conj else Const(not conj)
    before = dict(lw.frame.vars)
    other = arm(lw, lambda: _connect(lw, rest, conj))
    cheap = (
        not other.dead
        and len(other.b.ops) <= _CHEAP
        and all(op.name == "const" or REGISTRY[op.name].pure for op in other.b.ops)
        and other.vars.keys() == before.keys()
        and all(other.vars[k] is before[k] for k in before)
    )
    if cheap:
        lw.b.ops.extend(other.b.ops)
        if isinstance(other.result, Const):
            if bool(other.result.value) is conj:
                return first
            return Const(not conj)
        assert isinstance(other.result, Num)
        return Num(lw.emit("and" if conj else "or", first.value, other.result.value))
    short = arm(lw, lambda: Const(not conj))
    arms = (other, short) if conj else (short, other)
    joined = join_arms(lw, first.value, *arms, None)
    assert joined is not None
    return lw.truth(joined)


def _boolop(lw: Lowering, node: ast.BoolOp) -> AV:
    conj = isinstance(node.op, ast.And)
    return _select(lw, node.values, conj)


def _select(lw: Lowering, nodes: list[ast.expr], conj: bool) -> AV:
    """``a and b``: one of the two values."""
    first = expression(lw, nodes[0])
    if len(nodes) == 1:
        return first
    if isinstance(first, Num) and first.dtype == BOOL:
        parts: list[Callable[[], Const | Num]] = [lambda: first]
        if all(_is_test(n) for n in nodes[1:]):
            return _connect(lw, parts + [lambda n=n: truth(lw, n) for n in nodes[1:]], conj)
    test = lw.truth(first)
    if isinstance(test, Const):
        return _select(lw, nodes[1:], conj) if bool(test.value) is conj else first
    more = lambda: _select(lw, nodes[1:], conj)  # noqa: E731
    return choose(lw, test, more, lambda: first) if conj else choose(lw, test, lambda: first, more)


def _is_test(node: ast.expr) -> bool:
    """Whether an expression gives a bool for certain."""
    if isinstance(node, ast.BoolOp):
        return all(map(_is_test, node.values))
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    return isinstance(node, ast.Compare)


def _compare(lw: Lowering, node: ast.Compare) -> AV:
    if len(node.ops) == 1:
        a, b = expression(lw, node.left), expression(lw, node.comparators[0])
        lw.at(node)
        return spread(lw, (a, b), lambda xs: compare(lw, node.ops[0], *xs))
    found: dict[int, AV] = {0: expression(lw, node.left)}

    def part(k: int) -> Const | Num:
        found[k + 1] = expression(lw, node.comparators[k])
        lw.at(node)
        return lw.truth(spread(lw, (found[k], found[k + 1]), lambda xs: compare(lw, node.ops[k], *xs)))

    assert list(pairwise(found)) == []
    return _connect(lw, [lambda k=k: part(k) for k in range(len(node.ops))], True)


def _ifexp(lw: Lowering, node: ast.IfExp) -> AV:
    test = truth(lw, node.test)
    lw.at(node)
    return choose(lw, test, lambda: expression(lw, node.body), lambda: expression(lw, node.orelse))


def _call(lw: Lowering, node: ast.Call) -> AV:
    from .iterators_api import transposed

    f = expression(lw, node.func)
    if isinstance(f, Const) and f.value is zip and (rows := transposed(lw, node)) is not None:
        return rows
    args, kwargs = prepare_arguments(lw, node, f)
    lw.at(node)
    return spread(lw, (f,), lambda fs: call(lw, fs[0], args, kwargs, node))


def _attribute(lw: Lowering, node: ast.Attribute) -> AV:
    base = expression(lw, node.value)
    lw.at(node)
    name = lw.frame.source.mangled(node.attr)
    return spread(lw, (base,), lambda xs: attribute(lw, xs[0], name, node))


def _subscript(lw: Lowering, node: ast.Subscript) -> AV:
    base = expression(lw, node.value)
    index = expression(lw, node.slice)
    lw.at(node)
    return spread(lw, (base, index), lambda xs: subscript(lw, *xs))


def _slice(lw: Lowering, node: ast.Slice) -> AV:
    lo, hi, step = (NONE if n is None else expression(lw, n) for n in (node.lower, node.upper, node.step))
    return SliceV(lo, hi, step)


def elements(lw: Lowering, nodes: list[ast.expr], room: int | None = None) -> tuple[AV, ...]:
    """The items of a display or the positional arguments of a call, stars unpacked.

    ``room`` is how many there must be, where that is known: what one star is of any length gives the rest.
    """
    out: list[AV] = []
    rest = (
        None if room is None or sum(isinstance(n, ast.Starred) for n in nodes) > 1 else room - len(nodes) + 1
    )
    for n in nodes:
        if isinstance(n, ast.Starred):
            av = expression(lw, n.value)
            if isinstance(av, GenV):
                from .comprehensions import collected

                av = collected(lw, av)
            items = lw.items(av)
            if items is None:
                from .iteration import as_sequence

                items = as_sequence(lw, av, rest)
            if items is None:
                lw.refuse("C0101", "only a sequence of known length can be unpacked", n)
            out.extend(items)
        else:
            out.append(expression(lw, n))
    return tuple(out)


def _stored(lw: Lowering, items: tuple[AV, ...]) -> tuple[AV, ...]:
    """The items of a display."""
    from .generators import settled

    return tuple(settled(lw, x) for x in items)


def _tuple(lw: Lowering, node: ast.Tuple) -> AV:
    items = _stored(lw, elements(lw, node.elts))
    if items and all(isinstance(i, Const) for i in items):
        return Const(tuple(i.value for i in items if isinstance(i, Const)))
    return Tup(items)


def _set(lw: Lowering, node: ast.Set) -> AV:
    items = elements(lw, node.elts)
    if not all(isinstance(i, Const) and isinstance(i.value, (int, float, str)) for i in items):
        lw.refuse("C0101", "a set of what is not constant is not supported", node, "use a list or a tuple")
    return mappings.of(lw, ((i.value, NONE) for i in items if isinstance(i, Const)), "set")


def _list(lw: Lowering, node: ast.List) -> AV:
    if any(isinstance(n, ast.Starred) for n in node.elts):
        return _starred_list(lw, node)
    items = _stored(lw, elements(lw, node.elts))
    lw.at(node)
    return lw.shaped(lw.new_object(ListC(items)))


def _starred_list(lw: Lowering, node: ast.List) -> AV:
    """A list that is put together, of parts whose lengths may vary."""
    from .methods import append_to, call_method

    out = lw.new_object(ListC(()))
    for n in node.elts:
        if isinstance(n, ast.Starred):
            part = expression(lw, n.value)
            lw.at(n)
            call_method(lw, out, "extend", [part], {})
        else:
            append_to(lw, out, expression(lw, n))
    lw.at(node)
    return lw.shaped(out)


def _dict(lw: Lowering, node: ast.Dict) -> AV:
    items: dict[Any, AV] = {}
    for k, v in zip(node.keys, node.values, strict=True):
        if k is None:
            inner = expression(lw, v)
            content = lw.content(inner) if isinstance(inner, Ref) else None
            if not isinstance(content, DictC):
                lw.refuse("C0101", "`**` takes a dict", v)
            items.update(zip(content.keys, content.items, strict=True))
        else:
            items[lw.static(expression(lw, k), "a key of a dict")] = expression(lw, v)
    return lw.new_object(DictC(tuple(items), tuple(items.values())))


def _lambda(lw: Lowering, node: ast.Lambda) -> AV:
    return closure(lw, node)


def closure(lw: Lowering, node: ast.Lambda | ast.FunctionDef, owner: str = "") -> Closure:
    """A function defined here: its defaults are evaluated now, its free names when they are read."""
    from .source import Source

    outer = lw.frame.source
    lw.frame.gone |= set(lw.frame.temps)
    name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
    defaults = tuple(expression(lw, d) for d in node.args.defaults)
    kwdefaults = tuple(
        (a.arg, expression(lw, d))
        for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if d is not None
    )
    source = lw.session.nested.get(id(node))
    if source is None:
        source = Source(node, outer.file, name, owner=owner or outer.owner)
        lw.session.nested[id(node)] = source
    return Closure(source, lw.frame, defaults, kwdefaults)


def _walrus(lw: Lowering, node: ast.NamedExpr) -> AV:
    av = expression(lw, node.value)
    lw.bind(node.target.id, av)
    return av


def _joined(lw: Lowering, node: ast.JoinedStr) -> AV:
    text, varies = "", False
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            av = expression(lw, part.value)
            spec = _joined(lw, part.format_spec) if isinstance(part.format_spec, ast.JoinedStr) else Const("")
            if not isinstance(av, Const) or not isinstance(spec, Const):
                text, varies = f"{text}<{lw.describe(av)}>", True
                continue
            text += format(_converted(av.value, part.conversion), spec.value)
    return Text(text) if varies else Const(text)


def _converted(x: Any, conversion: int) -> Any:
    return {115: str, 114: repr, 97: ascii}[conversion](x) if conversion != -1 else x


def _comprehension(lw: Lowering, node: ast.ListComp | ast.DictComp) -> AV:
    from .comprehensions import comprehend

    return comprehend(lw, node)


def _generator(lw: Lowering, node: ast.GeneratorExp) -> AV:
    from .comprehensions import generator_of

    return generator_of(lw, node)


def _yield(lw: Lowering, node: ast.Yield) -> AV:
    from .generators import take

    return take(lw, node)


def _yield_from(lw: Lowering, node: ast.YieldFrom) -> AV:
    from .generators import take_from

    return take_from(lw, node)


def _starred(lw: Lowering, node: ast.Starred) -> AV:
    lw.refuse("C0101", "`*` is not supported here", node)


_EXPRESSIONS: dict[type[ast.expr], Callable[[Lowering, Any], AV]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BinOp: _binop,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolop,
    ast.Compare: _compare,
    ast.IfExp: _ifexp,
    ast.Call: _call,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Tuple: _tuple,
    ast.Set: _set,
    ast.List: _list,
    ast.Dict: _dict,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.JoinedStr: _joined,
    ast.ListComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _generator,
    ast.Starred: _starred,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
}

__all__ = ["Arr", "Refusal", "closure", "elements", "expression", "truth"]
