"""Forward mode in eight directions is forward mode in each of them, with one primal for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import wengert
from analysis.small import lower
from emit.llvm_harness import Compiled
from transform import differentiable as programs
from transform.count import names
from transform.test_modes import active, copied, gradient
from wengert.algebra.evaluate import evaluate
from wengert.ir.core import Module, module
from wengert.ir.text import parse_module, print_module
from wengert.ir.types import F64X8, array, in_lanes, parse_type
from wengert.ir.verify import verify
from wengert.prims.check import verify_module
from wengert.transform.jvp import jvp
from wengert.transform.lanes import Lanes
from wengert.transform.passes import native, optimise

programs.__dict__.update(programs.NUMPY)


def widened(v: Any) -> Any:
    """Tangents of a parameter in eight directions, as the entry takes them."""
    return v if np.ndim(v) > 1 else np.reshape(v, (1, 8))


def both(m: Module, args: Sequence[Any], seed: int = 0) -> None:
    on = active(m)
    wide = jvp(m, on, Lanes)
    verify_module(wide)
    assert print_module(parse_module(print_module(wide))) == print_module(wide)
    wide = native(optimise(wide))
    verify(wide)
    r = np.random.default_rng(seed)
    vectors = [r.standard_normal((*np.shape(args[k]), 8)) for k in on]
    found = Compiled(wide)(*copied(args), *copied(list(map(widened, vectors))))
    found = found if isinstance(found, tuple) else (found,)
    narrow = optimise(jvp(m, on))
    for lane in range(8):
        want = evaluate(narrow, [*copied(args), *(v[..., lane].copy()[()] for v in vectors)])
        assert len(want) == len(found)
        for a, b in zip(want, found, strict=True):
            b = b if np.shape(b) == np.shape(a) else b[..., lane]
            np.testing.assert_allclose(np.reshape(b, np.shape(a)), a, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("f", "args"), programs.PROGRAMS, ids=lambda x: getattr(x, "__name__", ""))
def test_every_program(f: Callable[..., Any], args: Sequence[Any]) -> None:
    m = optimise(module(lower(f)))
    both(m, args)
    both(gradient(m), args)  # a Hessian, eight columns at a time


def test_the_primal_once() -> None:
    def f(x, y, N):  # type: ignore[no-untyped-def]
        s = 0.0
        for i in range(N):
            s = s + sin(x[i]) * exp(y[i])  # noqa: F821
        return s

    m = optimise(module(lower(f)))
    count = names(optimise(jvp(m, (0, 1), Lanes)).main)
    assert (count["sin"], count["cos"], count["exp"]) == (1, 1, 1)
    assert count["for"] == 1


def test_types() -> None:
    assert str(F64X8) == "f64x8"
    assert parse_type("f64x8[n,1]") == in_lanes(parse_type("f64[n,1]"))
    assert (F64X8.itemsize, F64X8.lanes, F64X8.alignment) == (64, 8, 8)
    assert in_lanes(array(parse_type("i64"), 1)) == array(parse_type("i64"), 1)  # type: ignore[arg-type]


# the public functions


def curve(x, w):
    h = np.tanh(w @ x)
    s = 0.0
    for i in range(len(x)):
        s += x[i] ** 3 * h[0]
    return {"h": h * s, "s": s}


def scalar(x, w):
    return curve(x, w)["s"] + np.sum(w * w * w)


@pytest.mark.parametrize("n", [1, 2, 7, 8, 9, 17])
def test_jacobian_of_any_size(n: int) -> None:
    r = np.random.default_rng(n)
    x, w = r.random(n), r.random((3, n))
    forward = wengert.jacobian(curve, wrt=(0, 1), mode="forward")(x, w)
    reverse = wengert.jacobian(curve, wrt=(0, 1), mode="reverse")(x, w)
    for key in ("h", "s"):
        for a, b in zip(forward[key], reverse[key], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)
    (xx, xw), (wx, ww) = wengert.hessian(scalar, wrt=(0, 1))(x, w)
    np.testing.assert_allclose(xx, xx.T, atol=1e-12)
    np.testing.assert_allclose(xw, np.moveaxis(wx, -1, 0), atol=1e-12)
    want = wengert.jacobian(wengert.grad(scalar, wrt=1), wrt=1, mode="reverse")(x, w)
    np.testing.assert_allclose(ww, want, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_other_numbers_one_direction_at_a_time(dtype: Any) -> None:
    def f(x: Any, k: Any) -> Any:
        return np.real(x * x * k)

    x = np.arange(1.0, 4.0)
    if dtype is np.float32:
        found = wengert.jacobian(lambda x: x * x)(x.astype(dtype))
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, np.diag(2 * x))
    else:
        found = wengert.jacobian(f, mode="forward")(x, np.array([1j, 2.0, 3.0 + 1j]))
        np.testing.assert_allclose(found, np.diag([0.0, 8.0, 18.0]))


def test_arrays_with_strides() -> None:
    def f(a: Any) -> Any:
        b = a.T[:, ::2]
        return b @ b.T + np.max(a)

    a = np.arange(12.0).reshape(4, 3)[:, ::-1]
    forward = wengert.jacobian(f, mode="forward")(a)
    np.testing.assert_allclose(forward, wengert.jacobian(f, mode="reverse")(a))


def test_singular_points_stay_strong() -> None:
    def f(x: Any) -> Any:
        return np.sqrt(x * x)

    found = wengert.jacobian(f, mode="forward")(np.array([0.0, 2.0, -3.0]))
    np.testing.assert_array_equal(found, np.diag([0.0, 1.0, -1.0]))


def test_corners_and_choices() -> None:
    def f(x: Any, y: float) -> Any:
        a = np.maximum(x, 0.5) * np.abs(x - 1.0) + np.where(x > 1.0, x * x, y)
        b = np.minimum(x, x[::-1]) ** y + np.fmax(x, y)
        return a[np.array([2, 0, 0])] + b + max(x[0], y) * min(x[1], y) + abs(y)

    x, y = np.array([0.5, 1.0, 2.5]), 1.5
    forward = wengert.jacobian(f, wrt=(0, 1), mode="forward")(x, y)
    reverse = wengert.jacobian(f, wrt=(0, 1), mode="reverse")(x, y)
    for a, b in zip(forward, reverse, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13)


def test_a_tangent_that_is_not_taken_has_no_say() -> None:
    def f(x: Any) -> Any:
        return np.maximum(np.sqrt(x), 1.0) + np.fmin(x, np.cbrt(x - 4.0) + 9.0)

    found = wengert.jacobian(f, mode="forward")(np.array([0.0, 4.0]))
    np.testing.assert_allclose(found, np.diag([1.0, 1.25]))


def test_that_it_cannot_be_done_is_found_out_once(caplog: pytest.LogCaptureFixture) -> None:
    made = wengert.jacobian(lambda x: x * x)
    x = np.ones(3, np.float32)
    made(x)
    with caplog.at_level("DEBUG", logger="wengert"):
        made(x)
    assert all(r.getMessage().startswith("hits") for r in caplog.records)
