"""The tracing engine: what the compiler refuses runs on a tape, right or refused."""

from __future__ import annotations

import copy
import math
import pickle
import threading
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import wengert as wg
from corpus.topics import TOPICS
from source_harness import alike
from wengert.algebra import Graph1
from wengert.errors import RuleError, UndecidedError
from wengert.testing.differences import ridders

X = np.array([0.3, 0.5, 0.9])
seen: list[Any] = []


def prints(x):
    """What it prints, the compiler refuses; what it calls mutates its argument."""
    print(len(x))
    triple_first(x)
    y = x
    y += 1.0
    return x @ x + np.std(x)


def triple_first(a):
    a[0] = a[1] * 3.0


def remembers(x):
    """Memory that NumPy makes, numbers of `math`, and a list outside."""
    out = np.zeros(len(x))
    for k in range(len(x)):
        out[k] = math.sin(x[k]) * float(x[k])
    out[1:] *= 2.0
    seen.append(0)
    return np.sum(out) + np.cumsum(out)[-1] + np.linalg.norm(np.array([x[0], 2.0])) + max(x)


def by_name(x):
    """What Python looks up by name."""
    return np.sum(locals()["x"] ** 2) * 2.0


def by_eval(x):
    return eval("x[0] * x[1]")


def differences(f: Any, x: Any) -> Any:
    """By central differences, with their error under control."""
    out = np.zeros_like(x)
    for k in range(x.size):
        e = np.zeros_like(x)
        e[k] = 1.0
        out[k] = ridders(lambda t, e=e: np.asarray(f(x + t * e))).value
    return out


REFUSED = [prints, remembers, by_name, by_eval]


