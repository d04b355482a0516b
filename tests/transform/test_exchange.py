"""Arrays that change places in a loop change back in the reverse: no record, and right derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert
from wengert.analysis.alias import Aliases
from wengert.analysis.apart import Apart
from wengert.ir.parse import parse_module
from wengert.ir.types import Array
from wengert.ir.walk import ops
from wengert.testing import check_grads


def swap(u, n):
    v = u.copy()
    for _ in range(n):
        for i in range(1, len(u) - 1):
            v[i] = 0.5 * (u[i - 1] * u[i + 1] + u[i])
        u, v = v, u
    return np.sum(u * u) + v[0]


def wave(u, n):
    old, new = u.copy(), np.zeros(len(u))
    for _ in range(n):
        for i in range(1, len(u) - 1):
            new[i] = 2.0 * u[i] - old[i] + 0.1 * (u[i - 1] - 2.0 * u[i] + u[i + 1])
        old, u, new = u, new, old
    return np.sum(u * old) + new[1]


def until(u, n):
    v, k = np.ones(len(u)), 0
    while True:
        for i in range(len(u)):
            v[i] += np.sin(u[i])
        u, v = v, u
        k += 1
        if k >= n or u[0] > 4.0:
            break
    return u[0] * v[1]


def condition(u, n):
    v = np.ones(len(u))
    while np.sum(u) < 3.0 * n:
        v[0] = v[0] * 0.5 + u[1] * u[1] + 0.5
        v[1] = v[1] + u[0]
        u, v = v, u
    return u[0] + 2.0 * v[1]


def nested(u, n):
    v, w = u * 2.0, u * 3.0
    for _ in range(n):
        for _ in range(n + 1):
            v[0] = v[0] + w[1] * u[2]
            v, w = w, v
        u, v = v, u
    return u[0] + 2.0 * v[1] + 3.0 * w[2]


def one_of_two(u, n):
    v = u if n > 2 else u.copy()
    for _ in range(n):
        v[1] = v[0] * u[1]
        u[0] = u[2] * v[1] + 0.1
        u, v = v, u
    return u[0] + 2.0 * v[1]


def twice_the_same(u, n):
    a, b = u, u
    c = np.ones(len(u))
    for _ in range(n):
        a[1] = b[0] * c[1] + 0.1
        b[2] = a[1] * c[2]
        c[0] = a[2]
        a, b, c = c, a, b
    return a[0] + 2.0 * b[1] + c[2]


FUNCTIONS = [swap, wave, until, condition, nested, one_of_two, twice_the_same]


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 7])
@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_derivatives(f: Callable[..., Any], n: int) -> None:
    u = np.array([0.3, 0.7, 0.4, 0.9, 0.5])
    check_grads(f, (u, n), order=2)


@pytest.mark.parametrize("f", [swap, wave], ids=lambda f: f.__name__)
def test_no_array_is_recorded(f: Callable[..., Any]) -> None:
    text = wengert.explain(wengert.grad(f), np.ones(5), 3)
    assert "one each time round" not in text, text


def pairs_apart(f: Callable[..., Any]) -> list[bool]:
    """For each loop that carries arrays: whether the first two are different ones."""
    func = parse_module(wengert.jit(f).lower(np.ones(5), 3).ir).main
    apart = Apart(Aliases(func))
    found: list[bool] = []
    for op in ops(func.body):
        arrays = [p for r in op.regions[-1:] for p in r.params if isinstance(p.type, Array)]
        if len(arrays) > 1:
            found.append(apart(*arrays[:2]))
    return found


@pytest.mark.parametrize(
    ("f", "expected"),
    [(swap, [True]), (wave, [True]), (condition, [True]), (one_of_two, [False]), (twice_the_same, [False])],
    ids=lambda f: getattr(f, "__name__", ""),
)
def test_which_are_apart(f: Callable[..., Any], expected: list[bool]) -> None:
    assert pairs_apart(f) == expected


def test_a_linear_sweep_with_two_arrays_records_nothing() -> None:
    assert "records nothing" in wengert.explain(wengert.grad(wave), np.ones(5), 3)
