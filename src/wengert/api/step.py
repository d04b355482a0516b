"""`Step`: a transform as data."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

from ..diag import Diagnostic
from ..errors import error_for

Wrt: TypeAlias = int | str | tuple[int | str, ...]
"""What a derivative is taken by: a position, a name, a path, or a tuple of these."""

Engine = Literal["native", "auto", "trace"]
"""Compile; compile and otherwise trace; trace."""

RETURN = "return"
"""Names the result in ``outputs``, beside the names of arguments."""


class Step(NamedTuple):
    """One transform: what a key of a cache can hold, and what pickles.  `steps.applied` does the work."""

    mode: str
    wrt: Wrt = 0
    has_aux: bool = False
    outputs: tuple[str, ...] = (RETURN,)

    @property
    def extra(self) -> int:
        """How many arguments there are after those of the function."""
        return 1 if self.mode in ("hvp", "vjp", "jvp", "column", "columns", "hvps") else 0


def normalise(wrt: Any) -> Wrt:
    """The argument of the public functions, checked for its kind.

    >>> normalise(["x", 1])
    ('x', 1)
    """
    if isinstance(wrt, (list, tuple)):
        parts = tuple(normalise(w) for w in wrt)
        if all(not isinstance(w, tuple) for w in parts) and parts:
            return parts  # pyright: ignore[reportReturnType]
    elif isinstance(wrt, str):
        if wrt:
            return wrt
    elif hasattr(wrt, "__index__") and not isinstance(wrt, bool):
        return int(wrt.__index__())
    text = f"`wrt` must be a position, a name, a path or a tuple of these, not {wrt!r}"
    raise error_for(Diagnostic("U0602", text))


def engine_of(engine: str) -> Engine:
    """The argument ``engine`` of the public functions, checked."""
    if engine in ("native", "auto", "trace"):
        return engine
    text = f'`engine` must be "native", "auto" or "trace", not {engine!r}'
    raise error_for(Diagnostic("U0601", text))
