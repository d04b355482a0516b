"""Derivatives of the user's own: forward, reverse, transposes, foreign functions, and what is inactive."""

from __future__ import annotations

import ctypes
import ctypes.util
import math
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pytest
import scipy.optimize
import scipy.special

import wengert
from wengert import errors
from wengert.algebra import Dual, Graph1
from wengert.testing import CheckError, check_grads, check_rule

X = np.array([1.0, 3.0, 2.0, 5.0])


def length(x: float, y: float) -> float:
    return math.sqrt(x * x + y * y)


@wengert.derivative(of=length)
def _(r_bar: Any, r: Any, x: Any, y: Any) -> Any:
    return (r_bar * x / r, r_bar * y / r) if r > 0.0 else (0.0, 0.0)


def differences(x: Any) -> Any:
    return x[1:] - x[:-1]


@wengert.transpose(of=differences)
def _(y_bar: Any) -> Any:
    x_bar = np.zeros(len(y_bar) + 1)
    for k in range(len(y_bar)):
        x_bar[k + 1] += y_bar[k]
        x_bar[k] -= y_bar[k]
    return x_bar


def root(a: float) -> float:
    x = 1.0
    for _ in range(30):
        x = 0.5 * (x + a / x)
    return x


@wengert.derivative(of=root, mode="forward")
def _(xs: Any, dxs: Any, y: Any) -> Any:
    return dxs[0] / (2.0 * y)


def interpolate(x: float, table: Any) -> float:
    k = int(x)
    return table[k] + (x - k) * (table[k + 1] - table[k])


@wengert.derivative(of=interpolate, wrt="table")
def _(y_bar: Any, y: Any, x: Any, table: Any) -> Any:
    bar = np.zeros_like(table)
    k = int(x)
    bar[k] = y_bar * (1.0 - (x - k))
    bar[k + 1] = y_bar * (x - k)
    return bar


def softplus(x: Any) -> Any:
    return np.log(1.0 + np.exp(x))


@wengert.derivative(of=softplus)
def _(y_bar: Any, y: Any, x: Any) -> Any:
    return y_bar / (1.0 + np.exp(-x))


@wengert.derivative(of=softplus, mode="forward")
def _(xs: Any, dxs: Any, y: Any) -> Any:
    return dxs[0] / (1.0 + np.exp(-xs[0]))


def test_the_rule_is_what_counts() -> None:
    assert wengert.grad(length, wrt=(0, 1))(0.0, 0.0) == (0.0, 0.0)

    def plain(x: float, y: float) -> float:
        return math.sqrt(x * x + y * y)

    with np.errstate(all="ignore"):
        assert math.isnan(wengert.grad(plain)(0.0, 0.0))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: length(x, 4.0) ** 2 + 3.0 * length(2.0 * x, x),
        lambda x: root(x) * root(x + 1.0),
        lambda x: softplus(x) * x,
        lambda x: interpolate(1.0, np.array([1.0, 2.0, 5.0]) * x**4),
    ],
)
def test_derivatives_of_every_order_and_mode(f: Any) -> None:
    check_grads(f, (1.7,))
    third = wengert.grad(wengert.grad(wengert.grad(f)))(1.7)
    second = wengert.grad(wengert.grad(f))
    assert third == pytest.approx((second(1.7 + 1e-5) - second(1.7 - 1e-5)) / 2e-5, rel=1e-6, abs=1e-6)


def test_arrays_loops_and_views() -> None:
    def f(x: Any) -> Any:
        total = 0.0
        for _ in range(3):
            x = differences(x)
            total += np.sum(x * x * softplus(x))
        return total

    check_grads(f, (X,))
    check_grads(lambda x: np.sum(differences(x[::-1]) ** 2), (X,))


def test_memory_that_a_rule_reads_may_be_overwritten() -> None:
    def f(x: Any) -> Any:
        y = x * 2.0
        z = softplus(y)
        y[:] = z * x
        w = softplus(y)
        y[0] = 0.0
        return np.sum(w) + np.sum(y * z)

    check_grads(f, (X,))


def test_only_wrt_is_differentiated_by() -> None:
    table = np.array([1.0, 2.0, 5.0])
    assert wengert.grad(interpolate, wrt="table")(0.25, table).tolist() == [0.75, 0.25, 0.0]
    assert wengert.grad(lambda x: interpolate(x, table) + x)(0.25) == 1.0


def test_rules_are_checked_against_each_other() -> None:
    check_rule(softplus, (X,), order=2)
    check_rule(length, (3.0, 4.0))
    check_rule(differences, (X,))
    check_rule(root, (2.0,))
    check_rule(interpolate, (0.25, np.array([1.0, 2.0, 5.0])))

    def square(x: float) -> float:
        return x * x

    @wengert.derivative(of=square)
    def _(y_bar: Any, y: Any, x: Any) -> Any:
        return y_bar * x

    with pytest.raises(CheckError):
        check_rule(square, (3.0,))
    with pytest.raises(errors.UseError, match="no rule of its own"):
        check_rule(math.sin, (1.0,))


