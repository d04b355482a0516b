"""Operations that SymPy writes in terms of others: ``rule(sympy, *operands)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

FORMULAS: dict[str, Callable[..., Any]] = {
    "exp2": lambda sp, x: sp.Integer(2) ** x,
    "exp10": lambda sp, x: sp.Integer(10) ** x,
    "expm1": lambda sp, x: sp.exp(x) - 1,
    "log2": lambda sp, x: sp.log(x, 2),
    "log10": lambda sp, x: sp.log(x, 10),
    "log1p": lambda sp, x: sp.log(1 + x),
    "hypot": lambda sp, x, y: sp.sqrt(x**2 + y**2),
    "floordiv": lambda sp, x, y: sp.floor(x / y),
    "fmod": lambda sp, x, y: sp.sign(x) * sp.Mod(sp.Abs(x), sp.Abs(y)),
    "trunc": lambda sp, x: sp.sign(x) * sp.floor(sp.Abs(x)),
    "complex": lambda sp, x, y: x + sp.I * y,
    "expit": lambda sp, x: 1 / (1 + sp.exp(-x)),
    "logit": lambda sp, x: sp.log(x / (1 - x)),
    "erfcx": lambda sp, x: sp.exp(x**2) * sp.erfc(x),
    "dawsn": lambda sp, x: sp.sqrt(sp.pi) / 2 * sp.exp(-(x**2)) * sp.erfi(x),
    "ndtr": lambda sp, x: sp.erfc(-x / sp.sqrt(2)) / 2,
    "log_ndtr": lambda sp, x: sp.log(sp.erfc(-x / sp.sqrt(2)) / 2),
    "ndtri": lambda sp, x: sp.sqrt(2) * sp.erfinv(2 * x - 1),
    "exp1": lambda sp, x: sp.expint(1, x),
    "spence": lambda sp, x: sp.polylog(2, 1 - x),
    "rgamma": lambda sp, x: 1 / sp.gamma(x),
    "betaln": lambda sp, a, b: sp.log(sp.beta(a, b)),
    "gammainc": lambda sp, a, x: sp.lowergamma(a, x) / sp.gamma(a),
    "gammaincc": lambda sp, a, x: sp.uppergamma(a, x) / sp.gamma(a),
    "betainc": lambda sp, a, b, x: sp.betainc_regularized(a, b, 0, x),
    "hyp1f1": lambda sp, a, b, x: sp.hyper([a], [b], x),
    "hyp2f1": lambda sp, a, b, c, x: sp.hyper([a, b], [c], x),
    **{
        f"{letter}{order}": lambda sp, x, letter=letter, order=order: _bessel(sp, letter)(order, x)
        for letter in "jyik"
        for order in (0, 1)
    },
    "i0e": lambda sp, x: sp.exp(-sp.Abs(x)) * sp.besseli(0, x),
    "i1e": lambda sp, x: sp.exp(-sp.Abs(x)) * sp.besseli(1, x),
    "ive": lambda sp, n, x: sp.exp(-sp.Abs(x)) * sp.besseli(n, x),
    "k0e": lambda sp, x: sp.exp(x) * sp.besselk(0, x),
    "k1e": lambda sp, x: sp.exp(x) * sp.besselk(1, x),
    "kve": lambda sp, n, x: sp.exp(x) * sp.besselk(n, x),
}
"""By the name of the primitive."""


def _bessel(sp: Any, letter: str) -> Any:
    return getattr(sp, f"bessel{letter}")
