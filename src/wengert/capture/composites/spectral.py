"""What is made of singular values and orthogonal factors: norms, ranks, pseudoinverses, least squares."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np

from .orthogonal import triangle
from .rotations import square_of, stack, wide
from .singular import each_triangle, svd
from .solving import back, forward, inv

_EPS = 2.220446049250313e-16


def _triangular(a):
    """Whether there are at least as many rows as columns; and ``Q`` and ``R`` of the matrix or else of its
    adjoint.
    """
    tall = a.shape[0] >= a.shape[1]
    y = triangle(a.copy() if tall else np.conj(a.T).copy())
    n = y.shape[1]
    return tall, y[:-n], y[-n:]


def _pinv(a, limit):
    tall, q, r = _triangular(a)
    size = np.abs(np.diagonal(r))
    if np.min(size) <= limit * np.max(size):
        raise NotImplementedError("the pseudoinverse of a matrix without full rank is not supported")
    x = back(r, np.conj(q.T))
    return x if tall else np.conj(x.T).copy()


def pinv(a, rcond=None, hermitian=False, *, rtol=None):
    """Of full rank, by orthogonal triangles."""
    a = wide(a)
    if hermitian:
        a = each_triangle(a)
    if rcond is None:
        rcond = rtol
    limit = max(a.shape[-2], a.shape[-1]) * _EPS if rcond is None else rcond
    if a.ndim == 2:
        return _pinv(a, limit)
    each = stack(a)
    out = np.empty((each.shape[0], a.shape[-1], a.shape[-2]), a.dtype)
    for k in range(each.shape[0]):
        out[k] = _pinv(each[k], limit)
    return np.reshape(out, (*a.shape[:-2], a.shape[-1], a.shape[-2]))


def matrix_rank(A, tol=None, hermitian=False, *, rtol=None):
    A = np.asarray(A)
    if A.ndim < 2:
        return int(np.any(A != 0.0))
    s = svd(A, compute_uv=False, hermitian=hermitian)
    top = np.max(s, axis=-1, keepdims=True)
    if tol is None:
        limit = top * (max(A.shape[-2], A.shape[-1]) * _EPS if rtol is None else rtol)
    else:
        limit = tol
    return np.sum(s > limit, axis=-1)


def lstsq(a, b, rcond=None):
    a = np.asarray(a)
    b = np.asarray(b)
    columns = b[:, None] if b.ndim == 1 else b
    m, n = a.shape
    s = svd(a, compute_uv=False)
    limit = max(m, n) * _EPS if rcond is None else (_EPS if rcond < 0.0 else rcond)
    rank = np.sum(s > s.max() * limit)
    if rank < min(m, n):
        raise NotImplementedError("least squares without full rank are not supported")
    tall, q, r = _triangular(a)
    x = back(r, np.conj(q.T) @ columns) if tall else q @ forward(np.conj(r.T), columns)
    residuals = np.sum(square_of(columns - a @ x), axis=0)
    if m <= n:
        residuals = residuals[:0]
    return (x[:, 0] if b.ndim == 1 else x), residuals, rank, s


def norm(x, ord, axis, keepdims):
    """Of matrices along two axes, for the orders that are no sums of squares."""
    row, column = axis
    row = row % x.ndim
    column = column % x.ndim
    rest = tuple(k for k in tuple(range(x.ndim)) if k not in (row, column))
    moved = np.transpose(x, (*rest, row, column))
    if ord == "nuc":
        y = np.sum(svd(moved, compute_uv=False), axis=-1)
    elif ord == 2:
        y = np.max(svd(moved, compute_uv=False), axis=-1)
    elif ord == -2:
        y = np.min(svd(moved, compute_uv=False), axis=-1)
    elif ord == 1:
        y = np.max(np.sum(np.abs(moved), axis=-2), axis=-1)
    elif ord == -1:
        y = np.min(np.sum(np.abs(moved), axis=-2), axis=-1)
    elif ord == np.inf:
        y = np.max(np.sum(np.abs(moved), axis=-1), axis=-1)
    elif ord == -np.inf:
        y = np.min(np.sum(np.abs(moved), axis=-1), axis=-1)
    else:
        raise ValueError("Invalid norm order for matrices.")
    return np.expand_dims(np.asarray(y), (min(row, column), max(row, column))) if keepdims else y


def cond(x, p=None):
    if p is None or p == 2 or p == -2:
        s = svd(x, compute_uv=False)
        return s.min(-1) / s.max(-1) if p == -2 else s.max(-1) / s.min(-1)
    return np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(inv(x), p, axis=(-2, -1))


FUNCTIONS = {
    np.linalg.pinv: pinv,
    np.linalg.lstsq: lstsq,
    np.linalg.matrix_rank: matrix_rank,
    np.linalg.cond: cond,
}
METHODS = {}