def test_rules_in_algebras() -> None:
    for f in (root, lambda x: length(x, 3.0), lambda x: np.sum(differences(X * x) ** 3)):
        wanted = wengert.grad(f)(2.0)
        g, d = Graph1(), Dual()
        v = g.variable(2.0)
        y = wengert.under(g)(f)(v)
        assert g.evaluate_gradients(y)[v] == pytest.approx(wanted, rel=1e-12)
        assert wengert.under(d)(f)(d.variable(2.0))[1] == pytest.approx(wanted, rel=1e-12)
        second = g.evaluate_gradients(g.compute_gradients(y)[v])[v]
        assert second == pytest.approx(wengert.grad(wengert.grad(f))(2.0), rel=1e-12)
        assert float(f(2.0)) in wengert.interval(f)((1.9, 2.1))


def test_foreign_functions_of_scipy() -> None:
    jv = scipy.special.jv

    @wengert.derivative(of=jv, wrt=1)
    def _(y_bar: Any, y: Any, n: Any, x: Any) -> Any:
        return y_bar * 0.5 * (jv(n - 1, x) - jv(n + 1, x))

    f = lambda x: jv(1.0, x) * x
    assert wengert.grad(f)(2.0) == pytest.approx((f(2.0 + 1e-6) - f(2.0 - 1e-6)) / 2e-6, rel=1e-8)
    assert wengert.jvp(f, (2.0,), (3.0,))[1] == pytest.approx(3.0 * wengert.grad(f)(2.0))
    check_rule(jv, (1.0, 2.0))


def test_a_solver_of_scipy() -> None:
    """The derivative of a root, by the implicit function theorem."""

    def solve(a: Any) -> Any:
        return scipy.optimize.brentq(lambda x: x**3 + x - a, -10, 10, xtol=1e-14)

    solver = wengert.primitive(solve, result=lambda a: a)
    solver.vjp(lambda y_bar, y, a: (y_bar / (3 * y * y + 1),))
    check_rule(solver, (2.5,))
    assert wengert.hessian(lambda a: solver(a) * a)(2.5) == pytest.approx(
        (
            wengert.grad(lambda a: solver(a) * a)(2.5 + 1e-5)
            - wengert.grad(lambda a: solver(a) * a)(2.5 - 1e-5)
        )
        / 2e-5,
        rel=1e-6,
    )


def test_a_function_of_c() -> None:
    libm = ctypes.CDLL(ctypes.util.find_library("m"))
    libm.cbrt.restype, libm.cbrt.argtypes = ctypes.c_double, [ctypes.c_double]
    cbrt = wengert.primitive(lambda x: np.float64(libm.cbrt(x)), name="c_cbrt")
    cbrt.partials(lambda y, x: 1 / (3 * y * y))
    assert wengert.grad(lambda x: cbrt(x) * x)(8.0) == pytest.approx(2.0 + 8.0 / 12.0)


@pytest.fixture(params=["ctypes", "cffi"])
def libm(request: Any) -> Any:
    """The functions of a library of C."""
    name = ctypes.util.find_library("m")
    if request.param == "ctypes":
        lib = ctypes.CDLL(name)
        lib.cbrt.restype, lib.cbrt.argtypes = ctypes.c_double, [ctypes.c_double]
        lib.hypot.restype, lib.hypot.argtypes = ctypes.c_double, [ctypes.c_double] * 2
        return lib
    ffi = pytest.importorskip("cffi", reason="cffi is not installed").FFI()
    ffi.cdef("double cbrt(double); double hypot(double, double);")
    return ffi.dlopen(name)


