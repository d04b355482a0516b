"""Comparisons, membership and identity."""

from __future__ import annotations

import ast
import dataclasses
import operator
from typing import TYPE_CHECKING, Any

from ..ir.types import BOOL
from .operands import common, is_number, numeric, operand, result
from .operators import nothing
from .values import AV, Arr, Const, DictC, Held, ListC, Num, ObjC, Ref, Row, Struct, Tup

if TYPE_CHECKING:
    from .lower import Lowering

COMPARE: dict[type[ast.cmpop], tuple[str, Any]] = {
    ast.Lt: ("lt", operator.lt),
    ast.LtE: ("le", operator.le),
    ast.Gt: ("gt", operator.gt),
    ast.GtE: ("ge", operator.ge),
    ast.Eq: ("eq", operator.eq),
    ast.NotEq: ("ne", operator.ne),
}


def compare(lw: Lowering, op: ast.cmpop, a: AV, b: AV) -> AV:
    """One comparison."""
    lw.poison(a, b)
    if isinstance(op, (ast.Is, ast.IsNot)):
        return _is(lw, a, b, isinstance(op, ast.Is))
    if isinstance(op, (ast.In, ast.NotIn)):
        return _contains(lw, a, b, isinstance(op, ast.In))
    name, fold = COMPARE[type(op)]
    if isinstance(a, Const) and isinstance(b, Const):
        try:
            return Const(fold(a.value, b.value))
        except TypeError:
            lw.fail("C0101", "TypeError", f"{lw.describe(a)} and {lw.describe(b)} do not compare")
    own = _overloaded(lw, name, a, b)
    if own is not None:
        return own
    x, y = lw.items(a), lw.items(b)
    if x is not None and y is not None and name in ("eq", "ne"):
        return _equal_sequences(lw, x, y, name)
    if x is not None and y is not None and _are_sequences(lw, a, b):
        return _ordered_sequences(lw, op, x, y)
    if not all(isinstance(v, Arr) or is_number(v) for v in (a, b)):
        if name in ("eq", "ne") and (isinstance(a, Const) or isinstance(b, Const)):
            return Const(name == "ne")
        text = f"{lw.describe(a)} and {lw.describe(b)} do not compare"
        if nothing(a, b):
            lw.fail("C0101", "TypeError", text)
        lw.refuse("C0101", text)
    p, q = numeric(lw, a), numeric(lw, b)
    t = common(lw, p, q)
    if t.is_complex and name not in ("eq", "ne"):
        lw.refuse("T0201", "complex numbers have no order")
    return result(lw, lw.emit(name, operand(lw, p, t), operand(lw, q, t)), p, q)


_MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}


def _overloaded(lw: Lowering, name: str, a: AV, b: AV) -> AV | None:
    """A comparison that a class defines, or that `dataclasses` made."""
    from .attributes import special

    one, other = (lw.content(x) if isinstance(x, Ref) else x for x in (a, b))
    if not isinstance(one, (ObjC, Struct)) and not isinstance(other, (ObjC, Struct)):
        return None
    if name in ("eq", "ne") and isinstance(one, (ObjC, Struct)) and isinstance(other, (ObjC, Struct)):
        generated = one.cls is other.cls and _is_generated(one.cls)
        if generated:
            return _equal_sequences(lw, one.items, other.items, name)
    for x, y, word in ((a, b, name), (b, a, _MIRRORED[name])):
        found = special(lw, x, f"__{word}__", y)
        if found is not None:
            return found
        if name == "ne" and (equal := special(lw, x, "__eq__", y)) is not None:
            test = lw.truth(equal)
            return Const(not test.value) if isinstance(test, Const) else Num(lw.emit("not", test.value))
    if name in ("eq", "ne") and isinstance(a, Ref) and isinstance(b, Ref):
        return Const(_identical(lw, a, b) is (name == "eq"))
    return None


def _is_generated(cls: type) -> bool:
    """Whether `dataclasses` wrote the ``__eq__`` of a class."""
    own = next((b.__dict__["__eq__"] for b in cls.__mro__ if "__eq__" in b.__dict__), None)
    code = getattr(own, "__code__", None)
    return dataclasses.is_dataclass(cls) and code is not None and code.co_filename == "<string>"


