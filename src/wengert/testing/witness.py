"""One random program held against its witnesses.

CPython says what the value is; dual numbers (`testing.oracle`) say what the derivatives are; reverse mode is
held against them by dot products.  The interpreter of the IR, native code and readable source run the same
stages.  Where a decision is too near to go the other way there is nothing to compare.
"""

from __future__ import annotations

import linecache
import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from ..algebra.evaluate import evaluate
from ..api.build import base_stage, compile_stage, narrowed
from ..api.compiled import Compiled
from ..api.pipeline import Program as Pipeline
from ..api.stage import Stage
from ..api.step import RETURN, Step
from ..api.steps import applied
from ..capture.pytree import Leaf, Node, Tree, flatten, unflatten
from ..capture.pytree import leaves as tree_leaves
from ..emit.llvm import Options
from ..emit.python import compile_source, source
from ..errors import WengertError
from ..ir.types import differentiable
from ..transform import passes
from . import oracle, taped
from .dual import margin
from .programs import Box, Pair, Program

Engine = Callable[[Sequence[Any]], Sequence[Any]]

LARGE = 1e7
"""Derivatives beyond this say more about rounding than about rules."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is checked: second order, reverse over reverse, the passes before emission, native
    code, readable source, the tracing engine."""

    second: bool = True
    third: bool = False
    passes: bool = False
    native: int = 0
    source: bool = False
    traced: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """``kind``: ``ok``, ``refused``, ``skipped`` or ``wrong``; ``what`` and ``detail`` say more (of what is
    ``ok``: why it was not traced).
    """

    kind: str
    what: str = ""
    detail: str = ""


class Wrong(Exception):
    """Two witnesses disagree."""

    def __init__(self, what: str, detail: str) -> None:
        super().__init__(f"{what}: {detail}")
        self.what = what
        self.detail = detail


class _Skip(Exception):
    """There is nothing to compare here."""


def load(text: str, name: str) -> FunctionType:
    """The function of a program's text."""
    filename = f"<{name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    space: dict[str, Any] = {"np": np, "math": math, "Pair": Pair, "Box": Box}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # what is left when programs are shrunk
        exec(compile(text, filename, "exec"), space)
    return space["program"]


def check(program: Program, effort: Effort | None = None) -> Outcome:
    """What the witnesses say about a program."""
    try:
        f = load(program.text, f"program {program.seed}")
    except (SyntaxError, KeyError) as e:  # of what is left when a program is shrunk
        return Outcome("skipped", "syntax", str(e))
    return check_function(f, program.arguments(), effort, program.seed, program.single)


def check_function(
    f: FunctionType, args: tuple[Any, ...], effort: Effort | None = None, seed: int = 0, single: bool = False
) -> Outcome:
    """What the witnesses say about a function at some arguments; ``single``: in single precision."""
    checked: _Check | None = None
    try:
        with np.errstate(all="ignore"):
            checked = _Check(f, args, effort or Effort(), seed, single)
            checked.run()
    except _Skip as e:
        return Outcome("skipped", str(e))
    except WengertError as e:
        return Outcome("refused", getattr(e, "code", "") or type(e).__name__, str(e))
    except Wrong as e:
        with np.errstate(all="ignore"):
            if checked is not None and checked.sensitive():
                return Outcome("skipped", "too sensitive to rounding")
        return Outcome("wrong", e.what, e.detail)
    except Exception as e:
        notes = " ".join(getattr(e, "__notes__", ()))
        return Outcome("wrong", f"{type(e).__name__} in {_room(e)}", f"{e} {notes}")
    return Outcome("ok", "not traced", checked.untraced) if checked.untraced else Outcome("ok")


def _room(e: BaseException) -> str:
    """The file of ours that raised."""
    at, trace = "", e.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "wengert" in name and "testing" not in name:
            at = name.rpartition("wengert/")[2] + f" {trace.tb_frame.f_code.co_name}"
        trace = trace.tb_next
    return at or "testing"


