"""Functions of SciPy that are primitives or composites; found only if the user has imported them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import scipy.special as special

from ..prims.special import CAPSULES
from .composites import (
    calculus,
    curves,
    evolution,
    optimize,
    pointwise,
    quadrature,
    reductions,
    scipy_factors,
    scipy_linear,
    signals,
    singular,
    spectral,
    splines,
    stats,
)
from .lower import Lowering
from .numpy_api.composite import composite
from .numpy_api.elementwise import inexact
from .values import AV


def _primitive(name: str) -> Callable[..., AV]:
    def handler(lw: Lowering, *xs: AV) -> AV:
        return inexact(lw, name, *xs)

    return handler


_NAMES = {"gammaln": "lgamma", "gamma": "tgamma", "psi": "digamma", "digamma": "digamma"}
_SAME = ("erf", "erfc", "exp2", "expm1", "log1p", "cbrt")
_POINTWISE = [
    "xlogy",
    "xlog1py",
    "entr",
    "rel_entr",
    "kl_div",
    "huber",
    "pseudo_huber",
    "log_expit",
    "boxcox",
    "zeta",
    "polygamma",
    "multigammaln",
    "lambertw",
]
_REDUCTIONS = ("logsumexp", "softmax", "log_softmax")
_LINALG = {
    "expm": scipy_linear.expm,
    "solve_triangular": scipy_linear.solve_triangular,
    "cholesky": scipy_linear.scipy_cholesky,
    "cho_factor": scipy_linear.cho_factor,
    "cho_solve": scipy_linear.cho_solve,
    "lu_factor": scipy_linear.lu_factor,
    "lu_solve": scipy_linear.lu_solve,
    "solve": scipy_linear.scipy_solve,
    "inv": scipy_linear.scipy_inv,
    "det": scipy_linear.scipy_det,
    "solve_banded": scipy_linear.solve_banded,
    "block_diag": scipy_linear.block_diag,
    "toeplitz": scipy_linear.toeplitz,
    "circulant": scipy_linear.circulant,
    "svdvals": singular.svdvals,
    "pinv": spectral.pinv,
    **scipy_factors.FACTORS,
}
_INTERPOLATE = {"splev": splines.splev, "bisplev": splines.bisplev, **curves.INTERPOLATE}
_INTEGRATE = {
    "trapezoid": calculus.trapezoid,
    "cumulative_trapezoid": calculus.cumulative_trapezoid,
    "simpson": calculus.simpson,
    "quad": quadrature.quad,
    "solve_ivp": evolution.solve_ivp,
    "odeint": evolution.odeint,
}

SCIPY: dict[Any, Callable[..., AV]] = {
    **{getattr(special, n): _primitive(p) for n, p in _NAMES.items()},
    **{getattr(special, n): _primitive(n) for n in (*_SAME, *CAPSULES)},
    **{getattr(special, n): composite(getattr(pointwise, n)) for n in _POINTWISE},  # pyright: ignore
    **{getattr(special, n): composite(getattr(reductions, n)) for n in _REDUCTIONS},
    special.factorial: composite(pointwise.factorial),  # pyright: ignore[reportArgumentType]
    special.comb: _primitive("binom"),
    special.perm: composite(pointwise.perm),  # pyright: ignore[reportArgumentType]
}


def imported() -> dict[Any, Callable[..., AV]]:
    """The functions of rooms of SciPy that somebody has imported by now."""
    out: dict[Any, Callable[..., AV]] = {}
    rooms = (
        ("linalg", _LINALG),
        ("integrate", _INTEGRATE),
        ("interpolate", _INTERPOLATE),
        ("optimize", optimize.OPTIMIZE),
        ("signal", signals.SIGNAL),
    )
    for room, table in rooms:
        module = sys.modules.get(f"scipy.{room}")
        if module is not None:
            for name, f in table.items():
                found = getattr(module, name, None)
                if found is not None:
                    out[found] = composite(f)  # pyright: ignore[reportArgumentType]
    distributions = sys.modules.get("scipy.stats")
    if distributions is not None:
        for name, functions in stats.DISTRIBUTIONS.items():
            owner = getattr(distributions, name)
            for kind, f in functions.items():
                out[getattr(owner, kind)] = composite(f)  # pyright: ignore[reportArgumentType]
    linalg = sys.modules.get("scipy.linalg")
    if linalg is not None:
        from .numpy_api.linear import norm

        out[linalg.norm] = norm
    return out
