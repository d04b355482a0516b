"""What a function reads besides its arguments: globals, closure cells, defaults, and attributes of these.

Numbers and arrays there are read again at each call, as Python does, and become hidden inputs of the module.
Everything else is a constant, with a guard that tells when it is no longer the same.

A process that finds its code in the cache needs these classes: they are written out, because making a
dataclass takes most of a millisecond.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CellType, FunctionType
from typing import Any

from ..ir.types import Type


class Place:
    """Where a value is found at each call: a way to read a root, then attributes and items.

    ``key`` is equal for equal places; ``text`` is how the user would write it.  ``root`` is where ``read``
    starts (a dict of globals, a cell, a function), None when only ``read`` knows.
    """

    __slots__ = ("key", "read", "root", "text")

    def __init__(self, key: tuple[Any, ...], text: str, read: Callable[[], Any], root: object = None) -> None:
        self.key = key
        self.text = text
        self.read = read
        self.root = root

    def attr(self, name: str) -> Place:
        """The place of an attribute."""
        return Place(
            (*self.key, "." + name), f"{self.text}.{name}", lambda: getattr(self.read(), name), self.root
        )

    def item(self, k: Any) -> Place:
        """The place of an item."""
        return Place((*self.key, k), f"{self.text}[{k!r}]", lambda: self.read()[k], self.root)


def global_place(names: dict[str, Any], name: str) -> Place:
    """A global variable of a module."""
    return Place(("global", id(names), name), name, lambda: names[name], names)


def cell_place(cell: CellType, name: str) -> Place:
    """A variable of an enclosing function."""
    return Place(("cell", id(cell)), name, lambda: cell.cell_contents, cell)


def default_place(f: FunctionType, name: str, k: int | str) -> Place:
    """The default of a parameter."""
    text = f"default of `{name}`"
    if isinstance(k, str):
        return Place(("default", id(f), k), text, lambda: (f.__kwdefaults__ or {})[k], f)
    return Place(("default", id(f), k), text, lambda: (f.__defaults__ or ())[k], f)


class Hidden:
    """An input of the module that is no argument.  ``big``: a Python integer of more than 32 bits; ``leaf``:
    what a list of numbers is as an array.
    """

    __slots__ = ("big", "leaf", "place", "python", "type")

    def __init__(self, place: Place, type: Type, python: bool, big: bool = False, leaf: Any = None) -> None:
        self.place = place
        self.type = type
        self.python = python
        self.big = big
        self.leaf = leaf

    @property
    def description(self) -> str:
        return self.place.text

    def read(self) -> Any:
        """The value now."""
        if self.leaf is None:
            return self.place.read()
        from .pytree import as_array

        return as_array(self.leaf, self.place.read())


class Guard:
    """A fact that the module was specialised on: ``kind`` (``same equal like typed``) says how what stands at
    ``place`` agrees with ``value``.
    """

    __slots__ = ("description", "kind", "place", "test", "value")

    def __init__(
        self, description: str, test: Callable[[], bool], kind: str, place: Place, value: Any
    ) -> None:
        self.description = description
        self.test = test
        self.kind = kind
        self.place = place
        self.value = value

    def check(self) -> bool:
        """Whether it still holds; a place that has gone does not."""
        try:
            return bool(self.test())
        except Exception:
            return False


def is_same(place: Place, value: Any) -> Guard:
    """The same object still stands there."""
    return Guard(f"{place.text} is the same object", lambda: place.read() is value, "same", place, value)


def is_equal(place: Place, value: Any) -> Guard:
    """An equal number or string of the same type still stands there."""

    def test() -> bool:
        now = place.read()
        return type(now) is type(value) and bool(now == value)

    return Guard(f"{place.text} == {value!r}", test, "equal", place, value)


def is_like(place: Place, value: Any) -> Guard:
    """A container of the same type and length, with the same keys, still stands there."""
    keys = list(value) if isinstance(value, dict) else None

    def test() -> bool:
        now = place.read()
        if type(now) is not type(value) or len(now) != len(value):
            return False
        return keys is None or list(now) == keys

    return Guard(f"{place.text} has the same structure", test, "like", place, value)


def is_typed(place: Place, value: Any, test: Callable[[Any], bool]) -> Guard:
    """A number or an array of the same IR type still stands there; ``test`` is asked about what does."""
    return Guard(f"{place.text} has the same type", lambda: test(place.read()), "typed", place, test)
