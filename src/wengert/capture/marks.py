"""Parameters of functions that are marked with `no_derivative`, told without loading the compiler."""

from __future__ import annotations

import sys
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

_HELD: WeakKeyDictionary[Any, frozenset[str]] = WeakKeyDictionary()
_ROOM = f"{__name__.partition('.')[0]}.algebra.custom"


def constant_parameters(f: Any) -> frozenset[str]:
    """The parameters of a function whose annotation has `no_derivative` in it."""
    f = getattr(f, "__func__", f)
    given = getattr(f, "__wengert_held__", None)
    if given is not None:
        return given
    room = sys.modules.get(_ROOM)
    if room is None or not isinstance(f, FunctionType) or not f.__annotations__:
        return frozenset()
    found = _HELD.get(f)
    if found is None:
        found = _HELD[f] = _marked(f, room.no_derivative)
    return found


def _marked(f: FunctionType, mark: Any) -> frozenset[str]:
    from typing import get_type_hints

    try:
        hints = get_type_hints(f, include_extras=True)
    except Exception:  # annotations may name what does not exist at run time
        return frozenset()
    return frozenset(
        name for name, hint in hints.items() if name != "return" and mark in getattr(hint, "__metadata__", ())
    )
