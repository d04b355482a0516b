"""Arguments of the interface: what `wrt` may name, structures, auxiliary results, misuse, pickling."""

from __future__ import annotations

import copy
import functools
import math
import pickle
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import wengert as wg
from source_harness import alike
from wengert import errors


def f(w: Any, x: Any, y: float = 2.0, *rest: float, scale: float = 1.0, **more: float) -> Any:
    return np.sum(w * x) * y * scale * (1.0 + sum(rest)) * more.get("extra", 1.0)


W, X = np.array([1.0, 2.0]), np.array([3.0, -1.0])


def test_positions_names_defaults_keywords_and_stars() -> None:
    g = wg.grad(f)
    alike(g(W, X), 2.0 * X)
    alike(g(W, X, scale=3.0), 6.0 * X)
    alike(g(w=W, x=X, y=1.0), X)
    alike(g(W, X, 1.0, 5.0, 6.0), 12.0 * X)
    alike(g(W, X, extra=5.0), 10.0 * X)
    alike(wg.grad(f, wrt=1)(W, X), 2.0 * W)
    alike(wg.grad(f, wrt=-1)(W, X), 2.0 * W)
    alike(wg.grad(f, wrt="y")(W, X, 3.0), W @ X)
    alike(wg.grad(f, wrt="scale")(W, X, scale=2.0), 2.0 * (W @ X))
    alike(wg.grad(f, wrt=3)(W, X, 1.0, 5.0), W @ X)
    alike(wg.grad(f, wrt=(1, "w"))(W, X), (2.0 * W, 2.0 * X))
    alike(wg.grad(f, wrt=["w"])(W, X), (2.0 * X,))
    alike(wg.grad(f, wrt=("x", "x"))(W, X), (2.0 * W, 2.0 * W))


def loss(p: Any, x: Any) -> Any:
    return np.sum(p["w"] * x) * p["b"][0] + p["b"][1][0] * p["b"][1][1][0]


P = {"w": W, "b": [2.0, (3.0, np.array([0.5]))], "n": 3, "name": "s"}
PARTS: dict[str, Any] = {"w": 2.0 * X, "b0": float(W @ X), "b1": (0.5, np.array([3.0]))}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("p.w", PARTS["w"]),
        ("p['w']", PARTS["w"]),
        ('p["b"][0]', PARTS["b0"]),
        ("p.b[1]", PARTS["b1"]),
        ("p.b[1][1]", PARTS["b1"][1]),
        ("p.b.1.0", PARTS["b1"][0]),
        ("p.b", [PARTS["b0"], PARTS["b1"]]),
        ("p", {"w": PARTS["w"], "b": [PARTS["b0"], PARTS["b1"]], "n": None, "name": "s"}),
        (("p.w", "x"), (PARTS["w"], 2.0 * W)),
        (("p", "p.w"), ({"w": PARTS["w"], "b": [PARTS["b0"], PARTS["b1"]], "n": None, "name": "s"}, 2.0 * X)),
    ],
    ids=str,
)
def test_paths(path: Any, expected: Any) -> None:
    alike(expected, wg.grad(loss, wrt=path)(P, X))
    value, g = wg.value_and_grad(loss, wrt=path)(P, X)
    alike(value, loss(P, X))
    alike(expected, g)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("p.zz", "it has `w`, `b`, `n`, `name`"),
        ("p.ww", r"did you mean `wrt='p\.w'`"),
        ("q.w", "its arguments are `p`, `x`"),
        ("p.w.x", "has no `x`"),
        ("p[0]", "has no `0`"),
        (5, "called with 2 arguments"),
        ((0, -3), "called with 2 arguments"),
        ("xx", r"did you mean `wrt='x'`"),
    ],
)
def test_wrt_that_names_nothing(path: Any, says: str) -> None:
    with pytest.raises(errors.WrtError, match=says):
        wg.grad(loss, wrt=path)(P, X)


@pytest.mark.parametrize("wrt", [None, 1.5, (), [], b"x", "", True, ((0,), 1), {0}])
def test_wrt_of_no_kind(wrt: Any) -> None:
    for transform in (wg.grad, wg.value_and_grad, wg.hvp, wg.hessian, wg.jacobian):
        with pytest.raises(errors.WrtError, match="must be a position"):
            transform(loss, wrt=wrt)


def test_a_default_is_not_differentiated() -> None:
    with pytest.raises(errors.WrtError, match="called without an argument `y`"):
        wg.grad(f, wrt="y")(W, X)


@dataclass
class Spring:
    k: float
    rest: np.ndarray
    label: str = "s"
    order: int = 2


def test_gradients_have_the_structure_of_their_argument() -> None:
    g = wg.grad(lambda s: s.k * np.sum(s.rest**s.order))(Spring(2.0, W))
    assert isinstance(g, Spring)
    assert (g.k, g.label, g.order) == (5.0, "s", None)
    alike(g.rest, 4.0 * W)
    assert type(wg.grad(lambda x: x * x)(np.float32(3.0))) is np.float32
    assert wg.grad(lambda t: t[0] * t[1])((2.0, 3.0)) == (3.0, 2.0)
    assert wg.grad(lambda a: a[()] ** 2)(np.array(3.0)) == 6.0


