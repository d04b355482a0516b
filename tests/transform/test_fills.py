"""Cotangents that are numbers, or the only contribution to them, are no arrays of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert
from transform.count import names
from transform.test_modes import check, copied, gradient
from wengert.algebra.evaluate import evaluate
from wengert.capture import capture
from wengert.ir.core import Module
from wengert.ir.text import parse_module
from wengert.ir.verify import verify
from wengert.transform.assume import assume
from wengert.transform.expand import expand
from wengert.transform.fills import fills
from wengert.transform.inline import inline
from wengert.transform.passes import optimise


def total(x: Any, y: Any) -> Any:
    return np.sum(x * y)


def rows(x: Any, y: Any) -> Any:
    a = np.zeros((len(x), len(x)))
    for i in range(len(x)):
        a[i, :] += x[i] * y
        a[i, :] = a[i, :] * y
    return np.sum(a)


def both(x: Any, y: Any) -> Any:
    z = x * y
    w = z.copy()
    w[0] = 2.0 * z[0]
    return np.sum(z * w) + np.sum(z)


def carried(x: Any, y: Any) -> Any:
    for _ in range(3):
        x = x + 0.1 * np.sin(x) * y
    return np.sum(x * x)


def unused(x: Any, y: Any) -> Any:
    z = x + y
    v = z.copy()
    u = v.copy()
    return np.sum(u * v) + u[0]


def broadcast(x: Any, y: Any) -> Any:
    """The cotangent of ``y`` has fewer axes than what is added to it."""
    a = np.outer(x, x)
    b = a + y
    return np.mean(b * b)


def broadcast_ones(x: Any, y: Any) -> Any:
    """The same, and what is added is one number."""
    return np.sum(np.outer(x, x) + y) + np.sum(np.sin(x)[:, np.newaxis] * 2.0 + y)


PROGRAMS = [total, rows, both, carried, unused, broadcast, broadcast_ones]


def lowered(f: Callable[..., Any]) -> Module:
    m = inline(expand(capture(f, (np.ones(3), np.ones(3))).module))
    return optimise(assume(optimise(m)))


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_every_mode(f: Callable[..., Any]) -> None:
    check(lowered(f), f, (np.array([0.3, 1.2, -0.7]), np.array([1.1, 0.4, 0.9])))


def test_product() -> None:
    """The cotangents of a sum of products are the factors, and nothing is allocated but what is returned."""
    d = gradient(lowered(total))
    count = names(d.main)
    assert count["alloc"] == 0
    assert count["vacc"] == 0
    x, y = np.array([1.0, 2.0]), np.array([3.0, 5.0])
    value, x_bar, y_bar = evaluate(d, [x, y])
    assert value == 13.0
    np.testing.assert_array_equal(x_bar, y)
    np.testing.assert_array_equal(y_bar, x)
    assert x_bar is not y
    assert y_bar is not x


def waves(x: Any, y: Any) -> Any:
    return np.sum(np.sin(x) * np.exp(x) + x * np.cos(x * y))


def test_sums_are_not_memory() -> None:
    """All contributions to one cotangent are added in one loop, and one array is made."""
    d = gradient(lowered(waves))
    assert names(d.main)["vacc"] == 0
    check(lowered(waves), waves, (np.array([0.3, 1.2, -0.7]), np.array([1.1, 0.4, 0.9])))


ADDED = """
func @f(%g: f64[n], %h: f64[n,n], %c: f64) -> (f64[n], f64[n], f64) {
  %s = mul(%g, %g) : f64[n]
  %v = transpose(%s) {perm=(0,)} : f64[n;S]
  %t = mul(%g, %c) : f64[n]
  vacc(%t, %g) {adjoint=True, same=True}
  %u = mul(%t, %t) : f64[n]
  vacc(%t, %c) {adjoint=True}
  vacc(%t, %h) {adjoint=True}
  vacc(%s, %t) {adjoint=True, same=True}
  %q = add(%u, %v) {same=True} : f64[n]
  %w = sum(%q) {axes=None, keepdims=False} : f64
  yield %t, %s, %w
}
"""


def test_what_is_added_gives_another_array() -> None:
    """But not where there is a view, nor where rows are added up."""
    same(ADDED, np.array([2.0, 3.0]), np.array([[10.0, 20.0], [30.0, 40.0], [50.0, 60.0]]), 0.5)
    m = parse_module(ADDED)
    assert names(m.main)["vacc"] - names(fills(m.main))["vacc"] == 2


ONE_TARGET = """
func @f(%g: f64[n], %h: f64[n]) -> (f64[n], f64) {
  %n = dim(%g) {axis=0} : i64
  %z = const {value=0} : i64
  %one = const {value=1.0} : f64
  %m = dim(%h) {axis=0} : i64
  %s = mul(%g, %g) {adjoint=True} : f64[n]
  %r = mul(%s, %one) {adjoint=True} : f64[n]
  %t = alloc(%n) {dtype=f64, axes='n', fill='zero'} : f64[n]
  vacc(%t, %s) {adjoint=True}
  vacc(%t, %s) {adjoint=True}
  %u = load(%r, %z) : f64
  yield %t, %u
}
"""


def run(text: str, *args: Any) -> tuple[Any, Any]:
    m = parse_module(text)
    after = m.with_func(fills(m.main))
    verify(after)
    return evaluate(m, copied(args)), evaluate(after, copied(args))


def same(text: str, *args: Any) -> None:
    want, got = run(text, *args)
    for a, b in zip(want, got, strict=True):
        np.testing.assert_array_equal(a, b)


def test_an_array_with_two_names_is_not_written() -> None:
    """``%s`` is last heard of when it goes into ``%t``, but ``%r`` is the same array."""
    text = ONE_TARGET.replace("  vacc(%t, %s) {adjoint=True}\n", "", 1)
    text = text.replace("  %u =", "  vacc(%t, %h) {adjoint=True}\n  %u =")
    same(text, np.array([2.0, 3.0]), np.array([10.0, 20.0]))
    same(ONE_TARGET, np.array([2.0, 3.0]), np.array([10.0, 20.0]))


def test_a_branch_that_yields_is_a_use() -> None:
    """``%u`` may be the zeros that are added to later."""
    text = """
