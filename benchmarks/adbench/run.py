"""ADBench: what a derivative costs, against the compiled primal and against jitted JAX, interleaved.

Run: ``python benchmarks/adbench/run.py [--data FOLDER] [--jax] [--rounds N] [NAME ...]``.  ``FOLDER`` holds
ADBench's files in ``gmm ba lstm hand``; without it (or ``ADBENCH_DATA``) the data are random and of the same
sizes, and HAND, which needs its mesh, is left out.  Times are process time, and every side has one thread.

Derivatives: the gradient (GMM, LSTM); the blocks of the sparse Jacobian (BA; ``complicated`` of HAND, whose
points have two parameters of their own); the dense Jacobian (``simple``).
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

import ba
import gmm
import hand
import lstm
from side_by_side import measure

import wengert


class Case(NamedTuple):
    """``primal`` and ``derivative`` of one model with its data; ``jax`` names its peer."""

    name: str
    primal: Callable[[], Any]
    derivative: Callable[[], Any]
    jax: str
    args: tuple[Any, ...]


def mixtures(data: Path | None) -> Iterator[Case]:
    for d, k in ((10, 25), (20, 50), (64, 25)):
        file = data and data / "gmm" / f"gmm_d{d}_K{k}.txt"
        args = gmm.read(str(file)) if file else gmm.random_data(d, k, 1000)
        primal, gradient = wengert.jit(gmm.gmm), wengert.value_and_grad(gmm.gmm, wrt=(0, 1, 2))
        yield Case(f"GMM d{d} K{k}", lambda: primal(*args), lambda: gradient(*args), "gmm", args)


def networks(data: Path | None) -> Iterator[Case]:
    r = np.random.default_rng(0)
    for layers, count in ((2, 1024), (4, 4096)):
        file = data and data / "lstm" / f"lstm_l{layers}_c{count}.txt"
        if file:
            args = lstm.read(str(file))
        else:
            sizes = ((2 * layers, 56), (3, 14), (2 * layers, 14))
            args = (*(r.random(size) for size in sizes), np.eye(14)[r.integers(0, 14, count)])
        for style in (lstm.loops, lstm.arrays):
            primal, gradient = wengert.jit(style), wengert.value_and_grad(style, wrt=(0, 1))
            name = f"LSTM l{layers} c{count} {style.__name__}"
            yield Case(name, lambda: primal(*args), lambda: gradient(*args), "lstm", args)


def bundles(data: Path | None) -> Iterator[Case]:
    n, m, p = 49, 7776, 31843
    if data:
        args = ba.read(str(data / "ba" / f"ba1_n{n}_m{m}_p{p}.txt"))
    else:
        r, k = np.random.default_rng(0), np.arange(p)
        cameras = r.random((n, 11)) + np.eye(11)[6] * 400.0
        args = cameras, r.random((m, 3)) + 5.0, r.random(p), r.random((p, 2)), np.stack([k % n, k % m], 1)
    primal, blocks = wengert.jit(ba.residuals), wengert.jit(ba.blocks)
    yield Case("BA1", lambda: primal(*args), lambda: blocks(*args), "ba", args)


def hands(data: Path | None) -> Iterator[Case]:
    if data is None:
        return
    model = hand.read_model(data / "hand" / "model")
    for file in sorted((data / "hand" / "simple_small").glob("hand*.txt")):
        args = hand.read(file, model)
        primal, matrix = wengert.jit(hand.simple), wengert.jacobian(hand.simple)
        yield Case(
            f"HAND simple {file.stem[10:]}", lambda: primal(*args), lambda: matrix(*args), "simple", args
        )
    for file in sorted((data / "hand" / "complicated_small").glob("hand*.txt")):
        args = hand.read(file, model, complicated=True)
        primal, matrix = wengert.jit(hand.complicated), wengert.jacobian(hand.complicated, wrt=1)
        ones = np.zeros((2, *args[0].shape))
        ones[0, :, 0] = ones[1, :, 1] = 1.0

        def derivative() -> Any:
            still = (None,) * (len(args) - 1)
            return matrix(*args), [wengert.jvp(hand.complicated, args, (one, *still))[1] for one in ones]

        yield Case(
            f"HAND complicated {file.stem[10:]}", lambda: primal(*args), derivative, "complicated", args
        )


def first(run: Callable[[], Any]) -> float:
    """The seconds of the first call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main() -> None:
    """Time the problems that are named, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="beginnings of names: GMM, LSTM, BA, HAND")
    parser.add_argument("--data", type=Path, default=os.environ.get("ADBENCH_DATA"))
    parser.add_argument("--jax", action="store_true")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    data = Path(options.data) if options.data else None
    print(
        f"{'problem':28s} {'primal ms':>9s} {'deriv. ms':>9s} {'ratio':>6s} {'JAX ms':>8s} {'times':>6s}",
        end="",
    )
    print(f" {'first s':>8s} {'JAX':>6s}")
    for problem in (mixtures, networks, bundles, hands):
        for case in problem(data):
            if options.names and not case.name.startswith(tuple(options.names)):
                continue
            row(case, options.jax, options.rounds)


def row(case: Case, jax: bool, rounds: int) -> None:
    """Time one case; ratios are of minima."""
    case.primal()
    runs, began = {"primal": case.primal, "ours": case.derivative}, first(case.derivative)
    also = 0.0
    if jax:
        if case.jax == "gmm":
            runs["JAX"], also = gmm.jax_gradient(case.args)
        else:
            import jax_models

            runs["JAX"] = getattr(jax_models, case.jax)(*case.args)
            also = first(runs["JAX"])
    times = measure(runs, rounds)
    p, g = times["primal"][0], times["ours"][0]
    print(f"{case.name:28s} {1e3 * p:9.3f} {1e3 * g:9.3f} {g / p:6.2f}", end="")
    if jax:
        j = times["JAX"][0]
        print(f" {1e3 * j:8.3f} {j / g:6.2f} {began:8.2f} {also:6.2f}", flush=True)
    else:
        print(f" {'':15s} {began:8.2f}", flush=True)


if __name__ == "__main__":
    main()
