"""Universal functions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from ...ir.types import BOOL, F64, I64, Scalar
from ...prims.families import NUMPY, real_of
from ..comparisons import compare
from ..composites import pointwise, selection
from ..dtypes import castable, dtype_argument
from ..lower import Lowering
from ..operands import common, dtype, is_number, is_python, numeric, operand, result
from ..operators import binary, unary
from ..values import AV, NONE, Arr, Const, Num

Handler = Callable[..., AV]


def numpy_result(v: Any) -> AV:
    """What a NumPy function gives is NumPy's, whatever it was given."""
    return Arr(v) if hasattr(v.type, "axes") else Num(v, py=False)


def given(av: AV) -> bool:
    """Whether an optional argument was given."""
    return not (isinstance(av, Const) and av.value is None)


def into(lw: Lowering, out: AV, result: AV) -> AV:
    """``out=``: the result is written there."""
    items = lw.items(out)
    if items is not None and len(items) == 1:
        out = items[0]
    if not given(out):
        return result
    if not isinstance(out, Arr):
        lw.refuse("T0201", "`out` takes an array")
    if not castable(dtype(result), out.dtype):
        lw.refuse("T0201", f"NumPy does not store {dtype(result)} into an array of {out.dtype}")
    lw.effect("assign", out.value, operand(lw, result, out.dtype))
    return out


def inexact(lw: Lowering, name: str, *avs: AV) -> AV:
    """A function of real numbers: integers become float64."""
    xs = [numeric(lw, a) for a in avs]
    t = common(lw, *xs)
    t = t if t.is_inexact else F64
    return numpy_result(lw.emit(name, *(operand(lw, x, t) for x in xs)))


def _real(name: str) -> Handler:
    def one(lw: Lowering, x: AV, /, out: AV = NONE) -> AV:
        return into(lw, out, inexact(lw, name, x))

    return one


def _real2(name: str) -> Handler:
    def two(lw: Lowering, x: AV, y: AV, /, out: AV = NONE) -> AV:
        return into(lw, out, inexact(lw, name, x, y))

    return two


def _integral(name: str) -> Handler:
    """Rounding keeps integers as they are."""

    def one(lw: Lowering, x: AV, /, out: AV = NONE) -> AV:
        v = numeric(lw, x)
        if not dtype(v).is_inexact:
            return into(lw, out, _fresh(lw, v))
        return into(lw, out, inexact(lw, name, v))

    return one


def _strong(lw: Lowering, av: AV) -> AV:
    """A number as NumPy's."""
    return av if isinstance(av, Arr) else Num(lw.number(av), False, lw.low(av))


def _fresh(lw: Lowering, av: AV) -> AV:
    """The same, never the array that was given: functions return new ones."""
    return Arr(lw.emit("copy", av.value)) if isinstance(av, Arr) else _strong(lw, av)


def _operator(op: type[ast.operator]) -> Handler:
    def two(lw: Lowering, x: AV, y: AV, /, out: AV = NONE) -> AV:
        a, b = numeric(lw, x), numeric(lw, y)
        if not isinstance(a, Arr) and not isinstance(b, Arr):
            t = common(lw, a, b)
            a, b = (
                Num(lw.number(a, t), False),
                (b if op is ast.Pow and isinstance(b, Const) else Num(lw.number(b, t), False)),
            )
        return into(lw, out, binary(lw, op, a, b))

    return two


def _comparison(op: type[ast.cmpop]) -> Handler:
    def two(lw: Lowering, x: AV, y: AV, /, out: AV = NONE) -> AV:
        found = compare(lw, op(), numeric(lw, x), numeric(lw, y))
        return into(lw, out, _strong(lw, found))

    return two


def _choice(name: str) -> Handler:
    def two(lw: Lowering, x: AV, y: AV, /, out: AV = NONE) -> AV:
        xs = numeric(lw, x), numeric(lw, y)
        t = common(lw, *xs)
        return into(lw, out, numpy_result(lw.emit(name, *(operand(lw, v, t) for v in xs))))

    return two


def _logical(name: str) -> Handler:
    def two(lw: Lowering, x: AV, y: AV, /, out: AV = NONE) -> AV:
        return into(
            lw, out, numpy_result(lw.emit(name, *(operand(lw, as_bool(lw, v), BOOL) for v in (x, y))))
        )

    return two


