"""Random programs: plain Python functions of nested loops, branches, arrays, views and overlapping writes.

A program is a text with arguments to run it on; the same seed gives the same program.  Whatever it does is
smooth and bounded except where it decides, so derivatives exist wherever it runs, but for kinks.

>>> "def program(x, y, z, A, K, p, q, N" in random_program(3).text
True
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .writer import Writer


@dataclass
class Box:
    """An argument with fields, one of them written by some programs."""

    w: Any
    c: float


class Pair(NamedTuple):
    """What programs put two values in."""

    first: Any
    second: Any


@dataclass(frozen=True, slots=True)
class Program:
    """``text`` defines ``program``; ``used`` are the constructs in it; ``single``: float32 arrays."""

    seed: int
    text: str
    sizes: tuple[tuple[str, int], ...]
    used: frozenset[str]
    single: bool = False

    def arguments(self) -> tuple[Any, ...]:
        """Arguments, the same at each call."""
        rng = np.random.default_rng(self.seed)
        n, m = dict(self.sizes)["n"], dict(self.sizes)["m"]
        dtype = np.float32 if self.single else np.float64
        x, y, z = (rng.standard_normal(n).astype(dtype) for _ in range(3))
        a = rng.standard_normal((m, n)).astype(dtype)
        ints = rng.integers(0, max(n, 1), n)
        p, q = (float(v) for v in rng.standard_normal(2))
        count = int(rng.integers(0, 4))
        if "box" in self.text:
            return x, y, z, a, ints, p, q, count, Box(rng.standard_normal(n).astype(dtype), 0.75)
        return x, y, z, a, ints, p, q, count


def random_program(seed: int, size: int = 7, off: frozenset[str] = frozenset()) -> Program:
    """A program of about ``size`` statements at its top; without the constructs that are ``off``."""
    writer = Writer(seed, off)
    text = writer.program(size)
    return Program(seed, text, tuple(writer.sizes.items()), frozenset(writer.used), writer.single)
