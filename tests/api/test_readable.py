"""Derivatives as a person would have written them: their text is pinned, and run by the interpreter."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert as wg
from api.readable import PROGRAMS
from source_harness import by_source
from wengert.api.derivative import Derivative
from wengert.api.fit import fit
from wengert.api.inspect import source_of
from wengert.api.products import compiled_for
from wengert.api.step import Step
from wengert.capture.pytree import leaves

Golden = Callable[[str, str], None]


def arguments(name: str) -> tuple[Any, ...]:
    return copy.deepcopy(PROGRAMS[name][1])


def gradient(name: str) -> Derivative:
    return wg.grad(PROGRAMS[name][0], wrt=PROGRAMS[name][2])


@pytest.mark.parametrize("name", PROGRAMS)
def test_text(name: str, golden: Golden) -> None:
    golden(f"source/{name}.py", wg.show(PROGRAMS[name][0], *arguments(name)))
    golden(f"source/{name}_grad.py", wg.show(gradient(name), *arguments(name)))
    stage = compiled_for(PROGRAMS[name][0], Step("jvp"), arguments(name)).stage
    assert stage is not None
    golden(f"source/{name}_jvp.py", source_of(stage, f"derivative of {name} along a tangent"))


@pytest.mark.parametrize("name", ["heat", "first_large", "gauss_seidel", "swing", "fitted", "tree"])
def test_explanation(name: str, golden: Golden) -> None:
    golden(f"explain/{name}.txt", wg.explain(gradient(name), *arguments(name)))


# the numbers


def moved(value: Any, along: Any, h: float) -> Any:
    """``value + h * along``, part by part; what is discrete stays."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [f.name for f in dataclasses.fields(value)]
        parts = {n: moved(getattr(value, n), getattr(along, n), h) for n in names}
        return type(value)(**parts)
    if isinstance(value, tuple):
        return tuple(moved(v, d, h) for v, d in zip(value, along, strict=True))
    return value + h * along if isinstance(value, (float, np.ndarray)) else value


def direction(value: Any, rng: np.random.Generator) -> Any:
    """A random tangent."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [f.name for f in dataclasses.fields(value)]
        return type(value)(**{n: direction(getattr(value, n), rng) for n in names})
    if isinstance(value, tuple):
        return tuple(direction(v, rng) for v in value)
    if isinstance(value, np.ndarray):
        return rng.standard_normal(value.shape)
    return rng.standard_normal() if isinstance(value, float) else None


def product(a: Any, b: Any) -> float:
    """The inner product of a cotangent and a tangent of one structure."""
    if dataclasses.is_dataclass(a) and not isinstance(a, type):
        return sum(product(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a))
    if isinstance(a, tuple):
        return sum(product(x, y) for x, y in zip(a, b, strict=True))
    return 0.0 if b is None else float(np.sum(np.multiply(a, b)))


def slope(f: Callable[..., Any], args: tuple[Any, ...], along: tuple[Any, ...]) -> float:
    """How ``f`` changes, as the interpreter computes it: central differences, extrapolated twice."""

    def central(h: float) -> float:
        ahead, behind = (copy.deepcopy(moved(args, along, s * h)) for s in (1.0, -1.0))
        return float((f(*ahead) - f(*behind)) / (2.0 * h))

    a, b, c = (central(1e-3 / 4**k) for k in range(3))
    first, second = (16 * b - a) / 15, (16 * c - b) / 15
    return (256 * second - first) / 255


@pytest.mark.parametrize("name", PROGRAMS)
def test_numbers(name: str) -> None:
    """The printed gradient, along random directions, against differences of the function itself."""
    f, _, wrt = PROGRAMS[name]
    rng = np.random.default_rng(len(name))
    chosen = wrt if isinstance(wrt, tuple) else (wrt,)
    along = tuple(direction(a, rng) if k in chosen else still(a) for k, a in enumerate(arguments(name)))
    found = by_source(gradient(name), arguments(name))
    bars = found if isinstance(wrt, tuple) else (found,)
    total = sum(product(bar, along[k]) for bar, k in zip(bars, chosen, strict=True))
    np.testing.assert_allclose(total, slope(f, arguments(name), along), rtol=1e-6, atol=1e-9)


def still(value: Any) -> Any:
    """No tangent."""
    if isinstance(value, tuple):
        return tuple(map(still, value))
    return np.zeros_like(value) if isinstance(value, np.ndarray) else 0.0


@pytest.mark.parametrize("name", PROGRAMS)
def test_tangents(name: str) -> None:
    """The printed directional derivative, likewise."""
    f, args = PROGRAMS[name][0], arguments(name)
    along = tuple(direction(a, np.random.default_rng(len(name))) for a in args)
    tree = compiled_for(f, Step("jvp"), arguments(name)).stage.inputs.trees[-1]
    shapes = {leaf.index: np.shape(v) for leaf, v in zip(leaves(tree), numbers(args), strict=True)}
    _, dy = by_source(Derivative(f, Step("jvp")), (*args, fit(tree, along, shapes)))
    np.testing.assert_allclose(dy, slope(f, arguments(name), along), rtol=1e-6, atol=1e-9)


def numbers(value: Any) -> list[Any]:
    """The floats and arrays of an argument."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [x for f in dataclasses.fields(value) for x in numbers(getattr(value, f.name))]
    if isinstance(value, tuple):
        return [x for v in value for x in numbers(v)]
    return [value] if isinstance(value, (float, np.ndarray)) else []
