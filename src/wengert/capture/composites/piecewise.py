"""Interpolators of `scipy.interpolate`: piecewise polynomials, given or made from points."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np

from .splines import interval, spline_at


def polynomial(c, knots, x, nu):
    """The piece that ``x`` is in, or its derivative."""
    k = interval(knots, 0, x)
    s = x - knots[k]
    degree = c.shape[0] - 1
    y = 0.0 * s
    for j in range(degree - nu + 1):
        factor = 1.0
        for i in range(nu):
            factor = factor * (degree - j - i)
        y = y * s + factor * c[j, k]
    return y


def _polynomial_within(c, knots, x, nu, extrapolate):
    if not extrapolate and (x < knots[0] or x > knots[len(knots) - 1]):
        return np.nan * x
    return polynomial(c, knots, x, nu)


def piecewise(knots, c, extrapolate, x, nu=0):
    """`PPoly`, of one value."""
    if c.ndim != 2:
        raise NotImplementedError("interpolators of several values are not supported")
    x = np.asarray(x) * 1.0
    if np.ndim(x) == 0:
        return _polynomial_within(c, knots, x[()], nu, extrapolate)
    flat = np.ravel(x)
    out = np.empty(len(flat))
    for n in range(len(flat)):
        out[n] = _polynomial_within(c, knots, flat[n], nu, extrapolate)
    return np.reshape(out, np.shape(x))


def b_spline(t, c, k, extrapolate, x, nu=0):
    """`BSpline`, of one value."""
    if c.ndim != 1:
        raise NotImplementedError("interpolators of several values are not supported")
    x = np.asarray(x) * 1.0
    if np.ndim(x) == 0:
        return _b_spline_within(x[()], t, c, k, nu, extrapolate)
    flat = np.ravel(x)
    out = np.empty(len(flat))
    for n in range(len(flat)):
        out[n] = _b_spline_within(flat[n], t, c, k, nu, extrapolate)
    return np.reshape(out, np.shape(x))


def _b_spline_within(x, t, c, k, nu, extrapolate):
    if not extrapolate and (x < t[k] or x > t[len(t) - k - 1]):
        return np.nan * x
    return spline_at(x, t, c, k, nu, 0)


def _line(xs, ys, x, checked, extrapolate, below, above):
    last = len(xs) - 1
    if x < xs[0] or x > xs[last]:
        if checked:
            raise ValueError("A value in x_new is outside the interpolation range.")
        if not extrapolate:
            return 0.0 * x + (below if x < xs[0] else above)
    k = 0
    hi = last - 1
    while k < hi:
        mid = (k + hi + 1) // 2
        if xs[mid] < x:
            k = mid
        else:
            hi = mid - 1
    return (ys[k + 1] - ys[k]) / (xs[k + 1] - xs[k]) * (x - xs[k]) + ys[k]


def lines(xs, ys, checked, extrapolate, below, above, x):
    """`interp1d` of kind linear, of one value."""
    if ys.ndim != 1:
        raise NotImplementedError("interpolators of several values are not supported")
    x = np.asarray(x) * 1.0
    if np.ndim(x) == 0:
        return _line(xs, ys, x[()], checked, extrapolate, below, above)
    flat = np.ravel(x)
    out = np.empty(len(flat))
    for n in range(len(flat)):
        out[n] = _line(xs, ys, flat[n], checked, extrapolate, below, above)
    return np.reshape(out, np.shape(x))