def as_bool(lw: Lowering, av: AV) -> AV:
    """The truth of each element."""
    x = numeric(lw, av)
    return x if dtype(x).is_bool else compare(lw, ast.NotEq(), x, Const(0))


def _not(lw: Lowering, x: AV, /, out: AV = NONE) -> AV:
    return into(lw, out, numpy_result(lw.emit("not", operand(lw, as_bool(lw, x), BOOL))))


def _test(name: str) -> Handler:
    def one(lw: Lowering, x: AV, /, out: AV = NONE) -> AV:
        v = numeric(lw, x)
        t = dtype(v) if dtype(v).is_inexact else F64
        return into(lw, out, numpy_result(lw.emit(name, operand(lw, v, t))))

    return one


def _absolute(lw: Lowering, x: AV, /, out: AV = NONE) -> AV:
    v = numeric(lw, x)
    t = dtype(v)
    if t.is_bool:
        return _fresh(lw, v)
    return into(lw, out, numpy_result(lw.emit("abs", operand(lw, v, t))))


def _sign(lw: Lowering, x: AV, /, out: AV = NONE) -> AV:
    v = numeric(lw, x)
    t = dtype(v)
    if t.is_bool:
        lw.refuse("T0201", f"`np.sign` does not take {t}")
    if t.is_complex:
        from ..calls import call_prelude

        return into(lw, out, call_prelude(lw, "direction", v))
    return into(lw, out, numpy_result(lw.emit("sign", operand(lw, v, t))))


def _negative(lw: Lowering, x: AV, /, out: AV = NONE) -> AV:
    return into(lw, out, _strong(lw, unary(lw, ast.USub(), _strong(lw, numeric(lw, x)))))


def _positive(lw: Lowering, x: AV, /) -> AV:
    return _fresh(lw, numeric(lw, x))


def _square(lw: Lowering, x: AV, /, out: AV = NONE) -> AV:
    v = numeric(lw, x)
    return into(lw, out, numpy_result(lw.emit("mul", operand(lw, v, dtype(v)), operand(lw, v, dtype(v)))))


def _reciprocal(lw: Lowering, x: AV, /, out: AV = NONE) -> AV:
    v = numeric(lw, x)
    if not dtype(v).is_inexact:
        lw.refuse("T0201", "`np.reciprocal` of integers is not supported", hint="use `1 / x`")
    return into(lw, out, numpy_result(lw.emit("div", lw.const(1.0, dtype(v)), operand(lw, v, dtype(v)))))


def _scaled(factor: float) -> Handler:
    def one(lw: Lowering, x: AV, /) -> AV:
        return _strong(lw, binary(lw, ast.Mult, _strong(lw, numeric(lw, x)), Const(factor)))

    return one


def where(lw: Lowering, c: AV, a: AV | None = None, b: AV | None = None, /) -> AV:
    """``np.where(c, a, b)``."""
    if a is None or b is None:
        from ..calls import call_prelude_of

        return call_prelude_of(lw, selection.nonzero, c)
    test = as_bool(lw, c)
    x, y = numeric(lw, a), numeric(lw, b)
    t = common(lw, x, y)
    return numpy_result(lw.emit("select", operand(lw, test, BOOL), operand(lw, x, t), operand(lw, y, t)))


def _clip(
    lw: Lowering, a: AV, a_min: AV = NONE, a_max: AV = NONE, out: AV = NONE, *, min: AV = NONE, max: AV = NONE
) -> AV:
    lo, hi = (a_min if given(a_min) else min), (a_max if given(a_max) else max)
    result = _strong(lw, numeric(lw, a))
    if not given(lo) and not given(hi):
        return into(lw, out, _fresh(lw, result))
    if given(lo):
        result = _choice("maximum")(lw, result, lo)
    if given(hi):
        result = _choice("minimum")(lw, result, hi)
    return into(lw, out, result)


def convert(lw: Lowering, x: AV, to: Scalar) -> AV:
    """``x.astype(to)``, always a new value."""
    v = numeric(lw, x)
    if dtype(v).is_complex and not to.is_complex:
        lw.refuse("T0201", "complex numbers do not become real silently", hint="use `.real`")
    if isinstance(v, Arr):
        return Arr(lw.emit("copy", v.value) if v.dtype == to else lw.emit("cast", v.value, to=to))
    if to.is_bool:
        return Num(lw.number(lw.truth(v), BOOL), False)
    return Num(lw.number(v, to), False, lw.low(v) if to.is_int else None)