def test_auxiliary_results() -> None:
    def with_aux(a: Any) -> Any:
        return np.sum(a * a), {"n": len(a), "a": a, "s": "text"}

    g, aux = wg.grad(with_aux, has_aux=True)(W)
    alike(g, 2 * W)
    alike(aux, {"n": 2, "a": W, "s": "text"})
    (value, again), h = wg.value_and_grad(with_aux, has_aux=True)(W)
    alike((value, again, h), (5.0, aux, g))
    assert not np.shares_memory(aux["a"], W)
    for wrong in (lambda a: np.sum(a), lambda a: (np.sum(a), 1, 2), lambda a: [np.sum(a), 1]):
        with pytest.raises(errors.TypesError, match="must return a pair"):
            wg.grad(wrong, has_aux=True)(W)


@pytest.mark.parametrize(
    ("g", "says"),
    [
        (lambda a: a * 2.0, "an array with 1 axes"),
        (lambda a: (np.sum(a), a), "has_aux=True"),
        (lambda a: 3, "returns 3"),
        (lambda a: len(a), "type i64"),
        (lambda a: None, "returns None"),
        (lambda a: a[0] > 1.0, "type bool"),
        (lambda a: a[0] * 1j, "type c128"),
        (lambda a: "a", "returns 'a'"),
    ],
)
def test_results_that_are_not_one_real_number(g: Any, says: str) -> None:
    with pytest.raises(errors.TypesError, match=says):
        wg.grad(g)(W)


def misuse(kind: type[Exception], says: str, call: Any) -> None:
    with pytest.raises(kind, match=says) as info:
        call()
    assert isinstance(info.value, errors.WengertError)


def test_misuse() -> None:
    square = lambda a: np.sum(a * a)
    misuse(errors.UseError, r"not `grad\(f\(x\)\)`", lambda: wg.grad(square(W)))
    misuse(TypeError, "expected a function", lambda: wg.hessian(3.0))
    misuse(TypeError, "too many positional", lambda: wg.grad(square)(W, W))
    misuse(TypeError, "missing a required argument: 'a'", lambda: wg.grad(square)())
    misuse(TypeError, "missing a required argument", lambda: wg.grad(square)(b=W))
    misuse(TypeError, "2 arguments and 1 tangents", lambda: wg.jvp(f, (W, X), (W,)))
    misuse(ValueError, r"must have shape \(2,\), got \(3,\)", lambda: wg.jvp(square, (W,), (np.ones(3),)))
    misuse(TypeError, "must be a number or an array", lambda: wg.jvp(square, (W,), ("a",)))
    misuse(TypeError, "missing a required argument", lambda: wg.vjp(square))
    pair = lambda a: (a, np.sum(a))
    misuse(TypeError, "must be a tuple, got a float", lambda: wg.vjp(pair, W)[1](1.0))
    misuse(TypeError, "must be a tuple of 2", lambda: wg.vjp(pair, W)[1]((W,)))
    misuse(ValueError, r"must have shape \(2,\)", lambda: wg.vjp(pair, W)[1]((np.ones(3), 1.0)))
    misuse(TypeError, "missing a required argument", lambda: wg.hvp(square)(W))
    misuse(TypeError, "names something twice", lambda: wg.hvp(square, wrt=(0, "a"))(W, (W, W)))
    misuse(TypeError, "by position", lambda: wg.hessian(square)(a=W))
    misuse(TypeError, "'auto', 'forward' or 'reverse'", lambda: wg.jacobian(square, mode="x"))
    misuse(TypeError, "never called", lambda: wg.grad(square).source)
    misuse(ValueError, "does not overwrite", lambda: wg.vjp(square, W, outputs=("a",)))
    with pytest.raises(ValueError, match="has length 3 along axis 0"):
        wg.hvp(square)(W, np.ones(3))


def test_types_of_products() -> None:
    y, dy = wg.jvp(lambda a, b: a * b, (2.0, np.float64(3.0)), (1, 2.0))
    assert (type(y), y, type(dy), dy) == (np.float64, 6.0, np.float64, 7.0)
    y, dy = wg.jvp(lambda a: a * a, (2.0,), (1.0,))
    assert (type(y), y, type(dy), dy) == (float, 4.0, float, 4.0)
    y, dy = wg.jvp(lambda a: a * a, (np.float32(2.0),), (1.0,))
    assert (type(y), type(dy), dy) == (np.float32, np.float32, 4.0)
    assert wg.jvp(lambda a, n: a**n, (2.0, 3), (1.0, None)) == (8.0, 12.0)
    y, dy = wg.jvp(lambda a: (a, 3, "x", len(a)), (W,), (W,))
    alike(y, (W, 3, "x", 2))
    alike(dy, (W, None, None, None))
    alike(wg.vjp(lambda a: (a, np.sum(a)), W)[1]((None, 1.0)), (np.ones(2),))


