"""Splines of `scipy.interpolate`, given by knots and coefficients."""

import numpy as np
import pytest
from scipy.interpolate import (
    Akima1DInterpolator,
    CubicSpline,
    PchipInterpolator,
    bisplev,
    bisplrep,
    interp1d,
    make_interp_spline,
    splev,
    splrep,
)

import wengert
from wengert.testing import check_grads

XS = np.linspace(0.0, 4.0, 12)
LINE = splrep(XS, np.sin(XS) * np.exp(0.3 * XS))
SQUARE = splrep(XS, np.cos(XS), k=2)
GRID = np.meshgrid(np.linspace(0.0, 2.0, 8), np.linspace(0.0, 3.0, 9))
HEIGHT = np.sin(GRID[0]) * GRID[1] ** 2
SURFACE = bisplrep(*(a.ravel() for a in (*GRID, HEIGHT)), kx=3, ky=2, s=1e-3)


def curve(x, der=0, ext=0):
    return splev(x, LINE, der=der, ext=ext) * splev(x, SQUARE)


def coefficients(c, x):
    return splev(x, (LINE[0], c, 3))


def surface(x, y, dx=0):
    return bisplev(x, y, SURFACE, dx=dx)


@pytest.mark.parametrize("x", [0.0, 0.7, 2.0, 4.0, -0.5, 4.5])
@pytest.mark.parametrize("der", [0, 1, 2])
def test_a_curve(x, der):
    assert wengert.jit(curve)(x, der) == pytest.approx(float(curve(x, der)), rel=1e-10)


@pytest.mark.parametrize("ext", [0, 1, 3])
def test_beyond_the_knots(ext):
    for x in (-0.5, 4.5):
        assert wengert.jit(curve)(x, 0, ext) == pytest.approx(float(curve(x, 0, ext)), rel=1e-10)
    with pytest.raises(ValueError, match="domain"):
        wengert.jit(curve)(4.5, 0, 2)


def test_derivatives():
    check_grads(curve, (0.7,))
    check_grads(curve, (np.array([0.3, 1.9, 3.3]),))
    check_grads(coefficients, (LINE[1], 1.2))
    assert wengert.grad(splev)(0.7, LINE) == pytest.approx(float(splev(0.7, LINE, 1)), rel=1e-10)


def test_a_surface():
    for point in ((0.7, 1.3), (-1.0, 2.0), (2.0, 3.0)):
        assert wengert.jit(surface)(*point) == pytest.approx(surface(*point), rel=1e-10)
    check_grads(surface, (0.7, 1.3))
    assert wengert.grad(surface)(0.7, 1.3) == pytest.approx(surface(0.7, 1.3, 1), rel=1e-9)
    xs, ys = np.array([0.3, 1.1]), np.array([0.2, 0.9, 2.5])
    np.testing.assert_allclose(wengert.jit(surface)(xs, ys), surface(xs, ys), rtol=1e-10)


POINTS = np.linspace(0.0, 4.0, 7)
HEIGHTS = np.sin(POINTS)
MADE = [
    CubicSpline(POINTS, HEIGHTS),
    CubicSpline(POINTS, HEIGHTS, bc_type="natural", extrapolate=False),
    PchipInterpolator(POINTS, HEIGHTS),
    Akima1DInterpolator(POINTS, HEIGHTS),
    make_interp_spline(POINTS, HEIGHTS),
    interp1d(POINTS, HEIGHTS),
    interp1d(POINTS, HEIGHTS, bounds_error=False, fill_value="extrapolate"),
    interp1d(POINTS, HEIGHTS, bounds_error=False, fill_value=(-1.0, 2.0)),
]


@pytest.mark.parametrize("made", MADE, ids=lambda f: type(f).__name__)
def test_interpolators_that_were_made_outside(made):
    x = np.array([0.1, 0.7, 2.2, 3.9])
    np.testing.assert_allclose(wengert.jit(lambda x: made(x))(x), made(x), rtol=1e-12)
    check_grads(lambda x: made(x) * x, (x,), order=1)
    if not getattr(made, "bounds_error", False):
        for far in (-0.5, 4.5):
            np.testing.assert_allclose(wengert.jit(lambda x: made(x))(far), made(far), rtol=1e-10)


@pytest.mark.parametrize("kind", ["not-a-knot", "natural", "clamped"])
def test_interpolators_of_what_varies(kind):
    def spline(y, x):
        made = CubicSpline(POINTS, y, bc_type=kind)
        return made(x) + made(x, 1) * made.derivative()(x)

    def lines(y, x):
        return interp1d(POINTS, y, bounds_error=False, fill_value=0.0)(x)

    for f in (spline, lines) if kind == "natural" else (spline,):
        assert wengert.jit(f)(HEIGHTS, 1.3) == pytest.approx(float(f(HEIGHTS, 1.3)), rel=1e-12)
        check_grads(f, (HEIGHTS, 1.3), order=1)
