"""Diagonals and triangles of matrices."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np


def tri(N, M=None, k=0, dtype=float):
    m = N if M is None else M
    out = np.zeros((N, m), dtype)
    for i in range(N):
        out[i, : min(max(i + k + 1, 0), m)] = 1
    return out


def _masked_triangle(m, k, upper):
    rows = np.arange(m.shape[-2])[:, None]
    columns = np.arange(m.shape[-1])[None, :]
    keep = columns - rows >= k if upper else columns - rows <= k
    return np.where(keep, m, m.dtype.type(0))


def tril(m, k=0):
    return _masked_triangle(np.asarray(m), k, False)


def triu(m, k=0):
    return _masked_triangle(np.asarray(m), k, True)


def tril_indices(n, k=0, m=None):
    return np.nonzero(tri(n, n if m is None else m, k, np.int64))


def triu_indices(n, k=0, m=None):
    return np.nonzero(1 - tri(n, n if m is None else m, k - 1, np.int64))


def tril_indices_from(arr, k=0):
    return tril_indices(arr.shape[0], k, arr.shape[1])


def triu_indices_from(arr, k=0):
    return triu_indices(arr.shape[0], k, arr.shape[1])


def diag_indices(n, ndim=2):
    return (np.arange(n),) * ndim


def main_diagonal(a):
    """A primitive: a view of the diagonal of a matrix."""
    return np.diagonal(a)


def diagonal(a, offset=0, axis1=0, axis2=1):
    a = np.asarray(a)
    a = np.moveaxis(a, (axis1, axis2), (-2, -1))
    if a.ndim == 2:
        return main_diagonal(a[:, offset:]) if offset >= 0 else main_diagonal(a[-offset:, :])
    n = max(min(a.shape[-2] + min(offset, 0), a.shape[-1] - max(offset, 0)), 0)
    out = np.empty((*a.shape[:-2], n), a.dtype)
    for k in range(n):
        out[..., k] = a[..., k - min(offset, 0), k + max(offset, 0)]
    return out


def diag(v, k=0):
    v = np.asarray(v)
    return diagonal(v, k)


def diagflat(v, k=0):
    return np.diag(np.asarray(v).ravel(), k)


def trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None):
    return np.sum(diagonal(a, offset, axis1, axis2), axis=-1)


def fill_diagonal(a, val, wrap=False):
    v = np.asarray(val)
    for k in range(min(a.shape[0], a.shape[1])):
        a[k, k] = v[()] if np.ndim(v) == 0 else v[k % v.shape[0]]


FUNCTIONS = {
    np.tri: tri,
    np.tril_indices: tril_indices,
    np.triu_indices: triu_indices,
    np.tril_indices_from: tril_indices_from,
    np.triu_indices_from: triu_indices_from,
    np.diag_indices: diag_indices,
    np.diagflat: diagflat,
    np.trace: trace,
    np.fill_diagonal: fill_diagonal,
}


METHODS = {
    "trace": trace,
}
