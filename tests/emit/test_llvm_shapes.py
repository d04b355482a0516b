"""Sizes that are known to be equal, in whatever order the axes tell."""

from __future__ import annotations

import numpy as np

import wengert as wg
from wengert.testing import check_grads


def transposed_with_itself(a: np.ndarray, b: np.ndarray) -> float:
    """Rows meet columns on one axis and columns meet rows on the other."""
    return float(np.sum(a * b.T) + np.sum(a @ b * (b @ a)))


def test_two_axes_that_tell_the_same() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    assert np.isclose(wg.jit(transposed_with_itself)(a, b), transposed_with_itself(a, b))
    check_grads(transposed_with_itself, (a, b))
