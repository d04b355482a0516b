"""Slices come back as they were written, for arrays of every length."""

from __future__ import annotations

import linecache
from typing import Any

import numpy as np
import pytest

import wengert as wg
from source_harness import alike, by_source

STARTS, STOPS = ("", "1", "3", "9"), ("", "1", "4", "-1", "9")


def doubling(part: str) -> Any:
    """A function that doubles ``y[part]`` in place."""
    text = f"def f(x):\n    y = x.copy()\n    v = y[{part}]\n    v *= 2.0\n    return y\n"
    name = f"<doubling {part}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    scope: dict[str, Any] = {}
    exec(compile(text, name, "exec"), scope)
    return scope["f"]


@pytest.mark.parametrize("start", STARTS)
def test_as_written(start: str) -> None:
    for stop in STOPS:
        f = doubling(f"{start}:{stop}")
        made = wg.jit(f)
        shown = wg.show(made, np.ones(5))
        empty = start and stop.isdigit() and int(stop) < int(start)
        part = f"{start}:{start}" if empty else f"{start}:{stop}"
        assert (f"y[{part}]" in shown) or part == ":", shown
        for n in range(7):
            x = np.arange(1.0, n + 1)
            alike(f(x), by_source(made, (x,)))
