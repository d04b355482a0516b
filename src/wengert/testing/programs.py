"""Random programs: plain Python functions of nested loops, branches, arrays, views and overlapping writes.

Everything they do is smooth and bounded except where integers decide, so derivatives exist wherever a
program runs.  A program is a text; the same seed gives the same text.

>>> print(random_program(3).splitlines()[0])
def program(x, y, p, N):
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

HEADER = "def program(x, y, p, N):"
"""``x`` and ``y`` are vectors of one length (2 or more), ``p`` a number, ``N`` a small integer that may be
0.
"""


@dataclass
class _Scope:
    numbers: list[str]
    arrays: list[str]
    ints: list[str]
    depth: int = 0
    in_loop: bool = False
    fixed: set[str] = field(default_factory=set[str])


def random_program(seed: int, size: int = 9, features: frozenset[str] = frozenset()) -> str:
    """The text of a function.  ``features`` adds constructs: ``while``, ``break``, ``alias``, ``whole``,
    ``calls``.
    """
    return _Writer(random.Random(seed), features).program(size)


class _Writer:
    def __init__(self, rng: random.Random, features: frozenset[str]) -> None:
        self.rng = rng
        self.features = features
        self.lines: list[str] = []
        self.fresh = 0

    def program(self, size: int) -> str:
        scope = _Scope(["p", "s"], ["x", "y"], ["N"])
        self.lines = [HEADER]
        self.line(0, "s = p")
        self.line(0, "z = zeros(len(x))")
        scope.arrays.append("z")
        for _ in range(size):
            self.statement(scope, 0)
        total = " + ".join(f"sum(sin({a}) * {a})" for a in scope.arrays if a in ("x", "y", "z"))
        self.line(0, f"return s + {total}")
        return "\n".join(self.lines) + "\n"

    def line(self, depth: int, text: str) -> None:
        self.lines.append("    " * (depth + 1) + text)

    def name(self, stem: str) -> str:
        self.fresh += 1
        return f"{stem}{self.fresh}"

    # expressions

    def index(self, scope: _Scope) -> str:
        """An index that is in range for arrays of length 2 or more."""
        loops = [i for i in scope.ints if i.startswith("i")]
        if loops and self.rng.random() < 0.75:
            i = self.rng.choice(loops)
            return self.rng.choice([f"{i} % len(x)", f"({i} + 1) % len(x)", f"(len(x) - 1 - {i} % len(x))"])
        return self.rng.choice(["0", "1", "len(x) - 1"])

    def number(self, scope: _Scope, depth: int = 0) -> str:
        r = self.rng.random()
        if depth > 2 or r < 0.3:
            return self.rng.choice(scope.numbers)
        if r < 0.5:
            return f"{self.rng.choice(scope.arrays)}[{self.index(scope)}]"
        if r < 0.58:
            return f"{self.rng.choice([0.5, 1.5, -0.7, 2.0])}"
        a, b = self.number(scope, depth + 1), self.number(scope, depth + 1)
        return self.rng.choice(
            [
                f"({a} + {b})",
                f"({a} - {b})",
                f"0.5 * {a} * {b}",
                f"sin({a})",
                f"sin({a}) * {b}",
                f"{a} / (2.0 + {b} * {b})",
            ]
        )

    def vector(self, scope: _Scope) -> str:
        a, b = self.rng.choice(scope.arrays), self.rng.choice(scope.arrays)
        c = self.rng.choice(scope.numbers)
        return self.rng.choice(
            [f"sin({a}) * {b}", f"{a} + 0.3 * {b}", f"{a} * sin({c})", f"0.5 * {a} * {b} + {c} * sin({b})"]
        )

    def part(self, scope: _Scope, array: str) -> str:
        lo, hi = self.rng.choice([("0", "len(x) - 1"), ("1", "len(x)")])
        return f"{array}[{lo}:{hi}]"

    # statements

    def statement(self, scope: _Scope, depth: int) -> None:
        kinds = ["assign", "assign", "store", "store", "augment", "slice"]
        if depth < 3:
            kinds += ["for", "for", "if"]
            kinds += ["while"] * ("while" in self.features)
        kinds += ["alias"] * ("alias" in self.features)
        kinds += ["whole"] * ("whole" in self.features)
        kinds += ["break"] * ("break" in self.features and scope.in_loop)
        getattr(self, "_" + self.rng.choice(kinds))(scope, depth)

    def _assign(self, scope: _Scope, depth: int) -> None:
        target = self.rng.choice([n for n in scope.numbers if n != "p"] + ["s"])
        self.line(
            depth,
            f"{target} = sin({self.number(scope)})"
            if self.rng.random() < 0.5
            else f"{target} = 0.5 * {self.number(scope)}",
        )

    def _store(self, scope: _Scope, depth: int) -> None:
        self.line(depth, f"{self.rng.choice(scope.arrays)}[{self.index(scope)}] = 0.7 * {self.number(scope)}")

    def _augment(self, scope: _Scope, depth: int) -> None:
        op = self.rng.choice(["+=", "-=", "*="])
        value = f"sin({self.number(scope)})"
        self.line(depth, f"{self.rng.choice(scope.arrays)}[{self.index(scope)}] {op} {value}")

    def _slice(self, scope: _Scope, depth: int) -> None:
        a, b, c = (self.rng.choice(scope.arrays) for _ in range(3))
        right = self.rng.choice(
            [
                f"sin({self.part(scope, b)})",
                f"{self.part(scope, b)} * 0.5 + {self.part(scope, c)} * {self.part(scope, b)}",
            ]
        )
        self.line(depth, f"{self.part(scope, a)} = {right}")

    def _whole(self, scope: _Scope, depth: int) -> None:
        target = self.rng.choice(["x", "y", "z"])
        self.line(depth, f"{target} = {self.vector(scope)}")

    def _alias(self, scope: _Scope, depth: int) -> None:
        a, b = self.rng.sample(["x", "y", "z"], 2)
        self.line(depth, f"{a} = {b}")

    def _for(self, scope: _Scope, depth: int) -> None:
        i = self.name("i")
        bounds = self.rng.choice(
            [
                "len(x)",
                "N",
                "1, len(x)",
                "len(x) - 1, -1, -1",
                "0, 5, 2",
                *(f"{j}" for j in scope.ints if j != "N"),
            ]
        )
        self.line(depth, f"for {i} in range({bounds}):")
        inner = _Scope(list(scope.numbers), list(scope.arrays), [*scope.ints, i], depth + 1, True)
        for _ in range(self.rng.randint(1, 3)):
            self.statement(inner, depth + 1)

    def _if(self, scope: _Scope, depth: int) -> None:
        ints = self.rng.choice(scope.ints)
        test = self.rng.choice([f"{ints} % 2 == 0", f"{ints} > 1", f"{self.rng.choice(scope.numbers)} > 0.1"])
        self.line(depth, f"if {test}:")
        for _ in range(self.rng.randint(1, 2)):
            self.statement(scope, depth + 1)
        if self.rng.random() < 0.6:
            self.line(depth, "else:")
            for _ in range(self.rng.randint(1, 2)):
                self.statement(scope, depth + 1)

    def _while(self, scope: _Scope, depth: int) -> None:
        c = self.name("c")
        self.line(depth, f"{c} = 0")
        self.line(depth, f"while {c} < N + 1:")
        self.line(depth + 1, f"{c} = {c} + 1")
        inner = _Scope(list(scope.numbers), list(scope.arrays), list(scope.ints), depth + 1, False)
        for _ in range(self.rng.randint(1, 2)):
            self.statement(inner, depth + 1)

    def _break(self, scope: _Scope, depth: int) -> None:
        i = [j for j in scope.ints if j != "N"][-1]
        self.line(depth, f"if {i} > 2:")
        self.line(depth + 1, self.rng.choice(["break", "continue"]))
