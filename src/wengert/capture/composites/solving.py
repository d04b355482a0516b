"""Systems of equations: elimination and triangles, determinants, and the factors of Cholesky."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

from typing import Any

import numpy as np

from ...algebra.custom import derivative

SlogdetResult: Any = type(np.linalg.slogdet(np.eye(1)))
"""The named tuple that NumPy gives (it does not export its class)."""


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
    kind = np.result_type(a, b)
    if b.shape[0] != a.shape[0]:
        raise ValueError("solve: the sizes of the matrix and of the right-hand side differ")
    return _solved(a.astype(kind), b.astype(kind))


def _solved(a, b):
    u, order, _ = lu(a)
    return lu_apply(u, order, b)


@derivative(of=_solved)
def _solved_rule(x_bar, x, a, b):
    b_bar = _solved(a.T.copy(), x_bar)
    return -b_bar @ x.T, b_bar


@derivative(of=_solved, mode="forward")
def _solved_forward(args, dargs, x):
    return _solved(args[0], dargs[1] - dargs[0] @ x)


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
        return _inverse(a)
    flat = np.reshape(a, (-1, *a.shape[-2:]))
    out = np.empty(flat.shape, a.dtype)
    for k in range(flat.shape[0]):
        out[k] = _inverse(flat[k])
    return np.reshape(out, a.shape)


def _inverse(a):
    u, order, _ = lu(a)
    return lu_apply(u, order, np.eye(a.shape[0], dtype=a.dtype))


@derivative(of=_inverse)
def _inverse_rule(y_bar, y, a):
    return -y.T @ y_bar @ y.T


@derivative(of=_inverse, mode="forward")
def _inverse_forward(args, dargs, y):
    return -y @ dargs[0] @ y


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


def back(r, b):
    """Upper triangular; what is below the diagonal is not looked at."""
    kind = np.result_type(r, b)
    return _back(r.astype(kind), b.astype(kind))


def _back(r, b):
    n = r.shape[0]
    x = b.copy()
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            x[i] -= r[i, j] * x[j]
        if r[i, i] == 0.0:
            raise np.linalg.LinAlgError("singular matrix")
        x[i] /= r[i, i]
    return x


@derivative(of=_back)
def _back_rule(x_bar, x, r, b):
    b_bar = forward(r.T, x_bar)
    return -np.triu(b_bar @ x.T), b_bar


@derivative(of=_back, mode="forward")
def _back_forward(args, dargs, x):
    return _back(args[0], dargs[1] - np.triu(dargs[0]) @ x)


def forward(l, b):
    """Lower triangular: the other way round, it is upper triangular."""
    return back(l[::-1, ::-1], b[::-1])[::-1]


FUNCTIONS = {
    np.linalg.solve: solve,
    np.linalg.inv: inv,
    np.linalg.det: det,
    np.linalg.slogdet: slogdet,
    np.linalg.cholesky: cholesky,
}
METHODS = {}
