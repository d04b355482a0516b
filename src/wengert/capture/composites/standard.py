"""Functions of ``operator``, ``functools`` and ``itertools``."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
from __future__ import annotations

import operator


def add(a, b):
    return a + b


def sub(a, b):
    return a - b


def mul(a, b):
    return a * b


def truediv(a, b):
    return a / b


def floordiv(a, b):
    return a // b


def mod(a, b):
    return a % b


def power(a, b):
    return a**b


def matmul(a, b):
    return a @ b


def neg(a):
    return -a


def pos(a):
    return +a


def absolute(a):
    return abs(a)


def lt(a, b):
    return a < b


def le(a, b):
    return a <= b


def gt(a, b):
    return a > b


def ge(a, b):
    return a >= b


def eq(a, b):
    return a == b


def ne(a, b):
    return a != b


def getitem(a, b):
    return a[b]


def setitem(a, b, c):
    a[b] = c


def itemgetter(item, /, *items):
    def get(x):
        return (x[item], *tuple(x[k] for k in items)) if len(items) else x[item]

    return get


def reduce_from(function, iterable, initial):
    total = initial
    for x in iterable:
        total = function(total, x)
    return total


def reduce_rows(function, iterable):
    if len(iterable) == 0:
        raise TypeError("reduce() of empty iterable with no initial value")
    total = iterable[0]
    for k in range(1, len(iterable)):
        total = function(total, iterable[k])
    return total


def accumulated(function, iterable):
    out = []
    total = iterable[0]
    out.append(total)
    for k in range(1, len(iterable)):
        total = function(total, iterable[k])
        out.append(total)
    return out


def pairs(iterable):
    out = []
    for i in range(len(iterable)):
        for j in range(i + 1, len(iterable)):
            out.append((iterable[i], iterable[j]))
    return out


def partial(func, /, *args, **keywords):
    def call(*more, **named):
        return func(*args, *more, **keywords, **named)

    return call


def nothing(*args):
    return None


def listed(iterable):
    return [x for x in iterable]  # noqa: C416


def same(wrapper):
    return wrapper


OPERATORS = {
    operator.add: add,
    operator.sub: sub,
    operator.mul: mul,
    operator.truediv: truediv,
    operator.floordiv: floordiv,
    operator.mod: mod,
    operator.pow: power,
    operator.matmul: matmul,
    operator.neg: neg,
    operator.pos: pos,
    operator.abs: absolute,
    operator.lt: lt,
    operator.le: le,
    operator.gt: gt,
    operator.ge: ge,
    operator.eq: eq,
    operator.ne: ne,
    operator.getitem: getitem,
    operator.setitem: setitem,
    operator.itemgetter: itemgetter,
}
