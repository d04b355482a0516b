"""Comparisons, membership and identity."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

from ..ir.types import BOOL
from .operands import common, is_number, numeric, operand, result
from .operators import nothing
from .values import AV, Arr, Const, DictC, Num, Ref

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
        return Const(_identical(lw, a, b) is isinstance(op, ast.Is))
    if isinstance(op, (ast.In, ast.NotIn)):
        return _contains(lw, a, b, isinstance(op, ast.In))
    name, fold = COMPARE[type(op)]
    if isinstance(a, Const) and isinstance(b, Const):
        try:
            return Const(fold(a.value, b.value))
        except TypeError:
            lw.fail("C0101", "TypeError", f"{lw.describe(a)} and {lw.describe(b)} do not compare")
    x, y = lw.items(a), lw.items(b)
    if x is not None and y is not None and name in ("eq", "ne"):
        return _equal_sequences(lw, x, y, name)
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


def _identical(lw: Lowering, a: AV, b: AV) -> bool:
    if isinstance(a, Const) and isinstance(b, Const):
        return a.value is b.value
    if isinstance(a, Ref) and isinstance(b, Ref):
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
