"""Groups of array operations that become one loop nest.

A group collects elementwise ops, whole-array writes and reductions of one block that iterate over the same
shape. Nothing is emitted while it grows, except shapes and their checks; `nest.emit` makes the loops. Results
that only the group uses never exist in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...ir.core import Op, Value
from ...ir.types import Array
from .function import FunctionEmitter
from .shapes import covers, equal
from .values import ArrayVal

#: identity and combining op of each reduction
REDUCTIONS = {"sum": "add", "prod": "mul", "amax": "maximum", "amin": "minimum", "any": "or", "all": "and"}

#: A loop with more in it gains nothing from fusing, and its registers spill.
MAX_STEPS, MAX_ARRAYS = 64, 24


@dataclass(slots=True, eq=False)
class Step:
    """One op of a group.

    ``kind``: ``map`` (elementwise), ``write`` (assign), ``add`` (vacc) or ``reduce``.
    """

    kind: str
    op: Op
    sizes: tuple[str, ...]
    inputs: tuple[Value, ...]
    target: Value | None = None
    axes: tuple[int, ...] = ()

    @property
    def exact(self) -> bool:
        """Must be executed exactly once for each element of its own shape."""
        return self.kind != "map"


@dataclass(slots=True, eq=False)
class Group:
    """Steps in order, over one iteration shape."""

    sizes: tuple[str, ...]
    letters: str
    steps: list[Step] = field(default_factory=list[Step])
    pending: set[Value] = field(default_factory=set[Value])
    reads: dict[Value, None] = field(default_factory=dict[Value, None])
    writes: dict[Value, None] = field(default_factory=dict[Value, None])
    exact: bool = False
    guards: dict[Value, tuple[Value, ...]] = field(default_factory=dict[Value, tuple[Value, ...]])

    def accepts(self, e: FunctionEmitter, step: Step, letters: str) -> bool:
        """May ``step`` run in the same loops?"""
        if letters != self.letters or len(self.steps) >= MAX_STEPS or step.target in self.pending:
            return False
        if len(self.reads) + len(self.writes) >= MAX_ARRAYS:
            return False
        if not equal(e, step.sizes, self.sizes):
            grows = covers(e, step.sizes, self.sizes)
            if not grows and not covers(e, self.sizes, step.sizes):
                return False
            if (grows and self.exact) or (not grows and step.exact):
                return False
        safe, exact = self._hazards(e, step)
        if safe and exact:
            self.exact = True
        return safe

    def _hazards(self, e: FunctionEmitter, step: Step) -> tuple[bool, bool]:
        """Would fusing change what memory is read?  Then only the same array, element by element, is fine.

        The second answer says that the group relies on that, so that its shape must not grow any more.
        """
        arrays = [v for v in step.inputs if isinstance(v.type, Array) and v not in self.pending]
        clashes = [(v, w) for v in arrays for w in self.writes]
        if step.target is not None:
            clashes += [(v, step.target) for v in (*arrays, *self.reads, *self.writes)]
        clashes = [(v, w) for v, w in clashes if e.facts.may_alias(v, w)]
        whole = equal(e, step.sizes, self.sizes) and all(
            v is w and equal(e, e.array(w).sizes, self.sizes) for v, w in clashes
        )
        if clashes and not whole and self._guard(e, step, clashes):
            return True, True
        return whole or not clashes, bool(clashes)

    def _guard(self, e: FunctionEmitter, step: Step, clashes: Sequence[tuple[Value, Value]]) -> bool:
        """An assignment whose sources perhaps overlap it joins if a test at run time can tell where to."""
        target = step.target
        if step.kind != "write" or target is None or target in self.writes or target in self.reads:
            return False
        sources = [v for v, w in clashes if w is target]
        if len(sources) < len(clashes) or any(v in self.writes for v in sources):
            return False
        base = e.facts.base
        if any(base.get(v) is not None and base.get(v) is base.get(target) for v in sources):
            return False  # the same buffer: they do overlap, most likely
        self.guards[target] = tuple(sources)
        return True

    def append(self, e: FunctionEmitter, step: Step) -> None:
        """Add an accepted step."""
        if covers(e, step.sizes, self.sizes):
            self.sizes = step.sizes
        self.exact |= step.exact
        self.steps.append(step)
        for v in step.inputs:
            if isinstance(v.type, Array) and v not in self.pending:
                self.reads.setdefault(v)
        if step.target is not None:
            self.writes.setdefault(step.target)
        self.pending.update(step.op.results)
        for v in step.op.results:
            e.env.pop(v, None)  # what an earlier version of the same loop defined
        result = step.op.results[0] if step.op.results else None
        if step.kind == "map" and result is not None:
            t = result.type
            assert isinstance(t, Array)
            e.env[result] = ArrayVal(t, "", "null", step.sizes, ("",) * t.rank)
