"""Functions of mathematical physics and statistics, computed by `scipy.special` and called from native code.

``CAPSULES`` gives for each the name under which `scipy.special.cython_special` exports it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .families import elementwise, p, positives, reals, unit, where
from .primitive import Primitive
from .transcendental import exp, log, log1p, special

CAPSULES: dict[str, str] = {}
_ROOT_PI = math.sqrt(math.pi)
_ROOT_2PI = math.sqrt(2 * math.pi)
_LN10 = math.log(10.0)


def _function(name: str, capsule: str, partials: Sequence[Any], samples: Any = positives) -> Primitive:
    CAPSULES[name] = capsule
    return elementwise(name, special(name), accepts="float", partials=partials, samples=samples)


def _fused(name: str, k: int, partials: Sequence[Any], samples: Any = positives) -> Primitive:
    return _function(name, f"__pyx_fuse_{k}{name}", partials, samples)


# error function and normal distribution
erfinv = _fused("erfinv", 0, [lambda y, x: (_ROOT_PI / 2) * exp(y * y)], unit)
erfcinv = _function("erfcinv", "erfcinv", [lambda y, x: (-_ROOT_PI / 2) * exp(y * y)], unit)
erfcx = _fused("erfcx", 1, [lambda y, x: 2 * x * y - 2 / _ROOT_PI], reals)
erfi = _fused("erfi", 1, [lambda y, x: (2 / _ROOT_PI) * exp(x * x)], reals)
dawsn = _fused("dawsn", 1, [lambda y, x: 1 - 2 * x * y], reals)
ndtr = _fused("ndtr", 1, [lambda y, x: (1 / _ROOT_2PI) * exp(-0.5 * (x * x))], reals)
log_ndtr = _fused("log_ndtr", 1, [lambda y, x: (1 / _ROOT_2PI) * exp(-0.5 * (x * x) - y)], reals)
ndtri = _function("ndtri", "ndtri", [lambda y, x: _ROOT_2PI * exp(0.5 * (y * y))], unit)
expit = _fused("expit", 0, [lambda y, x: y * (1 - y)], reals)
logit = _fused("logit", 0, [lambda y, x: 1 / (x * (1 - x))], unit)
exp10 = _function("exp10", "exp10", [lambda y, x: y * _LN10], reals)

# Bessel functions; an order is not differentiated by
j0 = _function("j0", "j0", [lambda y, x: -j1(x)], reals)
j1 = _function("j1", "j1", [lambda y, x: 0.5 * (j0(x) - jv(2.0, x))], reals)
y0 = _function("y0", "y0", [lambda y, x: -y1(x)])
y1 = _function("y1", "y1", [lambda y, x: 0.5 * (y0(x) - yv(2.0, x))])
i0 = _function("i0", "i0", [lambda y, x: i1(x)], reals)
i1 = _function("i1", "i1", [lambda y, x: 0.5 * (i0(x) + iv(2.0, x))], reals)
k0 = _function("k0", "k0", [lambda y, x: -k1(x)])
k1 = _function("k1", "k1", [lambda y, x: -0.5 * (k0(x) + kv(2.0, x))])
i0e = _function("i0e", "i0e", [lambda y, x: i1e(x) - p("sign")(x) * y], reals)
i1e = _function("i1e", "i1e", [lambda y, x: 0.5 * (i0e(x) + ive(2.0, x)) - p("sign")(x) * y], reals)
k0e = _function("k0e", "k0e", [lambda y, x: y - k1e(x)])
k1e = _function("k1e", "k1e", [lambda y, x: y - 0.5 * (k0e(x) + kve(2.0, x))])
jv = _fused("jv", 1, [None, lambda y, v, x: 0.5 * (jv(v - 1, x) - jv(v + 1, x))])
yv = _fused("yv", 1, [None, lambda y, v, x: 0.5 * (yv(v - 1, x) - yv(v + 1, x))])
iv = _fused("iv", 1, [None, lambda y, v, x: 0.5 * (iv(v - 1, x) + iv(v + 1, x))])
kv = _fused("kv", 1, [None, lambda y, v, x: -0.5 * (kv(v - 1, x) + kv(v + 1, x))])
ive = _fused("ive", 1, [None, lambda y, v, x: 0.5 * (ive(v - 1, x) + ive(v + 1, x)) - p("sign")(x) * y])
kve = _fused("kve", 1, [None, lambda y, v, x: y - 0.5 * (kve(v - 1, x) + kve(v + 1, x))])


def _polynomial(coefficients: Sequence[float], t: Any) -> Any:
    total: Any = coefficients[-1]
    for c in reversed(coefficients[:-1]):
        total = total * t + c
    return total


def _beside(at: float, radius: float, series: Sequence[float], far: Any) -> Any:
    """``far(x)``, or its series in ``x - at`` within the radius, where it loses digits and derivatives."""

    def slope(x: Any) -> Any:
        near = p("lt")(p("abs")(x - at), radius)
        close = _polynomial(series, where(near, x - at, 0.0))
        return where(near, close, far(where(near, at + 2 * radius, x)))

    return slope


# elliptic integrals, of the parameter m
_SQUARES = [(math.comb(2 * n, n) / 4**n) ** 2 * math.pi / 2 for n in range(20)]
"""Coefficients of the series of `ellipk` at zero; those of `ellipe` are these over 1 - 2n."""

_ellipk_slope = _beside(
    0.0,
    0.05,
    [n * c for n, c in enumerate(_SQUARES)][1:],
    lambda m: (ellipe(m) - (1 - m) * ellipk(m)) / (2 * m * (1 - m)),
)
_ellipe_slope = _beside(
    0.0,
    0.05,
    [n * c / (1 - 2 * n) for n, c in enumerate(_SQUARES)][1:],
    lambda m: (ellipe(m) - ellipk(m)) / (2 * m),
)

ellipk = _function("ellipk", "ellipk", [lambda y, m: _ellipk_slope(m)], unit)
ellipe = _function("ellipe", "ellipe", [lambda y, m: _ellipe_slope(m)], unit)

# integrals of exponentials
exp1 = _fused("exp1", 1, [lambda y, x: -exp(-x) / x])
expi = _fused("expi", 1, [lambda y, x: exp(x) / x])
_spence_slope = _beside(
    1.0, 0.05, [(-1.0) ** (n + 1) / (n + 1) for n in range(20)], lambda x: log(x) / (1 - x)
)
spence = _fused("spence", 1, [lambda y, x: _spence_slope(x)])

# gamma and beta functions and their incomplete forms
rgamma = _fused("rgamma", 1, [lambda y, x: -y * p("digamma")(x)])
beta = _function(
    "beta",
    "beta",
    [
        lambda y, a, b: y * (p("digamma")(a) - p("digamma")(a + b)),
        lambda y, a, b: y * (p("digamma")(b) - p("digamma")(a + b)),
    ],
)
betaln = _function(
    "betaln",
    "betaln",
    [
        lambda y, a, b: p("digamma")(a) - p("digamma")(a + b),
        lambda y, a, b: p("digamma")(b) - p("digamma")(a + b),
    ],
)
binom = _function(
    "binom",
    "binom",
    [
        lambda y, n, k: y * (p("digamma")(n + 1) - p("digamma")(n - k + 1)),
        lambda y, n, k: y * (p("digamma")(n - k + 1) - p("digamma")(k + 1)),
    ],
)


def _density(y: Any, a: Any, x: Any) -> Any:
    return exp((a - 1) * log(x) - x - p("lgamma")(a))


gammainc = _function("gammainc", "gammainc", [None, _density])
gammaincc = _function("gammaincc", "gammaincc", [None, lambda y, a, x: -_density(y, a, x)])
betainc = _fused(
    "betainc",
    0,
    [None, None, lambda y, a, b, x: exp((a - 1) * log(x) + (b - 1) * log1p(-x) - betaln(a, b))],
)
hyp1f1 = _fused("hyp1f1", 1, [None, None, lambda y, a, b, x: (a / b) * hyp1f1(a + 1, b + 1, x)])
hyp2f1 = _fused(
    "hyp2f1", 1, [None, None, None, lambda y, a, b, c, x: (a * b / c) * hyp2f1(a + 1, b + 1, c + 1, x)]
)
