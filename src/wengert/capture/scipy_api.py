"""Functions of `scipy.special` that are primitives; found only if the user has imported SciPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scipy.special as special

from .lower import Lowering
from .numpy_api.elementwise import inexact
from .values import AV


def _unary(name: str) -> Callable[..., AV]:
    def handler(lw: Lowering, x: AV, /) -> AV:
        return inexact(lw, name, x)

    return handler


SCIPY: dict[Any, Callable[..., AV]] = {
    special.erf: _unary("erf"),
    special.erfc: _unary("erfc"),
    special.gammaln: _unary("lgamma"),
    special.gamma: _unary("tgamma"),
    special.digamma: _unary("digamma"),
    special.psi: _unary("digamma"),
    special.exp2: _unary("exp2"),
    special.expm1: _unary("expm1"),
    special.log1p: _unary("log1p"),
    special.cbrt: _unary("cbrt"),
}
