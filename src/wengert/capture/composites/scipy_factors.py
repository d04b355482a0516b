"""Factorisations and matrix equations of `scipy.linalg`, by those of NumPy."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np

from . import eigen, general_eigen, orthogonal, singular, spectral
from .scipy_linear import circulant, toeplitz
from .solving import back, forward, inv, solve, square
from .solving import lu as eliminated


def svd(a, full_matrices=True, compute_uv=True, overwrite_a=False, check_finite=True, lapack_driver=None):
    found = singular.svd(a, full_matrices, compute_uv)
    if not compute_uv:
        return found
    u, s, vh = found
    return u, s, vh


def eigh(
    a, b=None, lower=True, eigvals_only=False, overwrite_a=False, overwrite_b=False, type=1,
    check_finite=True, subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    """The generalised problem by the Cholesky factor of ``b``."""
    part = "L" if lower else "U"
    if type != 1 or subset_by_index is not None or subset_by_value is not None:
        raise NotImplementedError("eigh of another type, or of some eigenvalues only, is not supported")
    if b is None:
        if eigvals_only:
            return eigen.eigvalsh(a, part)
        w, v = eigen.eigh(a, part)
        return w, v
    low = np.linalg.cholesky(eigen.one_triangle(np.asarray(b), part))
    full = eigen.one_triangle(np.asarray(a), part)
    reduced = forward(low, np.conj(forward(low, full).T))
    if eigvals_only:
        return eigen.eigvalsh(reduced)
    w, v = eigen.eigh(reduced)
    return w, back(np.conj(low.T), v)


def eigvalsh(
    a, b=None, lower=True, overwrite_a=False, overwrite_b=False, type=1,
    check_finite=True, subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    return eigh(a, b, lower, True, False, False, type, True, subset_by_index, subset_by_value)


def eig(a, b=None, left=False, right=True, overwrite_a=False, overwrite_b=False, check_finite=True):
    if b is not None or left:
        raise NotImplementedError("eig of a pair of matrices, or with left eigenvectors, is not supported")
    if not right:
        return general_eigen.eigvals(a)
    w, v = general_eigen.eig(a)
    return w, v


def eigvals(a, b=None, overwrite_a=False, check_finite=True):
    if b is not None:
        raise NotImplementedError("eigvals of a pair of matrices is not supported")
    return general_eigen.eigvals(a)


def qr(a, overwrite_a=False, lwork=None, mode="full", pivoting=False, check_finite=True):
    if pivoting:
        raise NotImplementedError("qr with exchanged columns is not supported")
    if mode == "r":
        a = np.asarray(a)
        r = orthogonal.qr(a, "r")
        m, n = a.shape
        return (np.concatenate((r, np.zeros((m - n, n), r.dtype))),) if m > n else (r,)
    q, r = orthogonal.qr(a, "reduced" if mode == "economic" else "complete")
    return q, r


def lu(a, permute_l=False, overwrite_a=False, check_finite=True, p_indices=False):
    """Of square matrices."""
    both, order, _ = eliminated(square(a))
    n = both.shape[0]
    low = np.tril(both, -1) + np.eye(n, dtype=both.dtype)
    up = np.triu(both)
    if p_indices and not permute_l:
        place = np.empty(n, np.int32)
        for k in range(n):
            place[order[k]] = k
        return place, low, up
    exchange = np.zeros((n, n))
    for k in range(n):
        exchange[order[k], k] = 1.0
    return (exchange @ low, up) if permute_l else (exchange, low, up)


def lstsq(a, b, cond=None, overwrite_a=False, overwrite_b=False, check_finite=True, lapack_driver=None):
    x, residuals, rank, s = spectral.lstsq(a, b, cond)
    if np.asarray(b).ndim == 1:
        total = np.sum(residuals)
        return x, total if np.asarray(a).shape[0] > np.asarray(a).shape[1] else residuals, rank, s
    return x, residuals, rank, s


def polar(a, side="right"):
    w, s, vh = singular.svd(a, False)
    u = w @ vh
    p = (np.conj(vh.T) * s) @ vh if side == "right" else (w * s) @ np.conj(w.T)
    return u, p


def sqrtm(A, disp=None, blocksize=None):
    """The principal square root: the iteration of Denman and Beavers (1976) with determinants scaled as in
    Higham, *Functions of Matrices* (2008), section 6.3.
    """
    a = square(A)
    n = a.shape[0]
    y = a + 0.0
    z = np.eye(n, dtype=y.dtype)
    for _ in range(60):
        mu = np.abs(np.linalg.det(y) * np.linalg.det(z)) ** (-0.5 / n)
        inverse_y = inv(y)
        inverse_z = inv(z)
        new = 0.5 * (mu * y + inverse_z / mu)
        z = 0.5 * (mu * z + inverse_y / mu)
        change = np.max(np.abs(new - y))
        size = np.max(np.abs(new))
        y = new
        if change <= 1e-15 * size:
            break
    residual = np.max(np.abs(y @ y - a))
    if not residual <= 1e-8 * np.max(np.abs(a)):
        raise np.linalg.LinAlgError("sqrtm: eigenvalues on the negative real axis, or too near to zero")
    return y


def solve_sylvester(a, b, q):
    """``a x + x b = q`` as one system for all elements."""
    a = np.asarray(a)
    b = np.asarray(b)
    q = np.asarray(q)
    m, n = a.shape[0], b.shape[0]
    whole = np.kron(a, np.eye(n)) + np.kron(np.eye(m), b.T)
    return np.reshape(solve(whole, np.reshape(q, (m * n,))), (m, n))


def solve_continuous_lyapunov(a, q):
    return solve_sylvester(a, np.conj(np.asarray(a).T), q)


def solve_discrete_lyapunov(a, q, method=None):
    """``a x aᴴ - x + q = 0``."""
    a = np.asarray(a)
    n = a.shape[0]
    whole = np.eye(n * n) - np.kron(a, np.conj(a))
    return np.reshape(solve(whole, np.reshape(np.asarray(q), (n * n,))), (n, n))


def solve_toeplitz(c_or_cr, b, check_finite=True):
    if isinstance(c_or_cr, tuple):
        return solve(toeplitz(c_or_cr[0], c_or_cr[1]), b)
    return solve(toeplitz(c_or_cr), b)


def solve_circulant(c, b, singular="raise", tol=None, caxis=-1, baxis=0, outaxis=0):
    return solve(circulant(c), b)


def hankel(c, r=None):
    c = np.asarray(c)
    last = np.zeros_like(c) if r is None else np.asarray(r)
    both = np.concatenate((c, last[1:]))
    out = np.empty((c.shape[0], last.shape[0]), both.dtype)
    for i in range(c.shape[0]):
        out[i] = both[i : i + last.shape[0]]
    return out


def companion(a):
    a = np.asarray(a)
    n = a.shape[0] - 1
    out = np.zeros((n, n), (a / 1.0).dtype)
    out[0] = -a[1:] / a[0]
    for k in range(1, n):
        out[k, k - 1] = 1.0
    return out


FACTORS = {
    "svd": svd,
    "eigh": eigh,
    "eigvalsh": eigvalsh,
    "eig": eig,
    "eigvals": eigvals,
    "qr": qr,
    "lu": lu,
    "lstsq": lstsq,
    "polar": polar,
    "sqrtm": sqrtm,
    "solve_sylvester": solve_sylvester,
    "solve_continuous_lyapunov": solve_continuous_lyapunov,
    "solve_lyapunov": solve_continuous_lyapunov,
    "solve_discrete_lyapunov": solve_discrete_lyapunov,
    "solve_toeplitz": solve_toeplitz,
    "solve_circulant": solve_circulant,
    "hankel": hankel,
    "companion": companion,
}
