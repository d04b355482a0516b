"""Eigenvalues, singular values, and what is made of them: norms, ranks, pseudoinverses, least squares.

By rotations of Jacobi: their derivatives are right where eigenvalues are distinct, which those of iterations
that only find a root need not be.  Signs are not those of LAPACK, which are arbitrary: of an eigenvector and
of a singular vector in the square factor, the entry that is largest in magnitude is positive.
"""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

from typing import Any

import numpy as np

from ...algebra.custom import derivative
from .orthogonal import completed, triangle
from .solving import back, forward, inv

EighResult: Any = type(np.linalg.eigh(np.eye(1)))
SVDResult: Any = type(np.linalg.svd(np.eye(1)))
"""The named tuples that NumPy gives (it does not export their classes)."""

_SWEEPS = 40
_EPS = 2.220446049250313e-16


def _rotation(app, aqq, apq):
    """Cosine and sine that make a Hermitian 2x2 matrix diagonal; smooth where ``apq`` is zero.

    The columns become ``c p - conj(t) q`` and ``t p + c q``.
    """
    d = aqq - app
    root = np.sqrt(d * d + 4.0 * _square_of(apq))
    if root == 0.0:
        return 1.0, 0.0 * apq
    t = 2.0 * apq / (d + root) if d >= 0.0 else 2.0 * apq / (d - root)
    c = 1.0 / np.sqrt(1.0 + _square_of(t))
    return c, t * c


def _square_of(z):
    return np.real(z * np.conj(z))


def _stack(a):
    """Matrices along one axis."""
    return np.reshape(a, (-1, *a.shape[-2:]))


def _wide(a):
    """In double precision."""
    a = np.asarray(a)
    if a.ndim < 2:
        raise np.linalg.LinAlgError("array must be at least two-dimensional")
    return a.astype(np.complex128) if a.dtype == np.complex64 or a.dtype == np.complex128 else a.astype(float)


def _jacobi(a):
    """Eigenvalues and eigenvectors of a Hermitian matrix by rotations, not in order.

    After convergence two sweeps more are made, so that derivatives converge as well.
    """
    n = a.shape[0]
    s = 0.5 * (a + np.conj(a.T))
    v = np.eye(n, dtype=a.dtype)
    left = 2
    for _ in range(_SWEEPS):
        off = 0.0
        size = 0.0
        for i in range(n):
            size += _square_of(s[i, i])
            for j in range(i):
                off += _square_of(s[i, j])
        if off <= 1e-32 * size or off == 0.0:
            left -= 1
            if left < 0:
                break
        for p in range(n - 1):
            for q in range(p + 1, n):
                c, t = _rotation(np.real(s[p, p]), np.real(s[q, q]), s[p, q])
                u = np.conj(t)
                rp = s[p].copy()
                rq = s[q].copy()
                s[p] = c * rp - t * rq
                s[q] = u * rp + c * rq
                cp = s[:, p].copy()
                cq = s[:, q].copy()
                s[:, p] = c * cp - u * cq
                s[:, q] = t * cp + c * cq
                vp = v[:, p].copy()
                vq = v[:, q].copy()
                v[:, p] = c * vp - u * vq
                v[:, q] = t * vp + c * vq
    return np.real(np.diagonal(s)).copy(), v


def _one_triangle(a, UPLO="L"):
    """The Hermitian matrix of which one triangle is given."""
    half = np.tril(a) if UPLO == "L" or UPLO == "l" else np.triu(a)
    return half + np.conj(half.T) - np.diag(np.real(np.diagonal(a)))


def eigenpairs(a):
    """Of a Hermitian matrix: a row of eigenvalues in order over the eigenvectors as columns."""
    w, v = _jacobi(a)
    order = np.argsort(w)
    out = np.empty((a.shape[0] + 1, a.shape[0]), a.dtype)
    out[0] = w[order]
    out[1:] = v[:, order]
    return out


@derivative(of=eigenpairs, mode="forward")
def _eigenpairs_forward(args, dargs, y):
    w = np.real(y[0])
    v = y[1:]
    m = np.conj(v.T) @ dargs[0] @ v
    out = np.empty_like(y)
    out[0] = np.real(np.diagonal(m))
    out[1:] = v @ _over_gaps(m, w)
    return out


@derivative(of=eigenpairs)
def _eigenpairs_rule(y_bar, y, a):
    v = y[1:]
    m_bar = _over_gaps(v.T @ y_bar[1:], np.real(y[0])) + np.diag(np.real(y_bar[0]))
    return np.conj(v) @ m_bar @ v.T


