"""The `math` module: Python's numbers, with the exceptions it raises outside the domain."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any

from ..ir.core import Value
from ..ir.types import C128, F64, I64, Scalar
from .comparisons import compare
from .composites import pointwise
from .lower import Lowering
from .numpy_api.composite import composite
from .operands import is_number
from .operators import binary
from .values import AV, Const, Num, Ref, Tup

import ast  # isort: skip


def _value(lw: Lowering, av: AV) -> Value:
    """A float: what `math` makes of any real number."""
    from .operands import dtype, numeric

    x = numeric(lw, av)
    if not is_number(x) or dtype(x).is_complex:
        lw.refuse("T0201", f"`math` functions take real numbers, not {lw.describe(av)}")
    return lw.number(x, F64)


def _domain(lw: Lowering, name: str, x: Value) -> None:
    """`ValueError` where `math` raises one; nan passes."""

    def num(v: float) -> Value:
        return lw.const(v, F64)

    match name:
        case "sqrt" | "log" | "log2" | "log10" | "log1p":
            bound = -1.0 if name == "log1p" else 0.0
            bad = lw.emit("lt" if name == "sqrt" else "le", x, num(bound))
        case "asin" | "acos":
            bad = lw.emit("gt", lw.emit("abs", x), num(1.0))
        case "atanh":
            bad = lw.emit("ge", lw.emit("abs", x), num(1.0))
        case "acosh":
            bad = lw.emit("lt", x, num(1.0))
        case "sin" | "cos" | "tan":
            bad = lw.emit("isinf", x)
        case "lgamma" | "tgamma":
            whole = lw.emit("eq", lw.emit("floor", x), x)
            bad = lw.emit("and", whole, lw.emit("le", x, num(0.0)))
            if name == "lgamma":
                bad = lw.emit("and", bad, lw.emit("isfinite", x))
        case _:
            return
    lw.check(lw.emit("not", bad), "ValueError", "math domain error")


def _overflow(lw: Lowering, name: str, x: Value, y: Value) -> None:
    if name in ("exp", "exp2", "expm1", "sinh", "cosh", "lgamma", "tgamma"):
        bad = lw.emit("and", lw.emit("isinf", y), lw.emit("isfinite", x))
        lw.check(lw.emit("not", bad), "OverflowError", "math range error")


def _unary(name: str, f: Callable[[float], Any]) -> Callable[..., AV]:
    def handler(lw: Lowering, x: AV, /) -> AV:
        if isinstance(x, Const):
            try:
                return Const(f(x.value))
            except (ValueError, OverflowError, TypeError):
                pass
        v = _value(lw, x)
        _domain(lw, name, v)
        y = lw.emit(name, v)
        _overflow(lw, name, v, y)
        return Num(y)

    return handler


def _rounded(name: str, f: Callable[[Any], Any]) -> Callable[..., AV]:
    def handler(lw: Lowering, x: AV, /) -> AV:
        if isinstance(x, Const):
            return Const(f(x.value))
        if isinstance(x, Num) and x.dtype.is_int:
            return Num(lw.number(x, I64), low=x.low)
        v = _value(lw, x)
        finite(lw, v)
        return Num(lw.emit("cast", lw.emit(name, v), to=I64))

    return handler


def finite(lw: Lowering, v: Value) -> None:
    """`int` of nan or infinity raises."""
    lw.check(lw.emit("not", lw.emit("isnan", v)), "ValueError", "cannot convert float NaN to integer")
    bound = lw.const(2.0**63, v.type if isinstance(v.type, Scalar) else F64)
    lw.check(
        lw.emit("lt", lw.emit("abs", v), bound),
        "OverflowError",
        "cannot convert float {0} to a 64-bit integer",
        v,
    )


def _test(name: str, f: Callable[[Any], Any]) -> Callable[..., AV]:
    def handler(lw: Lowering, x: AV, /) -> AV:
        return Const(f(x.value)) if isinstance(x, Const) else Num(lw.emit(name, _value(lw, x)))

    return handler


def _binary(name: str, f: Callable[[Any, Any], Any]) -> Callable[..., AV]:
    def handler(lw: Lowering, x: AV, y: AV, /) -> AV:
        if isinstance(x, Const) and isinstance(y, Const):
            try:
                return Const(f(x.value, y.value))
            except (ValueError, OverflowError):
                pass
        a, b = _value(lw, x), _value(lw, y)
        if name == "fmod":
            lw.check(lw.emit("ne", b, lw.const(0.0, F64)), "ValueError", "math domain error")
        return Num(lw.emit(name, a, b))

    return handler


def _pow(lw: Lowering, x: AV, y: AV, /) -> AV:
    if isinstance(x, Const) and isinstance(y, Const):
        return Const(math.pow(x.value, y.value))
    a, b = _value(lw, x), _value(lw, y)
    if isinstance(y, Const) and abs(y.value) <= 64 and float(y.value).is_integer():
        r = lw.emit("ipow", a, n=int(y.value))
    else:
        r = lw.emit("pow", a, b)
    finite_given = lw.emit("and", lw.emit("isfinite", a), lw.emit("isfinite", b))
    pole = lw.emit("and", lw.emit("isinf", r), lw.emit("eq", a, lw.const(0.0, F64)))
    bad = lw.emit("and", finite_given, lw.emit("or", lw.emit("isnan", r), pole))
    lw.check(lw.emit("not", bad), "ValueError", "math domain error")
    bad = lw.emit("and", finite_given, lw.emit("isinf", r))
    lw.check(lw.emit("not", bad), "OverflowError", "math range error")
    return Num(r)


def _log(lw: Lowering, x: AV, base: AV | None = None, /) -> AV:
    top = _LOG(lw, x)
    return top if base is None else binary(lw, ast.Div, top, _LOG(lw, base))


def _hypot(lw: Lowering, *xs: AV) -> AV:
    if len(xs) == 2:
        return _binary("hypot", math.hypot)(lw, *xs)
    total: AV = Const(0.0)
    for x in xs:
        total = binary(lw, ast.Add, total, binary(lw, ast.Mult, x, x))
    return _unary("sqrt", math.sqrt)(lw, total)


def _dist(lw: Lowering, p: AV, q: AV) -> AV:
    a, b = lw.items(p), lw.items(q)
    if a is None or b is None or len(a) != len(b):
        lw.refuse("C0104", "`math.dist` takes two sequences of one known length")
    return _hypot(lw, *(binary(lw, ast.Sub, x, y) for x, y in zip(a, b, strict=True)))


def _scaled(factor: float) -> Callable[..., AV]:
    def handler(lw: Lowering, x: AV, /) -> AV:
        return binary(lw, ast.Mult, Num(_value(lw, x)) if not isinstance(x, Const) else x, Const(factor))

    return handler


def _fsum(lw: Lowering, xs: AV) -> AV:
    from .builtins_api import add_up

    return add_up(lw, xs, Const(0.0))


def _isclose(lw: Lowering, a: AV, b: AV, *, rel_tol: AV = Const(1e-9), abs_tol: AV = Const(0.0)) -> AV:  # noqa: B008
    x, y = _value(lw, a), _value(lw, b)
    largest = lw.emit("maximum", lw.emit("abs", x), lw.emit("abs", y))
    bound = lw.emit("maximum", lw.emit("mul", _value(lw, rel_tol), largest), _value(lw, abs_tol))
    near = compare(lw, ast.LtE(), Num(lw.emit("abs", lw.emit("sub", x, y))), Num(bound))
    finite_both = lw.emit("and", lw.emit("isfinite", x), lw.emit("isfinite", y))
    return Num(lw.emit("or", lw.emit("eq", x, y), lw.emit("and", finite_both, lw.number(near))))


def _integers(f: Callable[..., Any], slow: Callable[..., Any]) -> Callable[..., AV]:
    """A function of integers: of constants now, otherwise by a loop."""

    def handler(lw: Lowering, *xs: AV) -> AV:
        from .calls import call_prelude_of

        if all(isinstance(x, Const) for x in xs):
            return Const(f(*(x.value for x in xs if isinstance(x, Const))))
        return call_prelude_of(lw, slow, *xs)

    return handler


def _complex_function(name: str) -> Callable[..., AV]:
    def handler(lw: Lowering, z: AV, /) -> AV:
        from .operands import numeric

        return Num(lw.emit(name, lw.number(numeric(lw, z), C128)))

    return handler


def _phase(lw: Lowering, z: AV, /) -> AV:
    v = lw.number(z, C128)
    return Num(lw.emit("atan2", lw.emit("imag", v), lw.emit("cast", v, to=F64)))


_CMATH: dict[Any, Callable[..., AV]] = {
    **{
        getattr(cmath, n): _complex_function(n)
        for n in [
            "exp",
            "log",
            "sqrt",
            "sin",
            "cos",
            "tan",
            "asin",
            "acos",
            "atan",
            "sinh",
            "cosh",
            "tanh",
            "asinh",
            "acosh",
            "atanh",
        ]
    },
    cmath.phase: _phase,
    cmath.polar: composite(pointwise.cmath_polar),
    cmath.rect: composite(pointwise.cmath_rect),
}


def _prod(lw: Lowering, xs: AV, /, *, start: AV = Const(1)) -> AV:  # noqa: B008
    from .builtins_api import reduced

    return reduced(lw, xs, start, lambda a, b: binary(lw, ast.Mult, a, b))


_prod.lazy = True  # pyright: ignore[reportFunctionMemberAccess]
_LOG = _unary("log", math.log)
_SAME = "exp expm1 log1p log2 log10 sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf erfc"

MATH: dict[Any, Callable[..., AV]] = {
    **{getattr(math, n): _unary(n, getattr(math, n)) for n in _SAME.split()},
    math.log: _log,
    math.lgamma: _unary("lgamma", math.lgamma),
    math.gamma: _unary("tgamma", math.gamma),
    math.fabs: _unary("abs", math.fabs),
    **({math.cbrt: _unary("cbrt", math.cbrt)} if hasattr(math, "cbrt") else {}),
    **({math.exp2: _unary("exp2", math.exp2)} if hasattr(math, "exp2") else {}),
    math.floor: _rounded("floor", math.floor),
    math.ceil: _rounded("ceil", math.ceil),
    math.trunc: _rounded("trunc", math.trunc),
    math.isnan: _test("isnan", math.isnan),
    math.isinf: _test("isinf", math.isinf),
    math.isfinite: _test("isfinite", math.isfinite),
    math.atan2: _binary("atan2", math.atan2),
    math.copysign: _binary("copysign", math.copysign),
    math.fmod: _binary("fmod", math.fmod),
    math.hypot: _hypot,
    math.dist: _dist,
    math.pow: _pow,
    math.degrees: _scaled(180.0 / math.pi),
    math.radians: _scaled(math.pi / 180.0),
    math.fsum: _fsum,
    math.prod: _prod,
    math.isclose: _isclose,
    math.factorial: _integers(math.factorial, pointwise.math_factorial),
    math.comb: _integers(math.comb, pointwise.math_comb),
    math.perm: _integers(math.perm, pointwise.math_perm),
    math.gcd: _integers(math.gcd, pointwise.math_gcd),
    math.isqrt: _integers(math.isqrt, pointwise.math_isqrt),
    math.modf: composite(pointwise.math_modf),
    math.frexp: composite(pointwise.math_frexp),
    math.ldexp: composite(pointwise.math_ldexp),
    math.remainder: composite(pointwise.math_remainder),
    **({getattr(math, "sumprod"): composite(pointwise.sumprod)} if hasattr(math, "sumprod") else {}),  # noqa: B009
    **_CMATH,
}

__all__ = ["MATH", "Ref", "Tup", "finite"]
