"""Factorisations and what is solved with them: rules of their own, right also where algorithms have nothing
to do, and of every order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from wengert.testing import check_grads

_RNG = np.random.default_rng(7)
A = _RNG.normal(size=(3, 3))
T = _RNG.normal(size=(4, 2))
B = _RNG.normal(size=(3, 2))


def solved(a: Any, b: Any) -> Any:
    return np.linalg.solve(a, b)


def inverse(a: Any) -> Any:
    return np.linalg.inv(a)


def mixed(a: Any, b: Any) -> Any:
    return np.abs(np.linalg.solve(a, b + 1j * b[::-1])) ** 2


def orthogonal(a: Any) -> Any:
    return np.linalg.qr(a)[0] ** 3


def triangular(a: Any) -> Any:
    return np.linalg.qr(a, mode="r")


def complex_qr(a: Any) -> Any:
    q, r = np.linalg.qr(a + 1j * a[::-1] ** 2)
    return np.real(q), np.imag(q), np.real(r), np.imag(r)


def projector_beyond(a: Any) -> Any:
    q = np.linalg.qr(a, mode="complete")[0][:, a.shape[1] :]
    return q @ q.T


def stacked_qr(a: Any) -> Any:
    return np.linalg.qr(np.stack((a, a * a)))[1]


def complex_svd(a: Any) -> Any:
    u, s, vt = np.linalg.svd(a + 1j * np.sin(a), full_matrices=False)
    return np.abs(u[0]) ** 2 * s, np.real(u @ vt)


def pseudoinverse(a: Any) -> Any:
    return np.linalg.pinv(a)


def least_squares(a: Any) -> Any:
    return np.linalg.lstsq(a, np.arange(1.0, 1.0 + a.shape[0]), rcond=None)[0]


def by_eigenvectors(a: Any) -> Any:
    w, v = np.linalg.eigh(a @ a.T)
    return (v * np.sqrt(w)) @ v.T


CASES = [
    (solved, (A, B), 2),
    (inverse, (A,), 2),
    (mixed, (A, B), 1),
    (orthogonal, (A,), 1),
    (orthogonal, (T,), 2),
    (triangular, (T.T,), 1),
    (complex_qr, (T,), 1),
    (complex_qr, (A,), 1),
    (projector_beyond, (T,), 1),
    (stacked_qr, (T,), 1),
    (complex_svd, (T,), 1),
    (complex_svd, (T.T,), 1),
    (pseudoinverse, (T,), 1),
    (least_squares, (T,), 1),
    (least_squares, (T.T,), 1),
    (by_eigenvectors, (A,), 2),
]


@pytest.mark.parametrize(
    ("f", "args", "order"), CASES, ids=[f"{f.__name__}-{k}" for k, (f, *_) in enumerate(CASES)]
)
def test_against_differences(f: Any, args: Any, order: int) -> None:
    y, expected = wg.jit(f)(*args), f(*args)
    pairs = zip(y, expected, strict=True) if isinstance(y, tuple) else [(y, expected)]
    for got, want in pairs:
        np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-12)
    check_grads(f, args, order=order)


def test_complete_factors_are_those_of_lapack() -> None:
    z = T + 1j * T[::-1]
    for x in (T, z, T.T, A):
        for got, want in zip(
            wg.jit(lambda a: np.linalg.qr(a, mode="complete"))(x),
            np.linalg.qr(x, mode="complete"),
            strict=True,
        ):
            np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-12)


def test_where_there_is_nothing_to_reflect() -> None:
    """The pseudoinverse and a Gram matrix made of factors, at triangular and diagonal matrices."""
    for x in (np.eye(3), np.diag([1.0, -2.0, 3.0]), np.triu(A)):
        gradient = wg.grad(lambda a: np.sum(np.linalg.pinv(a) * B[:, :1]))(x)
        inv = np.linalg.inv(x)
        np.testing.assert_allclose(gradient, -inv.T @ (B[:, :1] * np.ones((3, 3))) @ inv.T, rtol=1e-9)

    def gram(a: Any) -> Any:
        r = np.linalg.qr(a)[1]
        return np.sum((r.T @ r) * A)

    for x in (np.eye(3), np.triu(A)):
        np.testing.assert_allclose(wg.grad(gram)(x), x @ (A + A.T), rtol=1e-9, atol=1e-12)


def test_repeated_values() -> None:
    """Functions of all values have a derivative; single vectors have none, and are not a number."""
    spectrum = wg.grad(lambda a: np.sum(np.linalg.svd(a, compute_uv=False) ** 3))
    np.testing.assert_allclose(spectrum(np.eye(3)), 3 * np.eye(3), atol=1e-12)
    trace = wg.grad(lambda a: np.sum(np.linalg.eigvalsh(a) ** 2))
    np.testing.assert_allclose(trace(np.eye(3)), 2 * np.eye(3), atol=1e-12)
    vector = wg.grad(lambda a: np.sum(np.linalg.eigh(a)[1][:, 0] * np.arange(3.0)))
    assert not np.all(np.isfinite(vector(np.eye(3))))
