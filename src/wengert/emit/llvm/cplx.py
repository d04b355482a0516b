"""Complex arithmetic on pairs of registers; the elementary functions are C99's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...ir.types import Scalar
from .code import Code
from .values import Complex, Num, real, reg, zero

Emitter = Callable[[Code, Sequence[Any], Scalar, Mapping[str, Any]], Num]


def _add(op: str) -> Emitter:
    def emit(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> Complex:
        ty, (x, y) = reg(real(t)), a
        return Complex(*(c.ins(f"{op} {ty} {p}, {q}") for p, q in zip(x, y, strict=True)))

    return emit


def _neg(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> Complex:
    return Complex(*(c.ins(f"fneg {reg(real(t))} {p}") for p in a[0]))


def _mul(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> Complex:
    ty, (x, y) = reg(real(t)), a
    f = " contract" if attrs.get("adjoint") else ""

    def times(p: str, q: str) -> str:
        return c.ins(f"fmul{f} {ty} {p}, {q}")

    re = c.ins(f"fsub{f} {ty} {times(x.re, y.re)}, {times(x.im, y.im)}")
    im = c.ins(f"fadd{f} {ty} {times(x.re, y.im)}, {times(x.im, y.re)}")
    return Complex(re, im)


def _mulz(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> Complex:
    product = _mul(c, a, t, attrs)
    null = _eq(c, (a[0], Complex(str(zero(real(t))), str(zero(real(t))))), t, attrs)
    ty, o = reg(real(t)), zero(real(t))
    return Complex(*(c.ins(f"select i1 {null}, {ty} {o}, {ty} {p}") for p in product))


def _div(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> Complex:
    """Smith's method, as NumPy: scale by the larger part of the divisor."""
    ty, (x, y) = reg(real(t)), a
    o = zero(real(t))
    s = real(t).name
    c.unit.intrinsic(f"{ty} @llvm.fabs.{s}({ty})")
    ar, ai = (c.ins(f"call {ty} @llvm.fabs.{s}({ty} {p})") for p in y)
    wide = c.ins(f"fcmp oge {ty} {ar}, {ai}")

    def pick(p: str, q: str) -> str:
        return c.ins(f"select i1 {wide}, {ty} {p}, {ty} {q}")

    def op(name: str, p: str, q: str) -> str:
        return c.ins(f"{name} {ty} {p}, {q}")

    big, small = pick(y.re, y.im), pick(y.im, y.re)
    ratio = op("fdiv", small, big)
    scale = op("fdiv", "0x3FF0000000000000", op("fadd", big, op("fmul", small, ratio)))
    re_wide = op("fadd", x.re, op("fmul", x.im, ratio))
    re_tall = op("fadd", op("fmul", x.re, ratio), x.im)
    im_wide = op("fsub", x.im, op("fmul", x.re, ratio))
    im_tall = op("fsub", op("fmul", x.im, ratio), x.re)
    re, im = (op("fmul", pick(p, q), scale) for p, q in ((re_wide, re_tall), (im_wide, im_tall)))
    null = c.ins(f"fcmp oeq {ty} {op('fadd', ar, ai)}, {o}")
    return Complex(
        *(c.ins(f"select i1 {null}, {ty} {op('fdiv', p, ar)}, {ty} {q}") for p, q in ((x.re, re), (x.im, im)))
    )


def _abs(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> str:
    from .scalar import call_double

    return call_double(c, "hypot", a[0], real(t), vector="hypot")


def _sign(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> Complex:
    size, ty, o = _abs(c, a, t, attrs), reg(real(t)), zero(real(t))
    null = c.ins(f"fcmp oeq {ty} {size}, {o}")
    return Complex(
        *(c.ins(f"select i1 {null}, {ty} {o}, {ty} {c.ins(f'fdiv {ty} {p}, {size}')}") for p in a[0])
    )


def _eq(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> str:
    ty, (x, y) = reg(real(t)), a
    return c.ins("and i1 " + ", ".join(c.ins(f"fcmp oeq {ty} {p}, {q}") for p, q in zip(x, y, strict=True)))


def _ne(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> str:
    return c.ins(f"xor i1 {_eq(c, a, t, attrs)}, true")


def _order(op: str) -> Emitter:
    """NumPy orders complex numbers by real part, then imaginary part."""

    def emit(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> str:
        ty, (x, y) = reg(real(t)), a
        first = c.ins(f"fcmp {op[0]}{op[1]}t {ty} {x.re}, {y.re}")
        tie = c.ins(f"fcmp oeq {ty} {x.re}, {y.re}")
        second = c.ins(f"fcmp {op} {ty} {x.im}, {y.im}")
        return c.ins(f"select i1 {tie}, i1 {second}, i1 {first}")

    return emit


def _any_part(test: str) -> Emitter:
    def emit(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> str:
        from .scalar import SCALAR

        flags = [SCALAR[test](c, (p,), real(t), t, {}) for p in a[0]]
        return c.ins(f"{'and' if test == 'isfinite' else 'or'} i1 {flags[0]}, {flags[1]}")

    return emit


def _c99(name: str) -> Emitter:
    """Call ``cexp`` and friends: a pair of doubles travels in two registers, and comes back in two."""

    def emit(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> Complex:
        flat = [p for z in a for p in z]
        if t.name == "c64":
            flat = [c.ins(f"fpext float {p} to double") for p in flat]
        c.unit.external(name, "{double, double}", ", ".join(["double"] * len(flat)))
        z = c.ins(f"call {{double, double}} @{name}({', '.join(f'double {p}' for p in flat)})")
        out = [c.ins(f"extractvalue {{double, double}} {z}, {k}") for k in (0, 1)]
        if t.name == "c64":
            out = [c.ins(f"fptrunc double {p} to float") for p in out]
        return Complex(*out)

    return emit


def _imag(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> str:
    return a[0].im


def _conj(c: Code, a: Sequence[Complex], t: Scalar, attrs: Mapping[str, Any]) -> Complex:
    return Complex(a[0].re, c.ins(f"fneg {reg(real(t))} {a[0].im}"))


COMPLEX: dict[str, Emitter] = {
    "imag": _imag,
    "conj": _conj,
    "add": _add("fadd"),
    "sub": _add("fsub"),
    "neg": _neg,
    "mul": _mul,
    "mulz": _mulz,
    "div": _div,
    "abs": _abs,
    "sign": _sign,
    "eq": _eq,
    "ne": _ne,
    "lt": _order("olt"),
    "le": _order("ole"),
    "gt": _order("ogt"),
    "ge": _order("oge"),
    "isnan": _any_part("isnan"),
    "isinf": _any_part("isinf"),
    "isfinite": _any_part("isfinite"),
}
_C99 = "exp log sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh pow"
for _name in _C99.split():
    COMPLEX[_name] = _c99("c" + _name)