func @f(%g: f64[n], %h: f64[n], %c: bool) -> (f64) {
  %z = const {value=0} : i64
  %n = dim(%g) {axis=0} : i64
  %t = alloc(%n) {dtype=f64, axes='n', fill='zero'} : f64[n]
  %u = if(%c) : f64[n] {
    yield %t
  } else {
    yield %h
  }
  %s = mul(%g, %g) : f64[n]
  vacc(%t, %s) {adjoint=True, same=True}
  %v = load(%u, %z) : f64
  yield %v
}
"""
    for c in (True, False):
        same(text, np.array([2.0, 3.0]), np.array([10.0, 20.0]), c)


def test_a_copy_that_is_settled() -> None:
    text = """
func @f(%g: f64[n], %h: f64[n]) -> (f64, f64) {
  %z = const {value=0} : i64
  %s = mul(%g, %g) : f64[n]
  vacc(%s, %h)
  %c = copy(%s) : f64[n]
  %d = copy(%c) : f64[n]
  AFTER
  %u = load(%d, %z) : f64
  %v = load(%s, %z) : f64
  yield %u, %v
}
"""
    args = np.array([2.0, 3.0]), np.array([10.0, 20.0])
    settled, written = text.replace("AFTER", ""), text.replace("AFTER", "vacc(%s, %h)")
    for t, copies in ((settled, 0), (written, 1)):
        same(t, *args)
        m = parse_module(t)
        assert names(fills(m.main))["copy"] == copies


@pytest.mark.parametrize("size", [0, 1, 3])
@pytest.mark.parametrize("number", [2.0, np.inf])
def test_sum_of_one_number(size: int, number: float) -> None:
    text = """
func @f(%x: f64[n], %g: f64) -> (f64) {
  %n = dim(%x) {axis=0} : i64
  %a = alloc(%n) {dtype=f64, axes='n', fill='zero'} : f64[n]
  vacc(%a, %g) {adjoint=True}
  %s = sum(%a) {axes=None, keepdims=False, adjoint=True} : f64
  yield %s
}
"""
    want, got = run(text, np.ones(size), number)
    assert want[0] == got[0] == (number * size if size else 0.0)


@pytest.mark.parametrize("first", ["%h", "%g"])
def test_axes_that_meet_are_not_all_axes(first: str) -> None:
    """``same`` says that the axes that meet are equally long; a row is added up from many all the same."""
    text = """
func @f(%g: f64[n], %h: f64[n,n], %c: f64) -> (f64[n], f64[n,n]) {
  %n = dim(%g) {axis=0} : i64
  %m = dim(%h) {axis=0} : i64
  %k = dim(%h) {axis=1} : i64
  %t = alloc(%n) {dtype=f64, axes='n', fill='zero'} : f64[n]
  %a = alloc(%m, %k) {dtype=f64, axes='nn', fill='zero'} : f64[n,n]
  vacc(%a, %c) {adjoint=True}
  %p = mul(%a, %g) {adjoint=True, same=True} : f64[n,n]
  %q = mul(%h, %h) {adjoint=True} : f64[n,n]
  vacc(%t, FIRST) {adjoint=True, same=True}
  vacc(%t, %a) {adjoint=True, same=True}
  vacc(%t, %q) {adjoint=True, same=True}
  yield %t, %p
}
""".replace("FIRST", first)
    same(text, np.array([2.0, 3.0]), np.array([[10.0, 20.0], [30.0, 40.0], [50.0, 60.0]]), 0.5)


def test_one_buffer_is_not_two_cotangents():
    """What was returned for one argument in place of a copy became the buffer of another one too."""

    def f(x, y, z):
        x += z
        return y + z

    x, y, z = np.array([0.1, 1.0]), np.array([1.1, 2.0]), np.array([2.1, 3.0])
    _, pullback = wengert.vjp(f, x, y, z, outputs=("return", "x"))
    bars = pullback((np.full(2, 2.0), np.full(2, 5.0)))
    for bar, want in zip(bars, (5.0, 2.0, 7.0), strict=True):
        np.testing.assert_array_equal(bar, np.full(2, want))
