"""Loops nested three deep in tiles compute what they computed, bit for bit, and raise where they raised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert
from wengert.ir.core import Module, Op
from wengert.ir.parse import parse_module
from wengert.ir.verify import verify
from wengert.ir.walk import ops
from wengert.transform.tile import tile


def product(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return c


def backwards(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0] - 1, -1, -1):
        for k in range(a.shape[1] - 1, -1, -1):
            for j in range(b.shape[1] - 1, -1, -1):
                c[i, j] -= a[i, k] * b[k, j]
    return c


def scaled(a, b):
    c = np.ones((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        s = (i + 1) * 0.5
        for k in range(a.shape[1]):
            t = a[i, k] * s
            for j in range(b.shape[1]):
                c[i, j] += t * b[k, j]
    return c


def moments(a, b):
    """Each middle loop sums as well."""
    d = np.zeros((a.shape[0], b.shape[0]))
    for i in range(a.shape[0]):
        for k in range(b.shape[0]):
            s = 0.0
            for j in range(b.shape[1]):
                s += b[k, j] * a[i, j]
            d[i, k] = s
    return d


def chained(a, b):
    """A row needs the one before: not to be tiled."""
    c = np.ones((a.shape[0], b.shape[1]))
    for i in range(1, a.shape[0]):
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                c[i, j] += a[i, k] * b[k, j] * c[i - 1, j]
    return c


def too_far(a, b):
    """One row of ``b`` is missing."""
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for k in range(a.shape[1] + 1):
            for j in range(b.shape[1]):
                c[i, j] += a[i, k - 1] * b[k, j]
    return c


SIZES = [(5, 6, 7), (4, 4, 4), (3, 2, 1), (8, 9, 30), (0, 3, 2), (9, 0, 3), (21, 17, 19)]


def tiles(f: Callable[..., Any], derivative: bool = False) -> list[Op]:
    a, b = np.ones((5, 6)), np.ones((6, 7))
    made: Any = wengert.grad(lambda a, b: np.sum(f(a, b) ** 2), wrt=(0, 1)) if derivative else wengert.jit(f)
    main = parse_module(made.lower(a, b).ir).main
    after = tile(main)
    verify(Module(main.name, {main.name: after}))
    return [op for op in ops(after.body) if op.attrs.get("tiled")]


@pytest.mark.parametrize("f", [product, backwards, scaled], ids=lambda f: f.__name__)
def test_which_are_tiled(f: Callable[..., Any]) -> None:
    assert tiles(f)
    assert tiles(f, derivative=True)


def test_a_chain_is_not() -> None:
    assert not tiles(chained)


@pytest.mark.parametrize(
    "sizes", [(5, 6, 7), (4, 4, 4), (3, 2, 1), (8, 9, 30), (0, 3, 2), (9, 0, 3), (21, 17, 19)]
)
@pytest.mark.parametrize("f", [product, backwards, scaled, chained, moments], ids=lambda f: f.__name__)
def test_like_python(f: Callable[..., Any], sizes: tuple[int, int, int]) -> None:
    n, m, p = sizes
    r = np.random.default_rng(0)
    a, b = r.standard_normal((n, m)), r.standard_normal((m, p))
    if f is moments:
        a = r.standard_normal((n, p))
    np.testing.assert_array_equal(wengert.jit(f)(a, b), f(a, b))


@pytest.mark.parametrize("sizes", [(5, 6, 7), (9, 1, 3), (13, 10, 11)])
@pytest.mark.parametrize("f", [product, backwards], ids=lambda f: f.__name__)
def test_gradients(f: Callable[..., Any], sizes: tuple[int, int, int]) -> None:
    n, m, p = sizes
    r = np.random.default_rng(0)
    a, b = r.standard_normal((n, m)), r.standard_normal((m, p))
    found = wengert.grad(lambda a, b: np.sum(f(a, b) ** 2), wrt=(0, 1))(a, b)
    bar = 2.0 * (a @ b)
    np.testing.assert_allclose(found[0], bar @ b.T, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(found[1], a.T @ bar, rtol=1e-11, atol=1e-12)


def test_exceptions_as_written() -> None:
    a, b = np.ones((8, 8)), np.ones((8, 8))
    with pytest.raises(IndexError, match="index 8 is out of bounds for axis 0 with size 8"):
        wengert.jit(too_far)(a, b)