def _astype(lw: Lowering, x: AV, dtype: AV, copy: AV = Const(True)) -> AV:  # noqa: B008
    to = dtype_argument(lw.static(dtype, "the dtype"))
    if to is None:
        lw.refuse("U0603", "this dtype is not supported")
    if isinstance(x, Arr) and x.dtype == to and not lw.static(copy, "`copy`"):
        return x
    return convert(lw, x, to)


def _scalar_type(to: Scalar) -> Handler:
    def make(lw: Lowering, x: AV = Const(0), /) -> AV:  # noqa: B008
        return convert(lw, x, to)

    return make


def _composite(name: str) -> Handler:
    """A function written in Python in `prelude`."""

    def handler(lw: Lowering, *xs: AV) -> AV:
        from ..calls import call_prelude

        return call_prelude(lw, name, *(_strong(lw, numeric(lw, x)) for x in xs))

    return handler


def real_part(lw: Lowering, x: AV, /) -> AV:
    """``np.real``: of complex arrays a copy, which must not be written."""
    v = numeric(lw, x)
    if not dtype(v).is_complex:
        return v
    to = real_of(dtype(v))
    return result(lw, _part(lw, lw.emit("cast", operand(lw, v, dtype(v)), to=to), v), v)


def imaginary_part(lw: Lowering, x: AV, /) -> AV:
    """``np.imag``."""
    v = numeric(lw, x)
    if dtype(v).is_complex:
        return result(lw, _part(lw, lw.emit("imag", operand(lw, v, dtype(v))), v), v)
    return (
        binary(lw, ast.Mult, v, Const(0)) if isinstance(v, Arr) else Num(lw.const(0, dtype(v)), is_python(v))
    )


def _part(lw: Lowering, made: Any, v: AV) -> Any:
    """NumPy gives a view: neither side may be written afterwards."""
    if isinstance(v, Arr):
        made = lw.emit("copy", made)
        lw.session.parts[made] = v.value
        lw.session.ambiguous[made] = lw.span
    return made


def conjugate(lw: Lowering, x: AV, /, out: AV = NONE) -> AV:
    """``np.conj``."""
    v = numeric(lw, x)
    if not dtype(v).is_complex:
        return into(lw, out, _fresh(lw, v))
    return into(lw, out, result(lw, lw.emit("conj", operand(lw, v, dtype(v))), v))


def _angle(lw: Lowering, z: AV, deg: AV = Const(False)) -> AV:  # noqa: B008
    v = numeric(lw, z)
    out = _real2("atan2")(lw, imaginary_part(lw, v), real_part(lw, v))
    return binary(lw, ast.Mult, out, Const(180.0 / np.pi)) if lw.static(deg, "`deg`") else out


def _finfo(lw: Lowering, x: AV, /) -> AV:
    return Const(np.finfo(lw.static(x, "the dtype")))


def _iinfo(lw: Lowering, x: AV, /) -> AV:
    return Const(np.iinfo(lw.static(x, "the dtype")))


def _dtype(lw: Lowering, x: AV, /) -> AV:
    return Const(np.dtype(lw.static(x, "the dtype")))


def _isscalar(lw: Lowering, x: AV, /) -> AV:
    return Const(is_number(x) or (isinstance(x, Const) and np.isscalar(x.value)))


def _integer_pair(lw: Lowering, name: str, a: AV, b: AV) -> AV:
    from ..calls import call_prelude_of

    x, y = numeric(lw, a), numeric(lw, b)
    if isinstance(x, Arr) or isinstance(y, Arr):
        lw.refuse("C0104", "this function takes single integers here")
    return _strong(lw, call_prelude_of(lw, getattr(pointwise, name), x, y))


def _result_type(lw: Lowering, *xs: AV) -> AV:
    found = [numeric(lw, x) if not (isinstance(x, Const) and dtype_argument(x.value)) else x for x in xs]
    strong: list[Any] = []
    for x in found:
        if isinstance(x, Const) and not is_number(x):
            strong.append(np.dtype(x.value))
        elif isinstance(x, Arr) or not is_python(x):
            strong.append(NUMPY[dtype(x).name])
        else:
            strong.append({"i64": 0, "f64": 0.0, "c128": 0j, "bool": False}[dtype(x).name])
    return Const(np.result_type(*strong))


