"""`batch` is a loop and a stack: of the corpus, under the other transforms, on both engines, in algebras."""

from __future__ import annotations

import copy
import pickle
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import wengert as wg
from corpus.topics import TOPICS
from source_harness import alike
from wengert.algebra import Dual, Graph1, Taylor
from wengert.testing import check_grads

X = np.array([[0.3, -0.5], [0.9, 1.5], [2.0, 0.1]])
W = np.array([[1.0, 2.0], [-0.5, 0.25]])
ENGINES = ("native", "trace")

CASES = [(f, args) for topic in TOPICS for _, f, args in topic.CASES]


def _stacks(x: Any) -> bool:
    return type(x) is float or (type(x) is np.ndarray and x.dtype.kind == "f")


def _stacked(results: list[Any]) -> Any:
    """The same structure around the stacked parts."""
    first = results[0]
    if first is None:
        return None
    if isinstance(first, dict):
        return {k: _stacked([r[k] for r in results]) for k in first}
    if isinstance(first, (tuple, list)):
        parts = [_stacked(list(column)) for column in zip(*results, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else type(first)(parts)
    return np.stack(results)


def _examples(args: tuple[Any, ...]) -> tuple[tuple[int | None, ...], list[Any]]:
    axes = tuple(0 if _stacks(a) else None for a in args)
    many = [
        np.stack([np.asarray(a * (1 + 1e-4 * k)) for k in range(3)]) if axis == 0 else a
        for a, axis in zip(args, axes, strict=True)
    ]
    return axes, many


SAMPLE = [
    pytest.param(f, args, id=f"{f.__module__.rpartition('.')[2]}.{f.__name__}-{k}")
    for k, (f, args) in enumerate(CASES)
    if k % 12 == 3 and any(map(_stacks, args))
]


@pytest.mark.parametrize(("f", "args"), SAMPLE)
def test_of_the_corpus(f: Any, args: tuple[Any, ...]) -> None:
    """What CPython gives for one example after the other; it overwrites what they overwrite."""
    axes, many = _examples(args)
    theirs, mine = copy.deepcopy(many), copy.deepcopy(many)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = [
            copy.deepcopy(f(*(a if axis is None else a[k] for a, axis in zip(theirs, axes, strict=True))))
            for k in range(3)
        ]
        alike(_stacked(results), wg.batch(f, axes)(*mine))
    alike(theirs, mine)


def predict(x: Any, w: Any) -> Any:
    return np.tanh(x @ w).sum()


def descent(x: Any) -> Any:
    for _ in range(3):
        x = x - 0.1 * np.sin(x)
    return x


@pytest.mark.parametrize("engine", ENGINES)
def test_composes_with_all_transforms(engine: str) -> None:
    """In either order, against the loop."""
    rows = wg.batch(predict, (0, None), engine=engine)
    total = lambda x, w: np.sum(rows(x, w) ** 2)
    plain = lambda x, w: sum(predict(v, w) ** 2 for v in x)
    for wrt in (0, 1):
        alike(wg.grad(plain, wrt)(X, W), wg.grad(total, wrt, engine=engine)(X, W))
        each = [wg.grad(predict, wrt)(v, W) for v in X]
        alike(np.stack(each), wg.batch(wg.grad(predict, wrt, engine=engine), (0, None))(X, W))
    loop = lambda x: np.stack([descent(v) for v in x])
    steps = wg.batch(descent, engine=engine)
    alike(wg.jacobian(loop)(X), wg.jacobian(steps, engine=engine)(X))
    alike(np.stack([wg.jacobian(descent)(v) for v in X]), wg.batch(wg.jacobian(descent, engine=engine))(X))
    alike(wg.hessian(plain, 0)(X, W), wg.hessian(total, 0, engine=engine)(X, W))
    hessians = wg.batch(wg.hessian(predict, engine=engine), (0, None))(X, W)
    alike(np.stack([wg.hessian(predict)(v, W) for v in X]), hessians)
    alike(wg.jvp(loop, (X,), (X,)), wg.jvp(steps, (X,), (X,), engine=engine))
    value, pullback = wg.vjp(steps, X, engine=engine)
    alike(wg.vjp(loop, X)[1](value), pullback(value))
    alike(wg.hvp(plain)(X, W, X), wg.hvp(total, engine=engine)(X, W, X))
    values, gradients = wg.batch(wg.value_and_grad(predict, engine=engine), (0, None))(X, W)
    alike((rows(X, W), np.stack([wg.grad(predict)(v, W) for v in X])), (values, gradients))
    alike(rows(X, W), wg.jit(rows, engine=engine)(X, W))


def test_batch_of_batch() -> None:
    product = wg.batch(wg.batch(lambda a, b: a * b * b, (None, 0)), (0, None))
    a, b = np.arange(3.0), np.arange(2.0)
    alike(np.outer(a, b * b), product(a, b))
    alike(
        np.tile(2.0 * a[:, None] * b, 1),
        wg.batch(wg.batch(wg.grad(lambda b, a: a * b * b), (0, None)), (None, 0))(b, a),
    )
    check_grads(lambda a, b: product(a, b), (a, b), order=2)


def layers(x: Any, weights: Any, scale: float) -> Any:
    """Calls `batch` inside, of a closure that reads from outside."""

    def one(row: Any) -> Any:
        return scale * np.tanh(weights @ row)

    return wg.batch(one)(x) + wg.batch(one, in_axes=1, out_axes=1)(x.T).T


@pytest.mark.parametrize("engine", ENGINES)
def test_inside_of_functions(engine: str) -> None:
    want = 2.0 * 3.0 * np.tanh(X @ W.T)
    alike(want, wg.jit(layers, engine=engine)(X, W, 3.0))
    alike(np.sum(want) / 3.0, wg.grad(lambda x, w, s: np.sum(layers(x, w, s)), 2, engine=engine)(X, W, 3.0))
    if engine == "native":
        check_grads(layers, (X, W, 3.0), order=2)


@dataclass
class Layer:
    w: Any
    b: Any
    name: str = "dense"


@pytest.mark.parametrize("engine", ENGINES)
def test_structures_and_axes(engine: str) -> None:
    def through(layer: Layer, x: Any, twice: bool = False) -> Any:
        y = x @ layer.w + layer.b
        return Layer(2 * y if twice else y, layer.b, layer.name), {"sum": y.sum(), "none": None, "one": 1.0}

    many = Layer(np.stack([W, 2 * W, 3 * W]), np.arange(3.0))
    made, extra = wg.batch(through, engine=engine)(many, X, twice=True)
    want = [X[k] @ many.w[k] + many.b[k] for k in range(3)]
    assert type(made) is Layer
    assert made.name == "dense"
    alike(np.stack(want) * 2, made.w)
    alike({"sum": np.sum(want, 1), "none": None, "one": np.ones(3)}, extra)

    entries = {"w": 0, "b": None, "name": None}
    shared = wg.batch(through, (entries, 0), (({"w": 1, "b": None, "name": 0}), 0), engine=engine)
    made, _ = shared(Layer(many.w, 0.5), X)
    alike(np.stack([X[k] @ many.w[k] + 0.5 for k in range(3)], axis=1), made.w)
    assert made.b == 0.5
    alike(X.sum(1), wg.batch(lambda x: x.sum(), -2, engine=engine)(X))
    alike(X.T, wg.batch(lambda x: x, 0, -1, engine=engine)(X))


@pytest.mark.parametrize("engine", ENGINES)
def test_sizes(engine: str) -> None:
    """One example, and none."""
    steps, rows = wg.batch(descent, engine=engine), wg.batch(predict, (0, None), engine=engine)
    alike(np.stack([descent(X[0])]), steps(X[:1]))
    alike(np.array([predict(X[0], W)]), rows(X[:1], W))
    if engine == "native":
        assert steps(X[:0]).shape == (0, 2)
        assert rows(X[:0], W).shape == (0,)
        assert wg.batch(wg.grad(predict), (0, None))(X[:0], W).shape == (0, 2)
    with pytest.raises(ValueError, match="cannot be told"):
        wg.batch(lambda x: np.unique(x), engine=engine)(X[:0])
    with pytest.raises(ValueError, match="shape"):
        wg.batch(lambda x: x[x > 0], engine=engine)(X)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("axes", "args", "error", "text"),
    [
        ((0, 0), (X, W), wg.errors.ShapeError, "has 3 along axis 0, and .* has 2 along axis 0"),
        ((0, 0), (X, 2.0), wg.errors.UseError, "asks for axis 0 of .*, which has no axes"),
        ((0, 2), (X, W), wg.errors.UseError, "asks for axis 2 of .*, which has 2 axes"),
        ((0,), (X, W), wg.errors.UseError, "has 1 entries, and 2 arguments"),
        (None, (X, W), wg.errors.UseError, "needs an argument that has an axis"),
        ((0, (0, None)), (X, W), wg.errors.UseError, "another structure"),
    ],
)
def test_what_does_not_fit(engine: str, axes: Any, args: Any, error: type, text: str) -> None:
    with pytest.raises(error, match=text):
        wg.batch(predict, axes, engine=engine)(*args)
    if engine == "native":
        with pytest.raises(error, match=text):
            wg.jit(lambda x, w: wg.batch(predict, axes)(x, w))(*args)


def test_a_difference_in_captured_code_is_located() -> None:
    with pytest.raises(wg.errors.ShapeError, match=r"test_batch.py:\d+"):
        wg.jit(lambda x, w: wg.batch(predict)(x, w))(X, W)


def test_axes_are_checked() -> None:
    for axes in ("x", 1.5, True, {"x": 0}):
        with pytest.raises(wg.errors.UseError):
            wg.batch(predict, axes)
    with pytest.raises(wg.errors.UseError):
        wg.batch(3.0)  # type: ignore[arg-type]
    with pytest.raises(wg.errors.UseError, match="differs between the examples"):
        wg.batch(lambda x, w: (x, x @ w), (0, None), (0, None))(X, W)
    alike((X, 2 * W), wg.batch(lambda x, w: (x, 2 * w), (0, None), (0, None))(X, W))


def test_source_explain_and_pickle() -> None:
    rows = wg.batch(predict, (0, None))
    want = rows(X, W)
    space: dict[str, Any] = {}
    exec(str(rows.source), space)
    alike(want, space["predict"](X, W))
    assert "for" in str(rows.explain(X, W))
    alike(want, pickle.loads(pickle.dumps(rows))(X, W))
    assert repr(rows) == "<batched form of predict>"
    for _ in range(3):  # compiled once
        alike(want, wg.batch(lambda x, w: np.tanh(x @ w).sum(), (0, None))(X, W))


def test_auto_traces_what_is_refused() -> None:
    def refused(x: Any) -> Any:
        return eval("x @ x")

    with pytest.warns(wg.TracingWarning):
        alike((X * X).sum(1), wg.batch(refused, engine="auto")(X))
    alike(2.0 * X, wg.grad(lambda x: np.sum(wg.batch(refused)(x)), engine="trace")(X))


# operations of the user's


@wg.primitive
def third_power(x: Any) -> Any:
    assert np.ndim(x) < 2
    return x**3


third_power.partials(lambda y, x: 3 * x * x)


@wg.primitive(result=lambda a, b: b)
def solved(a: Any, b: Any) -> Any:
    return np.linalg.solve(a, b)


@solved.vjp
def _(y_bar: Any, y: Any, a: Any, b: Any) -> Any:
    u = np.linalg.solve(a.T, y_bar)  # takes nothing but arrays
    return -np.outer(u, y), u


@pytest.mark.parametrize("engine", ENGINES)
def test_operations_are_called_for_each_example(engine: str) -> None:
    alike(X**3, wg.batch(third_power, engine=engine)(X))
    alike(3 * X**2, wg.grad(lambda x: np.sum(wg.batch(third_power)(x)), engine=engine)(X))
    many = np.stack([W, 2 * W + np.eye(2), W.T])
    want = np.stack([np.linalg.solve(a, b) for a, b in zip(many, X, strict=True)])
    alike(want, wg.batch(solved, engine=engine)(many, X))
    norms = lambda b: np.sum(wg.batch(solved, (0, 0))(many, b) ** 2)
    slow = np.stack([2 * np.linalg.solve(a.T, y) for a, y in zip(many, want, strict=True)])
    alike(slow, wg.grad(norms, engine=engine)(X))


def test_operations_in_algebras() -> None:
    f = wg.batch(third_power)
    assert wg.check(f)(X).shape == X.shape
    assert np.array_equal(wg.sparsity(lambda x: f(x).ravel())(X), np.eye(6, dtype=bool))
    each = wg.cost(lambda x: x**3 @ x)(X[0])
    assert wg.cost(wg.batch(lambda x: x**3 @ x))(X).flops == 3 * each.flops
    g = Graph1()
    x = g.variable(X)
    grads = g.evaluate_gradients(np.sum(f(x)), 1.0)
    alike(3 * X**2, grads[x])
    d = Dual()
    alike(3 * X**2, f(d.variable(X, np.ones_like(X))).tangent)
    t = Taylor(2)
    alike(3 * X, f(t.variable(X)).coefficients[2])


def test_a_rule_for_batches() -> None:
    calls: list[tuple[int, ...]] = []

    @wg.primitive(result=lambda a, b: (a.shape[:-1], a.dtype))
    def dots(a: Any, b: Any) -> Any:
        calls.append(np.shape(a))
        return np.sum(a * b, -1)

    dots.vjp(lambda y_bar, y, a, b: (y_bar[..., None] * b, y_bar[..., None] * a))

    @dots.batch
    def _(axes: Any, a: Any, b: Any) -> Any:
        a = np.broadcast_to(a, X.shape) if axes[0] is None else np.moveaxis(a, axes[0], 0)
        b = np.broadcast_to(b, X.shape) if axes[1] is None else np.moveaxis(b, axes[1], 0)
        return dots(a, b)

    for engine in ENGINES:
        calls.clear()
        alike(np.sum(X * X, 1), wg.batch(dots, (0, 1), engine=engine)(X, X.T.copy()))
        assert calls == [(3, 2)]
        alike(X @ W[0], wg.batch(dots, (0, None), engine=engine)(X, W[0]))
    alike(2.0 * X, wg.grad(lambda x: np.sum(wg.batch(dots)(x, x)))(X))
