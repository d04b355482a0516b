"""Random expressions: numbers, indices, conditions and arrays of a wanted shape, over the names in scope.

A shape is a tuple of tokens (``n``, ``m``, ``n-1``, ...), each with a length that the writer of the program
knows; two arrays fit when their tokens are equal.  Values stay bounded, and quotients, roots and logarithms
keep away from where they are singular.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

Shape = tuple[str, ...]

GREATER = {"2n": "2 * {}", "n+1": "{} + 1"}
"""Lengths of which no argument is, from the length of one."""


@dataclass(frozen=True, slots=True)
class Var:
    """A name for an array.  ``fixed`` arrays are never written."""

    name: str
    shape: Shape
    fixed: bool = False


@dataclass
class Scope:
    """What may be named at a point of the program.

    ``indices`` are loop variables with the token of the length that they stay below.
    """

    numbers: list[str]
    arrays: list[Var]
    ints: list[str] = field(default_factory=list[str])
    indices: dict[str, str] = field(default_factory=dict[str, str])
    depth: int = 0
    loops: int = 0

    def inner(self, loop: bool = False) -> Scope:
        """A block below: what it names stays there."""
        return replace(
            self,
            numbers=list(self.numbers),
            arrays=list(self.arrays),
            ints=list(self.ints),
            indices=dict(self.indices),
            depth=self.depth + 1,
            loops=self.loops + loop,
        )


class Expressions:
    """Writes expressions; notes each kind of construct in ``used``."""

    def __init__(self, rng: random.Random, sizes: dict[str, int], off: frozenset[str] = frozenset()) -> None:
        self.rng = rng
        self.sizes = sizes
        self.off = off
        self.used: set[str] = set()
        self.helping = False

    def pick(self, choices: Sequence[tuple[str, Callable[[], str | None]]]) -> str:
        """One of some productions that applies; the first name is the construct that it stands for."""
        for name, make in self.rng.sample(choices, len(choices)):
            if name in self.off:
                continue
            text = make()
            if text is not None:
                if name:
                    self.used.add(name)
                return text
        raise AssertionError("no production applies")

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    # lengths and indices

    def size(self, token: str) -> int:
        """How long an axis is in this program."""
        n = self.sizes["n"]
        derived = {"n-1": max(n - 1, 0), "n-2": max(n - 2, 0), "h": (n + 1) // 2, "k": n // 2, "1": 1}
        derived |= {"mn": n * self.sizes["m"], "2n": 2 * n, "n+1": n + 1}
        return derived[token] if token in derived else self.sizes[token]

    def length(self, s: Scope, token: str) -> str:
        """The length of an axis as an expression."""
        found = [f"len({v.name})" for v in s.arrays if v.shape[:1] == (token,)]
        found += [f"{v.name}.shape[{k}]" for v in s.arrays for k, t in enumerate(v.shape) if t == token]
        if not found and token in GREATER:
            return GREATER[token].format(self.length(s, "n"))
        if not found:
            return str(self.size(token))
        return found[0] if self.chance(0.7) else self.rng.choice(found)

    def index(self, s: Scope, token: str) -> str | None:
        """An index that is in range, None when there is none."""
        n = self.size(token)
        exact = [i for i, t in s.indices.items() if t == token]
        if exact and self.chance(0.6):
            i = self.rng.choice(exact)
            if n > 1 and self.chance(0.3):
                return f"{i} - 1"  # wraps around at zero
            return i
        if n == 0:
            return self.rng.choice(exact) if exact else None
        size = self.length(s, token)
        options = ["0", "-1", f"{size} - 1", f"{size} // 2"]
        if n > 1:
            options += ["1", "-2"]
        if s.ints:
            i = self.rng.choice(s.ints)
            options += [f"{i} % {size}", f"({i} + 1) % {size}", f"{size} - 1 - {i} % {size}"] * 2
            options.append(f"{i} // 2 % {size}")
            if self.size("n") and not self.helping:
                options.append(f"K[{i} % len(K)] % {size}")
        if "int(data)" not in self.off and self.chance(0.1) and s.numbers:
            self.used.add("int(data)")
            return f"int(abs({self.rng.choice(s.numbers)}) * 3.7) % {size}"
        return self.rng.choice(options)

    def element(self, s: Scope, writable: bool = False) -> str | None:
        """An element of an array in scope."""
        arrays = [v for v in s.arrays if not (writable and v.fixed)]
        for v in self.rng.sample(arrays, len(arrays)):
            parts = [self.index(s, t) for t in v.shape]
            if all(p is not None for p in parts):
                if len(parts) == 2:
                    self.used.add("2-D")
                    if self.chance(0.15):
                        return f"{v.name}[{parts[0]}][{parts[1]}]"
                return f"{v.name}[{', '.join(p or '' for p in parts)}]"
        return None

    # numbers

    def number(self, s: Scope, depth: int = 2) -> str:
        """A number."""
        if depth <= 0 or self.chance(0.25):
            return self.pick(
                [
                    ("", lambda: self.rng.choice(s.numbers)),
                    ("", lambda: self.rng.choice(s.numbers)),
                    ("", lambda: self.element(s)),
                    ("", lambda: self.element(s)),
                    ("", lambda: self.rng.choice(["0.5", "1.5", "-0.7", "2.0", "0.3"])),
                    ("int in float", lambda: f"0.3 * {self.rng.choice(s.ints)}" if s.ints else None),
                ]
            )
        a, b = self.number(s, depth - 1), self.number(s, depth - 1)
        call = self.rng.choice(["np", "math"])
        return self.pick(
            [
                ("", lambda: f"({a} + {b})"),
                ("", lambda: f"({a} - {b})"),
                ("", lambda: f"{a} * {b}"),
                ("", lambda: f"0.5 * {a} * {b}"),
                ("", lambda: f"{call}.sin({a})"),
                ("", lambda: f"{call}.cos({a}) * {b}"),
                ("divide", lambda: f"{a} / (2.0 + {b} * {b})"),
                ("functions", lambda: self.function(call, a)),
                ("power", lambda: f"{call}.sin({a}) ** {self.rng.choice(['2', '3'])}"),
                ("abs max min", lambda: self.rng.choice([f"abs({a})", f"max({a}, {b})", f"min({a}, {b})"])),
                ("conditional", lambda: f"({a} if {self.condition(s)} else {b})"),
                ("reduction", lambda: self.reduction(s)),
            ]
        )

    def function(self, call: str, a: str) -> str:
        return self.rng.choice(
            [
                f"{call}.tanh({a})",
                f"{call}.exp(-{a} * {a})",
                f"{call}.sqrt(1.0 + {a} * {a})",
                f"{call}.log(1.5 + {a} * {a})",
                f"np.arctan({a})",
            ]
        )

    def bounded(self, s: Scope, depth: int = 2) -> str:
        """A number that does not grow from trip to trip."""
        a = self.number(s, depth)
        return self.rng.choice([f"np.sin({a})", f"math.sin({a})", f"0.5 * {a}", f"{a} / (1.0 + ({a}) ** 2)"])

    def condition(self, s: Scope) -> str:
        """A condition on integers or on floats."""
        options = [f"{self.rng.choice(s.numbers)} {self.rng.choice(['>', '<', '>=', '<='])} 0.1"]
        element = self.element(s)
        if element is not None:
            options.append(f"{element} > {self.rng.choice(s.numbers)}")
        if s.ints:
            i = self.rng.choice(s.ints)
            options += [f"{i} % 2 == 0", f"{i} > 1", f"{i} != 2"]
        c = self.rng.choice(options)
        if self.chance(0.15):
            self.used.add("and or not")
            return self.rng.choice(
                [f"not {c}", f"{c} and {self.rng.choice(options)}", f"({c} or {options[0]})"]
            )
        return c

    def reduction(self, s: Scope) -> str | None:
        shape = self.shape(s)
        a = self.array(s, shape, 1)
        full = all(self.size(t) > 0 for t in shape)
        kinds = ["np.sum({})", "np.sum({})", "({}).sum()"]
        if full:
            kinds += ["np.mean({})", "np.max({})", "np.min({})", "({}).mean()"]
        if len(shape) == 1:
            w = self.array(s, shape, 1)
            kinds += [f"np.dot({{}}, {w})", f"({{}} @ ({w}))"]
            if full and self.chance(0.2):
                kinds.append("np.prod({})")
        return self.rng.choice(kinds).format(a)

    # arrays

    def shape(self, s: Scope, rank: int | None = None) -> Shape:
        """A shape that some array in scope has."""
        shapes = [v.shape for v in s.arrays if rank in (None, len(v.shape))]
        return self.rng.choice(shapes) if shapes else ("n",)

    def array(self, s: Scope, shape: Shape, depth: int = 2) -> str:
        """An array of a shape."""
        if depth <= 0 or self.chance(0.2):
            return self.leaf(s, shape)
        a, b = self.array(s, shape, depth - 1), self.array(s, shape, depth - 1)
        c = self.number(s, 1)
        return self.pick(
            [
                ("", lambda: f"({a} + {b})"),
                ("", lambda: f"({a} - 0.5 * {b})"),
                ("", lambda: f"{a} * {b}"),
                ("", lambda: f"np.sin({a})"),
                ("", lambda: f"np.sin({a}) * {c}"),
                ("", lambda: f"({a} * {c} + {b})"),
                ("divide", lambda: f"{a} / (2.0 + {b} ** 2)"),
                ("functions", lambda: self.function("np", a)),
                ("maximum", lambda: f"np.{self.rng.choice(['maximum', 'minimum'])}({a}, {b})"),
                ("where", lambda: f"np.where({a} > {self.rng.choice([b, c, '0.1'])}, {b}, {c})"),
                ("broadcast", lambda: self.broadcast(s, shape, depth)),
                ("axis", lambda: self.along_axis(s, shape)),
                ("matmul", lambda: self.product(s, shape)),
                ("rearranged", lambda: self.rearranged(s, shape, a)),
                ("run-time size one", lambda: self.repeated(s, a)),
            ]
        )

    def leaf(self, s: Scope, shape: Shape) -> str:
        """A name, a view or a constant of a shape."""
        options = [v.name for v in s.arrays if v.shape == shape] * 3
        options += [f"{self.view(s, shape)}" for _ in range(3) if self.views(s, shape)]
        if not options or self.chance(0.05):
            dims = ", ".join(self.length(s, t) for t in shape)
            fill = f"np.full(({dims},), {self.number(s, 1)})"
            options.append(fill if self.chance(0.5) else f"(np.zeros(({dims},)) + {self.number(s, 1)})")
        return self.rng.choice(options)

    def views(self, s: Scope, shape: Shape, writable: bool = False) -> list[str]:
        """Views of arrays in scope that have a shape; none is the array itself."""
        out: list[str] = []
        for v in s.arrays:
            if not (writable and v.fixed):
                out += self.views_of(s, v, shape)
        return out

    def view(self, s: Scope, shape: Shape, writable: bool = False) -> str:
        self.used.add("view")
        return self.rng.choice(self.views(s, shape, writable))

    def views_of(self, s: Scope, v: Var, shape: Shape) -> list[str]:
        """Views of one array."""
        a = v.name
        if len(v.shape) == 1 and len(shape) == 1:
            (have,), (want,) = v.shape, shape
            out = [f"{a}[::-1]"] if have == want else []
            if have == "n":
                cuts = {
                    "n-1": ["1:", ":-1", ":0:-1", "-2::-1" if self.size("n") > 1 else "1:"],
                    "n-2": ["1:-1", "2:", ":-2"] if self.size("n") > 1 else [],
                    "h": ["::2"],
                    "k": ["1::2"],
                }
                out += [f"{a}[{c}]" for c in cuts.get(want, [])]
            if want == "n" and have in GREATER:
                half = self.length(s, "n")
                parts = {"2n": ["::2", "1::2", f":{half}", f"{half}:"], "n+1": ["1:", ":-1", f":{half}"]}
                out += [f"{a}[{c}]" for c in parts[have]]
            return out
        if len(v.shape) == 2 and len(shape) == 1:
            rows, cols = v.shape
            out = []
            i, j = self.index(s, rows), self.index(s, cols)
            if (cols,) == shape and i is not None:
                out += [f"{a}[{i}]", f"{a}[{i}, :]", f"{a}[{i}, ::-1]"]
            if shape == ("mn",) and (rows, cols) == ("m", "n"):
                out += [f"{a}.reshape(-1)[:]", f"{a}.ravel()[:]"]
            if (rows,) == shape and j is not None:
                out += [f"{a}[:, {j}]", f"{a}.T[{j}]"]
            return out
        if len(v.shape) == 2 and len(shape) == 2:
            out = [f"{a}[::-1]", f"{a}[:, ::-1]"] if v.shape == shape else []
            return out + ([f"{a}.T[:]"] if v.shape[::-1] == shape else [])
        return []

    def broadcast(self, s: Scope, shape: Shape, depth: int) -> str | None:
        if len(shape) != 2:
            return None
        self.used.add("2-D")
        row, col = self.array(s, shape[1:], depth - 1), self.array(s, shape[:1], depth - 1)
        whole = self.array(s, shape, depth - 1)
        return self.rng.choice(
            [
                f"({col})[:, None] * {row}",
                f"np.outer({col}, {row})",
                f"({whole} + {row})",
                f"{whole} * ({col})[:, np.newaxis]",
            ]
        )

    def repeated(self, s: Scope, a: str) -> str | None:
        """An array with one that turns out to have one element."""
        ones = [t for t in ("n", "n-1", "h", "k", "n-2", "m") if self.size(t) == 1]
        found = [
            u for t in ones for u in (*self.views(s, (t,)), *(v.name for v in s.arrays if v.shape == (t,)))
        ]
        if not found:
            return None
        one = self.rng.choice(found)
        return self.rng.choice([f"({a} + {one})", f"{one} * {a}", f"np.where({one} > 0.1, {a}, {one})"])

    def along_axis(self, s: Scope, shape: Shape) -> str | None:
        found = [v for v in s.arrays if len(v.shape) == 2]
        if not found:
            return None
        v = self.rng.choice(found)
        self.used.add("2-D")
        a = self.array(s, v.shape, 1)
        for axis in (0, 1):
            if shape == (v.shape[1 - axis],):
                full = self.size(v.shape[axis]) > 0
                f = self.rng.choice(["sum", "mean", "max", "sum"] if full else ["sum"])
                return f"np.{f}({a}, axis={self.rng.choice([axis, axis - 2])})"
        if shape == v.shape and all(self.size(t) > 0 for t in shape):
            axis = self.rng.choice([0, 1])
            return f"({a} - np.{self.rng.choice(['mean', 'sum'])}({a}, axis={axis}, keepdims=True))"
        return None

    def product(self, s: Scope, shape: Shape) -> str | None:
        found = [v for v in s.arrays if len(v.shape) == 2]
        if not found:
            return None
        v = self.rng.choice(found)
        (rows, cols), a = v.shape, v.name
        self.used.add("2-D")
        if shape == (rows,):
            return f"({a} @ ({self.array(s, (cols,), 1)}))"
        if shape == (cols,):
            left = self.array(s, (rows,), 1)
            return self.rng.choice([f"(({left}) @ {a})", f"{a}.T.dot({left})"])
        if shape == (rows, cols) and self.chance(0.5):
            return f"0.3 * ({a} @ {a}.T @ {a})"
        return None

    def rearranged(self, s: Scope, shape: Shape, a: str) -> str | None:
        if len(shape) != 1:
            return f"({a}).copy()"
        options = [f"np.cumsum({a})", f"({a}).copy()", f"({a})[::-1]"]
        if shape == ("n",):
            options += [f"({a})[K]"] * 2 if "gather" not in self.off and not self.helping else []
            if self.size("n") > 0:
                options += [f"np.concatenate((({a})[1:], ({a})[:1]))", f"np.roll({a}, 1)"]
        return self.rng.choice(options)
