"""Special functions: values and slopes against mpmath, as accurately as SciPy computes them."""

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest
import scipy.special

import wengert
from wengert.prims import REGISTRY
from wengert.prims.special import CAPSULES


def _ndtr(x: Any) -> Any:
    return mp.erfc(-x / mp.sqrt(2)) / 2


def _scaled(f: Callable[..., Any], sign: int) -> Callable[..., Any]:
    return lambda *xs: f(*xs) * mp.exp(sign * xs[-1])


ORACLE: dict[str, Callable[..., Any]] = {
    "erfcinv": lambda x: mp.erfinv(1 - x),
    "erfcx": lambda x: mp.exp(x * x) * mp.erfc(x),
    "dawsn": lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x),
    "ndtr": _ndtr,
    "log_ndtr": lambda x: mp.log(_ndtr(x)),
    "ndtri": lambda x: mp.sqrt(2) * mp.erfinv(2 * x - 1),
    "expit": lambda x: 1 / (1 + mp.exp(-x)),
    "logit": lambda x: mp.log(x / (1 - x)),
    "exp10": lambda x: mp.power(10, x),
    "j0": lambda x: mp.besselj(0, x),
    "j1": lambda x: mp.besselj(1, x),
    "y0": lambda x: mp.bessely(0, x),
    "y1": lambda x: mp.bessely(1, x),
    "i0": lambda x: mp.besseli(0, x),
    "i1": lambda x: mp.besseli(1, x),
    "k0": lambda x: mp.besselk(0, x),
    "k1": lambda x: mp.besselk(1, x),
    "jv": mp.besselj,
    "yv": mp.bessely,
    "iv": mp.besseli,
    "kv": mp.besselk,
    "spence": lambda x: mp.polylog(2, 1 - x),
    "exp1": mp.e1,
    "expi": mp.ei,
    "betaln": lambda a, b: mp.log(mp.beta(a, b)),
    "binom": mp.binomial,
    "gammainc": lambda a, x: mp.gammainc(a, 0, x, regularized=True),
    "gammaincc": lambda a, x: mp.gammainc(a, x, mp.inf, regularized=True),
    "betainc": lambda a, b, x: mp.betainc(a, b, 0, x, regularized=True),
}
ORACLE |= {
    "i0e": _scaled(ORACLE["i0"], -1),
    "i1e": _scaled(ORACLE["i1"], -1),
    "k0e": _scaled(ORACLE["k0"], 1),
    "k1e": _scaled(ORACLE["k1"], 1),
    "ive": _scaled(mp.besseli, -1),
    "kve": _scaled(mp.besselk, 1),
}
POINTS = {1: [(0.15,), (0.8,)], 2: [(1.5, 0.4), (3.0, 2.5)], 3: [(1.5, 2.5, 0.3)], 4: [(0.5, 1.5, 2.5, 0.3)]}


@pytest.mark.parametrize("name", sorted(CAPSULES))
def test_value_and_slopes(name: str) -> None:
    prim, exact = REGISTRY[name], ORACLE.get(name) or getattr(mp, name)
    assert prim.partials is not None
    with mp.workdps(30):
        for xs in POINTS[len(prim.partials)]:
            here = tuple(np.float64(x) for x in xs)
            y = prim(*here)
            assert y == pytest.approx(float(exact(*map(mp.mpf, xs))), rel=1e-10)
            for k, rule in enumerate(prim.partials):
                if rule is None:
                    continue
                order = tuple(int(j == k) for j in range(len(xs)))
                slope = float(mp.diff(exact, tuple(map(mp.mpf, xs)), order))
                assert rule(y, *here) == pytest.approx(slope, rel=1e-9), (xs, k)


@pytest.mark.parametrize(("name", "at"), [("ellipk", 0.0), ("ellipe", 0.0), ("spence", 1.0)])
def test_limits(name: str, at: float) -> None:
    """Slopes where the general formula is 0/0."""
    prim, exact = REGISTRY[name], ORACLE.get(name) or getattr(mp, name)
    assert prim.partials is not None
    x = np.float64(at)
    assert prim.partials[0](prim(x), x) == pytest.approx(float(mp.diff(exact, at)), rel=1e-6)


@pytest.mark.parametrize(
    ("f", "exact", "points"),
    [
        (scipy.special.ellipk, mp.ellipk, (0.0, 1e-9, 0.03, 0.06, 0.5)),
        (scipy.special.ellipe, mp.ellipe, (0.0, 1e-9, -0.04, 0.06, 0.5)),
        (scipy.special.spence, lambda x: mp.polylog(2, 1 - x), (1.0, 1.0001, 0.97, 1.06, 3.0)),
        (scipy.special.gammaln, mp.loggamma, (0.01, 0.3, 1.0, 2.5, 30.0)),
        (scipy.special.polygamma, None, (-0.7, 0.3, 8.0)),
    ],
)
def test_orders_where_a_quotient_loses_them(f: Any, exact: Any, points: tuple[float, ...]) -> None:
    """Four derivatives at and beside the points where the formulas of the slopes are 0/0."""
    if exact is None:
        f, exact = (lambda x: scipy.special.polygamma(1, x)), (lambda x: mp.psi(1, x))
    for order in range(1, 5):
        g: Any = lambda x: f(x)
        for _ in range(order):
            g = wengert.grad(g)
        for x in points:
            want = float(mp.re(mp.diff(exact, mp.mpf(x), order)))
            assert g(x) == pytest.approx(want, rel=1e-8), (x, order)
