"""Loops that run without their checks give what the loops as written give, exceptions included."""

from __future__ import annotations

import math
import re
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert
from transform.count import names
from wengert.ir.core import module
from wengert.ir.parse import parse_func
from wengert.ir.verify import verify
from wengert.runtime.compile import optimised
from wengert.transform.speculate import speculate

TEXT = """
func @f(%x: f64[n], %c: f64, %k: i64) -> (f64, f64[n]) {{
  %lo = const {{value=0}} : i64
  %one = const {{value=1}} : i64
  %hi = dim(%x) {{axis=0}} : i64
  %zero = const {{value=0.0}} : f64
  %y = alloc(%hi) {{dtype=f64, axes='n', fill='zero', safe=True}} : f64[n]
  %n, %sum = for(%lo, %hi, %one, %zero) : i64, f64 {{
    (%i: i64, %t: f64):
    %a = load(%x, %i) {{safe=True}} : f64
    %b = exp(%a) : f64
    %ok = {test} : bool
    check(%ok) {{exc='OverflowError', message='math range error'}}
    {write}
    %u = {carried} : f64
    yield %u
  }}
  yield %sum, %y
}}
"""
USUAL = {"test": "isfinite(%b)", "write": "store(%y, %i, %b) {safe=True}", "carried": "add(%t, %b)"}
CHOICE = """%q = lt(%i, %k) : bool
    %r = if(%q) : f64 {{
      {inside}
      yield {given}
    }} else {{
      yield %a
    }}"""


def loops(**changes: str) -> int:
    after = speculate(parse_func(TEXT.format(**{**USUAL, **changes})))
    verify(module(after))
    return names(after)["for"]


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 2),
        ({"write": "store(%x, %i, %b) {safe=True}"}, 3),  # the caller would see it: one to put it back
        ({"write": "accum(%y, %i, %b) {safe=True}"}, 3),  # twice is not once
        ({"write": "%r = load(%y, %i) {safe=True} : f64\n    store(%y, %i, %b) {safe=True}"}, 3),
        ({"write": "store(%x, %lo, %b) {safe=True}"}, 1),  # one trip after the other
        ({"write": "store(%y, %k, %b)"}, 1),  # may be out of bounds
        ({"write": CHOICE.format(inside="", given="%b")}, 2),
        ({"write": CHOICE.format(inside="check(%q) {exc='E', message=''}", given="%b")}, 1),
        ({"test": "lt(%i, %k)"}, 1),  # other operations may rely on it
        ({"carried": "mul(%t, %b)"}, 1),
        ({"carried": "add(%b, %b)"}, 1),
        ({"write": "%j = cast(%b) {to=i64} : i64"}, 1),
    ],
)
def test_which_loops(changes: dict[str, str], count: int) -> None:
    assert loops(**changes) == count


def exponentials(x):
    y = np.zeros(len(x))
    total = 0.0
    for i in range(len(x)):
        y[i] = math.exp(x[i])
        total += float(y[i]) / (float(x[i]) - 3.0)
    return total


def logarithms(x):
    total = 0.0
    for i in range(len(x)):
        total += math.log(x[i]) + math.sqrt(x[i] + 2.0)
    return total


def rows(x):
    total = 0.0
    for i in range(2):
        for j in range(len(x)):
            total += math.log1p(x[j] + i) / (j + 1.0)
    return total


def weighted(x):
    total = 0.0
    for i in range(len(x)):
        w = 0.5 if i == 0 or x[i] > 1.0 else 1.0
        total += w * math.sqrt(x[i] + 0.5)
    return total


def overwriting(x):
    for i in range(len(x)):
        x[i] = math.exp(x[i])
    return x[0]


def decaying(x):
    """What is overwritten is put back before the loop runs again."""
    c, y = np.ones(len(x)), np.zeros(len(x))
    total = 0.0
    for t in range(3):
        for i in range(len(x)):
            c[i] = c[i] * math.exp(-x[i]) + math.log(x[i] + 1.0)
            y[i] += c[i] * math.sqrt(x[i] + 0.5)
            total += c[i]
        for i in range(len(x) - 1, -1, -2):
            y[i] = math.log(y[i] + t + 2.0)
    return total + np.sum(y)


def in_place_twice(x):
    for i in range(len(x) - 1, 0, -1):
        x[i] = math.exp(x[i]) - 1.0
        x[i] += math.log(x[i])
    return np.sum(x)


