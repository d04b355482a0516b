"""Several trips of an outer loop at once: the same numbers, the same exceptions, fewer loads."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert
from analysis.small import lower
from transform.count import names
from wengert.algebra.evaluate import evaluate
from wengert.ir.core import Func, Module, module
from wengert.ir.text import parse_module
from wengert.ir.verify import verify
from wengert.ir.walk import ops
from wengert.transform.jam import jam
from wengert.transform.passes import optimise

SHIFTED = """
func @f(%a: f64[n,n], %b: f64[n,n]) -> (f64) {{
  %null = const {{value=0.0}} : f64
  %one = const {{value=1}} : i64
  %two = const {{value=2}} : i64
  %n = dim(%a) {{axis=0}} : i64
  %m = dim(%a) {{axis=1}} : i64
  %end = sub(%n, %two) : i64
  %last = sub(%m, %two) : i64
  %outer = for({outer}) : i64 {{
    (%i: i64):
    %p = const {{value={p}}} : i64
    %q = const {{value={q}}} : i64
    %ip = add(%i, %p) : i64
    %x = load(%a, %ip, %one) {{safe=True}} : f64
    %inner, %s = for({inner}, %null) : i64, f64 {{
      (%j: i64, %t: f64):
      %jq = add(%j, %q) : i64
      %y = load(%a, %ip, %jq) {{safe=True}} : f64
      %z = load(%b, {shared}, %j) {{safe=True}} : f64
      %yz = mul(%y, %z) : f64
      {write}
      %u = add(%t, %yz) : f64
      yield %u
    }}
    {after}
    yield
  }}
  %all = sum(%a) {{axes=None}} : f64
  %rest = sum(%b) {{axes=None}} : f64
  %two.1 = add(%all, %rest) : f64
  yield %two.1
}}
"""

UP, DOWN = "%two, %end, %one", "%end, %two, %down"
WRITES = (
    "accum(%a, %i, %j, %yz) {safe=True}",
    "store(%a, %i, %j, %yz) {safe=True}",
    "accum(%b, %one, %j, %yz) {safe=True}",
    "accum(%b, %i, %one, %yz) {safe=True}",
)
AFTER = ("", "store(%a, %i, %one, %s) {safe=True}", "store(%b, %i, %end, %s) {safe=True}")


def shifted(p: int, q: int, write: str, after: str, down: str = "") -> Module:
    turned = "%down = const {value=-1} : i64\n"
    text = SHIFTED.format(
        p=p,
        q=q,
        write=write,
        after=after,
        shared="%one",
        outer=DOWN if "o" in down else UP,
        inner="%last, %two, %down" if "i" in down else "%two, %last, %one",
    )
    return parse_module(text.replace("  %n = dim", f"  {turned}  %n = dim", 1))


def jammed(m: Module) -> Module:
    after = m.with_func(jam(m.main))
    verify(after)
    return after


@pytest.mark.parametrize("down", ["", "o", "i", "oi"])
@pytest.mark.parametrize("p", [-1, 0, 1])
def test_whatever_is_written_where(p: int, down: str) -> None:
    """Rows, columns and single elements, read beside those that are written: jammed or left alone, but right
    to the last bit."""
    r = np.random.default_rng(0)
    a, b = r.random((23, 25)), r.random((23, 25))
    changed = 0
    for q, write, after in itertools.product((-1, 0, 1), WRITES, AFTER):
        m = shifted(p, q, write, after, down)
        new = jammed(m)
        changed += new.main is not m.main
        old_args, new_args = (a.copy(), b.copy()), (a.copy(), b.copy())
        assert evaluate(m, old_args) == evaluate(new, new_args), (q, write, after)
        np.testing.assert_array_equal(old_args, new_args)
    assert changed or p != 0


def loops(func: Func) -> int:
    return names(func)["for"]


def vector(f: Callable[..., Any]) -> Func:
    return optimise(module(lower(f))).main


def test_sums_side_by_side() -> None:
    def f(a, x, y, N, M):  # type: ignore[no-untyped-def]
        for i in range(N):
            z = 0.0
            for j in range(M):
                z = z + a[i, j] * x[j]
            y[i] = z

    before = vector(f)
    after = jam(before)
    inner = max((op for op in ops(after.body) if op.name == "for"), key=lambda op: len(op.results))
    assert len(inner.results) == 1 + 8
    assert sum(op.name == "load" for op in inner.regions[0].ops) == 8 + 1


def test_a_recurrence_stays() -> None:
    def f(a, x, N, M):  # type: ignore[no-untyped-def]
        for i in range(N):
            z = 0.0
            for j in range(M):
                z = z + a[i, j] * x[j]
            x[i] = z

    before = vector(f)
    assert jam(before) is before


def product(a, b):
    n, m, k = a.shape[0], b.shape[1], a.shape[1]
    c = np.zeros((n, m))
    for i in range(n):
        for t in range(k):
            for j in range(m):
                c[i, j] += a[i, t] * b[t, j]
    return c


def losses(w, x, y):
    n, d = x.shape
    loss = 0.0
    for i in range(n):
        z = 0.0
        for j in range(d):
            z += w[j] * x[i, j]
        loss += math.log(y[i] - z)
    return loss


def dots(a, b):
    n, m = a.shape
    out = np.zeros(n)
    for i in range(n):
        s = 0.0
        for j in range(m):
            s += a[i, j] * b[i, j]
        out[i] = s
    return out


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 17, 30])
def test_every_number_of_trips(n: int) -> None:
    r = np.random.default_rng(n)
    a, b = r.standard_normal((n, 20)), r.standard_normal((20, 6))
    np.testing.assert_array_equal(wengert.jit(product)(a, b), product(a, b))
    w, y = r.standard_normal(20), r.standard_normal(n) + 90.0
    assert wengert.jit(losses)(w, a, y) == pytest.approx(losses(w, a, y), rel=1e-15)
    other = r.standard_normal((n, 20))
    np.testing.assert_array_equal(wengert.jit(dots)(a, other), dots(a, other))


@pytest.mark.parametrize("rows", [3, 17])
def test_exceptions_as_written(rows: int) -> None:
    """The check of a trip comes before the index error of a later one, and after that of an earlier one."""
    x, y = np.ones((20, 20)), np.ones(20)
    compiled = wengert.jit(losses)
    y[rows] = 20.0
    y[:rows] = y[rows + 1 :] = 30.0
    with pytest.raises(ValueError, match="math domain error"):
        compiled(np.ones(20), x, y)
    with pytest.raises(ValueError, match="math domain error"):
        compiled(np.ones(20), x, y[: rows + 1])
    with pytest.raises(IndexError):
        compiled(np.ones(20), x, y[:rows])
    with pytest.raises(IndexError):
        compiled(np.ones(19), x, y)
    with pytest.raises(IndexError, match="axis 0 with size 12"):
        wengert.jit(dots)(np.ones((20, 20)), np.ones((12, 20)))


def test_what_was_written_before_the_error_is_seen() -> None:
    def f(a: Any, b: Any, out: Any) -> None:
        for i in range(len(a)):
            s = 0.0
            for j in range(a.shape[1]):
                s += a[i, j] * b[i, j]
            out[i] = s

    a, b, out = np.ones((20, 20)), np.ones((13, 20)), np.zeros(20)
    with pytest.raises(IndexError):
        wengert.jit(f)(a, b, out)
    np.testing.assert_array_equal(out, [20.0] * 13 + [0.0] * 7)


def test_gradients() -> None:
    r = np.random.default_rng(0)
    a, b = r.standard_normal((19, 23)), r.standard_normal((23, 21))

    def f(a: Any, b: Any) -> Any:
        c = product(a, b)
        return np.sum(c * c)

    a_bar, b_bar = wengert.grad(f, wrt=(0, 1))(a, b)
    np.testing.assert_allclose(a_bar, 2.0 * a @ b @ b.T, rtol=1e-12)
    np.testing.assert_allclose(b_bar, 2.0 * a.T @ (a @ b), rtol=1e-12)
