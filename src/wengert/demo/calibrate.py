"""The calibration: counts, starting points, the best of many descents, standard errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import wengert

from .model import advance, misfit

Vector = NDArray[np.float64]

PARAMETERS: tuple[tuple[str, float, float], ...] = (
    ("births per hare and year", 0.1, 2.0),
    ("hares eaten, per hare, lynx and year", 0.005, 0.1),
    ("lynxes fed, per lynx, hare and year", 0.005, 0.1),
    ("deaths per lynx and year", 0.1, 2.0),
    ("hares at the start", 5.0, 60.0),
    ("lynxes at the start", 1.0, 20.0),
    ("error of a count, relative", 0.1, 1.0),
)
"""Each parameter in words, with the range from which starting values are drawn.  Animals are thousands of
pelts.
"""

_SAME = 1e-3
"""Descents that end this close in misfit found the same minimum."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The best minimum: ``theta`` as `misfit` takes it; ``agreed`` of the ``starts`` ended in it.

    ``seconds`` went into the ``evaluations`` of value and gradient, out of all that the search took.
    """

    theta: Vector
    value: float
    starts: int
    agreed: int
    evaluations: int
    seconds: float


def read_counts() -> tuple[Vector, Vector]:
    """The years, and a row of hares and lynxes for each.

    >>> years, counts = read_counts()
    >>> int(years[0]), len(years), counts[0]
    (1900, 21, array([30.,  4.]))
    """
    text = resources.files("wengert.demo").joinpath("data/lynx_hare.csv").read_text()
    table = np.loadtxt(text.splitlines(), delimiter=",", skiprows=1)
    return table[:, 0], np.ascontiguousarray(table[:, 1:])


def starting_points(count: int, seed: int) -> Vector:
    """Rows of logarithms, uniform in the ranges of `PARAMETERS`."""
    low, high = np.log([p[1:] for p in PARAMETERS]).T
    return np.random.default_rng(seed).uniform(low, high, (count, len(low)))


def calibrate(counts: Vector, starts: Iterable[Vector]) -> Fit:
    """Minimise the misfit by L-BFGS from every starting point, and keep the best.

    Raises ArithmeticError when no descent ends in a finite number.
    """
    gradient: Callable[..., Any] = wengert.value_and_grad(misfit)
    spent: list[float] = []

    def objective(theta: Vector, counts: Vector) -> Any:
        start = time.perf_counter()
        result = gradient(theta, counts)
        spent.append(time.perf_counter() - start)
        return result

    ends = [minimize(objective, start, args=(counts,), jac=True, method="L-BFGS-B") for start in starts]
    good = [end for end in ends if np.isfinite(end.fun)]
    if not good:
        raise ArithmeticError("no starting point leads to a finite misfit")
    best = min(good, key=lambda end: end.fun)
    return Fit(
        theta=best.x,
        value=float(best.fun),
        starts=len(ends),
        agreed=sum(end.fun - best.fun < _SAME for end in good),
        evaluations=len(spent),
        seconds=sum(spent),
    )


def standard_errors(theta: Vector, counts: Vector) -> Vector:
    """Of the parameters: from the inverse of the Hessian by the logarithms, by the delta method.

    NaN where the misfit does not curve upwards.
    """
    curvature = wengert.hessian(misfit)(theta, counts)
    try:
        variance = np.diag(np.linalg.inv(curvature))
    except np.linalg.LinAlgError:
        variance = np.full(len(theta), np.nan)
    return np.exp(theta) * np.sqrt(np.where(variance > 0, variance, np.nan))


def trajectory(theta: Vector, years: int, steps: int = 20) -> tuple[Vector, Vector]:
    """Times in years from the start, and hares and lynxes at each, ``steps`` a year."""
    p = np.exp(theta)
    y = p[4:6].copy()
    rows = [y.copy()]
    for _ in range(steps * (years - 1)):
        advance(y, p[:4], 1 / steps)
        rows.append(y.copy())
    return np.arange(len(rows)) / steps, np.array(rows)
