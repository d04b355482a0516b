"""Functions with ``*args``: positions count the arguments as they are passed."""

from __future__ import annotations

import numpy as np
import pytest

import wengert


def product(*xs):
    return xs[0] * xs[1] ** 2


def mixed(a, *xs, k=2.0):
    return a * xs[0] * xs[1] ** 2 * k


def test_grad_by_position_name_and_path() -> None:
    assert wengert.grad(product)(2.0, 3.0) == 9.0
    assert wengert.grad(product, wrt=1)(2.0, 3.0) == 12.0
    assert wengert.grad(product, wrt=-1)(2.0, 3.0) == 12.0
    assert wengert.grad(product, wrt=(1, 0))(2.0, 3.0) == (12.0, 9.0)
    assert wengert.grad(product, wrt="xs")(2.0, 3.0) == (9.0, 12.0)
    assert wengert.grad(product, wrt="xs[1]")(2.0, 3.0) == 12.0
    assert wengert.grad(mixed, wrt=(0, 2, "k"))(1.0, 2.0, 3.0, k=3.0) == (54.0, 36.0, 18.0)


def test_a_position_that_nothing_was_passed_at() -> None:
    with pytest.raises(wengert.errors.WrtError, match="called with 2 arguments"):
        wengert.grad(product, wrt=2)(2.0, 3.0)


def test_products_take_and_give_one_vector_for_each_argument() -> None:
    assert wengert.jvp(product, (2.0, 3.0), (1.0, 10.0)) == (18.0, 129.0)
    y, pullback = wengert.vjp(mixed, 1.0, 2.0, 3.0)
    assert (y, pullback(1.0)) == (36.0, (36.0, 18.0, 24.0))
    y, push = wengert.linearize(product, 2.0, 3.0)
    assert (y, push(0.0, 1.0)) == (18.0, 12.0)
    assert wengert.hvp(product, wrt=(0, 1))(2.0, 3.0, (1.0, 0.0)) == (0.0, 6.0)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_matrices(mode) -> None:
    def outer(*xs):
        return xs[0] * xs[1] ** 2 * np.ones(2)

    by_first, by_second = wengert.jacobian(outer, wrt=(0, 1), mode=mode)(2.0, 3.0)
    np.testing.assert_array_equal([by_first, by_second], [[9.0, 9.0], [12.0, 12.0]])
    assert wengert.hessian(product, wrt=(0, 1))(2.0, 3.0) == ((0.0, 6.0), (6.0, 4.0))


def test_no_star_arguments_given() -> None:
    def f(x, *more):
        return x * x + len(more)

    assert wengert.grad(f)(3.0) == 6.0
    assert wengert.jvp(f, (3.0,), (1.0,)) == (9.0, 6.0)
    assert wengert.vjp(f, 3.0)[1](1.0) == (6.0,)
