"""Products of any rank, factorisations and what is solved with them."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

from typing import Any

import numpy as np

SlogdetResult: Any = type(np.linalg.slogdet(np.eye(1)))
QRResult: Any = type(np.linalg.qr(np.eye(1)))
"""The named tuples that NumPy gives (it does not export their classes)."""


def _batched(a, b):
    """Stacks of matrices, one product each."""
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    x = np.reshape(np.broadcast_to(a, batch + a.shape[-2:]), (-1, *a.shape[-2:]))
    y = np.reshape(np.broadcast_to(b, batch + b.shape[-2:]), (-1, *b.shape[-2:]))
    out = np.empty((x.shape[0], a.shape[-2], b.shape[-1]), np.result_type(a, b))
    for k in range(x.shape[0]):
        out[k] = x[k] @ y[k]
    return np.reshape(out, (*batch, a.shape[-2], b.shape[-1]))


def matmul(a, b):
    """Of more than two axes."""
    if b.ndim <= 2:
        rows = np.reshape(a, (-1, a.shape[-1])) @ b
        return np.reshape(rows, a.shape[:-1] + b.shape[1:])
    if a.ndim == 1:
        return _batched(a[None, :], b)[..., 0, :]
    return _batched(a, b)


def dot(a, b):
    """``np.dot`` of more than two axes: the last of ``a`` with the last but one of ``b``."""
    if b.ndim == 1:
        return matmul(a, b)
    moved = np.moveaxis(b, -2, 0)
    flat = np.reshape(moved, (moved.shape[0], -1))
    rows = np.reshape(a, (-1, a.shape[-1]))
    return np.reshape(rows @ flat, a.shape[:-1] + moved.shape[1:])


def inner(a, b):
    flat = np.reshape(b, (-1, b.shape[-1]))
    rows = np.reshape(a, (-1, a.shape[-1]))
    return np.reshape(rows @ flat.T, a.shape[:-1] + b.shape[:-1])


def tensordot(a, b, axes=2):
    a = np.asarray(a)
    b = np.asarray(b)
    if isinstance(axes, (tuple, list)):
        left, right = axes
        left = tuple(left) if isinstance(left, (tuple, list)) else (left,)
        right = tuple(right) if isinstance(right, (tuple, list)) else (right,)
        left = tuple(k % a.ndim for k in left)
        right = tuple(k % b.ndim for k in right)
    else:
        left = tuple(range(a.ndim - axes, a.ndim))
        right = tuple(range(axes))
    free = tuple(k for k in tuple(range(a.ndim)) if k not in left)
    rest = tuple(k for k in tuple(range(b.ndim)) if k not in right)
    rows = ()
    for k in free:
        rows = (*rows, a.shape[k])
    columns = ()
    for k in rest:
        columns = (*columns, b.shape[k])
    n = 1
    for k in left:
        n = n * a.shape[k]
    for k in tuple(range(len(left))):
        if a.shape[left[k]] != b.shape[right[k]]:
            raise ValueError("shape-mismatch for sum")
    x = np.reshape(np.transpose(a, free + left), (_count(rows), n))
    y = np.reshape(np.transpose(b, right + rest), (n, _count(columns)))
    out = x @ y
    return np.reshape(out, rows + columns) if len(rows + columns) else out[0, 0]


def _count(shape):
    total = 1
    for n in shape:
        total = total * n
    return total


def kron(a, b):
    a = np.asarray(a)
    b = np.asarray(b)
    rank = max(a.ndim, b.ndim)
    x = np.reshape(a, (1,) * (rank - a.ndim) + a.shape)
    y = np.reshape(b, (1,) * (rank - b.ndim) + b.shape)
    left = ()
    right = ()
    full = ()
    for k in tuple(range(rank)):
        left = (*left, x.shape[k], 1)
        right = (*right, 1, y.shape[k])
        full = (*full, x.shape[k] * y.shape[k])
    return np.reshape(np.reshape(x, left) * np.reshape(y, right), full)


def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    if axis is not None:
        axisa = axis
        axisb = axis
        axisc = axis
    a = np.moveaxis(np.asarray(a), axisa, -1)
    b = np.moveaxis(np.asarray(b), axisb, -1)
    if a.shape[-1] == 2 or b.shape[-1] == 2:
        raise NotImplementedError("np.cross of vectors of length 2 is not supported")
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ValueError("incompatible dimensions for cross product")
    x = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    y = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    z = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    if a.ndim == 1 and b.ndim == 1:
        return np.array([x, y, z])
    return np.stack((x, y, z), axisc)


def correlate(a, v, mode="valid"):
    v = np.asarray(v)
    return np.convolve(np.asarray(a), np.conj(v)[::-1], mode)


def square(a):
    a = np.asarray(a)
    if a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    return (
        a
        if a.dtype == np.complex128 or a.dtype == np.complex64 or a.dtype == np.float32
        else a.astype(np.float64)
    )


def lu(a):
    """``P A = L U`` in one array: multipliers below the diagonal, with the order of rows and its sign."""
    u = square(a).copy()
    n = u.shape[0]
    order = np.arange(n)
    sign = 1.0
    for k in range(n):
        p = k
        best = abs(u[k, k])
        for i in range(k + 1, n):
            size = abs(u[i, k])
            if size > best:
                best = size
                p = i
        if p != k:
            row = u[k].copy()
            u[k] = u[p]
            u[p] = row
            was = order[k]
            order[k] = order[p]
            order[p] = was
            sign = -sign
        if u[k, k] != 0.0:
            for i in range(k + 1, n):
                m = u[i, k] / u[k, k]
                u[i, k] = m
                u[i, k + 1 :] -= m * u[k, k + 1 :]
    return u, order, sign


def lu_apply(u, order, b):
    """``x`` with ``A x = b`` from the factors; ``b`` a matrix."""
    n = u.shape[0]
    x = np.empty((n, b.shape[1]), np.result_type(u, b))
    for i in range(n):
        x[i] = b[order[i]]
        for j in range(i):
            x[i] -= u[i, j] * x[j]
    for i in range(n - 1, -1, -1):
        if u[i, i] == 0.0:
            raise np.linalg.LinAlgError("Singular matrix")
        for j in range(i + 1, n):
            x[i] -= u[i, j] * x[j]
        x[i] /= u[i, i]
    return x


def solve_columns(a, b):
    u, order, _ = lu(a)
    if b.shape[0] != u.shape[0]:
        raise ValueError("solve: the sizes of the matrix and of the right-hand side differ")
    return lu_apply(u, order, b)


def solve(a, b):
    a = square(a)
    b = np.asarray(b)
    if a.ndim == 2:
        return solve_columns(a, b[:, None])[:, 0] if b.ndim == 1 else solve_columns(a, b)
    flat = np.reshape(a, (-1, *a.shape[-2:]))
    full = np.broadcast_to(b, a.shape[:-2] + b.shape[-2:])
    right = np.reshape(full, (-1, *b.shape[-2:]))
    out = np.empty(right.shape, np.result_type(a, b))
    for k in range(flat.shape[0]):
        out[k] = solve_columns(flat[k], right[k])
    return np.reshape(out, full.shape)


def inv(a):
    a = square(a)
    if a.ndim == 2:
        return solve_columns(a, np.eye(a.shape[0], dtype=a.dtype))
    flat = np.reshape(a, (-1, *a.shape[-2:]))
    out = np.empty(flat.shape, a.dtype)
    for k in range(flat.shape[0]):
        out[k] = solve_columns(flat[k], np.eye(a.shape[-1], dtype=a.dtype))
    return np.reshape(out, a.shape)


def _det(a):
    u, _, sign = lu(a)
    d = a.dtype.type(sign)
    for k in range(u.shape[0]):
        d = d * u[k, k]
    return d


def det(a):
    a = square(a)
    if a.ndim == 2:
        return _det(a)
    flat = np.reshape(a, (-1, *a.shape[-2:]))
    return np.reshape(np.array([_det(flat[k]) for k in range(flat.shape[0])]), a.shape[:-2])


def _slogdet(a):
    u, _, sign = lu(a)
    total = 0.0
    s = a.dtype.type(sign)
    for k in range(u.shape[0]):
        size = abs(u[k, k])
        total = total + np.log(size)
        s = s * (u[k, k] / size) if size > 0.0 else s * 0.0
    return s, total


def slogdet(a):
    a = square(a)
    if a.ndim == 2:
        s, total = _slogdet(a)
        return SlogdetResult(s, total.astype(np.float32) if a.dtype == np.float32 else total)
    each = np.reshape(a, (-1, *a.shape[-2:]))
    signs = np.empty(each.shape[0], a.dtype)
    totals = np.empty(each.shape[0])
    for k in range(each.shape[0]):
        s, total = _slogdet(each[k])
        signs[k] = s
        totals[k] = total
    return SlogdetResult(np.reshape(signs, a.shape[:-2]), np.reshape(totals, a.shape[:-2]))


def cholesky(a, *, upper=False):
    a = square(a)
    if a.ndim > 2:
        flat = np.reshape(a, (-1, *a.shape[-2:]))
        out = np.empty(flat.shape, a.dtype)
        for k in range(flat.shape[0]):
            out[k] = _cholesky(flat[k])
        return np.reshape(out, a.shape)
    out = _cholesky(a)
    return np.conj(out.T) if upper else out


def _cholesky(a):
    n = a.shape[0]
    out = np.zeros((n, n), a.dtype)
    for j in range(n):
        d = np.real(a[j, j])
        for k in range(j):
            d = d - np.real(out[j, k] * np.conj(out[j, k]))
        if not d > 0.0:
            raise np.linalg.LinAlgError("Matrix is not positive definite")
        r = np.sqrt(d)
        out[j, j] = r
        for i in range(j + 1, n):
            s = a[i, j]
            for k in range(j):
                s = s - out[i, k] * np.conj(out[j, k])
            out[i, j] = s / r
    return out


def qr(a, mode="reduced"):
    """Householder reflections, with the signs of LAPACK."""
    a = np.asarray(a)
    m, n = a.shape
    r = a.astype(np.float64) if not (a.dtype == np.float64 or a.dtype == np.float32) else a.copy()
    count = min(m, n)
    q = np.eye(m, dtype=r.dtype)
    for k in range(count):
        if k < m - 1:
            x = r[k:, k].copy()
            rest = np.sum(x[1:] * x[1:])
            if rest > 0.0:
                size = np.sqrt(x[0] * x[0] + rest)
                beta = -size if x[0] >= 0.0 else size
                v = x
                v[0] -= beta
                scale = 2.0 / np.sum(v * v)
                r[k:] -= scale * np.outer(v, v @ r[k:])
                q[:, k:] -= scale * np.outer(q[:, k:] @ v, v)
                r[k + 1 :, k] = 0.0
    if mode == "r":
        return np.triu(r[:count])
    if mode == "complete":
        return QRResult(q, np.triu(r))
    return QRResult(q[:, :count].copy(), np.triu(r[:count]))


def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
    x = np.asarray(x)
    y = np.asarray(y)
    n = deg + 1
    a = np.vander(x, n)
    if w is not None:
        a = a * w[:, None]
        y = y * w
    scale = np.sqrt(np.sum(a * a, axis=0))
    q, r = qr(a / scale)
    columns = y[:, None] if y.ndim == 1 else y
    c = back(r, q.T @ columns) / scale[:, None]
    return c[:, 0] if y.ndim == 1 else c


def back(r, b):
    """Upper triangular."""
    n = r.shape[0]
    x = b.copy()
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            x[i] -= r[i, j] * x[j]
        if r[i, i] == 0.0:
            raise np.linalg.LinAlgError("singular matrix")
        x[i] /= r[i, i]
    return x


def forward(l, b):
    """Lower triangular."""
    n = l.shape[0]
    x = b.copy()
    for i in range(n):
        for j in range(i):
            x[i] -= l[i, j] * x[j]
        if l[i, i] == 0.0:
            raise np.linalg.LinAlgError("singular matrix")
        x[i] /= l[i, i]
    return x


def matrix_power(a, n):
    a = np.asarray(a)
    if n < 0:
        a = inv(a)
        n = -n
    if n == 0:
        return np.eye(a.shape[0], dtype=a.dtype)
    out = a
    for _ in tuple(range(n - 1)):
        out = out @ a
    return out if n > 1 else a.copy()


def multi_dot(arrays, *, out=None):
    result = arrays[0]
    for a in arrays[1:]:
        result = result @ a
    return result


FUNCTIONS = {
    np.tensordot: tensordot,
    np.kron: kron,
    np.cross: cross,
    np.correlate: correlate,
    np.polyfit: polyfit,
    np.linalg.solve: solve,
    np.linalg.inv: inv,
    np.linalg.det: det,
    np.linalg.slogdet: slogdet,
    np.linalg.cholesky: cholesky,
    np.linalg.qr: qr,
    np.linalg.matrix_power: matrix_power,
    np.linalg.multi_dot: multi_dot,
}
if hasattr(np.linalg, "cross"):
    FUNCTIONS[np.linalg.tensordot] = tensordot
    FUNCTIONS[np.linalg.cross] = cross
METHODS = {}
