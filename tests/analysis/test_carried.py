"""Which carried arrays keep their sizes, and that those which do not are not taken for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert
from wengert.analysis.ranges import Ranges
from wengert.ir.core import Op
from wengert.ir.parse import parse_func

TEXT = """
func @f(%x: f64[n], %y: f64[n], %z: f64[n], %m: i64, %c: bool) -> (f64[n], f64[n]) {{
  %lo = const {{value=0}} : i64
  %one = const {{value=1}} : i64
  %two = const {{value=2}} : i64
  %half = const {{value=0.5}} : f64
  %k = dim(%x) {{axis=0}} : i64
  %a0 = copy(%x) : f64[n]
  %n, %u, %v = for(%lo, %m, %one, {start}) : i64, f64[n], f64[n] {{
    (%i: i64, %a: f64[n], %b: f64[n]):
    {body}
    yield {out}
  }}
  yield %u, %v
}}
"""


def steady(start: str, body: str, out: str) -> str:
    """Which of ``u`` and ``v`` are known to be as long as ``x`` after the loop, and ``a`` and ``b`` in it."""
    func = parse_func(TEXT.format(start=start, body=body, out=out))
    ranges = Ranges(func)
    loop: Op = next(op for op in func.body.ops if op.name == "for")
    length = ranges.linear(next(op for op in func.body.ops if op.name == "dim").result)
    found = ""
    for letter, after, inside in zip("uv", loop.results[1:], loop.regions[0].params[1:], strict=True):
        known = ranges.size(after, 0) == length
        assert known == (ranges.size(inside, 0) == length)
        found += letter if known else ""
    return found


@pytest.mark.parametrize(
    ("start", "body", "out", "known"),
    [
        ("%a0, %x", "%d = mul(%a, %half) : f64[n]", "%d, %b", "uv"),
        ("%a0, %y", "%d = mul(%a, %half) : f64[n]", "%d, %b", "u"),
        ("%a0, %x", "%d = add(%a, %b) {same=True} : f64[n]", "%d, %b", "uv"),
        ("%a0, %x", "%d = add(%a, %b) : f64[n]", "%d, %b", "v"),  # perhaps one of them is one long
        ("%a0, %y", "%d = add(%y, %b) {same=True} : f64[n]", "%d, %a", ""),  # v is y at first, then x
        ("%a0, %x", "", "%b, %a", "uv"),  # swapped
        ("%a0, %y", "", "%b, %a", ""),
        ("%a0, %x", "", "%y, %b", "v"),
        ("%a0, %x", "%d = alloc(%k) {dtype=f64, axes='n', fill='zero'} : f64[n]", "%d, %d", "uv"),
        ("%a0, %x", "%d = alloc(%i) {dtype=f64, axes='n', fill='zero'} : f64[n]", "%d, %b", "v"),
        (
            "%a0, %x",
            "%d = view(%a, %one, %k, %one) {spec='s'} : f64[n;S]\n    %e = copy(%d) : f64[n]",
            "%e, %b",
            "v",
        ),
        ("%a0, %x", "%d = copy(%b) : f64[n]\n    %e = sin(%d) : f64[n]", "%e, %d", "uv"),
    ],
)
def test_sizes(start: str, body: str, out: str, known: str) -> None:
    assert steady(start, body, out) == known


def halved(x, n):
    for _ in range(n):
        x = x[::2] * 2.0
    return np.sum(x)


def grown(x, n):
    for _ in range(n):
        x = np.concatenate((x, x * 0.5))
    return np.sum(x * x)


def swapped(x, n):
    y = np.ones(2 * len(x))
    for k in range(n):
        x, y = y * (k + 1.0), x + 1.0
    return np.sum(x * x) + np.sum(y)


def broadcast(x, n):
    y = x[:1] * 1.0
    for _ in range(n):
        y = np.sin(y + x)
    return np.sum(y)


def inner(x, n):
    y = np.zeros(len(x))
    for _ in range(n):
        for k in range(n):
            y = y + x * k
        y = np.sin(y)
        if y[0] > 0.1:
            y = y * 0.5
    return np.sum(y * x)


def until(x, n):
    y = x * 1.0
    while np.sum(y) < n:
        y = y + x * x
        if len(y) > 2 and y[0] > 1.0:
            y = y[1:] * 1.0
    return np.sum(y)


@pytest.mark.parametrize("n", [0, 1, 2, 3])
@pytest.mark.parametrize("f", [halved, grown, swapped, broadcast, inner, until])
def test_like_python(f: Callable[..., Any], n: int) -> None:
    x = np.array([0.3, 0.7, 0.45, 0.61, 0.52])
    value, slope = wengert.value_and_grad(f)(x.copy(), n)
    np.testing.assert_allclose(value, f(x.copy(), n), rtol=1e-13)
    numeric = [(f(x + step, n) - f(x - step, n)) / 2e-6 for step in 1e-6 * np.eye(len(x))]
    np.testing.assert_allclose(slope, numeric, rtol=1e-6, atol=1e-8)
