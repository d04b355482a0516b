"""What a second process finds on disk: the code, if all it depends on is as it was, and then nothing else is
loaded.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import wengert

COMPILER = (
    "llvmlite.binding", "wengert.analysis", "wengert.api.build", "wengert.api.stage", "wengert.api.steps",
    "wengert.capture.capturing", "wengert.capture.lower", "wengert.emit.llvm.module", "wengert.emit.python",
    "wengert.ir.core", "wengert.prims", "wengert.runtime.compile", "wengert.transform",
)  # fmt: skip
"""Rooms that only compiling needs."""

PROGRAM = """
import importlib, json, sys
import numpy as np
if len(sys.argv) > 3:
    exec(sys.argv[3])
found = {}
for name in sys.argv[1].split(","):
    result = importlib.import_module(name).result
    rooms = [room for room in sys.argv[2].split() if room in sys.modules]
    found[name] = [np.asarray(result).tolist(), rooms]
print(json.dumps(found))
"""

Found = dict[str, tuple[Any, list[str]]]


def run(folder: Path, cases: dict[str, str], root: Path | None = None, first: str = "") -> Found:
    """For each module its ``result``, and the rooms of the compiler that are loaded after it.

    All run in one process, which begins with the statement ``first``.
    """
    for name, text in cases.items():
        (folder / f"{name}.py").write_text("import numpy as np\nimport wengert\n" + text)
    paths = [str(root or Path(wengert.__file__).parents[1]), str(folder)]
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "WENGERT_CACHE_DIR": str(folder / "cache"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-c", PROGRAM, ",".join(cases), " ".join(COMPILER), first]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    return {name: (result, rooms) for name, (result, rooms) in json.loads(done.stdout).items()}


CASES = {
    "grad": """
def f(x):
    return x * x * x
result = wengert.grad(f)(2.0)
""",
    "value_and_grad": """
def f(w, x):
    s = 0.0
    for i in range(x.shape[0]):
        s += (w[i] * x[i] - 1.0) ** 2
    return s
value, gradient = wengert.value_and_grad(f, wrt="w")(np.ones(3), np.arange(3.0))
result = [value, *gradient]
""",
    "jit": """
def f(x, n):
    for _ in range(n):
        x = np.sin(x)
    return x
result = wengert.jit(f)(np.arange(3.0), 2)
""",
    "hvp": """
def f(x):
    return (x * x * x).sum()
result = wengert.hvp(f)(np.arange(3.0), np.ones(3))
""",
    "nested": """
def f(x):
    return x ** 4
result = wengert.grad(wengert.grad(f))(2.0)
""",
    "globals": """
SCALE = 3.0
WEIGHTS = np.array([1.0, 2.0])
def f(x):
    return SCALE * np.sum(WEIGHTS * x * x)
result = wengert.grad(f)(np.ones(2))
""",
    "closure": """
def make(a, table):
    def f(x):
        return a * np.sum(table * x)
    return f
result = wengert.grad(make(2.0, np.arange(2.0)))(np.ones(2))
""",
    "callee": """
def square(x):
    return x * x
def twice(g, x):
    return g(g(x))
def f(x):
    return twice(square, x)
result = wengert.grad(f)(2.0)
""",
    "default": """
def f(x, k=3.0):
    return k * x
result = wengert.grad(f)(2.0)
""",
    "structures": """
def f(p):
    return p["a"] * p["b"][0] + p["b"][1]
