"""Python syntax trees, written as a reader would: ``a + -b`` is ``a - b``, ``not a == b`` is ``a != b``.

Every rewriting here is exact in IEEE arithmetic.  Parentheses are the business of ``ast.unparse``.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence

BINARY: dict[str, type[ast.operator]] = {
    "add": ast.Add,
    "sub": ast.Sub,
    "mul": ast.Mult,
    "div": ast.Div,
    "floordiv": ast.FloorDiv,
    "mod": ast.Mod,
    "pow": ast.Pow,
    "matmul": ast.MatMult,
    "shl": ast.LShift,
    "shr": ast.RShift,
    "bitand": ast.BitAnd,
    "bitor": ast.BitOr,
    "bitxor": ast.BitXor,
}
COMPARE: dict[str, type[ast.cmpop]] = {
    "lt": ast.Lt,
    "le": ast.LtE,
    "gt": ast.Gt,
    "ge": ast.GtE,
    "eq": ast.Eq,
    "ne": ast.NotEq,
}
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
_MIRROR: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_ASCENDING = (ast.Lt, ast.LtE)


def name(text: str) -> ast.expr:
    """A name, or a dotted one."""
    return ast.parse(text, mode="eval").body


def target(text: str) -> ast.Name:
    return ast.Name(text, ast.Store())


def call(function: str, *args: ast.expr, **keywords: ast.expr) -> ast.expr:
    return ast.Call(name(function), list(args), [ast.keyword(k, v) for k, v in keywords.items()])


def method(of: ast.expr, function: str, *args: ast.expr, **keywords: ast.expr) -> ast.expr:
    return ast.Call(
        ast.Attribute(of, function, ast.Load()), list(args), [ast.keyword(k, v) for k, v in keywords.items()]
    )


def number(value: complex | float | int | bool | str) -> ast.expr:
    """A literal; negative ones as a minus sign and a literal."""
    if isinstance(value, (bool, str, complex)):
        return ast.Constant(value)
    if isinstance(value, float):
        if math.isnan(value):
            return name("np.nan")
        if math.isinf(value):
            return negative(name("np.inf")) if value < 0 else name("np.inf")
    if value < 0 or (isinstance(value, float) and math.copysign(1.0, value) < 0):
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def literal(e: ast.expr) -> int | None:
    """The value of an integer literal."""
    if isinstance(e, ast.Constant) and type(e.value) is int:
        return e.value
    if isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.USub):
        inner = literal(e.operand)
        return None if inner is None else -inner
    return None


def is_literal(e: ast.expr) -> bool:
    """Whether ``e`` is a number, perhaps with a minus sign."""
    return isinstance(e, ast.Constant) or (
        isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.USub) and isinstance(e.operand, ast.Constant)
    )


def without_minus(e: ast.expr) -> ast.expr | None:
    """What ``e`` is the negative of, when it is printed with a leading minus sign."""
    if isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.USub):
        return e.operand
    if isinstance(e, ast.BinOp) and isinstance(e.op, (ast.Mult, ast.Div)):
        left = without_minus(e.left)
        return None if left is None else ast.BinOp(left, e.op, e.right)
    if isinstance(e, ast.BinOp) and isinstance(e.op, ast.Sub):  # -a - b, which rounds as a + b does
        left = without_minus(e.left)
        return None if left is None else ast.BinOp(left, ast.Add(), e.right)
    return None


def negative(e: ast.expr) -> ast.expr:
    positive = without_minus(e)
    if positive is not None:
        return positive
    if isinstance(e, ast.BinOp) and isinstance(e.op, (ast.Mult, ast.Div)):
        return ast.BinOp(negative(e.left), e.op, e.right)
    return ast.UnaryOp(ast.USub(), e)


def binary(op: str, a: ast.expr, b: ast.expr) -> ast.expr:
    if op in ("add", "sub"):
        positive = without_minus(b)
        if positive is not None:
            op, b = ("sub" if op == "add" else "add"), positive
        elif op == "add" and (left := without_minus(a)) is not None:
            op, a, b = "sub", b, left
    elif op == "mul" and not is_literal(b) and (positive := without_minus(b)) is not None:
        return negative(ast.BinOp(a, ast.Mult(), positive))
    return ast.BinOp(a, BINARY[op](), b)


def compare(op: str, a: ast.expr, b: ast.expr) -> ast.expr:
    return ast.Compare(a, [COMPARE[op]()], [b])


def logical(op: str, a: ast.expr, b: ast.expr) -> ast.expr:
    """``a and b``, flat; ``lo <= i and i < hi`` as a chain."""
    first = a
    if op == "and" and isinstance(a, ast.Compare) and isinstance(b, ast.Compare):
        if len(a.ops) == 1 and type(a.ops[0]) in _MIRROR:
            a = ast.Compare(a.comparators[0], [_MIRROR[type(a.ops[0])]()], [a.left])
        rising = all(isinstance(o, _ASCENDING) for o in [*a.ops, *b.ops])
        if rising and isinstance(b.left, (ast.Name, ast.Constant)) and same(a.comparators[-1], b.left):
            return ast.Compare(a.left, [*a.ops, *b.ops], [*a.comparators, *b.comparators])
    kind = ast.And if op == "and" else ast.Or
    parts: list[ast.expr] = []
    for e in (first, b):
        parts += e.values if isinstance(e, ast.BoolOp) and isinstance(e.op, kind) else [e]
    return ast.BoolOp(kind(), parts)


def inverse(e: ast.expr, exact: bool) -> ast.expr:
    """``not e``.  ``exact`` says that an order comparison is of integers, so that it has an opposite."""
    if isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.Not):
        return e.operand
    if isinstance(e, ast.Compare) and len(e.ops) == 1:
        op = e.ops[0]
        if exact or isinstance(op, (ast.Eq, ast.NotEq)):
            return ast.Compare(e.left, [_OPPOSITE[type(op)]()], e.comparators)
    if isinstance(e, ast.Constant) and isinstance(e.value, bool):
        return ast.Constant(not e.value)
    return ast.UnaryOp(ast.Not(), e)


def subscript(a: ast.expr, index: Sequence[ast.expr]) -> ast.expr:
    """``a[i, j]``."""
    inside = index[0] if len(index) == 1 else ast.Tuple(list(index), ast.Load())
    return ast.Subscript(a, inside, ast.Load())


def collection(parts: Sequence[ast.expr]) -> ast.expr:
    """``x`` or ``(x, y)``."""
    return parts[0] if len(parts) == 1 else ast.Tuple(list(parts), ast.Load())


def same(a: ast.expr, b: ast.expr) -> bool:
    return ast.unparse(a) == ast.unparse(b)


def reads(e: ast.expr) -> set[str]:
    return {n.id for n in ast.walk(e) if isinstance(n, ast.Name)}


def bind(where: ast.expr, value: ast.expr, in_place: bool) -> ast.stmt:
    """``where = value``, or ``where += ...`` when ``in_place`` allows it."""
    if in_place and isinstance(value, ast.BinOp):
        if same(where, value.left):
            return augment(where, value.op, value.right)
        if isinstance(value.op, (ast.Add, ast.Mult)) and same(where, value.right):
            return augment(where, value.op, value.left)
    return ast.Assign([where], value, lineno=0)


def augment(where: ast.expr, op: ast.operator, value: ast.expr) -> ast.stmt:
    """``where op= value``; adding a negative is subtracting."""
    if isinstance(op, (ast.Add, ast.Sub)) and (positive := without_minus(value)) is not None:
        op, value = (ast.Sub() if isinstance(op, ast.Add) else ast.Add()), positive
    assert isinstance(where, (ast.Name, ast.Subscript, ast.Attribute))
    return ast.AugAssign(where, op, value)


def together(moves: Sequence[tuple[str, ast.expr, bool]]) -> list[ast.stmt]:
    """Assignments that happen at once, as a sequence when an order exists, else as one assignment of tuples.

    The flag of a move allows ``+=``.
    """
    pending = [m for m in moves if not (isinstance(m[1], ast.Name) and m[1].id == m[0])]
    out: list[ast.stmt] = []
    while pending:
        for k, (to, value, in_place) in enumerate(pending):
            if not any(to in reads(other) for j, (_, other, _) in enumerate(pending) if j != k):
                out.append(bind(target(to), value, in_place))
                del pending[k]
                break
        else:
            where = ast.Tuple([target(to) for to, _, _ in pending], ast.Store())
            out.append(ast.Assign([where], ast.Tuple([v for _, v, _ in pending], ast.Load()), lineno=0))
            break
    return out
