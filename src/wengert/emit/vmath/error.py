"""The error function and its complement."""

from __future__ import annotations

from . import coefficients as c
from .exponential import exp_sum
from .ir import Value, copysign, fabs, fast_two_sum, mad, poly, residual, select, two_product

_CENTRE = 3.75


def _near(x: Value) -> Value:
    """``erf(x)`` for ``|x| < 1``: ``x + x E(x*x)``, ``E`` of degree 12."""
    return mad(x, poly(x * x, c.ERF), x)


def _far(a: Value) -> Value:
    """``erfc(a)``, ``a >= 0``: ``exp(-a*a) P(t) / (1 + 2a)``, ``P`` of degree 23 in ``t = (a - k)/(a + k)``.

    The quotient is in two parts; the exponential is held 2**100 too large: a subnormal result rounds once.
    """
    a = select(a > 28.0, 28.0, a)
    square, lo = two_product(a, a)
    e = exp_sum(-square, -lo, down=-100)
    t = (a - _CENTRE) / (a + _CENTRE)
    p, p_lo = fast_two_sum(t.lift(c.ERFC[0]), t * poly(t, c.ERFC[1:]))
    d = mad(a, 2.0, 1.0)
    d_lo = mad(a, 2.0, 1.0 - d)
    inverse = 1.0 / d
    q = p * inverse
    q_lo = (residual(q, d, p) + mad(-q, d_lo, p_lo)) * inverse
    return mad(e, q, e * q_lo) * 2.0**-100


def erf(x: Value) -> Value:
    """A polynomial below 1, ``1 - erfc`` beyond."""
    a = fabs(x)
    y = select(a < 1.0, _near(a), 1.0 - _far(a))
    return select(x.isnan(), x, copysign(y, x))


def erfc(x: Value) -> Value:
    """``1 - erf(x)`` below 1/2, and by symmetry ``2 - erfc(-x)`` below -1."""
    a = fabs(x)
    far = _far(a)
    far = select(x < 0.0, 2.0 - far, far)
    return select((a < 1.0) & (x < 0.5), 1.0 - _near(x), far)
