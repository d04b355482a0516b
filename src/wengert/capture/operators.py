"""Operators on numbers and arrays: Python's meaning, NumPy's promotion, and the exceptions of both.

Python numbers raise where NumPy gives inf or nan, so each number knows whose it is.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..ir.core import Value
from ..ir.types import F64, I64, dtype_of
from . import mappings
from .dtypes import is_python_number, scalar_of_constant
from .operands import common, dtype, is_number, is_python, numeric, operand, result
from .values import AV, Arr, Const, GrowC, ListC, Num, Ref, Text, Tup

if TYPE_CHECKING:
    from .lower import Lowering

SYMBOLS: dict[type[ast.operator], tuple[str, Any, str]] = {
    ast.Add: ("add", operator.add, "+"),
    ast.Sub: ("sub", operator.sub, "-"),
    ast.Mult: ("mul", operator.mul, "*"),
    ast.Div: ("div", operator.truediv, "/"),
    ast.FloorDiv: ("floordiv", operator.floordiv, "//"),
    ast.Mod: ("mod", operator.mod, "%"),
    ast.Pow: ("pow", operator.pow, "**"),
    ast.MatMult: ("matmul", operator.matmul, "@"),
    ast.LShift: ("shl", operator.lshift, "<<"),
    ast.RShift: ("shr", operator.rshift, ">>"),
    ast.BitAnd: ("bitand", operator.and_, "&"),
    ast.BitOr: ("bitor", operator.or_, "|"),
    ast.BitXor: ("bitxor", operator.xor, "^"),
}
_DUNDER = {"add": "add", "sub": "sub", "mul": "mul", "div": "truediv", "pow": "pow", "matmul": "matmul",
           "floordiv": "floordiv", "mod": "mod"}  # fmt: skip
_LARGEST_POWER = 64
_LARGEST = 2.0**63 - 2.0**10
_TOO_LARGE = "an integer does not fit 64 bits"


def binary(lw: Lowering, op: type[ast.operator], a: AV, b: AV) -> AV:
    """``a op b``."""
    name, fold, symbol = SYMBOLS[op]
    lw.poison(a, b)
    if isinstance(a, Ref) and isinstance(b, Ref) and (made := mappings.combined(lw, op, a, b)) is not None:
        return made
    if isinstance(a, Const) and isinstance(b, Const) and not hasattr(a.value, "__array_ufunc__"):
        try:
            folded = fold(a.value, b.value)
        except (ArithmeticError, ValueError, TypeError):
            pass
        else:
            if not is_python_number(folded) or scalar_of_constant(folded) is not None:
                return Const(folded)
    if isinstance(a, Text) or isinstance(b, Text) or (isinstance(a, Const) and type(a.value) is str):
        return _text(lw, name, symbol, a, b)
    special = _sequences(lw, name, a, b)
    if special is None:
        special = _overloaded(lw, name, a, b)
    if special is not None:
        return special
    if name == "matmul":
        from .numpy_api.linear import matmul

        return matmul(lw, a, b)
    if not all(isinstance(x, (Arr, Tup, Ref)) or is_number(x) for x in (a, b)):
        text = f"`{symbol}` of {lw.describe(a)} and {lw.describe(b)} is not supported"
        if nothing(a, b):
            lw.fail("C0101", "TypeError", text)
        lw.refuse("C0101", text)
    a, b = numeric(lw, a), numeric(lw, b)
    return _ARITHMETIC.get(name, _plain)(lw, name, a, b)


def _text(lw: Lowering, name: str, symbol: str, a: AV, b: AV) -> AV:
    """``"..." % numbers`` and ``"..." + text``: a message."""
    if name == "mod" and isinstance(a, Const):
        return Text(f"{a.value} % <{lw.describe(b)}>")
    words = [x.text if isinstance(x, Text) else x.value if isinstance(x, Const) else None for x in (a, b)]
    if name == "add" and all(isinstance(w, str) for w in words):
        return Text("".join(map(str, words)))
    lw.refuse("C0101", f"`{symbol}` of {lw.describe(a)} and {lw.describe(b)} is not supported")


def nothing(*avs: AV) -> bool:
    """Whether one is ``None`` and the others are numbers or arrays: no operator of Python takes these."""
    none = [isinstance(av, Const) and av.value is None for av in avs]
    plain = (isinstance(av, (Num, Arr, Const)) for av in avs)
    return any(none) and all(plain)


def _sequences(lw: Lowering, name: str, a: AV, b: AV) -> AV | None:
    """``+`` and ``*`` of tuples and lists."""
    if name == "add":
        if isinstance(a, Const) and isinstance(a.value, tuple) and isinstance(b, Tup):
            a = Tup(tuple(Const(x) for x in a.value))
        if isinstance(b, Const) and isinstance(b.value, tuple) and isinstance(a, Tup):
            b = Tup(tuple(Const(x) for x in b.value))
        if isinstance(a, Tup) and isinstance(b, Tup):
            return Tup(a.items + b.items)
        if isinstance(a, Ref) and isinstance(b, Ref):
            x, y = lw.content(a), lw.content(b)
            if isinstance(x, ListC) and isinstance(y, ListC):
                return lw.new_object(ListC(x.items + y.items))
            if isinstance(x, ListC | GrowC) and isinstance(y, (ListC, GrowC)):
                from .rows import joined

                return joined(lw, a, b)
    if name == "mul":
        for x, n in ((a, b), (b, a)):
            if isinstance(x, Tup) and is_number(n):
                return Tup(x.items * int(lw.static(n, "the number of repetitions")))
            if isinstance(x, Ref) and is_number(n):
                content = lw.content(x)
                if isinstance(content, ListC) and isinstance(n, Num) and n.known is None:
                    from .lists import repeated

                    return repeated(lw, content, n)
                if isinstance(content, ListC):
                    return lw.new_object(
                        ListC(content.items * int(lw.static(n, "the number of repetitions")))
                    )
    return None


def _overloaded(lw: Lowering, name: str, a: AV, b: AV) -> AV | None:
    """Operators that a class defines."""
    from .attributes import class_method
    from .calls import call

    word = _DUNDER.get(name)
    if word is None:
        return None
    for x, y, prefix in ((a, b, ""), (b, a, "r")):
        method = class_method(lw, x, f"__{prefix}{word}__")
        if method is not None:
            return call(lw, method, [y], {}, None)
    return None


def _plain(lw: Lowering, name: str, a: AV, b: AV) -> AV:
    t = common(lw, a, b)
    if t.is_bool and (is_python(a) or is_python(b) or name == "sub") and name in ("add", "sub", "mul"):
        if name == "sub" and not (is_python(a) and is_python(b)):
            lw.refuse("T0201", "NumPy does not subtract booleans", hint="use `^` or `np.logical_xor`")
        t = I64
    low = None
    if t.is_int:
        x, y = lw.low(a), lw.low(b)
        if name == "add" and x is not None and y is not None:
            low = x + y
        elif name == "mul" and x is not None and y is not None and x >= 0 and y >= 0:
            low = x * y
        elif name == "sub" and x is not None and isinstance(b, Const):
            low = x - int(b.value)
    p, q = operand(lw, a, t), operand(lw, b, t)
    r = lw.emit(name, p, q)
    out = result(lw, r, a, b, low=low)
    if t == I64 and isinstance(out, Num) and out.py:
        return _checked(lw, name, out, (a, p), (b, q))
    return out


def is_big(av: AV) -> bool:
    """Whether an integer of Python may be large; sizes, indices and arguments are taken not to be."""
    if isinstance(av, Num):
        return av.big
    return isinstance(av, Const) and isinstance(av.value, int) and abs(av.value) >= 2**31


def _checked(lw: Lowering, name: str, out: Num, a: tuple[AV, Value], b: tuple[AV, Value]) -> Num:
    """An integer of Python never wraps: where it might, overflow is tested for."""
    constant = isinstance(a[0], Const) or isinstance(b[0], Const)
    one, other = is_big(a[0]), is_big(b[0])
    if name == "mul" and (one or other):
        product = lw.emit("mul", lw.cast(a[1], F64), lw.cast(b[1], F64))
        within(lw, product)
    elif one and other:
        against = b[1] if name == "add" else lw.emit("invert", b[1])
        signs = (lw.emit("bitxor", a[1], out.value), lw.emit("bitxor", against, out.value))
        fits = lw.emit("ge", lw.emit("bitand", *signs), lw.int(0))
        lw.check(fits, "OverflowError", _TOO_LARGE)
    big = one or other or name == "mul" or not constant
    return Num(out.value, True, out.low, big=big)


def within(lw: Lowering, x: Value) -> None:
    """A float that is the value of an integer fits 64 bits."""
    ok = lw.emit("lt", lw.emit("abs", x), lw.const(_LARGEST, F64))
    lw.check(ok, "OverflowError", _TOO_LARGE)


def nonzero(lw: Lowering, v: Value, message: str) -> None:
    """Raise `ZeroDivisionError` where Python would."""
    ok = lw.emit("ne", v, lw.const(0, dtype_of(v.type)))
    lw.check(ok, "ZeroDivisionError", message)


def _divide(lw: Lowering, name: str, a: AV, b: AV) -> AV:
    t = common(lw, a, b)
    if not t.is_inexact:
        t = F64
    x, y = operand(lw, a, t), operand(lw, b, t)
    if is_python(a) and is_python(b) and not (isinstance(b, Const) and b.value):
        nonzero(
            lw, y, "division by zero" if dtype(a).is_int or dtype(a).is_bool else "float division by zero"
        )
    return result(lw, lw.emit("div", x, y), a, b)


def _said(f: Callable[[Any, Any], Any], one: Any) -> str:
    """What Python says of a division by zero; the words differ between versions."""
    try:
        return str(f(one, 0 * one))
    except ZeroDivisionError as e:
        return str(e)


_ZERO = {
    (name, whole): _said(f, 1 if whole else 1.0)
    for name, f in (("floordiv", operator.floordiv), ("mod", operator.mod))
    for whole in (True, False)
}


def _floor(lw: Lowering, name: str, a: AV, b: AV) -> AV:
    t = common(lw, a, b)
    if t.is_complex:
        lw.refuse("T0201", "complex numbers have no floor division")
    if t.is_bool:
        t = I64
    x, y = operand(lw, a, t), operand(lw, b, t)
    if is_python(a) and is_python(b) and not (isinstance(b, Const) and b.value):
        nonzero(lw, y, _ZERO[name, t.is_int])
    low = None
    if t.is_int and isinstance(b, Const) and b.value > 0:
        known = lw.low(a)
        low = 0 if name == "mod" or (known is not None and known >= 0) else None
    return result(lw, lw.emit(name, x, y), a, b, low=low)


def _power(lw: Lowering, name: str, a: AV, b: AV) -> AV:
    t = common(lw, a, b)
    python = is_python(a) and is_python(b)
    if isinstance(b, Num) and b.dtype.is_int and b.known is not None:
        b = Const(lw.static(b, "the exponent"))
    if isinstance(b, Const) and type(b.value) in (int, float) and float(b.value).is_integer():
        n = int(b.value)
        exact = isinstance(b.value, int) or n == 2
        if exact and abs(n) <= _LARGEST_POWER and (t.is_inexact or n >= 0):
            base = operand(lw, a, I64 if t.is_bool else t)
            if python and n < 0:
                nonzero(lw, base, "0.0 cannot be raised to a negative power")
            low = 0 if n % 2 == 0 and t.is_int else None
            if t.is_int and python and n > 1:
                if n > 2 or is_big(a):
                    within(lw, lw.emit("ipow", lw.cast(base, F64), n=n))
                return Num(lw.emit("ipow", base, n=n), True, low, big=True)
            return result(lw, lw.emit("ipow", base, n=n), a, b, low=low)
    if isinstance(a, Arr) and isinstance(b, Const) and b.value == 0.5 and t.is_inexact:
        return Arr(lw.emit("sqrt", operand(lw, a, t)))
    if t.is_int or t.is_bool:
        return _integer_power(lw, a, b)
    x, y = operand(lw, a, t), operand(lw, b, t)
    if python and t.is_float:
        _python_power_checks(lw, x, y, a, b)
    elif python:
        lw.refuse("C0101", "a complex power of Python numbers is not supported", hint="use `np.power`")
    return result(lw, lw.emit("pow", x, y), a, b)


def _integer_power(lw: Lowering, a: AV, b: AV) -> AV:
    from .calls import call_prelude

    if isinstance(b, Const) and int(b.value) < 0:
        if not (is_python(a) and is_python(b)):
            lw.refuse("T0201", "NumPy does not raise integers to negative powers")
        return _power(lw, "pow", Num(lw.number(a, F64)), b)
    if isinstance(a, Arr) or isinstance(b, Arr):
        lw.refuse("T0201", "integer powers of arrays with varying exponents are not supported")
    low = lw.low(b)
    if low is None or low < 0:
        y = lw.number(b, I64)
        lw.check(
            lw.emit("ge", y, lw.int(0)), "ValueError", "integer to a negative power, which is a float here"
        )
    out = call_prelude(lw, "integer_power", Num(lw.number(a, I64)), Num(lw.number(b, I64)))
    return Num(out.value, is_python(a) and is_python(b)) if isinstance(out, Num) else out


def _python_power_checks(lw: Lowering, x: Value, y: Value, a: AV, b: AV) -> None:
    """``0.0 ** -1`` raises; a negative number to a fractional power is complex, which is refused."""
    zero = lw.const(0.0, F64)
    if not (isinstance(a, Const) and a.value > 0):
        if not (isinstance(b, Const) and b.value >= 0):
            bad = lw.emit("and", lw.emit("eq", x, zero), lw.emit("lt", y, zero))
            lw.check(lw.emit("not", bad), "ZeroDivisionError", "0.0 cannot be raised to a negative power")
        if isinstance(b, Const) and float(b.value).is_integer():
            return
        negative = lw.emit("lt", x, zero)
        if not isinstance(b, Const):
            whole = lw.emit("eq", y, lw.emit("floor", y))
            negative = lw.emit("and", negative, lw.emit("not", whole))
        lw.check(
            lw.emit("not", negative),
            "ValueError",
            "a negative number to a fractional power is complex, which is not supported here",
        )


def _shift(lw: Lowering, name: str, a: AV, b: AV) -> AV:
    t = common(lw, a, b)
    if not (t.is_int or t.is_bool):
        lw.refuse("T0201", "shifts take integers")
    t = I64 if t.is_bool else t
    if isinstance(b, Num):
        lw.check(lw.emit("ge", b.value, lw.const(0, b.dtype)), "ValueError", "negative shift count")
    p, q = operand(lw, a, t), operand(lw, b, t)
    if name == "shl" and is_python(a) and is_python(b):
        within(lw, lw.emit("mul", lw.cast(p, F64), lw.emit("exp2", lw.cast(q, F64))))
        return Num(lw.emit(name, p, q), True, lw.low(a), big=True)
    return result(lw, lw.emit(name, p, q), a, b)


def _bits(lw: Lowering, name: str, a: AV, b: AV) -> AV:
    t = common(lw, a, b)
    if not (t.is_int or t.is_bool):
        lw.refuse("T0201", "bitwise operators take integers and booleans")
    if t.is_bool:
        name = {"bitand": "and", "bitor": "or", "bitxor": "xor"}[name]
    return result(lw, lw.emit(name, operand(lw, a, t), operand(lw, b, t)), a, b)


_ARITHMETIC: dict[str, Any] = {
    "div": _divide,
    "floordiv": _floor,
    "mod": _floor,
    "pow": _power,
    "shl": _shift,
    "shr": _shift,
    "bitand": _bits,
    "bitor": _bits,
    "bitxor": _bits,
}


_FOLDS: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}

_METHODS: dict[type[ast.unaryop], str] = {ast.USub: "__neg__", ast.UAdd: "__pos__", ast.Invert: "__invert__"}


def unary(lw: Lowering, op: ast.unaryop, a: AV) -> AV:
    """``-a``, ``+a``, ``~a``."""
    lw.poison(a)
    if isinstance(a, Const):
        fold = _FOLDS[type(op)]
        try:
            return Const(fold(a.value))
        except TypeError:
            lw.fail("C0101", "TypeError", f"this operator does not take {lw.describe(a)}")
    from .attributes import class_method
    from .calls import call

    word = _METHODS[type(op)]
    method = class_method(lw, a, word)
    if method is not None:
        return call(lw, method, [], {}, None)
    x = numeric(lw, a)
    t = dtype(x)
    if isinstance(op, ast.Invert):
        if t.is_inexact:
            lw.refuse("T0201", "`~` takes integers and booleans")
        if t.is_bool and is_python(x):
            return result(lw, lw.emit("invert", operand(lw, x, I64)), x)
        return result(lw, lw.emit("not" if t.is_bool else "invert", operand(lw, x, t)), x)
    if t.is_bool:
        if not is_python(x):
            lw.refuse("T0201", "NumPy does not negate booleans", hint="use `~`")
        x = Num(lw.number(x, I64))
        t = I64
    if isinstance(op, ast.UAdd):
        return Arr(lw.emit("copy", x.value)) if isinstance(x, Arr) else x
    return result(lw, lw.emit("neg", operand(lw, x, t)), x)
