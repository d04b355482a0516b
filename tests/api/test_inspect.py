"""Looking inside: what `source` and `explain` say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import wengert

ROOT = Path(__file__).parents[2]

PROGRAM = """
import numpy as np
import wengert

def f(x, n, scale):
    y = x.copy()
    for i in range(1, len(y)):
        y[i] += y[i - 1] * y[i - 1] * scale["a"][0]
    return y[n]

g = wengert.grad(f)
g(np.ones(5), 2, {"a": (3.0, 1.0)})
print(g.program.last.stage is None)
print(g.source)
"""


def test_source_is_the_same_when_the_code_comes_from_the_disk(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "WENGERT_CACHE_DIR": str(tmp_path / "cache"),
    }
    runs = [
        subprocess.run(
            [sys.executable, tmp_path / "program.py"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\n", 1)
        for _ in range(2)
    ]
    assert [restored for restored, _ in runs] == ["False", "True"]
    assert runs[0][1] == runs[1][1]
    assert "def f_vjp(" in runs[0][1]


def test_source_before_the_first_call() -> None:
    with pytest.raises(wengert.errors.UseError, match="was never called"):
        _ = wengert.grad(lambda x: x * x).source


def logistic(x, n):
    for _ in range(n):
        x = 3.5 * x * (1 - x)
    return x


def table(a):
    total = 0.0
    for i in range(3):
        for j in range(4):
            total = np.sin(total) + a[i, j]
    return total


def until(x):
    y = x
    while y < 100.0:
        y = y * y
    return y


def sweep(x):
    y = x.copy()
    for i in range(1, len(y)):
        y[i] += 0.5 * y[i - 1]
    return y.sum()


@pytest.mark.parametrize(
    ("f", "args", "line"),
    [
        (logistic, (0.3, 4), "records x: f64, one for each trip"),
        (table, (np.ones((3, 4)),), "records total: f64, one for each trip of 2 nested loops"),
        (until, (2.0,), "records y: f64, one each time round"),
        (sweep, (np.ones(4),), "records nothing"),
    ],
)
def test_explain_says_what_is_recorded(f, args, line) -> None:
    assert line in wengert.explain(wengert.grad(f), *args)


def test_native_code_is_in_native_order() -> None:
    """A cotangent that all trips add to is carried in a register and summed in any order."""

    def f(w: float, x: np.ndarray) -> float:
        total = 0.0
        for i in range(len(x)):
            total += w * x[i]
        return total

    llvm = wengert.grad(f).lower(2.0, np.ones(3)).llvm
    assert "fadd reassoc" in llvm
