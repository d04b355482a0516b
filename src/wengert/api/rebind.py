"""Where code reads from outside, for another function with the same code.

Each evaluation of ``lambda x: a * x`` makes a function with cells and defaults of its own.  What was compiled
for one serves the others, when it reads its hidden inputs from *their* cells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from ..capture.state import (
    Guard,
    Hidden,
    Place,
    cell_place,
    default_place,
    is_equal,
    is_like,
    is_same,
    is_typed,
)

Moved = tuple[tuple[Any, ...], tuple[Any, ...]]


def core(fun: Any) -> tuple[Any, tuple[Any, ...]]:
    """The function inside of what is batched or derived, and what was made of it."""
    chain: list[Any] = []
    while hasattr(type(fun), "__wengert_inner__"):
        mark, fun = fun.__wengert_inner__()
        chain.append(mark)
    return fun, tuple(chain)


def moved(
    old: Callable[..., Any], new: Callable[..., Any], hidden: Sequence[Any], guards: Sequence[Any]
) -> Moved | None:
    """The hidden inputs and guards for ``new``; None when they cannot be told."""
    (old, _), (new, _) = core(old), core(new)
    if old is new:
        return tuple(hidden), tuple(guards)
    if (
        not (isinstance(old, FunctionType) and isinstance(new, FunctionType))
        or old.__globals__ is not new.__globals__
    ):
        return None
    places = [_moved_place(h.place, old, new) for h in hidden]
    guard_places = [_moved_place(g.place, old, new) for g in guards]
    return (
        tuple(Hidden(p, h.type, h.python, h.big, h.leaf) for p, h in zip(places, hidden, strict=True)),
        tuple(guard_of(g.kind, p, g.value) for p, g in zip(guard_places, guards, strict=True)),
    )


def bare(fun: Callable[..., Any]) -> bool:
    """Whether a function has neither cells nor defaults of its own."""
    fun = core(fun)[0]
    if not isinstance(fun, FunctionType):
        return True  # nothing else has the same code
    return not (fun.__closure__ or fun.__defaults__ or fun.__kwdefaults__)


def guard_of(kind: str, place: Place, value: Any) -> Guard:
    """A guard of a kind: the inverse of its fields."""
    match kind:
        case "same":
            return is_same(place, value)
        case "equal":
            return is_equal(place, value)
        case "like":
            return is_like(place, value)
        case _:
            return is_typed(place, value, value)


def _moved_place(place: Place, old: FunctionType, new: FunctionType) -> Place:
    """The place for ``new`` where its root belongs to ``old`` itself, otherwise the same."""
    root, *rest = place.key
    if root == "cell":
        for mine, its in zip(old.__closure__ or (), new.__closure__ or (), strict=True):
            if id(mine) == rest[0]:
                return below(cell_place(its, place.text), rest[1:])
    elif root == "default" and rest[0] == id(old):
        return below(default_place(new, place.text, rest[1]), rest[2:])
    return place


def below(place: Place, path: Sequence[Any]) -> Place:
    """The place reached by attributes (``.name``) and items."""
    for step in path:
        attribute = isinstance(step, str) and step.startswith(".")
        place = place.attr(step[1:]) if attribute else place.item(step)
    return place
