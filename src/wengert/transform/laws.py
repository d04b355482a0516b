"""The laws of arithmetic by which scalars are simplified, each one line of text.

Small letters stand for any value (the same letter twice for the same value), capitals for constants;
operands of commutative operations match in any order.  ``0`` is the zero with a plus sign.  Where a law
holds is said beside it:

* ``any``: numbers of every kind, exactly, as IEEE 754 has it (NaN and the sign of zero included);
* ``int``: integers only (they wrap around, so they form a ring); ``bool``: truth values;
* ``adjoint``: integers, and floats in operations marked ``adjoint``: there the sign of zero does not matter
  and a zero contribution is none at all.

>>> str(LAWS["mul"][0])
'mul(x, 1) -> x   (any)'
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..ir.core import Op, Value
from ..ir.types import Scalar

COMMUTATIVE = frozenset({"add", "mul", "and", "or", "eq", "ne", "bitand", "bitor", "bitxor"})

_TABLE = """
any      mul(x, 1) -> x
any      mul(x, -1) -> neg(x)
any      div(x, 1) -> x
any      div(x, -1) -> neg(x)
any      sub(x, 0) -> x
any      add(x, -0.0) -> x
any      neg(neg(x)) -> x
any      add(x, neg(y)) -> sub(x, y)
any      sub(x, neg(y)) -> add(x, y)
any      mul(neg(x), neg(y)) -> mul(x, y)
any      mul(neg(x), C) -> mul(x, neg(C))
any      div(neg(x), neg(y)) -> div(x, y)
any      abs(neg(x)) -> abs(x)
any      abs(abs(x)) -> abs(x)
any      mulz(x, 1) -> x
any      mulz(0, x) -> 0
any      select(c, x, x) -> x
any      select(True, x, y) -> x
any      select(False, x, y) -> y
any      select(not(c), x, y) -> select(c, y, x)
any      maximum(x, x) -> x
any      minimum(x, x) -> x
any      not(eq(x, y)) -> ne(x, y)
any      not(ne(x, y)) -> eq(x, y)
adjoint  add(x, 0) -> x
adjoint  mul(x, 0) -> 0
adjoint  mulz(x, 0) -> 0
adjoint  div(0, x) -> 0
adjoint  sub(0, x) -> neg(x)
adjoint  neg(0) -> 0
int      sub(x, x) -> 0
int      add(add(x, C), D) -> add(x, add(C, D))
int      add(sub(x, C), D) -> add(x, sub(D, C))
int      sub(add(x, C), D) -> add(x, sub(C, D))
int      sub(sub(x, C), D) -> sub(x, add(C, D))
int      sub(C, sub(D, x)) -> add(x, sub(C, D))
int      sub(add(x, y), y) -> x
int      sub(add(x, y), x) -> y
int      add(sub(x, y), y) -> x
int      mul(mul(x, C), D) -> mul(x, mul(C, D))
int      floordiv(x, 1) -> x
int      mod(x, 1) -> 0
int      shl(x, 0) -> x
int      bitand(x, x) -> x
int      bitor(x, x) -> x
int      eq(x, x) -> True
int      le(x, x) -> True
int      ge(x, x) -> True
int      ne(x, x) -> False
int      lt(x, x) -> False
int      gt(x, x) -> False
int      not(lt(x, y)) -> ge(x, y)
int      not(le(x, y)) -> gt(x, y)
int      not(gt(x, y)) -> le(x, y)
int      not(ge(x, y)) -> lt(x, y)
bool     and(x, True) -> x
bool     and(x, False) -> False
bool     or(x, False) -> x
bool     or(x, True) -> True
bool     and(x, x) -> x
bool     or(x, x) -> x
bool     not(not(x)) -> x
bool     and(x, not(x)) -> False
bool     or(x, not(x)) -> True
bool     eq(x, True) -> x
bool     ne(x, False) -> x
bool     eq(x, False) -> not(x)
bool     ne(x, True) -> not(x)
bool     xor(x, False) -> x
bool     xor(x, True) -> not(x)
bool     select(c, True, False) -> c
bool     select(c, False, True) -> not(c)
"""


@dataclass(frozen=True, slots=True)
class Call:
    """A pattern: an operation on patterns."""

    name: str
    args: tuple[Pattern, ...]


Pattern = Call | str | int | float | bool
"""Strings are variables."""


@dataclass(frozen=True, slots=True)
class Law:
    """``left -> right`` wherever ``domain`` says."""

    domain: str
    left: Call
    right: Pattern
    text: str

    def __str__(self) -> str:
        return f"{self.text}   ({self.domain})"


def _pattern(e: ast.expr) -> Pattern:
    match e:
        case ast.Call(func=ast.Name(id=name)):
            return Call(name, tuple(_pattern(a) for a in e.args))
        case ast.Name(id=name):
            return name
        case ast.Constant(value=bool() | int() | float() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case _:
            raise ValueError(ast.dump(e))


def _parse(line: str) -> Law:
    domain, text = line.split(None, 1)
    spelled = (
        text.replace("and(", "and_(").replace("or(", "or_(").replace("not(", "not_(").replace("xor_(", "xor(")
    )
    left, right = (_pattern(ast.parse(side.strip(), mode="eval").body) for side in spelled.split("->"))
    left, right = _respell(left), _respell(right)
    assert isinstance(left, Call)
    return Law(domain, left, right, text)


def _respell(p: Pattern) -> Pattern:
    return Call(p.name.rstrip("_"), tuple(_respell(a) for a in p.args)) if isinstance(p, Call) else p


def _index() -> dict[str, tuple[Law, ...]]:
    out: dict[str, tuple[Law, ...]] = {}
    for line in _TABLE.strip().splitlines():
        law = _parse(line)
        out[law.left.name] = (*out.get(law.left.name, ()), law)
    return out


LAWS: Mapping[str, tuple[Law, ...]] = _index()
"""The laws by the operation at the root of their left side."""

Definition = Callable[[Value], Op | None]
Bindings = dict[str, Value]


def constant(v: Value, definition: Definition) -> Any:
    """The Python number that ``v`` is for certain, or ``None``."""
    op = definition(v)
    return op.attrs["value"] if op is not None and op.name == "const" else None


def matching(op: Op, definition: Definition) -> tuple[Law, Bindings] | None:
    """The first law whose left side ``op`` is, with what its variables stand for."""
    laws = LAWS.get(op.name)
    if laws is None:
        return None
    domains = _domains(op)
    for law in laws:
        if law.domain in domains:
            found = _match_args(law.left, op, {}, definition)
            if found is not None:
                return law, found
    return None


def _domains(op: Op) -> tuple[str, ...]:
    """The domains whose laws hold for ``op``.  ``not(x < y)`` is looked at again by `_comparable`."""
    types = [v.type for v in (*op.operands, *op.results)]
    if any(not isinstance(t, Scalar) or t.is_complex for t in types):
        return ()
    t = op.operands[-1].type
    assert isinstance(t, Scalar)
    if t.is_bool:
        return ("any", "bool", "int") if op.name == "not" else ("any", "bool")
    if t.is_int:
        return ("any", "adjoint", "int")
    return ("any", "adjoint") if op.attrs.get("adjoint") else ("any",)


def _match_args(p: Call, op: Op, bound: Bindings, definition: Definition) -> Bindings | None:
    if len(p.args) != len(op.operands):
        return None
    orders = [p.args]
    if p.name in COMMUTATIVE and p.args[0] != p.args[1]:
        orders.append((p.args[1], p.args[0]))
    for args in orders:
        found: Bindings | None = bound
        for a, v in zip(args, op.operands, strict=True):
            found = _match(a, v, found, definition) if found is not None else None
        if found is not None:
            return found
    return None


def _match(p: Pattern, v: Value, bound: Bindings, definition: Definition) -> Bindings | None:
    if isinstance(p, str):
        if p in bound:
            return bound if bound[p] is v else None
        if p.isupper() and constant(v, definition) is None:
            return None
        return {**bound, p: v}
    if isinstance(p, Call):
        inner = definition(v)
        if inner is None or inner.name != p.name or not _comparable(p, inner):
            return None
        return _match_args(p, inner, bound, definition)
    c = constant(v, definition)
    return bound if c is not None and is_number(c, p) else None


def _comparable(p: Call, inner: Op) -> bool:
    """Negating an order is a law of integers only: ``not (x < nan)``."""
    if p.name not in ("lt", "le", "gt", "ge"):
        return True
    return all(isinstance(v.type, Scalar) and v.type.is_int for v in inner.operands)


def is_finite(c: Any) -> bool:
    """Whether ``c`` is a constant float that is neither infinite nor NaN."""
    return isinstance(c, float) and math.isfinite(c)


def is_number(c: Any, p: float) -> bool:
    """Whether the constant ``c`` is the number ``p``, sign of zero included."""
    if isinstance(p, bool) or isinstance(c, bool):
        return isinstance(p, bool) and isinstance(c, bool) and c == p
    if isinstance(c, complex):
        return False
    if isinstance(p, float) and isinstance(c, int):
        return False  # `-0.0` is no integer
    return c == p and (isinstance(c, int) or math.copysign(1, c) == math.copysign(1, p))
