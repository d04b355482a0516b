"""Elementwise operations on scalars in registers: one table from op name to emitter.

The same emitters serve scalar code and the bodies of fused array loops.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...ir.types import BOOL, F64, Scalar
from ...prims.special import CAPSULES
from . import cplx, total
from .code import Code
from .mathlib import available
from .values import Complex, Num, constant, real, reg, zero

#: ``emit(code, args, dtype of the operands, dtype of the result, attrs)``
Emitter = Callable[[Code, Sequence[Any], Scalar, Scalar, Mapping[str, Any]], Num]

SCALAR: dict[str, Emitter] = {}


def elementwise(
    name: str, c: Code, args: Sequence[Num], t: Scalar, r: Scalar, attrs: Mapping[str, Any]
) -> Num:
    """Emit the op ``name`` on scalars.

    Ooperands of type ``t`` (the last one's, for ``select``), result of type ``r``.
    """
    if t.is_complex and name in cplx.COMPLEX:
        return cplx.COMPLEX[name](c, args, t, attrs)
    return SCALAR[name](c, args, t, r, attrs)


def flags(attrs: Mapping[str, Any]) -> str:
    """Fast-math flags: none in the user's arithmetic, ``contract`` in that of derivatives, ``reassoc`` in
    their sums.
    """
    if attrs.get("fast") == "reassoc":
        return " reassoc contract"
    return " contract" if attrs.get("adjoint") or attrs.get("fast") == "contract" else ""


def _arith(fop: str, iop: str) -> Emitter:
    def emit(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
        if t.is_bool:
            return c.ins(f"{'or' if iop == 'add' else 'and' if iop == 'mul' else 'xor'} i1 {a[0]}, {a[1]}")
        op = fop + flags(attrs) if t.is_float else iop
        return c.ins(f"{op} {reg(t)} {a[0]}, {a[1]}")

    return emit


def _neg(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
    if not t.is_float:
        return c.ins(f"sub {reg(t)} 0, {a[0]}")
    return c.ins(f"fneg{flags(attrs)}{_reciprocal(attrs)} {reg(t)} {a[0]}")  # LLVM moves it into quotients


def _abs(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
    if t.is_float:
        return _intrinsic(c, "fabs", a, t)
    if t.is_bool or t.name == "u8":
        return a[0]
    c.unit.intrinsic(f"{reg(t)} @llvm.abs.{reg(t)}({reg(t)}, i1)")
    return c.ins(f"call {reg(t)} @llvm.abs.{reg(t)}({reg(t)} {a[0]}, i1 false)")


def _sign(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
    ty, x, o = reg(t), a[0], zero(t)
    one, minus = constant(1, t), constant(-1, t)
    if not t.is_float:
        if t.is_bool or t.name == "u8":
            return c.ins(f"zext i1 {c.ins(f'icmp ne {ty} {x}, 0')} to {ty}") if not t.is_bool else x
        c.unit.intrinsic(f"{ty} @llvm.smax.{ty}({ty}, {ty})")
        c.unit.intrinsic(f"{ty} @llvm.smin.{ty}({ty}, {ty})")
        high = c.ins(f"call {ty} @llvm.smin.{ty}({ty} {x}, {ty} 1)")
        return c.ins(f"call {ty} @llvm.smax.{ty}({ty} {high}, {ty} -1)")
    zero_or_nan = c.ins(f"select i1 {c.ins(f'fcmp oeq {ty} {x}, {o}')}, {ty} {o}, {ty} {x}")
    low = c.ins(f"select i1 {c.ins(f'fcmp olt {ty} {x}, {o}')}, {ty} {minus}, {ty} {zero_or_nan}")
    return c.ins(f"select i1 {c.ins(f'fcmp ogt {ty} {x}, {o}')}, {ty} {one}, {ty} {low}")


def _div(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
    return c.ins(f"fdiv{flags(attrs)}{_reciprocal(attrs)} {reg(t)} {a[0]}, {a[1]}")


def _reciprocal(attrs: Mapping[str, Any]) -> str:
    """Cotangents that are divided by one number are multiplied by its reciprocal."""
    return " arcp" if attrs.get("adjoint") else ""


def _mulz(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
    if not t.is_float:
        return c.ins(f"mul {reg(t)} {a[0]}, {a[1]}")
    p = c.ins(f"fmul{flags(attrs)} {reg(t)} {a[0]}, {a[1]}")
    if attrs.get("fast") == "chain" and t.lanes == 1:
        return _mulz_in_chain(c, a, t, p)
    null = c.ins(f"fcmp oeq {reg(t)} {a[0]}, {zero(t)}")
    each = f"<{t.lanes} x i1>" if t.lanes > 1 else "i1"
    return c.ins(f"select {each} {null}, {reg(t)} {zero(t)}, {reg(t)} {p}")


def _mulz_in_chain(c: Code, a: Sequence[str], t: Scalar, p: str) -> str:
    """The plain product ``p`` for a finite factor, without waiting for a comparison of the cotangent."""
    ty = reg(t)
    fabs = f"@llvm.fabs.{'f32' if ty == 'float' else 'f64'}"
    c.unit.intrinsic(f"{ty} {fabs}({ty})")
    size = c.ins(f"call {ty} {fabs}({ty} {a[1]})")
    infinity = constant(math.inf, t)
    fine = c.ins(f"fcmp olt {ty} {size}, {infinity}")
    odd, join = c.new_label("odd"), c.new_label("finite")
    before = c.block
    c.branch(fine, join, odd, ", !prof !1")
    c.label(odd)
    null = c.ins(f"fcmp oeq {ty} {a[0]}, {zero(t)}")
    q = c.ins(f"select i1 {null}, {ty} {zero(t)}, {ty} {p}")
    c.goto(join)
    c.label(join)
    return c.ins(f"phi {ty} [ {p}, %{before} ], [ {q}, %{odd} ]")


def _total(f: Callable[[Code, str, str, Scalar], str]) -> Emitter:
    return lambda c, a, t, r, attrs: f(c, a[0], a[1], t)


def _bits(op: str) -> Emitter:
    return lambda c, a, t, r, attrs: c.ins(f"{op} {reg(t)} {a[0]}, {a[1]}")


def _invert(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
    return c.ins(f"xor {reg(t)} {a[0]}, {'true' if t.is_bool else '-1'}")


def _ipow(c: Code, a: Sequence[Num], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> Num:
    n = int(attrs["n"])

    def times(x: Num, y: Num) -> Num:
        return elementwise("mul", c, (x, y), t, t, attrs)

    if n == 0:
        return constant(1, t)
    out: Num | None = None
    square: Num = a[0]
    k = abs(n)
    while k:  # the order of multiplications of `prims`
        if k & 1:
            out = square if out is None else times(out, square)
        k >>= 1
        if k:
            square = times(square, square)
    assert out is not None
    return out if n > 0 else elementwise("div", c, (constant(1, t), out), t, t, attrs)


def _intrinsic(c: Code, name: str, a: Sequence[str], t: Scalar) -> str:
    ty = reg(t)
    s = t.name if t.is_float else ty
    c.unit.intrinsic(f"{ty} @llvm.{name}.{s}({', '.join([ty] * len(a))})")
    return c.ins(f"call {ty} @llvm.{name}.{s}({', '.join(f'{ty} {x}' for x in a)})")


def _llvm(name: str) -> Emitter:
    def emit(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
        return _intrinsic(c, name, a, t) if t.is_float else a[0]

    return emit


def _libm(name: str, symbol: str = "") -> Emitter:
    def emit(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
        return call_double(c, symbol or name, a, t, vector=name)

    return emit


def call_double(c: Code, symbol: str, a: Sequence[str], t: Scalar, vector: str = "") -> str:
    """Call a function of doubles.

    Ours if the vector library has it, otherwise libm's; other floats go through f64.
    """
    if vector and vector in available():
        c.unit.vmath.setdefault(vector, set()).add(t.name)
        args = ", ".join(f"{reg(t)} {x}" for x in a)
        return c.ins(f"call {reg(t)} @wg_{vector}_{t.name}({args})")
    if t.name == "f32":
        wide = [c.ins(f"fpext float {x} to double") for x in a]
        return c.ins(f"fptrunc double {call_double(c, symbol, wide, F64)} to float")
    args = ", ".join(f"double {x}" for x in a)
    c.unit.external(symbol, "double", ", ".join(["double"] * len(a)))
    return c.ins(f"call double @{symbol}({args})")


def _extremum(float_name: str, signed: str, unsigned: str) -> Emitter:
    def emit(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
        if t.is_bool:
            return c.ins(f"{'or' if signed == 'smax' else 'and'} i1 {a[0]}, {a[1]}")
        return _intrinsic(c, float_name if t.is_float else unsigned if t.name == "u8" else signed, a, t)

    return emit


def _pyextremum(op: str) -> Emitter:
    def emit(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
        cond = SCALAR[op](c, (a[1], a[0]), t, BOOL, {})
        return c.ins(f"select i1 {cond}, {reg(t)} {a[1]}, {reg(t)} {a[0]}")

    return emit


def _compare(float_op: str, int_op: str) -> Emitter:
    def emit(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
        if t.is_float:
            return c.ins(f"fcmp {float_op} {reg(t)} {a[0]}, {a[1]}")
        sign = "" if int_op in ("eq", "ne") else "u" if t.name in ("u8", "bool") else "s"
        return c.ins(f"icmp {sign}{int_op} {reg(t)} {a[0]}, {a[1]}")

    return emit


def _isnan(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
    return c.ins(f"fcmp uno {reg(t)} {a[0]}, {a[0]}") if t.is_float else "false"


def _isinf(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
    if not t.is_float:
        return "false"
    return c.ins(f"fcmp oeq {reg(t)} {_intrinsic(c, 'fabs', a, t)}, 0x7FF0000000000000")


def _isfinite(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
    if not t.is_float:
        return "true"
    return c.ins(f"fcmp olt {reg(t)} {_intrinsic(c, 'fabs', a, t)}, 0x7FF0000000000000")


def _select(c: Code, a: Sequence[Any], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> Num:
    cond, x, y = a
    if isinstance(x, Complex):
        ty = reg(real(t))
        return Complex(*(c.ins(f"select i1 {cond}, {ty} {p}, {ty} {q}") for p, q in zip(x, y, strict=True)))
    return c.ins(f"select i1 {cond}, {reg(t)} {x}, {reg(t)} {y}")


def cast(c: Code, x: Num, t: Scalar, r: Scalar) -> Num:
    """Convert between dtypes: total, see `total.float_to_int`; complex to real keeps the real part."""
    if t == r:
        return x
    if isinstance(x, Complex):
        if r.is_bool:
            part = reg(real(t))
            return c.ins("or i1 " + ", ".join(c.ins(f"fcmp une {part} {p}, {zero(real(t))}") for p in x))
        if not r.is_complex:
            return cast(c, x.re, real(t), r)
        return Complex(*(str(cast(c, p, real(t), real(r))) for p in x))
    if r.is_complex:
        return Complex(str(cast(c, x, t, real(r))), str(zero(real(r))))
    of, to = reg(t), reg(r)
    if r.lanes > 1:
        one = c.ins(f"insertelement {to} poison, {of} {x}, i64 0")
        return c.ins(f"shufflevector {to} {one}, {to} poison, <{r.lanes} x i32> zeroinitializer")
    if r.is_bool:
        return c.ins(f"fcmp une {of} {x}, {zero(t)}" if t.is_float else f"icmp ne {of} {x}, 0")
    if r.is_float:
        if t.is_float:
            return c.ins(f"{'fpext' if r.name == 'f64' else 'fptrunc'} {of} {x} to {to}")
        return c.ins(f"{'uitofp' if t.name in ('u8', 'bool') else 'sitofp'} {of} {x} to {to}")
    if t.is_float:
        return total.float_to_int(c, x, t, r)
    if t.itemsize > r.itemsize:
        return c.ins(f"trunc {of} {x} to {to}")
    return c.ins(f"{'zext' if t.name in ('u8', 'bool') else 'sext'} {of} {x} to {to}")


def _wrap(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
    i, n = a
    if i.isdigit():
        return i
    negative = c.ins(f"icmp slt i64 {i}, 0")
    return c.ins(f"select i1 {negative}, i64 {c.ins(f'add i64 {i}, {n}')}, i64 {i}")


def _parts(c: Code, a: Sequence[Any], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> Num:
    raise AssertionError("parts of real numbers")


def _frem(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
    return c.ins(f"frem {reg(t)} {a[0]}, {a[1]}")


def _trigamma(c: Code, a: Sequence[str], t: Scalar, r: Scalar, attrs: Mapping[str, Any]) -> str:
    if t.name == "f32":
        wide = c.ins(f"fpext float {a[0]} to double")
        return c.ins(f"fptrunc double {_trigamma(c, (wide,), F64, F64, attrs)} to float")
    c.unit.support.setdefault("wg_trigamma")
    c.unit.external("sin", "double", "double")
    return c.ins(f"call double @wg_trigamma(double {a[0]})")


SCALAR.update(
    add=_arith("fadd", "add"),
    sub=_arith("fsub", "sub"),
    mul=_arith("fmul", "mul"),
    neg=_neg,
    abs=_abs,
    sign=_sign,
    div=_div,
    mulz=_mulz,
    floordiv=_total(total.floordiv),
    mod=_total(total.mod),
    shl=_total(total.shl),
    shr=_total(total.shr),
    bitand=_bits("and"),
    bitor=_bits("or"),
    bitxor=_bits("xor"),
    invert=_invert,
    ipow=_ipow,
    sqrt=_llvm("sqrt"),
    floor=_llvm("floor"),
    ceil=_llvm("ceil"),
    trunc=_llvm("trunc"),
    rint=_llvm("rint"),
    copysign=_llvm("copysign"),
    fmod=_frem,
    maximum=_extremum("maximum", "smax", "umax"),
    minimum=_extremum("minimum", "smin", "umin"),
    fmax=_extremum("maxnum", "smax", "umax"),
    fmin=_extremum("minnum", "smin", "umin"),
    lt=_compare("olt", "lt"),
    le=_compare("ole", "le"),
    gt=_compare("ogt", "gt"),
    ge=_compare("oge", "ge"),
    eq=_compare("oeq", "eq"),
    ne=_compare("une", "ne"),
    pymax=_pyextremum("gt"),
    pymin=_pyextremum("lt"),
    isnan=_isnan,
    isinf=_isinf,
    isfinite=_isfinite,
    select=_select,
    cast=lambda c, a, t, r, attrs: cast(c, a[0], t, r),
    copy=lambda c, a, t, r, attrs: a[0],
    wrap=_wrap,
    digamma=_libm("digamma", "wg_digamma"),
    trigamma=_trigamma,
    complex=lambda c, a, t, r, attrs: Complex(a[0], a[1]),
    imag=_parts,
    conj=_parts,
)
SCALAR.update({"and": _bits("and"), "or": _bits("or"), "xor": _bits("xor"), "not": _invert})
_LIBM = (
    "pow exp exp2 expm1 log log2 log10 log1p cbrt sin cos tan asin acos atan atan2 "
    "sinh cosh tanh asinh acosh atanh hypot erf erfc lgamma tgamma"
)
for _name in _LIBM.split():
    SCALAR[_name] = _libm(_name)

SCALAR.update({name: _libm(name, f"wg_special_{name}") for name in CAPSULES})

#: The elementwise operations that make fresh arrays when an operand is an array.
ELEMENTWISE = frozenset(SCALAR) - {"wrap"}
__all__ = ["ELEMENTWISE", "SCALAR", "call_double", "cast", "elementwise", "flags"]