def _iscomplexobj(lw: Lowering, x: AV, /) -> AV:
    return Const(dtype(numeric(lw, x)).is_complex)


_REAL = {
    "exp": "exp", "exp2": "exp2", "expm1": "expm1", "log": "log", "log2": "log2", "log10": "log10",
    "log1p": "log1p", "sqrt": "sqrt", "cbrt": "cbrt", "sin": "sin", "cos": "cos", "tan": "tan",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
}  # fmt: skip
_OPERATORS = {
    np.add: ast.Add, np.subtract: ast.Sub, np.multiply: ast.Mult, np.divide: ast.Div,
    np.floor_divide: ast.FloorDiv, np.mod: ast.Mod, np.power: ast.Pow,
    np.left_shift: ast.LShift, np.right_shift: ast.RShift,
    np.bitwise_and: ast.BitAnd, np.bitwise_or: ast.BitOr, np.bitwise_xor: ast.BitXor,
}  # fmt: skip
_COMPARISONS = {
    np.less: ast.Lt, np.less_equal: ast.LtE, np.greater: ast.Gt, np.greater_equal: ast.GtE, np.equal: ast.Eq,
    np.not_equal: ast.NotEq,
}  # fmt: skip

FUNCTIONS: dict[Any, Handler] = {
    **{getattr(np, k): _real(v) for k, v in _REAL.items()},
    **{getattr(np, n): _integral(n) for n in ("floor", "ceil", "trunc", "rint")},
    **{k: _operator(v) for k, v in _OPERATORS.items()},
    **{k: _comparison(v) for k, v in _COMPARISONS.items()},
    **{getattr(np, n): _choice(n) for n in ("maximum", "minimum", "fmax", "fmin")},
    **{getattr(np, n): _test(n) for n in ("isnan", "isinf", "isfinite")},
    **{getattr(np, f"logical_{n}"): _logical(n) for n in ("and", "or", "xor")},
    np.arctan2: _real2("atan2"),
    np.hypot: _real2("hypot"),
    np.copysign: _real2("copysign"),
    np.fmod: _real2("fmod"),
    np.fix: _integral("trunc"),
    np.logical_not: _not,
    np.invert: lambda lw, x, /: unary(lw, ast.Invert(), _strong(lw, numeric(lw, x))),
    np.absolute: _absolute,
    np.fabs: _absolute,
    np.sign: _sign,
    np.negative: _negative,
    np.positive: _positive,
    np.square: _square,
    np.reciprocal: _reciprocal,
    np.degrees: _scaled(180.0 / np.pi),
    np.radians: _scaled(np.pi / 180.0),
    np.rad2deg: _scaled(180.0 / np.pi),
    np.deg2rad: _scaled(np.pi / 180.0),
    np.where: where,
    np.clip: _clip,
    np.logaddexp: _composite("logaddexp"),
    np.sinc: _composite("sinc"),
    np.heaviside: _composite("heaviside"),
    np.float64: _scalar_type(F64),
    np.float32: _scalar_type(Scalar("f32")),
    np.int64: _scalar_type(I64),
    np.int32: _scalar_type(Scalar("i32")),
    np.uint8: _scalar_type(Scalar("u8")),
    np.bool_: _scalar_type(BOOL),
    np.complex128: _scalar_type(Scalar("c128")),
    np.complex64: _scalar_type(Scalar("c64")),
    np.real: real_part,
    np.imag: imaginary_part,
    np.conj: conjugate,
    np.angle: _angle,
    np.finfo: _finfo,
    np.iinfo: _iinfo,
    np.dtype: _dtype,
    np.isscalar: _isscalar,
    np.iscomplexobj: _iscomplexobj,
    np.result_type: _result_type,
    np.i0: _real("i0"),
    np.gcd: lambda lw, a, b: _integer_pair(lw, "math_gcd", a, b),
    np.lcm: lambda lw, a, b: _integer_pair(lw, "math_lcm", a, b),
    np.promote_types: _result_type,
}
METHODS: dict[str, Handler] = {
    "astype": _astype,
    "clip": lambda lw, a, min=NONE, max=NONE, out=NONE: _clip(lw, a, min, max, out),
    "conj": conjugate,
    "conjugate": conjugate,
}
