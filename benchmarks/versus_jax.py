"""Value and gradient of some thirty kernels against jitted JAX, interleaved in one run.

Run: ``python benchmarks/versus_jax.py [NAME ...] [--rounds N] [--plot FILE]``.  Ours is the plain loop of
`kernels` and `series`; JAX's is `jax_kernels`, written for JAX.  Values and gradients must agree before
anything is timed.  Times are process time, and both sides have one thread.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import argparse
import math
import time
from typing import Any

import jax
import jax_kernels
import numpy as np
from kernels import kernels
from series import series
from side_by_side import measure

import wengert

SCALAR_STATE = ("lorenz", "small_ode", "filter_iir", "garch", "kalman", "paths", "tridiagonal")
"""Loops whose state is a few numbers."""

Row = tuple[str, float, float, float, float, float, float]


def compared(name: str, kernel: Any, rounds: int) -> Row:
    """Minimum and median of ours and of JAX's, and the seconds from source to the first result of both."""
    ours = wengert.value_and_grad(kernel.fun, wrt=kernel.wrt)
    start = time.perf_counter()
    ours(*kernel.args)
    first = time.perf_counter() - start
    theirs = jax_kernels.compiled(name, kernel.args, kernel.wrt)
    start = time.perf_counter()
    theirs()
    their_first = time.perf_counter() - start
    check(name, kernel, ours)
    times = measure({"ours": lambda: ours(*kernel.args), "JAX": theirs}, rounds)
    return (name, *times["ours"], *times["JAX"], first, their_first)


def check(name: str, kernel: Any, ours: Any) -> None:
    """Both give the same, over 2000 steps at most: after many more, rounding decides where chaos leads."""
    args = tuple(min(x, 2000) if type(x) is int else x for x in kernel.args)
    value, bars = ours(*args)
    their_value, their_bars = jax_kernels.compiled(name, args, kernel.wrt)()
    np.testing.assert_allclose(value, their_value, rtol=1e-8, err_msg=name)
    for bar, their_bar in zip(bars, their_bars, strict=True):
        scale = float(np.max(np.abs(their_bar)))
        np.testing.assert_allclose(bar, their_bar, rtol=1e-6, atol=1e-8 * scale, err_msg=name)


def plot(rows: list[Row], file: str) -> None:
    """A bar for each kernel: how many times faster than JAX."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rows = sorted(rows, key=lambda row: row[3] / row[1])
    figure, axes = plt.subplots(figsize=(7, 0.28 * len(rows) + 1.2))
    colours = ["tab:blue" if row[0] in SCALAR_STATE else "tab:grey" for row in rows]
    axes.barh([row[0] for row in rows], [row[3] / row[1] for row in rows], color=colours)
    axes.set_xscale("log")
    axes.axvline(1.0, color="black", linewidth=0.8)
    axes.set_xlabel("time of JAX / time of Wengert, value and gradient (blue: a few numbers of state)")
    figure.tight_layout()
    figure.savefig(file, dpi=150)


def mean(ratios: list[float]) -> float:
    """The geometric mean."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan


def main() -> None:
    """Time the kernels that are named, or all that have a peer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--plot")
    options = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    r = np.random.default_rng(0)
    chosen = {**kernels(r), **series(r)}
    print(
        f"{'kernel':16s} {'ours ms':>9s} {'median':>8s} {'JAX ms':>10s} {'median':>8s} {'times':>7s}", end=""
    )
    print(f" {'first call s':>12s} {'JAX':>6s}")
    rows: list[Row] = []
    for name, kernel in chosen.items():
        if not hasattr(jax_kernels, name) or (options.names and name not in options.names):
            continue
        row = compared(name, kernel, options.rounds)
        rows.append(row)
        _, a, am, b, bm, first, their_first = row
        print(
            f"{name:16s} {1e3 * a:9.3f} {1e3 * am:8.3f} {1e3 * b:10.3f} {1e3 * bm:8.3f} {b / a:7.2f}", end=""
        )
        print(f" {first:12.2f} {their_first:6.2f}", flush=True)
    print(f"faster by, geometric mean of {len(rows)}: {mean([row[3] / row[1] for row in rows]):.2f}")
    few = [row[3] / row[1] for row in rows if row[0] in SCALAR_STATE]
    print(f"of the {len(few)} with a few numbers of state: {mean(few):.2f}")
    if options.plot:
        plot(rows, options.plot)


if __name__ == "__main__":
    main()
