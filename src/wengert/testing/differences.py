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
    except (TypeError, ValueError, AttributeError, NotImplementedError, np.exceptions.ComplexWarning):
        return None
    if y.dtype.kind != "c" or not np.all(np.isfinite(y)):
        return None
    return y.imag / step


def ridders(curve: Curve, step: float = 0.05) -> Slope:
    """Central differences, extrapolated to step zero in a table, each entry with its own best estimate.

    >>> found = ridders(lambda t: np.array([np.exp(t)]))
    >>> bool(abs(found.value[0] - 1) < 1e-10), found.method
    (True, 'differences')
    """
    h = step
    table: list[list[Vector]] = []
    value = error = None
    for k in range(_STEPS):
        with np.errstate(all="ignore"):
            row = [(curve(h) - curve(-h)) / (2 * h)]
        factor = _SHRINK**2
        for j in range(1, k + 1):
            row.append((row[j - 1] * factor - table[k - 1][j - 1]) / (factor - 1))
            factor *= _SHRINK**2
            spread = np.maximum(abs(row[j] - row[j - 1]), abs(row[j] - table[k - 1][j - 1]))
            spread = np.where(np.isfinite(spread), spread, np.inf)
            if value is None or error is None:
                value, error = row[j], spread
            else:
                better = spread < error
                value, error = np.where(better, row[j], value), np.where(better, spread, error)
        table.append(row)
        h /= _SHRINK
    assert value is not None
    assert error is not None
    return Slope(value, error, "differences", kinks(curve, value))


def kinks(curve: Curve, slope: Vector, step: float = 1e-5) -> NDArray[np.bool_]:
    """Entries that turn a corner, or jump, at the point: slopes from left and right differ, whatever the
    step.

    >>> kinks(lambda t: np.array([abs(t), t * t]), np.zeros(2))
    array([ True, False])
    """
    with np.errstate(all="ignore"):
        here = curve(0.0)
        bends: list[Vector] = []
        for h in (step, step / 4, step / 16):
            right, left = (curve(h) - here) / h, (here - curve(-h)) / h
            bends.append(abs(right - left))
    size = 1e-3 * (1 + abs(np.where(np.isfinite(slope), slope, 0)))
    # a smooth function bends in proportion to the step; a corner does not, and a jump grows
    return (bends[-1] > size) & (bends[-1] > 0.5 * bends[0])
