"""Functions of calculus: exp and log, roots, circular and hyperbolic, error and gamma functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .families import above_one, elementwise, p, positives, reals, unit, where

_LN2, _LN10, _TWO_OVER_SQRT_PI = math.log(2.0), math.log(10.0), 2 / math.sqrt(math.pi)


def special(name: str) -> Callable[..., Any]:
    """A function of `scipy.special`, imported when first called (SciPy is slow to import)."""

    def call(*xs: Any) -> Any:
        import scipy.special

        return getattr(scipy.special, name)(*xs)

    return call


exp = elementwise("exp", np.exp, accepts="inexact", partials=[lambda y, x: y], samples=reals)
exp2 = elementwise("exp2", np.exp2, accepts="float", partials=[lambda y, x: y * _LN2], samples=reals)
expm1 = elementwise("expm1", np.expm1, accepts="float", partials=[lambda y, x: exp(x)], samples=reals)
log = elementwise("log", np.log, accepts="inexact", partials=[lambda y, x: 1 / x], samples=positives)
log2 = elementwise(
    "log2", np.log2, accepts="float", partials=[lambda y, x: (1 / _LN2) / x], samples=positives
)
log10 = elementwise(
    "log10", np.log10, accepts="float", partials=[lambda y, x: (1 / _LN10) / x], samples=positives
)
log1p = elementwise(
    "log1p", np.log1p, accepts="float", partials=[lambda y, x: 1 / (1 + x)], samples=positives
)

sqrt = elementwise("sqrt", np.sqrt, accepts="inexact", partials=[lambda y, x: 0.5 / y], samples=positives)
cbrt = elementwise("cbrt", np.cbrt, accepts="float", partials=[lambda y, x: (1 / 3) / (y * y)], samples=reals)

sin = elementwise("sin", np.sin, accepts="inexact", partials=[lambda y, x: cos(x)], samples=reals)
cos = elementwise("cos", np.cos, accepts="inexact", partials=[lambda y, x: -sin(x)], samples=reals)
tan = elementwise("tan", np.tan, accepts="inexact", partials=[lambda y, x: 1 + y * y], samples=reals)
asin = elementwise(
    "asin",
    np.arcsin,
    accepts="inexact",
    partials=[lambda y, x: 1 / sqrt((1 - x) * (1 + x))],
    samples=unit,
)
acos = elementwise(
    "acos",
    np.arccos,
    accepts="inexact",
    partials=[lambda y, x: -1 / sqrt((1 - x) * (1 + x))],
    samples=unit,
)
atan = elementwise(
    "atan", np.arctan, accepts="inexact", partials=[lambda y, x: 1 / (1 + x * x)], samples=reals
)


def _over(a: Any, y: Any) -> Any:
    """a/y, and 0 at the origin, where the length of a vector has no derivative (0 is one of its
    subgradients)."""
    return where(p("eq")(y, 0), 0, a / y)


atan2 = elementwise(
    "atan2",
    np.arctan2,
    accepts="float",
    partials=[lambda y, a, b: b / (a * a + b * b), lambda y, a, b: -a / (a * a + b * b)],
    samples=reals,
)
hypot = elementwise(
    "hypot",
    np.hypot,
    accepts="float",
    partials=[lambda y, a, b: _over(a, y), lambda y, a, b: _over(b, y)],
    samples=reals,
)

sinh = elementwise("sinh", np.sinh, accepts="inexact", partials=[lambda y, x: cosh(x)], samples=reals)
cosh = elementwise("cosh", np.cosh, accepts="inexact", partials=[lambda y, x: sinh(x)], samples=reals)
tanh = elementwise("tanh", np.tanh, accepts="inexact", partials=[lambda y, x: 1 - y * y], samples=reals)
asinh = elementwise(
    "asinh", np.arcsinh, accepts="inexact", partials=[lambda y, x: 1 / sqrt(x * x + 1)], samples=reals
)
# sqrt(x-1)*sqrt(x+1), not sqrt(x*x-1): the branch cut of complex acosh is where these say it is.
acosh = elementwise(
    "acosh",
    np.arccosh,
    accepts="inexact",
    partials=[lambda y, x: 1 / (sqrt(x - 1) * sqrt(x + 1))],
    samples=above_one,
)
atanh = elementwise(
    "atanh", np.arctanh, accepts="inexact", partials=[lambda y, x: 1 / ((1 - x) * (1 + x))], samples=unit
)

floor = elementwise("floor", np.floor, accepts="float", partials=[0], samples=reals)
ceil = elementwise("ceil", np.ceil, accepts="float", partials=[0], samples=reals)
trunc = elementwise("trunc", np.trunc, accepts="float", partials=[0], samples=reals)
rint = elementwise("rint", np.rint, accepts="float", partials=[0], samples=reals, doc="Ties to even.")
copysign = elementwise(
    "copysign",
    np.copysign,
    accepts="float",
    partials=[lambda y, a, b: copysign(1, a) * copysign(1, b), 0],
    samples=reals,
)

erf = elementwise(
    "erf",
    special("erf"),
    accepts="float",
    partials=[lambda y, x: _TWO_OVER_SQRT_PI * exp(-(x * x))],
    samples=reals,
)
erfc = elementwise(
    "erfc",
    special("erfc"),
    accepts="float",
    partials=[lambda y, x: -_TWO_OVER_SQRT_PI * exp(-(x * x))],
    samples=reals,
)
lgamma = elementwise(
    "lgamma",
    special("gammaln"),
    accepts="float",
    partials=[lambda y, x: digamma(x)],
    samples=positives,
    doc="Logarithm of |gamma(x)|.",
)
tgamma = elementwise(
    "tgamma",
    special("gamma"),
    accepts="float",
    partials=[lambda y, x: y * digamma(x)],
    samples=positives,
)
digamma = elementwise(
    "digamma", special("psi"), accepts="float", partials=[lambda y, x: trigamma(x)], samples=positives
)


def _trigamma(x: Any) -> Any:
    x = np.asarray(x)
    return special("polygamma")(1, x).astype(x.dtype)[()]


_TAIL = (1 / 2, -1 / 6, 1 / 6, -3 / 10, 5 / 6, -691 / 210, 35 / 2)
"""The numbers of Bernoulli B(2k), times 2k+1."""


def _tetragamma(x: Any) -> Any:
    """The derivative of `trigamma`, in operations: its series at infinity, reached by the recurrence, and the
    reflection at 1/2 (NIST DLMF 5.15).
    """
    left = x < 0.5
    z = where(left, 1 - x, x)
    total = 0.0
    for _ in range(15):
        total = total - 2 / (z * z * z)
        z = z + 1
    w = 1 / (z * z)
    tail = 0.0
    for c in reversed(_TAIL):
        tail = (tail + c) * w
    total = total - w * (1 + 1 / z + tail)
    t = math.pi * where(left, x, 0.25)
    s = p("sin")(t)
    return where(left, total - 2 * math.pi**3 * p("cos")(t) / (s * s * s), total)


trigamma = elementwise(
    "trigamma", _trigamma, accepts="float", partials=[lambda y, x: _tetragamma(x)], samples=positives
)
