"""What a branch has computed is known in the same branch of a later ``if`` on the same condition."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import wengert
from transform.count import names
from wengert.algebra.evaluate import evaluate
from wengert.ir.core import Module
from wengert.ir.text import parse_module
from wengert.ir.verify import verify
from wengert.transform.cse import cse

TEXT = """
func @f(%x: f64, %n: i64, %c: bool) -> (f64, f64) {
  %zero = const {value=0} : i64
  %one = const {value=1} : i64
  %half = const {value=0.5} : f64
  %y, %z = if(%c) : f64, f64 {
    %s.1 = sqrt(%x) : f64
    %t.1 = sin(%s.1) : f64
    yield %t.1, %s.1
  } else {
    %s.2 = cos(%x) : f64
    %t.2 = exp(%s.2) : f64
    yield %t.2, %half
  }
  %trips, %w = for(%zero, %n, %one, %half) : i64, f64 {
    (%i: i64, %a: f64):
    %b = if(%c) : f64 {
      %s.3 = sqrt(%x) : f64
      %t.3 = sin(%s.3) : f64
      %u.3 = cos(%s.3) : f64
      %v.3 = mul(%t.3, %u.3) : f64
      %w.3 = add(%v.3, %a) : f64
      yield %w.3
    } else {
      %s.4 = cos(%x) : f64
      %t.4 = exp(%s.4) : f64
      %u.4 = sqrt(%x) : f64
      %v.4 = mul(%t.4, %u.4) : f64
      %w.4 = mul(%v.4, %a) : f64
      yield %w.4
    }
    yield %b
  }
  %q = add(%y, %z) : f64
  yield %q, %w
}
"""


def shared(m: Module) -> Module:
    after = m.with_func(cse(m.main))
    verify(after)
    return after


def test_once_for_each_branch() -> None:
    before = parse_module(TEXT)
    after = shared(before)
    assert names(before.main)["sqrt"] == 3
    assert names(after.main)["sqrt"] == 2  # the one of the other branch stays
    assert names(after.main)["sin"] == 1
    assert names(after.main)["exp"] == 1
    assert names(after.main)["cos"] == 2  # cos of sqrt(x), and of x
    for x, n, c in ((2.0, 3, True), (2.0, 3, False), (0.5, 0, True)):
        assert evaluate(after, (x, n, c)) == evaluate(before, (x, n, c))


def test_another_condition() -> None:
    m = parse_module(TEXT.replace("%b = if(%c)", "%d = not(%c) : bool\n    %b = if(%d)"))
    assert cse(m.main) is m.main


def turn(x: Any, y: float) -> float:
    n = x[0] * x[0] + x[1] * x[1]
    if n > 0.0:
        a = math.sqrt(n)
        r = math.cos(a) * y + math.sin(a) * x[0] / a
    else:
        r = y + x[1]
    return r * r


def test_in_a_loop_that_takes_gradients() -> None:
    """Both gradients at one point share the root, the sine and the cosine of the function."""

    def both(p: Any, y: float) -> Any:
        out = np.zeros((len(p), 4))
        for k in range(len(p)):
            x = p[k, 0], p[k, 1]
            bar, y_bar = wengert.grad(turn, wrt=(0, 1))(x, y)
            more, _ = wengert.grad(lambda x, y: 3.0 * turn(x, y), wrt=(0, 1))(x, y)
            out[k, 0], out[k, 1], out[k, 2], out[k, 3] = bar[0], bar[1], y_bar, more[1]
        return out

    p = np.array([[0.0, 0.0], [1.0, 2.0], [0.3, -0.4]])
    made = wengert.jit(both)
    out = made(p, 0.7)
    count = names(parse_module(made.lower(p, 0.7).ir).main)
    assert (count["sqrt"], count["sin"], count["cos"]) == (1, 1, 1)
    h = 1e-6
    for row, (a, b) in zip(out, p, strict=True):
        if a == b == 0.0:
            assert list(row) == [0.0, 2 * 0.7, 2 * 0.7, 6 * 0.7]
            continue
        rough = (turn((a + h, b), 0.7) - turn((a - h, b), 0.7)) / (2 * h)
        assert row[0] == pytest.approx(rough, rel=1e-6)
        rough = (turn((a, b + h), 0.7) - turn((a, b - h), 0.7)) / (2 * h)
        assert row[1] == pytest.approx(rough, rel=1e-6)
        assert row[3] == pytest.approx(3 * row[1])
