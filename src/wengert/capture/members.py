"""What a class that captured code defines holds instead of functions and values."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from .lower import Lowering
from .values import AV, Const, Method


@dataclass(frozen=True, eq=False, slots=True)
class Member:
    """What a class defined in captured code holds.  ``kind``: ``value``, ``function``, ``static``, ``class``
    or ``property``.
    """

    av: AV
    kind: str = "value"
    setter: AV | None = None


def is_local(cls: type) -> bool:
    """Whether a class, or a base of it, was defined in captured code."""
    return any("__wengert_local__" in b.__dict__ for b in cls.__mro__)


def bound(lw: Lowering, self: AV | None, cls: type, member: Member) -> AV:
    """An attribute of an instance, or of the class."""
    from .calls import call

    match member.kind:
        case "static" | "value":
            return member.av
        case "class":
            return Method(Const(cls), member.av)
        case "property" if self is not None:
            return call(lw, member.av, [self], {}, None)
        case _:
            return member.av if self is None else Method(self, member.av)


def is_plain(cls: type) -> bool:
    """Whether calling a class makes an instance as usual: an abstract class does, an `Enum` does not."""
    return next(b for b in inspect.getmro(type(cls)) if "__call__" in b.__dict__) is type
