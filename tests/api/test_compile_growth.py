"""The work of compiling grows with the length of the source alone.  Work is counted in calls, not seconds."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

import wengert
from wengert.api.pipeline import Program
from wengert.api.step import Step


def chain(statements: int) -> Callable[[float, int], float]:
    """A loop whose body has this many statements, each on the results of the last three."""
    lines = ["def f(x, n):", "    a, b, c = x, 0.5, 0.25", "    for _ in range(n):"]
    names = "abc"
    for k in range(statements):
        a, b, c = (names[(k + j) % 3] for j in range(3))
        lines.append(f"        {a} = {a} * 0.99 + 0.01 * {b} * {c}")
    text = "\n".join([*lines, "    return a + b + c", ""])
    name = f"<chain of {statements}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    scope: dict[str, Any] = {}
    exec(compile(text, name, "exec"), scope)
    return scope["f"]


def calls(statements: int) -> int:
    """How many Python functions run from the source of the gradient to its last form."""
    program = Program(chain(statements), (Step("grad"),))
    call = program.bind((1.0, 10))
    count = 0

    def look(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        program.stage(call)
    finally:
        sys.setprofile(before)
    return count


def test_twice_the_statements_are_twice_the_work() -> None:
    calls(10)  # what is imported and cached on first use
    counts = [calls(n) for n in (20, 40, 80, 160)]
    for few, many in pairwise(counts):
        assert many <= 2.3 * few, counts


@pytest.mark.slow
def test_long_bodies() -> None:
    f = chain(1500)
    step = 1e-6
    difference = (f(1.0 + step, 2) - f(1.0 - step, 2)) / (2 * step)
    assert wengert.grad(f)(1.0, 2) == pytest.approx(difference, rel=1e-6)
