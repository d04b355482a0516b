"""Derivatives inside captured code: the same numbers as step by step, and differentiable in turn."""

from __future__ import annotations

import copy
import functools
from typing import Any

import numpy as np
import pytest

import wengert as wg
from api.nested import NESTED, cube
from source_harness import alike, by_source
from wengert import errors
from wengert.testing import check_grads

CASES = [pytest.param(f, args, id=f"{f.__name__}-{k}") for k, (f, args) in enumerate(NESTED)]


@pytest.mark.filterwarnings("ignore::wengert.DependenceWarning")
@pytest.mark.parametrize(("f", "args"), CASES)
def test_value(f: Any, args: tuple[Any, ...]) -> None:
    """The interface, step by step under CPython, is the witness."""
    expected = f(*copy.deepcopy(args))
    given = copy.deepcopy(args)
    alike(expected, wg.jit(f)(*given), rtol=1e-10)
    alike(given, args)
    alike(expected, by_source(wg.jit(f), copy.deepcopy(args)), rtol=1e-10)


@pytest.mark.filterwarnings("ignore::wengert.DependenceWarning")
@pytest.mark.parametrize(("f", "args"), CASES)
def test_derivatives(f: Any, args: tuple[Any, ...]) -> None:
    """Forward mode against differences of the interface, reverse against forward, second order."""
    check_grads(f, args, rtol=1e-6)


def refused(f: Any, *args: Any) -> str:
    with pytest.raises(errors.WengertError) as info:
        wg.jit(f)(*args)
    return str(info.value)


def test_refusals() -> None:
    x = np.ones(3)
    assert "T0203" in refused(lambda x: wg.grad(lambda y: y * y)(x), x)
    assert "T0202" in refused(lambda x: wg.grad(cube)(2) * x, 1.0)
    assert "U0602" in refused(lambda x: wg.grad(cube, wrt=1)(x), 1.0)
    assert "U0602" in refused(lambda x: wg.grad(cube, wrt="z")(x), 1.0)
    assert "U0601" in refused(lambda x: wg.grad(x)(x), 1.0)
    assert "U0601" in refused(lambda x: wg.grad(cube)(x, x), 1.0)
    assert "U0601" in refused(lambda x: wg.jvp(cube, (x,), ())[0], 1.0)
    assert "T0201" in refused(lambda x: wg.jvp(np.sum, (x,), (1.0,))[0], x)
    assert "constant" in refused(lambda x, n: wg.grad(cube, wrt=n[0])(x), 1.0, np.zeros(1, int))
    assert wg.jit(lambda x, n: wg.grad(cube, wrt=n)(x))(1.0, 0) == 3.0


def test_vectors_of_another_length() -> None:
    def f(x: Any, v: Any) -> Any:
        return wg.jvp(np.sum, (x,), (v,))[1]

    assert wg.jit(f)(np.ones(3), np.ones(3)) == 3.0
    with pytest.raises(ValueError, match="length 2"):
        wg.jit(f)(np.ones(3), np.ones(2))


def test_overwritten_arguments_that_overlap() -> None:
    def f(a: Any, b: Any) -> Any:
        a[0] = 2.0 * b[1]
        return np.sum(a * b)

    def direct(x: Any) -> Any:
        y = x * 1.0
        return np.sum(wg.grad(f)(y, y))

    def through(x: Any) -> Any:
        y = x * 1.0
        return np.sum(wg.grad(lambda u, v: f(u, v))(y, y[::-1]))

    def deep(x: Any) -> Any:
        h = lambda u, v: np.sum(wg.grad(f)(u, v))
        y = x * 1.0
        return np.sum(wg.grad(h)(y, y))

    for g in (direct, through, deep):
        assert "A0301" in refused(g, np.ones(3))


def test_its_own_derivative_is_refused() -> None:
    assert "a derivative of itself" in refused(_own, 1.5, 2)


def _own(x: float, n: int) -> float:
    return x * x if n == 0 else wg.grad(_own)(x, n - 1)


def test_rebinding_what_is_differentiated() -> None:
    """A function read from outside is the one that stands there at the call."""
    scope: dict[str, Any] = {}
    exec("def outer(x):\n    return g(x)", scope)
    namespace = {"f": lambda x: x * x}

    def outer(x: float) -> float:
        return wg.grad(namespace["f"])(x)

    compiled = wg.jit(outer)
    assert compiled(3.0) == 6.0
    namespace["f"] = lambda x: x * x * x
    assert compiled(3.0) == 27.0


@wg.grad
def decorated(x: float) -> float:
    return x**4


def test_decorated() -> None:
    assert wg.jit(lambda x: decorated(x) + x)(1.0) == 5.0
    assert wg.grad(lambda x: decorated(x) * x)(1.0) == 16.0


def test_partial_of_interface() -> None:
    by_second = functools.partial(wg.grad, wrt=1)
    assert wg.jit(lambda x: by_second(lambda a, b: a * b * b)(x, 3.0))(2.0) == 12.0
