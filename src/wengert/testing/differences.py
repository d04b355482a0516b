"""Derivatives along a direction from values of the function alone: what compiled derivatives are held
against.

The function is called as it is, by CPython, on copies.  Complex step is exact to rounding where the
function takes complex numbers; elsewhere central differences are extrapolated (Ridders), with an error
estimate.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Curve = Callable[[float], Vector]
"""The function along a line: ``t`` to the flattened results."""

_STARTS = (0.05, 1e-3, 2e-5)
_SHRINK = 1.6
_STEPS = 12


@dataclass(frozen=True, slots=True)
class Slope:
    """A derivative, with a bound on its error, and how it was found.

    ``kink``: entries where the slopes from the left and from the right differ by more than their errors.
    """

    value: Vector
    error: Vector
    method: str
    kink: NDArray[np.bool_]


def complex_step(curve: Callable[[complex], NDArray[np.complex128]], step: float = 1e-30) -> Vector | None:
    """``Im f(x + i h) / h``; None where the function does not take complex numbers, or drops them.

    >>> float(complex_step(lambda t: np.array([(2 + t) ** 3]))[0])
    12.0
    """
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            y = np.asarray(curve(1j * step))
    except Exception:
        return None
    if y.dtype.kind != "c" or not np.all(np.isfinite(y)):
        return None
    return y.imag / step


def inside(curve: Curve) -> Curve:
    """The same curve, not-a-number where the function raises, or gives something of another size: a step may
    leave the domain, which says nothing about the point.

    >>> import math
    >>> inside(lambda t: np.array([math.sqrt(t)]))(-1.0)
    array([nan])
    """
    size = curve(0.0).size

    def safe(t: float) -> Vector:
        try:
            y = curve(t)
        except Exception:
            return np.full(size, np.nan)
        return y if y.size == size else np.full(size, np.nan)

    return safe


def ridders(curve: Curve, fine: bool = True) -> Slope:
    """Central differences, extrapolated to step zero in tables, each entry with its own best estimate.

    Extrapolation from large steps is the most exact, but jumps and corners beside the point deceive it, so
    it has to agree with a small step (``fine``: the function is computed in double precision); otherwise
    tables with smaller steps are tried.

    >>> found = ridders(lambda t: np.array([np.exp(t), abs(t - 0.01)]))
    >>> bool(np.all(abs(found.value - [1, -1]) < 1e-8)), found.method
    (True, 'differences')
    """
    curve = inside(curve)
    value, error = _extrapolated(curve, _STARTS[0])
    if not fine:
        return Slope(value, error, "differences", kinks(curve, value))
    near, slack = _near(curve)
    for start in _STARTS[1:]:
        wrong = ~(abs(value - near) <= slack + error)
        if not np.any(wrong & (np.isfinite(near) | ~np.isfinite(value))):
            break
        other, other_error = _extrapolated(curve, start)
        value, error = np.where(wrong, other, value), np.where(wrong, other_error, error)
    wrong = ~(abs(value - near) <= slack + error) & np.isfinite(near)
    value, error = np.where(wrong, near, value), np.where(wrong, slack, error)
    return Slope(value, error, "differences", kinks(curve, value))


def _near(curve: Curve, h: float = 1e-6) -> tuple[Vector, Vector]:
    """The slope by a small step, and a bound on its error: rounding, and what half the step changes."""
    with np.errstate(all="ignore"):
        right, left = curve(h), curve(-h)
        slope = (right - left) / (2 * h)
        half = (curve(h / 2) - curve(-h / 2)) / h
        rounding = 40 * np.finfo(float).eps * np.maximum(abs(right), abs(left)) / h
        return half, rounding + 4 * abs(half - slope) + 1e-9 * (1 + abs(half))


def _extrapolated(curve: Curve, step: float) -> tuple[Vector, Vector]:
    """Value and error of each entry from one table (Ridders)."""
    h = step
    table: list[list[Vector]] = []
    value = error = None
    for k in range(_STEPS):
        with np.errstate(all="ignore"):
            right, left = curve(h), curve(-h)
            row = [(right - left) / (2 * h)]
            rounding = np.finfo(float).eps * np.maximum(abs(right), abs(left)) / h
        factor = _SHRINK**2
        for j in range(1, k + 1):
            row.append((row[j - 1] * factor - table[k - 1][j - 1]) / (factor - 1))
            factor *= _SHRINK**2
            spread = np.maximum(abs(row[j] - row[j - 1]), abs(row[j] - table[k - 1][j - 1]))
            spread = np.where(np.isfinite(spread), np.fmax(spread, rounding), np.inf)
            if value is None or error is None:
                value, error = row[j], spread
            else:
                better = spread < error
                value, error = np.where(better, row[j], value), np.where(better, spread, error)
        table.append(row)
        h /= _SHRINK
    assert value is not None
    assert error is not None
    return value, error


def kinks(curve: Curve, slope: Vector, step: float = 1e-5) -> NDArray[np.bool_]:
    """Entries that turn a corner, or jump, at the point: slopes from left and right differ, whatever the
    step; and those that have a value at the point only.

    >>> kinks(lambda t: np.array([abs(t), t * t]), np.zeros(2))
    array([ True, False])
    """
    with np.errstate(all="ignore"):
        here = curve(0.0)
        alone = np.isfinite(here) & np.isnan(curve(step / 16)) & np.isnan(curve(-step / 16))
        bends: list[Vector] = []
        for h in (step, step / 4, step / 16):
            right, left = (curve(h) - here) / h, (here - curve(-h)) / h
            bends.append(abs(right - left))
    size = 1e-3 * (1 + abs(np.where(np.isfinite(slope), slope, 0)))
    # a smooth function bends in proportion to the step; a corner does not, and a jump grows; rounding is seen
    # at the smallest step only
    return alone | ((bends[-1] > size) & (bends[0] > size) & (bends[-1] > 0.5 * bends[0]))
