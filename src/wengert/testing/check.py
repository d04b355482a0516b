"""`check_grads`: the derivatives of a function against the function itself.

Forward mode is held against differences of the unmodified function, run by CPython; reverse mode against
forward mode, by ``<w, J d> = <J' w, d>``; second order (forward over reverse) against differences of the
gradient.  So each mode has a witness that shares as little with it as possible.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..api.fit import as_tuple
from ..api.pipeline import display_name
from ..api.step import normalise
from .differences import Curve, Slope, Vector, complex_step, ridders
from .point import Point

_ENTRIES_NAMED = 256


class CheckError(AssertionError):
    """A derivative is not what the function says it is."""


class KinkWarning(UserWarning):
    """The point lies at a kink or a jump, where there is no derivative to check."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked: ``rows`` of what, how, and the largest difference; ``kinks`` are names of results."""

    rows: tuple[tuple[str, str, float], ...]
    kinks: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{what:<28} {how:<22} largest difference {gap:.1e}" for what, how, gap in self.rows]
        return "\n".join([*lines, *(f"{name} lies at a kink" for name in self.kinks)])


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    order: int = 2,
    modes: Sequence[str] = ("fwd", "rev"),
    *,
    rtol: float | None = None,
    atol: float | None = None,
    wrt: Any = None,
    seed: int = 0,
) -> Report:
    """Check the derivatives of ``f`` at ``args``, to first order and, with ``order=2``, to second.

    ``args`` are positional arguments of any structure; ``wrt`` (default: everything of type float) says
    what is varied, along one random direction given by ``seed``.  ``modes`` holds ``"fwd"``, ``"rev"`` or
    both.  ``rtol`` and ``atol`` bound the difference beyond the error of the reference (defaults: 1e-7 in
    double, 2e-3 in single precision).  What ``f`` leaves in arguments that it overwrites is checked like
    what it returns; the caller's arguments stay as they are.  Gives a `Report`.

    Raises `CheckError` (an `AssertionError`) naming the worst entry and both values, or whatever ``f`` or
    its derivative raises.  At a kink there is nothing to hold against: results there are left out, with a
    `KinkWarning`.

    >>> import math
    >>> report = check_grads(lambda x, y: x * math.sin(y), (2.0, 0.5))
    >>> report.kinks, max(gap for _, _, gap in report.rows) < 1e-8
    ((), True)
    """
    unknown = set(modes) - {"fwd", "rev"}
    if unknown or order not in (1, 2):
        raise ValueError(f"`modes` are 'fwd' and 'rev', `order` is 1 or 2: got {modes!r}, {order!r}")
    point = Point(f, as_tuple(args, "args"), None if wrt is None else normalise(wrt))
    check = _Check(f, point, rtol, atol, np.random.default_rng(seed))
    check.first(modes)
    if order == 2 and "rev" in modes:
        check.second()
    if check.kinks:
        text = f"check_grads({display_name(f)}): the point lies at a kink of {', '.join(check.kinks)}"
        warnings.warn(text, KinkWarning, stacklevel=2)
    return Report(tuple(check.rows), tuple(check.kinks))


def _exact(value: Vector) -> Slope:
    return Slope(value, np.zeros(value.size), "", np.zeros(value.size, bool))


