"""Searches choose between indices without a branch, and find what they found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert
from wengert.testing import check_grads


def place(knots: Any, x: float) -> int:
    low, high = 0, len(knots) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if knots[middle] <= x:
            low = middle
        else:
            high = middle
    return low


def between(knots: Any, values: Any, x: float) -> float:
    k = place(knots, x)
    t = (x - knots[k]) / (knots[k + 1] - knots[k])
    return (1.0 - t) * values[k] + t * values[k + 1]


def counted(n: int) -> int:
    """A choice by a test of integers is a branch as ever."""
    low, high = 0, n
    while high - low > 1:
        middle = (low + high) // 2
        if middle * middle <= n:
            low = middle
        else:
            high = middle
    return low


def test_which_choices() -> None:
    knots = np.linspace(0.0, 1.0, 9)
    assert "!unpredictable" in wengert.jit(place).lower(knots, 0.3).llvm
    assert "!unpredictable" not in wengert.jit(counted).lower(30).llvm


@pytest.mark.parametrize("n", [2, 3, 7, 64])
def test_like_python(n: int) -> None:
    r = np.random.default_rng(0)
    knots = np.sort(r.random(n))
    for x in [*r.random(20), *knots, -1.0, 2.0, np.nan]:
        assert wengert.jit(place)(knots, float(x)) == place(knots, x)


def test_derivatives() -> None:
    knots, values = np.linspace(0.0, 1.0, 9), np.linspace(1.0, 2.0, 9) ** 2
    check_grads(between, (knots, values, 0.37), order=2)
