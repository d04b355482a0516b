"""Powers and roots."""

from __future__ import annotations

from . import coefficients as c
from .exponential import exp_sum
from .ir import (
    INF,
    NAN,
    Value,
    bits,
    bits_of,
    clamp,
    copysign,
    fabs,
    fast_two_sum,
    floor,
    mad,
    poly,
    real,
    residual,
    select,
    sqrt,
    two_product,
    two_sum,
)
from .logarithm import decompose


def _precise_log(x: Value) -> tuple[Value, Value]:
    """``log(x)`` in two parts with about 64 bits: ``k ln 2 + 2s + s z (2/3 + z M(z))``, ``M`` of degree 7."""
    k, m = decompose(x)
    f = m - 1.0
    d, d_lo = fast_two_sum(f.lift(2.0), f)
    inverse = 1.0 / d
    s = f * inverse
    s_lo = mad(-s, d_lo, residual(s, d, f)) * inverse
    z, z_lo = two_product(s, s)
    z_lo = mad(s * 2.0, s_lo, z_lo)
    head, head_lo = c.TWO_THIRDS
    t, t_lo = fast_two_sum(z.lift(head), z * poly(z, c.LOG_DD))
    t_lo = t_lo + head_lo
    cube, cube_lo = two_product(s, z)
    cube_lo = mad(s, z_lo, mad(s_lo, z, cube_lo))
    v, v_lo = two_product(cube, t)
    v_lo = mad(cube, t_lo, mad(cube_lo, t, v_lo))
    hi, lo = fast_two_sum(s * 2.0, v)
    lo = lo + (s_lo * 2.0 + v_lo)
    top, top_lo = two_sum(k * c.LN2[0], hi)
    return fast_two_sum(top, mad(k, c.LN2[1], top_lo + lo))


def pow(x: Value, y: Value) -> Value:
    """``exp(y log|x|)``, logarithm and product in two parts; then sign and the special cases."""
    a = fabs(x)
    hi, lo = _precise_log(a)
    b = clamp(y, -(2.0**70), 2.0**70)  # beyond it the result is 0, 1 or infinity all the same
    p, p_lo = two_product(b, hi)
    p_lo = mad(b, lo, p_lo)
    within = fabs(p) < 800.0
    value = exp_sum(p, select(within, p_lo, 0.0))
    zero = a.eq(0.0)
    value = select(zero | a.eq(INF), select(zero ^ (y > 0.0), a.lift(INF), 0.0), value)
    whole = floor(y).eq(y)
    half = y * 0.5
    odd = whole & floor(half).ne(half)
    value = real(bits(value) | select(odd, bits(x) & -(1 << 63), 0))
    value = select((x < 0.0) & (a < INF) & ~whole, NAN, value)
    value = select(x.isnan() | y.isnan(), x + y, value)
    return select(y.eq(0.0) | x.eq(1.0), 1.0, value)


def cbrt(x: Value) -> Value:
    """``2**q cbrt(v)`` with ``1 <= v < 8``: a quartic, Halley's step, and a step in two parts."""
    a = fabs(x)
    small = a < 2.0**-1022
    i = bits(select(small, a * 2.0**54, a))
    e = i >> 52
    q = (e * 43691) >> 17  # e // 3
    r = e - q * 3
    m = real((i & ((1 << 52) - 1)) | bits_of(1.0))
    one, two = r.eq(1), r.eq(2)
    v = m * select(one, m.lift(2.0), select(two, m.lift(4.0), 1.0))
    y = poly(m, c.CBRT) * select(one, m.lift(c.CBRT_2[0]), select(two, m.lift(c.CBRT_4[0]), 1.0))
    cube = y * y * y
    w = 1.0 / (cube * 2.0 + v)  # about 1/(3v)
    y = y - y * ((cube - v) * w)
    square, square_lo = two_product(y, y)
    cube, cube_lo = two_product(square, y)
    y = y - ((cube - v) + mad(square_lo, y, cube_lo)) * (y * w)
    y = y * real((q + (1023 - 341)) << 52) * select(small, y.lift(2.0**-18), 1.0)
    return select((a > 0.0) & (a < INF), copysign(y, x), x)


def hypot(x: Value, y: Value) -> Value:
    """The root of the sum of squares in two parts, scaled away from overflow and underflow."""
    ax, ay = fabs(x), fabs(y)
    steep = ay > ax
    low, high = select(steep, ax, ay), select(steep, ay, ax)
    large, small = high > 2.0**500, high < 2.0**-400
    a = high * select(large, high.lift(2.0**-600), select(small, high.lift(2.0**600), 1.0))
    b = low * select(large, high.lift(2.0**-600), select(small, high.lift(2.0**600), 1.0))
    p, p_lo = two_product(a, a)
    q, q_lo = two_product(b, b)
    total, rest = fast_two_sum(p, q)
    h = sqrt(total)
    h = h + (residual(h, h, total) + (rest + (p_lo + q_lo))) / (h * 2.0)
    h = h * select(large, high.lift(2.0**600), select(small, high.lift(2.0**-600), 1.0))
    h = select(high.eq(0.0), 0.0, h)
    h = select(ax.isnan() | ay.isnan(), ax + ay, h)
    return select(ax.eq(INF) | ay.eq(INF), INF, h)
