"""Frames: one for each function that is being lowered, inlined callees included."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import CellType
from typing import TYPE_CHECKING, Any

from .scope import Scope, scope_of
from .source import Source
from .values import AV

if TYPE_CHECKING:
    from .units import Unit


@dataclass(eq=False, slots=True)
class Frame:
    """The variables of one call.

    Free names are looked up in ``parent`` (the frame that a nested function was defined in), then in
    ``cells`` (the closure of a function object), then in ``globals``.  Variables whose names start with
    ``%`` are the flags of early exits: ``%ret %rv %brk %cont``.  ``temps`` are the targets of
    comprehensions being run.
    """

    source: Source
    globals: dict[str, Any]
    cells: dict[str, CellType]
    parent: Frame | None
    unit: Unit
    vars: dict[str, AV] = field(default_factory=dict[str, AV])
    temps: list[str] = field(default_factory=list[str])

    @property
    def scope(self) -> Scope:
        return scope_of(self.source.node)

    def owner(self, name: str) -> Frame | None:
        """The frame in which a name is local, or ``None``."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.scope.locals or name in frame.temps:
                return frame
            frame = frame.parent
        return None

    def cell(self, name: str) -> CellType | None:
        """The closure cell of a free name of the outermost function."""
        frame = self
        while frame.parent is not None:
            frame = frame.parent
        return frame.cells.get(name)
