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
    np.average: average,
    np.cov: cov,
    np.corrcoef: corrcoef,
}
if hasattr(np, "cumulative_sum"):
    FUNCTIONS[np.cumulative_sum] = cumulative_sum
METHODS = {"prod": prod}
