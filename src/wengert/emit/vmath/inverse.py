"""Inverse circular and hyperbolic functions."""

from __future__ import annotations

from . import coefficients as c
from .exponential import TINY
from .ir import INF, NAN, Value, copysign, fabs, mad, poly, real, residual, select, sqrt
from .ir import bits as _bits
from .logarithm import log1p

_TAN_PI_8 = float.fromhex("0x1.a827999fcef32p-2")
_PI_4, _PI_4_LO = c.PI_4  # small multiples of the first are exact
_SIGN = -(1 << 63)


def _negative(x: Value) -> Value:
    return _bits(x) < 0


def _turned(eighths: Value, sign: Value | None, n: Value, d: Value) -> Value:
    """``eighths * pi/4 + atan(n/d)`` for ``|n/d| <= tan(pi/8)``: ``t + t**3 A(t*t)``, ``A`` of degree 10.

    Where ``sign`` holds, the arc tangent is subtracted.
    """
    inverse = 1.0 / d
    t = n * inverse
    t_lo = residual(t, d, n) * inverse
    if not n.pen.fma:  # splitting underflows
        t_lo = select(fabs(n) > 2.0**-900, t_lo, 0.0)
    z = t * t
    tail = mad(z * t, poly(z, c.ATAN), t_lo)
    if sign is not None:
        t, tail = select(sign, -t, t), select(sign, -tail, tail)
    return eighths * _PI_4 + (t + mad(eighths, _PI_4_LO, tail))


def atan(x: Value) -> Value:
    """``pi/2 + atan(-1/a)``, ``pi/4 + atan((a - 1)/(a + 1))`` or ``atan(a)``."""
    a = fabs(x)
    a = select(a > 2.0**60, 2.0**60, a)
    large, middle = a > 1.0 + 2.0**0.5, a > _TAN_PI_8
    n = select(large, -1.0, select(middle, a - 1.0, a))
    d = select(large, a, select(middle, a + 1.0, 1.0))
    eighths = select(large, a.lift(2.0), select(middle, a.lift(1.0), 0.0))
    y = _turned(eighths, None, n, d)
    return select(x.isnan(), x, copysign(select(a < TINY, fabs(x), y), x))


def atan2(y: Value, x: Value) -> Value:
    """The arc tangent of smaller over larger, reflected into its octant."""
    ay, ax = fabs(y), fabs(x)
    steep = ay > ax
    low, high = select(steep, ax, ay), select(steep, ay, ax)
    factor = select(high > 2.0**900, high.lift(2.0**-200), select(high < 2.0**-900, high.lift(2.0**100), 1.0))
    infinite = high.eq(INF)
    n = select(infinite, select(low.eq(INF), low.lift(1.0), 0.0), low * factor)
    d = select(infinite | high.eq(0.0), 1.0, high * factor)
    middle = n > d * _TAN_PI_8
    back = _negative(x)
    eighths = select(middle, n.lift(1.0), 0.0)
    eighths = select(steep, 2.0 - eighths, eighths)
    eighths = select(back, 4.0 - eighths, eighths)
    angle = _turned(eighths, steep ^ back, select(middle, n - d, n), select(middle, n + d, d))
    return select(x.isnan() | y.isnan(), x + y, copysign(angle, y))


def _arc(x: Value) -> tuple[Value, Value, Value, Value]:
    """``a = |x|``, whether it exceeds 1/2, ``s`` and ``asin(s) - s``: ``s = a``, or ``sqrt((1 - a)/2)``."""
    a = fabs(x)
    far = a > 0.5
    z = select(far, (1.0 - a) * 0.5, a * a)
    s = select(far, sqrt(z), a)
    return a, far, s, z * s * poly(z, c.ASIN)


def asin(x: Value) -> Value:
    """``a + a**3 P(a*a)``, ``P`` of degree 11; ``pi/2 - 2 asin(sqrt((1 - a)/2))`` beyond 1/2."""
    a, far, s, tail = _arc(x)
    y = select(far, 2.0 * _PI_4 - (2.0 * s - (2.0 * _PI_4_LO - 2.0 * tail)), s + tail)
    return select(x.isnan(), x, copysign(select(a < TINY, a, y), x))


def acos(x: Value) -> Value:
    """``pi/2 - asin(x)``; ``2 asin(sqrt((1 - a)/2))``, from ``pi`` if ``x`` is negative, beyond 1/2."""
    _, far, s, tail = _arc(x)
    back = _negative(x)
    s_x, tail_x = copysign(s, x), real(_bits(tail) ^ (_bits(x) & _SIGN))
    near = 2.0 * _PI_4 - (s_x - (2.0 * _PI_4_LO - tail_x))
    ahead = 2.0 * (s + tail)
    behind = 4.0 * _PI_4 - (2.0 * s - (4.0 * _PI_4_LO - 2.0 * tail))
    return select(far, select(back, behind, ahead), near)


def asinh(x: Value) -> Value:
    """``log1p(a + a*a/(1 + sqrt(1 + a*a)))``; ``log(a) + ln 2`` beyond 2**60."""
    a = fabs(x)
    large = a > 2.0**60
    b = select(large, 1.0, a)
    square = b * b
    v = b + square / (1.0 + sqrt(1.0 + square))
    y = log1p(select(large, a, v)) + select(large, a.lift(c.LN2_EXACT[0]), 0.0)
    return select(x.isnan(), x, copysign(select(a < TINY, a, y), x))


def acosh(x: Value) -> Value:
    """``log1p(t + sqrt(t (t + 2)))``, ``t = x - 1``; ``log(x) + ln 2`` beyond 2**60."""
    large = x > 2.0**60
    t = select(large, 1.0, x - 1.0)
    v = t + sqrt(t * (t + 2.0))
    y = log1p(select(large, x, v)) + select(large, x.lift(c.LN2_EXACT[0]), 0.0)
    return select(x < 1.0, NAN, y)


def atanh(x: Value) -> Value:
    """``log1p(2a / (1 - a)) / 2``."""
    a = fabs(x)
    y = log1p(2.0 * a / (1.0 - a)) * 0.5
    return select(x.isnan(), x, copysign(select(a < TINY, a, y), x))
