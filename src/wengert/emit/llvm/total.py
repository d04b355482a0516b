"""The one file that emits instructions with holes in them: division, remainder, shifts, float to integer.

Each is made total here, so that no input reaches a trap or poison: division by zero gives 0, ``INT_MIN //
-1`` wraps, too large shifts give 0 (or the sign), and float to integer saturates.
"""

from __future__ import annotations

from ...ir.types import Scalar
from .code import Code
from .values import reg, zero

_BITS = {"i64": 64, "i32": 32, "u8": 8}


def floordiv(c: Code, a: str, b: str, t: Scalar) -> str:
    """Python's ``a // b``; 0 when ``b`` is 0."""
    if t.is_float:
        return _float_divmod(c, a, b, t)[0]
    return _int_divmod(c, a, b, t)[0]


def mod(c: Code, a: str, b: str, t: Scalar) -> str:
    """Python's ``a % b``; 0 when ``b`` is 0 (integers)."""
    if t.is_float:
        return _float_divmod(c, a, b, t)[1]
    return _int_divmod(c, a, b, t)[1]


def _int_divmod(c: Code, a: str, b: str, t: Scalar) -> tuple[str, str]:
    ty = reg(t)
    if b.lstrip("-").isdigit() and b not in ("0", "-1"):
        safe, odd = b, ""
    else:
        null = c.ins(f"icmp eq {ty} {b}, 0")
        # dividing by -1 (and 0) is done by hand: the only quotient that overflows
        odd = null if t.name == "u8" else c.ins(f"or i1 {null}, {c.ins(f'icmp eq {ty} {b}, -1')}")
        safe = c.ins(f"select i1 {odd}, {ty} 1, {ty} {b}")
    if t.name == "u8":
        q, r = c.ins(f"udiv {ty} {a}, {safe}"), c.ins(f"urem {ty} {a}, {safe}")
    else:
        q0, r0 = c.ins(f"sdiv {ty} {a}, {safe}"), c.ins(f"srem {ty} {a}, {safe}")
        differ = c.ins(f"icmp slt {ty} {c.ins(f'xor {ty} {r0}, {safe}')}, 0")
        low = c.ins(f"and i1 {differ}, {c.ins(f'icmp ne {ty} {r0}, 0')}")
        q = c.ins(f"sub {ty} {q0}, {c.ins(f'zext i1 {low} to {ty}')}")
        r = c.ins(f"select i1 {low}, {ty} {c.ins(f'add {ty} {r0}, {safe}')}, {ty} {r0}")
    if odd:
        null = c.ins(f"icmp eq {ty} {b}, 0")
        by_hand = (
            "0" if t.name == "u8" else c.ins(f"select i1 {null}, {ty} 0, {ty} {c.ins(f'sub {ty} 0, {a}')}")
        )
        q = c.ins(f"select i1 {odd}, {ty} {by_hand}, {ty} {q}")
        r = c.ins(f"select i1 {odd}, {ty} 0, {ty} {r}")
    return q, r


def _float_divmod(c: Code, a: str, b: str, t: Scalar) -> tuple[str, str]:
    ty, s = reg(t), "f64" if t.name == "f64" else "f32"
    o = zero(t)
    for f in ("floor", "copysign"):
        two = f"{ty}, {ty}" if f == "copysign" else ty
        c.unit.intrinsic(f"{ty} @llvm.{f}.{s}({two})")
    r0 = c.ins(f"frem {ty} {a}, {b}")
    some = c.ins(f"fcmp une {ty} {r0}, {o}")
    opposite = c.ins(f"xor i1 {c.ins(f'fcmp olt {ty} {b}, {o}')}, {c.ins(f'fcmp olt {ty} {r0}, {o}')}")
    fix = c.ins(f"and i1 {some}, {opposite}")
    r1 = c.ins(f"select i1 {fix}, {ty} {c.ins(f'fadd {ty} {r0}, {b}')}, {ty} {r0}")
    signed = c.ins(f"call {ty} @llvm.copysign.{s}({ty} {o}, {ty} {b})")
    r = c.ins(f"select i1 {some}, {ty} {r1}, {ty} {signed}")
    exact = c.ins(f"fdiv {ty} {a}, {b}")
    q0 = c.ins(f"fdiv {ty} {c.ins(f'fsub {ty} {a}, {r}')}, {b}")
    whole = c.ins(f"call {ty} @llvm.floor.{s}({ty} {q0})")
    half = "0x3FE0000000000000"
    up = c.ins(f"fcmp ogt {ty} {c.ins(f'fsub {ty} {q0}, {whole}')}, {half}")
    q1 = c.ins(f"select i1 {up}, {ty} {c.ins(f'fadd {ty} {whole}, 0x3FF0000000000000')}, {ty} {whole}")
    q2 = c.ins(f"call {ty} @llvm.copysign.{s}({ty} {o}, {ty} {exact})")
    q3 = c.ins(f"select i1 {c.ins(f'fcmp une {ty} {q0}, {o}')}, {ty} {q1}, {ty} {q2}")
    by_zero = c.ins(f"fcmp oeq {ty} {b}, {o}")
    return c.ins(f"select i1 {by_zero}, {ty} {exact}, {ty} {q3}"), r


def shl(c: Code, a: str, b: str, t: Scalar) -> str:
    """``a << b``; 0 when ``b`` is negative or at least the width."""
    ty = reg(t)
    fits = c.ins(f"icmp ult {ty} {b}, {_BITS[t.name]}")
    by = c.ins(f"select i1 {fits}, {ty} {b}, {ty} 0")
    return c.ins(f"select i1 {fits}, {ty} {c.ins(f'shl {ty} {a}, {by}')}, {ty} 0")


def shr(c: Code, a: str, b: str, t: Scalar) -> str:
    """``a >> b``; the sign when ``b`` is negative or at least the width."""
    ty, width = reg(t), _BITS[t.name]
    fits = c.ins(f"icmp ult {ty} {b}, {width}")
    if t.name == "u8":
        by = c.ins(f"select i1 {fits}, {ty} {b}, {ty} 0")
        return c.ins(f"select i1 {fits}, {ty} {c.ins(f'lshr {ty} {a}, {by}')}, {ty} 0")
    by = c.ins(f"select i1 {fits}, {ty} {b}, {ty} {width - 1}")
    return c.ins(f"ashr {ty} {a}, {by}")


def float_to_int(c: Code, a: str, src: Scalar, dst: Scalar) -> str:
    """Truncate; saturate; nan gives 0."""
    kind = "fptoui" if dst.name == "u8" else "fptosi"
    to, of, s = reg(dst), reg(src), src.name
    c.unit.intrinsic(f"{to} @llvm.{kind}.sat.{to}.{s}({of})")
    return c.ins(f"call {to} @llvm.{kind}.sat.{to}.{s}({of} {a})")