FUNCTIONS = [exponentials, logarithms, rows, weighted, overwriting, decaying, in_place_twice]
BAD = [None, 800.0, 3.0, 0.0, -1.5, math.inf, -math.inf, math.nan, -1.0]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(
    "fun", [exponentials, logarithms, rows, weighted, overwriting, decaying, in_place_twice]
)
def test_like_python(fun: Callable[[Any], float], bad: float | None) -> None:
    x = np.linspace(0.1, 2.0, 37)
    if bad is not None:
        x[17] = bad
        x[25] = 0.0
    results: list[Any] = []
    for run in (fun, wengert.jit(fun)):
        own = x.copy()
        try:
            with np.errstate(all="ignore"):
                results.append((run(own), own))
        except (ArithmeticError, ValueError) as error:
            kinds = (OverflowError, ZeroDivisionError, ValueError)
            results.append((next(k for k in kinds if isinstance(error, k)), own))
    (expected, left), (found, ours) = results
    np.testing.assert_allclose(ours, left, rtol=1e-14)
    if isinstance(expected, type):
        assert found is expected
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-13)


def cell(c, x):
    total = 0.0
    for t in range(len(x)):
        for i in range(len(c)):
            c[i] = c[i] / (1.0 + math.exp(-c[i])) + x[t]
            total += c[i] * x[t]
    return total


def test_a_state_in_memory_is_vectorised() -> None:
    """It is read and written in each step, and the sum is strict."""
    text = wengert.jit(cell).lower(np.ones(8), np.ones(3)).llvm
    assert re.search(r"fdiv <[248] x double>", str(optimised(text)[0]))


def test_gradients() -> None:
    x = np.linspace(0.1, 2.0, 37)
    found = wengert.grad(exponentials)(x)
    expected = np.exp(x) / (x - 3.0) - np.exp(x) / (x - 3.0) ** 2
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    x[5] = 3.0
    with pytest.raises(ZeroDivisionError):
        wengert.value_and_grad(exponentials)(x)


def written_before(x):
    x[0] = 5.0
    y = np.zeros(len(x))
    total = 0.0
    for k in range(3):
        x[1] += 1.0
        for i in range(len(x)):
            y[i] = math.sqrt(x[i] - k)
            total += float(y[i]) / (float(x[i]) - 0.5)
        x[2] = total
    return total


def logarithm(a, i):
    return math.log1p(a[i])


def in_helper(x):
    y = np.zeros(len(x))
    total = 0.0
    for i in range(len(x)):
        x[i] = x[i] * 2.0
    for i in range(len(x)):
        y[i] = logarithm(x, i)
        total += float(y[i]) ** 0.5
    x[0] = total
    return total


def overwriting_in_between(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = math.exp(x[i])
        x[i] = math.log(y[i] - 1.0)
    return np.sum(y)


def tried(x):
    """What the handler sees was left by the loop as it was written."""
    y = np.zeros(len(x))
    try:
        for i in range(len(x)):
            y[i] = math.log(x[i])
    except ValueError:
        y[0] += 100.0
    return np.sum(y)


def tried_inside(x):
    y = np.ones(len(x))
    for _ in range(2):
        try:
            for i in range(len(x)):
                y[i] += math.sqrt(x[i])
        except ValueError:
            y[2] = 1.0
    return np.sum(y)


def outcome(run: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """What ``run`` gives or raises (class, message and line), and what it leaves of its argument."""
    own = x.copy()
    try:
        with np.errstate(all="ignore"):
            return run(own), own
    except (ArithmeticError, ValueError) as error:
        notes = re.search(
            r"--> .*:(\d+):\d+\n", "\n".join((str(error), *getattr(error, "__notes__", ()), ""))
        )
        last = traceback.extract_tb(error.__traceback__)[-1]
        line = int(notes[1]) if notes else last.lineno
        kind = next(k for k in (OverflowError, ZeroDivisionError, ValueError) if isinstance(error, k))
        return (kind, re.sub(r"^error\[\w+\]: ", "", str(error)).split("\n")[0], line), own


RAISING = [
    exponentials, logarithms, rows, weighted, overwriting, written_before, in_helper, overwriting_in_between,
    tried, tried_inside,
]  # fmt: skip


@pytest.mark.parametrize("bad", [*BAD, 0.5, 2.0, -3.0])
@pytest.mark.parametrize("fun", RAISING)
def test_class_message_line_and_arguments(fun: Callable[[Any], float], bad: float | None) -> None:
    x = np.linspace(1.6, 2.9, 21)
    if bad is not None:
        x[13] = bad
        x[17] = -5.0  # is not reached, or raises later
    (expected, left), (found, ours) = outcome(fun, x), outcome(wengert.jit(fun), x)
    np.testing.assert_allclose(ours, left, rtol=1e-13)
    if isinstance(expected, tuple):
        assert found == expected
        again, kept = outcome(wengert.value_and_grad(fun), x)
        assert again == expected
        np.testing.assert_array_equal(kept, x)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-13)
