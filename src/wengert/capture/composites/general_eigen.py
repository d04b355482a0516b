"""Eigenvalues and eigenvectors of matrices that need not be symmetric, by LAPACK.

Compiled code calls back for them.  Results are complex, also where NumPy gives real numbers because all
happen to be real.  Eigenvectors are as LAPACK normalises them, of length one with a largest entry that is
real, and derivatives keep that.  Where eigenvalues are repeated, derivatives need not exist: they raise.
"""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
from __future__ import annotations

from typing import Any

import numpy as np

from ...algebra.custom import derivative
from ...algebra.operation import primitive
from .rotations import stack, wide

EigResult: Any = type(np.linalg.eig(np.eye(1)))
"""The named tuple that NumPy gives (it does not export its class)."""

DEFECTIVE = "eigenvalues that are repeated have no derivative: the matrix has too few eigenvectors"
REPEATED = "eigenvectors of repeated eigenvalues have no derivative; `np.linalg.eigvals` gives values alone"


@primitive(name="linalg.eig", result=lambda a: ((a.shape[0] + 1, a.shape[1]), np.complex128))
def _lapack(a):
    """A row of eigenvalues over the eigenvectors as columns."""
    if a.shape[0] != a.shape[1]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    w, v = np.linalg.eig(a)
    return np.concatenate((w[None, :], v)).astype(np.complex128)


def eigensystem(a):
    return _lapack(a)


def eigenvalues(a):
    return _lapack(a)[0].copy()


@derivative(of=eigenvalues, mode="forward")
def _eigenvalues_forward(args, dargs, y):
    v = eigensystem(args[0])[1:]
    return np.diagonal(_inverse(v) @ dargs[0] @ v).copy()


@derivative(of=eigensystem, mode="forward")
def _eigensystem_forward(args, dargs, y):
    w = y[0]
    v = y[1:]
    n = w.shape[0]
    p = _inverse(v) @ dargs[0] @ v
    scale = np.max(np.abs(w))
    out = np.empty_like(y)
    f = np.zeros_like(p)
    for j in range(n):
        out[0, j] = p[j, j]
        for i in range(n):
            if i != j:
                gap = w[j] - w[i]
                if np.abs(gap) <= 1e-14 * scale:
                    raise np.linalg.LinAlgError(REPEATED)
                f[i, j] = p[i, j] / gap
    dv = v @ f
    for j in range(n):
        x = v[:, j].copy()
        largest = 0
        for i in range(n):
            if np.abs(x[i]) > np.abs(x[largest]):
                largest = i
        dx = dv[:, j] - np.real(np.sum(np.conj(x) * dv[:, j])) * x
        out[1:, j] = dx - 1j * (np.imag(dx[largest]) / np.real(x[largest])) * x
    return out


def _inverse(v):
    """The left eigenvectors.  They are long where the matrix is as good as defective."""
    left = np.linalg.inv(v)
    for j in range(left.shape[0]):
        if np.sum(np.real(left[j]) ** 2 + np.imag(left[j]) ** 2) > 1e18:
            raise np.linalg.LinAlgError(DEFECTIVE)
    return left


def eig(a):
    kind = np.asarray(a).dtype
    a = wide(a)
    if a.ndim == 2:
        y = eigensystem(a)
        w, v = y[0].copy(), y[1:].copy()
    else:
        each = stack(a)
        w = np.empty(each.shape[:2], np.complex128)
        v = np.empty(each.shape, np.complex128)
        for k in range(each.shape[0]):
            y = eigensystem(each[k])
            w[k] = y[0]
            v[k] = y[1:]
        w = np.reshape(w, a.shape[:-1])
        v = np.reshape(v, a.shape)
    if kind == np.float32 or kind == np.complex64:
        return EigResult(w.astype(np.complex64), v.astype(np.complex64))
    return EigResult(w, v)


def eigvals(a):
    kind = np.asarray(a).dtype
    a = wide(a)
    if a.ndim == 2:
        w = eigenvalues(a)
    else:
        each = stack(a)
        w = np.empty(each.shape[:2], np.complex128)
        for k in range(each.shape[0]):
            w[k] = eigenvalues(each[k])
        w = np.reshape(w, a.shape[:-1])
    return w.astype(np.complex64) if kind == np.float32 or kind == np.complex64 else w


def roots(p):
    p = np.atleast_1d(np.asarray(p)) * 1.0
    if p.ndim != 1:
        raise ValueError("Input must be a rank-1 array.")
    first = 0
    while first < p.shape[0] and p[first] == 0:
        first += 1
    last = p.shape[0]
    while last > first and p[last - 1] == 0:
        last -= 1
    n = last - first - 1
    if n < 1:
        return np.zeros(p.shape[0] - 1 - first if n == 0 else 0, np.complex128)
    a = np.zeros((n, n), p.dtype)
    for k in range(n):
        a[0, k] = -p[first + 1 + k] / p[first]
        if k > 0:
            a[k, k - 1] = 1.0
    out = np.zeros(n + p.shape[0] - last, np.complex128)
    out[:n] = eigenvalues(a)
    return out


def poly(seq_of_zeros):
    z = np.atleast_1d(np.asarray(seq_of_zeros)) * 1.0
    if z.ndim == 2:
        z = eigenvalues(z)
    a = np.zeros(z.shape[0] + 1, z.dtype)
    a[0] = 1.0
    for k in range(z.shape[0]):
        for j in range(k + 1, 0, -1):
            a[j] = a[j] - z[k] * a[j - 1]
    return a


FUNCTIONS = {
    np.linalg.eig: eig,
    np.linalg.eigvals: eigvals,
    np.roots: roots,
    np.poly: poly,
}
METHODS = {}
