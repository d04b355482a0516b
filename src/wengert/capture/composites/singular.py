"""Singular values and vectors, by rotations of Jacobi of columns.

Signs are not those of LAPACK, which are arbitrary: of a singular vector in the square factor, the entry that
is largest in magnitude is positive.
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
from .eigen import one_triangle
from .orthogonal import completed
from .rotations import SWEEPS, rotation, square_of, stack, turn_of, wide

SVDResult: Any = type(np.linalg.svd(np.eye(1)))
"""The named tuple that NumPy gives (it does not export its class)."""


def _one_sided(a):
    """Columns made orthogonal by rotations: ``U * s`` and ``V`` of ``A = U s V'``, for ``m >= n``."""
    n = a.shape[1]
    u = a.copy()
    v = np.eye(n, dtype=a.dtype)
    left = 2
    for _ in range(SWEEPS):
        worst = 0.0
        for p in range(n - 1):
            for q in range(p + 1, n):
                alpha = np.sum(square_of(u[:, p]))
                beta = np.sum(square_of(u[:, q]))
                gamma = np.sum(np.conj(u[:, p]) * u[:, q])
                if alpha * beta > 0.0:
                    worst = max(worst, square_of(gamma) / (alpha * beta))
                c, t = rotation(alpha, beta, gamma)
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
        s[j] = np.sqrt(np.sum(square_of(us[:, j])))
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


def _values(a):
    return np.real(singular(a.copy() if a.shape[0] >= a.shape[1] else np.conj(a.T).copy())[-1]).copy()


def _thin(a):
    """``U``, ``s`` and ``V`` of ``A = U s V'``."""
    tall = a.shape[0] >= a.shape[1]
    y = singular(a.copy() if tall else np.conj(a.T).copy())
    n = y.shape[1]
    u = y[: -n - 1].copy()
    v = y[-n - 1 : -1].copy()
    for j in range(n):
        turn = turn_of(v[:, j])
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
    a = wide(a)
    if hermitian:
        a = each_triangle(a)
    if not compute_uv:
        if a.ndim == 2:
            return _values(a)
        each = stack(a)
        s = np.empty((each.shape[0], min(a.shape[-2], a.shape[-1])))
        for i in range(each.shape[0]):
            s[i] = _values(each[i])
        return np.reshape(s, (*a.shape[:-2], s.shape[1]))
    if a.ndim == 2:
        u, s, vt = _svd(a, full_matrices)
        return SVDResult(u, s, vt)
    each = stack(a)
    m, n = a.shape[-2:]
    k = min(m, n)
    rows = m if full_matrices else k
    columns = n if full_matrices else k
    u = np.empty((each.shape[0], m, rows), a.dtype)
    s = np.empty((each.shape[0], k))
    vt = np.empty((each.shape[0], columns, n), a.dtype)
    for i in range(each.shape[0]):
        ui, si, vi = _svd(each[i], full_matrices)
        u[i] = ui
        s[i] = si
        vt[i] = vi
    u = np.reshape(u, (*a.shape[:-2], m, rows))
    s = np.reshape(s, (*a.shape[:-2], k))
    return SVDResult(u, s, np.reshape(vt, (*a.shape[:-2], columns, n)))


def each_triangle(a):
    if a.ndim == 2:
        return one_triangle(a)
    raise NotImplementedError("hermitian=True of a stack of matrices is not supported")


def svdvals(x):
    return svd(x, compute_uv=False)


FUNCTIONS = {
    np.linalg.svd: svd,
}
if hasattr(np.linalg, "svdvals"):
    FUNCTIONS[np.linalg.svdvals] = svdvals
METHODS = {}
