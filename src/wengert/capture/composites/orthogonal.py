"""Orthogonal and triangular factors, and what is solved with them: pseudoinverses, least squares.

Rules are given where the algorithm would be differentiated wrongly (a reflection that has nothing to do) and
where it is long.  What has a rule gives one array: several factors are stacked by rows.
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
from .solving import back, forward

QRResult: Any = type(np.linalg.qr(np.eye(1)))
"""The named tuple that NumPy gives (it does not export its class)."""


def reflections(a):
    """Householder's, with the signs of LAPACK: a square ``Q``, then ``R`` of all rows."""
    m, n = a.shape
    r = a.copy()
    q = np.eye(m, dtype=a.dtype)
    for k in range(min(m, n)):
        v = r[k:, k].copy()
        rest = np.sum(np.real(v[1:] * np.conj(v[1:])))
        if rest > 0.0 or np.imag(v[0]) != 0.0:
            size = np.sqrt(np.real(v[0] * np.conj(v[0])) + rest)
            beta = -size if np.real(v[0]) >= 0.0 else size
            tau = (beta - v[0]) / beta
            v = v / (v[0] - beta)
            v[0] = 1.0
            r[k:] -= np.conj(tau) * np.outer(v, np.conj(v) @ r[k:])
            q[:, k:] -= tau * np.outer(q[:, k:] @ v, np.conj(v))
            r[k + 1 :, k] = 0.0
    return q, r


def triangle(a):
    """``Q`` with the columns of ``A`` over ``R``, for a matrix with at least as many rows as columns."""
    q, r = reflections(a)
    n = a.shape[1]
    return np.concatenate((q[:, :n], np.triu(r[:n])))


def _rotating(m):
    """The skew part that keeps a triangle: ``M - this`` is upper triangular with a real diagonal."""
    low = np.tril(m, -1)
    return low - np.conj(low.T) + 1j * np.diag(np.imag(np.diagonal(m))) if np.iscomplexobj(m) else low - low.T


@derivative(of=triangle, mode="forward")
def _triangle_forward(args, dargs, y):
    n = y.shape[1]
    q = y[:-n]
    r = y[-n:]
    w = forward(r.T, dargs[0].T).T
    m = np.conj(q.T) @ w
    turn = _rotating(m)
    return np.concatenate((w - q @ (m - turn), np.triu((m - turn) @ r)))


@derivative(of=triangle)
def _triangle_rule(y_bar, y, a):
    n = y.shape[1]
    q = y[:-n]
    r = y[-n:]
    q_bar = y_bar[:-n]
    # (M - turn) R with M = Q' W: what M and its turn are multiplied with
    s = np.triu(y_bar[-n:]) @ r.T - q.T @ q_bar
    t = -s  # of the turn, which is low - low' + i imag(diag)
    m_bar = s + np.tril(t - np.conj(t.T), -1)
    if np.iscomplexobj(y):
        m_bar = m_bar + 1j * np.diag(np.imag(np.diagonal(t)))
    w_bar = q_bar + np.conj(q) @ m_bar
    return back(r, w_bar.T).T


def beyond(q):
    """Orthonormal columns that complete those of ``q`` to a square matrix."""
    return reflections(q)[0][:, q.shape[1] :].copy()


@derivative(of=beyond, mode="forward")
def _beyond_forward(args, dargs, y):
    return -args[0] @ (np.conj(dargs[0].T) @ y)


@derivative(of=beyond)
def _beyond_rule(y_bar, y, q):
    return -np.conj(y @ (y_bar.T @ q))


def completed(q):
    """A square matrix with orthonormal columns that begins with ``q``."""
    return np.concatenate((q, beyond(q)), axis=1)


def qr(a, mode="reduced"):
    """With the signs of LAPACK.  Columns that ``mode="complete"`` adds turn no further than they must."""
    a = np.asarray(a)
    if not (
        a.dtype == np.float64 or a.dtype == np.float32 or a.dtype == np.complex128 or a.dtype == np.complex64
    ):
        a = a.astype(np.float64)
    if a.ndim > 2:
        return _each(a, mode)
    m, n = a.shape
    if m < n:
        y = triangle(a[:, :m].copy())
        q = y[:m]
        r = np.concatenate((y[m:], np.conj(q.T) @ a[:, m:]), axis=1)
        return r if mode == "r" else QRResult(q, r)
    y = triangle(a.copy())
    q = y[:m]
    r = y[m:]
    if mode == "r":
        return r
    if mode == "complete" and m > n:
        return QRResult(completed(q), np.concatenate((r, np.zeros((m - n, n), a.dtype))))
    return QRResult(q, r)


def _each(a, mode):
    each = np.reshape(a, (-1, *a.shape[-2:]))
    m, n = a.shape[-2:]
    k = m if mode == "complete" else min(m, n)
    q = np.empty((each.shape[0], m, k), a.dtype)
    r = np.empty((each.shape[0], k, n), a.dtype)
    for i in range(each.shape[0]):
        qi, ri = qr(each[i], "complete" if mode == "complete" else "reduced")
        q[i] = qi
        r[i] = ri
    r = np.reshape(r, (*a.shape[:-2], k, n))
    return r if mode == "r" else QRResult(np.reshape(q, (*a.shape[:-2], m, k)), r)


FUNCTIONS = {
    np.linalg.qr: qr,
}
METHODS = {}
