"""What a function reads besides its arguments is what stands there at each call; its code is what runs."""

from __future__ import annotations

import linecache
import os
import subprocess
import sys
import types
from typing import Any

import numpy as np
import pytest

import wengert as wg
from wengert import errors

factor: Any = 2.0
weights: Any = np.ones(2)
settings: dict[str, Any] = {"k": 3.0}
space = types.SimpleNamespace(c=2.0)
X = np.ones(2)


def reads(x: Any) -> Any:
    return np.sum(x * weights) * factor * settings["k"] * space.c


def test_globals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebound, changed in place, of another type, of another shape."""
    here = sys.modules[__name__]
    monkeypatch.setattr(here, "weights", np.ones(2))
    monkeypatch.setattr(here, "factor", 2.0)
    g = wg.grad(reads)

    def agrees() -> None:
        step = np.array([1.0, 0.0])
        np.testing.assert_allclose(g(X)[0], reads(X + step) - reads(X), rtol=1e-5)

    agrees()
    for name, value in (
        ("factor", 3.0),
        ("weights", np.array([7.0, 1.0])),
        ("factor", 2),
        ("weights", np.ones(2, np.float32)),
        ("weights", 3.0),
        ("weights", np.ones((2, 2))),
        ("factor", np.float64(0.5)),
        ("weights", np.arange(4.0)[::2]),
        ("factor", 2**40),
    ):
        monkeypatch.setattr(here, name, value)
        agrees()
    here.weights[0] = 11.0
    agrees()
    monkeypatch.setitem(settings, "k", -1.0)
    agrees()
    monkeypatch.setattr(space, "c", 10)
    agrees()
    monkeypatch.setattr(here, "factor", "text")
    with pytest.raises(errors.CaptureError):
        g(X)
    monkeypatch.delattr(here, "factor")
    with pytest.raises(errors.CaptureError, match="`factor` is not defined"):
        g(X)


def test_cells() -> None:
    def make(c: Any) -> Any:
        def inner(x: Any) -> Any:
            return c * x * x

        def put(v: Any) -> None:
            nonlocal c
            c = v

        return inner, put

    inner, put = make(2.0)
    g = wg.grad(inner)
    assert g(1.0) == 4.0
    for c in (5.0, 3, np.float32(2.0), -1.0):
        put(c)
        assert g(1.0) == 2.0 * c
    other, _ = make(7.0)
    assert wg.grad(other)(1.0) == 14.0
    assert g(1.0) == -2.0


def with_default(x: Any, w: Any = np.ones(2), k: float = 2.0) -> Any:
    return np.sum(w * x) * k


def test_defaults() -> None:
    before = with_default.__defaults__
    assert before is not None
    try:
        g = wg.grad(with_default)
        assert g(X).tolist() == [2.0, 2.0]
        before[0][0] = 9.0
        assert g(X).tolist() == [18.0, 2.0]
        with_default.__defaults__ = (np.full(2, 4.0), 1.0)
        assert g(X).tolist() == [4.0, 4.0]
    finally:
        with_default.__defaults__ = before


def helper(x: float) -> float:
    return x * x


def uses_helper(x: float) -> float:
    return helper(x)


def test_functions_that_are_rebound(monkeypatch: pytest.MonkeyPatch) -> None:
    g = wg.grad(uses_helper)
    assert g(3.0) == 6.0
    monkeypatch.setattr(sys.modules[__name__], "helper", lambda x: x * x * x)
    assert g(3.0) == 27.0
    monkeypatch.setattr(sys.modules[__name__], "helper", np.sin)
    assert g(3.0) == np.cos(3.0)


def test_lambdas() -> None:
    assert [wg.grad(lambda t: k * t * t)(1.0) for k in (1.0, 2.0, 3.0)] == [2.0, 4.0, 6.0]
    two = [lambda t: t * t, lambda t: t * t * t]
    assert [wg.grad(q)(2.0) for q in two] == [4.0, 12.0]


def test_redefinition() -> None:
    def r(x: float) -> float:
        return x * x

    first = wg.grad(r)

    def r(x: float) -> float:
        return x * x * x

    assert (first(3.0), wg.grad(r)(3.0)) == (6.0, 27.0)


def put(name: str, text: str) -> dict[str, Any]:
    """Run a text as a notebook does: its lines are known to Python."""
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    scope: dict[str, Any] = {}
    exec(compile(text, name, "exec"), scope)
    return scope


def test_notebook() -> None:
    name = "<ipython-input-1>"
    old = put(name, "def cell(x):\n    return x**4\n")["cell"]
    assert wg.grad(old)(1.0) == 4.0
    new = put(name, "def cell(x):\n    return x**5\n")["cell"]
    assert wg.grad(new)(1.0) == 5.0
    assert wg.grad(old)(np.float32(1.0)) == 4.0  # read while its text was there
    unread = put(name, "def cell(x):\n    return x**6\n")["cell"]
    put(name, "def cell(x):\n    return x**7\n")
    with pytest.raises(errors.SourceError, match="not the code that runs"):
        wg.grad(unread)(1.0)


def test_exec_with_and_without_source() -> None:
    scope: dict[str, Any] = {}
    exec("def nowhere(x):\n    return x * x", scope)
    with pytest.raises(errors.SourceError, match="source of `nowhere` is not"):
        wg.grad(scope["nowhere"])(1.0)
    with pytest.raises(errors.SourceError, match="nowhere"):
        wg.grad(lambda x: scope["nowhere"](x))(1.0)
    assert wg.grad(put("<given>", "twice = lambda x: 2.0 * x\n")["twice"])(1.0) == 2.0


def test_edited_file(tmp_path: Any) -> None:
    path = tmp_path / "model_that_changes.py"
    path.write_text("def f(x):\n    return x * x\n")
    scope: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), scope)
    path.write_text("def f(x):\n    return x + x\n")
    linecache.checkcache(str(path))
    with pytest.raises(errors.SourceError, match="not the code that runs"):
        wg.grad(scope["f"])(3.0)


def test_interactive_prompt() -> None:
    """The plain prompt keeps no source before Python 3.13: refused with a way out, or right."""
    text = "import wengert as wg\ndef f(x):\n    return x * x\n\nprint('answer', wg.grad(f)(3.0))\n"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-i", "-q"]
    run = subprocess.run(command, input=text, capture_output=True, text=True, timeout=100, env=env)
    refusal = "source of `f` is not available" in run.stderr
    assert refusal or "answer 6.0" in run.stdout, run.stderr
