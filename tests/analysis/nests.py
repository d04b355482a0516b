"""Random loop nests over a matrix and a vector."""

from __future__ import annotations

import linecache
import random
from typing import Any

from analysis.small import lower
from wengert.ir.core import Func


def source(seed: int) -> str:
    """A random loop nest over a matrix ``a`` and a vector ``x``."""
    rng = random.Random(seed)
    lines = ["def f(a, x, N, I):"]

    def index(names: list[str]) -> str:
        base = rng.choice([*names, *names, *names, "I", "0", "2"])
        return base + rng.choice(["", "", "", " + 1", " - 1"])

    def bound(names: list[str], low: bool) -> str:
        return rng.choice(
            ["0", "1", *names, *(f"{n} + 1" for n in names)] if low else ["N", "N - 1", "4", *names]
        )

    def element(names: list[str]) -> str:
        part = rng.random()
        if part < 0.6:
            return f"a[{index(names)}, {index(names)}]"
        return f"x[{index(names)}]"

    def read(names: list[str]) -> str:
        if rng.random() < 0.2:
            i, j = index(names), index(names)
            rows = [f"dot(a[{j}, {i}:], a[{i}:, {j}])", f"sum(a[:{i}, {j}])"]
            return rng.choice([f"sum(x[{i}:])", f"sum(x[:{i}])", *rows])
        return element(names)

    def body(names: list[str], depth: int) -> None:
        pad = "    " * (depth + 1)
        for _ in range(rng.randint(1, 2)):
            kind = rng.random()
            if depth < 3 and (kind < 0.5 or depth == 0):
                i = "ijk"[depth]
                if rng.random() < 0.75:
                    lines.append(f"{pad}for {i} in range({bound(names, True)}, {bound(names, False)}):")
                else:
                    start, stop, step = bound(names, False), bound(names, True), rng.choice([-1, -2])
                    lines.append(f"{pad}for {i} in range({start}, {stop}, {step}):")
                body([*names, i], depth + 1)
            elif depth < 3 and kind < 0.6 and names:
                lines.append(f"{pad}if {index(names)} {rng.choice(['<', '<=', '==', '!='])} {index(names)}:")
                body(names, depth + 1)
            elif kind < 0.65:
                lines.append(f"{pad}x[{index(names)}:] = x[0]")
            else:
                lines.append(f"{pad}{element(names)} = {read(names)} + {read(names)}")

    body([], 0)
    return "\n".join(lines)


def compiled(text: str) -> Func:
    """The IR of the text of a function."""
    linecache.cache["<nest>"] = (len(text), None, text.splitlines(True), "<nest>")
    scope: dict[str, Any] = {}
    exec(compile(text, "<nest>", "exec"), scope)
    return lower(scope["f"])
