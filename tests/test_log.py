"""Logs: by environment variable, by Python's logging, and the counters of compiled code."""

from __future__ import annotations

import logging
import os
import subprocess
import sys

import pytest

import wengert
from wengert.diag.log import TRACE, parse

PROGRAM = "import wengert\ndef f(x):\n    return x * x * x\nprint(wengert.grad(f)(2.0))\n"


def run(tmp_path, setting: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "model.py"
    path.write_text(PROGRAM)
    env = {**os.environ, "WENGERT_LOG": setting, "WENGERT_CACHE_DIR": "off"}
    return subprocess.run([sys.executable, str(path)], env=env, capture_output=True, text=True, check=False)


def test_the_environment_switches_it_on(tmp_path) -> None:
    done = run(tmp_path, "transform.vjp=trace,api=debug")
    assert done.stdout == "12.0\n"
    assert "wengert.transform.vjp: @f" in done.stderr
    assert "func @f.vjp(" in done.stderr
    assert "wengert.api.cache: compiled: f" in done.stderr
    quiet = run(tmp_path, "transform.vjp=warning")
    assert quiet.stderr == ""


def test_a_wrong_level_is_told(tmp_path) -> None:
    done = run(tmp_path, "transform=loud")
    assert done.returncode != 0
    assert "a level is one of trace, debug" in done.stderr


def test_settings() -> None:
    assert parse("trace") == {"wengert": TRACE}
    assert parse("wengert.api=info, runtime") == {
        "wengert.api": logging.INFO,
        "wengert.runtime": logging.DEBUG,
    }
    assert parse("") == {}


def test_python_logging_hears_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "wengert.transform.jvp"):
        wengert.jvp(lambda x: x * 3.25, (1.0,), (1.0,))
    assert any("ops ->" in r.message for r in caplog.records if r.name == "wengert.transform.jvp")


def test_counters_of_compiled_code() -> None:
    def make(k: float):
        return lambda x: x * k + 0.125

    start = wengert.cache_info()
    first = wengert.jit(make(2.0))
    assert first(1.0) == 2.125
    one = wengert.cache_info()
    assert one.compiled + one.disk == start.compiled + start.disk + 1
    assert wengert.jit(make(3.0))(1.0) == 3.125  # the same code, another cell
    two = wengert.cache_info()
    assert two.shared == one.shared + 1
    assert first(1) == 2.125  # other types: another specialisation
    assert wengert.cache_info().compiled + wengert.cache_info().disk == two.compiled + two.disk + 1