def test_warning_once() -> None:
    """The result cannot vary with an argument: said when it is compiled."""
    g = wg.grad(lambda x, y: y * y)
    with pytest.warns(errors.DependenceWarning, match="does not depend on `x`") as caught:
        assert g(1.0, 2.0) == 0.0
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert g(1.0, 3.0) == 0.0
    with pytest.warns(errors.DependenceWarning):
        assert wg.grad(lambda x: float(int(x)))(1.5) == 0.0


def cube(x: float) -> float:
    return x**3


def test_pickle_and_copy() -> None:
    called = wg.grad(cube)
    called(1.0)
    for g, at in (
        (wg.grad(cube), 12.0),
        (called, 12.0),
        (wg.grad(wg.grad(cube)), 12.0),
        (wg.hessian(cube), 12.0),
        (wg.jacobian(cube), 12.0),
        (wg.jit(cube), 8.0),
    ):
        assert pickle.loads(pickle.dumps(g))(2.0) == at
        assert copy.deepcopy(g)(2.0) == at
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(wg.grad(lambda x: x))


def test_what_derivatives_say_of_themselves() -> None:
    assert repr(wg.grad(cube)) == "<gradient of cube>"
    assert repr(wg.hvp(cube)) == "<Hessian product of cube>"
    assert repr(wg.jacobian(cube)) == "<jacobian of cube>"
    g = wg.grad(cube, wrt="x")
    assert (g.__name__, g.fun, g.wrt) == ("cube", cube, "x")


class Model:
    def __init__(self) -> None:
        self.w = np.ones(2)
        self.k = 2.0

    def loss(self, x: Any) -> Any:
        return np.sum(self.w * x) * self.k

    @staticmethod
    def square(x: float) -> float:
        return x * x

    @classmethod
    def cube(cls, x: float) -> float:
        return x * cls.square(x)

    def __call__(self, x: Any) -> Any:
        return self.loss(x) * self.k


def test_methods_and_callable_objects() -> None:
    m = Model()
    g = wg.grad(m.loss)
    alike(g(W), np.full(2, 2.0))
    m.w[0] = 4.0
    alike(g(W), np.array([8.0, 2.0]))
    m.k = 1.0
    alike(g(W), np.array([4.0, 1.0]))
    m.w = np.full(2, 8.0)
    alike(g(W), np.full(2, 8.0))
    m.k = 3.0
    alike(wg.grad(m)(W), np.full(2, 72.0))
    alike(wg.grad(Model.loss, wrt=1)(m, W), np.full(2, 24.0))
    alike(wg.grad(Model.loss, wrt="self.k")(m, W), 24.0)
    assert wg.grad(Model.square)(2.0) == 4.0
    assert wg.grad(m.cube)(2.0) == 12.0
    alike(wg.vjp(m.loss, W)[1](1.0), (np.full(2, 24.0),))
    alike(wg.hessian(lambda x: m.loss(x * x))(W), 48.0 * np.eye(2))


def weighted(x: Any, w: Any = W, k: float = 2.0) -> Any:
    return np.sum(w * x) * k


@functools.lru_cache
def cached(x: float) -> float:
    return x * x


def doubled(g: Any) -> Any:
    @functools.wraps(g)
    def wrapper(*args: Any, **keywords: Any) -> Any:
        return 2.0 * g(*args, **keywords)

    return wrapper


@doubled
def wrapped(x: float) -> float:
    return x * x


def test_partials_wrappers_and_functions_of_libraries() -> None:
    alike(wg.grad(functools.partial(weighted, w=X))(W), 2.0 * X)
    alike(wg.grad(functools.partial(weighted, X))(W), 2.0 * X)
    alike(wg.grad(functools.partial(weighted, k=5.0), wrt="w")(X, w=W), 5.0 * X)
    assert wg.grad(cached)(3.0) == 6.0
    assert wg.grad(wrapped)(3.0) == 12.0
    assert wg.grad(math.sin)(0.5) == pytest.approx(math.cos(0.5), rel=1e-15)
    alike(wg.grad(np.sum)(W), np.ones(2))


def test_derivatives_of_derivatives() -> None:
    total = lambda x: np.sum(x**3)
    compiled = wg.jit(lambda x: x * x)
    assert wg.grad(compiled)(3.0) == wg.jit(wg.grad(compiled))(3.0) == 6.0
    assert wg.grad(wg.hessian(lambda x: x**4))(2.0) == 48.0
    alike(wg.jacobian(wg.grad(total))(W), np.diag(6 * W))
    alike(wg.jit(wg.value_and_grad(total))(W), (9.0, 3 * W * W))
    alike(wg.jvp(wg.grad(total), (W,), (X,)), (3 * W * W, 6 * W * X))
    alike(wg.vjp(wg.jacobian(lambda x: x**3), W)[1](np.eye(2)), (6 * W,))