def _over_gaps(m, w):
    """``m[i, j] / (w[j] - w[i])`` off the diagonal; zeros stay zeros where eigenvalues are repeated."""
    out = np.zeros_like(m)
    for i in range(m.shape[0]):
        for j in range(m.shape[0]):
            if i != j and m[i, j] != 0.0:
                out[i, j] = m[i, j] / (w[j] - w[i])
    return out


def _eigh(a, UPLO):
    pairs = eigenpairs(_one_triangle(a, UPLO))
    w = np.real(pairs[0]).copy()
    v = pairs[1:].copy()
    for j in range(v.shape[1]):
        v[:, j] *= _turn(v[:, j])
    return w, v


def _turn(x):
    """The unit number that makes the largest entry positive."""
    best = 0
    for i in range(x.shape[0]):
        if abs(x[i]) > abs(x[best]):
            best = i
    return np.conj(x[best]) / abs(x[best])


def eigh(a, UPLO="L"):
    kind = np.asarray(a).dtype
    a = _wide(a)
    if a.ndim == 2:
        w, v = _eigh(a, UPLO)
    else:
        each = _stack(a)
        w = np.empty(each.shape[:2])
        v = np.empty_like(each)
        for k in range(each.shape[0]):
            wk, vk = _eigh(each[k], UPLO)
            w[k] = wk
            v[k] = vk
        w = np.reshape(w, a.shape[:-1])
        v = np.reshape(v, a.shape)
    return EighResult(_as_real(w, kind), v.astype(kind) if kind == np.float32 or kind == np.complex64 else v)


def _as_real(x, kind):
    """In single precision if the matrix was."""
    return x.astype(np.float32) if kind == np.float32 or kind == np.complex64 else x


def eigvalsh(a, UPLO="L"):
    return eigh(a, UPLO)[0]


def _one_sided(a):
    """Columns made orthogonal by rotations: ``U * s`` and ``V`` of ``A = U s V'``, for ``m >= n``."""
    n = a.shape[1]
    u = a.copy()
    v = np.eye(n, dtype=a.dtype)
    left = 2
    for _ in range(_SWEEPS):
        worst = 0.0
        for p in range(n - 1):
            for q in range(p + 1, n):
                alpha = np.sum(_square_of(u[:, p]))
                beta = np.sum(_square_of(u[:, q]))
                gamma = np.sum(np.conj(u[:, p]) * u[:, q])
                if alpha * beta > 0.0:
                    worst = max(worst, _square_of(gamma) / (alpha * beta))
                c, t = _rotation(alpha, beta, gamma)
                s = np.conj(t)
                up = u[:, p].copy()
                uq = u[:, q].copy()
                u[:, p] = c * up - s * uq
                u[:, q] = t * up + c * uq
                vp = v[:, p].copy()
                vq = v[:, q].copy()
                v[:, p] = c * vp - s * vq
                v[:, q] = t * vp + c * vq
        if worst <= 1e-30:
            left -= 1
            if left < 0:
                break
    return u, v


def singular(a):
    """Of a matrix with at least as many rows as columns: ``U`` over ``V`` over a row of singular values."""
    m, n = a.shape
    us, v = _one_sided(a)
    s = np.empty(n)
    for j in range(n):
        s[j] = np.sqrt(np.sum(_square_of(us[:, j])))
    order = np.argsort(-s)
    out = np.empty((m + n + 1, n), a.dtype)
    out[m : m + n] = v[:, order]
    for j in range(n):
        size = s[order[j]]
        out[m + n, j] = size
        out[:m, j] = us[:, order[j]] / size if size > 0.0 else us[:, order[j]]
    return out


@derivative(of=singular, mode="forward")
def _singular_forward(args, dargs, y):
    n = y.shape[1]
    m = y.shape[0] - n - 1
    u = y[:m]
    v = y[m : m + n]
    s = np.real(y[m + n])
    w = dargs[0] @ v
    p = np.conj(u.T) @ w
    left = np.zeros_like(p)
    right = np.zeros_like(p)
    for i in range(n):
        for j in range(n):
            x = p[i, j] * s[j] + np.conj(p[j, i]) * s[i]
            if i != j and x != 0.0:
                left[i, j] = x / ((s[j] - s[i]) * (s[j] + s[i]))
            x = p[i, j] * s[i] + np.conj(p[j, i]) * s[j]
            if i != j and x != 0.0:
                right[i, j] = x / ((s[j] - s[i]) * (s[j] + s[i]))
        if np.imag(p[i, i]) != 0.0:
            left[i, i] = (p[i, i] - np.real(p[i, i])) / s[i]
    out = np.empty_like(y)
    out[:m] = u @ left + (w - u @ p) / s if m > n else u @ left
    out[m : m + n] = v @ right
    out[m + n] = np.real(np.diagonal(p))
    return out


