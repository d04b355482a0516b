"""Loops, branches and ways out of them, for random programs."""

from __future__ import annotations

import random
from collections.abc import Callable

from .expressions import Expressions, Scope, Var


class Control(Expressions):
    """Writes control statements; `statement`, of the writer of programs, fills the blocks."""

    def __init__(self, rng: random.Random, sizes: dict[str, int], off: frozenset[str]) -> None:
        super().__init__(rng, sizes, off)
        self.lines: list[str] = []
        self.fresh = 0
        self.results = ""

    def statement(self, s: Scope) -> None:
        """One statement of any kind."""
        raise NotImplementedError

    def line(self, depth: int, text: str) -> None:
        self.lines.append("    " * (depth + 1) + text)

    def name(self, stem: str) -> str:
        self.fresh += 1
        return f"{stem}{self.fresh}"

    def block(self, s: Scope, most: int = 3) -> None:
        for _ in range(self.rng.randint(1, most)):
            self.statement(s)

    def make_for(self, s: Scope) -> None:
        i = self.name("i")
        token = self.rng.choice(["n", "n", "m"])
        n = self.length(s, token)
        kinds = [
            (n, token), (f"1, {n}", token), (f"{n} - 1, -1, -1", token), (f"0, {n}, 2", token), ("N", None),
            ("0, 5, 2", None), (f"N, {n}", token), (f"{n} - 1, 0, -2", token), ("3, N, -1", None),
            (f"0, {n}, N + 1", token), ("3", None),
        ]  # fmt: skip
        if s.indices:
            j, below = self.rng.choice(list(s.indices.items()))
            kinds += [(j, below), (f"{j} + 1", below), (f"{j}, -1, -1", below)] * 2
        bounds, bound = self.rng.choice(kinds)
        if s.ints and self.chance(0.1):
            bounds, bound = f"{self.rng.choice(s.ints)}", None
        self.line(s.depth, f"for {i} in range({bounds}):")
        inner = s.inner(loop=True)
        inner.ints.append(i)
        if bound is not None:
            inner.indices[i] = bound
        self.block(inner)
        if self.chance(0.08):
            self.used.add("for else")
            self.line(s.depth, "else:")
            self.statement(s.inner())

    def make_for_each(self, s: Scope) -> None:
        v, e, i = self.rng.choice([v for v in s.arrays if len(v.shape) == 1]), self.name("e"), self.name("i")
        inner = s.inner(loop=True)
        inner.numbers.append(e)
        head = f"for {e} in {v.name}:"
        kind = self.rng.random()
        if kind < 0.35:
            head = f"for {i}, {e} in enumerate({v.name}):"
            inner.indices[i] = v.shape[0]
            inner.ints.append(i)
        elif kind < 0.6:
            u, other = self.rng.choice([u for u in s.arrays if u.shape == v.shape]), self.name("e")
            head = f"for {e}, {other} in zip({v.name}, {u.name}):"
            inner.numbers.append(other)
        elif kind < 0.7:
            row = self.name("row")
            head = f"for {row} in A:"
            inner = s.inner(loop=True)
            inner.arrays.append(Var(row, ("n",)))
        self.line(s.depth, head)
        self.block(inner)

    def make_each_of_several(self, s: Scope) -> None:
        """A loop over a tuple of arrays."""
        v = self.rng.choice([v for v in s.arrays if not v.fixed])
        same = [u.name for u in s.arrays if u.shape == v.shape and not u.fixed]
        name = self.name("u")
        chosen = [self.rng.choice(same) for _ in range(self.rng.randint(2, 3))]
        self.line(s.depth, f"for {name} in ({', '.join(chosen)}):")
        inner = s.inner(loop=True)
        inner.arrays.append(Var(name, v.shape))
        self.block(inner, 2)

    def make_while(self, s: Scope) -> None:
        c = self.name("c")
        self.line(s.depth, f"{c} = {self.rng.choice(['0', '0', 'N'])}")
        self.line(s.depth, f"while {c} < {self.rng.choice(['N + 1', '3', 'len(x)'])}:")
        self.line(s.depth + 1, f"{c} += 1")
        inner = s.inner(loop=True)
        inner.ints.append(c)
        self.block(inner)

    def make_float_while(self, s: Scope) -> None:
        t, c = self.name("t"), self.name("c")
        self.line(s.depth, f"{t} = {self.bounded(s, 1)}")
        self.line(s.depth, f"{c} = 0")
        self.line(s.depth, f"while {t} * {t} < {self.rng.choice(['1.0', '2.5'])} and {c} < 5:")
        self.line(s.depth + 1, f"{t} = 1.3 * {t} + 0.4 * np.cos({self.number(s, 1)})")
        self.line(s.depth + 1, f"{c} += 1")
        inner = s.inner(loop=True)
        inner.ints.append(c)
        inner.numbers.append(t)
        self.block(inner, 2)
        s.numbers.append(t)

    def make_if(self, s: Scope) -> None:
        self.line(s.depth, f"if {self.condition(s)}:")
        self.block(s.inner(), 2)
        if self.chance(0.2):
            self.line(s.depth, f"elif {self.condition(s)}:")
            self.block(s.inner(), 2)
        if self.chance(0.5):
            self.line(s.depth, "else:")
            self.block(s.inner(), 2)

    def make_leave(self, word: str) -> Callable[[Scope], bool | None]:
        def make(s: Scope) -> None:
            self.line(s.depth, f"if {self.condition(s)}:")
            if self.chance(0.3):
                self.line(s.depth + 1, f"s = {self.bounded(s, 1)}")
            self.line(s.depth + 1, word)

        return make

    def make_return(self, s: Scope) -> None:
        self.line(s.depth, f"if {self.condition(s)}:")
        self.line(s.depth + 1, f"return {self.bounded(s, 1)}, {self.results}")
