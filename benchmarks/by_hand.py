"""Gradients against the adjoints a specialist writes by hand, in C and in Numba, interleaved in one run.

Run: ``python benchmarks/by_hand.py [NAME ...] [--rounds N] [--no-numba]``.  The C is `by_hand/adjoints.c`,
compiled here by ``gcc -O3 -march=native``, the Numba `by_hand/in_numba.py`.  Value and gradient of all must
agree before anything is timed.  A time is that of value and gradient, arguments that are overwritten being
copied inside; the last columns are in units of the faster primal of ours and of C.  Process time, one thread.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gmm
import kernels
import numpy as np
from side_by_side import measure

import wengert

Call = Callable[..., Any]

HERE = Path(__file__).parent / "by_hand"
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC", "-lm")
NAMES = ("lorenz", "gauss_seidel", "jacobi", "lu", "tridiagonal", "lstm_like", "nbody")
MIXTURES = ((10, 25), (20, 50), (64, 25))
SIZES: dict[str, Callable[..., tuple[int, ...]]] = {
    "gauss_seidel": lambda u, f, sweeps: u.shape,
    "jacobi": lambda u, f, sweeps: u.shape,
    "lu": lambda a: a.shape[:1],
    "tridiagonal": lambda a, b, c, d: a.shape,
    "lstm_like": lambda w, u, b, xs: xs.shape,
    "nbody": lambda pos, vel, mass, steps, dt: mass.shape,
    "gmm": lambda alpha, means, icf, x, gamma, m: (*x.shape, len(alpha)),
}
"""The sizes that follow the arguments of the C function."""


def cases(r: np.random.Generator) -> dict[str, kernels.Kernel]:
    """The kernels with hand-written adjoints."""
    everything = kernels.kernels(r)
    out = {name: everything[name] for name in NAMES}
    for d, k in MIXTURES:
        out[f"gmm d{d} K{k}"] = kernels.Kernel(gmm.gmm, gmm.random_data(d, k, 1000), (0, 1, 2))
    return out


def library() -> ctypes.CDLL:
    """The compiled C."""
    file = Path(tempfile.mkdtemp()) / "adjoints.so"
    subprocess.run(["gcc", str(HERE / "adjoints.c"), "-o", str(file), *FLAGS], check=True)
    return ctypes.CDLL(str(file))


def native(lib: ctypes.CDLL, name: str) -> Callable[..., float]:
    """A function of the library for numbers and arrays, whose result is a number."""
    function = getattr(lib, name)
    function.restype = ctypes.c_double

    def call(*args: Any) -> float:
        return function(*map(passed, args))

    return call


def passed(x: Any) -> Any:
    """An argument as C takes it."""
    if isinstance(x, np.ndarray):
        return ctypes.c_void_p(x.ctypes.data)
    return ctypes.c_long(x) if isinstance(x, (int, np.integer)) else ctypes.c_double(x)


def in_c(
    lib: ctypes.CDLL, name: str, kernel: kernels.Kernel
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Primal and value-and-gradient in C."""
    name = name.partition(" ")[0]
    run, derive = native(lib, name), native(lib, f"{name}_grad")
    sizes = SIZES[name](*kernel.args) if name in SIZES else ()
    active = [kernel.args[k] for k in kernel.wrt]
    numbers = not isinstance(active[0], np.ndarray)

    def gradient(*args: Any) -> Any:
        bars = [np.empty(len(active))] if numbers else [np.empty_like(x) for x in active]
        value = derive(*args, *sizes, *bars)
        return value, tuple(bars[0]) if numbers else tuple(bars)

    return lambda *args: run(*args, *sizes), gradient


def check(name: str, kernel: kernels.Kernel, ours: Any, other: Any) -> None:
    """Both give the same; over 2000 steps at most, since after many more rounding decides where chaos
    leads."""
    args = tuple(min(x, 2000) if type(x) is int else x for x in kernel.args)
    (value, bars), (their_value, their_bars) = ours(*args), other(*args)
    np.testing.assert_allclose(value, their_value, rtol=1e-9, err_msg=name)
    for bar, their_bar in zip(bars, their_bars, strict=True):
        scale = float(np.max(np.abs(their_bar)))
        np.testing.assert_allclose(bar, their_bar, rtol=1e-7, atol=1e-10 * scale, err_msg=name)


def on_copies(run: Callable[..., Any], args: tuple[Any, ...]) -> Callable[[], Any]:
    """A call of a primal that may overwrite its arguments."""
    scratch = [x.copy() if isinstance(x, np.ndarray) else x for x in args]

    def call() -> Any:
        for x, y in zip(scratch, args, strict=True):
            if isinstance(x, np.ndarray):
                np.copyto(x, y)
        return run(*scratch)

    return call


def row(name: str, kernel: kernels.Kernel, lib: ctypes.CDLL, numba: bool, rounds: int) -> tuple[float, float]:
    """Time one kernel, print its row, and give the ratios ours / C and ours / Numba."""
    ours = wengert.value_and_grad(kernel.fun, wrt=kernel.wrt)
    primal, gradient = in_c(lib, name, kernel)
    check(name, kernel, ours, gradient)
    runs: dict[str, Callable[[], Any]] = {
        "primal": on_copies(wengert.jit(kernel.fun), kernel.args),
        "primal C": on_copies(primal, kernel.args),
        "ours": lambda: ours(*kernel.args),
        "C": lambda: gradient(*kernel.args),
    }
    if numba:
        import in_numba

        by_numba = in_numba.gradient(name)

        def peer(*args: Any) -> Any:
            value, *bars = by_numba(*args)
            return value, bars

        check(name, kernel, ours, peer)
        runs["Numba"] = lambda: peer(*kernel.args)
    times = {key: least for key, (least, _) in measure(runs, rounds).items()}
    least = min(times["primal"], times["primal C"])
    also = times.get("Numba", math.nan)
    print(
        f"{name:14s} {1e3 * times['primal']:8.3f} {1e3 * times['primal C']:8.3f} {1e3 * times['ours']:8.3f} "
        f"{1e3 * times['C']:8.3f} {1e3 * also:8.3f} {times['ours'] / times['C']:7.2f} "
        f"{times['ours'] / also:7.2f} {times['ours'] / least:7.2f} {times['C'] / least:7.2f}",
        flush=True,
    )
    return times["ours"] / times["C"], times["ours"] / also


def main() -> None:
    """Time the kernels whose names begin as given, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--no-numba", action="store_true")
    options = parser.parse_args()
    sys.path.insert(0, str(HERE))
    lib = library()
    print(f"{'':14s} {'primal ms':>17s} {'gradient ms':>26s} {'ours in':>15s} {'in primals':>15s}")
    heads = ("ours", "C", "ours", "C", "Numba")
    print(f"{'kernel':14s} " + " ".join(f"{h:>8s}" for h in heads), end=" ")
    print(" ".join(f"{h:>7s}" for h in ("C", "Numba", "ours", "C")))
    ratios = [
        row(name, kernel, lib, not options.no_numba, options.rounds)
        for name, kernel in cases(np.random.default_rng(0)).items()
        if not options.names or name.startswith(tuple(options.names))
    ]
    means = [math.exp(sum(map(math.log, column)) / len(column)) for column in zip(*ratios, strict=True)]
    print(f"geometric mean of {len(ratios)}: ours / C {means[0]:.2f}, ours / Numba {means[1]:.2f}")


if __name__ == "__main__":
    main()
