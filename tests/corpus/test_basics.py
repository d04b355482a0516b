"""The basic corpus through the public API: value, forward, reverse, second order; native and as source."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import wengert as wg
from corpus.basics import BASICS
from source_harness import alike, by_source
from wengert.testing import check_grads
from wengert.testing.point import Point, floats

CASES = [pytest.param(f, args, id=f"{f.__name__}-{k}") for k, (f, args) in enumerate(BASICS)]
each = pytest.mark.parametrize(("f", "args"), CASES)


def scalar(f: Any) -> bool:
    return f.__name__ != "several_results"


SCALARS = [case for case in CASES if scalar(case.values[0])]


def active(f: Any, args: tuple[Any, ...]) -> tuple[int, ...]:
    """The positions of the arguments that hold floats."""
    point = Point(f, args, None)
    mine = {leaf.index for leaf in point.chosen}
    trees = point.inputs.trees
    from wengert.capture.pytree import leaves

    return tuple(k for k, t in enumerate(trees) if any(leaf.index in mine for leaf in leaves(t)))


@each
def test_value(f: Any, args: tuple[Any, ...]) -> None:
    """`jit` gives what CPython gives, overwrites what it overwrites; so does its source."""
    theirs, mine = copy.deepcopy(args), copy.deepcopy(args)
    expected, found = f(*theirs), wg.jit(f)(*mine)
    alike(expected, found)
    alike(theirs, mine)
    alike(expected, by_source(wg.jit(f), copy.deepcopy(args)))


@each
def test_derivatives(f: Any, args: tuple[Any, ...]) -> None:
    """Forward against complex step or differences, reverse against forward, forward over reverse against
    differences of reverse; the arguments stay as they were."""
    given = copy.deepcopy(args)
    report = check_grads(f, given)
    assert not report.kinks
    alike(args, given)


@pytest.mark.parametrize(("f", "args"), SCALARS)
def test_source_of_derivatives(f: Any, args: tuple[Any, ...]) -> None:
    """What `show` prints gives the native numbers under CPython: gradient and Hessian product."""
    wrt = active(f, args)
    g = wg.value_and_grad(f, wrt=wrt)
    alike(g(*copy.deepcopy(args)), by_source(g, copy.deepcopy(args)))
    alike(f(*copy.deepcopy(args)), g(*args)[0])
    h = wg.hvp(f, wrt=wrt)
    v = copy.deepcopy(g(*args)[1])
    alike(h(*args, v), by_source(h, (*copy.deepcopy(args), v)))


@pytest.mark.parametrize(("f", "args"), SCALARS)
def test_reverse_over_reverse(f: Any, args: tuple[Any, ...]) -> None:
    """The pullback of the gradient is the Hessian, as forward over reverse has it."""
    wrt = active(f, args)
    g = wg.grad(f, wrt=wrt)
    rng = np.random.default_rng(3)
    value, pullback = wg.vjp(g, *args)
    v = _random_like(value, rng)
    by_forward = wg.hvp(f, wrt=wrt)(*args, v)
    by_reverse = pullback(v)
    np.testing.assert_allclose(
        floats(by_forward), floats(tuple(by_reverse[k] for k in wrt)), rtol=1e-9, atol=1e-12
    )


def _random_like(value: Any, rng: np.random.Generator) -> Any:
    point = Point(lambda x: x, (value,), None)
    direction = rng.standard_normal(sum(point.sizes))
    return point.tangents(direction)[0]
