"""Rotations of Jacobi, and what makes the factors that they give unique."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np

SWEEPS = 40


def rotation(app, aqq, apq):
    """Cosine and sine that make a Hermitian 2x2 matrix diagonal; smooth where ``apq`` is zero.

    The columns become ``c p - conj(t) q`` and ``t p + c q``.
    """
    d = aqq - app
    root = np.sqrt(d * d + 4.0 * square_of(apq))
    if root == 0.0:
        return 1.0, 0.0 * apq
    t = 2.0 * apq / (d + root) if d >= 0.0 else 2.0 * apq / (d - root)
    c = 1.0 / np.sqrt(1.0 + square_of(t))
    return c, t * c


def square_of(z):
    return np.real(z * np.conj(z))


def stack(a):
    """Matrices along one axis."""
    return np.reshape(a, (-1, *a.shape[-2:]))


def wide(a):
    """In double precision."""
    a = np.asarray(a)
    if a.ndim < 2:
        raise np.linalg.LinAlgError("array must be at least two-dimensional")
    return a.astype(np.complex128) if a.dtype == np.complex64 or a.dtype == np.complex128 else a.astype(float)


def turn_of(x):
    """The unit number that makes the largest entry positive."""
    best = 0
    for i in range(x.shape[0]):
        if abs(x[i]) > abs(x[best]):
            best = i
    return np.conj(x[best]) / abs(x[best])


def as_real(x, kind):
    """In single precision if the matrix was."""
    return x.astype(np.float32) if kind == np.float32 or kind == np.complex64 else x
