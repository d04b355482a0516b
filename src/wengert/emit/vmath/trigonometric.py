"""Circular functions: ``x = k pi/2 + r`` by subtraction up to 2**40, libm's beyond (see `wide`)."""

from __future__ import annotations

from . import coefficients as c
from .exponential import TINY
from .ir import (
    Value,
    bits,
    fabs,
    fast_two_sum,
    mad,
    poly,
    real,
    residual,
    round_to_int,
    select,
    two_product,
    two_sum,
)

#: Beyond it (and at infinity) the value is libm's, through a call that vectorises and rarely does anything.
LIMIT = 2.0**40
WIDTHS = (2, 4, 8, 16)


def reduce(x: Value) -> tuple[Value, Value, Value]:
    """The quadrant in the low bits of an integer, and ``r`` in two parts, ``|r| <= pi/4 * 1.001``."""
    k, quadrant = round_to_int(x * c.TWO_OVER_PI[0])
    p1, p2, p3 = c.HALF_PI
    if x.pen.fma:  # exact: a multiple of ulp(p1) below 1
        head = mad(k, -p1, x)
        w, w_lo = two_product(k, p2)
        hi, lo = two_sum(head, -w)
    else:
        w, w_lo = two_product(k, p1)
        head, e = two_sum(x - w, -w_lo)
        w, w_lo = two_product(k, p2)
        hi, lo = two_sum(head, -w)
        lo = lo + e
    hi, lo = fast_two_sum(hi, mad(k, -p3, lo - w_lo))
    return quadrant, hi, lo


def sin_reduced(r: Value, lo: Value) -> tuple[Value, Value]:
    """``r + r**3 S(r*r) + lo cos(r)``, ``S`` of degree 5: a large and a small term."""
    z = r * r
    return r, mad(z * r, poly(z, c.SIN), mad(lo * z, -0.5, lo))


def cos_reduced(r: Value, lo: Value) -> tuple[Value, Value]:
    """``1 - z/2 + z*z C(z) - r lo``, ``C`` of degree 5: a large term, and a small one with what it loses."""
    z = r * r
    h = z * 0.5
    w = 1.0 - h
    return w, ((1.0 - w) - h) + mad(z * z, poly(z, c.COS), -(r * lo))


def _either(c: Value, a: tuple[Value, Value], b: tuple[Value, Value]) -> tuple[Value, Value]:
    return select(c, a[0], b[0]), select(c, a[1], b[1])


def wide(name: str, x: Value, y: Value) -> Value:
    """``y``, or libm's value where ``|x|`` exceeds `LIMIT`.

    The call is out of line, so that what is inlined stays small; the attribute tells the vectoriser which
    function does the same for a vector.
    """
    symbol = f"wg_{name}_wide"
    table = ",".join(f"_ZGV_LLVM_N{n}vv_{symbol}({symbol}_v{n})" for n in WIDTHS)
    return x.pen.call(symbol, x, y, attributes=f' "vector-function-abi-variant"="{table}"')


def _signed(y: Value, quadrant: Value) -> Value:
    """``-y`` if bit 1 of the quadrant is set."""
    return real(bits(y) ^ ((quadrant & 2) << 62))


def sin(x: Value) -> Value:
    """``sin r``, ``cos r``, ``-sin r``, ``-cos r`` by quadrant."""
    q, r, lo = reduce(x)
    (s, s_lo), (t, t_lo) = sin_reduced(r, lo), cos_reduced(r, lo)
    y = select((q & 1).eq(0), s + s_lo, t + t_lo)
    return wide("sin", x, select(fabs(x) < TINY, x, _signed(y, q)))


def cos(x: Value) -> Value:
    """``cos r``, ``-sin r``, ``-cos r``, ``sin r`` by quadrant."""
    q, r, lo = reduce(x)
    (s, s_lo), (t, t_lo) = sin_reduced(r, lo), cos_reduced(r, lo)
    y = select((q & 1).eq(0), t + t_lo, s + s_lo)
    return wide("cos", x, _signed(y, q + 1))


def tan(x: Value) -> Value:
    """``sin r / cos r`` or ``-cos r / sin r``, both in two parts and the quotient corrected once."""
    q, r, lo = reduce(x)
    s, t = sin_reduced(r, lo), cos_reduced(r, lo)
    even = (q & 1).eq(0)
    n, n_lo = fast_two_sum(*_either(even, s, t))
    d, d_lo = fast_two_sum(*_either(even, t, s))
    inverse = 1.0 / d
    y = n * inverse
    y = mad(residual(y, d, n) + mad(-y, d_lo, n_lo), inverse, y)
    return wide("tan", x, select(fabs(x) < TINY, x, _signed(y, q << 1)))
