"""Polynomials, and the points they are looked at."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    out = np.exp(np.linspace(np.log(start), np.log(stop), num, endpoint))
    if num > 0:
        out[0] = start
        if endpoint and num > 1:
            out[num - 1] = stop
    return out


def linspace_many(start, stop, num=50, endpoint=True, axis=0):
    """``np.linspace`` between arrays."""
    start, stop = np.broadcast_arrays(np.asarray(start), np.asarray(stop))
    parts = num - 1 if endpoint else num
    out = np.empty((num, *start.shape))
    step = (stop - start) / np.float64(parts)
    for k in range(num):
        out[k] = start + k * step
    if endpoint and num > 1:
        out[num - 1] = stop
    return np.moveaxis(out, 0, axis)


def vander(x, N=None, increasing=False):
    x = np.asarray(x)
    n = x.shape[0] if N is None else N
    out = np.empty((x.shape[0], n), x.dtype)
    p = np.ones_like(x)
    for k in range(n):
        out[:, k if increasing else n - 1 - k] = p
        p = p * x
    return out


def polyval(p, x):
    p = np.asarray(p)
    x = np.asarray(x)
    y = np.zeros_like(x) if np.ndim(x) > 0 else x[()] * 0.0
    for k in range(p.shape[0]):
        y = y * x + p[k]
    return y


def polyder(p, m=1):
    p = np.asarray(p)
    for _ in tuple(range(m)):
        n = p.shape[0] - 1
        p = p[:-1] * np.arange(n, 0, -1)
    return p


def polyint(p, m=1, k=None):
    p = np.asarray(p)
    for _ in tuple(range(m)):
        n = p.shape[0]
        p = np.concatenate((p / np.arange(n, 0, -1), np.zeros(1)))
    return p


def polymul(a1, a2):
    return np.convolve(a1, a2)


def polyadd(a1, a2):
    a = np.asarray(a1)
    b = np.asarray(a2)
    n = max(a.shape[0], b.shape[0])
    out = np.zeros(n)
    out[n - a.shape[0] :] += a
    out[n - b.shape[0] :] += b
    return out


FUNCTIONS = {
    np.geomspace: geomspace,
    np.vander: vander,
    np.polyval: polyval,
    np.polyder: polyder,
    np.polyint: polyint,
    np.polymul: polymul,
    np.polyadd: polyadd,
}
METHODS = {}
