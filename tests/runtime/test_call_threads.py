"""Entries under threads, forks and signals: reentrant, without a lock, and never unloaded while in use."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from runtime.native_ir import DOUBLED, FAIL_BELOW_ZERO, SPIN, native
from wengert.emit.llvm.native import Site
from wengert.ir.types import F64, I64, array
from wengert.runtime.cache import Cache
from wengert.runtime.locks import Lock, llvm_lock
from wengert.runtime.signature import Leaf, Node, Param, Result, Signature

VECTOR = array(F64, 1)


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """Run ``work(0) ... work(count - 1)`` at once; raise what any of them raised."""
    errors: list[BaseException] = []
    start = threading.Barrier(count)

    def run(k: int) -> None:
        start.wait()
        try:
            work(k)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_eight_threads_one_function() -> None:
    f = native(DOUBLED, Signature("doubled", (Param(VECTOR),), (Result(VECTOR),), release_gil=True)).entry

    def work(k: int) -> None:
        for i in range(300):
            n = (k * 37 + i * 13) % 400
            np.testing.assert_array_equal(f(np.arange(float(n)) + k), 2 * (np.arange(float(n)) + k))

    in_threads(8, work)


def test_eight_threads_raise_their_own_errors() -> None:
    sites = [Site("ValueError", "{0}", ("i64", "f64"))]
    f = native(
        FAIL_BELOW_ZERO, Signature("check", (Param(I64),), (Result(I64),), release_gil=True), sites
    ).entry

    def work(k: int) -> None:
        for i in range(1, 200):
            with pytest.raises(ValueError, match=f"^-{1000 * k + i}$"):
                f(-1000 * k - i)

    in_threads(8, work)


def test_gil_is_released() -> None:
    f = native(SPIN, Signature("spin", (Param(I64),), (Result(I64),), release_gil=True)).entry
    ticks = 0
    done = threading.Event()

    def work() -> None:
        f(200_000_000)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set():
        time.sleep(0.001)
        ticks += 1
    thread.join()
    assert ticks > 10


def test_dropped_while_running() -> None:
    f = native(SPIN, Signature("spin", (Param(I64),), (Result(I64),), release_gil=True))
    watch = weakref.ref(f)
    calls = [f.entry]
    result: list[int] = []
    thread = threading.Thread(target=lambda: result.append(calls.pop()(100_000_000)))
    thread.start()
    while calls:
        time.sleep(0.001)
    del f
    gc.collect()
    thread.join()
    assert len(result) == 1
    del thread
    gc.collect()
    assert watch() is None


def test_items_of_a_list_stay_alive() -> None:
    """Another thread may replace what a list holds, while the function reads it without the GIL."""
    tree = (Node("list", (Leaf(0),)), Leaf(1))
    text = SPIN.replace(
        "%n = load i64, ptr %in", "%np = getelementptr i64, ptr %in, i64 3\n  %n = load i64, ptr %np"
    )
    text = text.replace(
        "store i64 %x, ptr %out", "%d = load ptr, ptr %in\n  %v = load i64, ptr %d\n  store i64 %v, ptr %out"
    )
    signature = Signature("late", (Param(array(I64, 1)), Param(I64)), (Result(I64),), tree, release_gil=True)
    f = native(text, signature).entry
    box = [np.full(100_000, 42)]
    watch = weakref.ref(box[0])
    result: list[int] = []
    thread = threading.Thread(target=lambda: result.append(f(box, 300_000_000)))
    thread.start()
    time.sleep(0.05)
    box[0] = np.zeros(1, int)
    assert watch() is not None
    thread.join()
    assert result == [42]
    assert watch() is None


INTERRUPTED = """
import os, signal, sys, threading, time
from runtime.native_ir import SPIN, native
from wengert.emit.llvm.native import Site
from wengert.ir.types import I64
from wengert.runtime.signature import Param, Result, Signature

signature = Signature("spin", (Param(I64),), (Result(I64),), release_gil=True, interruptible=True)
f = native(SPIN, signature, [Site("KeyboardInterrupt", "")])
def later():
    time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGINT)
for call in (f.entry, f.call):
    for reset in (False, True):
        if reset:  # as notebooks do for each cell
            time.sleep(0.01)
            signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Thread(target=later).start()
        start = time.perf_counter()
        try:
            call(10**12)
        except KeyboardInterrupt:
            print("stopped", time.perf_counter() - start < 5)
        print(call(10) != 0)

# a handler of the program's own is left alone, and runs afterwards
seen = []
signal.signal(signal.SIGINT, lambda *_: seen.append(1))
threading.Thread(target=later).start()
f.entry(800_000_000)
print(seen)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
def test_ctrl_c() -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, env=env, timeout=100
    )
    assert run.stderr == ""
    assert run.stdout.split("\n") == ["stopped True", "True"] * 4 + ["[1]", ""]


def test_a_signal_in_another_thread_goes_to_the_main_thread() -> None:
    signature = Signature("spin", (Param(I64),), (Result(I64),), release_gil=True, interruptible=True)
    f = native(SPIN, signature, [Site("KeyboardInterrupt", "")]).entry
    result: list[Any] = []
    thread = threading.Thread(target=lambda: result.append(f(100_000_000)))
    thread.start()
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012
        signal.raise_signal(signal.SIGINT)
        time.sleep(1)
    thread.join()
    assert len(result) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_fork_while_a_lock_is_held() -> None:
    lock = Lock()
    cache = Cache(None)
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            with llvm_lock, lock:
                cache.store("a" * 64, {}, b"")

    thread = threading.Thread(target=busy)
    thread.start()
    f = native(DOUBLED, Signature("doubled", (Param(VECTOR),), (Result(VECTOR),))).entry
    try:
        for _ in range(20):
            child = os.fork()
            if child == 0:
                signal.alarm(20)
                with lock, llvm_lock:
                    cache.lookup("a" * 64)
                os._exit(0 if f(np.ones(3))[0] == 2.0 else 1)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        stop.set()
        thread.join()
