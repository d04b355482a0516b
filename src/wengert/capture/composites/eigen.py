"""Eigenvalues and eigenvectors of Hermitian matrices, by rotations of Jacobi.

Signs are not those of LAPACK, which are arbitrary: of an eigenvector, the entry that is largest in magnitude
is positive.
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
from .rotations import SWEEPS, as_real, rotation, square_of, stack, turn_of, wide

EighResult: Any = type(np.linalg.eigh(np.eye(1)))
"""The named tuple that NumPy gives (it does not export its class)."""


def _jacobi(a):
    """Eigenvalues and eigenvectors of a Hermitian matrix by rotations, not in order.

    After convergence two sweeps more are made, so that derivatives converge as well.
    """
    n = a.shape[0]
    s = 0.5 * (a + np.conj(a.T))
    v = np.eye(n, dtype=a.dtype)
    left = 2
    for _ in range(SWEEPS):
        off = 0.0
        size = 0.0
        for i in range(n):
            size += square_of(s[i, i])
            for j in range(i):
                off += square_of(s[i, j])
        if off <= 1e-32 * size or off == 0.0:
            left -= 1
            if left < 0:
                break
        for p in range(n - 1):
            for q in range(p + 1, n):
                c, t = rotation(np.real(s[p, p]), np.real(s[q, q]), s[p, q])
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


def one_triangle(a, UPLO="L"):
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
    pairs = eigenpairs(one_triangle(a, UPLO))
    w = np.real(pairs[0]).copy()
    v = pairs[1:].copy()
    for j in range(v.shape[1]):
        v[:, j] *= turn_of(v[:, j])
    return w, v


def eigh(a, UPLO="L"):
    kind = np.asarray(a).dtype
    a = wide(a)
    if a.ndim == 2:
        w, v = _eigh(a, UPLO)
    else:
        each = stack(a)
        w = np.empty(each.shape[:2])
        v = np.empty_like(each)
        for k in range(each.shape[0]):
            wk, vk = _eigh(each[k], UPLO)
            w[k] = wk
            v[k] = vk
        w = np.reshape(w, a.shape[:-1])
        v = np.reshape(v, a.shape)
    return EighResult(as_real(w, kind), v.astype(kind) if kind == np.float32 or kind == np.complex64 else v)


def eigvalsh(a, UPLO="L"):
    kind = np.asarray(a).dtype
    a = wide(a)
    if a.ndim == 2:
        return as_real(np.real(eigenpairs(one_triangle(a, UPLO))[0]).copy(), kind)
    each = stack(a)
    w = np.empty(each.shape[:2])
    for k in range(each.shape[0]):
        w[k] = np.real(eigenpairs(one_triangle(each[k], UPLO))[0])
    return as_real(np.reshape(w, a.shape[:-1]), kind)


FUNCTIONS = {
    np.linalg.eigh: eigh,
    np.linalg.eigvalsh: eigvalsh,
}
METHODS = {}
