"""Frames: one for each function that is being lowered, inlined callees included."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CellType
from typing import TYPE_CHECKING, Any

from .scope import Names, Scope, scope_of
from .source import Source
from .values import AV

if TYPE_CHECKING:
    from .units import Unit


@dataclass(frozen=True, eq=False, slots=True)
class Host:
    """What runs a generator: ``take`` is done with each value, in ``frame``.

    ``carried`` and ``head`` are the names that ``take`` assigns and that it begins with, ``live`` those that
    are read later.  ``breaks`` and ``returns``: whether ``take`` may leave by these.  ``level`` numbers the
    generators that run in one frame, one inside the other.
    """

    frame: Frame
    take: Callable[[AV], None]
    carried: Names
    head: Names
    live: Names
    breaks: bool
    returns: bool
    level: int

    @property
    def ended(self) -> str:
        """The flag that the generator has ended, or was left by ``break``."""
        return f"%ended{self.level}"

    @property
    def broken(self) -> str:
        """The flag that ``take`` left by ``break``."""
        return f"%broken{self.level}"

    @property
    def value(self) -> str:
        """What the generator returned."""
        return f"%value{self.level}"


@dataclass(eq=False, slots=True)
class Frame:
    """The variables of one call.

    Free names are looked up in ``parent`` (the frame that a nested function was defined in), then in
    ``cells`` (the closure of a function object), then in ``globals``.  Variables whose names start with
    ``%`` are the flags of early exits: ``%ret %rv %brk %cont``.  ``temps`` are the targets of
    comprehensions being run.  A generator has a ``host``, and shares its variables.
    ``gone`` are targets that functions defined in a comprehension may ask for when it is over.
    """

    source: Source
    globals: dict[str, Any]
    cells: dict[str, CellType]
    parent: Frame | None
    unit: Unit
    own: dict[str, AV] = field(default_factory=dict[str, AV])
    temps: list[str] = field(default_factory=list[str])
    host: Host | None = None
    gone: set[str] = field(default_factory=set[str])

    @property
    def root(self) -> Frame:
        """The frame that the variables belong to."""
        frame = self
        while frame.host is not None:
            frame = frame.host.frame
        return frame

    @property
    def vars(self) -> dict[str, AV]:
        return self.root.own if self.host is not None else self.own

    @vars.setter
    def vars(self, variables: dict[str, AV]) -> None:
        self.root.own = variables

    @property
    def scope(self) -> Scope:
        return scope_of(self.source.node)

    @property
    def kept(self) -> Names:
        """The names that others read, whatever this function does."""
        return self.scope.captured if self.host is None else self.scope.captured | self.host.live

    def after(self, s: ast.AST, default: Names = frozenset()) -> Names:
        """The names that are live after a compound statement."""
        found = self.scope.after.get(s, default)
        return found if self.host is None else found | self.host.live

    def head(self, s: ast.AST) -> Names:
        """The names that are live at the start of each trip of a loop."""
        found = self.scope.head[s]
        return found if self.host is None else found | self.host.head

    def owner(self, name: str) -> Frame | None:
        """The frame in which a name is local, or ``None``."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.scope.locals or name in frame.temps or name in frame.gone:
                return frame
            frame = frame.parent
        return None

    def cell(self, name: str) -> CellType | None:
        """The closure cell of a free name of the outermost function."""
        frame = self
        while frame.parent is not None:
            frame = frame.parent
        return frame.cells.get(name)
