"""Positions that walk through packed data are computed, not carried and not recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from transform.test_modes import active, check, copied, gradient
from wengert.algebra.evaluate import count_ops, evaluate
from wengert.capture import capture
from wengert.ir.core import Module
from wengert.ir.text import parse_module
from wengert.ir.verify import verify
from wengert.ir.walk import ops
from wengert.transform.expand import expand
from wengert.transform.induction import induction
from wengert.transform.inline import inline
from wengert.transform.passes import optimise


def packed(x: Any, a: Any) -> float:
    s = 0.0
    at = 0
    n = len(x)
    for i in range(n):
        for j in range(i + 1, n):
            s += a[at] * x[i] * x[j]
            at += 1
    return s + at


def backwards(x: Any, a: Any) -> float:
    s = 0.0
    at = len(x)
    for i in range(len(x) - 1, -1, -1):
        at -= 1
        s += a[at] * x[i]
        for _ in range(i, 0, -1):
            at += 2
        s += at * x[i]
    return s


def two_at_once(x: Any, a: Any) -> float:
    s = 0.0
    p = 1
    q = 2
    for i in range(len(x)):
        s += x[i] * a[p] * q
        p += 1
        q += p + i
    return s * p * q


def doubled(x: Any, a: Any) -> float:
    s = 0.0
    p = 1
    for i in range(len(x)):
        s += x[i] * a[0] * p
        p += p
    return s


def hidden(x: Any, a: Any) -> float:
    s = 0.0
    p = 0
    for i in range(len(x)):
        if x[i] > 0.5:
            s += a[p] * x[i]
            p += 1
    return s + p


CLOSED = [packed, backwards, two_at_once]
OPEN = [doubled, hidden]


def captured(f: Callable[..., Any]) -> Module:
    return inline(expand(capture(f, tuple(arguments(3))).module))


def closed(m: Module) -> Module:
    return m.with_func(induction(m.main))


def arguments(n: int) -> list[Any]:
    rng = np.random.default_rng(n)
    return [rng.random(n), rng.random(n * n + 3)]


@pytest.mark.parametrize("f", [*CLOSED, *OPEN], ids=lambda f: f.__name__)
@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_same(f: Callable[..., Any], n: int) -> None:
    before = captured(f)
    after = closed(before)
    verify(after)
    args = arguments(n)
    assert evaluate(after, copied(args)) == evaluate(before, copied(args))
    assert (after.main is before.main) == (f in OPEN)


@pytest.mark.parametrize("f", CLOSED, ids=lambda f: f.__name__)
def test_nothing_is_recorded_for_positions(f: Callable[..., Any]) -> None:
    m = optimise(captured(f))
    d = gradient(m)
    assert active(m)
    assert not any(op.name.startswith("rec_") for op in ops(d.main.body))
    assert count_ops(d, arguments(5)).recorded == 0


@pytest.mark.parametrize("f", [*CLOSED, *OPEN], ids=lambda f: f.__name__)
def test_every_mode(f: Callable[..., Any]) -> None:
    check(optimise(captured(f)), f, tuple(arguments(4)))


WRAPPING = """
func @f(%n: i64, %p: i64, %c: i64) -> (i64) {
  %zero = const {value=0} : i64
  %one = const {value=1} : i64
  %trips, %end = for(%zero, %n, %one, %p) : i64, i64 {
    (%i: i64, %q: i64):
    %far = mul(%i, %c4) : i64
    %next = add(%q, %far) : i64
    %more = add(%next, %c) : i64
    yield %more
  }
  yield %end
}
""".replace("  %zero", "  %c4 = const {value=4000000000000000000} : i64\n  %zero", 1)


def test_integers_wrap_alike() -> None:
    """The sum of a triangle is exact however large the numbers."""
    before = parse_module(WRAPPING)
    after = closed(before)
    verify(after)
    assert after.main is not before.main
    for n in (0, 1, 6, 7):
        args = [n, 9_000_000_000_000_000_000, 7_000_000_000_000_000_000]
        with np.errstate(over="ignore"):
            want = args[1]
            for i in range(n):
                want += i * 4000000000000000000 + args[2]
            got = evaluate(after, args)[0]
            assert int(got) == (want + 2**63) % 2**64 - 2**63 == int(evaluate(before, args)[0])
