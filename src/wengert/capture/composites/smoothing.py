"""`scipy.signal.savgol_filter`: a polynomial fitted to each window."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
from __future__ import annotations

import numpy as np


def _fit(window_length, polyorder):
    """The matrix from the numbers of a window to the coefficients of powers from 0, around its middle."""
    t = np.arange(window_length) - (window_length - 1) / 2.0
    a = np.ones((window_length, polyorder + 1))
    for k in range(1, polyorder + 1):
        a[:, k] = a[:, k - 1] * t
    r = np.zeros((polyorder + 1, polyorder + 1))
    for k in range(polyorder + 1):  # orthonormal columns, by Gram and Schmidt, twice
        for _ in range(2):
            for j in range(k):
                s = np.sum(a[:, j] * a[:, k])
                r[j, k] += s
                a[:, k] -= s * a[:, j]
        r[k, k] = np.sqrt(np.sum(a[:, k] * a[:, k]))
        a[:, k] /= r[k, k]
    out = a.T.copy()
    for k in range(polyorder, -1, -1):
        for j in range(k + 1, polyorder + 1):
            out[k] -= r[k, j] * out[j]
        out[k] /= r[k, k]
    return out


def _value(coefficients, t, deriv):
    """A polynomial by its coefficients, or its derivative, at ``t``."""
    n = coefficients.shape[0]
    y = 0.0 * coefficients[0]
    for k in range(n - 1, deriv - 1, -1):
        factor = 1.0
        for i in range(deriv):
            factor = factor * (k - i)
        y = y * t + factor * coefficients[k]
    return y


def _padded(x, half, mode, cval):
    n = x.shape[0]
    out = np.empty(n + 2 * half)
    out[half : half + n] = x
    for k in range(half):
        if mode == "constant":
            left, right = cval, cval
        elif mode == "nearest":
            left, right = x[0], x[n - 1]
        elif mode == "wrap":
            left, right = x[(n - 1 - k) % n], x[k % n]
        else:
            left, right = x[(k + 1) % n], x[(n - 2 - k) % n]
        out[half - 1 - k] = left
        out[half + n + k] = right
    return out


def _filtered(x, fit, window_length, deriv, delta, mode, cval):
    n, half = x.shape[0], window_length // 2
    scale = 1.0 / delta**deriv
    out = np.zeros(n)
    if mode == "interp":
        for k in range(half, n - window_length + half + 1):
            out[k] = scale * _value(fit @ x[k - half : k - half + window_length], 0.0, deriv)
        first, last = fit @ x[:window_length], fit @ x[n - window_length :]
        for k in range(half):
            t = k - (window_length - 1) / 2.0
            out[k] = scale * _value(first, t, deriv)
            out[n - 1 - k] = scale * _value(last, -t, deriv)
        return out
    padded = _padded(x, half, mode, cval)
    for k in range(n):
        out[k] = scale * _value(fit @ padded[k : k + window_length], 0.0, deriv)
    return out


def savgol_filter(x, window_length, polyorder, deriv=0, delta=1.0, axis=-1, mode="interp", cval=0.0):
    if mode not in ("interp", "mirror", "constant", "nearest", "wrap"):
        raise ValueError("mode must be 'mirror', 'constant', 'nearest' 'wrap' or 'interp'.")
    if window_length % 2 == 0:
        raise NotImplementedError("savgol_filter of windows of even length is not supported")
    if mode == "mirror" and window_length // 2 >= np.asarray(x).shape[axis]:
        raise NotImplementedError("savgol_filter of windows longer than what they mirror is not supported")
    if polyorder >= window_length:
        raise ValueError("polyorder must be less than window_length.")
    y = np.asarray(x) * 1.0
    fit = _fit(window_length, polyorder)
    if mode == "interp" and window_length > y.shape[axis]:
        raise ValueError("If mode is 'interp', window_length must be less than or equal to the size of x.")
    if y.ndim == 1:
        return _filtered(y, fit, window_length, deriv, delta, mode, cval)
    moved = np.moveaxis(y, axis, -1)
    rows = np.reshape(moved, (-1, moved.shape[-1]))
    out = np.empty(rows.shape)
    for k in range(rows.shape[0]):
        out[k] = _filtered(rows[k], fit, window_length, deriv, delta, mode, cval)
    return np.moveaxis(np.reshape(out, moved.shape), -1, axis)
