"""Bounds of elementary operations on intervals, rounded outwards: of what is not monotone or loses digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..prims.primitive import REGISTRY

ULPS = 4
"""The error of a function of the C library, in units of the last place."""


def down(x: Any, ulps: int = 1) -> Any:
    """The next number below, ``ulps`` times."""
    for _ in range(ulps):
        x = np.nextafter(x, -np.inf)
    return x


def up(x: Any, ulps: int = 1) -> Any:
    """The next number above, ``ulps`` times."""
    for _ in range(ulps):
        x = np.nextafter(x, np.inf)
    return x


def around(x: Any) -> tuple[Any, Any]:
    """A computed bound and its neighbours on both sides; NaN is anything."""
    return np.where(np.isnan(x), -np.inf, down(x))[()], np.where(np.isnan(x), np.inf, up(x))[()]


Bounds = tuple[Any, Any]


def _corners(f: Callable[..., Any], a: Bounds, b: Bounds) -> Bounds:
    found = [f(x, y) for x in a for y in b]
    lows, highs = zip(*[around(x) for x in found], strict=True)
    lo, hi = lows[0], highs[0]
    for x, y in zip(lows[1:], highs[1:], strict=True):
        lo, hi = np.minimum(lo, x), np.maximum(hi, y)
    return lo, hi


def _times(x: Any, y: Any) -> Any:
    """A product of bounds, in which 0 times infinity is 0: infinity is no value, only a bound."""
    return np.where((x == 0) | (y == 0), 0.0, np.multiply(x, y))[()]


def mul(a: Bounds, b: Bounds) -> Bounds:
    return _corners(_times, a, b)


def div(a: Bounds, b: Bounds) -> Bounds:
    crosses = (b[0] <= 0) & (b[1] >= 0)
    safe = tuple(np.where(crosses, 1.0, x) for x in b)
    lo, hi = _corners(np.divide, a, safe)  # type: ignore[arg-type]
    return np.where(crosses, -np.inf, lo)[()], np.where(crosses, np.inf, hi)[()]


def _abs(a: Bounds) -> Bounds:
    far = np.maximum(np.abs(a[0]), np.abs(a[1]))
    near = np.minimum(np.abs(a[0]), np.abs(a[1]))
    return np.where((a[0] <= 0) & (a[1] >= 0), 0.0, near)[()], far


def _ipow(a: Bounds, n: int) -> Bounds:
    if n < 0:
        return div((np.float64(1), np.float64(1)), _ipow(a, -n))
    if n == 0:
        return np.ones_like(a[0]), np.ones_like(a[1])
    a = _abs(a) if n % 2 == 0 else a
    power = REGISTRY["ipow"]
    lo, hi = power(a[0], n=n), power(a[1], n=n)
    lo, hi = down(lo, abs(n)), up(hi, abs(n))
    return (np.maximum(lo, 0.0) if n % 2 == 0 else lo), hi


def _pow(a: Bounds, b: Bounds) -> Bounds:
    lo, hi = _corners(np.power, (np.maximum(a[0], 0.0), np.maximum(a[1], 0.0)), b)
    bad = a[0] < 0
    return (
        np.where(bad, -np.inf, np.maximum(down(lo, ULPS), 0.0))[()],
        np.where(bad, np.inf, up(hi, ULPS))[()],
    )


def _wave(a: Bounds, f: Callable[[Any], Any], top: float) -> Bounds:
    """The range of a cosine that is 1 at ``top`` and -1 half a turn further."""
    slack = 1e-15 * (2 + np.abs(a[0]) + np.abs(a[1]))
    turns = [(x - top) / (2 * np.pi) for x in (a[0] - slack, a[1] + slack)]
    peak = np.floor(turns[1]) >= np.ceil(turns[0])
    trough = np.floor(turns[1] - 0.5) >= np.ceil(turns[0] - 0.5)
    ends = f(a[0]), f(a[1])
    lo, hi = down(np.minimum(*ends), ULPS), up(np.maximum(*ends), ULPS)
    wide = ~np.isfinite(a[0] - a[1]) | (np.abs(a[0]) + np.abs(a[1]) > 1e15)
    lo = np.where(trough | wide, -1.0, np.maximum(lo, -1.0))[()]
    return lo, np.where(peak | wide, 1.0, np.minimum(hi, 1.0))[()]


def _tan(a: Bounds) -> Bounds:
    turn = [x / np.pi - 0.5 for x in a]
    pole = (np.floor(turn[1] + 1e-12) >= np.ceil(turn[0] - 1e-12)) | ~np.isfinite(a[0] - a[1])
    lo, hi = down(np.tan(a[0]), ULPS), up(np.tan(a[1]), ULPS)
    return np.where(pole, -np.inf, lo)[()], np.where(pole, np.inf, hi)[()]


def _cosh(a: Bounds) -> Bounds:
    a = _abs(a)
    return np.maximum(down(np.cosh(a[0]), ULPS), 1.0), up(np.cosh(a[1]), ULPS)


def _hypot(a: Bounds, b: Bounds) -> Bounds:
    a, b = _abs(a), _abs(b)
    return np.maximum(down(np.hypot(a[0], b[0]), ULPS), 0.0), up(np.hypot(a[1], b[1]), ULPS)


def _atan2(a: Bounds, b: Bounds) -> Bounds:
    lo, hi = _corners(np.arctan2, a, b)
    cut = (a[0] <= 0) & (a[1] >= 0) & (b[0] <= 0)
    pi = up(np.pi)
    return np.where(cut, -pi, down(lo, ULPS))[()], np.where(cut, pi, up(hi, ULPS))[()]


def _mod(a: Bounds, b: Bounds) -> Bounds:
    turn = _floordiv(a, b)
    same = (turn[0] == turn[1]) & (b[0] == b[1])
    exact = sub(a, mul(b, turn))
    low, high = np.minimum(b[0], 0.0), np.maximum(b[1], 0.0)
    return np.where(same, np.maximum(exact[0], low), low)[()], np.where(
        same, np.minimum(exact[1], high), high
    )[()]


def _fmod(a: Bounds, b: Bounds) -> Bounds:
    far = np.minimum(_abs(a)[1], _abs(b)[1])
    return np.where(a[0] >= 0, 0.0, -far)[()], np.where(a[1] <= 0, 0.0, far)[()]


def _floordiv(a: Bounds, b: Bounds) -> Bounds:
    lo, hi = div(a, b)
    return np.floor(lo), np.floor(hi)


def add(a: Bounds, b: Bounds) -> Bounds:
    return down(a[0] + b[0]), up(a[1] + b[1])


def sub(a: Bounds, b: Bounds) -> Bounds:
    return down(a[0] - b[1]), up(a[1] - b[0])


def _sum(a: Bounds, axes: Any = None, keepdims: bool = False) -> Bounds:
    kept: dict[str, Any] = {"axis": axes, "keepdims": keepdims}
    size = np.asarray(a[0]).size + 1
    slack = size * np.finfo(float).eps * np.sum(np.maximum(np.abs(a[0]), np.abs(a[1])), **kept)
    return down(np.sum(a[0], **kept) - slack), up(np.sum(a[1], **kept) + slack)


def _matmul(a: Bounds, b: Bounds) -> Bounds:
    """Midpoints and radii, with the error that the products of midpoints may have."""
    (am, ar), (bm, br) = (_centred(x) for x in (a, b))
    middle = am @ bm
    size = np.shape(am)[-1] + 4
    radius = np.abs(am) @ br + ar @ (np.abs(bm) + br)
    error = size * np.finfo(float).eps * ((np.abs(am) + ar) @ (np.abs(bm) + br)) + size * 1e-300
    radius = up(radius + 4 * error)
    return down(middle - radius), up(middle + radius)


def _centred(a: Bounds) -> Bounds:
    middle = 0.5 * (a[0] + a[1])
    return middle, up(np.maximum(up(middle - a[0]), up(a[1] - middle)))


def _select(c: Bounds, a: Bounds, b: Bounds) -> Bounds:
    lo, hi = np.minimum(a[0], b[0]), np.maximum(a[1], b[1])
    sure, never = c[0], np.logical_not(c[1])
    return (
        np.where(sure, a[0], np.where(never, b[0], lo))[()],
        np.where(sure, a[1], np.where(never, b[1], hi))[()],
    )


def _copysign(a: Bounds, b: Bounds) -> Bounds:
    near, far = _abs(a)
    below, above = np.signbit(b[0]), ~np.signbit(b[1])
    return np.where(below, -far, near)[()], np.where(above, far, -near)[()]


def _less(f: Callable[[Any, Any], Any]) -> Callable[[Bounds, Bounds], Bounds]:
    return lambda a, b: (f(a[1], b[0]), f(a[0], b[1]))


def _more(f: Callable[[Any, Any], Any]) -> Callable[[Bounds, Bounds], Bounds]:
    return lambda a, b: (f(a[0], b[1]), f(a[1], b[0]))


def _eq(a: Bounds, b: Bounds) -> Bounds:
    return (a[0] == a[1]) & (b[0] == b[1]) & (a[0] == b[0]), (a[0] <= b[1]) & (b[0] <= a[1])


def _ne(a: Bounds, b: Bounds) -> Bounds:
    lo, hi = _eq(a, b)
    return np.logical_not(hi), np.logical_not(lo)


def _mulz(a: Bounds, b: Bounds) -> Bounds:
    lo, hi = mul(a, b)
    zero = (a[0] == 0) & (a[1] == 0)
    return np.where(zero, 0.0, lo)[()], np.where(zero, 0.0, hi)[()]


RULES: dict[str, Callable[..., Bounds]] = {
    "add": add,
    "sub": sub,
    "mul": mul,
    "mulz": _mulz,
    "div": div,
    "abs": _abs,
    "ipow": _ipow,
    "pow": _pow,
    "sin": lambda a: _wave(a, np.sin, np.pi / 2),
    "cos": lambda a: _wave(a, np.cos, 0.0),
    "tan": _tan,
    "cosh": _cosh,
    "hypot": _hypot,
    "atan2": _atan2,
    "mod": _mod,
    "fmod": _fmod,
    "floordiv": _floordiv,
    "sum": _sum,
    "matmul": _matmul,
    "select": _select,
    "copysign": _copysign,
    "lt": _less(np.less),
    "le": _less(np.less_equal),
    "gt": _more(np.greater),
    "ge": _more(np.greater_equal),
    "eq": _eq,
    "ne": _ne,
    "isnan": lambda a: (np.isnan(a[0]) & np.isnan(a[1]), np.isnan(a[0]) | np.isnan(a[1])),
    "isinf": lambda a: (np.isinf(a[0]) & (a[0] == a[1]), np.isinf(a[0]) | np.isinf(a[1])),
    "isfinite": lambda a: (np.isfinite(a[0]) & np.isfinite(a[1]), np.isfinite(a[0]) | np.isfinite(a[1])),
}
"""Bounds of what is not monotone, and of what loses digits."""
