"""Filters of `scipy.signal`."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np

from .smoothing import savgol_filter


def convolve(in1, in2, mode="full", method="auto"):
    a, b = np.asarray(in1), np.asarray(in2)
    if a.ndim == 1 and mode != "same":
        return np.convolve(a, b, mode)
    if a.ndim == 1:
        start = (b.shape[0] - 1) // 2
        return np.convolve(a, b)[start : start + a.shape[0]].copy()
    return convolve2d(a, b, mode)


def correlate(in1, in2, mode="full", method="auto"):
    b = np.conj(np.asarray(in2))
    return convolve(in1, b[::-1] if b.ndim == 1 else b[::-1, ::-1], mode)


def convolve2d(in1, in2, mode="full", boundary="fill", fillvalue=0):
    if boundary != "fill" or fillvalue != 0:
        raise NotImplementedError("boundaries of convolve2d other than zeros are not supported")
    a, b = np.asarray(in1), np.asarray(in2)
    m, n = a.shape
    p, q = b.shape
    out = np.zeros((m + p - 1, n + q - 1), np.result_type(a, b))
    for i in range(p):
        for j in range(q):
            out[i : i + m, j : j + n] += b[i, j] * a
    if mode == "full":
        return out
    if mode == "same":
        return out[(p - 1) // 2 : (p - 1) // 2 + m, (q - 1) // 2 : (q - 1) // 2 + n].copy()
    if mode != "valid":
        raise ValueError("acceptable mode flags are 'valid', 'same', or 'full'")
    if m >= p and n >= q:
        return out[p - 1 : m, q - 1 : n].copy()
    return out[m - 1 : p, n - 1 : q].copy()


def correlate2d(in1, in2, mode="full", boundary="fill", fillvalue=0):
    return convolve2d(in1, np.conj(np.asarray(in2))[::-1, ::-1], mode, boundary, fillvalue)


def _filtered(b, a, x, z):
    """Direct form II, transposed; ``z`` is overwritten."""
    out = np.empty_like(x)
    order = z.shape[0]
    for k in range(x.shape[0]):
        y = b[0] * x[k] + (z[0] if order > 0 else 0.0)
        for i in range(order - 1):
            z[i] = z[i + 1] + b[i + 1] * x[k] - a[i + 1] * y
        if order > 0:
            z[order - 1] = b[order] * x[k] - a[order] * y
        out[k] = y
    return out


def lfilter(b, a, x, axis=-1, zi=None):
    b, a = np.atleast_1d(np.asarray(b)) * 1.0, np.atleast_1d(np.asarray(a)) * 1.0
    n = max(b.shape[0], a.shape[0])
    num, den = np.zeros(n), np.zeros(n)
    num[: b.shape[0]] = b / a[0]
    den[: a.shape[0]] = a / a[0]
    x = np.asarray(x) * 1.0
    if x.ndim == 1:
        if zi is None:
            return _filtered(num, den, x, np.zeros(n - 1))
        z = np.asarray(zi) * 1.0
        y = _filtered(num, den, x, z)
        return y, z
    if zi is not None:
        raise NotImplementedError("lfilter with zi of arrays of more than one axis is not supported")
    moved = np.moveaxis(x, axis, -1)
    rows = np.reshape(moved, (-1, moved.shape[-1]))
    out = np.empty(rows.shape)
    for k in range(rows.shape[0]):
        out[k] = _filtered(num, den, rows[k], np.zeros(n - 1))
    return np.moveaxis(np.reshape(out, moved.shape), -1, axis)


def detrend(data, axis=-1, type="linear", bp=0, overwrite_data=False):
    y = np.moveaxis(np.asarray(data) * 1.0, axis, -1)
    if type == "constant":
        return np.moveaxis(y - np.mean(y, axis=-1, keepdims=True), -1, axis)
    n = y.shape[-1]
    t = np.arange(n) - 0.5 * (n - 1.0)
    slope = np.sum(y * t, axis=-1, keepdims=True) / np.sum(t * t)
    return np.moveaxis(y - np.mean(y, axis=-1, keepdims=True) - slope * t, -1, axis)


SIGNAL = {
    "convolve": convolve,
    "fftconvolve": convolve,
    "oaconvolve": convolve,
    "correlate": correlate,
    "convolve2d": convolve2d,
    "correlate2d": correlate2d,
    "lfilter": lfilter,
    "detrend": detrend,
    "savgol_filter": savgol_filter,
}
