"""Mutants of what the compiler decides: one entry of a table of activity, alias or records turned the unsafe
way.

A point patches one method.  Each time an entry is first asked for whose answer could be turned from safe to
unsafe, it gets the next number; the entry with the wanted number is turned, all others are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from wengert.analysis.activity import Activity
from wengert.analysis.alias import Aliases
from wengert.ir.core import VIEWS
from wengert.ir.types import is_ref
from wengert.transform.reverse.shadows import Sweep


@dataclass
class Turn:
    """Counts entries; turns number ``wanted`` (None: only counts)."""

    wanted: int | None
    count: int = 0
    known: dict[Any, bool] = field(default_factory=dict)

    def next(self) -> bool:
        """Whether the entry that is now seen for the first time is turned."""
        self.count += 1
        return self.count - 1 == self.wanted

    def once(self, key: Any) -> bool:
        """The same for an entry that may be asked for again."""
        if key not in self.known:
            self.known[key] = self.next()
        return self.known[key]


def answers(owner: type, name: str, unsafe: bool) -> Callable[[Turn], Any]:
    """Mutants of a method that gives a bool: the answer that is not ``unsafe`` is turned."""

    def patched(turn: Turn) -> Any:
        original = getattr(owner, name)

        def method(self: Any, *args: Any) -> Any:
            answer = original(self, *args)
            if bool(answer) is unsafe:
                return answer
            return unsafe if turn.once((self, *args)) else answer

        return owner, name, method

    return patched


def _activity(turn: Turn) -> Any:
    """A value that varies is taken for a constant."""
    original = Activity.__init__

    def init(self: Any, func: Any, aliases: Any, params: Any) -> None:
        original(self, func, aliases, params)
        values = [*func.params, *(r for op in aliases.sites.ops for r in op.results)]
        for v in values:
            if v in self._scalars and turn.next():
                self._scalars.discard(v)
        for c in sorted(self._classes):
            if turn.next():
                self._classes.discard(c)

    return Activity, "__init__", init


def _writes(turn: Turn) -> Any:
    """A write is forgotten, by every analysis."""
    original = Aliases._freeze

    def freeze(self: Any) -> None:
        original(self)
        for writes in self._writes:
            writes[:] = [w for w in writes if not turn.once(_statement(w[0]))]

    return Aliases, "_freeze", freeze


def _same_memory(turn: Turn) -> Any:
    """A view, a join or a call is taken for memory of its own, by every analysis."""
    original = Aliases._visit

    def visit(self: Any, op: Any) -> None:
        if op.name in JOINING and turn.once(_statement(op)):
            for r in op.results:
                if is_ref(r.type):
                    self._find(r)
                    self._fresh[r] = op
            return
        original(self, op)

    return Aliases, "_visit", visit


JOINING = VIEWS | {"if", "for", "while", "call"}


def _statement(op: Any) -> Any:
    """An operation as it is known through all passes: by its name and its place in the text."""
    return op.name, op.span


POINTS: dict[str, Callable[[Turn], Any]] = {
    "activity: active": _activity,
    "alias: write": _writes,
    "alias: same memory": _same_memory,
    "record: written after": answers(Sweep, "written_after", False),
    "record: frozen": answers(Sweep, "frozen", True),
    "record: stays": answers(Sweep, "stays", True),
    "record: exposed": answers(Sweep, "_exposed", False),
    "record: joined": answers(Sweep, "_is_join", False),
    "record: from a record": answers(Sweep, "_from_record", False),
    "record: whole": answers(Sweep, "_is_whole", True),
}


@contextmanager
def mutated(point: str, wanted: int | None) -> Iterator[Turn]:
    """The compiler with one entry turned."""
    turn = Turn(wanted)
    owner, name, method = POINTS[point](turn)
    original = owner.__dict__[name]
    setattr(owner, name, method)
    try:
        yield turn
    finally:
        setattr(owner, name, original)
