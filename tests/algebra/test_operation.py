"""Operations of the user's: compiled, traced, in every algebra with a rule; missing rules; derived rules."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import wengert
from wengert import errors
from wengert.algebra import Dual, Graph1, GraphN, Interval, Symbolic, Taylor
from wengert.testing import check_grads

X = np.array([0.5, -1.5, 2.0, 0.25])
A = np.random.default_rng(0).normal(size=(4, 4)) + 4 * np.eye(4)


@wengert.primitive
def square(x: Any) -> Any:
    """The square."""
    return np.square(x)


square.partials(lambda y, x: 2 * x)


@wengert.primitive(result=lambda a, b: b)
def solve(a: Any, b: Any) -> Any:
    return np.linalg.solve(a, b)


@solve.vjp
def _(y_bar: Any, y: Any, a: Any, b: Any) -> Any:
    u = solve(a.T, y_bar)
    return -u[:, None] * y, u


@wengert.primitive(result=lambda a, b: b)
def plain_solve(a: Any, b: Any) -> Any:
    return np.linalg.solve(a, b)


@plain_solve.vjp
def _(y_bar: Any, y: Any, a: Any, b: Any) -> Any:
    u = np.linalg.solve(a.T, y_bar)  # takes nothing but arrays
    return -np.outer(u, y), u


@wengert.primitive
def forward_only(x: Any) -> Any:
    return np.sin(x) * x


@forward_only.jvp
def _(xs: Any, dxs: Any, y: Any) -> Any:
    (x,), (dx,) = xs, dxs
    return dx * (np.cos(x) * x + np.sin(x))


@wengert.primitive(result=lambda x: (x.shape[:0], x.dtype))
def energy(x: Any) -> Any:
    return np.sum(x**2)


energy.vjp(lambda y_bar, y, x: (2 * y_bar * x,))


@wengert.primitive
def without_rules(x: Any) -> Any:
    return np.floor(x) + x**3


def steps(a: Any, b: Any) -> Any:
    total = 0.0
    for _ in range(3):
        b = solve(a, b)
        total = total + b @ b
    return total


def plain_steps(a: Any, b: Any) -> Any:
    total = 0.0
    for _ in range(3):
        b = plain_solve(a, b)
        total = total + b @ b
    return total


def test_square_compiled_at_any_order() -> None:
    f = lambda x: square(x) * x
    assert wengert.jit(f)(3.0) == 27.0
    assert wengert.grad(f)(3.0) == 27.0
    assert wengert.grad(wengert.grad(f))(3.0) == 18.0
    assert wengert.jvp(f, (3.0,), (2.0,)) == (27.0, 54.0)


def test_square_over_arrays_and_integers() -> None:
    def f(x: Any) -> Any:
        return np.sum(square(x[::-1]) * np.arange(4.0))

    check_grads(f, (X,))
    g = Graph1()
    k = g.variable(np.array([3, -4]))
    assert g.evaluate_gradients(np.sum(square(k)), 1)[k].tolist() == [6, -8]
    assert wengert.jit(lambda x: square(x))(np.array([3, -4])).tolist() == [9, 16]


@pytest.mark.parametrize("f", [steps, plain_steps])
def test_a_solver_with_a_reverse_rule(f: Any) -> None:
    def by_differences(k: int) -> float:
        d = np.zeros(4)
        d[k] = 1e-6
        return (f(A, X + d) - f(A, X - d)) / 2e-6

    gradient = wengert.grad(f, wrt=1)(A, X)
    np.testing.assert_allclose(gradient, [by_differences(k) for k in range(4)], rtol=1e-6)
    # forward mode is derived: the transpose of the transpose
    _, slope = wengert.jvp(f, (A, X), (np.zeros((4, 4)), X))
    assert slope == pytest.approx(gradient @ X, rel=1e-12)
    e = np.zeros((4, 4))
    e[1, 2] = 1e-6
    assert wengert.grad(f)(A, X)[1, 2] == pytest.approx((f(A + e, X) - f(A - e, X)) / 2e-6, rel=1e-6)


def test_a_rule_made_of_operations_has_derivatives_too() -> None:
    h = wengert.hessian(lambda b: steps(A, b))(X)
    m = np.linalg.inv(A)
    powers = [np.linalg.matrix_power(m, k) for k in (1, 2, 3)]
    np.testing.assert_allclose(h, 2 * sum(p.T @ p for p in powers), rtol=1e-10)


def test_a_rule_of_plain_arrays_has_none() -> None:
    with pytest.raises(errors.RuleError, match=r"plain_solve\.vjp1.* has no forward-mode derivative"):
        wengert.hessian(lambda b: plain_steps(A, b))(X)


def test_reverse_from_forward() -> None:
    wanted = np.cos(X) * X + np.sin(X)
    np.testing.assert_allclose(wengert.grad(lambda x: np.sum(forward_only(x)))(X), wanted)
    g = Graph1()
    x = g.variable(X)
    grads = g.evaluate_gradients(np.sum(forward_only(x)))
    np.testing.assert_allclose(grads[x], wanted)


def test_results_of_another_shape() -> None:
    check_grads(lambda x: energy(x) * energy(x[1:]), (X,))
    assert wengert.check(lambda x: energy(x))(X).shape == ()
    jet = Taylor(2).variable(X, X)
    with pytest.raises(errors.RuleError):
        energy(jet)  # its forward rule, made of the reverse one, takes no series
    d = Dual()
    assert energy(d.variable(X, X)).tangent == pytest.approx(2 * X @ X)


def test_missing_rules_are_located() -> None:
    def f(x: Any) -> Any:
        y = x + 1.0
        return without_rules(y)

    assert wengert.jit(f)(1.5) == without_rules(2.5)
    for run, mode in (
        (lambda: wengert.grad(f)(2.0), "reverse"),
        (lambda: wengert.jvp(f, (2.0,), (1.0,)), "forward"),
    ):
        with pytest.raises(
            errors.RuleError, match=f"`without_rules` has no {mode}-mode derivative"
        ) as caught:
            run()
        assert caught.value.diagnostics[0].span.line == f.__code__.co_firstlineno + 2
    g = Graph1()
    y = without_rules(g.variable(2.0))
    with pytest.raises(errors.RuleError, match="without_rules"):
        g.evaluate_gradients(y)
    with pytest.raises(errors.RuleError, match="`without_rules` has no meaning in Interval"):
        wengert.interval(f)((1.0, 2.0))


def test_exceptions_come_through_compiled_code() -> None:
    run = wengert.jit(lambda a, b: solve(a, b) + 1.0)
    with pytest.raises(np.linalg.LinAlgError, match="Singular") as caught:
        run(np.zeros((2, 2)), np.ones(2))
    assert "test_operation.py" in caught.value.__notes__[0]
    np.testing.assert_allclose(run(2 * np.eye(2), np.ones(2)), [1.5, 1.5])


def test_a_broken_promise_is_an_error() -> None:
    liar = wengert.primitive(lambda x: x.astype(np.float32), name="liar")
    with pytest.raises(TypeError, match="`liar` gave float32 with 1 axes, and its `result` rule says"):
        wengert.jit(lambda x: liar(x))(X)


def test_operands_are_safe_in_python() -> None:
    kept: list[Any] = []

    def keep(x: Any) -> Any:
        kept.append(x)
        with pytest.raises(ValueError, match="read-only"):
            x[0] = 7.0
        return x + 0.0

    keeper = wengert.primitive(keep, name="keeper")

    def f(x: Any) -> Any:
        y = x * 2.0
        z = keeper(y[::2])
        y[0] = 100.0
        return z[0] + y[0]

    assert wengert.jit(f)(X) == 101.0
    assert kept[-1].tolist() == [1.0, 4.0]  # a copy, whatever becomes of the memory


def test_dtypes_at_the_border() -> None:
    seen: list[Any] = []

    def look(*xs: Any) -> Any:
        seen.append([x.dtype for x in xs])
        return xs[0]

    looker = wengert.primitive(look, name="looker", result=lambda *xs: xs[0])
    for x in (np.float32(1.5), 2, True, 1 + 2j, np.complex64(3 - 1j), np.int32(-5), np.uint8(250)):
        assert wengert.jit(lambda x: looker(x, 1.0))(x) == x
        assert seen[-1][1] == np.float64
    for dtype in (np.float32, np.int32, bool, np.complex64, np.complex128, np.uint8):
        a = np.arange(6).reshape(2, 3).astype(dtype)
        assert (wengert.jit(lambda a: looker(a.T))(a) == a.T).all()
    assert wengert.jit(lambda a: looker(a))(np.zeros((0, 3))).shape == (0, 3)


def test_threads_call_back() -> None:
    run = wengert.grad(lambda b: steps(A, b))
    wanted = run(X)
    failures: list[Any] = []

    def work(k: int) -> None:
        try:
            for _ in range(50):
                np.testing.assert_allclose(run(X * (k + 1)), wanted * (k + 1))
        except BaseException as e:
            failures.append(e)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failures, failures[0]


def test_rules_for_algebras_and_composites() -> None:
    op = wengert.primitive(lambda x: x * x + 1.0, name="bowl", composite=lambda x: x * x + 1.0)
    assert 5.0 in wengert.interval(lambda x: op(x))((1.0, 2.0))
    assert str(wengert.symbolic(lambda x: op(x))("x")) == "x**2 + 1"
    own = wengert.primitive(lambda x: np.sinc(x), name="sinc_")

    @own.rule(Interval)
    def _(algebra: Any, x: Any) -> Any:
        return algebra.between(-0.22, 1.0)

    assert 1.0 in wengert.interval(lambda x: own(x) + 0.0)((-3.0, 3.0))
    s = Symbolic()
    with pytest.raises(errors.RuleError, match="`sinc_` has no meaning in Symbolic"):
        own(s.variable("x"))


def test_rules_come_before_the_first_use() -> None:
    op = wengert.primitive(lambda x: x + 1.0, name="early")
    wengert.jit(lambda x: op(x))(1.0)
    with pytest.raises(errors.UseError, match="before the first use"):
        op.partials(1)


def test_third_order_on_the_tape() -> None:
    g = GraphN()
    x = g.variable(2.0)
    d: Any = square(x) * square(x)
    for _ in range(3):
        d = g.compute_gradients(d)[x]
    assert d.value == 24 * 2.0


def test_source_runs() -> None:
    code = str(wengert.show(wengert.grad(lambda x: square(x) * x), 3.0))
    names: dict[str, Any] = {}
    exec(code, names)
    assert next(f for n, f in names.items() if n.endswith("_vjp"))(3.0) == 27.0


def test_a_branch_in_a_rule_is_not_taken_blindly() -> None:
    """A rule that asks for a number is called at run time, with numbers."""
    op = wengert.primitive(lambda x: abs(x), name="magnitude")
    op.partials(lambda y, x: 1.0 if x > 0 else -1.0)
    f = wengert.grad(lambda x: op(x) * x)
    assert f(2.0) == 4.0
    assert f(-2.0) == 4.0
