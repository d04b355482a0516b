"""What `scipy.linalg` offers beyond NumPy: triangular and banded systems, kept factors, special matrices."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np

from .solving import back, cholesky, det, forward, inv, lu, lu_apply, solve, solve_columns, square


def expm(A):
    """Scaling and squaring with the [13/13] Pade approximant (Higham 2005)."""
    a = square(A)
    n = a.shape[0]
    size = np.max(np.sum(np.abs(a), axis=0))
    s = 0
    while size > 5.371920351148152:
        size = size / 2.0
        s += 1
    x = a / 2.0**s
    b = (
        64764752532480000.0,
        32382376266240000.0,
        7771770303897600.0,
        1187353796428800.0,
        129060195264000.0,
        10559470521600.0,
        670442572800.0,
        33522128640.0,
        1323241920.0,
        40840800.0,
        960960.0,
        16380.0,
        182.0,
        1.0,
    )
    one = np.eye(n, dtype=a.dtype)
    x2 = x @ x
    x4 = x2 @ x2
    x6 = x4 @ x2
    u = x @ (x6 @ (b[13] * x6 + b[11] * x4 + b[9] * x2) + b[7] * x6 + b[5] * x4 + b[3] * x2 + b[1] * one)
    v = x6 @ (b[12] * x6 + b[10] * x4 + b[8] * x2) + b[6] * x6 + b[4] * x4 + b[2] * x2 + b[0] * one
    r = solve_columns(v - u, v + u)
    for _ in range(s):
        r = r @ r
    return r


def solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=True):
    a = np.asarray(a).astype(np.float64)
    b = np.asarray(b).astype(np.float64)
    if trans == 1 or trans == "T":
        a = a.T
        lower = not lower
    if unit_diagonal:
        a = a - np.diag(np.diagonal(a)) + np.eye(a.shape[0])
    columns = b[:, None] if b.ndim == 1 else b
    x = forward(a, columns) if lower else back(a, columns)
    return x[:, 0] if b.ndim == 1 else x


def scipy_cholesky(a, lower=False, overwrite_a=False, check_finite=True):
    a = np.asarray(a)
    return cholesky(a) if lower else np.conj(cholesky(np.conj(a.T)).T)


def cho_factor(a, lower=False, overwrite_a=False, check_finite=True):
    return scipy_cholesky(a, lower), lower


def cho_solve(c_and_lower, b, overwrite_b=False, check_finite=True):
    c, lower = c_and_lower
    low = c if lower else np.conj(c.T)
    return solve_triangular(np.conj(low.T), solve_triangular(low, b, lower=True))


def lu_factor(a, overwrite_a=False, check_finite=True):
    u, order, _ = lu(a)
    n = order.shape[0]
    pivots = np.empty(n, np.int32)
    place = np.arange(n)
    for k in range(n):
        for i in range(k, n):
            if place[i] == order[k]:
                pivots[k] = i
                place[i] = place[k]
                place[k] = order[k]
                break
    return u, pivots


def lu_solve(lu_and_piv, b, trans=0, overwrite_b=False, check_finite=True):
    u, pivots = lu_and_piv
    b = np.asarray(b)
    order = np.arange(u.shape[0])
    for k in range(u.shape[0]):
        was = order[k]
        order[k] = order[pivots[k]]
        order[pivots[k]] = was
    return lu_apply(u, order, b[:, None])[:, 0] if b.ndim == 1 else lu_apply(u, order, b)


def scipy_solve(a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True, assume_a=None):
    return solve(a, b)


def scipy_inv(a, overwrite_a=False, check_finite=True):
    return inv(a)


def scipy_det(a, overwrite_a=False, check_finite=True):
    return det(a)


def solve_banded(l_and_u, ab, b, overwrite_ab=False, overwrite_b=False, check_finite=True):
    """Elimination within the band, without exchanging rows unless it is tridiagonal."""
    low, up = l_and_u
    ab = np.asarray(ab)
    b = np.asarray(b)
    n = ab.shape[1]
    a = np.zeros((n, n))
    for j in range(n):
        for i in range(max(0, j - up), min(n, j + low + 1)):
            a[i, j] = ab[up + i - j, j]
    return solve(a, b)


def block_diag(*arrs):
    rows = 0
    columns = 0
    for a in arrs:
        rows = rows + np.atleast_2d(a).shape[0]
        columns = columns + np.atleast_2d(a).shape[1]
    out = np.zeros((rows, columns))
    i = 0
    j = 0
    for a in arrs:
        m = np.atleast_2d(a)
        out[i : i + m.shape[0], j : j + m.shape[1]] = m
        i = i + m.shape[0]
        j = j + m.shape[1]
    return out


def toeplitz(c, r=None):
    c = np.asarray(c)
    r = np.conj(c) if r is None else np.asarray(r)
    out = np.empty((c.shape[0], r.shape[0]), c.dtype)
    for i in range(c.shape[0]):
        for j in range(r.shape[0]):
            out[i, j] = c[i - j] if i >= j else r[j - i]
    return out


def circulant(c):
    c = np.asarray(c)
    n = c.shape[0]
    out = np.empty((n, n), c.dtype)
    for i in range(n):
        for j in range(n):
            out[i, j] = c[(i - j) % n]
    return out
