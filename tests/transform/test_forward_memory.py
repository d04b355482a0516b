"""Tangents are memory of their own wherever primals are, also where a rule gives that of an operand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert


def operand_written(a):
    v = 1.0 + a
    a[0] = 7.0 * a[0]
    return np.sum(v * v)


def result_written(a):
    v = a + 2.0
    v[0] *= 3.0
    return np.sum(v * a)


def shifted(a):
    return a + 1.0


def result_of_call_written(a):
    v = shifted(a)
    v[0] = v[1] * 2.0
    return np.sum(v * a)


def carried(a):
    s = 0.0
    b = a - 1.0
    for i in range(3):
        c = b + 1.0
        b = c - 0.5
        c[i] = 0.0
        s += np.sum(b * c)
    return s


def through_dict(a):
    parts = {"a": a}
    parts["a"][np.array([0])] += np.sin(1.0 + parts["a"])[0]
    return np.sum(a * a)


@pytest.mark.parametrize(
    "f", [operand_written, result_written, result_of_call_written, carried, through_dict]
)
def test_forward_mode(f: Callable[[Any], Any]) -> None:
    a, d, h = np.array([0.7, 0.4, 1.3]), np.array([1.0, -2.0, 0.5]), 1e-5
    slope = (f(a + h * d) - f(a - h * d)) / (2.0 * h)
    np.testing.assert_allclose(wengert.jvp(f, (a.copy(),), (d,))[1], slope, rtol=1e-8)
    gradient = wengert.grad(f)
    np.testing.assert_allclose(gradient(a.copy()) @ d, slope, rtol=1e-8)
    bend = (gradient(a + h * d) - gradient(a - h * d)) / (2.0 * h)
    np.testing.assert_allclose(wengert.hvp(f)(a.copy(), d), bend, rtol=1e-7, atol=1e-9)