@pytest.mark.parametrize("engine", ["native", "trace"])
def test_functions_of_c_are_called_directly(libm: Any, engine: Any) -> None:
    """By their names or as members of their library, with rules in either mode; refused without one."""
    cbrt, hypot = libm.cbrt, libm.hypot

    @wengert.derivative(of=cbrt)
    def _(y_bar: Any, y: Any, x: Any) -> Any:
        return y_bar / (3 * y * y)

    f = lambda x: libm.cbrt(x) * cbrt(x * x)  # which is x
    assert wengert.jit(f, engine=engine)(8.0) == pytest.approx(8.0)
    assert wengert.grad(f, engine=engine)(8.0) == pytest.approx(1.0)
    assert wengert.jvp(f, (8.0,), (2.0,), engine=engine)[1] == pytest.approx(2.0)
    assert wengert.grad(wengert.grad(lambda x: cbrt(x), engine=engine))(8.0) == pytest.approx(-1 / 144)
    values = np.array([1.0, 8.0, 27.0])
    total = lambda x: sum([libm.cbrt(x[k]) for k in range(3)])
    np.testing.assert_allclose(wengert.grad(total, engine=engine)(values), [1 / 3, 1 / 12, 1 / 27])
    with pytest.raises((errors.CaptureError, errors.RuleError, ctypes.ArgumentError)):
        wengert.grad(lambda x: libm.hypot(x, 1.0), engine=engine)(2.0)

    @wengert.derivative(of=hypot, mode="forward")
    def _(args: Any, dargs: Any, y: Any) -> Any:
        return sum(a * da for a, da in zip(args, dargs, strict=True) if da is not None) / y

    slopes = wengert.grad(lambda x, y: libm.hypot(x, y), wrt=(0, 1), engine=engine)(3.0, 4.0)
    assert slopes == pytest.approx((0.6, 0.8))


def test_rules_of_functions_of_c_are_checked(libm: Any) -> None:
    power = libm.cbrt

    @wengert.derivative(of=power)
    def _(y_bar: Any, y: Any, x: Any) -> Any:
        return y_bar / (3 * y * y)

    assert wengert.testing.check_rule(power, (2.0,), order=2).kinks == ()


@wengert.no_derivative
def scale(x: Any) -> Any:
    return 10.0 * x


def test_no_derivative() -> None:
    assert wengert.grad(lambda x: scale(x) * x)(2.0) == 20.0
    assert wengert.grad(lambda x: wengert.stop_gradient(x) * x)(2.0) == 2.0
    g = Graph1()
    x = g.variable(2.0)
    assert g.evaluate_gradients(scale(x) * x)[x] == 20.0
    assert scale(3.0) == 30.0
    assert wengert.no_derivative(math.sin)(0.0) == 0.0
    _, slope = wengert.jvp(lambda x: scale(x) * x, (2.0,), (1.0,))
    assert slope == 20.0


class Model:
    def __init__(self, a: float) -> None:
        self.a = a

    @wengert.no_derivative
    def scale(self, x: float) -> float:
        return 2.0 * x * self.a

    @staticmethod
    @wengert.no_derivative
    def inside(x: float) -> float:
        return 3.0 * x

    @wengert.no_derivative
    @staticmethod
    def outside(x: float) -> float:
        return 5.0 * x

    @wengert.no_derivative
    @classmethod
    def named(cls, x: float) -> float:
        return x * len(cls.__name__)

    def loss(self, x: float) -> float:
        return (
            self.scale(x) * x + self.inside(x) * x + Model.outside(x) * x + self.outside(x) * x + self.a * x
        )


@pytest.mark.parametrize("engine", ["native", "trace"])
def test_no_derivative_of_methods(engine: Any) -> None:
    model = Model(3.0)
    assert wengert.grad(model.loss, engine=engine)(2.0) == 41.0
    found = wengert.grad(lambda model, x: model.loss(x), ("model.a", "x"), engine=engine)(model, 2.0)
    assert found == (2.0, 41.0)


@dataclass(frozen=True)
class Layer:
    w: Any
    scale: Annotated[float, wengert.no_derivative]
    mask: Annotated[Any, wengert.no_derivative]


@dataclass
class Net:
    layer: Layer
    rate: Annotated[float, wengert.no_derivative]


def energy(net: Net, x: Any) -> Any:
    return np.sum(net.layer.w**2 * x * net.layer.mask) * net.layer.scale * net.rate


@pytest.mark.parametrize("engine", ["native", "trace"])
def test_no_derivative_of_fields(engine: Any) -> None:
    """In every mode, on both engines, and where captured code takes the derivative."""
    net, x = Net(Layer(np.array([1.0, 2.0]), 3.0, np.array([1.0, 0.5])), 0.1), np.array([3.0, 4.0])
    ones = Net(Layer(np.ones(2), 1.0, np.ones(2)), 1.0)
    want = 2.0 * net.layer.w * x * net.layer.mask * 0.3
    found = [
        wengert.grad(energy, engine=engine)(net, x),
        wengert.vjp(energy, net, x, engine=engine)[1](1.0)[0],
        wengert.jit(lambda net, x: wengert.grad(energy)(net, x))(net, x),
        wengert.jit(lambda net, x: wengert.vjp(energy, net, x)[1](1.0)[0])(net, x),
    ]
    for bar in found:
        assert isinstance(bar, Net)
        np.testing.assert_allclose(bar.layer.w, want, rtol=1e-14)
        assert (bar.rate, bar.layer.scale, bar.layer.mask) == (None, None, None)
    slopes = [
        wengert.jvp(energy, (net, x), (ones, None), engine=engine)[1],
        wengert.jit(lambda net, x, v: wengert.jvp(energy, (net, x), (v, None))[1])(net, x, ones),
    ]
    assert slopes == pytest.approx([want.sum()] * 2, rel=1e-14)
    bend = wengert.hvp(energy, engine=engine)(net, x, ones)
    np.testing.assert_allclose(bend.layer.w, 0.6 * x * net.layer.mask, rtol=1e-14)
    assert bend.rate is None
    with pytest.raises(errors.TypesError):
        wengert.grad(energy, wrt="net.rate", engine=engine)(net, x)


