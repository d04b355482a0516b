"""The axes along which `wengert.batch` runs: what ``in_axes`` and ``out_axes`` say, as `jax.vmap` has it.

An axis is a position, which may count from the end, or ``None`` for what all examples share.  For a container
it is that of all that is in it, or a container of the same structure (for an instance: a dict by attribute).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn, cast

from ..diag import Diagnostic
from ..errors import error_for


@dataclass(frozen=True, slots=True)
class Axes:
    """``given``: of the arguments by position; ``made``: of the result."""

    given: Any = 0
    made: Any = 0


def checked(in_axes: Any, out_axes: Any) -> Axes:
    """The axes, if they are of the right kind.  `UseError` (U0601) otherwise."""
    found = Axes(_checked(in_axes, "in_axes"), _checked(out_axes, "out_axes"))
    if isinstance(found.given, dict):
        _refuse(f"`in_axes` is an axis, None or a tuple of these for the arguments, not {in_axes!r}")
    return found


def _checked(axes: Any, name: str) -> Any:
    if axes is None or (type(axes) is not bool and hasattr(axes, "__index__")):
        return None if axes is None else int(axes.__index__())
    if isinstance(axes, (tuple, list)):
        return tuple(_checked(a, name) for a in cast("tuple[Any, ...]", axes))
    if isinstance(axes, dict):
        return {k: _checked(a, name) for k, a in cast("dict[Any, Any]", axes).items()}
    _refuse(f"`{name}` is made of integers and None, not {axes!r}")


def of_arguments(axes: Axes, count: int) -> tuple[Any, ...]:
    """The axes of each of ``count`` arguments."""
    if not isinstance(axes.given, tuple):
        return (axes.given,) * count
    if len(axes.given) != count:
        _refuse(f"`in_axes` has {len(axes.given)} entries, and {count} arguments were given by position")
    return axes.given


def of_parts(axes: Any, keys: tuple[Any, ...] | None, count: int, what: str, name: str) -> tuple[Any, ...]:
    """The axes of the parts of a container; ``keys`` where parts have names."""
    if axes is None or isinstance(axes, int):
        return (axes,) * count
    if isinstance(axes, dict):
        named = cast("dict[Any, Any]", axes)
        if keys is not None and set(keys) == set(named):
            return tuple(named[k] for k in keys)
    elif keys is None and len(axes) == count:
        return tuple(axes)
    _refuse(f"`{name}` has the entry {axes!r} for {what}, which has another structure")


def of_leaf(axes: Any, what: str, name: str) -> int | None:
    """The axis of what is no container."""
    if isinstance(axes, (tuple, dict)):
        _refuse(f"`{name}` has the entry {axes!r} for {what}, which has another structure")
    return cast("int | None", axes)


def normal(axis: int, rank: int, what: str, name: str) -> int:
    """The axis counted from the front, of ``rank`` axes."""
    if not -rank <= axis < rank:
        have = "no axes" if rank == 0 else f"{rank} axes" if rank > 1 else "one axis"
        hint = "None in its place shares it" if name == "in_axes" else ""
        _refuse(f"`{name}` asks for axis {axis} of {what}, which has {have}", hint)
    return axis % rank


def _refuse(text: str, hint: str = "") -> NoReturn:
    raise error_for(Diagnostic("U0601", text, helps=(hint,) if hint else ()))
