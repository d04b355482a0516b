"""The kernels of the benchmarks at small sizes: right gradients, and what they record."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wengert
from wengert.algebra.evaluate import count_ops

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import gmm
import kernels as k

R = np.random.default_rng(5)
N = 6
DENSE = R.random((N, N)) + N * np.eye(N)
SPD = DENSE @ DENSE.T
LOW = np.tril(R.random((N, N))) + 4.0 * np.eye(N)
SWEEPS = 3

SMALL: dict[str, tuple[Any, tuple[Any, ...], tuple[int, ...], int | None]] = {
    "lorenz": (k.lorenz, (10.0, 28.0, 8.0 / 3.0, 1.0, 1.0, 1.0, 20), (0, 1, 2, 3, 4, 5), None),
    "gauss_seidel": (k.gauss_seidel, (R.random((N, N)), R.random((N, N)), SWEEPS), (0, 1), 0),
    "jacobi": (k.jacobi, (R.random((N, N)), R.random((N, N)), SWEEPS), (0, 1), 0),
    "jacobi_swap": (k.jacobi_swap, (R.random((N, N)), R.random((N, N)), SWEEPS), (0, 1), None),
    "jacobi_slices": (k.jacobi_slices, (R.random((N, N)), R.random((N, N)), SWEEPS), (0, 1), 0),
    "heat_nonlinear": (k.heat_nonlinear, (R.random(N), SWEEPS, 1e-2), (0,), None),
    "lu": (k.lu, (DENSE,), (0,), 0),
    "lu_rows": (k.lu_rows, (DENSE,), (0,), None),
    "cholesky": (k.cholesky, (SPD,), (0,), None),
    "triangular": (k.triangular, (LOW, R.random(N)), (0, 1), None),
    "triangular_in_place": (k.triangular_in_place, (LOW, R.random(N)), (0, 1), None),
    "tridiagonal": (
        k.tridiagonal,
        (R.random(N), 4 + R.random(N), R.random(N), R.random(N)),
        (0, 1, 2, 3),
        None,
    ),
    "matmul_ijk": (k.matmul_ijk, (DENSE, LOW), (0, 1), 0),
    "matmul_ikj": (k.matmul_ikj, (DENSE, LOW), (0, 1), 0),
    "nbody": (k.nbody, (R.random((4, 3)), R.random((4, 3)), R.random(4), SWEEPS, 1e-2), (0, 1, 2), None),
    "array_ode": (k.array_ode, (R.random(N), R.random(N), SWEEPS, 0.1), (0, 1), None),
    "small_ode": (k.small_ode, (np.array([1.0, 0.2, 0.1]), R.random(3), SWEEPS, 1e-2), (0, 1), None),
    "newton_while": (k.newton_while, (1.0 + 9.0 * R.random(N),), (0,), None),
    "while_loop": (k.while_loop, (0.7, 9), (0,), None),
    "smith_waterman": (k.smith_waterman, (R.standard_normal((N, N)), 0.3), (0, 1), None),
    "soft_alignment": (k.soft_alignment, (R.random((4, 4)),), (0,), None),
    "chain": (k.chain, (R.random(N),), (0,), None),
    "convolution": (k.convolution, (R.random(9), R.random(3)), (0, 1), 0),
    "filter_iir": (k.filter_iir, (R.random(9), np.array([-0.5, 0.1]), R.random(3)), (0, 1, 2), 0),
    "paths": (k.paths, (1.0, 0.05, 0.2, R.standard_normal((5, 4)) * 0.1, 0.01), (0, 1, 2), None),
    "gmm": (gmm.gmm, gmm.random_data(3, 4, 5), (0, 1, 2), None),
}


@pytest.mark.parametrize("name", SMALL)
def test_gradient(name: str) -> None:
    f, args, wrt, recorded = SMALL[name]

    def fresh() -> list[Any]:
        return [np.array(a) if isinstance(a, np.ndarray) else a for a in args]

    derivative = wengert.value_and_grad(f, wrt=wrt)
    value, bars = derivative(*fresh())
    np.testing.assert_allclose(value, f(*fresh()), rtol=1e-10)
    rng = np.random.default_rng(1)
    along = {p: rng.standard_normal(np.shape(args[p])) for p in wrt}

    def at(t: float) -> Any:
        moved = fresh()
        for p, v in along.items():
            moved[p] = moved[p] + t * v if np.ndim(v) else float(moved[p] + t * float(v))
        return f(*moved)

    h = 1e-4
    slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
    got = sum(float(np.sum(bar * along[p])) for p, bar in zip(wrt, bars, strict=True))
    np.testing.assert_allclose(got, slope, rtol=1e-7, atol=1e-7)
    if recorded is not None:
        stage = derivative.program.last_stage()
        assert count_ops(stage.module, fresh()).recorded == recorded


def test_a_mixture_records_no_positions() -> None:
    """Four numbers for each pair of dimension, component and point at most, and no integers."""
    args = gmm.random_data(3, 4, 5)
    derivative = wengert.grad(gmm.gmm, wrt=(0, 1, 2))
    derivative(*args)
    text = derivative.source
    assert "at_tape" not in text
