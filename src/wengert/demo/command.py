"""The command: calibrate, and say what came out."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import wengert

from ..testing import CheckError, check_grads
from .calibrate import PARAMETERS, Fit, Vector, calibrate, read_counts, standard_errors, starting_points
from .cost import costs
from .model import misfit
from .plot import save_plot

_PICTURE = Path("lynx_hare.png")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo; 0 when all went well, 1 when something failed, 2 (by SystemExit) when misused."""
    options = _options(argv)
    years, counts = read_counts()
    span = f"{years[0]:.0f} to {years[-1]:.0f}"
    print(f"hares and lynxes, {span}: {counts.size} counts, {len(PARAMETERS)} parameters")
    print(f"the model: {misfit.__code__.co_filename}")
    points = starting_points(options.starts, options.seed)
    start = time.perf_counter()
    wengert.value_and_grad(misfit)(points[0], counts)
    print(f"its gradient compiled, or found in the cache, in {time.perf_counter() - start:.2f} s\n")
    try:
        fit = calibrate(counts, _with_progress(points))
    except ArithmeticError as failed:
        print(f"the calibration failed: {failed}; try more `--starts`", file=sys.stderr)
        return 1
    print(f"L-BFGS from {fit.starts} starting points: {fit.agreed} reach the best minimum, {fit.value:.4f}")
    print(f"{fit.evaluations} values and gradients took {fit.seconds:.3f} s\n")
    _print_parameters(fit.theta, standard_errors(fit.theta, counts))
    right = _check(fit.theta + 0.1, counts)
    _print_costs(fit.theta, counts)
    drawn = _draw(options.out, years, counts, fit)
    return 0 if right and drawn else 1


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="wengert demo",
        description="Calibrate a predator-prey model to counts of hares and lynxes.",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"the plot (default: {_PICTURE})")
    parser.add_argument("--starts", type=_positive, default=20, metavar="N", help="how many (default: 20)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="draws other starts (default: 0)")
    return parser.parse_args(argv)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _with_progress(points: Vector) -> Iterable[Vector]:
    """A bar on a terminal, if tqdm is there."""
    if not sys.stderr.isatty():
        return points
    try:
        tqdm: Any = importlib.import_module("tqdm").tqdm
    except ModuleNotFoundError:
        return points
    return tqdm(points, desc="calibrating", unit="start", leave=False)


def _print_parameters(theta: Vector, errors: Vector) -> None:
    print(f"{'parameter':<40}{'estimate':>10}   standard error")
    for (name, _, _), value, error in zip(PARAMETERS, np.exp(theta), errors, strict=True):
        print(f"{name:<40}{value:>10.4g}   {f'{error:.2g}' if np.isfinite(error) else 'not determined'}")
    print()


def _check(theta: Vector, counts: Vector) -> bool:
    try:
        report = check_grads(misfit, (theta, counts), wrt=0)
    except CheckError as wrong:
        print(wrong, file=sys.stderr)
        return False
    print(f"gradient check\n{report}\n")
    return True


def _print_costs(theta: Vector, counts: Vector) -> None:
    table = costs(theta, counts)
    native = table[0][1]
    print(f"{'what a run costs':<40}{'time':>10}   of the model")
    for name, seconds in table:
        print(f"{name:<40}{1e6 * seconds:>7.1f} us   {seconds / native:.3g}x")
    print()


def _draw(wanted: Path | None, years: Vector, counts: Vector, fit: Fit) -> bool:
    """Write the plot.  Without matplotlib that fails only if a plot was asked for."""
    path = wanted or _PICTURE
    try:
        save_plot(path, years, counts, fit)
    except ModuleNotFoundError as missing:
        print(f'no plot, for want of {missing.name}: pip install "wengert[plot]"', file=sys.stderr)
        return wanted is None
    except (OSError, ValueError) as failed:
        print(f"no plot: {failed}", file=sys.stderr)
        return False
    print(f"the plot: {path}")
    return True
