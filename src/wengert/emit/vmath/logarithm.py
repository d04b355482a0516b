"""Logarithms: ``x = 2**k m``, ``m`` near 1; ``log(1 + f) = 2 atanh(f / (2 + f))``."""

from __future__ import annotations

from . import coefficients as c
from .ir import (
    INF,
    NAN,
    Value,
    bits,
    bits_of,
    fabs,
    fast_two_sum,
    mad,
    poly,
    real,
    select,
    two_product,
    two_sum,
)

_SQRT_HALF = bits_of(float.fromhex("0x1.6a09e667f3bcdp-1"))
_TO_ONE = bits_of(1.0) - _SQRT_HALF
_FRACTION = (1 << 52) - 1
_TWO52 = 2.0**52


def decompose(x: Value) -> tuple[Value, Value]:
    """``k`` as a double, and ``m``; for positive finite ``x``, subnormals too."""
    small = x < 2.0**-1022
    return _split(select(small, x * 2.0**54, x), select(small, _TWO52 + 1023 + 54, _TWO52 + 1023))


def _split(x: Value, bias: Value | float) -> tuple[Value, Value]:
    """The same for normal ``x``; ``bias`` is taken off the exponent as it is in the bits, plus 2**52."""
    i = bits(x) + _TO_ONE
    return real((i >> 52) | bits_of(_TWO52)) - bias, real((i & _FRACTION) + _SQRT_HALF)


def limits(x: Value, y: Value) -> Value:
    """``y``, the logarithm for positive finite ``x``, completed by the other cases."""
    return select(x > 0.0, select(x < INF, y, x), select(x.eq(0.0), -INF, NAN))


def log1p_reduced(f: Value) -> tuple[Value, Value, Value]:
    """``log(1 + f) = f - h + rest``: ``h = f*f/2``, ``rest = s (h + z L(z))``, ``L`` of degree 6; ``s``."""
    s = f / (f + 2.0)
    z = s * s
    h = f * f * 0.5
    return h, s * (h + z * poly(z, c.LOG)), s


def log(x: Value) -> Value:
    """``k ln 2 + f - h + s (h + z L(z))``."""
    k, m = decompose(x)
    f = m - 1.0
    h, rest, _ = log1p_reduced(f)
    return limits(x, mad(k, c.LN2[0], f - (h - mad(k, c.LN2[1], rest))))


def log1p(x: Value) -> Value:
    """The logarithm of ``u + e = 1 + x``; what ``f`` cannot hold of ``e`` enters to first order."""
    u, e = two_sum(x, x.lift(1.0))
    k, m = _split(u, _TWO52 + 1023)  # no 1 + x is subnormal
    unit = real(bits(m) - bits(u) + bits_of(1.0))  # 2**-k: both have the same fraction
    f, g = fast_two_sum(m - 1.0, select(k < 64.0, e * unit, 0.0))
    swap = k.eq(0.0)  # then f is x itself
    f, g = select(swap, x, f), select(swap, 0.0, g)
    h, rest, s = log1p_reduced(f)
    inverse = mad(s * 2.0, s - 1.0, 1.0)  # 1/m = (1 - s)/(1 + s)
    y = mad(k, c.LN2[0], f - (h - mad(k, c.LN2[1], mad(g, inverse, rest))))
    return select(fabs(x) < 2.0**-54, x, limits(u, y))


def log_parts(x: Value) -> tuple[Value, Value, Value]:
    """``log(x) = k ln 2 + hi + lo`` with about 68 bits."""
    k, m = decompose(x)
    f = m - 1.0
    hh = f * 0.5
    h, h_lo = two_product(f, hh)
    s = f / (f + 2.0)
    z = s * s
    hi, lo = fast_two_sum(f, -h)
    return k, hi, (lo - h_lo) + s * (h + z * poly(z, c.LOG))


def _in_base(x: Value, scale: tuple[float, float], two: tuple[float, float]) -> Value:
    k, hi, lo = log_parts(x)
    p, p_lo = two_product(hi, scale[0])
    p_lo = mad(lo, scale[0], mad(hi, scale[1], p_lo))
    head = k * two[0]
    y, y_lo = two_sum(head, p)
    return limits(x, y + mad(k, two[1], y_lo + p_lo))


def log2(x: Value) -> Value:
    """``k + log(m) log2(e)``, the product in two parts."""
    return _in_base(x, c.LOG2E, (1.0, 0.0))


def log10(x: Value) -> Value:
    """``k log10(2) + log(m) log10(e)``, the products in two parts."""
    return _in_base(x, c.LOG10E, c.LOG10_2)