@pytest.mark.parametrize("f", REFUSED)
def test_auto(f: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """With one warning, and the caller's arguments left as they were."""
    g = wg.grad(f, engine="auto")
    x = X.copy()
    with pytest.warns(wg.TracingWarning, match=f"`{f.__name__}` is traced"):
        found = g(x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(g(x), found)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_allclose(found, differences(f, X), rtol=1e-7)
    with pytest.raises(wg.WengertError):
        wg.grad(f)(x)


def test_auto_compiles_what_it_can() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        g = wg.grad(lambda x: np.sum(x * x), engine="auto")
        np.testing.assert_array_equal(g(X), 2.0 * X)
    assert "return" in g.source


@dataclass
class Spring:
    stiffness: float
    lengths: np.ndarray
    name: str = "steel"


def energy(spring, scale):
    return spring.stiffness * np.sum(spring.lengths**2) * scale


def test_structures_and_wrt() -> None:
    spring = Spring(2.0, X)
    for wrt in (0, "spring.lengths", ("scale", "spring.stiffness"), -1):
        want = wg.grad(energy, wrt=wrt)(spring, 3.0)
        got = wg.grad(energy, wrt=wrt, engine="trace")(spring, 3.0)
        assert np.array_equal(*map(_numbers, (want, got)))
    with pytest.raises(wg.errors.WrtError):
        wg.grad(energy, wrt="nobody", engine="trace")(spring, 3.0)


def _numbers(x: Any) -> Any:
    parts = [x.stiffness, *x.lengths] if isinstance(x, Spring) else x
    return np.asarray(parts, float)


def test_value_and_aux() -> None:
    f = lambda x: (np.sum(x**3), {"twice": 2.0 * x})
    (value, aux), bars = wg.value_and_grad(f, has_aux=True, engine="trace")(X)
    assert value == np.sum(X**3)
    np.testing.assert_array_equal(aux["twice"], 2.0 * X)
    np.testing.assert_allclose(bars, 3.0 * X**2, rtol=1e-14)


def test_what_it_refuses() -> None:
    """A refusal is not swallowed by the function's own handlers."""

    def swallows(x):
        try:
            return math.nextafter(x, 9.0) * x
        except Exception:
            return 5.0 * x

    def hides(x):
        return float(str(x)) * x

    def divides(x):
        try:
            return 1.0 / np.sin(x - x)
        except ZeroDivisionError:
            return x

    out = np.zeros(2)

    def stores_outside(x):
        out[0] = x
        return out[0] * 2.0

    def binds(x):
        global last
        last = x * 2.0
        return last * x

    with pytest.raises(RuleError, match="global name"):
        wg.grad(binds, engine="trace")(1.5)
    for f, kind in ((swallows, RuleError), (divides, UndecidedError), (stores_outside, RuleError)):
        with pytest.raises(kind):
            wg.grad(f, engine="trace")(1.5)
    with pytest.raises((ValueError, wg.WengertError)):
        wg.grad(hides, engine="trace")(1.5)
    assert out[0] == 0.0


def test_a_division_by_zero_of_python_raises() -> None:
    """Where the tape knows that numbers are Python's: results of operators and `math` on such numbers."""

    def by_operators(x):
        try:
            return 1.0 / (x - x)
        except ZeroDivisionError:
            return 3.0 * x

    def by_math(x):
        try:
            return 1.0 / math.sin(0.0 * x)
        except ZeroDivisionError:
            return 4.0 * x

    def overflows(x):
        try:
            return (-abs(x) * 1e200) ** 2
        except OverflowError:
            return 5.0 * x

    for f, slope in ((by_operators, 3.0), (by_math, 4.0), (overflows, 5.0)):
        assert wg.grad(f, engine="trace")(1.5) == slope
        assert wg.grad(wg.grad(lambda x, f=f: f(x) * x, engine="trace"))(1.5) == 2.0 * slope
    for f in (by_operators, overflows):
        with pytest.raises(UndecidedError):
            wg.grad(f, engine="trace")(np.float64(1.5))
    assert wg.grad(lambda x: by_math(x[0]), engine="trace")(X).tolist() == [4.0, 0.0, 0.0]
    assert math.isinf(wg.value_and_grad(lambda x: x * 1e300 * 1e300, engine="trace")(1.0)[0])


def test_types_and_joins_of_numpy() -> None:
    def joined(x):
        a = np.r_[x[0], x, [1.0, x[1]], 0:2, x[1:]]
        b = np.c_[x, 2.0 * x, np.outer(x, x), 1:4]
        c = np.float64(x[0]) * np.float32(x[1]) + abs(np.complex128(x[0] + 1j * x[2]))
        return np.sum(a**2) + np.sum(b**3) + c + np.r_[1.0, 2.0] @ x[:2]

    np.testing.assert_allclose(wg.grad(joined, engine="trace")(X), differences(joined, X), rtol=1e-6)
    with pytest.raises(RuleError, match="text"):
        wg.grad(lambda x: np.sum(np.r_["0,2", x, x]), engine="trace")(X)


def test_modes_of_jacobians() -> None:
    """Forward mode is a run for each number that goes in, reverse mode a sweep for each that comes out."""
    runs: list[int] = []

    def f(p, s):
        runs.append(1)
        return {"a": p["w"][:2] * s, "b": s * s}

    args = ({"w": X, "k": 3}, 2.0)
    for wrt, forward, auto in ((("p.w", "s"), 4, 1), ("s", 1, 2)):
        want = wg.jacobian(lambda p, s: {"a": p["w"][:2] * s, "b": s * s}, wrt)(*args)
        for mode, count in (("forward", forward), ("reverse", 1), ("auto", auto)):
            runs.clear()
            found = wg.jacobian(f, wrt, mode, engine="trace")(*args)
            assert len(runs) == count
            alike(want, found)
    nested = wg.grad(lambda s: np.sum(wg.jacobian(lambda x: s * x**3, mode="forward")(X)), engine="trace")
    np.testing.assert_allclose(nested(2.0), 3.0 * X @ X, rtol=1e-14)


@pytest.mark.parametrize("engine", ["native", "trace"])
def test_arguments_that_overlap(engine: Any) -> None:
    """Each has memory of its own on the tape: right as long as nobody writes."""

    def writes(x, y):
        x[0] = y[1] * 3.0
        return y[0] * x[0] + x[1]

    def reads(x, y):
        return x @ y

    a = np.arange(1.0, 7.0)
    for x, y in ((a, a), (a[1:], a[:3]), (a[::2], a[1:])):
        with pytest.raises(wg.errors.UseError, match=r"share memory") as caught:
            wg.grad(writes, engine=engine)(x, y)
        assert caught.value.diagnostics[0].code == "A0301"
    x_bar, y_bar = wg.grad(reads, wrt=(0, 1), engine=engine)(a, a)
    np.testing.assert_array_equal(x_bar, a)
    np.testing.assert_array_equal(y_bar, a)
    apart, _ = wg.grad(writes, wrt=(0, 1), engine=engine)(a[:3], a[3:])
    np.testing.assert_array_equal(apart, [0.0, 1.0, 0.0])


def test_arguments_of_the_interface() -> None:
    with pytest.raises(wg.errors.UseError, match="engine"):
        wg.grad(prints, engine="quick")
    g = pickle.loads(pickle.dumps(wg.grad(by_eval, engine="trace")))
    assert g.engine == "trace"
    np.testing.assert_array_equal(g(X), [0.5, 0.3, 0.0])


# the other transforms


def vectors(x):
    """Refused by the compiler; a vector, with memory that is written."""
    print(end="")
    y = np.zeros(3)
    for k in range(3):
        y[k] = math.sin(x[k]) * x[k - 1] ** 2
    y[1:] *= y[:-1] * 2.0
    return y


def by_hand(x):
    a, b, c = (math.sin(x[k]) * x[k - 1] ** 2 for k in range(3))
    return np.array([a, b * a * 2.0, c * b * 2.0])


def numbers(x):
    return np.sum(vectors(x) ** 2) * x[0]


def same_numbers(x):
    return np.sum(by_hand(x) ** 2) * x[0]


V = np.array([1.0, -2.0, 0.5])


@pytest.mark.filterwarnings("ignore::wengert.TracingWarning")
@pytest.mark.parametrize("engine", ["auto", "trace"])
def test_every_transform(engine: Any) -> None:
    """As the compiler has it of a function that it takes."""
    t = {"engine": engine}
    pairs = [
        (wg.jacobian(vectors, **t)(X), wg.jacobian(by_hand)(X)),
        (wg.hessian(numbers, **t)(X), wg.hessian(same_numbers)(X)),
        (wg.hvp(numbers, **t)(X, V), wg.hvp(same_numbers)(X, V)),
        (wg.jvp(vectors, (X,), (V,), **t), wg.jvp(by_hand, (X,), (V,))),
        (wg.linearize(vectors, X, **t)[1](V), wg.linearize(by_hand, X)[1](V)),
        (wg.vjp(vectors, X, **t)[1](V)[0], wg.vjp(by_hand, X)[1](V)[0]),
        (wg.jacobian(wg.grad(numbers, **t), **t)(X), wg.hessian(same_numbers)(X)),
        (wg.jvp(wg.grad(numbers, **t), (X,), (V,))[1], wg.jvp(wg.grad(same_numbers), (X,), (V,))[1]),
    ]
    for got, want in pairs:
        np.testing.assert_allclose(got, want, rtol=1e-11, atol=1e-14)


def test_the_warning_is_at_the_call() -> None:
    t = {"engine": "auto"}
    for run in (
        lambda: wg.grad(numbers, **t)(X),
        lambda: wg.hvp(numbers, **t)(X, V),
        lambda: wg.jvp(numbers, (X,), (V,), **t),
        lambda: wg.vjp(numbers, X, **t),
        lambda: wg.linearize(numbers, X, **t),
        lambda: wg.hessian(numbers, **t)(X),
    ):
        with pytest.warns(wg.TracingWarning) as caught:
            run()
        assert [w.filename for w in caught] == [__file__]


def test_any_order_and_nesting() -> None:
    """Derivatives inside traced code, of functions that see its values, are of the right variable."""

    def newton(x):
        print(end="")
        cubic = lambda x: x**3 - 3 * x
        for _ in range(2):
            x = x - wg.grad(cubic)(x) / wg.grad(wg.grad(cubic))(x)
        return x

    def plain(x):
        for _ in range(2):
            x = x - (3 * x**2 - 3) / (6 * x)
        return x

    assert wg.grad(newton, engine="trace")(2.0) == pytest.approx(wg.grad(plain)(2.0), rel=1e-12)
    f = lambda x: x * wg.grad(lambda y: x + y)(2.0)
    assert wg.grad(f, engine="trace")(3.0) == 1.0
    f = lambda x: wg.jvp(lambda y: x * y * y, (x,), (1.0,))[1]
    assert wg.grad(f, engine="trace")(3.0) == 12.0
    g = wg.grad(lambda x: math.sin(x) * x, engine="trace")
    for _ in range(3):
        g = wg.grad(g)
    assert g(0.7) == pytest.approx(0.7 * math.sin(0.7) - 4.0 * math.cos(0.7), rel=1e-12)


def test_derivatives_of_values_of_a_tape() -> None:
    """What is given values of a tape leaves its derivative there, compiled or not."""
    g = Graph1()
    x = g.variable(X)
    out = np.sum(wg.grad(same_numbers)(x) * V) + np.sum(wg.vjp(by_hand, x)[1](V)[0])
    want = wg.hvp(same_numbers)(X, V) + wg.hvp(lambda x: np.sum(by_hand(x) * V))(X, np.ones(3))
    np.testing.assert_allclose(g.evaluate_gradients(out)[x], want, rtol=1e-11)


def test_structures_on_the_tape() -> None:
    def loss(p, s):
        p["b"][0] = p["w"] ** 2
        return np.sum(p["b"]) * p["w"] * s

    p = {"w": 1.5, "b": np.array([0.5, 2.0])}
    for wrt in (0, "p.b", ("s", "p.w")):
        tape, compiled = (wg.hessian(loss, wrt, engine=e)(p, 2.0) for e in ("trace", "native"))
        assert repr(tape) == repr(compiled)
    for vector in ({"w": 1.0, "b": np.ones(2)}, {"w": 1.0, "b": 0}):
        tape, compiled = (wg.jvp(loss, (p, 2.0), (vector, None), engine=e) for e in ("trace", "native"))
        np.testing.assert_allclose(tape, compiled, rtol=1e-14)
    _, pullback = wg.vjp(loss, p, 2.0, outputs=("return",), engine="trace")
    assert repr(pullback(1.0)) == repr(wg.vjp(loss, p, 2.0)[1](1.0))
    assert p["b"][0] == 0.5
    for wrong in ({"w": 1.0}, [1.0, 2.0], {"w": np.ones(2), "b": np.ones(2)}):
        with pytest.raises((wg.errors.UseError, wg.errors.ShapeError)):
            wg.jvp(loss, (p, 2.0), (wrong, None), engine="trace")


@dataclass
class Dense:
    w: np.ndarray
    b: float

    def out(self, x):
        h = np.zeros(3)
        h[:] = np.tanh(self.w * x)
        return h + self.b

    def size(self, x):
        return np.sum(self.out(x) ** 2)

    def __call__(self, x):
        return self.size(x) * isinstance(self, Dense)


class Stack:
    count = 0

    def __init__(self, *layers):
        self.layers = layers

    @property
    def first(self):
        return self.layers[0]

    @staticmethod
    def squashed(x):
        return np.array([math.tanh(v) for v in x])

    def energy(self, x):
        self.calls = 1
        return self.first(x) + self.layers[1](self.squashed(x))


class Deeper(Stack):
    def energy(self, x):
        return super().energy(x) * 2.0


class Ruled:
    def length(self, x):
        return _length(x, 2.0)


def plain_class(x):
    return Dense(x, x[0])(x * 2.0)


def test_methods_of_objects() -> None:
    """Of what the function sees, is given, makes; rules count in them; objects keep their class."""
    dense = Dense(np.array([1.0, 2.0, 3.0]), 0.3)
    stack = Deeper(dense, Dense(V, 0.1))

    def from_outside(x):
        return dense(x) + stack.energy(x)

    def with_a_rule(x):
        return Ruled().length(x[0])

    for f in (dense, from_outside, plain_class):
        np.testing.assert_allclose(wg.grad(f, engine="trace")(X), differences(f, X), rtol=1e-7)
    assert wg.grad(with_a_rule, engine="trace")(X).tolist() == [7.0, 0.0, 0.0]
    for wrt in ("d.w", "d.b", 1):
        tape, compiled = (wg.grad(lambda d, x: d(x), wrt, engine=e)(dense, X) for e in ("trace", "native"))
        np.testing.assert_allclose(tape, compiled, rtol=1e-13)
    assert type(wg.grad(lambda d, x: d(x), engine="trace")(dense, X)) is Dense
    by_layers = wg.grad(lambda s, x: s.energy(x), engine="trace")(stack, X)
    assert type(by_layers) is Deeper
    assert type(by_layers.layers[0]) is Dense
    by_w = differences(lambda w: 2.0 * Dense(w, 0.3).size(X), dense.w)
    np.testing.assert_allclose(by_layers.layers[0].w, by_w, rtol=1e-7)
    assert type(stack.layers[0]) is Dense
    assert stack.calls == 1


def test_elements_chosen_by_arrays_are_written() -> None:
    def twice(x):
        y = x * 1.0
        y[[0, 0], [1, 1]] = x[0, 0] * np.array([2.0, 3.0])
        return np.sum(y * y)

    def transposed(x):
        y = x * 1.0
        y.T[y.T > 2.5] += x[0, 0]
        y[:, [0, 2]] *= x[:, [1, 1]]
        return np.sum(y * y)

    def along(x):
        np.put_along_axis(x, np.array([[0], [1]]), 3.0, axis=1)
        return np.sum(x * x)

    x = np.arange(1.0, 7.0).reshape(2, 3)
    for f in (twice, transposed, along):
        np.testing.assert_allclose(wg.grad(f, engine="trace")(x), wg.grad(f)(x), rtol=1e-14)


def test_threads() -> None:
    """Nothing is patched: others see what they always saw."""
    g, wrong = wg.grad(remembers, engine="trace"), []
    want = g(X)

    def work() -> None:
        for _ in range(20):
            if not np.array_equal(g(X), want) or type(np.zeros(1)) is not np.ndarray:
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def _length(x, y):
    return math.sqrt(x * x + y * y)


@wg.derivative(of=_length)
def _rule(r_bar, r, x, y):
    return 7.0 * r_bar, 8.0 * r_bar


@wg.no_derivative
def _factor(x):
    return 3.0 * math.sqrt(x * x)


def test_rules_of_the_user_count_on_the_tape() -> None:
    """Not the body of the function, here as when it is called by others; and constants are constants."""

    def calls(x):
        return _length(x, 2.0) * 2.0 + wg.stop_gradient(x) * x + _factor(x) * x

    for engine in ("native", "trace"):
        assert wg.grad(_length, wrt=(0, 1), engine=engine)(3.0, 4.0) == (7.0, 8.0)
        assert wg.grad(calls, engine=engine)(3.0) == 14.0 + 3.0 + 9.0


def test_equal_operands_of_logaddexp_are_no_kink() -> None:
    for engine in ("native", "trace"):
        assert wg.grad(lambda x: np.logaddexp(x, 1.0), engine=engine)(1.0) == 0.5
    second = wg.hessian(lambda x: np.logaddexp(x[0], x[1]))(np.ones(2))
    np.testing.assert_array_equal(second, [[0.25, -0.25], [-0.25, 0.25]])
    assert wg.grad(wg.grad(lambda x: np.sinc(x)))(0.0) == pytest.approx(-(math.pi**2) / 3.0, rel=1e-15)


# the corpus


def _floats(y: Any) -> list[Any]:
    """The floats of a result, one after another."""
    if isinstance(y, (list, tuple)):
        return [v for part in y for v in _floats(part)]
    return [y] if np.asarray(y).dtype.kind == "f" or not isinstance(y, (int, str, np.ndarray)) else []


def _total(y: Any) -> Any:
    """A number that depends on every float of a result."""
    total = 0.0
    for k, part in enumerate(_floats(y)):
        size, shape = np.size(part), np.shape(part)
        weights = np.cos(np.arange(1.0, 1.0 + size) + k)
        total = total + (np.sum(part * weights.reshape(shape)) if shape else part * float(weights[0]))
    return total


def _varying(args: tuple[Any, ...]) -> tuple[int, ...]:
    return tuple(
        k for k, a in enumerate(args)
        if type(a) is float or (isinstance(a, np.ndarray) and a.dtype == np.float64)
    )  # fmt: skip


def test_the_corpus_on_the_tape() -> None:
    """Directional derivatives by the tape, against differences of the function itself."""
    rng = np.random.default_rng(7)
    refused, wrong = set[str](), []
    for _, f, args in (case for topic in TOPICS for case in topic.CASES):
        wrt = _varying(args)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not wrt or not _floats(f(*copy.deepcopy(args))):
                continue
            directions = {k: rng.normal(size=np.shape(args[k])) for k in wrt}

            def loss(*xs: Any, f: Any = f) -> Any:
                return _total(f(*xs))

            def along(t: float, args: Any = args, directions: Any = directions, loss: Any = loss) -> Any:
                moved = [
                    a + t * directions[k] if k in directions else copy.deepcopy(a) for k, a in enumerate(args)
                ]
                return loss(*[m.item() if type(args[k]) is float else m for k, m in enumerate(moved)])

            try:
                bars = wg.grad(loss, wrt=wrt, engine="trace")(*copy.deepcopy(args))
            except wg.WengertError:
                refused.add(f.__name__)
                continue
            got = sum(np.sum(b * directions[k]) for k, b in zip(wrt, bars, strict=True))
            slope = ridders(lambda t, along=along: np.asarray(along(t)))
            want, error = float(slope.value), float(slope.error)
        if not abs(got - want) <= 1e-6 * (1.0 + abs(want)) + 10.0 * error:
            wrong.append((f.__name__, got, want, error))
    assert not wrong
    # called as values by a function of the library, and copied by `copy.deepcopy`
    assert refused <= {"arm", "taken_apart"}
