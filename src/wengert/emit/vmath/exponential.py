"""Exponentials and hyperbolic functions: ``exp(x) = 2**k exp(r)`` with ``|r| <= ln(2)/2``."""

from __future__ import annotations

from . import coefficients as c
from .ir import (
    INF,
    MAGIC,
    Value,
    bits_of,
    clamp,
    copysign,
    fabs,
    fast_two_sum,
    mad,
    poly,
    power_of_two,
    residual,
    round_to_int,
    scale,
    select,
)

_MAGIC_BITS = bits_of(MAGIC)
#: Below it every odd function here is its argument, and signed zero survives.
TINY = 2.0**-27


def reduce(x: Value) -> tuple[Value, Value, Value]:
    """``x = k ln 2 + r + lo``: ``k`` as an integer, ``r`` and ``lo``; for ``|x| < 800``.

    ``k * LN2[0]`` is exact: the constant has 32 bits.
    """
    kf, t = round_to_int(x * c.LOG2E[0])
    head = mad(kf, -c.LN2[0], x)
    tail = kf * c.LN2[1]
    r = head - tail
    return t - _MAGIC_BITS, r, (head - r) - tail


def expm1_reduced(r: Value, lo: Value) -> Value:
    """``exp(r + lo) - 1`` for ``|r| <= ln(2)/2``: ``r + r*r*q(r)``, ``q`` of degree 10."""
    return r + mad(r * r, poly(r, c.EXP), lo)


def exp_sum(x: Value, lo: Value | None, down: int = 0) -> Value:
    """``exp(x + lo) * 2**-down``; ``lo`` is below an ulp of ``x``."""
    k, r, tail = reduce(clamp(x, -800.0, 730.0))
    if lo is not None:
        r, tail = fast_two_sum(r, tail + lo)
    return scale(1.0 + expm1_reduced(r, tail), k - down)


def exp(x: Value) -> Value:
    """``2**k (1 + r + r*r*q(r))``, ``q`` of degree 10; scaled in two steps so that subnormals round once."""
    k, r, lo = reduce(clamp(x, -750.0, 710.0))
    return scale(1.0 + expm1_reduced(r, lo), k)


def exp2(x: Value) -> Value:
    """``2**k exp(r ln 2)`` with ``r = x - k`` exact and ``r ln 2`` in two parts."""
    x = clamp(x, -1080.0, 1025.0)
    kf, t = round_to_int(x)
    r = x - kf
    hi = r * c.LN2_EXACT[0]
    lo = mad(r, c.LN2_EXACT[0], -hi)
    lo = mad(r, c.LN2_EXACT[1], lo)
    return scale(1.0 + expm1_reduced(hi, lo), t - _MAGIC_BITS)


def expm1_parts(x: Value) -> tuple[Value, Value]:
    """``exp(x) - 1 = hi + lo`` for ``-45 <= x <= 710``.

    It is ``2**k ((1 - 2**-k) + e)``: with ``k = 0`` the first term vanishes, and ``e`` keeps its accuracy.
    """
    k, r, tail = reduce(x)
    e, e_lo = fast_two_sum(r, mad(r * r, poly(r, c.EXP), tail))
    back = select(k > 64, 0.0, power_of_two(select(k > 64, 0, 0 - k)))
    one = 1.0 - back  # exact up to k = 53, and from there on e decides nothing that is lost
    hi, lo = fast_two_sum(one, e)
    swapped, swapped_lo = fast_two_sum(e, one)
    small = k.eq(0)
    hi, lo = select(small, swapped, hi), select(small, swapped_lo, lo)
    half = power_of_two(k - 1)
    return hi * half * 2.0, (lo + e_lo) * half * 2.0


def expm1(x: Value) -> Value:
    """``2**k (e + 1 - 2**-k)``, ``e = r + r*r*q(r)``."""
    hi, _ = expm1_parts(clamp(x, -45.0, 710.0))
    return select(fabs(x) < 2.0**-54, x, hi)


def tanh(x: Value) -> Value:
    """``t / (t + 2)`` with ``t = expm1(2|x|)`` in two parts, the quotient corrected once."""
    a = fabs(x)
    t, t_lo = expm1_parts(select(a > 22.0, 22.0, a) * 2.0)
    d, d_lo = fast_two_sum(select(t > 2.0, t, 2.0), select(t > 2.0, 2.0, t))
    inverse = 1.0 / d
    q = t * inverse
    rest = residual(q, d, t) + mad(-q, d_lo + t_lo, t_lo)
    y = mad(rest, inverse, q)
    y = select(a < TINY, a, y)
    return select(x.isnan(), x, copysign(y, x))


def sinh(x: Value) -> Value:
    """``(t + t/(t+1)) / 2`` with ``t = expm1(|x|)`` up to 22; ``exp(|x|) / 2`` beyond."""
    a = fabs(x)
    t, lo = expm1_parts(select(a > 22.0, 22.0, a))
    d = t + 1.0
    y = (t + (t / d + lo)) * 0.5
    y = select(a > 22.0, exp_sum(a, None, down=1), y)
    y = select(a < TINY, a, y)
    return select(a < INF, copysign(y, x), x)


def cosh(x: Value) -> Value:
    """``e + 1/(4e)`` with ``e = exp(|x|) / 2``."""
    a = fabs(x)
    a = select(a > 720.0, 720.0, a)
    e = exp_sum(a, None, down=1)
    return e + 0.25 / e