class _Check:
    def __init__(
        self, f: FunctionType, args: tuple[Any, ...], effort: Effort, seed: int, single: bool
    ) -> None:
        self.f: Any = f
        self.args = args
        self.effort = effort
        self.single = single
        self.rng = np.random.default_rng(seed + 1)
        self.rtol = 1e-3 if single else 1e-8
        self.untraced = ""

    def run(self) -> None:
        args = self.args
        mine = _copies(args)
        want = self.f(*mine)
        stage = base_stage(self.f, Pipeline(self.f, ()).bind(args))
        self.d, self.e = _direction(args, self.rng), _direction(args, self.rng)
        self.expect(args)
        self.value(stage, args, want, mine)
        try:  # arrays that meet are of one shape, until they are not
            self.derivatives(narrowed(stage, (Step("vjp"),)), args)
        except ValueError as e:
            if not str(e).startswith("this code is for equal sizes"):
                raise
            self.derivatives(stage, args)

    def expect(self, args: Any) -> None:
        """Value and derivatives by dual numbers."""
        slopes = (self.d, self.e) if self.effort.second else (self.d,)
        lifted = oracle.lift(args, *slopes)
        with margin() as seen:
            self.result = self._lifted_result(lifted)
        if seen.nearest < (1e-3 if self.single else 1e-6):
            raise _Skip("kink")
        self.finals = lifted
        big = [np.max(np.abs(oracle.part(x, *path)), initial=0.0) for path in self.paths() for x in
               oracle.leaves(self.result) if not _is_int(x)]  # fmt: skip
        if not all(np.isfinite(b) and b < LARGE for b in big):
            raise _Skip("large")

    def sensitive(self) -> bool:
        """Whether rounding the arguments moves what is expected by about as much as is allowed: then nothing
        follows from a difference.
        """
        factor = 1.0 + (1e-7 if self.single else 2e-15)
        near = oracle.map_leaves(lambda x: x * factor if oracle.is_float(x) else x, self.args)
        slopes = (self.d, self.e) if self.effort.second else (self.d,)
        moved = oracle.leaves(oracle.lifted_function(self.f)(*oracle.lift(near, *slopes)))
        most = 0.0
        for path in self.paths():
            pairs = [
                (np.asarray(oracle.part(x, *path), float), np.asarray(oracle.part(y, *path), float))
                for x, y in zip(oracle.leaves(self.result), moved, strict=True)
                if not _is_int(x)
            ]
            scale = 1.0 + max((float(np.max(abs(x), initial=0.0)) for x, _ in pairs), default=0.0)
            most = max(
                [most, *(float(np.max(abs(x - y), initial=0.0)) / (self.rtol * scale) for x, y in pairs)]
            )
        return most > 0.1

    def first(self) -> tuple[str, ...]:
        """Where the derivative along the first direction is."""
        return ("value", "slope") if self.effort.second else ("slope",)

    def paths(self) -> list[tuple[str, ...]]:
        if self.effort.second:
            return [("value", "value"), ("value", "slope"), ("slope", "value"), ("slope", "slope")]
        return [("value",), ("slope",)]

    # runs

    def engines(self, stage: Stage, name: str, order: int = 1) -> list[tuple[str, Engine]]:
        """The ways to run a stage on the leaves of its arguments."""
        found: list[tuple[str, Engine]] = [
            ("interpreter", lambda values: evaluate(stage.module, _supplied(stage, values)))
        ]
        if self.effort.passes:
            last = passes.native(stage.module)
            found.append(("native order", lambda values: evaluate(last, _supplied(stage, values))))
        if self.effort.source:
            text = source(stage.module)
            made = compile_source(text, _entry(text))
            found.append(("source", lambda values: _several(made(*_supplied(stage, values)), stage)))
        if self.effort.native >= order:
            native = compile_stage(stage, name, None, options=Options(poison=True))
            found.append(("native", lambda values: _native(native, stage, values)))
        return found

    def compare(self, what: str, engine: str, got: Sequence[Any], want: Sequence[Any], tight: bool) -> None:
        """Leaf by leaf."""
        if len(got) != len(want):
            raise Wrong(f"{what}, {engine}", f"{len(got)} results where {len(want)} are expected")
        scale = 1.0 + max((float(np.max(np.abs(w), initial=0.0)) for w in want), default=0.0)
        rtol = 1e-12 if tight and not self.single else self.rtol
        for k, (g, w) in enumerate(zip(got, want, strict=True)):
            if np.shape(g) != np.shape(w):
                raise Wrong(f"{what}, {engine}", f"result {k} has shape {np.shape(g)}, not {np.shape(w)}")
            gap = np.max(np.abs(np.asarray(g, float) - np.asarray(w, float)), initial=0.0)
            if not gap <= rtol * scale:
                raise Wrong(f"{what}, {engine}", f"result {k} is {g!r}, not {w!r}")

    def value(self, stage: Stage, args: Any, want: Any, finals: Any) -> None:
        """Results and final arguments, as CPython leaves them."""
        expected = [v for _, v in aligned(stage.output, want)]
        for engine, run in self.engines(stage, "program"):
            mine = _copies(args)
            values = flatten(mine, stage.inputs)
            got = run(values)
            got = [got[leaf.index] for leaf, _ in aligned(stage.output, want)]
            self.compare("value", engine, got, expected, engine == "interpreter")
            self.compare(
                "final arguments", engine, values, flatten(finals, stage.inputs), engine == "interpreter"
            )

    def derivatives(self, stage: Stage, args: Any) -> None:
        """Every mode, from a stage of the function itself."""
        self.forward(stage, args)
        self.reverse(stage, args)

    def forward(self, stage: Stage, args: Any) -> None:
        made = applied(Step("jvp"), stage, "program")
        values = [*flatten(args, stage.inputs), *_floats(flatten(self.d, stage.inputs), stage)]
        pairs = self.differentiable(stage)
        want = [oracle.part(v, *self.first()) for _, v in pairs]
        count = len(stage.module.main.results)
        for engine, run in self.engines(made, "forward"):
            self.compare("forward", engine, list(run(_fresh(values)))[count:], want, False)

    def differentiable(self, stage: Stage) -> list[tuple[Leaf, Any]]:
        """The floats of the result with what the dual numbers say, in the order of the results."""
        pairs = [(a, v) for a, v in aligned(stage.output, self.result) if differentiable(a.type)]
        return sorted(pairs, key=lambda p: p[0].index)

    def reverse(self, stage: Stage, args: Any) -> None:
        """Reverse mode, forward over reverse, reverse over reverse."""
        outputs, finals = self.overwritten(stage)
        made = applied(Step("vjp", outputs=outputs), stage, "program")
        wanted = [v for _, v in self.differentiable(stage)] + finals
        seeds = [_like(oracle.part(v, *self.paths()[0]), self.rng) for v in wanted]
        seeds = _typed(seeds, made.inputs.leaves()[stage.leaf_count() :])
        direction = _floats(flatten(self.d, stage.inputs), stage)
        other = _floats(flatten(self.e, stage.inputs), stage)
        values = [*flatten(args, stage.inputs), *seeds]
        first = self.first()
        want = _dot(seeds, [oracle.part(v, *first) for v in wanted])
        scale = sum(_dot([abs(s)], [abs(oracle.part(v, *first))]) for s, v in zip(seeds, wanted, strict=True))
        for engine, run in self.engines(made, "reverse"):
            bars = run(_fresh(values))
            scale = max(scale, _dot([abs(b) for b in bars], [abs(d) for d in direction]))
            self.near("reverse", engine, _dot(bars, direction), want, scale)
        if self.effort.traced:
            self.traced(stage, args, seeds[: len(wanted) - len(finals)], direction)
        if self.effort.second:
            self.second(made, values, direction, other, seeds, wanted)

    def traced(self, stage: Stage, args: Any, seeds: Sequence[Any], direction: Sequence[Any]) -> None:
        """The tape's answer for the results, where it has one."""

        def results(out: Any) -> list[Any]:
            pairs = [(a, v) for a, v in aligned(stage.output, out) if differentiable(a.type)]
            return [v for _, v in sorted(pairs, key=lambda p: p[0].index)]

        try:
            got, scale = taped.slope(self.f, _copies(args), results, seeds, direction)
        except WengertError as e:
            self.untraced = str(e).splitlines()[0]
            return
        want = _dot(seeds, [oracle.part(v, *self.first()) for _, v in self.differentiable(stage)])
        self.near("reverse", "traced", got, want, scale)

    def overwritten(self, stage: Stage) -> tuple[tuple[str, ...], list[Any]]:
        """Half the time, overwritten arguments are results too."""
        if self.rng.random() < 0.5:
            return (RETURN,), []
        names: list[str] = []
        finals: list[Any] = []
        leaves = flatten(self.finals, stage.inputs)
        for name, tree in zip(stage.inputs.names, stage.inputs.trees, strict=True):
            hit = [a for a in tree_leaves(tree) if a.index in stage.mutated and differentiable(a.type)]
            if hit:
                names.append(name)
                finals += [leaves[a.index] for a in hit]
        return (RETURN, *names), finals

    def second(
        self, made: Stage, values: Any, direction: Any, other: Any, seeds: Any, wanted: Sequence[Any]
    ) -> None:
        over = applied(Step("jvp"), made, "program")
        still = [np.zeros_like(s) if isinstance(s, np.ndarray) else type(s)(0.0) for s in seeds]
        count = len(made.module.main.results)
        want = _dot(seeds, [oracle.part(v, "slope", "slope") for v in wanted])
        bends: list[Any] = []
        for engine, run in self.engines(over, "forward over reverse", 2):
            bends = list(run(_fresh([*values, *direction, *still])))[count:]
            scale = abs(_dot([abs(b) for b in bends], [abs(d) for d in other])) + abs(want)
            self.near("forward over reverse", engine, _dot(bends, other), want, scale)
        if not self.effort.third or not bends:
            return
        again = applied(Step("vjp"), made, "program")
        w = [_like(b, self.rng) for b in bends]
        w = _typed(w, again.inputs.leaves()[made.leaf_count() :])
        for engine, run in self.engines(again, "reverse over reverse", 2):
            bars = run(_fresh([*values, *w]))
            left, right = _dot(w, bends), _dot(bars[: len(direction)], direction)
            scale = _dot([abs(x) for x in bars[: len(direction)]], [abs(d) for d in direction])
            self.near("reverse over reverse", engine, right, left, scale + abs(left))

    def _lifted_result(self, lifted: Sequence[Any]) -> Any:
        try:
            return oracle.lifted_function(self.f)(*lifted)
        except (ValueError, OverflowError) as e:
            if str(e) in ("math domain error", "math range error"):  # of infinity: something grew too large
                raise _Skip("large") from None
            raise

    def near(self, what: str, engine: str, got: float, want: float, scale: float) -> None:
        if not np.isfinite(want) or scale > 1e3 * LARGE:
            raise _Skip("large")
        if not abs(got - want) <= self.rtol * (1.0 + scale):
            raise Wrong(f"{what}, {engine}", f"{got!r}, not {want!r}")


