"""Differences and integrals of samples."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np


def _cut(a, axis, lo, hi):
    return np.moveaxis(np.moveaxis(a, axis, 0)[lo:hi], 0, axis)


def _edge(values, a, axis):
    """What goes before or after ``a``; one number stands for a whole layer."""
    x = np.asarray(values)
    if np.ndim(x) == 0:
        return np.broadcast_to(x, tuple(1 if k == axis % a.ndim else a.shape[k] for k in range(a.ndim)))
    return x


def diff(a, n=1, axis=-1, prepend=None, append=None):
    a = np.asarray(a)
    if prepend is not None:
        a = np.concatenate((_edge(prepend, a, axis), a), axis)
    if append is not None:
        a = np.concatenate((a, _edge(append, a, axis)), axis)
    for _ in tuple(range(n)):
        a = _cut(a, axis, 1, None) - _cut(a, axis, None, -1)
    return a


def ediff1d(ary, to_end=None, to_begin=None):
    a = np.asarray(ary).ravel()
    d = a[1:] - a[:-1]
    if to_begin is not None:
        d = np.concatenate((np.atleast_1d(to_begin), d))
    if to_end is not None:
        d = np.concatenate((d, np.atleast_1d(to_end)))
    return d


def _gradient_1(f, h, edge):
    """Along the first axis; ``h`` is a step, or the coordinates."""
    out = np.empty_like(f)
    n = f.shape[0]
    if n < edge + 1:
        raise ValueError("Shape of array too small to calculate a numerical gradient")
    if np.ndim(h) == 0:
        out[1:-1] = (f[2:] - f[:-2]) / (2.0 * h)
        if edge == 1:
            out[0] = (f[1] - f[0]) / h
            out[n - 1] = (f[n - 1] - f[n - 2]) / h
        else:
            out[0] = (-1.5 * f[0] + 2.0 * f[1] - 0.5 * f[2]) / h
            out[n - 1] = (0.5 * f[n - 3] - 2.0 * f[n - 2] + 1.5 * f[n - 1]) / h
        return out
    d = h[1:] - h[:-1]
    for k in range(1, n - 1):
        a = d[k - 1]
        b = d[k]
        out[k] = -b / (a * (a + b)) * f[k - 1] + (b - a) / (a * b) * f[k] + a / (b * (a + b)) * f[k + 1]
    if edge == 1:
        out[0] = (f[1] - f[0]) / d[0]
        out[n - 1] = (f[n - 1] - f[n - 2]) / d[n - 2]
    else:
        a = d[0]
        b = d[1]
        out[0] = -(2.0 * a + b) / (a * (a + b)) * f[0] + (a + b) / (a * b) * f[1] - a / (b * (a + b)) * f[2]
        a = d[n - 3]
        b = d[n - 2]
        out[n - 1] = (
            b / (a * (a + b)) * f[n - 3]
            - (b + a) / (a * b) * f[n - 2]
            + (2.0 * b + a) / (b * (a + b)) * f[n - 1]
        )
    return out


def gradient(f, *varargs, axis=None, edge_order=1):
    f = np.asarray(f)
    if not (f.dtype == np.float64 or f.dtype == np.float32 or f.dtype == np.complex128):
        f = f.astype(np.float64)
    axes = tuple(range(f.ndim)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    out = []
    for k in tuple(range(len(axes))):
        h = 1.0
        if len(varargs) == 1:
            h = varargs[0]
        elif len(varargs) > 1:
            h = varargs[k]
        out.append(np.moveaxis(_gradient_1(np.moveaxis(f, axes[k], 0), h, edge_order), 0, axes[k]))
    return out[0] if len(out) == 1 else tuple(out)


def _strips(y, x, dx, axis):
    """The areas between neighbours, ``axis`` last."""
    y = np.moveaxis(np.asarray(y), axis, -1)
    if x is None:
        d = dx
    else:
        x = np.asarray(x)
        d = np.diff(x) if x.ndim == 1 else np.diff(np.moveaxis(x, axis, -1))
    return d * (y[..., 1:] + y[..., :-1]) / 2.0


def trapezoid(y, x=None, dx=1.0, axis=-1):
    return np.sum(_strips(y, x, dx, axis), axis=-1)


def cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None):
    out = np.cumsum(_strips(y, x, dx, axis), axis=-1)
    if initial is not None:
        out = np.concatenate((np.full((*out.shape[:-1], 1), np.float64(initial)), out), -1)
    return np.moveaxis(out, -1, axis)


def simpson(y, x=None, *, dx=1.0, axis=-1):
    """Simpson's rule; an even number of points ends with the correction of Cartwright."""
    y = np.moveaxis(np.asarray(y), axis, 0)
    n = y.shape[0]
    if x is None:
        h = np.full(max(n - 1, 0), np.float64(dx))
    else:
        h = np.diff(np.asarray(x))
    total = 0.0 * y[0]
    last = n - 1 if n % 2 == 1 else n - 2
    if n == 2:
        return h[0] * (y[0] + y[1]) / 2.0
    for k in range(0, last - 1, 2):
        a = h[k]
        b = h[k + 1]
        s = (a + b) / 6.0
        ratio = a / b
        total = total + s * (
            y[k] * (2.0 - 1.0 / ratio) + y[k + 1] * ((a + b) * ((a + b) / (a * b))) + y[k + 2] * (2.0 - ratio)
        )
    if n % 2 == 0:
        a = h[n - 2]
        b = h[n - 3]
        c1 = (2.0 * a * a + 3.0 * a * b) / (6.0 * (b + a))
        c2 = (a * a + 3.0 * b * a) / (6.0 * b)
        c3 = a * a * a / (6.0 * b * (b + a))
        total = total + c1 * y[n - 1] + c2 * y[n - 2] - c3 * y[n - 3]
    return total


FUNCTIONS = {
    np.diff: diff,
    np.ediff1d: ediff1d,
    np.gradient: gradient,
}
if hasattr(np, "trapezoid"):
    FUNCTIONS[np.trapezoid] = trapezoid
METHODS = {}
