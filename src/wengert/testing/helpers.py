"""Functions that random programs call: pure ones, and ones that write or return arguments, or recurse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .expressions import Scope, Var

if TYPE_CHECKING:
    from .writer import Writer

_RANK_ONE = [("n",), ("n-1",), ("h",), ("k",), ("m",)]


class Helpers:
    """The helper functions of one program, and calls of them."""

    def __init__(self, writer: Writer) -> None:
        self.w = writer
        self.lines: list[str] = []
        self.closures: list[str] = []
        self.made: dict[str, list[str]] = {}

    def call(self, s: Scope) -> bool | None:
        """A statement that calls something; False when there is nothing to call."""
        w = self.w
        if self.closures and w.chance(0.4):
            w.used.add("closure")
            w.line(s.depth, f"s = 0.5 * s + {w.rng.choice(self.closures)}({w.number(s, 1)})")
            return None
        kind = w.rng.choice(["pure", "writes", "two", "returns", "recursive", "nested"])
        names = {"writes": "callee mutates", "recursive": "recursion", "returns": "callee returns view"}
        if names.get(kind, "") in w.off:
            return False
        if kind in names:
            w.used.add(names[kind])
        return getattr(self, "_" + kind)(s)

    def define(self, kind: str) -> str:
        """The name of a function of a kind, written when there are fewer than two of them."""
        w, names = self.w, self.made.setdefault(kind, [])
        if names and (len(names) == 2 or w.chance(0.5)):
            return w.rng.choice(names)
        name = f"{kind}{len(names)}"
        outer, w.lines = w.lines, []
        sizes, w.sizes = w.sizes, {**w.sizes, "L": 0}
        helping, w.helping = w.helping, True
        getattr(self, "_define_" + kind)(name)
        w.helping = helping
        self.lines += [line[4:] for line in w.lines]
        w.lines, w.sizes = outer, sizes
        names.append(name)
        return name

    def operand(self, s: Scope, shape: tuple[str, ...]) -> str | None:
        """An array or a view to pass."""
        w = self.w
        options = [v.name for v in s.arrays if v.shape == shape and not v.fixed]
        options += w.views(s, shape, writable=True)
        return w.rng.choice(options) if options else None

    # definitions: parameters a, b have one length L, which may be zero, so elements are named in loops only

    def _body(self, scope: Scope, count: int) -> None:
        w = self.w
        i = w.name("i")
        bounds = w.rng.choice(["len(a)", "1, len(a)", "len(a) - 1, -1, -1", "0, len(a), 2"])
        w.line(1, f"for {i} in range({bounds}):")
        inner = scope.inner(loop=True)
        inner.indices[i] = "L"
        inner.depth = 2
        for _ in range(count):
            w.statement(inner)

    def _scope(self, *names: str) -> Scope:
        return Scope(["c", "s"], [Var(n, ("L",)) for n in names], [], depth=1)

    def _define_pure(self, name: str) -> None:
        w, scope = self.w, self._scope()
        w.line(0, f"def {name}(s, c=0.7):")
        if w.chance(0.5):
            w.line(1, f"if {w.condition(scope)}:")
            w.line(2, f"return {w.bounded(scope, 1)}")
        w.line(1, f"return {w.bounded(scope)}")

    def _define_writes(self, name: str) -> None:
        w, scope = self.w, self._scope("a")
        w.line(0, f"def {name}(a, c):")
        w.line(1, "s = 0.1 * c")
        self._body(scope, w.rng.randint(1, 2))
        if w.chance(0.4):
            w.line(1, w.rng.choice(["a[::-1] += 0.3 * a", "a *= np.sin(c)", "a[1:] = a[:-1]", "v = a[::2]"]))
        if w.chance(0.5):
            w.line(1, "return s")

    def _define_two(self, name: str) -> None:
        w, scope = self.w, self._scope("a", "b")
        w.line(0, f"def {name}(a, b, c):")
        w.line(1, "s = c")
        self._body(scope, w.rng.randint(1, 3))
        if w.chance(0.4):
            w.line(
                1, w.rng.choice(["a[:] = b * c + a", "b += np.sin(a)", "a, b = b, a", "a[::-1] = 0.5 * b"])
            )
            w.line(1, "b[:] = np.sin(a) * c")
        w.line(1, f"return {w.rng.choice(['s', 's + np.sum(np.sin(a))'])}")

    def _define_returns(self, name: str) -> None:
        w = self.w
        w.line(0, f"def {name}(a, b, c):")
        if w.chance(0.5):
            w.line(1, "a *= 0.9")
        if w.chance(0.4):
            w.line(1, f"if c {w.rng.choice(['>', '<'])} 0.2:")
            w.line(2, "return b")
        w.line(1, f"return {w.rng.choice(['a', 'a[::-1]', 'b', 'np.sin(a) * b'])}")

    def _define_recursive(self, name: str) -> None:
        w = self.w
        w.line(0, f"def {name}(a, c, d):")
        w.line(1, "if d <= 0:")
        w.line(2, f"return {w.rng.choice(['c', 'np.sum(a) * c', '0.5'])}")
        if w.chance(0.6):
            w.line(1, f"a {w.rng.choice(['*= np.sin(c)', '+= 0.3 * c', '-= 0.2 * a * a'])}")
        inner = w.rng.choice([f"{name}(a, np.sin(c), d - 1)", f"{name}(a[::-1], 0.5 * c, d - 1)",
                              f"{name}(a, 0.5 * c, d - 1) + {name}(a, -c, d - 2)"])  # fmt: skip
        w.line(1, f"r = {inner}")
        if w.chance(0.4):
            w.line(1, "a *= np.cos(r)")
        w.line(1, w.rng.choice(["return r * c", "return r + np.sum(np.sin(a))", "return np.sin(r) + c"]))

    def _define_nested(self, name: str) -> None:
        w = self.w
        inner = self.define("writes")
        w.line(0, f"def {name}(a, c):")
        w.line(1, f"{inner}(a, c)")
        w.line(
            1, f"{inner}(a[{w.rng.choice(['1:', '::2', '::-1', ':-1'])}], {w.rng.choice(['c', '0.5 * c'])})"
        )
        w.line(1, "return np.sum(np.sin(a)) * c")

    # calls

    def _pure(self, s: Scope) -> None:
        w, f = self.w, self.define("pure")
        call = f"{f}({w.number(s, 1)})" if w.chance(0.4) else f"{f}({w.number(s, 1)}, c={w.number(s, 1)})"
        w.line(s.depth, f"s = 0.3 * s + {call}")

    def _writes(self, s: Scope) -> bool | None:
        w = self.w
        a = self.operand(s, w.rng.choice(_RANK_ONE))
        if a is None:
            return False
        w.line(s.depth, f"{self.define('writes')}({a}, {w.bounded(s, 1)})")
        return None

    def _nested(self, s: Scope) -> bool | None:
        w = self.w
        a = self.operand(s, w.rng.choice(_RANK_ONE))
        if a is None:
            return False
        w.line(s.depth, f"s = np.sin(s + {self.define('nested')}({a}, {w.bounded(s, 1)}))")
        return None

    def _two(self, s: Scope) -> bool | None:
        w = self.w
        shape = w.rng.choice(_RANK_ONE)
        a, b = self.operand(s, shape), self.operand(s, shape)
        if a is None or b is None:
            return False
        if w.chance(0.25):
            if "same array twice" in w.off:
                return False
            b = a
            w.used.add("same array twice")
        elif w.chance(0.3):
            if "overlapping arguments" in w.off:
                return False
            v = w.rng.choice([v for v in s.arrays if v.shape == ("n",) and not v.fixed]).name
            a, b = w.rng.sample([f"{v}[1:]", f"{v}[:-1]", f"{v}[:0:-1]"], 2)
            w.used.add("overlapping arguments")
        w.line(s.depth, f"s = np.sin({self.define('two')}({a}, {b}, {w.bounded(s, 1)}))")
        return None

    def _returns(self, s: Scope) -> bool | None:
        w = self.w
        shape = w.rng.choice(_RANK_ONE)
        a, b = self.operand(s, shape), self.operand(s, shape)
        if a is None or b is None:
            return False
        name = w.name("o")
        w.line(s.depth, f"{name} = {self.define('returns')}({a}, {b}, {w.number(s, 1)})")
        s.arrays.append(Var(name, shape))
        return None

    def _recursive(self, s: Scope) -> bool | None:
        w = self.w
        a = self.operand(s, w.rng.choice(_RANK_ONE))
        if a is None:
            return False
        depth = w.rng.choice(["N", "2", "3"])
        w.line(s.depth, f"s = np.sin({self.define('recursive')}({a}, {w.bounded(s, 1)}, {depth}) + s)")
        return None
