"""Interpolators of `scipy.interpolate`: piecewise polynomials, given or made from points."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np

from .splines import interval, spline_at


def _polynomial(c, knots, x, nu):
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
    return _polynomial(c, knots, x, nu)


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


class Lines:
    """`interp1d`, made in the function that is differentiated."""

    def __init__(self, xs, ys, checked, extrapolate, below, above):
        self.xs = xs
        self.ys = ys
        self.checked = checked
        self.extrapolate = extrapolate
        self.below = below
        self.above = above

    def __call__(self, x):
        return lines(self.xs, self.ys, self.checked, self.extrapolate, self.below, self.above, x)


def interp1d(
    x, y, kind="linear", axis=-1, copy=True, bounds_error=None, fill_value=np.nan, assume_sorted=False
):
    if kind != "linear":
        raise NotImplementedError("interp1d of other kinds than linear must be made outside of the function")
    xs, ys = np.asarray(x) * 1.0, np.asarray(y) * 1.0
    if not assume_sorted:
        order = np.argsort(xs)
        xs, ys = xs[order], ys[order]
    if isinstance(fill_value, str):
        return Lines(xs, ys, False, True, np.nan, np.nan)
    if isinstance(fill_value, tuple):
        return Lines(xs, ys, bool(bounds_error), False, fill_value[0], fill_value[1])
    given = fill_value == fill_value
    return Lines(xs, ys, not given if bounds_error is None else bounds_error, False, fill_value, fill_value)


class Pieces:
    """`CubicSpline` and its like, made in the function that is differentiated."""

    def __init__(self, x, c, extrapolate):
        self.x = x
        self.c = c
        self.extrapolate = extrapolate

    def __call__(self, x, nu=0, extrapolate=None):
        return piecewise(self.x, self.c, self.extrapolate if extrapolate is None else extrapolate, x, nu)

    def derivative(self, nu=1):
        """The derivative as another interpolator."""
        c = self.c
        for _ in range(nu):
            degree = c.shape[0] - 1
            c = c[:-1] * np.arange(degree, 0, -1.0)[:, None]
        return Pieces(self.x, c, self.extrapolate)


def _hermite(x, y, slopes):
    """The coefficients of cubic pieces with given slopes at their ends."""
    h = x[1:] - x[:-1]
    chord = (y[1:] - y[:-1]) / h
    t = (slopes[:-1] + slopes[1:] - 2.0 * chord) / h
    return np.stack((t / h, (chord - slopes[:-1]) / h - t, slopes[:-1], y[:-1]))


def cubic_spline(x, y, axis=0, bc_type="not-a-knot", extrapolate=None):
    if bc_type not in ("not-a-knot", "natural", "clamped"):
        raise NotImplementedError("boundary conditions of CubicSpline that are not named are not supported")
    x, y = np.asarray(x) * 1.0, np.asarray(y) * 1.0
    n = x.shape[0]
    if y.ndim != 1:
        raise NotImplementedError("interpolators of several values are not supported")
    if n < 4 and bc_type == "not-a-knot":
        raise NotImplementedError("CubicSpline of fewer than four points is not supported")
    h = x[1:] - x[:-1]
    chord = (y[1:] - y[:-1]) / h
    a = np.zeros((n, n))
    b = np.zeros(n)
    for k in range(1, n - 1):
        a[k, k - 1] = h[k]
        a[k, k] = 2.0 * (h[k - 1] + h[k])
        a[k, k + 1] = h[k - 1]
        b[k] = 3.0 * (h[k] * chord[k - 1] + h[k - 1] * chord[k])
    if bc_type == "not-a-knot":
        d = x[2] - x[0]
        a[0, 0] = h[1]
        a[0, 1] = d
        b[0] = ((h[0] + 2.0 * d) * h[1] * chord[0] + h[0] ** 2 * chord[1]) / d
        d = x[n - 1] - x[n - 3]
        a[n - 1, n - 1] = h[n - 3]
        a[n - 1, n - 2] = d
        b[n - 1] = (h[n - 2] ** 2 * chord[n - 3] + (2.0 * d + h[n - 2]) * h[n - 3] * chord[n - 2]) / d
    elif bc_type == "natural":
        a[0, 0] = 2.0
        a[0, 1] = 1.0
        b[0] = 3.0 * chord[0]
        a[n - 1, n - 1] = 2.0
        a[n - 1, n - 2] = 1.0
        b[n - 1] = 3.0 * chord[n - 2]
    else:
        a[0, 0] = 1.0
        a[n - 1, n - 1] = 1.0
    slopes = np.linalg.solve(a, b)
    return Pieces(x, _hermite(x, y, slopes), True if extrapolate is None else extrapolate)


INTERPOLATE = {"interp1d": interp1d, "CubicSpline": cubic_spline}
