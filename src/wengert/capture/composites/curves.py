"""Curves of `scipy.interpolate` that are made in the function that is differentiated."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np

from .piecewise import lines, piecewise, polynomial


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
    if kind != "linear" and kind != "cubic":
        raise NotImplementedError("interp1d of other kinds than linear and cubic is not supported")
    xs, ys = np.asarray(x) * 1.0, np.asarray(y) * 1.0
    if not assume_sorted:
        order = np.argsort(xs)
        xs, ys = xs[order], ys[order]
    if isinstance(fill_value, str):
        return _curve(kind, xs, ys, False, True, np.nan, np.nan)
    if isinstance(fill_value, tuple):
        return _curve(kind, xs, ys, bool(bounds_error), False, fill_value[0], fill_value[1])
    given = fill_value == fill_value
    checked = not given if bounds_error is None else bounds_error
    return _curve(kind, xs, ys, checked, False, fill_value, fill_value)


def _curve(kind, xs, ys, checked, extrapolate, below, above):
    if kind == "linear":
        return Lines(xs, ys, checked, extrapolate, below, above)
    return Curve(cubic_spline(xs, ys), checked, extrapolate, below, above)


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


class Curve:
    """`interp1d` of kind cubic, made in the function that is differentiated."""

    def __init__(self, pieces, checked, extrapolate, below, above):
        self.pieces = pieces
        self.checked = checked
        self.extrapolate = extrapolate
        self.below = below
        self.above = above

    def __call__(self, x):
        x = np.asarray(x) * 1.0
        if np.ndim(x) == 0:
            return self._at(x[()])
        flat = np.ravel(x)
        out = np.empty(len(flat))
        for n in range(len(flat)):
            out[n] = self._at(flat[n])
        return np.reshape(out, np.shape(x))

    def _at(self, x):
        xs = self.pieces.x
        outside = x < xs[0] or x > xs[len(xs) - 1]
        if outside and self.checked:
            raise ValueError("A value in x_new is outside the interpolation range.")
        if outside and not self.extrapolate:
            return 0.0 * x + (self.below if x < xs[0] else self.above)
        return polynomial(self.pieces.c, xs, x, 0)


def _pchip_end(h0, h1, c0, c1):
    """The slope at an end: of three points, held to the shape of the data."""
    d = ((2.0 * h0 + h1) * c0 - h0 * c1) / (h0 + h1)
    if np.sign(d) != np.sign(c0):
        return 0.0 * d
    if np.sign(c0) != np.sign(c1) and abs(d) > 3.0 * abs(c0):
        return 3.0 * c0
    return d


def pchip(x, y, axis=0, extrapolate=None):
    x, y = np.asarray(x) * 1.0, np.asarray(y) * 1.0
    if y.ndim != 1:
        raise NotImplementedError("interpolators of several values are not supported")
    n = x.shape[0]
    h = x[1:] - x[:-1]
    chord = (y[1:] - y[:-1]) / h
    slopes = np.zeros(n)
    if n == 2:
        slopes[:] = chord[0]
    else:
        for k in range(1, n - 1):
            a, b = chord[k - 1], chord[k]
            if np.sign(a) == np.sign(b) and a != 0.0:
                u, v = 2.0 * h[k] + h[k - 1], h[k] + 2.0 * h[k - 1]
                slopes[k] = (u + v) / (u / a + v / b)
        slopes[0] = _pchip_end(h[0], h[1], chord[0], chord[1])
        slopes[n - 1] = _pchip_end(h[n - 2], h[n - 3], chord[n - 2], chord[n - 3])
    return Pieces(x, _hermite(x, y, slopes), True if extrapolate is None else extrapolate)


def hermite_spline(x, y, dydx, axis=0, extrapolate=None):
    x, y, dydx = np.asarray(x) * 1.0, np.asarray(y) * 1.0, np.asarray(dydx) * 1.0
    if y.ndim != 1:
        raise NotImplementedError("interpolators of several values are not supported")
    return Pieces(x, _hermite(x, y, dydx), True if extrapolate is None else extrapolate)


INTERPOLATE = {
    "interp1d": interp1d,
    "CubicSpline": cubic_spline,
    "PchipInterpolator": pchip,
    "CubicHermiteSpline": hermite_spline,
}
