"""From source to machine code: phase by phase, against JAX, and for bodies of 40 to 640 statements.

Run: ``python benchmarks/compile_time.py [--jax]``.  Times are process time; nothing comes from a cache.
"""

from __future__ import annotations

import argparse
import linecache
import time
from itertools import pairwise
from typing import Any

import numpy as np
from gmm import gmm, jax_gradient, random_data

from wengert.api import build
from wengert.api.pipeline import Program
from wengert.api.step import Step
from wengert.emit.llvm import lower
from wengert.runtime.compile import Timings, compile_text

PHASES = ("capture", "transform", "lower", "optimise", "codegen", "total")


def phases(fun: Any, step: Step, args: tuple[Any, ...]) -> dict[str, float]:
    """The seconds of each phase of compiling a derivative."""
    program = Program(fun, (step,))
    call = program.bind(args)
    marks = [time.process_time()]
    base = build.base_stage(fun, call)
    marks.append(time.process_time())
    stage = build.transformed(build.narrowed(base, program.steps), program.steps, program.name)
    marks.append(time.process_time())
    native = lower(stage.module)
    marks.append(time.process_time())
    timings = Timings()
    compile_text(native.llvm_ir, timings=timings)
    marks.append(time.process_time())
    capture, transform, lowering, llvm = (b - a for a, b in pairwise(marks))
    share = timings.phases["codegen"] / sum(timings.phases.values())
    values = (capture, transform, lowering, llvm * (1 - share), llvm * share, marks[-1] - marks[0])
    return dict(zip(PHASES, values, strict=True))


def chain(statements: int) -> Any:
    """A function with this many statements in a loop, each on the results of the last three."""
    lines = ["def f(x, n):", "    a, b, c = x, 0.5, 0.25", "    for _ in range(n):"]
    for k in range(statements):
        a, b, c = ("abc"[(k + j) % 3] for j in range(3))
        lines.append(f"        {a} = {a} * 0.99 + 0.01 * {b} * {c}")
    text = "\n".join([*lines, "    return a + b + c", ""])
    name = f"<{statements} statements>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    scope: dict[str, Any] = {}
    exec(compile(text, name, "exec"), scope)
    return scope["f"]


def show(title: str, found: dict[str, float], note: str = "") -> None:
    """One row."""
    print(f"{title:24s}", *(f"{1e3 * found[p]:9.0f}" for p in PHASES), note, flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jax", action="store_true")
    options = parser.parse_args()
    args = random_data(10, 25, 100)
    phases(chain(10), Step("grad"), (1.0, 10))  # loads every room
    print(f"{'milliseconds':24s}", *(f"{p:>9s}" for p in PHASES))
    step = Step("value_and_grad", (0, 1, 2))
    runs = [phases(gmm, step, args) for _ in range(5)]
    show("GMM, gradient", min(runs, key=lambda run: run["total"]))
    if options.jax:
        jax_gradient(tuple(np.ones_like(x) if isinstance(x, np.ndarray) else x for x in args))
        import jax

        found: list[float] = []
        for _ in range(5):
            jax.clear_caches()
            start = time.process_time()
            jax_gradient(args)
            found.append(time.process_time() - start)
        print(f"{'JAX: trace and compile':24s}", " " * 49, f"{1e3 * min(found):9.0f}")
    before = 0.0
    for n in (40, 80, 160, 320, 640):
        runs = [phases(chain(n), Step("grad"), (1.0, 10)) for _ in range(3)]
        least = min(runs, key=lambda run: run["total"])
        show(f"{n} statements", least, f"x {least['total'] / before:.2f}" if before else "")
        before = least["total"]


if __name__ == "__main__":
    main()
