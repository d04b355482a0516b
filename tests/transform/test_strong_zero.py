"""An infinite slope times a zero tangent or cotangent is zero, in every mode."""

from __future__ import annotations

import numpy as np
import pytest

import wengert

EDGES = {
    "sqrt": (lambda x: np.sqrt(x), 0.0),
    "log": (lambda x: np.log(x), 0.0),
    "cbrt": (lambda x: np.cbrt(x), 0.0),
    "arcsin": (lambda x: np.arcsin(x), 1.0),
    "power": (lambda x: x**0.5, 0.0),
    "divide": (lambda x: 1.0 / x, 0.0),
}


@pytest.mark.parametrize("name", EDGES)
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_other_entries_are_zero_beside_an_infinite_one(name, mode) -> None:
    f, edge = EDGES[name]
    x = np.array([edge, 0.5])
    matrix = wengert.jacobian(f, mode=mode)(x)
    assert np.isinf(matrix[0, 0])
    assert np.isfinite(matrix[1, 1])
    np.testing.assert_array_equal(matrix[[0, 1], [1, 0]], 0.0)


@pytest.mark.parametrize("name", EDGES)
def test_directions_that_leave_the_edge_alone(name) -> None:
    f, edge = EDGES[name]
    assert wengert.jvp(lambda x, y: f(x) + y, (np.float64(edge), 2.0), (0.0, 1.0))[1] == 1.0


def test_second_order() -> None:
    matrix = wengert.hessian(lambda x: np.sum(x**1.5))(np.array([0.0, 1.0]))
    np.testing.assert_array_equal(matrix, [[np.inf, 0.0], [0.0, 0.75]])


def masked(x):
    w = np.exp(x)
    kept = ~np.isinf(w)
    out = np.zeros_like(w)
    out[kept] = np.log(w[kept])
    return np.sum(out)


def branched(x):
    w = np.sinh(x)
    total = 0.0
    for k in range(len(x)):
        if x[k] < 700.0:
            total += w[k] * w[0]
    return total


def smallest(x):
    w = x[0] * np.exp(x)
    return w[np.argmin(w)]


@pytest.mark.parametrize("f", [masked, branched, smallest])
def test_what_overflows_and_is_left_out_has_no_influence(f) -> None:
    x = np.array([0.3, 0.5, 800.0])
    with np.errstate(over="ignore"):
        found = wengert.grad(f)(x)
        steps = [(f(x + h) - f(x - h)) / 2e-6 for h in 1e-6 * np.eye(3)]
    np.testing.assert_allclose(found, steps, rtol=1e-8, atol=1e-8)
