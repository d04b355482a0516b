"""Products of thin matrices against NumPy, in all shapes around the limits, transposed and in strides."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import wengert


def times(a: Any, b: Any) -> Any:
    return a @ b


def transposed(a: Any, b: Any) -> Any:
    return a.T @ b.T


def parts(a: Any, b: Any) -> Any:
    return a[::2, 1:] @ b[1:, ::2]


MANY, THIN, WIDE = (4, 5, 11), (1, 2, 3, 4, 8, 16, 17), (2, 4, 7, 8, 9, 31, 32, 33, 70)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_like_numpy(dtype: Any) -> None:
    r = np.random.default_rng(0)
    run, turned = wengert.jit(times), wengert.jit(transposed)
    for m, k, n in product(MANY, THIN, WIDE):
        a, b = r.standard_normal((m, k)).astype(dtype), r.standard_normal((k, n)).astype(dtype)
        tolerance = 1e-12 if dtype is np.float64 else 1e-4
        np.testing.assert_allclose(run(a, b), a @ b, rtol=tolerance, atol=tolerance)
        at, bt = np.ascontiguousarray(a.T), np.ascontiguousarray(b.T)
        np.testing.assert_allclose(turned(at, bt), a @ b, rtol=tolerance, atol=tolerance)


def test_in_strides() -> None:
    r = np.random.default_rng(0)
    run = wengert.jit(parts)
    for m, k, n in product((9, 12), (3, 6), (9, 70)):
        a, b = r.standard_normal((m, k)), r.standard_normal((k, n))
        np.testing.assert_allclose(run(a, b), parts(a, b), rtol=1e-12, atol=1e-13)


def test_what_is_not_finite() -> None:
    """Zeros that fill a block never meet the numbers of the product."""
    a, b = np.full((5, 3), np.inf), np.ones((3, 5))
    a[2], b[1, 4] = np.nan, np.inf
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(wengert.jit(times)(a, b), a @ b)


def test_jacobian_in_lanes() -> None:
    r = np.random.default_rng(0)
    a, b = r.standard_normal((6, 4)), r.standard_normal((4, 3))
    found = wengert.jacobian(times, wrt=1)(a, b)
    expected = np.einsum("ik,jl->ijkl", a, np.eye(3))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


def test_no_call_of_a_library() -> None:
    """A call costs more than the product of four columns."""
    assert "masked.store" in wengert.jit(times).lower(np.ones((9, 4)), np.ones((4, 4))).llvm
