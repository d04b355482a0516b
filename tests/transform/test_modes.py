"""Forward, reverse, forward over reverse, reverse over reverse and third order, against differences of
unmodified Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from analysis.small import lower
from transform import differentiable as programs
from wengert.algebra.evaluate import count_ops, evaluate
from wengert.ir.core import Module, module
from wengert.ir.text import parse_module
from wengert.ir.types import Array
from wengert.ir.types import differentiable as carries
from wengert.ir.verify import verify
from wengert.transform.assume import assume
from wengert.transform.jvp import jvp
from wengert.transform.passes import optimise
from wengert.transform.vjp import Plan, vjp

programs.__dict__.update(programs.NUMPY)

Point = tuple[Any, ...]


def copied(args: Sequence[Any]) -> list[Any]:
    return [np.array(a, copy=True) if isinstance(a, np.ndarray) else a for a in args]


def active(m: Module) -> tuple[int, ...]:
    return tuple(k for k, p in enumerate(m.main.params) if carries(p.type))


def gradient(m: Module) -> Module:
    on = active(m)
    written = tuple(k for k in on if isinstance(m.main.params[k].type, Array))
    d = vjp(m, Plan(on, on, one=True, copied=written))
    verify(d)
    return optimise(d)


def along(
    f: Callable[[Sequence[Any]], Any], args: Point, on: Sequence[int], direction: Sequence[Any], h: float
) -> Any:
    """The derivative of ``f`` along a direction, by differences of fourth order."""

    def at(t: float) -> Any:
        moved = copied(args)
        for k, d in zip(on, direction, strict=True):
            moved[k] = moved[k] + t * d
        return np.concatenate([np.ravel(v) for v in f(moved)])

    return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)


def directions(args: Point, on: Sequence[int], seed: int) -> list[Any]:
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(np.shape(args[k]))[()] for k in on]


def flat(values: Sequence[Any]) -> Any:
    return np.concatenate([np.ravel(v) for v in values])


def check(m: Module, f: Callable[..., Any], args: Point) -> None:
    on = active(m)
    n = len(on)
    v = directions(args, on, 0)
    slope = along(lambda a: [f(*copied(a))], args, on, v, 1e-3)
    forward = evaluate(optimise(jvp(m, on)), [*copied(args), *copied(v)])
    np.testing.assert_allclose(forward[-1], slope[0], rtol=1e-7, atol=1e-8)

    d = gradient(m)
    value, *bars = evaluate(d, copied(args))
    np.testing.assert_allclose(value, f(*copied(args)), rtol=1e-13)
    np.testing.assert_allclose(flat(bars) @ flat(v), slope[0], rtol=1e-7, atol=1e-8)

    want = along(lambda a: evaluate(d, copied(a))[1:], args, on, v, 1e-3)
    over = jvp(d, on)
    verify(over)
    hv = evaluate(optimise(over), [*copied(args), *copied(v)])[1 + n + 1 :]
    np.testing.assert_allclose(flat(hv), want, rtol=1e-6, atol=1e-7)
    rr = vjp(d, Plan(on, on, primal=False))
    verify(rr)
    rv = evaluate(optimise(rr), [*copied(args), 0.0, *copied(v)])
    np.testing.assert_allclose(flat(rv), flat(hv), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize(("f", "args"), programs.PROGRAMS, ids=lambda x: getattr(x, "__name__", ""))
def test_every_mode(f: Callable[..., Any], args: Point) -> None:
    m = optimise(module(lower(f)))
    check(m, f, args)
    check(optimise(assume(m)), f, args)


@pytest.mark.parametrize("name", ["recur", "branch", "whil", "slices", "pingpong", "overlap", "lu"])
def test_third_order(name: str) -> None:
    """Reverse over reverse over reverse against differences of forward over reverse."""
    f, args = next((f, a) for f, a in programs.PROGRAMS if f.__name__ == name)
    m = optimise(module(lower(f)))
    on = active(m)
    u, v = directions(args, on, 1), directions(args, on, 2)
    rr = optimise(vjp(gradient(m), Plan(on, on, primal=False)))
    n = len(m.main.params)
    third = vjp(rr, Plan(on, on, primal=False))
    verify(third)
    got = evaluate(optimise(third), [*copied(args), 0.0, *copied(u), *copied(v)])
    want = along(lambda a: evaluate(rr, [*copied(a), 0.0, *copied(u)]), args, on, v, 1e-3)
    assert len(rr.main.params) == n + 1 + len(on)
    np.testing.assert_allclose(flat(got) @ flat(v), want @ flat(v), rtol=1e-5, atol=1e-5)


TREE = """
func @main(%x: f64, %n: i64) -> (f64) {
  %r = call(%x, %n) {func="g"} : f64
  %s = mul(%r, %x) : f64
  yield %s
}
func @g(%x: f64, %n: i64) -> (f64) {
  %z = const {value=0} : i64
  %c = le(%n, %z) : bool
  %r = if(%c) : f64 {
    yield %x
  } {
    %o = const {value=1} : i64
    %m = sub(%n, %o) : i64
    %k = const {value=1.1} : f64
    %x2 = mul(%x, %k) : f64
    %q = call(%x2, %m) {func="g"} : f64
    %sx = sin(%x) : f64
    %q2 = mul(%q, %sx) : f64
    %q3 = call(%q2, %z) {func="g"} : f64
    %t = mul(%q3, %q) : f64
    yield %t
  }
  yield %r
}
"""

SWEEP = """
func @main(%a: f64[n], %p: f64) -> (f64) {
  %n = dim(%a) {axis=0} : i64
  %r = call(%a, %p, %n) {func="g"} : f64
  %s = sum(%a) {axes=(0,), keepdims=False} : f64
  %t = mul(%s, %r) : f64
  yield %t
}
func @g(%a: f64[n], %p: f64, %n: i64) -> (f64) {
  %o = const {value=1} : i64
  %c = le(%n, %o) : bool
  %r = if(%c) : f64 {
    yield %p
  } {
    %m = sub(%n, %o) : i64
    %m2 = sub(%m, %o) : i64
    %u = load(%a, %m) : f64
    %v = load(%a, %m2) : f64
    %w0 = mul(%u, %v) : f64
    %w = mul(%w0, %p) : f64
    store(%a, %m2, %w)
    %q = call(%a, %w, %m) {func="g"} : f64
    %e = load(%a, %m) : f64
    %f = mul(%e, %q) : f64
    store(%a, %m, %f)
    yield %f
  }
  yield %r
}
"""


def tree(x: float, n: int) -> Any:
    def g(x: Any, n: int) -> Any:
        if n <= 0:
            return x
        q = g(x * 1.1, n - 1)
        return g(q * np.sin(x), 0) * q

    return g(x, n) * x


def sweep(a: Any, p: Any) -> Any:
    """A callee that overwrites its argument before and after it calls itself."""

    def g(a: Any, p: Any, n: int) -> Any:
        if n <= 1:
            return p
        a[n - 2] = w = a[n - 1] * a[n - 2] * p
        a[n - 1] = f = a[n - 1] * g(a, w, n - 1)
        return f

    r = g(a, p, len(a))
    return np.sum(a) * r


@pytest.mark.parametrize(
    ("text", "f", "args"),
    [(TREE, tree, (0.7, 4)), (TREE, tree, (0.7, 0)), (SWEEP, sweep, (np.array([0.5, 0.7, 1.2, 0.9]), 0.8))],
    ids=["tree", "no depth", "mutating"],
)
def test_recursion(text: str, f: Callable[..., Any], args: Point) -> None:
    m = parse_module(text)
    verify(m)
    check(m, f, args)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("gs", 0), ("lu", 0), ("square", 0), ("dotp", 0), ("lorenz", 3 * 10), ("newton", 6), ("rows", 4)],
)
def test_what_is_recorded(name: str, numbers: int) -> None:
    """Linear sweeps and final locations record nothing; an explicit step records its state."""
    f, args = next((f, a) for f, a in programs.PROGRAMS if f.__name__ == name)
    counts = count_ops(gradient(optimise(module(lower(f)))), copied(args))
    assert counts.recorded == 8 * numbers


def pair(x, y, p):
    for i in range(len(x)):
        y[i] = x[i] * y[i] * p
    x[0] = y[1] * p
    return x, y[0] * p


def passed_through(x, p):
    return x


def view_of_argument(x, p):
    z = x[1 : len(x)]
    z[0] = p * z[1]
    return z


def fresh_and_scalar(x, p):
    z = x * p
    return z, p * p


@pytest.mark.parametrize("f", [pair, passed_through, view_of_argument, fresh_and_scalar])
def test_cotangents_of_arrays_and_final_contents(f: Callable[..., Any]) -> None:
    """The dot-product test with a cotangent for every result and every overwritten argument."""
    m = optimise(module(lower(f)))
    func = m.main
    on = active(m)
    rng = np.random.default_rng(0)
    args = [rng.standard_normal(4) if isinstance(p.type, Array) else 0.7 for p in func.params]
    v = directions(tuple(args), on, 3)
    final = tuple(k for k in on if isinstance(func.params[k].type, Array))
    moved, tangents = copied(args), copied(v)
    out = evaluate(jvp(m, on), [*moved, *tangents])
    dy = out[len(func.results) :]
    u = [rng.standard_normal(np.shape(d))[()] for d in dy]
    w = [rng.standard_normal(4) for _ in final]
    bars = evaluate(
        optimise(vjp(m, Plan(on, on, primal=False, final=final, copied=final))), [*copied(args), *u, *w]
    )
    left = flat(u) @ flat(dy) + sum(a @ tangents[on.index(k)] for a, k in zip(w, final, strict=True))
    np.testing.assert_allclose(flat(bars) @ flat(v), left, rtol=1e-12)
