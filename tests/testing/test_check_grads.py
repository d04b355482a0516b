"""`check_grads` finds what is wrong: rules are broken on purpose, and it must notice."""

from __future__ import annotations

import math
import warnings
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pytest

from wengert.api import pipeline
from wengert.prims import REGISTRY
from wengert.runtime import cache
from wengert.testing import CheckError, KinkWarning, Report, check_grads, point
from wengert.transform.reverse.adjoint import ARRAY_ADJOINTS
from wengert.transform.rules import FORWARD

X = np.array([0.7, -1.3, 2.1])


@pytest.fixture
def uncached(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing compiled with a wrong rule is kept."""
    monkeypatch.setattr(pipeline, "_memory", OrderedDict())
    monkeypatch.setattr(pipeline, "_programs", OrderedDict())
    monkeypatch.setattr(cache, "_default", cache.Cache(None))
    return monkeypatch


def break_partial(monkeypatch: pytest.MonkeyPatch, name: str, partial: Any) -> None:
    prim = REGISTRY[name]
    monkeypatch.setitem(REGISTRY, name, replace(prim, partials=(partial, *prim.partials[1:])))


def worst(report: Report) -> float:
    return max(gap for _, _, gap in report.rows)


# wrong derivatives


def sines(x):
    return np.sin(x)


def test_wrong_rule_is_found_by_forward_mode(uncached) -> None:
    assert worst(check_grads(sines, (X,))) < 1e-7
    break_partial(uncached, "sin", lambda y, x: -REGISTRY["cos"](x))
    pipeline._programs.clear()
    pipeline._memory.clear()
    with pytest.raises(CheckError) as found:
        check_grads(sines, (X,))
    text = str(found.value)
    assert "check_grads(sines): forward mode disagrees with the function, by complex step" in text
    assert "worst entry  result[" in text
    assert "and 2 more entries" in text


def test_the_error_names_entry_and_values(uncached) -> None:
    def f(x):
        return x[0], np.sin(x[1])

    break_partial(uncached, "sin", lambda y, x: 1.5 + 0 * x)
    with pytest.raises(CheckError) as found:
        check_grads(f, (np.array([1.0, 0.0]),), seed=3)
    lines = dict(line.strip().split(maxsplit=1) for line in str(found.value).splitlines()[2:5])
    assert "worst entry  result[1]" in str(found.value)
    assert float(lines["forward"].split()[-1]) == pytest.approx(1.5 * float(lines["reference"]))


def test_wrong_adjoint_is_found_by_reverse_mode_alone(uncached) -> None:
    def f(a, b):
        return a @ b

    a, b = np.outer(X, X) + np.eye(3), X
    right = ARRAY_ADJOINTS["matmul"]

    def twice(adjoint: Any, node: Any, g: Any) -> None:
        right(adjoint, node, g)
        right(adjoint, node, g)

    uncached.setitem(ARRAY_ADJOINTS, "matmul", twice)
    check_grads(f, (a, b), order=1, modes=("fwd",))
    with pytest.raises(
        CheckError, match=r"reverse mode disagrees with forward mode(?s:.)*worst entry  [ab]\["
    ):
        check_grads(f, (a, b), order=1)


def test_wrong_tangent_is_found_by_forward_mode(uncached) -> None:
    def f(a):
        return np.sum(a, axis=0)

    uncached.setitem(
        FORWARD,
        "sum",
        lambda em, op, dxs: em.node("sum", [op.operands[0]], [op.result.type], op.attrs).result,
    )
    with pytest.raises(CheckError, match="forward mode disagrees"):
        check_grads(f, (np.outer(X, X),))


def test_wrong_second_derivative_is_found_at_second_order(uncached) -> None:
    def f(x):
        return np.sum(np.sin(x))

    break_partial(uncached, "cos", lambda y, x: REGISTRY["sin"](x))  # the derivative of sine's derivative
    check_grads(f, (X,), order=1)
    with pytest.raises(CheckError, match="forward over reverse disagrees with differences of reverse"):
        check_grads(f, (X,))


def test_wrong_value_is_found(monkeypatch) -> None:
    right = point.jvp

    def off(f, args, tangents):
        y, dy = right(f, args, tangents)
        return y + 1e-3, dy

    monkeypatch.setattr(point, "jvp", off)
    with pytest.raises(CheckError, match="value disagrees with the function"):
        check_grads(sines, (X,))


def test_wrong_derivatives_beside_a_kink_are_found(uncached) -> None:
    def f(x):
        return np.abs(x), np.sin(x)

    break_partial(uncached, "sin", lambda y, x: 2.0 + 0 * x)
    with pytest.raises(CheckError, match=r"worst entry  result\[1\]"):
        check_grads(f, (np.array([0.0, 1.0]),))


def test_wrong_derivative_in_single_precision_is_found(uncached) -> None:
    def f(x):
        return np.sin(x)

    break_partial(uncached, "sin", lambda y, x: 1.02 * REGISTRY["cos"](x))
    with pytest.raises(CheckError):
        check_grads(f, (X.astype(np.float32),))


# kinks


@pytest.mark.parametrize(
    ("f", "x", "name"),
    [
        (lambda x: abs(x), 0.0, "result"),
        (lambda x: max(x, 1.0) * x, 1.0, "result"),
        (lambda x: math.floor(x) * x, 2.0, "result"),
        (lambda x: np.maximum(x, 0.0), np.array([1.0, 0.0, -1.0]), "result[1]"),
        (lambda x: (x, np.where(x > 0, 2 * x, x)), np.array([0.0, 1.0]), "result[1][0]"),
        (lambda x: np.sqrt(x * x), 0.0, "result"),
        (lambda x: x[0] if x[0] < x[1] else 2 * x[1], np.array([1.0, 1.0]), "result"),
    ],
)
def test_kinks_are_named_and_left_out(f, x, name) -> None:
    with pytest.warns(KinkWarning, match="lies at a kink of"):
        report = check_grads(f, (x,))
    assert report.kinks == (name,)
    assert f"{name} lies at a kink" in str(report)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: abs(x), 1e-3),
        (lambda x: x * abs(x), 0.0),  # its second derivative jumps, its first does not
        (lambda x: x**3, 0.0),
        (lambda x: math.exp(30 * x), 1.0),  # steep
        (lambda x: math.sin(50 * x), 1.0),  # wiggly
        (lambda x: 1e6 * x * x, 1e-3),
        (lambda x: 1e-9 * x, 1.0),
    ],
)
def test_smooth_points_are_no_kinks(f, x) -> None:
    assert check_grads(f, (x,)).kinks == ()


# arguments and results of every kind


@dataclass
class Layer:
    weights: np.ndarray
    bias: float
    repeats: int
    name: str = "layer"


class Pair(NamedTuple):
    first: float
    second: np.ndarray


def test_dataclasses() -> None:
    def f(layer, x):
        for _ in range(layer.repeats):
            x = np.tanh(layer.weights * x + layer.bias)
        return Layer(x, layer.bias**2, 1)

    layer = Layer(np.array([0.3, -0.2, 1.1]), 0.5, 3)
    assert worst(check_grads(f, (layer, X))) < 1e-9
    assert worst(check_grads(f, (layer, X), wrt="layer.weights")) < 1e-9
    assert worst(check_grads(f, (layer, X), wrt=("layer.bias", "x"))) < 1e-9


def test_nested_structures() -> None:
    def f(p, more):
        return {"sum": p.first + more["w"][0].sum(), "second": [p.second * more["w"][1], more["n"]]}

    check_grads(f, (Pair(1.5, X), {"w": [X**2, 2.0], "n": 3}))


def test_single_precision() -> None:
    def f(x):
        y = x.copy()
        for i in range(1, len(x)):
            y[i] *= np.sin(y[i - 1])
        return y.sum()

    report = check_grads(f, (X.astype(np.float32),))
    assert 0 < worst(report) < 2e-3
    with pytest.raises(CheckError):
        check_grads(f, (X.astype(np.float32),), rtol=1e-10, atol=1e-12)


def test_complex_step_is_not_believed_where_it_lies() -> None:
    """``abs`` of a complex number is not analytic: differences take over."""
    report = check_grads(lambda x: abs(x) * np.sin(x), (X,))
    assert report.rows[1][1] == "the function, by differences"
    assert check_grads(lambda x: np.sin(x), (X,)).rows[1][1] == "the function, by complex step"


def test_functions_with_star_arguments_and_integers() -> None:
    check_grads(lambda *xs: xs[0] ** xs[2] * xs[1], (1.5, 2.5, 3))


# functions that work in place


def cumulate(x):
    for i in range(1, len(x)):
        x[i] += x[i - 1] ** 2


def test_final_contents_are_results() -> None:
    x = X.copy()
    report = check_grads(cumulate, (x,))
    np.testing.assert_array_equal(x, X)
    assert [what for what, _, _ in report.rows] == [
        "value",
        "forward mode",
        "reverse mode",
        "forward over reverse",
    ]


def test_wrong_derivatives_of_final_contents_are_found(uncached) -> None:
    def f(x, y):
        y[0] = np.sin(x[0])
        return x.sum()

    break_partial(uncached, "sin", lambda y, x: 2.0 + 0 * x)
    with pytest.raises(CheckError, match=r"worst entry  final y\[0\]"):
        check_grads(f, (X, np.zeros(2)))


def test_kinks_of_final_contents() -> None:
    def f(x, y):
        for i in range(len(x)):
            y[i] += max(x[i], 0.0)

    with pytest.warns(KinkWarning, match=r"final y\[1\]"):
        check_grads(f, (np.array([1.0, 0.0]), np.ones(2)))


# manners


def test_modes_and_order_choose_what_is_checked() -> None:
    def kinds(**how: Any) -> list[str]:
        return [what for what, _, _ in check_grads(sines, (X,), **how).rows]

    assert kinds(order=1) == ["value", "forward mode", "reverse mode"]
    assert kinds(modes=("fwd",)) == ["value", "forward mode"]
    assert kinds(modes=("rev",), order=1) == ["value", "reverse mode"]


@pytest.mark.parametrize("how", [{"order": 3}, {"modes": ("sideways",)}])
def test_unknown_modes_and_orders(how) -> None:
    with pytest.raises(ValueError, match="`modes` are"):
        check_grads(sines, (X,), **how)


def test_nothing_to_vary_or_to_check() -> None:
    with pytest.raises(TypeError, match="no argument of `<lambda>` is a float"):
        check_grads(lambda n: n + 1.0, (1,))
    with pytest.raises(TypeError, match="returns no floats, and overwrites none"):
        check_grads(lambda x: None, (1.0,))


def test_the_error_of_the_function_is_its_own() -> None:
    with pytest.raises(ZeroDivisionError):
        check_grads(lambda x: 1 / x, (0.0,))


def test_the_same_seed_gives_the_same_report() -> None:
    assert check_grads(sines, (X,), seed=5) == check_grads(sines, (X,), seed=5)


def test_no_warning_of_numpy_escapes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_grads(lambda x: np.log(x), (0.04,))  # differences leave the domain


def test_jumps_and_corners_beside_the_point() -> None:
    def stepped(x: Any) -> Any:
        return np.where(x > x[0] + 1e-4, x * x, 3.0 * x) + abs(x - x[1] + 1e-5)

    x = np.array([0.3, 0.7, 0.30013, 0.4])
    report = check_grads(lambda x: np.sum(np.sin(stepped(x))), (x,), order=1)
    assert not report.kinks


def test_a_result_that_is_constant_in_part() -> None:
    check_grads(lambda x: {"square": x * x, "rest": (1.0, [x, 0])}, (2.0,))


def test_steps_stay_where_the_function_is_defined() -> None:
    check_grads(lambda x, y: math.log(x) * math.sqrt(1.0 - y), (1e-9, 1.0 - 1e-7), order=1)


def test_differences_of_what_is_large_beside_its_slope() -> None:
    """Two quotients of rounded values may agree by chance."""

    def julian_day(seconds: float) -> float:
        return seconds * 1.0 / 86400 + 2440587.5

    check_grads(julian_day, (1577836800.0,))
