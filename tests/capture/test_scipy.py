"""Functions of SciPy that take functions, or filter: values are SciPy's, derivatives are checked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
import scipy.signal

import wengert as wg
from wengert.testing import check_grads

X = np.sin(np.arange(8.0))
minimize: Any = scipy.optimize.minimize_scalar


def bracketed_root(p: float) -> Any:
    return scipy.optimize.brentq(lambda x: x**3 + p * x - 2.0, 0.0, 3.0)


def _f(x: float, p: float, q: float) -> float:
    return math.exp(x) - p * x - q


def secant_root(p: float, q: float) -> Any:
    return scipy.optimize.newton(_f, 1.0, args=(p, q))


def scalar_root(p: float, q: float) -> Any:
    return scipy.optimize.root_scalar(_f, args=(p, q), bracket=(1.0, 4.0)).root


def _circle(x: Any, p: float) -> list[float]:
    return [x[0] ** 2 + p * x[1] - 3.0, x[0] * x[1] - p]


def system(p: float) -> Any:
    return scipy.optimize.fsolve(_circle, [1.0, 1.0], args=(p,))


def minimum(p: float) -> Any:
    return minimize(lambda x: (x - p) ** 4 + (x + 1) ** 2 * p, tol=1e-10).x


def integral(p: float, b: float) -> float:
    return scipy.integrate.quad(lambda x, p: math.sin(p * x) / (1 + x * x), p, b, args=(p,))[0]


def over_the_line(p: float) -> float:
    return scipy.integrate.quad(lambda x: np.exp(-p * x * x), -np.inf, np.inf)[0]


def singular_at_an_end(p: float) -> float:
    return scipy.integrate.quad(lambda x: x**p, 0.0, 1.0)[0]


def _prey(t: float, y: Any, a: float, b: float) -> list[Any]:
    return [a * y[0] - b * y[0] * y[1], b * y[0] * y[1] - y[1]]


def steps(a: float) -> Any:
    return scipy.integrate.solve_ivp(_prey, (0.0, 2.0), [1.0, 0.5], args=(a, 0.8)).y


def at_times(a: float) -> Any:
    times = np.linspace(0, 2, 3)
    return scipy.integrate.solve_ivp(_prey, (0.0, 2.0), [1.0, a], "RK23", times, args=(a, 0.8), rtol=1e-5).y


def oscillator(a: float) -> Any:
    return scipy.integrate.odeint(lambda y, t: [y[1], -a * y[0]], [1.0, 0.0], np.linspace(0.0, 2.0, 4))


def filtered(x: Any, p: float) -> Any:
    return scipy.signal.lfilter([0.2, 0.3 * p], [1.0, -0.5, 0.1 * p], x)


def blurred(x: Any) -> Any:
    return scipy.signal.convolve2d(x.reshape(2, 4), np.array([[1.0, 2.0], [0.5, -1.0]]), mode="same")


CASES = [
    (bracketed_root, (1.3,), 2),
    (secant_root, (2.0, 1.5), 1),
    (scalar_root, (2.0, 1.5), 1),
    (system, (1.2,), 1),
    (minimum, (0.7,), 1),
    (integral, (0.5, 1.5), 1),
    (over_the_line, (1.5,), 1),
    (singular_at_an_end, (0.5,), 1),
    (steps, (1.2,), 1),
    (at_times, (1.2,), 1),
    (oscillator, (1.2,), 1),
    (filtered, (X, 0.7), 1),
    (blurred, (X,), 1),
]


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize(("f", "args", "order"), CASES, ids=[f.__name__ for f, *_ in CASES])
def test_against_scipy(f: Any, args: Any, order: int) -> None:
    np.testing.assert_allclose(wg.jit(f)(*args), f(*args), rtol=1e-6, atol=2e-7)
    check_grads(f, args, order=order, rtol=1e-5)


def test_derivatives_of_roots_of_order_three() -> None:
    """The root of ``x**2 = p``, of which everything is known."""

    def root(p: float) -> Any:
        return scipy.optimize.brentq(lambda x: x * x - p, 0.0, 3.0)

    third = wg.grad(wg.grad(wg.grad(root)))
    assert third(2.0) == pytest.approx(3 / 8 * 2.0**-2.5, rel=1e-9)


def test_what_has_no_derivative_is_refused() -> None:
    with pytest.raises(ZeroDivisionError):
        wg.grad(lambda p: scipy.optimize.newton(lambda x: p * x * x * x, 0.0, lambda x: 3 * p * x * x))(2.0)
    with pytest.raises(NotImplementedError):
        wg.grad(lambda p: minimize(lambda x: p * x, bounds=(0.0, 1.0)).x)(2.0)
    with pytest.raises(ValueError, match="different signs"):
        wg.grad(lambda p: scipy.optimize.brentq(lambda x: x * x + p, 0.0, 1.0))(2.0)
