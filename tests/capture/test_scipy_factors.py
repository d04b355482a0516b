"""Factorisations and matrix equations of `scipy.linalg`, against SciPy and differences."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg as la

import wengert
from wengert.testing import check_grads

A = np.array([[2.0, 0.5, 0.1], [0.3, 1.5, 0.2], [0.4, 0.1, 1.2]])
S = A @ A.T
B = np.array([[1.0, 0.2], [0.3, 2.0], [0.5, 0.6]])
b = np.array([1.0, 2.0, 0.5])
Q = np.array([[1.0, 0.3], [0.2, 0.7]])

CASES = {
    "svd": (lambda a: la.svd(a)[1] * 1.0 + np.sum(abs(la.svd(a)[0])), (A,)),
    "svd2": (lambda a: (abs(la.svd(a, full_matrices=False)[2]),), (B,)),
    "eigh": (lambda a: (la.eigh(a)[0], abs(la.eigh(a)[1])), (S,)),
    "eigh2": (lambda a, c: (la.eigh(a, c)[0], abs(la.eigh(a, c)[1])), (S, A @ A.T @ A @ A.T + np.eye(3))),
    "eigvalsh": (lambda a: la.eigvalsh(a), (S,)),
    "eigvalsh2": (lambda a: la.eigh(a, eigvals_only=True, lower=False), (S,)),
    "eigvals": (lambda a: np.sort(np.real(la.eigvals(a))), (A,)),
    "eig": (lambda a: np.sort(abs(la.eig(a)[0])), (A,)),
    "qr": (lambda a: la.qr(a), (A,)),
    "qre": (lambda a: la.qr(a, mode="economic"), (B,)),
    "qrf": (lambda a: la.qr(a)[1], (B,)),
    "qrr": (lambda a: la.qr(a, mode="r")[0], (B,)),
    "lu": (lambda a: la.lu(a), (A[::-1].copy(),)),
    "lup": (lambda a: la.lu(a, permute_l=True), (A[::-1].copy(),)),
    "lui": (lambda a: la.lu(a, p_indices=True)[1:], (A[[1, 2, 0]].copy(),)),
    "lstsq": (lambda a, y: la.lstsq(a, y)[0], (B, b)),
    "polar": (lambda a: la.polar(a), (A,)),
    "polarl": (lambda a: la.polar(a, side="left"), (A,)),
    "sqrtm": (lambda a: la.sqrtm(a), (A,)),
    "sqrtm2": (lambda a: la.sqrtm(a), (S * 1e6,)),
    "syl": (lambda a, c, q: la.solve_sylvester(a, c, q), (A, Q, B)),
    "cl": (lambda a, q: la.solve_continuous_lyapunov(a, q), (A, S)),
    "dl": (lambda a, q: la.solve_discrete_lyapunov(a, q), (A / 4, S)),
    "toep": (lambda c, y: la.solve_toeplitz(c, y), (b + np.array([2.0, 0, 0]), b)),
    "toep2": (lambda c, r, y: la.solve_toeplitz((c, r), y), (b + np.array([2.0, 0, 0]), b, b)),
    "circ": (lambda c, y: la.solve_circulant(c, y), (b + np.array([2.0, 0, 0]), b)),
    "hankel": (lambda c: la.hankel(c), (b,)),
    "hankel2": (lambda c, r: la.hankel(c, r), (b, np.array([0.5, 0.1, 0.2, 0.3]))),
    "companion": (lambda c: la.companion(c), (np.array([2.0, 1.0, 0.3, 0.7]),)),
}


@pytest.mark.parametrize("name", CASES)
def test_values_and_derivatives(name):
    f, args = CASES[name]
    found, wanted = wengert.jit(f)(*args), f(*args)
    several = isinstance(wanted, tuple)
    for x, y in zip(found if several else [found], wanted if several else [wanted], strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-9, atol=1e-11)
    check_grads(f, args, order=1)


def test_no_principal_root():
    with pytest.raises(np.linalg.LinAlgError, match="negative real axis"):
        wengert.jit(lambda a: la.sqrtm(a))(np.array([[-1.0, 0.3], [0.0, -2.0]]))


@pytest.mark.parametrize("f", [lambda a: la.qr(a, pivoting=True)[1], lambda a: la.eig(a, left=True)[0]])
def test_options_that_are_not_supported(f):
    with pytest.raises(NotImplementedError):
        wengert.jit(f)(A)
