"""What a gradient costs: native, against the model alone and against differences of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

import wengert

from .calibrate import Vector
from .model import misfit


def costs(theta: Vector, counts: Vector, rounds: int = 15) -> list[tuple[str, float]]:
    """Each way to run the model, with the seconds it takes: the least of several interleaved rounds."""
    model = wengert.jit(misfit)
    gradient = wengert.value_and_grad(misfit)
    ways: dict[str, Callable[[], Any]] = {
        "the model, compiled": lambda: model(theta, counts),
        "the model and its gradient": lambda: gradient(theta, counts),
        "gradient by forward differences": lambda: differences(model, theta, counts),
        "the model, run by Python": lambda: misfit(theta, counts),
    }
    least = dict.fromkeys(ways, np.inf)
    repeats = {name: max(1, int(2e-3 / _seconds(way, 1))) for name, way in ways.items() if _seconds(way, 1)}
    for _ in range(rounds):
        for name, way in ways.items():
            least[name] = min(least[name], _seconds(way, repeats.get(name, 1)))
    return list(least.items())


def _seconds(way: Callable[[], Any], repeat: int) -> float:
    start = time.perf_counter()
    for _ in range(repeat):
        way()
    return (time.perf_counter() - start) / repeat


def differences(model: Callable[..., float], theta: Vector, counts: Vector, step: float = 1e-7) -> Vector:
    """The gradient as one takes it without derivatives: one more run for each parameter."""
    here = model(theta, counts)
    slopes = np.empty_like(theta)
    for k in range(len(theta)):
        moved = theta.copy()
        moved[k] += step
        slopes[k] = (model(moved, counts) - here) / step
    return slopes
