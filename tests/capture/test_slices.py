"""Every slice by constants has the elements that Python gives it, whatever the size."""

from __future__ import annotations

import itertools
import linecache
from typing import Any

import numpy as np
import pytest

from wengert.algebra.evaluate import evaluate
from wengert.capture import capture

STARTS = ("", "0", "1", "2", "5", "-1", "-2", "-5")
STOPS = ("", "0", "1", "3", "6", "-1", "-3", "-6")


@pytest.mark.parametrize("step", ["", "1", "2", "3", "-1", "-2"])
def test_slices(step: str) -> None:
    texts = [f"x[{lo}:{hi}:{step}].copy()" for lo, hi in itertools.product(STARTS, STOPS)]
    lines = ["def f(x):\n", "    return (\n", *(f"        {t},\n" for t in texts), "    )\n"]
    name, scope = f"<slices {step}>", dict[str, Any]()
    linecache.cache[name] = (0, None, lines, name)
    exec(compile("".join(lines), name, "exec"), scope)
    f = scope["f"]
    module = capture(f, (np.zeros(3),), {}).module
    for n in range(8):
        x = np.arange(1.0, n + 1)
        for text, got, want in zip(texts, evaluate(module, [x]), f(x), strict=True):
            assert np.array_equal(got, want), (text, n, got)