def damped(x: float, rate: Annotated[float, wengert.no_derivative]) -> float:
    return x * x * rate


def weighted(a: Annotated[Any, wengert.no_derivative], v: Any) -> Any:
    return np.sum(a * v)


def writes(a: Annotated[Any, wengert.no_derivative], v: Any) -> Any:
    a[0] = 2.0 * v[0]
    return np.sum(a * a) + np.sum(v)


@pytest.mark.parametrize("engine", ["native", "trace"])
def test_no_derivative_of_parameters(engine: Any) -> None:
    """Of the function that is differentiated, and of those that it calls."""
    x = np.array([1.0, 2.0])
    assert wengert.grad(damped, engine=engine)(3.0, 2.0) == 12.0
    assert wengert.grad(wengert.grad(damped, engine=engine))(3.0, 2.0) == 4.0
    assert wengert.vjp(damped, 3.0, 2.0, engine=engine)[1](1.0) == (12.0, None)
    assert wengert.jvp(damped, (3.0, 2.0), (1.0, 1.0), engine=engine)[1] == 12.0
    assert wengert.grad(lambda x: damped(x, x), engine=engine)(3.0) == 18.0
    assert wengert.grad(lambda x: damped(rate=x, x=x), engine=engine)(3.0) == 18.0
    assert wengert.grad(lambda v: weighted(v, v), engine=engine)(x).tolist() == [1.0, 2.0]
    assert wengert.grad(lambda v: weighted([v[0], v[1]][0], v), engine=engine)(x).tolist() == [1.0, 1.0]
    assert wengert.grad(writes, 1, engine=engine)(x, x.copy()).tolist() == [9.0, 1.0]
    found = wengert.jit(lambda x: wengert.vjp(damped, x, 2.0)[1](1.0)[0], engine=engine)(3.0)
    assert found == 12.0
    for wrt in (1, "rate", (0, 1)):
        with pytest.raises(errors.TypesError, match="marked with `no_derivative`"):
            wengert.grad(damped, wrt, engine=engine)(3.0, 2.0)
        with pytest.raises(errors.TypesError, match="marked with `no_derivative`"):
            wengert.jit(lambda x, y, wrt=wrt: wengert.grad(damped, wrt)(x, y), engine=engine)(3.0, 2.0)


def test_no_derivative_of_parameters_of_functions_inside() -> None:
    def outer(x: float) -> float:
        def inner(a: Annotated[float, wengert.no_derivative], b: float) -> float:
            return a * b

        return inner(x, x)

    assert wengert.grad(outer)(3.0) == 3.0
    with pytest.raises(errors.RuleError, match="marks parameters"):
        wengert.grad(outer, engine="trace")(3.0)


def test_a_marked_parameter_that_others_see_is_not_written() -> None:
    def twice(v: Any) -> Any:
        writes(v, v)
        return np.sum(v * v)

    with pytest.raises(errors.CaptureError, match="marked with `no_derivative`"):
        wengert.grad(twice)(np.ones(2))


def test_what_a_rule_may_not_do() -> None:
    factor = 2.0

    def double(x: float) -> float:
        return 2.0 * x

    @wengert.derivative(of=double)
    def _(y_bar: Any, y: Any, x: Any) -> Any:
        return y_bar * factor

    with pytest.raises(errors.CaptureError, match="reads numbers or arrays from outside"):
        wengert.grad(double)(1.0)

    def writes(x: Any) -> Any:
        x[0] = 1.0
        return np.sum(x)

    @wengert.derivative(of=writes)
    def _(y_bar: Any, y: Any, x: Any) -> Any:
        return y_bar * np.ones_like(x)

    with pytest.raises(errors.CaptureError, match="writes to an argument"):
        wengert.grad(writes)(X.copy())

    def two(x: float, y: float) -> float:
        return x * y

    @wengert.derivative(of=two)
    def _(z_bar: Any, z: Any, x: Any, y: Any) -> Any:
        return (z_bar * y,)

    with pytest.raises(errors.UseError, match="gives 1 cotangents, and 2 arguments"):
        wengert.grad(two)(1.0, 2.0)
    with pytest.raises(errors.UseError, match="`mode` must be"):
        wengert.derivative(of=two, mode="backward")