# leaves


def aligned(tree: Tree, value: Any) -> list[tuple[Leaf, Any]]:
    """The leaves of a result with the parts of a Python value that stand there."""
    if isinstance(tree, Leaf):
        return [(tree, value)]
    if not isinstance(tree, Node):
        return []
    parts = [getattr(value, k) for k in tree.keys] if tree.kind == "object" else list(value)
    if tree.kind == "dict":
        parts = list(value.values())
    return [p for t, v in zip(tree.children, parts, strict=True) for p in aligned(t, v)]


def _is_int(x: Any) -> bool:
    return isinstance(x, (bool, int, np.integer)) or (isinstance(x, np.ndarray) and x.dtype.kind in "biu")


def _copies(args: Any) -> Any:
    return oracle.map_leaves(lambda x: x.copy() if isinstance(x, np.ndarray) else x, args)


def _fresh(values: Sequence[Any]) -> list[Any]:
    return [v.copy() if isinstance(v, np.ndarray) else v for v in values]


def _direction(args: Any, rng: np.random.Generator) -> Any:
    return oracle.map_leaves(lambda x: _like(x, rng) if oracle.is_float(x) else x, args)


def _like(x: Any, rng: np.random.Generator) -> Any:
    """Random numbers around one in size."""
    u = rng.uniform(0.5, 1.0, np.shape(x)) * rng.choice([-1.0, 1.0], np.shape(x))
    return u.astype(x.dtype) if isinstance(x, np.ndarray) else float(u)


