"""The statements of random programs, block by block."""

from __future__ import annotations

import random
from collections.abc import Callable

from .control import Control
from .expressions import GREATER, Scope, Shape, Var
from .helpers import Helpers

CONSTRUCTS = (
    "assign", "fresh", "rebind", "alias", "named view", "store", "augment", "slice store", "slice augment",
    "whole augment", "for", "for each", "while", "if", "break", "continue", "return early", "call", "tuple",
    "struct", "closure", "int array", "mask", "scatter", "swap", "chained", "float while", "recursion",
    "callee mutates", "callee returns view", "same array twice", "overlapping arguments", "triangle",
    "flag", "counter", "filled", "generations", "each of several", "container",
    "greater",
)  # fmt: skip
"""What a program may contain as statements; expressions add their own."""


class Writer(Control):
    """Writes one program."""

    def __init__(self, seed: int, off: frozenset[str]) -> None:
        rng = random.Random(seed)
        sizes = {"n": rng.choice([0, 1, 2, 2, 3, 3, 4, 5]), "m": rng.choice([1, 2, 2, 3])}
        # one program in five leaves each construct out, so that the others meet alone
        quiet = frozenset(c for c in CONSTRUCTS if rng.random() < 0.2)
        super().__init__(rng, sizes, off | quiet)
        self.single = rng.random() < 0.06
        self.boxed = rng.random() < 0.25
        self.helpers = Helpers(self)
        names = ["x", "y", "w", "A", "z"]
        self.whole = rng.random() < 0.7
        self.results = ", ".join(names if self.whole else rng.sample(names, 3))

    def program(self, size: int) -> str:
        """The text."""
        arrays = [Var("x", ("n",)), Var("y", ("n",)), Var("z", ("n",)), Var("A", ("m", "n"))]
        scope = Scope(["p", "q", "s"], arrays, ["N"])
        header = "def program(x, y, z, A, K, p, q, N):"
        if self.boxed:
            self.used.add("struct argument")
            header = header.replace("):", ", box):")
            scope.arrays.append(Var("box.w", ("n",)))
            scope.numbers.append("box.c")
        self.line(0, "s = p")
        dtype = ", dtype=np.float32" if self.single else ""
        kind = self.rng.choice(["zeros", "ones", "empty"])
        self.line(0, f"w = np.{kind}(len(x){dtype})")
        if kind == "empty":
            self.line(0, "w[:] = q")
        if self.chance(0.7):
            self.line(0, "w += 0.6 * z")  # zeros hide what is multiplied by them
        scope.arrays.append(Var("w", ("n",)))
        for _ in range(self.rng.randint(2, size)):
            self.statement(scope)
        self.line(0, f"return {self.total(scope)}, {self.results}")
        body = [header, *self.lines]
        if self.single:
            self.used.add("float32")
        if self.sizes["n"] < 2:
            self.used.add(f"size {self.sizes['n']}")
        return "\n".join([*self.helpers.lines, *body]) + "\n"

    def total(self, s: Scope) -> str:
        """The first result: ``s``, and mostly everything else that has a name at the end."""
        if not self.whole:
            return "s"
        self.used.add("everything returned")
        given = ("x", "y", "z", "w", "A", "p", "q", "s")
        numbers = [n for n in s.numbers if n not in given]
        arrays = [v.name for v in s.arrays if v.name not in given]
        return " + ".join(["s", *numbers, *(f"0.3 * np.sum(np.sin({a}))" for a in arrays)])

    # statements

    def statement(self, s: Scope) -> None:
        """One statement."""
        makers = self.makers(s)
        names = [n for n in makers if n not in self.off]
        while names:
            name = self.rng.choice(names)
            before = len(self.lines)
            if makers[name](s) is not False:
                self.used.add(name)
                return
            del self.lines[before:]
            names = [n for n in names if n != name]
        self.line(s.depth, "s = 0.5 * s")

    def makers(self, s: Scope) -> dict[str, Callable[[Scope], bool | None]]:
        """What may come next; loops nest to a depth of three."""
        if self.helping:
            plain = {"store": self._store, "augment": self._augment, "assign": self._assign}
            return plain | ({"if": self.make_if} if s.depth < 3 else {})
        found: dict[str, Callable[[Scope], bool | None]] = {
            "assign": self._assign, "fresh": self._fresh, "rebind": self._rebind, "alias": self._alias,
            "named view": self._named_view, "store": self._store, "augment": self._augment,
            "slice store": self._slice_store, "slice augment": self._slice_augment,
            "whole augment": self._whole_augment, "call": self._call, "tuple": self._tuple,
            "struct": self._struct, "int array": self._int_array, "mask": self._mask,
            "scatter": self._scatter, "swap": self._swap, "chained": self._chained, "flag": self._flag,
            "triangle": self._triangle, "counter": self._counter, "filled": self._filled,
            "generations": self._generations, "container": self._container, "greater": self._greater,
        }  # fmt: skip
        if s.depth < 3:
            found |= {"for": self.make_for, "if": self.make_if, "for each": self.make_for_each}
            found |= {"each of several": self.make_each_of_several}
            found |= {"while": self.make_while, "float while": self.make_float_while}
        if s.depth == 0:
            found |= {"closure": self._closure}
        if s.depth and self.chance(0.5):
            found |= {"return early": self.make_return}
        if s.loops:
            found |= {"break": self.make_leave("break"), "continue": self.make_leave("continue")}
        return found

    def writable(self, s: Scope, rank: int | None = None) -> Var:
        return self.rng.choice([v for v in s.arrays if not v.fixed and rank in (None, len(v.shape))])

    def _assign(self, s: Scope) -> None:
        own = [n for n in s.numbers if n[0] in "st"]
        if self.chance(0.4):
            target = self.name("t")
            self.line(s.depth, f"{target} = {self.bounded(s)}")
            s.numbers.append(target)
            return
        target = self.rng.choice(own)
        op = self.rng.choice(["=", "=", "+=", "-=", "*="])
        self.line(s.depth, f"{target} {op} {self.bounded(s)}")

    def _fresh(self, s: Scope) -> None:
        shape = self.shape(s)
        name = self.name("a")
        self.line(s.depth, f"{name} = np.sin({self.array(s, shape)})")
        s.arrays.append(Var(name, shape))

    def _rebind(self, s: Scope) -> bool | None:
        found = [v for v in s.arrays if v.name.isidentifier() and not v.fixed]
        v = self.rng.choice(found)
        self.line(s.depth, f"{v.name} = np.sin({self.array(s, v.shape)})")
        return None

    def _alias(self, s: Scope) -> bool | None:
        v = self.writable(s)
        others = [u for u in s.arrays if u.shape == v.shape and u.name != v.name and not u.fixed]
        if not v.name.isidentifier() or not others:
            return False
        self.line(s.depth, f"{v.name} = {self.rng.choice(others).name}")
        return None

    def _named_view(self, s: Scope) -> bool | None:
        shape = self.rng.choice(
            [("n",), ("n-1",), ("h",), ("k",), ("n-2",), ("m",), ("m", "n"), ("n", "m"), ("mn",)]
        )
        if not self.views(s, shape, writable=True):
            return False
        name = self.name("v")
        self.line(s.depth, f"{name} = {self.view(s, shape, writable=True)}")
        s.arrays.append(Var(name, shape))
        return None

    def _store(self, s: Scope) -> bool | None:
        target = self.element(s, writable=True)
        if target is None:
            return False
        self.line(s.depth, f"{target} = {self.bounded(s)}")
        return None

    def _augment(self, s: Scope) -> bool | None:
        target = self.element(s, writable=True)
        if target is None:
            return False
        op = self.rng.choice(["+=", "-=", "*=", "/="])
        value = f"math.sin({self.number(s)})"
        self.line(s.depth, f"{target} {op} {value if op != '/=' else f'(2.0 + {value})'}")
        return None

    def part(self, s: Scope) -> tuple[str, tuple[str, ...]] | None:
        """A view that is written, and its shape."""
        shape = self.rng.choice([("n",), ("n-1",), ("h",), ("k",), ("n-2",), ("m",), ("m", "n"), ("mn",)])
        options = self.views(s, shape, writable=True)
        options += [f"{v.name}[:]" for v in s.arrays if v.shape == shape and not v.fixed]
        return (self.rng.choice(options), shape) if options else None

    def _slice_store(self, s: Scope) -> bool | None:
        found = self.part(s)
        if found is None:
            return False
        value = self.number(s) if self.chance(0.2) else self.array(s, found[1])
        self.line(s.depth, f"{found[0]} = {self.rng.choice(['0.5 * {}', 'np.sin({})', '{}']).format(value)}")
        return None

    def _slice_augment(self, s: Scope) -> bool | None:
        found = self.part(s)
        if found is None:
            return False
        value = f"np.sin({self.number(s) if self.chance(0.2) else self.array(s, found[1])})"
        op = self.rng.choice(["+=", "-=", "*=", "/="])
        self.line(s.depth, f"{found[0]} {op} {value if op != '/=' else f'(2.0 + {value})'}")
        return None

    def _whole_augment(self, s: Scope) -> None:
        v = self.rng.choice([v for v in s.arrays if v.name.isidentifier()])
        value = f"np.sin({self.number(s) if self.chance(0.2) else self.array(s, v.shape)})"
        self.line(s.depth, f"{v.name} {self.rng.choice(['+=', '-=', '*='])} {value}")

    def _tuple(self, s: Scope) -> None:
        a, b = self.name("t"), self.name("t")
        self.line(s.depth, f"{a}, {b} = {self.bounded(s, 1)}, {self.bounded(s, 1)}")
        s.numbers += [a, b]

    def _swap(self, s: Scope) -> bool | None:
        if self.chance(0.5):
            a, b = self.rng.choice([("x", "y"), ("w", "x"), ("y", "w"), ("z", "y")])
            self.line(s.depth, f"{a}, {b} = {b}, {a}")
            return None
        first, second = self.element(s, writable=True), self.element(s, writable=True)
        if first is None or second is None:
            return False
        self.line(s.depth, f"{first}, {second} = {second}, {first}")
        return None

    def _chained(self, s: Scope) -> bool | None:
        first, second = self.element(s, writable=True), self.element(s, writable=True)
        if first is None or second is None:
            return False
        self.line(s.depth, f"{first} = {second} = {self.bounded(s)}")
        return None

    def _triangle(self, s: Scope) -> bool | None:
        """Slices that end or begin at a loop variable."""
        found = [(i, v) for i, t in s.indices.items() for v in s.arrays if v.shape == (t,) and not v.fixed]
        if not found:
            return False
        i, v = self.rng.choice(found)
        others = [u.name for u in s.arrays if u.shape == v.shape]
        others += [
            f"{u.name}.T[{j}]" for u in s.arrays for j in s.indices if u.shape == (*v.shape, s.indices[j])
        ]
        cut = self.rng.choice(
            [f":{i}", f"{i}:", f"{i} + 1:", f":{i} + 1", f"{i}::-1", f":{i}:-1", f"{i}:{i} + 2"]
        )
        a, b = f"{self.rng.choice(others)}[{cut}]", f"{self.rng.choice(others)}[{cut}]"
        c = self.number(s, 1)
        text = self.rng.choice([
            f"{v.name}[{cut}] += 0.3 * {a}", f"{v.name}[{cut}] = np.sin({a}) * {c}",
            f"{v.name}[{cut}] -= np.sin({c} * {b})", f"{v.name}[{i}] = np.sin(np.dot({a}, {b}))",
            f"s = 0.5 * s + np.sum({a} * {b})", f"{v.name}[{cut}] *= 0.5 + np.sin({a}[::-1])",
        ])  # fmt: skip
        self.line(s.depth, text)
        return None

    def _flag(self, s: Scope) -> None:
        name = self.name("flag")
        self.line(s.depth, f"{name} = {self.condition(s)}")
        self.line(s.depth, f"if {self.rng.choice(['not ', ''])}{name}:")
        self.block(s.inner(), 1)
        if self.chance(0.5):
            self.line(s.depth, f"s += 0.5 if {name} else {self.bounded(s, 1)}")

    def _counter(self, s: Scope) -> None:
        own = [k for k in s.ints if k.startswith("k")]
        if own and self.chance(0.7):
            self.line(s.depth, f"{self.rng.choice(own)} += {self.rng.choice(['1', '2', *s.ints])}")
            return
        name = self.name("k")
        self.line(s.depth, f"{name} = {self.rng.choice(['0', 'N', '1'])}")
        s.ints.append(name)

    def _filled(self, s: Scope) -> None:
        """Memory that a loop initialises."""
        name, i = self.name("b"), self.name("i")
        token = self.rng.choice(["n", "m"])
        self.line(s.depth, f"{name} = np.empty({self.length(s, token)})")
        self.line(s.depth, f"for {i} in range(len({name})):")
        inner = s.inner(loop=True)
        inner.indices[i] = token
        self.line(s.depth + 1, f"{name}[{i}] = {self.bounded(inner)}")
        s.arrays.append(Var(name, (token,)))

    def _greater(self, s: Scope) -> None:
        """An array longer than any argument, of one part and another, or a matrix of such sizes."""
        name, token = self.name("g"), self.rng.choice(list(GREATER))
        size = self.length(s, token)
        kind = self.rng.choice(["np.zeros({})", "np.ones({})", "np.full({}, 0.3)", "parts", "matrix"])
        shape: Shape = (token,)
        if kind == "matrix":
            shape = (token, self.rng.choice(["n", "2n", "m"]))
            text = f"np.zeros(({size}, {self.length(s, shape[1])}))"
        elif kind == "parts":
            last = self.array(s, ("n",), 1) if token == "2n" else f"[{self.bounded(s, 1)}]"
            text = f"np.concatenate(({self.array(s, ('n',), 1)}, {last}))"
        else:
            text = kind.format(size)
        self.line(s.depth, f"{name} = {text}")
        made = Var(name, shape)
        if len(shape) == 1 and self.chance(0.7):
            part = self.rng.choice(self.views_of(s, made, ("n",)))
            self.line(s.depth, f"{part} {self.rng.choice(['=', '+=', '-='])} {self.array(s, ('n',), 1)}")
        s.arrays.append(made)

    def _generations(self, s: Scope) -> None:
        """Arrays handed on from trip to trip."""
        a, b, c = self.rng.sample(["x", "y", "w", "z"], 3)
        fresh = f"np.sin({self.array(s, ('n',), 1)})"
        self.line(s.depth, self.rng.choice([f"{a}, {b} = {b}, {fresh}", f"{a}, {b}, {c} = {b}, {c}, {a}",
                                            f"{a}, {b}, {c} = {b}, {c}, {fresh}"]))  # fmt: skip

    def _container(self, s: Scope) -> None:
        name = self.name("d")
        v, u = self.rng.choice(s.arrays), self.rng.choice(s.arrays)
        if self.chance(0.5):
            self.line(s.depth, f'{name} = {{"a": {v.name}, "b": {u.name}, "c": {self.bounded(s, 1)}}}')
            s.arrays += [Var(f'{name}["a"]', v.shape), Var(f'{name}["b"]', u.shape)]
            s.numbers.append(f'{name}["c"]')
        else:
            self.line(s.depth, f"{name} = [{v.name}, {u.name}]")
            s.arrays += [Var(f"{name}[0]", v.shape), Var(f"{name}[1]", u.shape)]

    def _struct(self, s: Scope) -> None:
        name = self.name("r")
        v = self.rng.choice([v for v in s.arrays if not v.fixed])
        self.line(s.depth, f"{name} = Pair({self.bounded(s, 1)}, {v.name})")
        s.numbers.append(f"{name}.first")
        s.arrays.append(Var(f"{name}.second", v.shape))

    def _int_array(self, s: Scope) -> bool | None:
        if not self.size("n"):
            return False
        i = self.index(s, "n")
        if i is None:
            return False
        if self.chance(0.5):
            self.line(s.depth, f"K[{i}] = (K[{i}] + {self.rng.choice(['1', 'N', *s.ints])}) % len(K)")
        else:
            j = self.name("j")
            best = self.rng.choice([f"K[{i}]", f"np.argmax({self.array(s, ('n',), 1)})"])
            self.line(s.depth, f"{j} = {best}")
            s.indices[j] = "n"
        return None

    def _mask(self, s: Scope) -> None:
        v = self.writable(s)
        test = f"{v.name} {self.rng.choice(['<', '>'])} {self.number(s, 0)}"
        change = self.rng.choice(["*= 0.5", f"= {self.number(s, 1)}"])
        self.line(s.depth, f"{v.name}[{test}] {change}")

    def _scatter(self, s: Scope) -> None:
        v = self.rng.choice([v for v in s.arrays if v.shape == ("n",)])
        op = self.rng.choice(["=", "+="])
        self.line(s.depth, f"{v.name}[K] {op} np.sin({self.array(s, ('n',), 1)})")

    def _closure(self, s: Scope) -> None:
        name, u = self.name("g"), self.name("u")
        inner = s.inner()
        inner.numbers.append(u)
        if self.chance(0.4):
            self.line(s.depth, f"{name} = lambda {u}: {self.bounded(inner)}")
        else:
            self.line(s.depth, f"def {name}({u}):")
            body = Scope([u, "q"], list(s.arrays), list(s.ints), depth=s.depth + 1)
            self.rng.choice([self._store, self._augment, self._slice_store])(body)
            self.line(s.depth + 1, f"return {self.bounded(inner)}")
        self.helpers.closures.append(name)

    def _call(self, s: Scope) -> bool | None:
        return self.helpers.call(s)