found = wengert.grad(f)({"a": 2.0, "b": [3.0, 4.0]})
result = [found["a"], *found["b"]]
""",
}


def test_nothing_of_the_compiler_is_loaded(tmp_path: Path) -> None:
    before, after = run(tmp_path, CASES), run(tmp_path, CASES)
    assert all("wengert.transform" in rooms for _, rooms in before.values())
    assert after == {name: (result, []) for name, (result, _) in before.items()}


CHANGES = {
    "body": ("def f(x):\n    return x * x\n", "def f(x):\n    return x * x * x\n", 4.0, 12.0),
    "callee": (
        "def g(x):\n    return x * x\ndef f(x):\n    return g(x)\n",
        "def g(x):\n    return x * 3\ndef f(x):\n    return g(x)\n",
        4.0,
        3.0,
    ),
    "callee_of_a_callee": (
        "def h(x):\n    return x * x\ndef g(x):\n    return h(x)\ndef f(x):\n    return g(x)\n",
        "def h(x):\n    return x * 3\ndef g(x):\n    return h(x)\ndef f(x):\n    return g(x)\n",
        4.0,
        3.0,
    ),
    "callee_by_another_name": (
        "def a(x):\n    return x * x\ndef b(x):\n    return x * 3\ng = a\ndef f(x):\n    return g(x)\n",
        "def a(x):\n    return x * x\ndef b(x):\n    return x * 3\ng = b\ndef f(x):\n    return g(x)\n",
        4.0,
        3.0,
    ),
    "constant_of_the_compiled_code": (
        "N = 2\ndef f(x):\n    y = 1.0\n    for _ in range(N):\n        y = y * x\n    return y\n",
        "N = 3\ndef f(x):\n    y = 1.0\n    for _ in range(N):\n        y = y * x\n    return y\n",
        4.0,
        12.0,
    ),
    "flag": (
        "MODE = 'square'\ndef f(x):\n    return x * x if MODE == 'square' else x * 3\n",
        "MODE = 'triple'\ndef f(x):\n    return x * x if MODE == 'square' else x * 3\n",
        4.0,
        3.0,
    ),
    "number_that_is_read": (
        "K = 2.0\ndef f(x):\n    return K * x\n",
        "K = 5.0\ndef f(x):\n    return K * x\n",
        2.0,
        5.0,
    ),
    "type_of_a_number": (
        "K = 2.0\ndef f(x):\n    return K * x\n",
        "K = 5\ndef f(x):\n    return K * x\n",
        2.0,
        5.0,
    ),
    "number_becomes_array": (
        "K = 2.0\ndef f(x):\n    return np.sum(K * x)\n",
        "K = np.array([5.0, 1.0])\ndef f(x):\n    return np.sum(K * x)\n",
        2.0,
        6.0,
    ),
    "default": ("def f(x, k=2.0):\n    return k * x\n", "def f(x, k=5.0):\n    return k * x\n", 2.0, 5.0),
    "static_default": (
        "def f(x, k='a'):\n    return x * x if k == 'a' else x * 3\n",
        "def f(x, k='b'):\n    return x * x if k == 'a' else x * 3\n",
        4.0,
        3.0,
    ),
    "default_of_a_callee": (
        "def g(x, k=2.0):\n    return k * x\ndef f(x):\n    return g(x)\n",
        "def g(x, k=5.0):\n    return k * x\ndef f(x):\n    return g(x)\n",
        2.0,
        5.0,
    ),
    "closure": (
        "def make(k):\n    return lambda x: x * x if k == 'a' else x * 3\nf = make('a')\n",
        "def make(k):\n    return lambda x: x * x if k == 'a' else x * 3\nf = make('b')\n",
        4.0,
        3.0,
    ),
    "closure_of_a_callee": (
        "def make(k):\n    return lambda x: k * x\ng = make(2.0)\ndef f(x):\n    return g(x)\n",
        "def make(k):\n    return lambda x: k * x\ng = make(5.0)\ndef f(x):\n    return g(x)\n",
        2.0,
        5.0,
    ),
    "function_of_a_library": (
        "g = np.sin\ndef f(x):\n    return g(0 * x) + x\n",
        "g = np.exp\ndef f(x):\n    return g(x * 0) * 3 * x\n",
        1.0,
        3.0,
    ),
    "attribute": (
        "class P:\n    k = 2.0\np = P()\ndef f(x):\n    return p.k * x\n",
        "class P:\n    k = 5.0\np = P()\ndef f(x):\n    return p.k * x\n",
        2.0,
        5.0,
    ),
    "length_of_a_list": (
        "L = [1.0, 1.0]\ndef f(x):\n    s = 0.0\n    for k in L:\n        s = s + k * x\n    return s\n",
        "L = [1.0, 1.0, 1.0]\ndef f(x):\n    s = 0.0\n    for k in L:\n        s = s + k * x\n    return s\n",
        2.0,
        3.0,
    ),
}  # fmt: skip


def test_changes_are_noticed(tmp_path: Path) -> None:
    end = "result = wengert.grad(f)(2.0)\n"
    for version in (0, 1, 0):
        found = run(tmp_path, {name: change[version] + end for name, change in CHANGES.items()})
        assert {name: result for name, (result, _) in found.items()} == {
            name: change[2 + version] for name, change in CHANGES.items()
        }


SQUARE = {"square": "def f(x):\n    return x * x\nresult = wengert.grad(f)(2.0)\n"}
RESTORED = {"square": (4.0, [])}


def test_another_module_changes(tmp_path: Path) -> None:
    text = "import helper\ndef f(x):\n    return helper.g(x)\nresult = wengert.grad(f)(2.0)\n"
    for body, expected in (("x * x", 4.0), ("x * 3", 3.0)):
        (tmp_path / "helper.py").write_text(f"def g(x):\n    return {body}\n")
        assert run(tmp_path, {"user": text})["user"][0] == expected
        assert run(tmp_path, {"user": text}) == {"user": (expected, [])}


@pytest.mark.parametrize("change", ["np.__version__ = '9.9'", "sys.version = 'another'"])
def test_another_environment(change: str, tmp_path: Path) -> None:
    run(tmp_path, SQUARE)
    assert run(tmp_path, SQUARE) == RESTORED
    assert "wengert.transform" in run(tmp_path, SQUARE, first=change)["square"][1]


def test_another_wengert(tmp_path: Path) -> None:
    package = tmp_path / "copy" / "wengert"
    shutil.copytree(Path(wengert.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    run(tmp_path, SQUARE, package.parent)
    assert run(tmp_path, SQUARE, package.parent) == RESTORED
    os.utime(package / "prims" / "arithmetic.py", (1e9, 1e9))
    assert "wengert.transform" in run(tmp_path, SQUARE, package.parent)["square"][1]
    (package / "prims" / "another.py").write_text("")
    os.utime(package / "prims" / "another.py", (1e9, 1e9))
    assert "wengert.transform" in run(tmp_path, SQUARE, package.parent)["square"][1]
