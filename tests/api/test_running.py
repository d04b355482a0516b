"""Compiled functions in a busy world: threads, forks, Ctrl-C, several processes, a damaged cache."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wengert as wg


def wave(x: Any, n: int) -> Any:
    y = x.copy()
    for k in range(1, n):
        for i in range(1, len(y)):
            y[i] = np.sin(y[i]) * y[i - 1] + 0.1 * k
    return np.sum(y * y)


def test_eight_threads_one_gradient() -> None:
    """All begin before it is compiled, with arrays of several kinds; each gets its own answer."""
    g = wg.value_and_grad(wave)
    rng = np.random.default_rng(0)
    inputs = [rng.random(5 + k % 7).astype(np.float32 if k % 3 == 0 else np.float64) for k in range(64)]
    start = threading.Barrier(8)

    def work(k: int) -> list[Any]:
        start.wait()
        return [g(x, 3 + j % 4) for j, x in enumerate(inputs[k::8])]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, range(8)))
    for k, mine in enumerate(found):
        for (j, x), (value, slope) in zip(enumerate(inputs[k::8]), mine, strict=True):
            expected, again = g(x, 3 + j % 4)
            assert value == expected
            np.testing.assert_array_equal(slope, again)


def test_pullback_from_many_threads() -> None:
    x = np.linspace(0.1, 1.0, 6)
    _, pullback = wg.vjp(lambda u: np.cumsum(np.sin(u) * u), x)
    seeds = [np.eye(6)[k] for k in range(6)]
    expected = [pullback(s)[0] for s in seeds]
    with ThreadPoolExecutor(6) as pool:
        for _ in range(20):
            for a, b in zip(pool.map(lambda s: pullback(s)[0], seeds), expected, strict=True):
                np.testing.assert_array_equal(a, b)


def test_the_lock_of_the_interpreter_is_released(tmp_path: Path) -> None:
    """Another thread runs while compiled code does: it is what ends the wait."""
    text = "def spin(x, n):\n    for _ in range(n):\n        x = x * 0.999999 + 1e-7\n    return x\n"
    (tmp_path / "spinning.py").write_text(text)
    script = f"""
import os, signal, sys, threading
sys.path.insert(0, {str(tmp_path)!r})
import wengert as wg
from spinning import spin
f = wg.grad(spin)
f(1.0, 3)
ticks = 0
def tick():
    global ticks
    while ticks < 1000:
        ticks += 1
    os.kill(os.getpid(), signal.SIGINT)
threading.Timer(0.1, tick).start()
try:
    f(1.0, 10**14)
except KeyboardInterrupt:
    print("stopped", ticks)
"""
    assert run(script) == "stopped 1000"


def run(script: str, **env: str) -> str:
    path = {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    command, env = [sys.executable, "-c", script], {**os.environ, **path, **env}
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, env=env)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


@pytest.mark.parametrize(
    "loop",
    [
        "for _ in range(n):\n        x = x * 0.999999 + 1e-7",
        "for i in range(n):\n        for j in range(n):\n            x = x * 0.999999 + 1e-7",
        "while x < 1e300 + n:\n        x = 1.0",
        "for i in range(n):\n        a[i % 3] += x * i",
        "for i in range(n):\n        x = np.sum(np.sin(a)) * x",
    ],
)
@pytest.mark.parametrize("transform", ["jit", "grad"])
def test_ctrl_c(loop: str, transform: str, tmp_path: Path) -> None:
    (tmp_path / "long_loop.py").write_text(
        f"import numpy as np\ndef f(x, n):\n    a = np.ones(3)\n    {loop}\n    return x + a[0]\n"
    )
    script = f"""
import sys, threading, os, warnings
sys.path.insert(0, {str(tmp_path)!r})
warnings.simplefilter("ignore")
import wengert as wg
from long_loop import f
g = wg.{transform}(f)
{"" if "while" in loop else "g(1.0, 2)"}
timer = threading.Timer({3.0 if "while" in loop else 0.2}, lambda: os.kill(os.getpid(), 2))
timer.start()
try:
    g(1.0, {10**5 if transform == "grad" and "sin" in loop else 10**13})
    print("finished")
except KeyboardInterrupt:
    print("stopped")
except MemoryError:
    timer.cancel()
    print("stopped")  # the records of the sweep, before the signal came
"""
    assert run(script) in ("stopped", "finished" if transform == "grad" else "stopped")


def test_fork() -> None:
    """A child compiles and calls, though threads of its parent were compiling when it was made."""
    script = """
import os, threading, warnings
warnings.simplefilter("ignore")
import wengert as wg
import linecache
busy = threading.Event()
def work():
    for k in range(2, 40):
        text = f"def f(x):\\n    return x * x * {k}\\n"
        name = f"<made {k}>"
        linecache.cache[name] = (len(text), None, text.splitlines(True), name)
        scope = {}
        exec(compile(text, name, "exec"), scope)
        wg.grad(scope["f"])(1.0)
        busy.set()
text = "def g(x):\\n    return x * x * x\\n"
linecache.cache["<g>"] = (len(text), None, text.splitlines(True), "<g>")
scope = {}
exec(compile(text, "<g>", "exec"), scope)
thread = threading.Thread(target=work)
thread.start()
busy.wait()
for _ in range(3):
    child = os.fork()
    if child == 0:
        ok = wg.grad(scope["g"])(2.0) == 12.0 and wg.hessian(scope["g"])(2.0) == 12.0
        os._exit(0 if ok else 1)
    _, status = os.waitpid(child, 0)
    assert status == 0, status
thread.join()
print("right")
"""
    assert run(script, WENGERT_CACHE_DIR="off") == "right"


PROGRAM = """
import sys, numpy as np
sys.path.insert(0, {folder!r})
import wengert as wg
from shared_model import loss
print(float(wg.grad(loss)(np.arange(1.0, 4.0)).sum()))
"""


def test_processes_that_share_a_cache(tmp_path: Path) -> None:
    """Several begin at once with nothing there; then every file is damaged; the answers stay right."""
    loop = "    for v in x:\n        s += np.sin(v) * v\n    return s\n"
    (tmp_path / "shared_model.py").write_text(f"import numpy as np\ndef loss(x):\n    s = 0.0\n{loop}")
    cache = tmp_path / "cache"
    x = np.arange(1.0, 4.0)
    expected = float(np.sum(np.cos(x) * x + np.sin(x)))

    def answer(_: int = 0) -> float:
        return float(run(PROGRAM.format(folder=str(tmp_path)), WENGERT_CACHE_DIR=str(cache)))

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(answer, range(3))) == pytest.approx([expected] * 3, rel=1e-14)
    files = list(cache.iterdir())
    assert files
    for k, file in enumerate(files):
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 0xFF
        file.write_bytes(bytes(data[: len(data) // (1 + k % 2)]))
    assert answer() == pytest.approx(expected, rel=1e-14)
    assert answer() == pytest.approx(expected, rel=1e-14)


def test_edited_source_is_compiled_again(tmp_path: Path) -> None:
    """What is on disk belongs to the code it was made from."""
    path, cache = tmp_path / "shared_model.py", tmp_path / "cache"
    for power in (2, 3, 2):
        path.write_text(f"def loss(x):\n    return x[0] ** {power}\n")
        program = PROGRAM.format(folder=str(tmp_path))
        found = float(run(program, WENGERT_CACHE_DIR=str(cache), PYTHONDONTWRITEBYTECODE="1"))
        assert found == power
