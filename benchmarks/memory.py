"""Memory of a gradient against the bytes of records that ``explain`` predicts, over three decades.

Run, on Linux: ``python benchmarks/memory.py [NAME ...]``.  Each size runs in a process of its own: what the
peak of its resident memory grows by when the gradient is taken, after a small one that loads the code.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kernels
import numpy as np

import wengert

UNITS = {"bytes": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}

Problem = tuple[Callable[..., Any], Callable[[int], tuple[Any, ...]], tuple[int, ...]]

PROBLEMS: dict[str, Problem] = {
    "lorenz": (kernels.lorenz, lambda n: (10.0, 28.0, 8.0 / 3.0, 1.0, 1.0, 1.0, 400 * n), (0, 1, 2)),
    "heat_nonlinear": (kernels.heat_nonlinear, lambda n: (np.full(1000, 0.5), n, 1e-3), (0,)),
    "lstm_like": (
        kernels.lstm_like,
        lambda n: (*(np.full((4, 64), 0.1) for _ in range(3)), np.full((2 * n, 64), 0.1)),
        (0, 1, 2),
    ),
    "nbody": (
        kernels.nbody,
        lambda n: (np.eye(40, 3), np.zeros((40, 3)), np.ones(40), 3 * n, 1e-6),
        (0, 1, 2),
    ),
}
SIZES = (300, 3000, 30000)


def predicted(name: str, n: int) -> float:
    """The bytes that ``explain`` says."""
    fun, args, wrt = PROBLEMS[name]
    text = wengert.explain(wengert.grad(fun, wrt=wrt), *args(n))
    found = re.findall(r"records .*: ([\d.e+]+) (bytes|kB|MB|GB)$", text, re.MULTILINE)
    return sum(float(count) * UNITS[unit] for count, unit in found)


def used(name: str, n: int) -> int:
    """The bytes by which the peak grows."""
    fun, make, wrt = PROBLEMS[name]
    args = make(n)
    gradient = wengert.grad(fun, wrt=wrt)
    gradient(*make(2))
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins again
    before = kilobytes("VmRSS")
    gradient(*args)
    return 1024 * (kilobytes("VmHWM") - before)


def kilobytes(what: str) -> int:
    """A line of ``/proc/self/status``."""
    return int(re.findall(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text())[0])


def main() -> None:
    """Compare for the problems that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--used", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.used:
        print(used(options.used[0], int(options.used[1])))
        return
    print(f"{'problem':16s} {'n':>8s} {'predicted MB':>13s} {'used MB':>10s} {'ratio':>6s}")
    for name in options.names or PROBLEMS:
        for n in SIZES:
            command = [sys.executable, __file__, "--used", name, str(n)]
            measured = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            said = predicted(name, n)
            print(
                f"{name:16s} {n:8d} {said / 1e6:13.2f} {measured / 1e6:10.2f} {measured / said:6.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
