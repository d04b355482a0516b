"""Builtins that make and change numbers: `abs`, `float`, `int`, `round`, `pow` and so on."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ..ir.types import C128, F64, I64
from .composites import pointwise
from .lower import Lowering
from .math_api import finite
from .operands import dtype, is_number, is_python, numeric, operand, result
from .operators import binary
from .values import (
    AV,
    NONE,
    Arr,
    Const,
    Num,
    Tup,
)


def _abs(lw: Lowering, x: AV, /) -> AV:
    if isinstance(x, Const):
        return Const(abs(x.value))
    from .attributes import special

    own = special(lw, x, "__abs__")
    if own is not None:
        return own
    v = numeric(lw, x)
    return result(
        lw,
        lw.emit("abs", operand(lw, v, dtype(v) if not dtype(v).is_bool else I64)),
        v,
        low=0 if dtype(v).is_int else None,
    )


def _real(lw: Lowering, x: AV, taker: str) -> AV:
    """One real number, which is all that ``float`` and ``int`` take."""
    v = numeric(lw, x)
    if isinstance(v, Arr) or dtype(v).is_complex:
        lw.refuse("T0201", f"`{taker}` does not take {lw.describe(x)}")
    return v


def _float(lw: Lowering, x: AV = Const(0.0), /) -> AV:  # noqa: B008
    if isinstance(x, Const):
        return Const(float(x.value))
    from .attributes import special

    own = special(lw, x, "__float__")
    return own if own is not None else Num(lw.number(_real(lw, x, "float"), F64))


def _int(lw: Lowering, x: AV = Const(0), /) -> AV:  # noqa: B008
    if isinstance(x, Const):
        return Const(int(x.value))
    v = _real(lw, x, "int")
    n = lw.number(v)
    if dtype(v).is_float:
        finite(lw, n)
    return Num(lw.cast(n, I64), low=lw.low(v))


def _bool(lw: Lowering, x: AV = Const(False), /) -> AV:  # noqa: B008
    return lw.truth(x)


def _complex(lw: Lowering, re: AV, im: AV = Const(0.0), /) -> AV:  # noqa: B008
    if isinstance(re, Const) and isinstance(im, Const):
        return Const(complex(re.value, im.value))
    if (is_number(re) and dtype(re).is_complex) or (is_number(im) and dtype(im).is_complex):
        i = lw.const(1j, C128)
        return Num(lw.emit("add", lw.number(re, C128), lw.emit("mul", lw.number(im, C128), i)))
    return Num(lw.emit("complex", lw.number(re, F64), lw.number(im, F64)))


def _round(lw: Lowering, x: AV, digits: AV = NONE, /) -> AV:
    if isinstance(x, Const):
        n = lw.static(digits, "the number of digits")
        return Const(round(x.value) if n is None else round(x.value, n))
    v = numeric(lw, x)
    if not isinstance(digits, Const) or digits.value is not None:
        from .calls import call_prelude_of

        n = Const(lw.static(digits, "the number of digits"))
        out = call_prelude_of(lw, pointwise.round_digits, v, n)
        return Num(lw.number(out), is_python(v)) if isinstance(out, Num) else out
    if dtype(v).is_int or dtype(v).is_bool:
        return Num(lw.number(v, I64), low=lw.low(v))
    n = lw.number(v, F64)
    finite(lw, n)
    return Num(lw.emit("cast", lw.emit("rint", n), to=I64))


def _pow(lw: Lowering, a: AV, b: AV) -> AV:
    return binary(lw, ast.Pow, a, b)


def _divmod(lw: Lowering, a: AV, b: AV, /) -> AV:
    return Tup((binary(lw, ast.FloorDiv, a, b), binary(lw, ast.Mod, a, b)))


NUMBERS: dict[Any, Callable[..., AV]] = {
    abs: _abs,
    float: _float,
    int: _int,
    bool: _bool,
    complex: _complex,
    round: _round,
    pow: _pow,
    divmod: _divmod,
}