@dataclass
class _Check:
    f: Callable[..., Any]
    point: Point
    rtol: float | None
    atol: float | None
    rng: np.random.Generator
    rows: list[tuple[str, str, float]] = field(default_factory=list["tuple[str, str, float]"])
    kinks: list[str] = field(default_factory=list[str])
    tiny: bool = False

    def first(self, modes: Sequence[str]) -> None:
        """The value and forward mode against the function, reverse against forward."""
        point = self.point
        direction, self.tiny = point.random(self.rng)
        slope = self.reference(lambda t: point.values(t, direction))
        names = point.result_names()
        self.kinks = [n for n, k in zip(names, slope.kink, strict=True) if k]
        y, dy = point.forward(direction)
        self.compare("value", "the function", y, _exact(point.value()), names)
        if "fwd" in modes:
            self.compare("forward mode", f"the function, by {slope.method}", dy, slope, names)
        if "rev" in modes:
            w = self.rng.standard_normal(dy.size)
            w[slope.kink] = dy[slope.kink] = 0.0
            x_bar = point.reverse(w)
            self.dot_product(w, dy, x_bar, direction)

    def reference(self, curve: Curve) -> Slope:
        """The slope by differences, sharpened by complex step where the two agree.

        Complex step alone is not to be trusted: ``abs`` and ``maximum`` of complex numbers mean something
        else.
        """
        slope = ridders(curve, fine=not self.point.single)
        exact = complex_step(curve)  # pyright: ignore[reportArgumentType]
        if exact is None or exact.shape != slope.value.shape:
            return slope
        with np.errstate(all="ignore"):
            near = abs(exact - slope.value) <= 10 * slope.error + 1e-9 * (1 + abs(slope.value))
        near |= ~np.isfinite(slope.value) & np.isfinite(exact)
        if not np.all(near | slope.kink):
            return slope
        return Slope(exact, 1e-14 * (1 + abs(exact)), "complex step", slope.kink)

    def compare(self, what: str, against: str, got: Vector, want: Slope, names: Sequence[str]) -> None:
        """Entry by entry, kinks left out."""
        rtol, atol = self.tolerances()
        allowed = atol + rtol * abs(want.value) + 10 * np.where(np.isfinite(want.error), want.error, 0)
        gap = abs(got - want.value)
        gap[(got == want.value) | (np.isnan(got) & np.isnan(want.value))] = 0.0
        gap[want.kink] = 0.0
        self.rows.append((what, against, float(np.max(gap, initial=0.0))))
        excess = np.where(np.isnan(gap), np.inf, gap / np.maximum(allowed, 1e-300))
        if excess.size and excess.max() > 1:
            k = int(excess.argmax())
            more = int(np.sum(excess > 1)) - 1
            self.fail(what, against, names[k], got[k], want.value[k], allowed[k], more)

    def tolerances(self) -> tuple[float, float]:
        """Relative and absolute."""
        default = 2e-3 if self.point.single else 1e-7
        rtol = default if self.rtol is None else self.rtol
        return rtol, (0.0 if self.tiny else rtol) if self.atol is None else self.atol

    def fail(self, what: str, against: str, name: str, got: Any, want: Any, allowed: Any, more: int) -> None:
        lines = [
            f"check_grads({display_name(self.f)}): {what} disagrees with {against}",
            f"  worst entry  {name}",
            f"  {what:<20} {got:.15g}",
            f"  {'reference':<20} {want:.15g}",
            f"  {'difference':<20} {abs(got - want):.3g} (allowed {allowed:.3g})",
        ]
        if more > 0:
            lines.append(f"  and {more} more entries")
        raise CheckError("\n".join(lines))

    def dot_product(self, w: Vector, dy: Vector, x_bar: Vector, direction: Vector) -> None:
        """``<w, J d> = <J' w, d>``, up to rounding of the terms; names the worst entry when it fails."""
        left, right = float(w @ dy), float(x_bar @ direction)
        size = float(abs(w) @ abs(dy) + abs(x_bar) @ abs(direction))
        rtol, atol = self.tolerances()
        allowed = atol * 1e-2 + rtol * size * 1e-2
        gap = 0.0 if left == right else abs(left - right)
        self.rows.append(("reverse mode", "forward, dot product", gap))
        if gap <= allowed:
            return
        entries = self.point.entry_names()
        worst, name, got, want = -1.0, entries[0], right, left
        for k in range(min(x_bar.size, _ENTRIES_NAMED)):
            unit = np.zeros(x_bar.size)
            unit[k] = 1.0
            here = float(w @ self.point.forward(unit)[1])
            if not abs(here - x_bar[k]) <= worst:
                worst, name, got, want = abs(here - x_bar[k]), entries[k], x_bar[k], here
        self.fail("reverse mode", "forward mode", name, float(got), float(want), allowed, 0)

    def second(self) -> None:
        """The derivative of ``J' w`` along a direction, against differences of ``J' w``."""
        point = self.point
        direction, self.tiny = point.random(self.rng)
        smooth = np.array([name not in self.kinks for name in point.result_names()])
        if not smooth.any():
            return
        w = np.where(smooth, self.rng.standard_normal(smooth.size), 0.0)
        slope = ridders(lambda t: point.reverse(w, t, direction), fine=not point.single)
        got = point.forward_over_reverse(w, direction)
        self.compare("forward over reverse", "differences of reverse", got, slope, point.entry_names())