@derivative(of=singular)
def _singular_rule(y_bar, y, a):
    n = y.shape[1]
    m = y.shape[0] - n - 1
    u = y[:m]
    v = y[m : m + n]
    s = np.real(y[m + n])
    x = u.T @ y_bar[:m]
    z = v.T @ y_bar[m : m + n]
    p_bar = np.zeros_like(x)
    for i in range(n):
        p_bar[i, i] = np.real(y_bar[m + n, i])
        if np.imag(x[i, i]) != 0.0:
            p_bar[i, i] += (x[i, i] - np.real(x[i, i])) / s[i]
        for j in range(n):
            if i != j and not (x[i, j] == 0.0 and x[j, i] == 0.0 and z[i, j] == 0.0 and z[j, i] == 0.0):
                turn = (x[i, j] - np.conj(x[j, i])) * s[j] + (z[i, j] - np.conj(z[j, i])) * s[i]
                p_bar[i, j] = turn / ((s[j] - s[i]) * (s[j] + s[i]))
    a_bar = np.conj(u) @ p_bar @ v.T
    if m > n:
        w = np.zeros_like(u)
        for j in range(n):
            if np.any(y_bar[:m, j] != 0.0):
                w[:, j] = y_bar[:m, j] / s[j]
        a_bar += (w - np.conj(u) @ (u.T @ w)) @ v.T
    return a_bar


def _thin(a):
    """``U``, ``s`` and ``V`` of ``A = U s V'``."""
    tall = a.shape[0] >= a.shape[1]
    y = singular(a if tall else np.conj(a.T).copy())
    n = y.shape[1]
    u = y[: -n - 1].copy()
    v = y[-n - 1 : -1].copy()
    for j in range(n):
        turn = _turn(v[:, j])
        u[:, j] *= turn
        v[:, j] *= turn
    s = np.real(y[-1]).copy()
    return (u, s, v) if tall else (v, s, u)


def _svd(a, full_matrices):
    u, s, v = _thin(a)
    if full_matrices:
        if a.shape[0] > a.shape[1]:
            u = completed(u)
        elif a.shape[0] < a.shape[1]:
            v = completed(v)
    return u, s, np.conj(v.T)


def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    kind = np.asarray(a).dtype
    if kind == np.float32 or kind == np.complex64:
        if not compute_uv:
            return svd(a.astype(np.result_type(kind, np.float64)), full_matrices, False, hermitian).astype(
                np.float32
            )
        u, s, vt = svd(a.astype(np.result_type(kind, np.float64)), full_matrices, True, hermitian)
        return SVDResult(u.astype(kind), s.astype(np.float32), vt.astype(kind))
    a = _wide(a)
    if hermitian:
        a = _each_triangle(a)
    if a.ndim == 2:
        u, s, vt = _svd(a, full_matrices and compute_uv)
        return SVDResult(u, s, vt) if compute_uv else s
    each = _stack(a)
    m, n = a.shape[-2:]
    k = min(m, n)
    rows = m if full_matrices else k
    columns = n if full_matrices else k
    u = np.empty((each.shape[0], m, rows), a.dtype)
    s = np.empty((each.shape[0], k))
    vt = np.empty((each.shape[0], columns, n), a.dtype)
    for i in range(each.shape[0]):
        ui, si, vi = _svd(each[i], full_matrices and compute_uv)
        s[i] = si
        if compute_uv:
            u[i] = ui
            vt[i] = vi
    s = np.reshape(s, (*a.shape[:-2], k))
    if not compute_uv:
        return s
    u = np.reshape(u, (*a.shape[:-2], m, rows))
    return SVDResult(u, s, np.reshape(vt, (*a.shape[:-2], columns, n)))


def _each_triangle(a):
    if a.ndim == 2:
        return _one_triangle(a)
    raise NotImplementedError("hermitian=True of a stack of matrices is not supported")


def svdvals(x):
    return svd(x, compute_uv=False)


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
    a = _wide(a)
    if hermitian:
        a = _each_triangle(a)
    if rcond is None:
        rcond = rtol
    limit = max(a.shape[-2], a.shape[-1]) * _EPS if rcond is None else rcond
    if a.ndim == 2:
        return _pinv(a, limit)
    each = _stack(a)
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
    residuals = np.sum(_square_of(columns - a @ x), axis=0)
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
    np.linalg.eigh: eigh,
    np.linalg.eigvalsh: eigvalsh,
    np.linalg.svd: svd,
    np.linalg.pinv: pinv,
    np.linalg.lstsq: lstsq,
    np.linalg.matrix_rank: matrix_rank,
    np.linalg.cond: cond,
}
if hasattr(np.linalg, "svdvals"):
    FUNCTIONS[np.linalg.svdvals] = svdvals
METHODS = {}
