"""Random programs against all witnesses: ``python -m wengert.testing.fuzz FIRST LAST``.

Runs the programs of a range of seeds, with every pass verified; prints each wrong one (shrunk with
``--shrink``), then refusals with their reasons, and which pairs of constructs met.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations

from .programs import Program, random_program
from .shrink import shrink
from .witness import Effort, Outcome, check


def effort_for(seed: int, everything: bool = False) -> Effort:
    """How much to check of the program of a seed: the costly parts on a share."""
    return Effort(
        second=everything or seed % 3 == 0,
        third=everything or seed % 9 == 0,
        passes=everything or seed % 4 == 0,
        source=everything or seed % 5 == 0,
        traced=everything or seed % 2 == 0,
        native=2 if everything or seed % 100 == 0 else 1 if seed % 2 else 0,
    )


@dataclass
class Report:
    """What a range of programs gave."""

    outcomes: Counter[str] = field(default_factory=Counter[str])
    reasons: Counter[str] = field(default_factory=Counter[str])
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    constructs: set[str] = field(default_factory=set[str])
    wrong: list[tuple[int, Outcome]] = field(default_factory=list["tuple[int, Outcome]"])

    def add(self, program: Program, outcome: Outcome) -> None:
        """Count one program."""
        self.outcomes[outcome.kind] += 1
        if outcome.kind == "refused":
            self.reasons[f"{outcome.what} {_first_line(outcome.detail)}"] += 1
        if outcome.kind == "skipped":
            self.reasons[f"skipped: {outcome.what}"] += 1
        if outcome.kind == "wrong":
            self.wrong.append((program.seed, outcome))
        if outcome.kind == "ok":
            if outcome.what:
                self.reasons[f"{outcome.what}: {outcome.detail}"] += 1
            self.constructs |= program.used
            self.pairs.update(combinations(sorted(program.used), 2))

    def __str__(self) -> str:
        total = sum(self.outcomes.values())
        lines = [", ".join(f"{n} {kind}" for kind, n in self.outcomes.most_common()) + f" of {total}"]
        lines += [f"  {n:5} {reason}" for reason, n in self.reasons.most_common(20)]
        every = list(combinations(sorted(self.constructs), 2))
        lines.append(f"{len(self.pairs)} of {len(every)} pairs of {len(self.constructs)} constructs met")
        missing = [f"{a} + {b}" for a, b in every if (a, b) not in self.pairs]
        if missing and len(missing) < 60:
            lines.append("  never: " + ", ".join(missing))
        return "\n".join(lines)


def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else ""


def run(seeds: Sequence[int], everything: bool = False, shrinking: bool = False, out: bool = True) -> Report:
    """Check the programs of some seeds."""
    report = Report()
    for seed in seeds:
        if out and seed % 100 == 0 and seed != seeds[0]:
            print(f"... {seed} {report.outcomes}", flush=True)
        program = random_program(seed)
        effort = effort_for(seed, everything)
        outcome = check(program, effort)
        report.add(program, outcome)
        if outcome.kind == "wrong" and out:
            print(f"--- {seed}: {outcome.what}: {outcome.detail[:300]}", flush=True)
            if shrinking:
                print(shrink(program, partial(check, effort=effort), outcome).text, flush=True)
    return report


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m wengert.testing.fuzz", description=__doc__)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--shrink", action="store_true", help="make failing programs small")
    parser.add_argument("--all", action="store_true", help="check everything about every program")
    parser.add_argument("--show", action="store_true", help="print the programs")
    options = parser.parse_args(argv)
    os.environ.setdefault("WENGERT_VERIFY", "1")
    if options.show:
        for seed in range(options.first, options.last):
            print(f"# {seed} {dict(random_program(seed).sizes)}\n{random_program(seed).text}")
    start = time.process_time()
    report = run(range(options.first, options.last), options.all, options.shrink)
    print(report)
    print(f"{time.process_time() - start:.0f} s")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
