"""Overhead of the tape for each scalar operation, record and sweep, beside autograd and PyTorch if installed;
and the price of `Check` beside that of computing.

    python benchmarks/tape.py
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import wengert
from wengert.algebra import Graph1

STEPS = 300
OPERATIONS = 7 * STEPS


def chain(x: Any, sin: Callable[[Any], Any]) -> Any:
    """Seven scalar operations a step."""
    y = x
    for _ in range(STEPS):
        y = y * x + sin(y)
        y = y - x / (y * y + 2.0)
    return y


def ours() -> float:
    g = Graph1()
    x = g.variable(0.5)
    return float(g.evaluate_gradients(chain(x, g.sin))[x])


def peers() -> dict[str, Callable[[], float]]:
    """What is installed."""
    found: dict[str, Callable[[], float]] = {}
    try:
        import autograd
        import autograd.numpy as anp

        gradient = autograd.grad(lambda x: chain(x, anp.sin))
        found["autograd"] = lambda: float(gradient(0.5))
    except ImportError:
        pass
    try:
        import torch

        def by_torch() -> float:
            x = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
            chain(x, torch.sin).backward()
            return float(x.grad)

        found["PyTorch"] = by_torch
    except ImportError:
        pass
    return found


def best(f: Callable[[], Any], rounds: int = 7) -> float:
    """Process time of the fastest round."""
    times: list[float] = []
    for _ in range(rounds):
        start = time.process_time()
        f()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    """Print both tables."""
    runs = {"wengert": ours, **peers()}
    wanted = ours()
    for name, run in runs.items():
        assert math.isclose(run(), wanted, rel_tol=1e-9), name
        print(f"{name:10} {1e6 * best(run) / OPERATIONS:8.2f} us for each operation, recorded and swept")
    a, b = np.ones((1000, 1000)), np.ones((1000, 1000))

    def product(a: Any, b: Any) -> Any:
        return a @ b

    check = wengert.check(product)
    check(a, b)
    computing, checking = best(lambda: a @ b), best(lambda: check(a, b))
    print(f"Check of a product of 1000 by 1000: {100 * checking / computing:.2f} % of computing it")


if __name__ == "__main__":
    main()
