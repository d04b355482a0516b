"""The explicit tape: every named operation against differences, higher orders, errors, threads."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert as wg
from wengert import errors
from wengert.algebra import Check, Dual, Eval, Graph, Graph1, GraphN

V = np.array([0.3, -0.7, 1.9, 0.4, -1.2, 2.3])
W = np.array([1.3, 0.6, 0.5, 2.4, 0.8, 1.1])
M, N = V.reshape(2, 3), W.reshape(3, 2)

OPERATIONS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "add": (lambda g, a, b: g.add(a, b), (V, W)),
    "add_all": (lambda g, a, b: g.add_all([a, b, a]), (V, W)),
    "sub": (lambda g, a, b: g.sub(a, b), (V, W)),
    "mul": (lambda g, a, b: g.mul(a, b), (V, W)),
    "neg": (lambda g, a: g.neg(a), (V,)),
    "zeros": (lambda g, a: g.add(a, g.zeros(a)), (V,)),
    "ones": (lambda g, a: g.mul(a, g.ones(a)), (V,)),
    "setc": (lambda g, a: g.mul(a, g.setc(a, 3.0)), (V,)),
    "addc": (lambda g, a: g.addc(a, 2.0), (V,)),
    "mulc": (lambda g, a: g.mulc(a, 2.0), (V,)),
    "powc": (lambda g, a: g.powc(a, 2.5), (W,)),
    "powc integer": (lambda g, a: g.powc(a, 3), (V,)),
    "exp": (lambda g, a: g.exp(a), (V,)),
    "log": (lambda g, a: g.log(a), (W,)),
    "log1p": (lambda g, a: g.log1p(a), (W,)),
    "sin": (lambda g, a: g.sin(a), (V,)),
    "cos": (lambda g, a: g.cos(a), (V,)),
    "tanh": (lambda g, a: g.tanh(a), (V,)),
    "sigmoid": (lambda g, a: g.sigmoid(a), (V,)),
    "reciprocal": (lambda g, a: g.reciprocal(a), (W,)),
    "sqrt": (lambda g, a: g.sqrt(a), (W,)),
    "div": (lambda g, a, b: g.div(a, b), (V, W)),
    "pow": (lambda g, a, b: g.pow(a, b), (W, V)),
    "min": (lambda g, a, b: g.min(a, b), (V, W)),
    "max": (lambda g, a, b: g.max(a, b), (V, W)),
    "abs": (lambda g, a: g.abs(a), (V,)),
    "sign": (lambda g, a: g.mul(g.sign(a), a), (V,)),
    "relu": (lambda g, a: g.relu(a), (V,)),
    "select_argmax": (lambda g, a, b: g.select_argmax(a, b, g.sin(a), g.exp(b)), (V, W)),
    "flat": (lambda g, a: g.flat(a), (M,)),
    "moddims": (lambda g, a: g.moddims(a, (3, 2)), (M,)),
    "tile_as": (lambda g, a: g.tile_as(a, (4, 3)), (M[:1],)),
    "sum_as": (lambda g, a: g.sum_as(a, (2, 1)), (M,)),
    "constant_as": (lambda g, a: g.constant_as(a, (2, 2)), (1.7,)),
    "as_scalar": (lambda g, a: g.as_scalar(a), (M[:1, :1],)),
    "scale": (lambda g, s, a: g.scale(s, a), (1.7, V)),
    "dot": (lambda g, a, b: g.dot(a, b), (V, W)),
    "norm2": (lambda g, a: g.norm2(a), (V,)),
    "max_as": (lambda g, a: g.max_as(a, (1, 3)), (M,)),
    "argmax_as": (lambda g, a: g.mul(a, g.tile_as(g.argmax_as(a, (1, 3)) + 1.0, (2, 3))), (M,)),
    "softmax_as": (lambda g, a: g.softmax_as(a, (2, 1)), (M,)),
    "matmul": (lambda g, a, b: g.matmul(a, b), (M, N)),
    "matmul_nt": (lambda g, a, b: g.matmul_nt(a, b), (M, N.T)),
    "matmul_tn": (lambda g, a, b: g.matmul_tn(a, b), (M.T, N)),
    "matmul_tt": (lambda g, a, b: g.matmul_tt(a, b), (M.T, N.T)),
    "matmul_nc": (lambda g, a, b: g.matmul_nc(a, b), (M, N.T)),
    "matmul_cn": (lambda g, a, b: g.matmul_cn(a, b), (M.T, N)),
    "matmul_nn": (lambda g, a, b: g.matmul_nn(a, b), (M, N)),
    "transpose": (lambda g, a: g.transpose(a), (M,)),
    "operators": (lambda g, a, b: (a + b) * (2.0 - a) / b - (-a) ** 2 + 3.0 / b, (V, W)),
    "slices": (lambda g, a: a[1:, ::-1] * a[:1, None, 0] + a[-1, 1], (M,)),
    "gather": (lambda g, a: a[np.array([0, 2, 0])] * a[np.array([1, 0, 1, 0, 0, 1], bool)], (V,)),
}  # fmt: skip


def weighted(y: Any) -> Any:
    """A number that every element of ``y`` matters for, unequally."""
    weights = np.cos(np.arange(np.size(y.value if hasattr(y, "value") else y)) + 1.0)
    shape = y.shape if hasattr(y, "shape") else ()
    return np.sum(y * weights.reshape(shape)) if shape else y * weights[0]


def differences(f: Callable[..., Any], xs: tuple[Any, ...], k: int) -> Any:
    """The gradient by argument ``k``, by central differences extrapolated once."""
    x = np.asarray(xs[k], float)
    out = np.zeros_like(x)
    for at in np.ndindex(x.shape):
        slopes = []
        for h in (1e-4, 5e-5):
            ends = []
            for sign in (1, -1):
                moved = x.copy()
                moved[at] += sign * h
                ends.append(f(*xs[:k], moved[()], *xs[k + 1 :]))
            slopes.append((ends[0] - ends[1]) / (2 * h))
        out[at] = (4 * slopes[1] - slopes[0]) / 3
    return out


@pytest.mark.parametrize("name", OPERATIONS)
def test_gradients_agree_with_differences(name: str) -> None:
    formula, xs = OPERATIONS[name]
    g = Graph1()
    variables = [g.variable(x) for x in xs]
    out = weighted(formula(g, *variables))
    grads = g.evaluate_gradients(out, 1.0)
    for k, v in enumerate(variables):
        wanted = differences(lambda *zs: float(weighted(formula(Eval(), *zs))), xs, k)
        np.testing.assert_allclose(grads[v], wanted, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", OPERATIONS)
def test_second_derivatives_agree_with_dual_numbers(name: str) -> None:
    """The gradient on the tape, differentiated again, against a tape over dual numbers."""
    formula, xs = OPERATIONS[name]
    g = GraphN()
    variables = [g.variable(x) for x in xs]
    out = weighted(formula(g, *variables))
    first = g.compute_gradients(out)
    total: Any = sum(np.sum(first[v] * np.sin(1.0 + np.arange(v.size)).reshape(v.shape)) for v in variables)
    second = g.evaluate_gradients(total)
    d = Dual()
    outer = Graph(d)
    lifted = [
        outer.variable(d.variable(x, np.sin(1.0 + np.arange(np.size(x))).reshape(np.shape(x))[()]))
        for x in xs
    ]
    grads = outer.evaluate_gradients(weighted(formula(outer, *lifted)))
    for v, u in zip(variables, lifted, strict=True):
        wanted = getattr(grads[u], "tangent", None)
        wanted = np.zeros(v.shape) if wanted is None else wanted
        np.testing.assert_allclose(second.get(v, np.zeros(v.shape)), wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", OPERATIONS)
def test_check_gives_the_shape(name: str) -> None:
    formula, xs = OPERATIONS[name]
    c = Check()
    found = formula(c, *[c.variable(x) for x in xs])
    assert found.shape == np.shape(formula(Eval(), *xs))


def test_third_mixed_derivative() -> None:
    g = GraphN()
    x, y = g.variable(3.0), g.variable(5.0)
    d = x * y * y
    for v in (x, y, y):
        d = g.compute_gradients(d)[v]
    assert d.value == 2.0


def test_directions_of_arrays() -> None:
    g = Graph1()
    x = g.variable(V)
    y = x * x
    direction = np.arange(6.0)
    np.testing.assert_allclose(g.evaluate_gradients(y, direction)[x], 2 * V * direction)
    np.testing.assert_allclose(g.evaluate_gradients(y, 3.0)[x], 6 * V)
    with pytest.raises(errors.DimensionsError, match="evaluate_gradients"):
        g.evaluate_gradients(y, np.ones(5))


def test_integers() -> None:
    g = Graph1()
    a, b = g.variable(3), g.variable(np.array([2, 5]))
    out = np.sum(b * b * a)
    grads = g.evaluate_gradients(out, 1)
    assert grads[a] == 29
    assert grads[b].dtype == np.int64
    assert grads[b].tolist() == [12, 30]


def test_writes_into_arrays_of_the_tape() -> None:
    def f(x: Any) -> Any:
        y = np.zeros_like(x)
        y[0] = x[0] * x[1]
        for i in range(1, 6):
            y[i] = y[i - 1] * x[i] + np.sin(y[i - 1])
        square = y * y  # keeps what it read
        y[1:3] = square[1:3] * x[0]
        backwards = y[::-1]
        backwards[0] = backwards[1] * backwards[2]
        return np.sum(y * square)

    g = Graph1()
    x = g.variable(V)
    grads = g.evaluate_gradients(f(x))
    np.testing.assert_allclose(grads[x], differences(f, (V,), 0), rtol=1e-6, atol=1e-9)


def test_gradients_of_memory_are_those_of_its_content() -> None:
    g = Graph1()
    x = g.variable(np.array([1.0, 2.0, 3.0]))
    y = x * 1.0
    view = y[:2]
    y[0] = x[1] * x[2]
    assert g.evaluate_gradients(y)[x].tolist() == [0.0, 4.0, 3.0]
    assert g.evaluate_gradients(view)[x].tolist() == [0.0, 4.0, 2.0]


def test_memory_outside_the_tape_may_be_overwritten() -> None:
    """A node owns what it reads: constants, positions, masks."""
    x = np.array([1.0, 2.0, 3.0])
    for base in (None, Eval(), Graph1()):
        g = Graph(base)
        v = g.variable(x)
        factor, positions, mask = np.array([2.0, 3.0, 5.0]), np.array([2, 1, 1]), x > 1.5
        inner = factor if base is None else base.lift(factor)
        y = v * inner + v[positions] * v + np.where(mask, v, 0.0) * v
        for memory in (factor, positions, mask, inner):
            memory[:] = 0
        found = g.evaluate_gradients(np.sum(y))[v]
        np.testing.assert_array_equal(getattr(found, "value", found), [5.0, 14.0, 14.0])


def test_positions_are_written_as_they_are() -> None:
    """Sorting keeps positions in integers, which are data."""
    g = Graph1()
    v, at = g.variable(np.array([3.0, 1.0, 2.0])), np.array([0, 1, 2])

    def second(x, at):
        at[0] = 2
        return np.sort(x)[1] * x[at[0]]

    y = wg.under(g)(second)(v, at)
    np.testing.assert_array_equal(g.evaluate_gradients(y)[v], [0.0, 0.0, 4.0])
    assert at[0] == 0


def test_what_is_asked_for_was_written() -> None:
    """The cotangent is that of the memory as it is now, whichever name it has."""
    g = Graph1()
    a, x = g.variable(3.0), g.variable(np.array([1.0, 2.0]))
    made = g.constant(np.zeros(2))
    tail = made[1:]
    made[0] = a * a
    made[1] = a
    assert g.evaluate_gradients(made, np.array([1.0, 1.0]))[a] == 7.0
    assert g.evaluate_gradients(tail, np.array([1.0]))[a] == 1.0
    x[0] = x[1] * 3.0
    assert g.evaluate_gradients(x, np.array([1.0, 1.0]))[x].tolist() == [0.0, 4.0]
    again = g.compute_gradients(made, np.array([1.0, 1.0]))[a]
    assert g.evaluate_gradients(again)[a] == 2.0
    assert g.evaluate_gradients_once(made, np.array([1.0, 1.0]))[a] == 7.0
    with pytest.raises(errors.UseError, match="freed"):
        g.evaluate_gradients(made, np.array([1.0, 1.0]))


def test_memory_outside_the_tape_is_refused() -> None:
    x = Graph1().variable(1.0)
    with pytest.raises(ValueError, match="setting an array element") as caught:
        np.zeros(2)[0] = x
    assert "zeros_like" in str(caught.value.__cause__)
    with pytest.raises(errors.RuleError, match="zeros_like"):
        float(x)


@pytest.mark.parametrize(
    ("kind", "call", "name"),
    [
        (errors.DimensionsError, lambda g, v, m: g.add(v, m), "add"),
        (errors.DimensionsError, lambda g, v, m: g.mul(v, m), "mul"),
        (errors.DimensionsError, lambda g, v, m: g.dot(v, m), "dot"),
        (errors.DimensionsError, lambda g, v, m: g.scale(v, m), "scale"),
        (errors.DimensionsError, lambda g, v, m: g.matmul(m, m), "matmul_nn"),
        (errors.DimensionsError, lambda g, v, m: g.transpose(v), "transpose"),
        (errors.DimensionsError, lambda g, v, m: g.constant_as(v, (3,)), "constant_as"),
        (errors.DimensionsError, lambda g, v, m: v + m, "add"),
        (errors.ReducedDimensionsError, lambda g, v, m: g.sum_as(m, (2, 2)), "sum_as"),
        (errors.ReducedDimensionsError, lambda g, v, m: g.tile_as(m, (4, 3)), "tile_as"),
        (errors.ReducedDimensionsError, lambda g, v, m: g.argmax_as(m, (1, 1)), "argmax_as"),
        (errors.LengthError, lambda g, v, m: g.moddims(m, (4, 2)), "moddims"),
        (errors.LengthError, lambda g, v, m: g.as_scalar(m), "as_scalar"),
        (errors.EmptyError, lambda g, v, m: g.add_all([]), "add_all"),
        (errors.EmptyError, lambda g, v, m: g.max_as(m[:0], (1, 3)), "max_as"),
        (errors.EmptyError, lambda g, v, m: g.select_argmax(v, v), "select_argmax"),
        (errors.MissingIdError, lambda g, v, m: g.evaluate_gradients(1.0), "evaluate_gradients"),
        (errors.MissingIdError, lambda g, v, m: g.evaluate_gradients(Graph1().variable(1.0)), "evaluate_"),
        (errors.MissingIdError, lambda g, v, m: v * Graph1().variable(V), "mul"),
        (errors.MissingGradientError, lambda g, v, m: g.evaluate_gradients(v)[m], "evaluate_gradients"),
    ],
)  # fmt: skip
def test_failures_are_typed_and_name_the_operation(
    kind: type[Exception], call: Callable[..., Any], name: str
) -> None:
    g = Graph1()
    v, m = g.variable(V), g.variable(M)
    with pytest.raises(kind, match=name) as caught:
        call(g, v, m)
    assert caught.value.diagnostics[0].span.file == __file__  # type: ignore[attr-defined]


def test_once_frees_the_tape() -> None:
    g = Graph1()
    x = g.variable(2.0)
    y = g.sin(x * x)
    grads = g.evaluate_gradients_once(y)
    assert grads[x] == pytest.approx(4 * math.cos(4))
    assert not g.nodes
    with pytest.raises(errors.MissingNodeError):
        g.evaluate_gradients(y)
    later = y * 2.0
    with pytest.raises(errors.MissingNodeError):
        g.evaluate_gradients(later)


def test_views_have_no_gradient_of_their_own() -> None:
    g = Graph1()
    x = g.variable(V)
    view = x[:2]
    out = np.sum(view) + np.sum(x)
    grads = g.evaluate_gradients(out)
    assert grads[x].tolist() == [2, 2, 1, 1, 1, 1]
    with pytest.raises(errors.MissingGradientError, match="view"):
        grads[view]


def test_infinite_slopes_meet_zero_cotangents() -> None:
    g = Graph1()
    x = g.variable(0.0)
    out = np.sqrt(x) * 0.0 + x
    assert g.evaluate_gradients(out)[x] == 1.0


def test_threads_share_a_tape() -> None:
    """16 threads, 10^4 sweeps over one tape, from different results in different directions."""
    g = Graph1()
    x, w = g.variable(1.3), g.variable(V)
    results: list[Any] = []
    y = x
    for k in range(8):
        y = y * x + g.sin(y)
        u = w * y
        u[0] = u[1] * u[2]
        results.append((y, np.sum(u * u) + k))
    wanted = [[(g.evaluate_gradients(r, 1.0)[x], g.evaluate_gradients(s, 1.0)[w]) for r, s in results]]
    failures: list[Any] = []

    def work(number: int) -> None:
        try:
            for turn in range(313):
                k, direction = (number + turn) % 8, 1.0 + (number * 313 + turn) % 7
                by_x, by_w = wanted[0][k]
                found = g.evaluate_gradients(results[k][0], direction)[x]
                assert math.isclose(found, direction * by_x, rel_tol=1e-12)
                again = g.evaluate_gradients(results[k][1], direction)
                np.testing.assert_allclose(again[w], direction * by_w, rtol=1e-12)
                if turn % 50 == 0:  # and the tape grows meanwhile
                    z = x * float(number)
                    assert g.evaluate_gradients(z)[x] == number
        except BaseException as e:
            failures.append(e)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(16)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failures, failures[0]
