"""No pass changes what a program computes, leaves in memory or raises."""

from __future__ import annotations

import copy
import linecache
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis.nests import compiled, source
from analysis.small import lower
from transform.oracle import run
from transform.programs import CASES
from wengert.ir.core import Func, module
from wengert.ir.verify import verify
from wengert.transform.accumulate import accumulate
from wengert.transform.cse import cse
from wengert.transform.dce import dce
from wengert.transform.licm import licm
from wengert.transform.passes import optimise
from wengert.transform.simplify import simplify

PASSES = (dce, simplify, cse, accumulate, licm)


def together(func: Func) -> Func:
    return optimise(module(func), 2).main


def outcome(func: Func, args: list[Any]) -> Any:
    """Results, final contents of the arguments, and the name of the exception."""
    args = copy.deepcopy(args)
    try:
        results = run(func, *args)
    except (IndexError, ValueError) as e:
        return type(e).__name__, [a for a in args if isinstance(a, np.ndarray)]
    return results, [a for a in args if isinstance(a, np.ndarray)]


def same(a: Any, b: Any) -> bool:
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, str):
        return bool(a == b)
    a, b = np.asarray(a), np.asarray(b)
    return (
        a.dtype == b.dtype
        and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        and np.array_equal(np.signbit(a[a == a]), np.signbit(b[b == b]))
    )


@pytest.mark.parametrize(("f", "sets"), CASES, ids=lambda c: c.__name__ if callable(c) else "")
@pytest.mark.parametrize("step", [*PASSES, together], ids=lambda p: p.__name__)
def test_unchanged(step: Callable[[Func], Func], f: Callable[..., Any], sets: list[list[Any]]) -> None:
    before = lower(f)
    after = step(before)
    verify(module(before))
    verify(module(after))
    for args in sets:
        expected, found = outcome(before, args), outcome(after, args)
        assert same(expected, found), (args, expected, found)
    assert step(after) is after or step is not dce


@pytest.mark.parametrize("seeds", [range(100), pytest.param(range(100, 3000), marks=pytest.mark.fuzz)])
def test_random_nests(seeds: range) -> None:
    for seed in seeds:
        text = source(seed)
        before = compiled(text)
        after = together(before)
        for n in (0, 4, 6):
            rng = np.random.default_rng(seed)
            args = [rng.random((7, 7)), rng.random(7), n, seed % 3]
            assert same(outcome(before, args), outcome(after, args)), text


def test_time_grows_with_the_program() -> None:
    """Twice the program takes about twice the time."""

    def long(n: int) -> Func:
        lines = ["def f(x, s, I):"]
        for k in range(n):
            lines += [
                f"    x[I + {k % 7}] = s * x[I + {k % 5}] + s",
                "    s = s * s + x[0]",
                f"    J{k} = I + {k}",
            ]
        scope: dict[str, Any] = {}
        source = "\n".join([*lines, "    return s"])
        exec(source, scope)
        linecache.cache["<long>"] = (len(source), None, source.splitlines(True), "<long>")
        scope["f"].__code__ = compile(source, "<long>", "exec").co_consts[0]
        return lower(scope["f"])

    def seconds(func: Func) -> float:
        start = time.perf_counter()
        optimise(module(func))
        return time.perf_counter() - start

    small, large = long(100), long(800)
    seconds(small)
    assert seconds(large) < 30 * seconds(small)
