"""What a call of a native function costs: process time for one call, minimum and median of many rounds.

Run: ``PYTHONPATH=src python benchmarks/call_overhead.py``
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import wengert
from wengert.ir.types import F64, array
from wengert.runtime.call import NativeFunction, make_callable_class
from wengert.runtime.compile import compile_text
from wengert.runtime.entry import entry_ir
from wengert.runtime.load import load
from wengert.runtime.signature import Param, Result, Signature

_SQUARE = """
define i32 @wg_main(ptr %ctx, ptr %in, ptr %out) {
  %x = load double, ptr %in
  %y = fmul double %x, %x
  store double %y, ptr %out
  ret i32 0
}
"""

_DOUBLED = """
declare ptr @aligned_alloc(i64, i64)
define i32 @wg_main(ptr %ctx, ptr %in, ptr %out) {
  %x = load ptr, ptr %in
  %np = getelementptr i64, ptr %in, i64 1
  %n = load i64, ptr %np
  %bytes = shl i64 %n, 3
  %all = add i64 %bytes, 127
  %rounded = and i64 %all, -64
  %m = call ptr @aligned_alloc(i64 64, i64 %rounded)
  store i64 1, ptr %m
  %origin = getelementptr i8, ptr %m, i64 24
  store ptr %m, ptr %origin
  %d = getelementptr i8, ptr %m, i64 64
  br label %loop
loop:
  %i = phi i64 [0, %0], [%j, %body]
  %c = icmp slt i64 %i, %n
  br i1 %c, label %body, label %done
body:
  %p = getelementptr double, ptr %x, i64 %i
  %q = getelementptr double, ptr %d, i64 %i
  %v = load double, ptr %p
  %w = fadd double %v, %v
  store double %w, ptr %q
  %j = add i64 %i, 1
  br label %loop
done:
  store ptr %d, ptr %out
  %o1 = getelementptr i64, ptr %out, i64 1
  %o2 = getelementptr i64, ptr %out, i64 2
  store ptr %d, ptr %o1
  store i64 %n, ptr %o2
  ret i32 0
}
"""


def native(text: str, signature: Signature) -> NativeFunction:
    """A function from hand-written IR."""
    return NativeFunction.of(signature, load(compile_text(text + entry_ir(signature))))


def measure(f: Callable[..., Any], *args: Any, calls: int = 20_000, rounds: int = 40) -> tuple[float, float]:
    """Minimum and median over the rounds, in nanoseconds for one call."""
    times: list[float] = []
    for _ in range(rounds):
        start = time.process_time_ns()
        if len(args) == 1:
            (x,) = args
            for _ in range(calls):
                f(x)
        else:
            for _ in range(calls):
                f(*args)
        times.append((time.process_time_ns() - start) / calls)
    return min(times), statistics.median(times)


def main() -> None:
    vector = array(F64, 1)
    scalar = native(_SQUARE, Signature("square", (Param(F64),), (Result(F64),)))
    released = native(_SQUARE, Signature("square", (Param(F64),), (Result(F64),), release_gil=True))
    doubled = native(_DOUBLED, Signature("doubled", (Param(vector),), (Result(vector),), release_gil=True))
    watched = native(
        _SQUARE, Signature("square", (Param(F64),), (Result(F64),), release_gil=True, interruptible=True)
    )
    kept = native(_DOUBLED, Signature("doubled", (Param(vector),), (Result(vector),)))

    class Base:
        pass

    through = make_callable_class(Base, scalar.entry)()
    three, thousand = np.arange(3.0), np.arange(1000.0)
    wave = wengert.grad(lambda x: math.sin(x) * x)
    square = wengert.grad(lambda x: np.sum(x * x))
    wave(1.5)
    square(three)
    rows: list[tuple[str, Callable[..., Any], Any]] = [
        ("gradient of a function of one number", wave, 1.5),
        ("gradient of a function of a length-3 array", square, three),
        ("Python function, for comparison", lambda x: x, 1.5),
        ("abs, for comparison", abs, 1.5),
        ("np.negative of a length-3 array, for comparison", np.negative, three),
        ("f64 -> f64", scalar.entry, 1.5),
        ("f64 -> f64 through an object", through, 1.5),
        ("f64 -> f64, GIL released", released.entry, 1.5),
        ("f64 -> f64, GIL released, Ctrl-C watched", watched.entry, 1.5),
        ("f64[3] -> f64[3], GIL kept", kept.entry, three),
        ("f64[3] -> f64[3], GIL released", doubled.entry, three),
        ("f64[1000] -> f64[1000], GIL released", doubled.entry, thousand),
        ("f64 -> f64, slow path (int argument)", scalar.entry, 2),
    ]
    print(f"{'one call, ns':52}{'min':>8}{'median':>8}")
    for name, f, x in rows:
        calls = 300 if "slow" in name else 20_000
        least, middle = measure(f, x, calls=calls)
        print(f"{name:52}{least:8.0f}{middle:8.0f}")


if __name__ == "__main__":
    main()
