"""``explain`` says how many bytes are recorded for the arguments at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import wengert
from wengert.algebra.evaluate import evaluate
from wengert.api.recorded import recorded, said
from wengert.ir.parse import parse_module
from wengert.prims import REGISTRY


def steps(x, n):
    for _ in range(n):
        x = x * x * 0.3 + np.sin(x)
    return x


def rows(u, n):
    v = u.copy()
    for _ in range(n):
        for i in range(1, len(u) - 1):
            v[i] = u[i - 1] * u[i] * u[i + 1]
        for i in range(len(u)):
            u[i] = 0.5 * v[i]
    return np.sum(u)


def every_third(u, n):
    total = 0.0
    for k in range(n):
        s = 1.0
        for i in range(2, len(u), 3):
            s = s * u[i] + k
        total += s * s
    return total


def linear(u, n):
    for _ in range(n):
        for i in range(1, len(u)):
            u[i] += 0.5 * u[i - 1]
    return np.sum(u)


CASES = [
    (steps, (0.3, 10), 80),
    (rows, (np.ones(50), 1000), 400_000),
    (every_third, (np.ones(20), 5), 5 * 6 * 8 + 5 * 8),
    (linear, (np.ones(50), 1000), 0),
]


@pytest.mark.parametrize(("f", "args", "expected"), CASES)
def test_bytes(f: Callable[..., Any], args: tuple[Any, ...], expected: int) -> None:
    func = parse_module(wengert.grad(f).lower(*args).ir).main
    assert sum(recorded(func, args).values()) == expected
    found = [line for line in wengert.explain(wengert.grad(f), *args).splitlines() if "records" in line]
    assert all(line.endswith(("bytes", "kB", "MB", "nothing")) for line in found)


@pytest.mark.parametrize(("f", "args", "expected"), CASES)
def test_bytes_that_are_allocated(
    f: Callable[..., Any], args: tuple[Any, ...], expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted while the derivative runs: records are the only arrays here that are not filled."""
    module = parse_module(wengert.grad(f).lower(*args).ir)
    alloc, taken = REGISTRY["alloc"], list[int]()

    def counted(*sizes: Any, **attrs: Any) -> Any:
        out = alloc.evaluate(*sizes, **attrs)  # type: ignore[misc]
        taken.append(out.nbytes if attrs["fill"] == "none" else 0)
        return out

    monkeypatch.setitem(REGISTRY, "alloc", replace(alloc, evaluate=counted))
    evaluate(module, [x.copy() if isinstance(x, np.ndarray) else x for x in args])
    assert sum(taken) == expected


def test_arrays_are_named() -> None:
    text = wengert.explain(wengert.grad(rows), np.ones(50), 1000)
    assert "records u: f64[n], one for each trip: 400 kB" in text


@pytest.mark.parametrize(
    ("count", "text"), [(800, "800 bytes"), (1600, "1.6 kB"), (10**7, "10 MB"), (2345678901, "2.35 GB")]
)
def test_words(count: int, text: str) -> None:
    assert said(count) == text
