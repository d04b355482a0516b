"""What it gains that programs are made lean before they are differentiated, and not only afterwards.

Run: ``python benchmarks/order.py [KERNEL ...] [--rounds N]``.  Each pass in turn is left out before
differentiation, never after it; ``nothing`` leaves out all.  (Array loops are fused when code is emitted, of
the primal as of the derivative, so fusion has no order.)  For each kernel: operations of the derivative,
records it makes, and its process time, each over that of the full order.  One process for each choice.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys

NAMES = ("normalised", "potential", "lu_rows", "heat_nonlinear", "bundle", "lstm_like", "nbody", "kalman")
LEFT_OUT = {
    "inlining": "inline",
    "simplify": "simplify",
    "CSE, scalar replacement": "cse",
    "LICM": "licm",
    "induction": "induction",
    "accumulation": "accumulate",
    "dead stores": "overwrite",
    "fills": "fills",
    "nothing": "*",
}

Found = dict[str, tuple[int, int, float]]


def normalised(x):
    """The length of a vector, written inside the loop that divides by it."""
    total = 0.0
    for i in range(len(x)):
        length = 0.0
        for j in range(len(x)):
            length += x[j] * x[j]
        total += math.sin(x[i] / math.sqrt(length))
    return total


def pair(r, a):
    """The energy and the force of a pair, and what they have in common."""
    s = math.exp(-a * r)
    return s * s - 2.0 * s, -2.0 * a * (s * s - s), math.erf(r * a)


def potential(x, a):
    """The energy of a chain; only one result of the callee is used."""
    total = 0.0
    for i in range(1, len(x)):
        r = math.sqrt((x[i] - x[i - 1]) * (x[i] - x[i - 1]))
        energy, _, _ = pair(r, a)
        total += energy + math.sqrt((x[i] - x[i - 1]) * (x[i] - x[i - 1]))
    return total


def child(left_out: str, names: list[str], rounds: int) -> None:
    """Print, for each kernel: operations, records, seconds."""
    os.environ["WENGERT_CACHE_DIR"] = "off"
    import numpy as np
    from kernels import Kernel, kernels
    from series import series
    from side_by_side import measure

    import wengert
    from wengert.api import build
    from wengert.ir.walk import ops
    from wengert.transform import passes

    if left_out == "inline":
        build.inline = lambda module, stay=(): module
    elif left_out:
        level = tuple(p for p in passes.LEVELS[1] if p.__name__ != left_out)

        def before(module, level_=1):
            return passes.reachable(passes._run(module, () if left_out == "*" else level))

        build.optimise = before
    r = np.random.default_rng(0)
    everything = {**kernels(r), **series(r)}
    everything["normalised"] = Kernel(normalised, (r.random(400),), (0,))
    everything["potential"] = Kernel(potential, (np.cumsum(r.random(20_000)), 1.5), (0, 1))
    out: Found = {}
    for name in names:
        kernel = everything[name]
        gradient = wengert.value_and_grad(kernel.fun, wrt=kernel.wrt)
        gradient(*kernel.args)
        call = gradient.program.bind(kernel.args)
        module = gradient.program.stage(call).module
        every = [op for func in module.funcs.values() for op in ops(func.body)]
        records = sum(op.name == "rec_new" or bool(op.attrs.get("record")) for op in every)
        times = measure({name: lambda: gradient(*kernel.args)}, rounds)
        out[name] = len(every), records, times[name][0]
    print(json.dumps(out))


def run(left_out: str, names: list[str], rounds: int) -> Found:
    """What `child` finds in a process of its own."""
    command = [sys.executable, __file__, "--child", left_out, "--rounds", str(rounds), *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Compare the orders."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", default=list(NAMES))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--child")
    options = parser.parse_args()
    names = options.names or list(NAMES)
    if options.child is not None:
        child(options.child, names, options.rounds)
        return
    full = run("", names, options.rounds)
    print(f"{'left out before':24s} {'operations':>10s} {'records':>8s} {'time':>6s}   time for each kernel")
    for label, left_out in LEFT_OUT.items():
        try:
            found = run(left_out, names, options.rounds)
        except subprocess.CalledProcessError as e:
            print(f"{label:24s} failed: {e.stderr.strip().splitlines()[-1]}")
            continue
        ratio = {n: found[n][2] / full[n][2] for n in names}
        mean = math.exp(sum(math.log(x) for x in ratio.values()) / len(ratio))
        total, was = (sum(f[n][0] for n in names) for f in (found, full))
        records, had = (sum(f[n][1] for n in names) for f in (found, full))
        each = " ".join(f"{n} {x:.2f}" for n, x in ratio.items())
        print(f"{label:24s} {total / was:10.2f} {records:4d}/{had:<3d} {mean:6.2f}   {each}", flush=True)


if __name__ == "__main__":
    main()