def _equal_sequences(lw: Lowering, x: tuple[AV, ...], y: tuple[AV, ...], name: str) -> AV:
    if len(x) != len(y):
        return Const(name == "ne")
    total: AV = Const(True)
    for p, q in zip(x, y, strict=True):
        one = lw.truth(compare(lw, ast.Eq(), p, q))
        if isinstance(one, Const):
            if not one.value:
                return Const(name == "ne")
        else:
            total = one if isinstance(total, Const) else Num(lw.emit("and", lw.number(total), one.value))
    if isinstance(total, Const):
        return Const(name == "eq")
    return total if name == "eq" else Num(lw.emit("not", lw.number(total, BOOL)))


def _are_sequences(lw: Lowering, a: AV, b: AV) -> bool:
    """Whether both are tuples, or both are lists."""
    one, other = (lw.content(v) if isinstance(v, Ref) else v for v in (a, b))
    kinds = [isinstance(v, Tup) or (isinstance(v, Const) and type(v.value) is tuple) for v in (one, other)]
    return all(kinds) or (isinstance(one, ListC) and isinstance(other, ListC))


def _ordered_sequences(lw: Lowering, op: ast.cmpop, x: tuple[AV, ...], y: tuple[AV, ...]) -> AV:
    """``x < y``: the first items that differ decide."""
    from .branches import choose

    if not x or not y:
        return Const(COMPARE[type(op)][1](len(x), len(y)))
    equal = lw.truth(compare(lw, ast.Eq(), x[0], y[0]))
    return choose(
        lw, equal, lambda: _ordered_sequences(lw, op, x[1:], y[1:]), lambda: compare(lw, op, x[0], y[0])
    )


def _is(lw: Lowering, a: AV, b: AV, positive: bool) -> AV:
    """``a is b``: a truth value of Python is the same object as an equal one, one of NumPy is not."""
    for x, y in ((a, b), (b, a)):
        if isinstance(x, Num) and x.py and isinstance(y, Const) and not isinstance(y.value, str | None):
            if x.dtype.is_bool and isinstance(y.value, bool):
                return Num(x.value if y.value is positive else lw.emit("not", x.value))
            if type(y.value) is int and x.dtype.is_int:
                lw.refuse("C0101", f"`is` of {lw.describe(a)} and {lw.describe(b)}", hint="use `==`")
    return Const(_identical(lw, a, b) is positive)


def _identical(lw: Lowering, a: AV, b: AV) -> bool:
    if isinstance(a, Const) and isinstance(b, Const):
        return a.value is b.value
    if isinstance(a, Ref) and isinstance(b, Ref):
        unclear = isinstance(a, (Row, Held)) or isinstance(b, (Row, Held))
        if unclear or {a.key, b.key} & lw.session.frozen.keys():
            lw.refuse("C0101", "whether two names are of one object is not known when compiling")
        return a.key == b.key
    if isinstance(a, Arr) and isinstance(b, Arr):
        if a.value is b.value:
            return True
        lw.refuse("C0101", "whether two arrays are the same object is not known when compiling")
    if isinstance(a, Const) or isinstance(b, Const):
        return False
    lw.refuse("C0101", f"`is` of {lw.describe(a)} and {lw.describe(b)} is not supported", hint="use `==`")


def _contains(lw: Lowering, a: AV, b: AV, positive: bool) -> AV:
    content = lw.content(b) if isinstance(b, Ref) else None
    if isinstance(content, DictC):
        from .keys import among, is_static

        if is_static(lw, a):
            return Const((lw.static(a, "a key") in content.keys) is positive)
        found = among(lw, content, a)
        if isinstance(found, Const):
            return Const(found.value is positive)
        return found if positive else Num(lw.emit("not", lw.number(found)))
    if isinstance(a, Const) and isinstance(b, Const):
        return Const((a.value in b.value) is positive)
    from .attributes import special

    own = special(lw, b, "__contains__", a)
    if own is not None:
        test = lw.truth(own)
        if isinstance(test, Const):
            return Const(test.value is positive)
        return test if positive else Num(lw.emit("not", test.value))
    items = lw.items(b)
    if items is None:
        lw.refuse("C0101", f"`in` is not supported for {lw.describe(b)}")
    total: AV = Const(False)
    for item in items:
        one = lw.truth(compare(lw, ast.Eq(), a, item))
        if isinstance(one, Const):
            if one.value:
                return Const(positive)
        else:
            total = one if isinstance(total, Const) else Num(lw.emit("or", lw.number(total), one.value))
    if isinstance(total, Const):
        return Const(not positive)
    return total if positive else Num(lw.emit("not", lw.number(total, BOOL)))
