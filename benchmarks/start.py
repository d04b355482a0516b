"""What a second process pays: interpreter, imports, and the gradient of a mixture model from the disk cache.

Run: ``python benchmarks/start.py [--jax] [--rounds N]``.  Each candidate is a process of its own, run in
turns; the time is that of processor and system of the whole process.  JAX uses its persistent cache.  Byte
code is kept, as where packages are installed.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent

IMPORTS = """
import argparse, math, statistics, time
import numpy as np
import scipy
np.random.default_rng(0).standard_normal(3)
"""

OURS = """
import wengert
from gmm import gmm, random_data
args = random_data(10, 25, 10)
wengert.value_and_grad(gmm, wrt=(0, 1, 2))(*args)
"""

SMALL = """
import wengert
def loss(w, x):
    r = x @ w
    return np.sum(r * r)
wengert.grad(loss)(np.ones(3), np.ones((2, 3)))
"""

JAX = """
import jax
jax.config.update("jax_compilation_cache_dir", CACHE)
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)
from gmm import jax_gradient, random_data
jax_gradient(random_data(10, 25, 10))
"""


def seconds(program: Path, cache: Path) -> float:
    """The processor time of one process."""
    bytecode = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(cache / "bytecode")}
    env = {**os.environ, **bytecode, "WENGERT_CACHE_DIR": str(cache / "wengert")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, str(program)], check=True, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Run every candidate once to fill the caches, then in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jax", action="store_true")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    texts = {"NumPy and SciPy": IMPORTS, "a small gradient": IMPORTS + SMALL, "GMM": IMPORTS + OURS}
    if options.jax:
        texts["JAX, GMM"] = JAX
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs: dict[str, Path] = {}
        for k, (title, text) in enumerate(texts.items()):
            programs[title] = folder / f"program{k}.py"
            head = f"import sys\nsys.path.insert(0, {str(HERE)!r})\nCACHE = {str(folder / 'jax')!r}\n"
            programs[title].write_text(head + text)
        first = {title: seconds(program, folder) for title, program in programs.items()}
        times: dict[str, list[float]] = {title: [] for title in programs}
        for _ in range(options.rounds):
            for title, program in programs.items():
                times[title].append(seconds(program, folder))
    base = min(times["NumPy and SciPy"])
    print(f"{'process':18s} {'first s':>8s} {'min ms':>8s} {'median':>8s} {'beyond NumPy and SciPy':>24s}")
    for title, found in times.items():
        least, middle = min(found), statistics.median(found)
        row = f"{1e3 * least:8.1f} {1e3 * middle:8.1f} {1e3 * (least - base):24.1f}"
        print(f"{title:18s} {first[title]:8.2f} {row}")


if __name__ == "__main__":
    main()
