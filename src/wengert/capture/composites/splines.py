"""Splines with given knots and coefficients, as `scipy.interpolate` evaluates them (de Boor's recurrence)."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
from __future__ import annotations

import numpy as np


def interval(t, k, x):
    """The number of the last knot that is not beyond ``x``, within the base interval of degree ``k``."""
    lo, hi = k, len(t) - k - 2
    while lo < hi:
        mid = (lo + hi + 1) // 2
        if t[mid] <= x:
            lo = mid
        else:
            hi = mid - 1
    return lo


def de_boor(t, d, k, i, x, der):
    """The spline of degree ``k`` (or its derivative) in interval ``i``, from the coefficients ``d`` that
    matter there, which are overwritten.
    """
    for r in range(1, k + 1):
        for j in range(k, r - 1, -1):
            left, right = t[j + i - k], t[j + 1 + i - r]
            if r <= der:
                d[j] = (k - r + 1) * (d[j] - d[j - 1]) / (right - left)
            else:
                a = (x - left) / (right - left)
                d[j] = (1.0 - a) * d[j - 1] + a * d[j]
    return d[k]


def spline_at(x, t, c, k, der, ext):
    begin, end = t[k], t[len(t) - k - 1]
    if ext == 1 and (x < begin or x > end):
        return 0.0
    if ext == 2 and (x < begin or x > end):
        raise ValueError("Found x value not in the domain")
    if ext == 3:
        x = begin if x < begin else end if x > end else x
    i = interval(t, k, x)
    return de_boor(t, c[i - k : i + 1].copy(), k, i, x, der)


def splev(x, tck, der=0, ext=0):
    t, c, k = tck
    t, c = np.asarray(t) * 1.0, np.asarray(c) * 1.0
    x = np.asarray(x) * 1.0
    if np.ndim(x) == 0:
        return spline_at(x, t, c, k, der, ext)
    flat = np.ravel(x)
    out = np.empty(len(flat))
    for n in range(len(flat)):
        out[n] = spline_at(flat[n], t, c, k, der, ext)
    return np.reshape(out, np.shape(x))


def surface_at(x, y, tx, ty, c, kx, ky, dx, dy):
    x = min(max(x, tx[kx]), tx[len(tx) - kx - 1])
    y = min(max(y, ty[ky]), ty[len(ty) - ky - 1])
    i, j = interval(tx, kx, x), interval(ty, ky, y)
    width = len(ty) - ky - 1
    along = np.empty(kx + 1)
    for a in range(kx + 1):
        start = (i - kx + a) * width + j - ky
        along[a] = de_boor(ty, c[start : start + ky + 1].copy(), ky, j, y, dy)
    return de_boor(tx, along, kx, i, x, dx)


def bisplev(x, y, tck, dx=0, dy=0):
    tx, ty, c, kx, ky = tck
    tx, ty, c = np.asarray(tx) * 1.0, np.asarray(ty) * 1.0, np.asarray(c) * 1.0
    x, y = np.asarray(x) * 1.0, np.asarray(y) * 1.0
    if np.ndim(x) == 0 and np.ndim(y) == 0:
        return surface_at(x, y, tx, ty, c, kx, ky, dx, dy)
    xs, ys = np.atleast_1d(x), np.atleast_1d(y)
    out = np.empty((len(xs), len(ys)))
    for a in range(len(xs)):
        for b in range(len(ys)):
            out[a, b] = surface_at(xs[a], ys[b], tx, ty, c, kx, ky, dx, dy)
    if np.ndim(x) == 0:
        if len(ys) < 2:
            raise NotImplementedError("a surface at one point: pass numbers, not arrays of one")
        return out[0]
    if len(xs) < 2:
        raise NotImplementedError("a surface at one point: pass numbers, not arrays of one")
    return out
