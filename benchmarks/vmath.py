"""What vector mathematics gains, in ``exp(sin x) * log1p(x*x) / sqrt(1 + x)`` and function by function.

Process time, the minimum of many rounds. Run: ``PYTHONPATH=src python benchmarks/vmath.py [elements]``
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from wengert.emit import vmath
from wengert.runtime.compile import compile_text
from wengert.runtime.load import load

BINARY = {"pow", "atan2", "hypot"}
CHAIN = """
  %sin = call double @{sin}(double %x)
  %exp = call double @{exp}(double %sin)
  %xx = fmul double %x, %x
  %log = call double @{log1p}(double %xx)
  %product = fmul double %exp, %log
  %above = fadd double %x, 1.0
  %root = call double @llvm.sqrt.f64(double %above)
  %r = fdiv double %product, %root
"""


def loop(name: str, body: str) -> str:
    """A loop over two inputs ``x`` and ``y`` that stores ``r``."""
    return f"""
define void @{name}(i64 %n, ptr noalias %a, ptr noalias %b, ptr noalias %o) {{
entry:
  br label %body
body:
  %i = phi i64 [ 0, %entry ], [ %next, %body ]
  %ap = getelementptr double, ptr %a, i64 %i
  %x = load double, ptr %ap
  %bp = getelementptr double, ptr %b, i64 %i
  %y = load double, ptr %bp
{body}
  %op = getelementptr double, ptr %o, i64 %i
  store double %r, ptr %op
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %body, label %done
done:
  ret void
}}
"""


def call(symbol: str, name: str) -> str:
    """``r``, the function at ``x`` (and ``y``)."""
    args = "double %x, double %y" if name in BINARY else "double %x"
    return f"  %r = call double @{symbol}({args})"


def seconds(f: Callable[[], Any], rounds: int = 15) -> float:
    """The least process time of a call."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        f()
        best = min(best, time.process_time() - start)
    return best


def main(n: int) -> None:
    names = sorted(vmath.NAMES)
    text = vmath.source(names)
    for name in names:
        if f"@{name}(" not in text:
            text += f"declare double @{name}(double{', double' if name in BINARY else ''})\n"
        text += loop(f"ours_{name}", call(f"wg_{name}_f64", name)) + loop(f"libm_{name}", call(name, name))
    symbols = {k: k for k in ("sin", "exp", "log1p")}
    text += loop("libm_chain", CHAIN.format(**symbols))
    text += loop("ours_chain", CHAIN.format(**{k: f"wg_{k}_f64" for k in symbols}))
    loaded = load(compile_text(text), names)
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0.1, 2.0, (2, n))
    out = np.empty(n)

    def run(symbol: str) -> float:
        f = ctypes.CFUNCTYPE(None, ctypes.c_int64, *[ctypes.c_void_p] * 3)(loaded.address(symbol))
        return seconds(lambda: f(n, x.ctypes.data, y.ctypes.data, out.ctypes.data))

    ours, libm = run("ours_chain"), run("libm_chain")
    numpy = seconds(lambda: np.exp(np.sin(x)) * np.log1p(x * x) / np.sqrt(1 + x))
    print(
        f"chain, {n} elements: ours {ours * 1e3:.2f} ms, libm {libm * 1e3:.2f} ms, numpy {numpy * 1e3:.2f} ms"
    )
    x[:] = rng.uniform(0.1, 1.0, n)
    for name in names:
        if name == "acosh":
            x += 1.0
        ours, libm = run(f"ours_{name}") / n * 1e9, run(f"libm_{name}") / n * 1e9
        print(f"{name:6s} {ours:6.2f} ns, libm {libm:6.2f} ns: {libm / ours:4.1f}x")
        if name == "acosh":
            x -= 1.0


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
