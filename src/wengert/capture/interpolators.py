"""Interpolators of SciPy that were made outside: what they hold is read at each call, like any array."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .composites import piecewise
from .inlining import target_of_function
from .lower import Lowering
from .state import Place
from .values import AV


def _pieces(f: Any) -> tuple[Any, list[Any]] | None:
    return (piecewise.piecewise, ["x", "c", bool(f.extrapolate)]) if f.extrapolate != "periodic" else None


def _b_spline(f: Any) -> tuple[Any, list[Any]] | None:
    return (piecewise.b_spline, ["t", "c", f.k, bool(f.extrapolate)]) if f.extrapolate != "periodic" else None


def _lines(f: Any) -> tuple[Any, list[Any]] | None:
    if f._y.ndim != 2 or f._y.shape[1] != 1:
        return None
    sides = ("_fill_value_below", "_fill_value_above")
    fills = [np.asarray(getattr(f, side, math.nan), float).ravel() for side in sides]
    below, above = (float(x[0]) if x.size == 1 else None for x in fills)
    if below is None or above is None:
        return None
    if f._kind == "linear":
        return piecewise.lines, ["x", "y", bool(f.bounds_error), bool(f._extrapolate), below, above]
    return None


_KINDS: dict[str, Callable[[Any], tuple[Any, list[Any]] | None]] = {
    "PPoly": _pieces,
    "CubicSpline": _pieces,
    "CubicHermiteSpline": _pieces,
    "PchipInterpolator": _pieces,
    "Akima1DInterpolator": _pieces,
    "BSpline": _b_spline,
    "interp1d": _lines,
}


def call_of(f: Any) -> Callable[..., AV] | None:
    """What calls ``f``, if it is an interpolator; its arrays become hidden inputs."""
    if not str(type(f).__module__).startswith("scipy.interpolate"):
        return None
    kind = _KINDS.get(type(f).__name__)
    found = None if kind is None else kind(f)
    if found is None:
        return None
    function, parts = found

    def handler(lw: Lowering, *args: AV, **kwargs: AV) -> AV:
        from .calls import call_python

        given = [_part(lw, f, k, p) for k, p in enumerate(parts)]
        return call_python(lw, target_of_function(function), [*given, *args], kwargs, None)

    return handler


def _part(lw: Lowering, f: Any, k: int, part: Any) -> AV:
    """An array of the interpolator, by the name of its attribute; or a setting."""
    if isinstance(part, str):
        place = Place(("interpolator", id(f), part), f"`{part}` of an interpolator", lambda: getattr(f, part))
        return lw.session.lift(lw, place, getattr(f, part))
    place = Place(("interpolator", id(f), k), "a setting of an interpolator", lambda: part)
    return lw.session.lift(lw, place, part)
