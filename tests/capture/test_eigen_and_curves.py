"""Eigenvalues of any matrix, roots, and curves and filters of SciPy, against these and differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.interpolate as curves
import scipy.signal

import wengert as wg
from wengert.testing import check_grads
from wengert.testing.differences import ridders

RNG = np.random.default_rng(5)
A = RNG.normal(size=(4, 4))
W = RNG.normal(size=(4, 4))
XS = np.array([0.0, 0.7, 1.1, 2.0, 2.6, 3.5])
YS = np.array([0.3, 1.2, 0.9, -0.4, -0.6, 0.8])
AT = np.array([0.05, 0.6, 1.5, 2.1, 3.3])


def along(f: Any, x: Any, dx: Any) -> float:
    """A directional derivative of the function itself."""
    return float(ridders(lambda t: np.asarray(f(x + t * dx))).value)


@pytest.mark.parametrize("a", [A, A + A.T, A + 1j * W, np.stack([A, W])])
def test_eigenvalues_are_those_of_numpy(a: Any) -> None:
    w, v = np.linalg.eig(a)
    found = wg.jit(lambda a: np.linalg.eig(a))(a)
    assert found.eigenvalues.dtype == np.complex128
    np.testing.assert_allclose(found.eigenvalues, w, rtol=1e-13)
    np.testing.assert_allclose(found.eigenvectors, v, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(wg.jit(lambda a: np.linalg.eigvals(a))(a), w, rtol=1e-13)


def of_values(a: Any) -> Any:
    w = np.linalg.eigvals(a)
    return np.sum(np.abs(w) ** 2 * np.arange(1.0, 5.0)) + np.sum(np.real(w) ** 3)


def of_vectors(a: Any) -> Any:
    w, v = np.linalg.eig(a)
    return np.sum(np.real(v) * W) + np.sum(np.imag(v) * W.T) + np.sum(np.real(w) * np.imag(w) ** 2)


@pytest.mark.parametrize("f", [of_values, of_vectors])
@pytest.mark.parametrize("a", [A, A + A.T])
@pytest.mark.parametrize("engine", ["native", "trace"])
def test_derivatives_of_eigenvalues(f: Any, a: Any, engine: Any) -> None:
    slope = np.sum(wg.grad(f, engine=engine)(a) * W)
    assert slope == pytest.approx(along(f, a, W), rel=1e-7, abs=1e-7)
    if engine == "native" and a is A:
        check_grads(f, (a,), order=2)


@pytest.mark.parametrize("a", [np.array([[1.0, 1.0], [0.0, 1.0]]), 2 * np.eye(3) + np.eye(3, k=1)])
def test_defective_matrices_raise(a: Any) -> None:
    for f in (lambda a: np.real(np.linalg.eigvals(a))[0], lambda a: np.real(np.linalg.eig(a)[1])[0, 0]):
        with pytest.raises(np.linalg.LinAlgError, match="repeated"):
            wg.grad(f)(a)


def test_repeated_eigenvalues() -> None:
    trace = wg.grad(lambda a: np.real(np.sum(np.linalg.eigvals(a))))
    np.testing.assert_allclose(trace(np.eye(3)), np.eye(3), atol=1e-15)
    with pytest.raises(np.linalg.LinAlgError, match="eigenvectors of repeated"):
        wg.grad(lambda a: np.real(np.linalg.eig(a)[1])[0, 0])(np.eye(3))


@pytest.mark.parametrize(
    "p", [[1.0, -3.0, 2.5, 1.0], [0.0, 2.0, 1.0, -3.0, 0.0, 0.0], [3.0, 1.5], [2.0], [0.0, 0.0]]
)
def test_roots(p: list[float]) -> None:
    found = wg.jit(lambda p: np.roots(p))(np.array(p))
    np.testing.assert_allclose(found, np.roots(p), rtol=1e-12)


def test_derivatives_of_roots_and_poly() -> None:
    p = np.array([1.0, -3.0, 2.5, 1.0])
    check_grads(lambda p: np.abs(np.roots(p)) ** 2, (p,), order=1)
    np.testing.assert_allclose(wg.jit(lambda z: np.poly(z))(p), np.poly(p), rtol=1e-13)
    np.testing.assert_allclose(wg.jit(lambda a: np.poly(a))(A), np.poly(A), rtol=1e-12)
    check_grads(lambda z: np.poly(z), (p,), order=2)


MADE = {
    "pchip": lambda ys, x: curves.PchipInterpolator(XS, ys)(x),
    "slope of pchip": lambda ys, x: curves.PchipInterpolator(XS, ys).derivative()(x),
    "hermite": lambda ys, x: curves.CubicHermiteSpline(XS, ys, ys * ys)(x),
    "cubic": lambda ys, x: curves.interp1d(XS, ys, kind="cubic")(x),
    "cubic beyond": lambda ys, x: curves.interp1d(XS, ys, kind="cubic", fill_value="extrapolate")(x + 1.0),
    "cubic filled": lambda ys, x: curves.interp1d(
        XS, ys, kind="cubic", bounds_error=False, fill_value=(-1.0, 2.0)
    )(2.0 * x - 0.5),
    "linear": lambda ys, x: curves.interp1d(XS, ys)(x),
}  # fmt: skip


@pytest.mark.parametrize("f", MADE.values(), ids=MADE.keys())
def test_curves_made_inside(f: Any) -> None:
    np.testing.assert_allclose(wg.jit(f)(YS, AT), f(YS, AT), rtol=1e-12)
    np.testing.assert_allclose(wg.jit(f)(YS, 1.3), f(YS, 1.3), rtol=1e-12)
    check_grads(f, (YS, AT), order=1)


def test_pchip_of_any_shape() -> None:
    for ys in (
        YS,
        np.zeros(6),
        np.array([0.0, 0.0, 1.0, 1.0, 0.0, 3.0]),
        np.arange(6.0) ** 2,
        YS[:2],
        YS[:3],
    ):
        f = lambda ys: curves.PchipInterpolator(XS[: len(ys)], ys)(AT)
        np.testing.assert_allclose(wg.jit(f)(ys), f(ys), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("mode", "width", "order", "deriv"),
    [
        ("interp", 7, 3, 1),
        ("mirror", 5, 2, 0),
        ("nearest", 3, 2, 2),
        ("wrap", 5, 2, 0),
        ("constant", 5, 3, 0),
    ],
)
def test_savgol_filter(mode: str, width: int, order: int, deriv: int) -> None:
    x, many = RNG.normal(size=11), RNG.normal(size=(8, 2))
    f = lambda x: scipy.signal.savgol_filter(x, width, order, deriv, 0.5, mode=mode, cval=0.3)
    g = lambda x: scipy.signal.savgol_filter(x, width, order, deriv, 0.5, 0, mode)
    np.testing.assert_allclose(wg.jit(f)(x), f(x), rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(wg.jit(g)(many), g(many), rtol=1e-9, atol=1e-10)
    if mode in ("interp", "wrap"):
        check_grads(f, (x,), order=1)


def test_what_of_savgol_filter_is_refused() -> None:
    for keywords, kind in (
        ({"window_length": 4}, NotImplementedError), ({"window_length": 13}, ValueError),
        ({"window_length": 3}, ValueError), ({"window_length": 25, "mode": "mirror"}, NotImplementedError),
    ):  # fmt: skip
        with pytest.raises(kind):
            wg.jit(lambda x, k=keywords: scipy.signal.savgol_filter(x, polyorder=3, **k))(np.ones(11))
