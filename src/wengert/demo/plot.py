"""The plot of counts and fit.  It alone needs matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .calibrate import Fit, Vector, trajectory

_COLOURS = {"hares": "#b5651d", "lynxes": "#2f5d8a"}


def save_plot(path: Path, years: Vector, counts: Vector, fit: Fit) -> None:
    """Draw to a file; its suffix says which format.

    Raises ModuleNotFoundError without matplotlib, ValueError for an unknown format, OSError when the file
    cannot be written.
    """
    from matplotlib.figure import Figure

    times, populations = trajectory(fit.theta, len(years))
    spread = np.exp(fit.theta[6])
    figure: Any = Figure(figsize=(7.2, 3.2), layout="constrained")
    axes = figure.subplots()
    for k, (name, colour) in enumerate(_COLOURS.items()):
        curve = populations[:, k]
        axes.fill_between(
            years[0] + times, curve * np.exp(-spread), curve * np.exp(spread), color=colour, alpha=0.15, lw=0
        )
        axes.plot(years[0] + times, curve, color=colour, label=f"{name}, model")
        axes.plot(years, counts[:, k], "o", color=colour, ms=4, label=f"{name}, counted")
    axes.set_ylabel("thousands of pelts")
    axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    axes.set_ylim(bottom=0)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False)
    figure.savefig(path, dpi=120)
