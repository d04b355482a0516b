"""Activities: shadows in place, forward and reverse, split, and the checks of what callers supply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import wengert
from wengert import Active, Const, Dual, DualOnly, Dualv, Duplicated, DuplicatedOnly, autodiff, errors

X, Y = np.array([1.0, 2.0, -0.5]), np.array([2.0, 3.0, 0.25])


def scaled(x: Any, s: float) -> float:
    return s * np.sum(x * x)


def multiply_into(y: Any, x: Any) -> None:
    for i in range(len(x)):
        y[i] = y[i] * x[i] * x[i]


def test_reverse_adds_to_shadows_and_returns_active() -> None:
    x_bar = np.ones(3)
    y, (s_bar,) = autodiff(scaled, "reverse", Duplicated(X, x_bar), Active(3.0))
    assert y == pytest.approx(3 * X @ X)
    assert s_bar == pytest.approx(X @ X)
    np.testing.assert_allclose(x_bar, 1 + 6 * X)
    autodiff(scaled, "reverse", Duplicated(X, x_bar), Const(3.0), ret=Active(2.0))
    np.testing.assert_allclose(x_bar, 1 + 18 * X)


def test_reverse_through_overwritten_arguments() -> None:
    y, x = Y.copy(), X.copy()
    y_bar, x_bar = np.array([1.0, 10.0, 100.0]), np.zeros(3)
    seed = y_bar.copy()
    result, found = autodiff(multiply_into, "reverse", Duplicated(y, y_bar), Duplicated(x, x_bar), ret=Const)
    assert (result, found) == (None, ())
    np.testing.assert_allclose(y, Y * X * X)
    np.testing.assert_allclose(y_bar, seed * X * X)
    np.testing.assert_allclose(x_bar, seed * Y * 2 * X)


def test_forward_overwrites_shadows() -> None:
    y, x = Y.copy(), X.copy()
    dy, dx = np.array([1.0, 0.0, 2.0]), np.array([0.0, 1.0, 3.0])
    before = dy.copy()
    assert autodiff(multiply_into, "forward", Dual(y, dy), Dual(x, dx), ret=Const) is None
    np.testing.assert_allclose(y, Y * X * X)
    np.testing.assert_allclose(dy, before * X * X + Y * 2 * X * dx)
    np.testing.assert_allclose(dx, [0.0, 1.0, 3.0])


def test_forward_results() -> None:
    y, dy = autodiff(scaled, "forward", Dual(X, Y), Const(3.0))
    assert (y, dy) == (pytest.approx(3 * X @ X), pytest.approx(6 * X @ Y))
    assert autodiff(scaled, "forward", Dual(X, Y), Dual(3.0, 1.0), ret=DualOnly) == pytest.approx(
        6 * X @ Y + X @ X
    )
    _, packed = autodiff(scaled, "forward", Dualv(X, np.eye(3)), Const(3.0), width=3)
    np.testing.assert_allclose(packed, 6 * X)


def test_split_mode() -> None:
    x, x_bar = X.copy(), np.zeros(3)
    y, tape = autodiff(scaled, "split", Duplicated(x, x_bar), Active(3.0))
    x[:] = 0.0  # the tape owns what it reads
    assert y == pytest.approx(3 * X @ X)
    assert tape(1.0) == (pytest.approx(X @ X),)
    assert tape(2.0) == (pytest.approx(2 * X @ X),)
    np.testing.assert_allclose(x_bar, 18 * X)
    tape.free()
    with pytest.raises(errors.MissingNodeError):
        tape(1.0)


@dataclass
class Layer:
    w: Any
    b: Any


def test_structures() -> None:
    def loss(layer: Layer, x: Any, rest: Any) -> float:
        r = layer.w @ x + layer.b + rest["c"][0]
        return np.sum(r * r)

    rng = np.random.default_rng(0)
    layer = Layer(rng.normal(size=(2, 3)), rng.normal(size=2))
    rest = {"c": [rng.normal(size=2)]}
    shadow = Layer(np.zeros((2, 3)), np.zeros(2))
    rest_bar = {"c": [np.zeros(2)]}
    autodiff(loss, "reverse", Duplicated(layer, shadow), Const(X), Duplicated(rest, rest_bar))
    wanted = wengert.grad(loss, wrt=(0, 2))(layer, X, rest)
    np.testing.assert_allclose(shadow.w, wanted[0].w)
    np.testing.assert_allclose(shadow.b, wanted[0].b)
    np.testing.assert_allclose(rest_bar["c"][0], wanted[1]["c"][0])
    with pytest.raises(errors.ShadowError, match=r"shadow of `layer\.b` has shape \(3,\)"):
        autodiff(
            loss,
            "reverse",
            Duplicated(layer, Layer(np.zeros((2, 3)), np.zeros(3))),
            Const(X),
            Const(rest),
        )
    with pytest.raises(errors.ShadowError, match="must be a dict with keys"):
        autodiff(loss, "reverse", Const(layer), Const(X), Duplicated(rest, {}))


@pytest.mark.parametrize(
    ("shadow", "message"),
    [
        (np.zeros(4), "has shape"),
        (np.zeros(3, np.float32), "float32"),
        (X, "shares memory with `x`"),
        (X[::-1], "shares memory with `x`"),
        (np.broadcast_to(0.0, 3), "read-only"),
        ([0.0, 0.0, 0.0], "must be an array"),
    ],
)
def test_shadows_are_checked(shadow: Any, message: str) -> None:
    with pytest.raises(errors.ShadowError, match=message):
        autodiff(scaled, "reverse", Duplicated(X, shadow), Const(1.0))


def test_shadows_do_not_overlap_each_other() -> None:
    memory = np.zeros(4)
    with pytest.raises(errors.ShadowError, match="shadow of `x` shares memory with the shadow of `y`"):
        autodiff(
            multiply_into, "reverse", Duplicated(Y.copy(), memory[:3]), Duplicated(X, memory[1:]), ret=Const
        )


def test_activities_are_checked_at_decoration() -> None:
    def f(x: np.ndarray, n: int, s: float) -> float:
        return s * np.sum(x**n)

    with pytest.raises(errors.UseError, match="`x` is Active, and by its annotation an array"):
        autodiff(f, "reverse", Active, Const, Active)
    with pytest.raises(errors.UseError, match="`n` is Active, and by its annotation an integer"):
        autodiff(f, "reverse", Duplicated, Active, Active)
    with pytest.raises(errors.UseError, match="`s` is Duplicated, and by its annotation a number"):
        autodiff(f, "reverse", Duplicated, Const, Duplicated)
    with pytest.raises(errors.UseError, match="in forward mode arguments are"):
        autodiff(f, "forward", Active, Const, Const)
    run = autodiff(f, "reverse", Duplicated, Const, Active)
    x_bar = np.zeros(3)
    y, (s_bar,) = run(X, x_bar, 2, 3.0)
    assert (y, s_bar) == (pytest.approx(3 * X @ X), pytest.approx(X @ X))
    np.testing.assert_allclose(x_bar, 6 * X)
    with pytest.raises(errors.UseError, match="takes 4 values"):
        run(X, x_bar, 2)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(errors.UseError, match="`mode` is one of"):
        autodiff(scaled, "backward", Const(X), Active(1.0))
    with pytest.raises(errors.UseError, match="nothing to differentiate"):
        autodiff(scaled, "reverse", Duplicated(X, np.zeros(3)), Const(1.0), ret=Const)
    with pytest.raises(errors.UseError, match="`y` is Const, and the function writes to it what varies"):
        autodiff(multiply_into, "forward", Const(Y.copy()), Dual(X, np.ones(3)), ret=Const)
    with pytest.raises(errors.ShadowError, match="packs 2 tangents, and `width` is 3"):
        autodiff(scaled, "forward", Dualv(X, np.ones((2, 3))), Const(1.0), width=3)
    only = np.zeros(3)
    y, _ = autodiff(scaled, "reverse", DuplicatedOnly(X, only), Const(1.0), ret=Active)
    assert y == pytest.approx(X @ X)


def test_a_constant_number_has_the_tangent_zero() -> None:
    assert wengert.jvp(lambda x: 1.0, (2.0,), (1.0,)) == (1.0, 0.0)
    assert wengert.jvp(lambda x: (x, 3.0, 2), (2.0,), (1.0,)) == ((2.0, 3.0, 2), (1.0, 0.0, None))
