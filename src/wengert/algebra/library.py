"""Functions of NumPy and SciPy that an algebra has no meaning for, but the compiler knows: it gives them as
programs of primitives, which the algebra runs.

The room that knows them is above this one; whoever puts the house together says where (`provide`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from importlib import import_module
from typing import Any

_room: list[str] = []
_inside: ContextVar[bool] = ContextVar("inside", default=False)


def provide(module: str) -> None:
    """Name the module whose ``run(algebra, f, args, keywords)`` runs a function under an algebra."""
    _room[:] = [module]


def run(algebra: Any, f: Any, args: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """``f(*args, **keywords)`` under ``algebra``; ``NotImplemented`` where the compiler does not know it."""
    if not _room or algebra is None or _inside.get():
        return NotImplemented
    token = _inside.set(True)
    try:
        return import_module(_room[0]).run(algebra, f, args, keywords)
    finally:
        _inside.reset(token)
