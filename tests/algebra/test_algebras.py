"""The algebras: one function under all of them, and each against something that does not share its code."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest

import wengert
from wengert import errors
from wengert.algebra import (
    Check,
    Cost,
    Dual,
    Eval,
    Graph,
    Interval,
    Sparsity,
    Strings,
    Symbolic,
    Taylor,
)
from wengert.algebra.formulas import FORMULAS
from wengert.api.under import check, cost, interval, sparsity, symbolic, under


def corpus(x: Any, w: Any) -> Any:
    """Loops, views, writes, an array that is kept and overwritten, functions, a branch on an index."""
    y = np.zeros_like(x)
    y[0] = x[0] * x[1]
    for i in range(1, 4):
        if i == 2:
            y[i] = y[i - 1] - x[i]
        else:
            y[i] = y[i - 1] * x[i] + math.sin(y[i - 1])
    square = y * y
    y[1:3] = square[1:3] * x[0]
    v = y[::-1]
    v[0] = v[1] * v[2] + np.exp(-w)
    return np.sum(y * square) + w / 2.0


X, S = np.array([0.4, 0.9, 1.1, 0.7]), 0.3


def slopes() -> Any:
    """The gradient by differences, extrapolated."""
    out = np.zeros(4)
    for k in range(4):
        ends = []
        for h in (1e-4, 5e-5):
            d = np.zeros(4)
            d[k] = h
            ends.append((corpus(X + d, S) - corpus(X - d, S)) / (2 * h))
        out[k] = (4 * ends[1] - ends[0]) / 3
    return out


def test_eval() -> None:
    assert under(Eval)(corpus)(X, S) == pytest.approx(corpus(X, S), rel=1e-15)


def test_check() -> None:
    found = check(corpus)(X, S)
    assert found.shape == ()
    assert found.dtype == np.float64


def test_graph() -> None:
    g = Graph()
    x, w = g.variable(X), g.variable(S)
    grads = g.evaluate_gradients(under(g)(corpus)(x, w))
    np.testing.assert_allclose(grads[x], slopes(), rtol=1e-8)
    assert grads[w] == pytest.approx((corpus(X, S + 1e-5) - corpus(X, S - 1e-5)) / 2e-5, rel=1e-8)


def test_tape_of_a_tape() -> None:
    inner = Graph()
    outer = Graph(inner)
    below = inner.variable(X)
    x = outer.variable(below)
    first = outer.evaluate_gradients(under(outer)(corpus)(x, S))[x]
    second = inner.evaluate_gradients(first[1])[below]
    h = 1e-5
    d = np.array([0, h, 0, 0])
    wanted = [wengert.grad(corpus)(X + s * d, S) for s in (1, -1)]
    np.testing.assert_allclose(second, (wanted[0] - wanted[1]) / (2 * h), rtol=1e-7, atol=1e-8)


def test_dual_and_hyper_dual() -> None:
    d = Dual()
    direction = np.array([1.0, -2.0, 0.5, 3.0])
    value, tangent = under(d)(corpus)(d.variable(X, direction), S)
    assert value == pytest.approx(corpus(X, S))
    assert tangent == pytest.approx(slopes() @ direction, rel=1e-8)
    inner = Dual()
    outer = Dual(inner)
    x = outer.variable(inner.variable(X, direction), direction)
    (_, _), (_, second) = under(outer)(corpus)(x, S)
    jet = Taylor(2)
    assert second == pytest.approx(under(jet)(corpus)(jet.variable(X, direction), S).derivative(2))


def test_interval() -> None:
    found = interval(corpus)((X, X + 0.01), (S, S + 0.01))
    rng = np.random.default_rng(0)
    for _ in range(200):
        assert corpus(X + 0.01 * rng.random(4), S + 0.01 * rng.random()) in found


def test_sparsity() -> None:
    assert sparsity(corpus)(X, S).all()
    banded = sparsity(lambda x: x[1:] * x[:-1])(np.ones(4))
    assert banded.astype(int).tolist() == [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]
    triangle = sparsity(lambda x: np.cumsum(x))(np.ones(3))
    assert (triangle == np.tril(np.ones((3, 3), bool))).all()
    product = sparsity(lambda a: a @ np.ones((2, 1)))(np.ones((2, 2)))
    assert product.astype(int).tolist() == [[1, 1, 0, 0], [0, 0, 1, 1]]
    assert not sparsity(lambda x: np.floor(x) + 1.0)(X).any()


def test_symbolic_and_strings() -> None:
    s, t = Symbolic(), Strings()
    expression = under(s)(corpus)(s.variable("x", (4,)), "w")
    at = {f"x[{k}]": X[k] for k in range(4)} | {"w": S}
    symbols = {v: at[v.name] for v in expression.free_symbols}
    assert float(expression.subs(symbols)) == pytest.approx(corpus(X, S))
    text = under(t)(corpus)(t.variable("x", (4,)), "w")
    assert eval(text, {"sin": math.sin, "exp": math.exp, "x": X, "w": S}) == pytest.approx(corpus(X, S))


def test_the_gradient_of_symbols() -> None:
    g = Graph(Symbolic())
    x, y = (g.variable(g.base.variable(n)) for n in "xy")
    out = x * y * y + g.sin(x)
    grads = g.evaluate_gradients(out)
    assert str(grads[x]) == "y**2 + cos(x)"
    assert str(grads[y]) == "2*x*y"


def test_every_algebra_refuses_a_branch_it_cannot_decide() -> None:
    def f(x: Any) -> Any:
        if x > 0:
            return x * x
        return -x

    for run in (lambda: interval(f)((-1.0, 1.0)), lambda: symbolic(f)("x"), lambda: under(Strings)(f)("x")):
        with pytest.raises(errors.UndecidedError) as caught:
            run()
        assert caught.value.diagnostics[0].span.file == __file__
    assert 0.25 in interval(f)((0.5, 1.0))
    assert check(f)(1.0).shape == ()  # goes both ways


def test_check_names_operation_shapes_and_line() -> None:
    def f(a: Any, b: Any) -> Any:
        c = a + 1.0
        return c @ b

    with pytest.raises(errors.DimensionsError, match=r"`matmul` of f64\[2, 3\] and f64\[2, 3\]") as caught:
        check(f)(np.ones((2, 3)), np.ones((2, 3)))
    span = caught.value.diagnostics[0].span
    assert span.line == f.__code__.co_firstlineno + 2
    with pytest.raises(errors.DimensionsError, match="out of bounds"):
        check(lambda a: a[7])(np.ones(3))


def test_check_computes_nothing() -> None:
    """On a product of 1000 by 1000, by operations and bytes: none."""
    counting = Cost()
    g = Graph(Check())
    a, b = (g.variable(np.ones((1000, 1000))) for _ in range(2))
    y = under(g)(lambda a, b: np.sum(a @ b))(a, b)
    assert g.evaluate_gradients(y)[a].shape == (1000, 1000)
    assert counting.costs.flops == 0


def test_interval_encloses_a_million_samples() -> None:
    def f(x: Any, y: Any) -> Any:
        z = x * y - y / (1.0 + x * x)
        return np.sin(z) * np.exp(-(y**2)) + np.tanh(x - y) ** 3 + np.sqrt(np.abs(z)) - np.maximum(x, y)

    rng = np.random.default_rng(1)
    boxes = rng.normal(size=(20, 4))
    for a, b, c, d in boxes:
        lo, hi = (a, c), (a + b * b, c + d * d)
        found = interval(f)((lo[0], hi[0]), (lo[1], hi[1]))
        x = rng.uniform(lo[0], hi[0], 50_000)
        y = rng.uniform(lo[1], hi[1], 50_000)
        values = f(x, y)
        assert np.all((found.lo <= values) & (values <= found.hi))


MONOTONE = ["exp", "log1p", "tanh", "sin", "cos", "tan", "abs", "floor", "sign", "sqrt", "log", "cosh",
            "asin", "acos", "atan", "erf", "erfc", "exp2", "expm1", "log2", "log10", "sinh", "asinh", "atanh",
            "cbrt", "acosh", "rint", "trunc", "ceil", "digamma", "trigamma", "neg", "expit", "logit", "exp10",
            "ndtr", "log_ndtr", "erfinv", "erfcinv", "ndtri", "lgamma", "tgamma"]  # fmt: skip
PAIRS = ["add", "sub", "mul", "div", "pow", "maximum", "minimum", "fmax", "fmin", "hypot", "atan2", "mod",
         "fmod", "floordiv", "copysign", "mulz", "pymax", "pymin"]  # fmt: skip


@pytest.mark.parametrize("name", MONOTONE + PAIRS)
def test_each_interval_rule_encloses_samples(name: str) -> None:
    from wengert.prims import REGISTRY

    prim, i = REGISTRY[name], Interval()
    rng = np.random.default_rng(len(name))
    domain = {"log": (0.01, 5), "sqrt": (0, 5), "log2": (0.1, 5), "log10": (0.1, 5), "log1p": (-0.9, 5),
              "asin": (-1, 1), "acos": (-1, 1), "atanh": (-0.99, 0.99), "acosh": (1, 9),
              "digamma": (0.1, 9), "trigamma": (0.1, 9), "pow": (0.1, 3), "logit": (0.001, 0.999),
              "erfinv": (-0.999, 0.999), "erfcinv": (1e-6, 1.999), "ndtri": (1e-6, 0.999),
              "lgamma": (0.01, 9), "tgamma": (0.01, 9)}.get(name, (-6.0, 6.0))  # fmt: skip
    for _ in range(60):
        boxes = [np.sort(rng.uniform(*domain, 2)) for _ in range(2 if name in PAIRS else 1)]
        found = prim(*[i.between(*b) for b in boxes])
        xs = [np.concatenate([rng.uniform(*b, 200), b]) for b in boxes]
        values = prim(*xs)
        assert np.all((found.lo <= values) & (values <= found.hi)), (name, boxes)


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_formulas_of_symbols_are_what_is_computed(name: str) -> None:
    from wengert.prims import REGISTRY

    prim, s = REGISTRY[name], Symbolic()
    count = len(prim.reads)
    xs = [1.5, 2.5, 3.5, 0.7][4 - count :]
    x = s.variable("x")
    expression = s.result(s.apply(prim, [*xs[:-1], x], {}))
    got = complex(expression.subs(x.value, xs[-1]).evalf())
    assert got == pytest.approx(complex(prim(*map(np.float64, xs))), rel=1e-9)


def test_interval_products_and_sums() -> None:
    i, rng = Interval(), np.random.default_rng(3)
    a, b = rng.normal(size=(3, 4)), rng.normal(size=(4, 2))
    found = i.between(a - 0.1, a + 0.1) @ i.between(b - 0.1, b + 0.1)
    total = np.sum(found)
    for _ in range(500):
        y = (a + rng.uniform(-0.1, 0.1, a.shape)) @ (b + rng.uniform(-0.1, 0.1, b.shape))
        assert np.all((found.lo <= y) & (y <= found.hi))
        assert y.sum() in total
    tenth = i.between(0.1, 0.1)
    assert mpmath.mpf(0.1) * mpmath.mpf(0.1) >= mpmath.mpf(float((tenth * tenth).lo))
    assert mpmath.mpf(0.1) * mpmath.mpf(0.1) <= mpmath.mpf(float((tenth * tenth).hi))


def horner(c: Any, x: Any) -> Any:
    y = 0.0
    for k in range(5):
        y = y * x + c[k]
    return y


def norm(x: Any) -> Any:
    return np.sqrt(np.sum(x * x))


def matvec(a: Any, x: Any) -> Any:
    y = np.zeros(3)
    for i in range(3):
        for j in range(4):
            y[i] += a[i, j] * x[j]
    return y


def prefix(x: Any) -> Any:
    for k in range(1, 8):
        x[k] = x[k] + x[k - 1]
    return x[7]


def branches(x: Any) -> Any:
    return np.exp(x) if x > 0 else -x


HAND: list[tuple[Any, tuple[Any, ...], int]] = [
    (lambda x: x * x + 1.0, (2.0,), 2),
    (lambda a, b: a @ b, (np.ones((3, 4)), np.ones((4, 5))), 3 * 5 * 7),
    (lambda a, x: a @ x, (np.ones((3, 4)), np.ones(4)), 3 * 7),
    (horner, (np.ones(5), 2.0), 10),
    (norm, (np.ones(10),), 10 + 9 + 1),
    (lambda x: (x - np.mean(x)) ** 2, (np.ones(8),), 7 + 1 + 8 + 8),
    (matvec, (np.ones((3, 4)), np.ones(4)), 24),
    (prefix, (np.ones(8),), 7),
    (branches, (1.0,), 1),
    (lambda x: np.sum(np.sin(x) * np.cos(x)), (np.ones((2, 5)),), 30 + 9),
]


@pytest.mark.parametrize("k", range(len(HAND)))
def test_cost_equals_the_count_by_hand(k: int) -> None:
    f, args, flops = HAND[k]
    assert cost(f)(*args).flops == flops


def test_cost_by_line_and_bytes() -> None:
    found = cost(prefix)(np.ones(8))
    first = prefix.__code__.co_firstlineno
    assert found.by_line[first + 2] == (7, 7 * 3 * 8)
    assert found.by_line[first + 3] == (0, 8)


TAYLOR: list[tuple[Any, Any, float]] = [
    (lambda x: x * np.exp(x), lambda x: x * mpmath.exp(x), 0.7),
    (lambda x: np.sin(x) / (1 + x * x), lambda x: mpmath.sin(x) / (1 + x * x), 0.4),
    (lambda x: np.sqrt(1 + np.tanh(x)), lambda x: mpmath.sqrt(1 + mpmath.tanh(x)), -0.3),
    (lambda x: np.log(x) ** 3 * x**2.5, lambda x: mpmath.log(x) ** 3 * x ** mpmath.mpf("2.5"), 1.7),
    (lambda x: np.arctan(x * x) - np.arcsin(x / 3), lambda x: mpmath.atan(x * x) - mpmath.asin(x / 3), 0.6),
    (lambda x: np.hypot(x, 2.0) * np.cosh(x), lambda x: mpmath.sqrt(x * x + 4) * mpmath.cosh(x), 0.9),
    (lambda x: (x**x) / np.expm1(x), lambda x: x**x / mpmath.expm1(x), 1.3),
]


@pytest.mark.parametrize("k", range(len(TAYLOR)))
def test_taylor_to_order_eight_against_mpmath(k: int) -> None:
    f, exact, at = TAYLOR[k]
    t = Taylor(8)
    found = under(t)(f)(t.variable(at))
    with mpmath.workdps(60):
        wanted = mpmath.taylor(exact, mpmath.mpf(at), 8)
    for c, w in zip(found.coefficients, wanted, strict=True):
        assert float(c) == pytest.approx(float(w), rel=1e-11, abs=1e-12)


def test_taylor_of_arrays_and_writes() -> None:
    t = Taylor(3)
    d = np.array([1.0, -1.0, 0.5, 2.0])
    jet = under(t)(corpus)(t.variable(X, d), S)
    assert jet.derivative(1) == pytest.approx(slopes() @ d, rel=1e-8)
    hvp = wengert.hvp(corpus)(X, S, d)
    assert jet.derivative(2) == pytest.approx(hvp @ d)


def test_captured_derivatives_run_under_algebras() -> None:
    f = lambda x: x * x * x
    assert str(symbolic(wengert.grad(f))("x")) == "3*x**2"
    assert 12.0 in interval(wengert.grad(f))((1.9, 2.1))
    assert under(Eval)(wengert.grad(wengert.grad(f)))(2.0) == 12.0


def test_a_sum_over_the_past_is_not_the_present() -> None:
    """What a rule has read may be overwritten twice before the sweep."""

    def f(x: Any) -> Any:
        y = x * x
        s = np.sum(y * y * x)
        y[:] = x[0]
        s = s + np.sum(y * y)
        y[1:] = y[:-1] * 2.0
        return s + np.sum(np.exp(y))

    g = Graph()
    x = g.variable(X)
    found = g.evaluate_gradients(f(x))[x]
    np.testing.assert_allclose(found, wengert.grad(f)(X), rtol=1e-12)
    tape = g.compute_gradients(f(x))[x]
    np.testing.assert_allclose(tape.value, found)
    hessian = wengert.hessian(f)(X)
    np.testing.assert_allclose(g.evaluate_gradients(tape[1])[x], hessian[1], rtol=1e-12)


def test_sparsity_counts_inputs_of_its_own() -> None:
    s = Sparsity()
    x, y = s.variable(np.ones(2)), s.variable(1.0)
    assert s.pattern(x * y).astype(int).tolist() == [[1, 0, 1], [0, 1, 1]]
