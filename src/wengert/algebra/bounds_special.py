"""Bounds of special functions on intervals: by elementary ones, or inverses that are verified."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..prims.primitive import REGISTRY
from .bounds import ULPS, Bounds, add, around, div, down, mul, sub, up


def _exp(a: Bounds) -> Bounds:
    return np.maximum(down(np.exp(a[0]), ULPS), 0.0), up(np.exp(a[1]), ULPS)


def _log(a: Bounds) -> Bounds:
    a = np.maximum(a[0], 0.0), np.maximum(a[1], 0.0)
    return down(np.log(a[0]), ULPS), up(np.log(a[1]), ULPS)


def _neg(a: Bounds) -> Bounds:
    return -a[1], -a[0]


_ONE = (np.float64(1), np.float64(1))
_LN10 = around(np.log(10.0))
_ROOT2 = around(np.sqrt(2.0))


def _expit(a: Bounds) -> Bounds:
    return div(_ONE, add(_ONE, _exp(_neg(a))))


def _logit(a: Bounds) -> Bounds:
    """Inside (0, 1), with ``x`` once in the formula."""
    return _neg(_log(sub(div(_ONE, (np.clip(a[0], 0.0, 1.0), np.clip(a[1], 0.0, 1.0))), _ONE)))


def _erfc(a: Bounds) -> Bounds:
    erfc = REGISTRY["erfc"]
    return np.maximum(down(erfc(a[1]), ULPS), 0.0), up(erfc(a[0]), ULPS)


def _ndtr(a: Bounds) -> Bounds:
    return mul((np.float64(0.5), np.float64(0.5)), _erfc(_neg(div(a, _ROOT2))))


def _inverse(f: Callable[[Bounds], Bounds], guess: Any, a: Bounds, ends: Bounds) -> Bounds:
    """The inverse of a rising function at the ends of ``a``: bounds move out until ``f`` says they hold."""
    ys = np.clip(a[0], *ends), np.clip(a[1], *ends)
    lo, hi = (np.asarray(guess(y), float) for y in ys)
    step = 1e-15
    while step < 1.0:
        low, high = f((lo, lo))[1] > ys[0], f((hi, hi))[0] < ys[1]
        low, high = low & np.isfinite(lo), high & np.isfinite(hi)
        if not (np.any(low) or np.any(high)):
            return lo[()], hi[()]
        lo = np.where(low, down(lo - step * (1 + np.abs(lo))), lo)
        hi = np.where(high, up(hi + step * (1 + np.abs(hi))), hi)
        step *= 2.0
    return np.full_like(lo, -np.inf)[()], np.full_like(hi, np.inf)[()]


def _erf(a: Bounds) -> Bounds:
    erf = REGISTRY["erf"]
    return down(erf(a[0]), ULPS), up(erf(a[1]), ULPS)


_DIP = 1.4616321449683622, -0.12148629053584961
"""Where `lgamma` turns, to the last bit, and its value there."""


def _lgamma(a: Bounds) -> Bounds:
    """Of positive numbers: it falls to a point between 1 and 2, and rises after."""
    value = REGISTRY["lgamma"]
    ends = value(a[0]), value(a[1])
    slack = [1e-14 * (1 + np.abs(y)) for y in ends]
    inside = (a[0] <= up(_DIP[0], 2)) & (a[1] >= down(_DIP[0], 2))
    lowest = np.minimum(ends[0] - slack[0], ends[1] - slack[1])
    return np.where(inside, np.minimum(lowest, _DIP[1] - 1e-15), lowest)[()], np.maximum(
        ends[0] + slack[0], ends[1] + slack[1]
    )


SPECIAL: dict[str, Callable[..., Bounds]] = {
    "expit": _expit,
    "logit": _logit,
    "exp10": lambda a: _exp(mul(a, _LN10)),
    "ndtr": _ndtr,
    "log_ndtr": lambda a: _log(_ndtr(a)),
    "erfinv": lambda a: _inverse(_erf, REGISTRY["erfinv"], a, (-1.0, 1.0)),
    "erfcinv": lambda a: _neg(
        _inverse(lambda x: _erfc(_neg(x)), lambda y: -REGISTRY["erfcinv"](y), a, (0.0, 2.0))
    ),
    "ndtri": lambda a: _inverse(_ndtr, REGISTRY["ndtri"], a, (0.0, 1.0)),
    "lgamma": _lgamma,
    "tgamma": lambda a: _exp(_lgamma(a)),
}
"""Bounds by name."""
