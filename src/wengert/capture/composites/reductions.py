"""Sums, means and products in their less usual forms, and differences along an axis."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np


def _out(result, out):
    if out is None:
        return result
    out[...] = result
    return out


def reduce_rows(f, a, axis):
    """``f.reduce``: one after the other."""
    if axis is None:
        a = a.ravel()
        axis = 0
    rows = np.moveaxis(a, axis, 0)
    if rows.shape[0] == 0:
        raise ValueError("zero-size array to a reduction of a universal function, which has no identity here")
    if rows.ndim == 1:
        total = rows[0]
    else:
        total = rows[0].copy()
    for k in range(1, rows.shape[0]):
        total = f(total, rows[k])
    return total


def prod(a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=None):
    """A product element by element, so that its derivative is right where factors are zero."""
    a = np.asarray(a)
    if dtype is not None:
        a = a.astype(dtype)
    if where is not None:
        a = np.where(where, a, a.dtype.type(1))
    if axis is None:
        p = a.dtype.type(1)
        flat = np.reshape(a, (-1,))
        for k in range(flat.shape[0]):
            p = p * flat[k]
        if initial is not None:
            p = p * initial
        return _out(np.full((1,) * a.ndim, p) if keepdims else p, out)
    result = a
    for k in sorted_axes(axis, a.ndim):
        moved = np.moveaxis(result, k, 0)
        if result.ndim == 1:
            p = a.dtype.type(1)
            for i in range(moved.shape[0]):
                p = p * moved[i]
            result = p
        else:
            step = np.ones(moved.shape[1:], a.dtype)
            for i in range(moved.shape[0]):
                step = step * moved[i]
            result = step
    if keepdims:
        result = np.reshape(result, kept_shape(a, axis))
    if initial is not None:
        result = result * initial
    return _out(result, out)


def sorted_axes(axis, ndim):
    """The axes from the last to the first, not negative."""
    axes = axis if isinstance(axis, tuple) else (axis,)
    return tuple(k for k in tuple(range(ndim))[::-1] if k in axes or k - ndim in axes)


def kept_shape(a, axis):
    axes = sorted_axes(axis, a.ndim)
    return tuple(1 if k in axes else a.shape[k] for k in tuple(range(a.ndim)))


def _along(a, axis, dtype):
    a = np.asarray(a)
    if axis is None:
        a = a.ravel()
        axis = 0
    if dtype is not None:
        a = a.astype(dtype)
    elif a.dtype == np.bool_:
        a = a.astype(np.int64)
    return a.copy(), axis


def cumsum(a, axis=None, dtype=None, out=None):
    result, axis = _along(a, axis, dtype)
    v = np.moveaxis(result, axis, 0)
    for k in range(1, v.shape[0]):
        v[k] += v[k - 1]
    return _out(result, out)


def cumprod(a, axis=None, dtype=None, out=None):
    result, axis = _along(a, axis, dtype)
    v = np.moveaxis(result, axis, 0)
    for k in range(1, v.shape[0]):
        v[k] *= v[k - 1]
    return _out(result, out)


def cumulative_sum(x, axis=None, dtype=None, out=None, include_initial=False):
    result = np.cumsum(x, axis)
    if include_initial:
        axis = 0 if axis is None else axis
        return np.concatenate((np.zeros_like(np.take(result, [0], axis)), result), axis)
    return result


def accumulate_maximum(a, axis=0, dtype=None, out=None):
    result, axis = _along(a, axis, dtype)
    v = np.moveaxis(result, axis, 0)
    for k in range(1, v.shape[0]):
        v[k] = np.maximum(v[k - 1], v[k])
    return result


def accumulate_minimum(a, axis=0, dtype=None, out=None):
    result, axis = _along(a, axis, dtype)
    v = np.moveaxis(result, axis, 0)
    for k in range(1, v.shape[0]):
        v[k] = np.minimum(v[k - 1], v[k])
    return result


def nansum(a, axis=None, dtype=None, out=None, keepdims=False):
    a = np.asarray(a)
    return np.sum(np.where(np.isnan(a), 0.0, a), axis=axis, keepdims=keepdims)


def nanprod(a, axis=None, dtype=None, out=None, keepdims=False):
    a = np.asarray(a)
    return prod(np.where(np.isnan(a), 1.0, a), axis, None, None, keepdims)


def nanmean(a, axis=None, dtype=None, out=None, keepdims=False):
    a = np.asarray(a)
    bad = np.isnan(a)
    return np.sum(np.where(bad, 0.0, a), axis=axis, keepdims=keepdims) / np.sum(
        ~bad, axis=axis, keepdims=keepdims
    )


def nanvar(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    a = np.asarray(a)
    bad = np.isnan(a)
    n = np.sum(~bad, axis=axis, keepdims=True)
    middle = np.sum(np.where(bad, 0.0, a), axis=axis, keepdims=True) / n
    off = np.where(bad, 0.0, a - middle)
    return np.sum(off * off, axis=axis, keepdims=keepdims) / (
        np.sum(~bad, axis=axis, keepdims=keepdims) - ddof
    )


def nanstd(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    return np.sqrt(nanvar(a, axis, None, None, ddof, keepdims))


def nanmax(a, axis=None, out=None, keepdims=False):
    a = np.asarray(a)
    return np.max(np.where(np.isnan(a), -np.inf, a), axis=axis, keepdims=keepdims)


def nanmin(a, axis=None, out=None, keepdims=False):
    a = np.asarray(a)
    return np.min(np.where(np.isnan(a), np.inf, a), axis=axis, keepdims=keepdims)


def nanargmax(a, axis=None):
    a = np.asarray(a)
    return np.argmax(np.where(np.isnan(a), -np.inf, a), axis=axis)


def nanargmin(a, axis=None):
    a = np.asarray(a)
    return np.argmin(np.where(np.isnan(a), np.inf, a), axis=axis)


def nancumsum(a, axis=None, dtype=None, out=None):
    a = np.asarray(a)
    return np.cumsum(np.where(np.isnan(a), 0.0, a), axis)


def _cut(a, axis, lo, hi):
    return np.moveaxis(np.moveaxis(a, axis, 0)[lo:hi], 0, axis)


def diff(a, n=1, axis=-1, prepend=None, append=None):
    a = np.asarray(a)
    if prepend is not None:
        first = np.asarray(prepend)
        if np.ndim(first) == 0:
            first = np.broadcast_to(
                first, tuple(1 if k == axis % a.ndim else a.shape[k] for k in tuple(range(a.ndim)))
            )
        a = np.concatenate((first, a), axis)
    if append is not None:
        last = np.asarray(append)
        if np.ndim(last) == 0:
            last = np.broadcast_to(
                last, tuple(1 if k == axis % a.ndim else a.shape[k] for k in tuple(range(a.ndim)))
            )
        a = np.concatenate((a, last), axis)
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


def trapezoid(y, x=None, dx=1.0, axis=-1):
    y = np.moveaxis(np.asarray(y), axis, -1)
    if x is None:
        d = dx
    else:
        x = np.asarray(x)
        d = np.diff(x) if x.ndim == 1 else np.diff(np.moveaxis(x, axis, -1))
    return np.sum(d * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)


def cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None):
    y = np.moveaxis(np.asarray(y), axis, -1)
    if x is None:
        d = dx
    else:
        x = np.asarray(x)
        d = np.diff(x) if x.ndim == 1 else np.diff(np.moveaxis(x, axis, -1))
    out = np.cumsum(d * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)
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


def average(a, axis=None, weights=None, returned=False, keepdims=False):
    a = np.asarray(a)
    if weights is None:
        return np.mean(a, axis=axis, keepdims=keepdims)
    w = np.asarray(weights)
    if w.ndim != a.ndim:
        w = np.reshape(w, tuple(w.shape[0] if k == axis % a.ndim else 1 for k in tuple(range(a.ndim))))
        w = np.broadcast_to(w, a.shape)
    total = np.sum(w, axis=axis, keepdims=keepdims)
    result = np.sum(a * w, axis=axis, keepdims=keepdims) / total
    return (result, total) if returned else result


def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None):
    x = np.atleast_2d(np.asarray(m))
    if not rowvar and x.shape[0] != 1:
        x = x.T
    if y is not None:
        other = np.atleast_2d(np.asarray(y))
        if not rowvar and other.shape[0] != 1:
            other = other.T
        x = np.concatenate((x, other), 0)
    if fweights is not None or aweights is not None:
        raise NotImplementedError("weights of np.cov are not supported")
    if ddof is None:
        ddof = 0 if bias else 1
    x = x - np.mean(x, axis=1, keepdims=True)
    c = x @ np.conj(x.T) / max(x.shape[1] - ddof, 0)
    return c[0, 0] if np.ndim(m) == 1 and y is None else c


def corrcoef(x, y=None, rowvar=True):
    c = cov(x, y, rowvar)
    if np.ndim(c) == 0:
        return c / c
    d = np.sqrt(np.diag(c))
    return np.clip(c / d[:, None] / d[None, :], -1.0, 1.0)


def logsumexp(a, axis=None, b=None, keepdims=False, return_sign=False):
    a = np.asarray(a)
    m = np.max(a, axis=axis, keepdims=True)
    m = np.where(np.isfinite(m), m, 0.0)
    e = np.exp(a - m)
    if b is not None:
        e = e * b
    s = np.log(np.sum(e, axis=axis, keepdims=True)) + m
    if keepdims:
        return s
    if axis is None:
        return np.reshape(s, (-1,))[0]
    return np.squeeze(s, axis)


def softmax(x, axis=None):
    x = np.asarray(x)
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def log_softmax(x, axis=None):
    x = np.asarray(x)
    d = x - np.max(x, axis=axis, keepdims=True)
    return d - np.log(np.sum(np.exp(d), axis=axis, keepdims=True))


def where_sum(a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=None):
    a = np.asarray(a)
    if where is not None:
        a = np.where(where, a, a.dtype.type(0))
    s = np.sum(a, axis=axis, dtype=dtype, keepdims=keepdims)
    return _out(s if initial is None else s + initial, out)


def where_mean(a, axis=None, dtype=None, out=None, keepdims=False, where=None):
    a = np.asarray(a)
    n = np.sum(np.broadcast_to(where, a.shape), axis=axis, keepdims=keepdims)
    return np.sum(np.where(where, a, 0.0), axis=axis, keepdims=keepdims) / n


def where_max(a, axis=None, out=None, keepdims=False, initial=None, where=None):
    a = np.asarray(a)
    if where is not None:
        a = np.where(where, a, initial)
    m = np.max(a, axis=axis, keepdims=keepdims)
    return m if initial is None else np.maximum(m, initial)


def where_min(a, axis=None, out=None, keepdims=False, initial=None, where=None):
    a = np.asarray(a)
    if where is not None:
        a = np.where(where, a, initial)
    m = np.min(a, axis=axis, keepdims=keepdims)
    return m if initial is None else np.minimum(m, initial)


FUNCTIONS = {
    np.prod: prod,
    np.nansum: nansum,
    np.nanprod: nanprod,
    np.nanmean: nanmean,
    np.nanvar: nanvar,
    np.nanstd: nanstd,
    np.nanmax: nanmax,
    np.nanmin: nanmin,
    np.nanargmax: nanargmax,
    np.nanargmin: nanargmin,
    np.nancumsum: nancumsum,
    np.diff: diff,
    np.ediff1d: ediff1d,
    np.gradient: gradient,
    np.average: average,
    np.cov: cov,
    np.corrcoef: corrcoef,
}
if hasattr(np, "trapezoid"):
    FUNCTIONS[np.trapezoid] = trapezoid
if hasattr(np, "cumulative_sum"):
    FUNCTIONS[np.cumulative_sum] = cumulative_sum
METHODS = {"prod": prod}
