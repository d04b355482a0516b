"""Adjoints of stencils gather what they scattered: in one loop or two, with what is worth keeping kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert
from wengert.ir.core import Module
from wengert.ir.parse import parse_module
from wengert.ir.verify import verify
from wengert.ir.walk import ops
from wengert.testing import check_grads
from wengert.transform.gather import gather


def row(u, n):
    v = np.zeros(len(u))
    for _ in range(n):
        for i in range(1, len(u) - 1):
            v[i] = 0.5 * (u[i - 1] + 2.0 * u[i] + u[i + 1])
        for i in range(len(u)):
            u[i] = v[i] + 0.1 * u[i]
    return np.sum(u)


def heavy(u, n):
    """The same product goes to several neighbours."""
    v = np.zeros(len(u))
    for _ in range(n):
        for i in range(2, len(u) - 2):
            v[i] = (1.0 + u[i] * u[i]) * (u[i - 2] + u[i - 1] + u[i + 1])
        for i in range(len(u)):
            u[i] = 0.3 * v[i] + 0.5
    return np.sum(u * u)


def one_sided(u, n):
    v = np.zeros(len(u))
    for _ in range(n):
        for i in range(len(u) - 4, 0, -1):
            v[i] = u[i + 3] * u[i] * u[i + 1] + u[i - 1]
        for i in range(len(u)):
            u[i] = 0.7 * v[i] + 0.1
    return np.sum(u)


def square(u, n):
    m = len(u) // 2
    a = np.zeros((m, m + 1))
    for i in range(m):
        for j in range(m + 1):
            a[i, j] = u[i] * u[j] + 0.1 * u[j]
    b = np.zeros((m, m + 1))
    for _ in range(n):
        for i in range(1, m - 1):
            for j in range(1, m):
                d = a[i, j] * a[i, j] + 1.0
                b[i, j] = d * (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1])
        for i in range(m):
            for j in range(m + 1):
                a[i, j] = 0.5 * b[i, j] + 0.1
    return np.sum(a * a)


FUNCTIONS = [row, heavy, one_sided, square]


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6, 7, 11])
@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_derivatives(f: Callable[..., Any], size: int) -> None:
    check_grads(f, (np.linspace(0.2, 0.9, size), 2), order=1)


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_second_order(f: Callable[..., Any]) -> None:
    check_grads(f, (np.linspace(0.2, 0.9, 8), 2), order=2)


@pytest.mark.parametrize(("f", "kept"), [(row, 0), (heavy, 1), (one_sided, 0), (square, 1)])
def test_which_are_gathered(f: Callable[..., Any], kept: int) -> None:
    main = parse_module(wengert.grad(f).lower(np.ones(8), 2).ir).main
    after = gather(main)
    verify(Module(main.name, {main.name: after}))
    assert after is not main
    allocs = [sum(op.name == "alloc" for op in ops(func.body)) for func in (main, after)]
    assert allocs[1] - allocs[0] == kept
