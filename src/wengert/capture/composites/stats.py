"""Distributions of ``scipy.stats``: densities, their logarithms and distribution functions."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
from __future__ import annotations

import numpy as np
from scipy import special

_HALF_LOG_2_PI = 0.9189385332046727


def _standard(x, loc, scale):
    """In units of the scale, which is not a number unless the scale is positive."""
    scale = np.asarray(scale)
    return (np.asarray(x) - loc) / np.where(scale > 0.0, scale, np.nan)


def norm_logpdf(x, loc=0.0, scale=1.0):
    z = _standard(x, loc, scale)
    return -0.5 * z * z - _HALF_LOG_2_PI - np.log(scale)


def norm_pdf(x, loc=0.0, scale=1.0):
    z = _standard(x, loc, scale)
    return np.exp(-0.5 * z * z) / 2.5066282746310002 / scale


def norm_cdf(x, loc=0.0, scale=1.0):
    return special.ndtr(_standard(x, loc, scale))


def norm_logcdf(x, loc=0.0, scale=1.0):
    return special.log_ndtr(_standard(x, loc, scale))


def norm_sf(x, loc=0.0, scale=1.0):
    return special.ndtr(-_standard(x, loc, scale))


def norm_logsf(x, loc=0.0, scale=1.0):
    return special.log_ndtr(-_standard(x, loc, scale))


def norm_ppf(q, loc=0.0, scale=1.0):
    return special.ndtri(q) * scale + loc


def expon_logpdf(x, loc=0.0, scale=1.0):
    z = _standard(x, loc, scale)
    return np.where(z < 0.0, -np.inf, -z - np.log(scale))[()]


def expon_pdf(x, loc=0.0, scale=1.0):
    z = _standard(x, loc, scale)
    return np.where(z < 0.0, 0.0, np.exp(-z) / scale)[()]


def expon_cdf(x, loc=0.0, scale=1.0):
    z = _standard(x, loc, scale)
    return np.where(z < 0.0, 0.0, -np.expm1(-z))[()]


def gamma_logpdf(x, a, loc=0.0, scale=1.0):
    z = _standard(x, loc, scale)
    inside = np.where(z >= 0.0, z, 1.0)
    y = special.xlogy(a - 1.0, inside) - inside - special.gammaln(a) - np.log(scale)
    return np.where(z >= 0.0, y, np.where(z != z, np.nan, -np.inf))[()]


def gamma_pdf(x, a, loc=0.0, scale=1.0):
    return np.exp(gamma_logpdf(x, a, loc, scale))


def chi2_logpdf(x, df, loc=0.0, scale=1.0):
    return gamma_logpdf(x, df / 2.0, loc, 2.0 * scale)


def chi2_pdf(x, df, loc=0.0, scale=1.0):
    return np.exp(chi2_logpdf(x, df, loc, scale))


def beta_logpdf(x, a, b, loc=0.0, scale=1.0):
    z = _standard(x, loc, scale)
    within = np.logical_and(z >= 0.0, z <= 1.0)
    inside = np.where(within, z, 0.5)
    y = (
        special.xlogy(a - 1.0, inside)
        + special.xlog1py(b - 1.0, -inside)
        - special.betaln(a, b)
        - np.log(scale)
    )
    return np.where(within, y, np.where(z != z, np.nan, -np.inf))[()]


def beta_pdf(x, a, b, loc=0.0, scale=1.0):
    return np.exp(beta_logpdf(x, a, b, loc, scale))


def t_logpdf(x, df, loc=0.0, scale=1.0):
    z = _standard(x, loc, scale)
    ratio = special.gammaln(0.5 * (df + 1.0)) - special.gammaln(0.5 * df)
    return ratio - 0.5 * np.log(df * np.pi) - 0.5 * (df + 1.0) * np.log1p(z * z / df) - np.log(scale)


def t_pdf(x, df, loc=0.0, scale=1.0):
    return np.exp(t_logpdf(x, df, loc, scale))


def poisson_logpmf(k, mu, loc=0):
    n = np.asarray(k) - loc
    inside = np.where(n >= 0, n, 0) * 1.0
    y = special.xlogy(inside, mu) - special.gammaln(inside + 1.0) - mu
    return np.where(np.logical_and(n >= 0, n == np.floor(n)), y, -np.inf)[()]


def poisson_pmf(k, mu, loc=0):
    return np.exp(poisson_logpmf(k, mu, loc))


def multivariate_normal_logpdf(x, mean=None, cov=1.0, allow_singular=False):
    cov = np.asarray(cov)
    if cov.ndim != 2:
        raise NotImplementedError("a covariance that is not a matrix is not supported")
    if allow_singular:
        np.linalg.inv(cov)  # raises where the density is that of a subspace
    low = np.linalg.cholesky(cov)
    d = np.asarray(x) if mean is None else np.asarray(x) - mean
    if d.ndim > 2:
        raise NotImplementedError("points in more than two axes are not supported")
    y = np.linalg.solve(low, d.T)
    half = np.sum(np.log(np.diagonal(low))) + cov.shape[0] * _HALF_LOG_2_PI
    return -0.5 * np.sum(y * y, axis=0) - half


def multivariate_normal_pdf(x, mean=None, cov=1.0, allow_singular=False):
    return np.exp(multivariate_normal_logpdf(x, mean, cov, allow_singular))


DISTRIBUTIONS = {
    "norm": {
        "logpdf": norm_logpdf,
        "pdf": norm_pdf,
        "cdf": norm_cdf,
        "logcdf": norm_logcdf,
        "sf": norm_sf,
        "logsf": norm_logsf,
        "ppf": norm_ppf,
    },
    "expon": {"logpdf": expon_logpdf, "pdf": expon_pdf, "cdf": expon_cdf},
    "gamma": {"logpdf": gamma_logpdf, "pdf": gamma_pdf},
    "chi2": {"logpdf": chi2_logpdf, "pdf": chi2_pdf},
    "beta": {"logpdf": beta_logpdf, "pdf": beta_pdf},
    "t": {"logpdf": t_logpdf, "pdf": t_pdf},
    "poisson": {"logpmf": poisson_logpmf, "pmf": poisson_pmf},
    "multivariate_normal": {"logpdf": multivariate_normal_logpdf, "pdf": multivariate_normal_pdf},
}
