"""Classes of the user's while a function is traced: their methods see the names of the run.

A class is seen as a subclass with the same methods under other names, an instance as one of that subclass
with the attributes of the instance itself.
"""

from __future__ import annotations

import enum
import sys
from abc import ABCMeta
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from types import FunctionType
from typing import Any

REAL = "__wengert_real__"
STANDARD = frozenset(sys.stdlib_module_names)
LIBRARIES = frozenset({"numpy", "scipy"})
_TAKEN_AS_THEY_ARE = (BaseException, enum.Enum, tuple, list, dict, set, str, int, float, complex, bytes)


def real_class(cls: type) -> type:
    """The class that the user wrote."""
    return getattr(cls, REAL, cls)


def _foreign(cls: type) -> bool:
    root = cls.__module__.partition(".")[0]
    return root in STANDARD - {"__main__"} or root in LIBRARIES or root == "wengert"


@cache
def is_seen(cls: type) -> bool:
    """Whether a class is the user's, and one whose methods can be seen from a run."""
    if type(cls) not in (type, ABCMeta) or REAL in vars(cls) or issubclass(cls, _TAKEN_AS_THEY_ARE):
        return False
    return not _foreign(cls) and bool(cls.__flags__ & (1 << 9))


def attributes_of(x: Any) -> tuple[str, ...] | None:
    """The attributes of an object that is a structure of values: a dataclass, or of a class of the user's."""
    if isinstance(x, type):
        return None
    if is_dataclass(x):
        return tuple(f.name for f in fields(x))
    return tuple(vars(x)) if is_seen(real_class(type(x))) and hasattr(x, "__dict__") else None


def subclass(cls: type, function: Callable[[Any], Any], attribute: Callable[[Any], Any]) -> type:
    """The class with its methods as ``function`` gives them, and attributes as ``attribute`` does."""
    names: dict[str, Any] = {"__slots__": (), REAL: cls, "__module__": cls.__module__, "__doc__": cls.__doc__}
    for base in reversed(cls.__mro__):
        if _foreign(base):
            continue
        for name, member in vars(base).items():
            seen = _seen(member, function)
            if seen is not None and name not in ("__init_subclass__", "__class_getitem__", "__new__"):
                names[name] = seen
    truth: Any = names.get("__bool__")
    if truth is not None:  # comparisons of values of the tape are NumPy's
        names["__bool__"] = lambda self: bool(truth(self))
    found: Any = names.get("__getattribute__", cls.__getattribute__)

    def get(self: Any, name: str) -> Any:
        value = found(self, name)
        return value if name.startswith("__") else attribute(value)

    names["__getattribute__"] = get
    made = type(cls)(cls.__name__, (cls,), names)
    made.__qualname__ = cls.__qualname__
    return made


def _seen(member: Any, function: Callable[[Any], Any]) -> Any:
    if isinstance(member, FunctionType):
        generated = member.__code__.co_filename == "<string>"  # by `dataclasses`
        return None if generated else function(member)
    if isinstance(member, property):
        parts = (member.fget, member.fset, member.fdel)
        return property(*[None if f is None else function(f) for f in parts], doc=member.__doc__)
    if isinstance(member, (staticmethod, classmethod)):
        return type(member)(function(member.__func__))
    return None


def dressed(x: Any, cls: type) -> Any:
    """An instance of ``cls`` that shares the attributes of ``x``; ``x`` itself where they are in slots."""
    attributes = getattr(x, "__dict__", None)
    if attributes is None:
        return x
    try:
        view = object.__new__(cls)
        object.__setattr__(view, "__dict__", attributes)
    except (TypeError, AttributeError):
        return x
    return view
