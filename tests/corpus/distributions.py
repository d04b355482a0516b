"""Densities and distribution functions of ``scipy.stats``."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.stats
from scipy.stats import multivariate_normal, norm


def normal(x, m, s):
    return norm.logpdf(x, m, s), norm.pdf(x, loc=m, scale=s), norm.cdf(x, m, s), norm.logcdf(x), norm.sf(x, m)


def normal_numbers(x, s):
    return norm.logpdf(x), norm.logsf(x, 0.5, s), norm.ppf(0.3, x, s)


def exponential(x, s):
    return (
        scipy.stats.expon.logpdf(x, scale=s),
        scipy.stats.expon.pdf(x, 0.1, s),
        scipy.stats.expon.cdf(x, 0, s),
    )


def gammas(x, a, s):
    return (
        scipy.stats.gamma.logpdf(x, a, scale=s),
        scipy.stats.chi2.pdf(x, a),
        scipy.stats.chi2.logpdf(x, a, 0, s),
    )


def betas(x, a, b):
    return scipy.stats.beta.logpdf(x, a, b), scipy.stats.beta.pdf(x, a, b, loc=-0.5, scale=2.0)


def student(x, df, s):
    return scipy.stats.t.logpdf(x, df, 0.25, s), scipy.stats.t.pdf(x, df)


def counts(mu):
    return scipy.stats.poisson.logpmf(np.array([0, 2, 5]), mu), scipy.stats.poisson.pmf(3, mu)


def several(x, m, a):
    c = a @ a.T + np.eye(3)
    return multivariate_normal.logpdf(x, m, c), multivariate_normal.pdf(np.stack((x, 2.0 * x)), cov=c)


def outside(x):
    return (
        scipy.stats.gamma.logpdf(-x, 2.0),
        scipy.stats.gamma.logpdf(0.0 * x, 1.0),
        scipy.stats.beta.pdf(x + 3.0, 2.0, 2.0),
        scipy.stats.beta.logpdf(0.0 * x, 1.0, 2.0),
        scipy.stats.expon.pdf(-x),
        scipy.stats.poisson.logpmf(np.array([-1, 2]), x[0]),
        norm.logpdf(x, 0.0, -1.0),
    )


_X = np.array([0.5, 1.5, 0.25])
_U = np.array([0.3, 0.6, 0.2])
_A = np.arange(9.0).reshape(3, 3) * 0.1

CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("stats", normal, (_X, 0.25, 1.5)),
    ("stats", normal_numbers, (0.75, 1.25)),
    ("stats", exponential, (_X, 1.25)),
    ("stats", gammas, (_X, 2.5, 1.25)),
    ("stats", betas, (_U, 2.0, 3.0)),
    ("stats", student, (_X, 4.0, 1.25)),
    ("stats", counts, (2.5,)),
    ("stats", several, (_X, _U, _A)),
]
INACTIVE: list[tuple[str, Any, tuple[Any, ...]]] = [("stats", outside, (_X,))]
