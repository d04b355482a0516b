"""What a nest of loops reads of an array that is overwritten later is kept as part of that array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert
from wengert.ir.core import Func, Op
from wengert.ir.parse import parse_module
from wengert.ir.types import Array
from wengert.ir.walk import ops
from wengert.testing import check_grads


def stencil(u, n):
    new = u.copy()
    for _ in range(n):
        for i in range(1, len(u) - 1):
            new[i] = u[i] + 0.1 * (1.0 + u[i] * u[i]) * (u[i - 1] - 2.0 * u[i] + u[i + 1])
        for i in range(len(u)):
            u[i] = new[i]
    return np.sum(u)


def backwards(u, n):
    new = u.copy()
    for _ in range(n):
        for i in range(len(u) - 2, 0, -1):
            new[i] = u[i] * u[i - 1] * u[i + 1]
        for i in range(len(u) - 1, -1, -1):
            u[i] = new[i] + 0.3
    return np.sum(u)


def pairs(u, n):
    pos = np.zeros((len(u), 2))
    for i in range(len(u)):
        pos[i, 0] = u[i]
        pos[i, 1] = u[i] * u[i] + 0.1 * i
    force = np.zeros((len(u), 2))
    for _ in range(n):
        for i in range(len(u)):
            force[i, 0] = 0.0
            force[i, 1] = 0.0
            for j in range(len(u)):
                if i != j:
                    x, y = pos[j, 0] - pos[i, 0], pos[j, 1] - pos[i, 1]
                    w = 1.0 / (x * x + y * y + 0.5)
                    force[i, 0] += w * x
                    force[i, 1] += w * y
        for i in range(len(u)):
            pos[i, 0] += 0.1 * force[i, 0]
            pos[i, 1] += 0.1 * force[i, 1]
    return np.sum(pos * pos)


def guarded(u, n):
    """The condition keeps indices in range: the part that is kept ends where the array does."""
    new = u.copy()
    for _ in range(n):
        for i in range(len(u) + 2):
            if 2 <= i < len(u):
                new[i] = u[i] * u[i - 2] * u[i - 1] + np.sin(u[i - 1])
        for i in range(len(u)):
            u[i] = new[i] * 0.9
    return np.sum(u)


def part(u, n):
    """A few elements of one row at a time."""
    a = np.ones((n + 2, len(u)))
    for t in range(n):
        for k in range(2):
            for i in range(k + 1, 4):
                u[i] += a[t, i] * a[t, i] * a[t, i - 1] * u[0]
            for i in range(4):
                a[t, i] = 0.5 * a[t, i] * u[i] + 0.1
    return np.sum(a * a) + u[2]


def exchanging(u, n):
    v = u * 0.5
    for _ in range(n):
        for i in range(1, len(u) - 1):
            v[i] = u[i - 1] * u[i] * u[i + 1]
        u, v = v, u
        for i in range(len(u)):
            v[i] = 0.5 * v[i] + 0.1 * u[i]
    return np.sum(u * v)


def reused(h, n):
    """Each element is read for every row."""
    w = np.ones((3, len(h)))
    for t in range(n):
        for g in range(3):
            for i in range(len(h)):
                w[g, i] = w[g, i] * 0.5 + h[i] * h[i] * (g + 1)
        for i in range(len(h)):
            h[i] = w[0, i] * 0.2 + w[2, i] * 0.1
    return np.sum(h * h)


def until(u, n):
    k = 0
    while np.sum(u) < n and k < 4:
        for i in range(1, len(u)):
            k += 0
            u[0] += u[i] * u[i - 1] * u[i] if i > 1 else 0.1
        for i in range(1, len(u)):
            u[i] = u[i] * 1.1 + 0.01 * u[0]
        k += 1
    return np.sum(u * u)


def two_nests(u, n):
    new = u.copy()
    for _ in range(n):
        for i in range(1, len(u) - 1):
            new[i] = u[i - 1] * u[i] * u[i + 1]
        for i in range(len(u)):
            for j in range(2):
                new[i] += u[i] * u[j] * u[i]
        for i in range(len(u)):
            u[i] = 0.5 * new[i]
    return np.sum(u)


FUNCTIONS = [two_nests, stencil, backwards, pairs, guarded, part, exchanging, reused, until]


@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_derivatives(f: Callable[..., Any], n: int) -> None:
    check_grads(f, (np.array([0.3, 0.7, 0.4, 0.9, 0.5]), n), order=2)


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("f", [stencil, backwards, pairs, guarded, exchanging, reused])
def test_short_arrays(f: Callable[..., Any], size: int) -> None:
    check_grads(f, (np.linspace(0.2, 0.8, size), 3), order=1)


def tapes(f: Callable[..., Any]) -> list[Op]:
    func: Func = parse_module(wengert.grad(f).lower(np.linspace(0.2, 0.8, 5), 3).ir).main
    return [op for op in ops(func.body) if op.attrs.get("record")]


@pytest.mark.parametrize("f", [stencil, backwards, exchanging, reused], ids=lambda f: f.__name__)
def test_one_array_for_each_step(f: Callable[..., Any]) -> None:
    """Not three for the three elements that are read, nor one for each row that reads them."""
    (tape,) = tapes(f)
    assert isinstance(tape.result.type, Array)
    assert tape.result.type.rank == 2


def test_what_all_pairs_read_is_kept_once() -> None:
    """Positions, not differences of all pairs: a number for each of the bodies in each step."""
    found = tapes(pairs)
    shapes = [op.result.type.rank for op in found if isinstance(op.result.type, Array)]
    assert len([rank for rank in shapes if rank == 3]) == 1, found