def _typed(values: Sequence[Any], leaves: Sequence[Leaf]) -> list[Any]:
    """Values of the dtypes of leaves."""
    out: list[Any] = []
    for v, leaf in zip(values, leaves, strict=True):
        name = {"f32": np.float32, "f64": np.float64}[str(getattr(leaf.type, "dtype", leaf.type))]
        out.append(np.asarray(v, name) if isinstance(v, np.ndarray) else name(v))
    return out


def _floats(values: Sequence[Any], stage: Stage) -> list[Any]:
    return [v for v, leaf in zip(values, stage.inputs.leaves(), strict=True) if differentiable(leaf.type)]


def _supplied(stage: Stage, values: Sequence[Any]) -> list[Any]:
    everything = [*values, *(h.read() for h in stage.hidden)]
    return [everything[k] for k in stage.supply]


def _native(native: Compiled, stage: Stage, values: Sequence[Any]) -> list[Any]:
    args = [unflatten(t, values) for t in stage.inputs.trees]
    found = {leaf.index: v for leaf, v in aligned(stage.output, native.run(args, native.read_hidden()))}
    return [found.get(k) for k in range(len(stage.module.main.results))]


def _several(result: Any, stage: Stage) -> Sequence[Any]:
    count = len(stage.module.main.results)
    return () if count == 0 else (result,) if count == 1 else result


def _entry(text: str) -> str:
    names = [line[4:].partition("(")[0] for line in text.splitlines() if line.startswith("def ")]
    return names[-1]


def _dot(a: Sequence[Any], b: Sequence[Any]) -> float:
    return float(sum(np.sum(np.asarray(x, float) * np.asarray(y, float)) for x, y in zip(a, b, strict=True)))
