"""Economics of `quantecon`, compiled by Numba: solvers that take compiled functions, loops over arrays that
are written in place, parallel loops, quadrature.
"""

import sys
from typing import Any

import numba
import numpy as np
import pytest
from quantecon import m_quadratic_sum, solve_discrete_lyapunov
from quantecon._gridtools import cartesian
from quantecon._inequality import gini_coefficient, lorenz_curve, rank_size, shorrocks_index
from quantecon._lss import simulate_linear_model
from quantecon.markov import approximation
from quantecon.optimize import brent_max, brentq, newton, newton_halley, newton_secant
from quantecon.quad import qnwcheb, qnwlege, qnwtrap, qnwunif

import wengert
from wengert.testing import check_grads

GTH: Any = vars(sys.modules["quantecon.markov.gth_solve"])["_gth_solve_jit"]
FILL: Any = vars(approximation)["_fill_tauchen"]
TRANSITIONS = np.array([[0.4, 0.6, 0.0], [0.2, 0.5, 0.3], [0.1, 0.2, 0.7]])
INCOMES = np.array([0.5, 1.0, 2.5, 4.0])
STABLE = np.array([[0.5, 0.1], [0.2, 0.3]])


@numba.njit
def cubic(x: float, p: float) -> float:
    return x**3 - p


@numba.njit
def slope(x: float, p: float) -> float:
    return 3 * x**2


@numba.njit
def curvature(x: float, p: float) -> float:
    return 6 * x


@numba.njit
def hump(x: float, p: float) -> float:
    return p - (x - p) ** 2


def stationary(transitions: Any) -> Any:
    left, found = transitions.copy(), np.zeros(3)
    GTH(left, found)
    return found


def tauchen(x: Any, sigma: float) -> Any:
    out = np.zeros((3, 3))
    FILL(x, out, 3, 0.5, sigma, 0.4)
    return out


CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("newton", lambda p: newton(cubic, 1.0, slope, args=(p,)).root, (2.0,)),
    ("newton_halley", lambda p: newton_halley(cubic, 1.0, slope, curvature, args=(p,)).root, (2.0,)),
    ("newton_secant", lambda p: newton_secant(cubic, 1.0, args=(p,)).root, (2.0,)),
    ("brentq", lambda p: brentq(cubic, 0.5, 2.0, args=(p,)).root, (2.0,)),
    ("brent_max", lambda p: brent_max(hump, -3.0, 2.0, args=(p,))[1], (0.5,)),
    ("gth_solve", stationary, (TRANSITIONS,)),
    ("lorenz_curve", lambda y: lorenz_curve(y)[1], (INCOMES,)),
    ("gini_coefficient", gini_coefficient, (INCOMES,)),
    ("shorrocks_index", shorrocks_index, (TRANSITIONS,)),
    ("rank_size", lambda y: rank_size(y)[1], (INCOMES,)),
    (
        "simulate_linear_model",
        lambda a, x, v: simulate_linear_model(a, x, v, 3),
        (STABLE, np.array([1.0, 2.0]), np.ones((2, 4))),
    ),
    ("cartesian", lambda a, b: cartesian([a, b]), (INCOMES, 2 * INCOMES)),
    ("std_norm_cdf", approximation.std_norm_cdf, (0.3,)),
    ("tauchen", tauchen, (np.array([-1.0, 0.0, 1.0]), 1.0)),
    ("solve_discrete_lyapunov", solve_discrete_lyapunov, (STABLE, np.eye(2))),
    ("m_quadratic_sum", m_quadratic_sum, (STABLE, np.eye(2))),
    ("qnwtrap", lambda a, b: qnwtrap(5, a, b)[0], (0.1, 2.0)),
    ("qnwlege", lambda a, b: qnwlege(4, a, b)[1], (0.1, 2.0)),
    ("qnwcheb", lambda a, b: qnwcheb(4, a, b)[1], (0.1, 2.0)),
    ("qnwunif", lambda a, b: qnwunif(4, a, b)[0], (0.1, 2.0)),
]


@pytest.mark.parametrize(("f", "args"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_against_differences(f: Any, args: tuple[Any, ...]) -> None:
    check_grads(f, args, order=1)


@numba.vectorize
def branch(x: Any, y: Any) -> Any:
    return x * y + 1.0 if x > 0 else np.sin(y)


@numba.njit(parallel=True)
def squares(x: Any) -> float:
    s = 0.0
    for i in numba.prange(x.shape[0]):
        s += x[i] ** 2 * branch(x[i], 2.0)
    return s


def test_functions_of_arrays_and_parallel_loops() -> None:
    x = np.array([0.5, -1.0, 2.0])
    np.testing.assert_allclose(wengert.jit(lambda x: branch(x, 2.0))(x), branch(x, 2.0))
    check_grads(lambda x, y: branch(x, y), (x, 1.5), order=1)
    check_grads(squares, (x,), order=1)
