"""Strong products that trips wait for: which they are, and that they compute the same natively."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert
from emit.llvm_harness import Compiled
from wengert.algebra.evaluate import evaluate
from wengert.ir.core import Module
from wengert.ir.text import parse_module
from wengert.ir.verify import verify
from wengert.ir.walk import ops
from wengert.transform.chains import chains
from wengert.transform.passes import native

TEXT = """
func @f(%a: f64[n], %g: f64) -> (f64, f64, f64) {
  %zero = const {value=0} : i64
  %one = const {value=1} : i64
  %null = const {value=0.0} : f64
  %n = dim(%a) {axis=0} : i64
  %trips, %x, %y, %z = for(%zero, %n, %one, %g, %null, %g) : i64, f64, f64, f64 {
    (%i: i64, %h: f64, %s: f64, %w: f64):
    %p = load(%a, %i) {safe=True} : f64
    %on = mulz(%h, %p) {adjoint=True} : f64
    %aside = mulz(%w, %p) {adjoint=True} : f64
    %t = add(%s, %aside) {adjoint=True} : f64
    %u = add(%w, %on) {adjoint=True} : f64
    yield %u, %t, %h
  }
  %last = mulz(%y, %x) {adjoint=True} : f64
  yield %x, %last, %z
}
"""


def marked() -> Module:
    m = parse_module(TEXT)
    after = m.with_func(chains(m.main))
    verify(after)
    return after


def test_those_on_the_way_from_trip_to_trip() -> None:
    found = [op.attrs.get("fast") == "chain" for op in ops(marked().main.body) if op.name == "mulz"]
    assert found == [True, False, False]


def test_nothing_to_mark() -> None:
    m = parse_module(TEXT.replace("mulz(%h, %p)", "mul(%h, %p)"))
    assert chains(m.main) is m.main


def test_beside_sums_and_records() -> None:
    """A loop whose trips touch elements of their own still waits for what it carries."""

    def path(s: float, noise: Any) -> float:
        for t in range(len(noise)):
            s = s * (1.0 + noise[t])
        return max(s - 1.0, 0.0)

    made = parse_module(wengert.grad(path, wrt=(0, 1)).lower(1.0, np.ones(4)).ir)
    found = [op for op in ops(native(made).main.body) if op.attrs.get("fast") == "chain"]
    assert len(found) == 1


@pytest.mark.parametrize("g", [0.0, 1.0, -2.5, np.inf, np.nan])
@pytest.mark.parametrize("odd", [0.5, 0.0, np.inf, -np.inf, np.nan, 1e308])
def test_native(g: float, odd: float) -> None:
    m = marked()
    args: list[Any] = [np.array([1.5, odd, 2.0, odd]), g]
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(Compiled(m)(*args), evaluate(m, args))


def test_branch_not_taken() -> None:
    """What runs away behind a branch that was not taken has no say."""

    def f(x: float, n: int) -> float:
        s = x
        for _ in range(n):
            s = s * s * 10.0
        return max(s - 1.0, -x) if s < 0.0 else max(2.0 * x, -s)

    assert wengert.grad(f)(3.0, 12) == 2.0
