"""Times several callables against each other in one run: interleaved, in process time, minimum and median."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


def measure(
    candidates: Mapping[str, Callable[[], object]], rounds: int = 15, least: float = 2e-3
) -> dict[str, tuple[float, float]]:
    """Seconds of process time for one call of each candidate: (minimum, median) over interleaved rounds.

    A round repeats a candidate until it takes at least ``least`` seconds.
    """
    repeats: dict[str, int] = {}
    for name, run in candidates.items():
        run()
        start = time.perf_counter()
        run()
        repeats[name] = max(1, int(least / max(time.perf_counter() - start, 1e-9)))
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, run in candidates.items():
            start = time.process_time()
            for _ in range(repeats[name]):
                run()
            times[name].append((time.process_time() - start) / repeats[name])
    return {name: (min(ts), statistics.median(ts)) for name, ts in times.items()}


def report(title: str, times: Mapping[str, tuple[float, float]], base: str) -> None:
    """Print a table; the last column is the ratio of minima to ``base``."""
    print(f"\n{title}")
    print(f"  {'':34s} {'min':>10s} {'median':>10s} {'ratio':>7s}")
    for name, (least, middle) in times.items():
        print(f"  {name:34s} {1e3 * least:8.3f}ms {1e3 * middle:8.3f}ms {least / times[base][0]:7.2f}")
