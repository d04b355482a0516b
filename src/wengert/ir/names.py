"""Unique names made from the user's: for the text of the IR and for emitted source."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .core import Value

_NOT_WORD = re.compile(r"\W+")


class Names:
    """Hands out names, each once: ``s``, ``s.1``, ``s.2``; values without a hint are numbered.

    ``joint`` stands between the user's name and the number; ``reserved`` names are never given; ``bare`` is
    put before the number of a value without a hint.

    >>> names = Names()
    >>> [names.fresh("s"), names.fresh("s"), names.fresh(""), names.fresh("d x")]
    ['s', 's.1', '0', 'd_x']
    """

    def __init__(self, reserved: Iterable[str] = (), joint: str = ".", bare: str = "") -> None:
        self._taken = set(reserved)
        self._joint = joint
        self._bare = bare
        self._next: dict[str, int] = {}
        self._of: dict[Value, str] = {}

    def fresh(self, hint: str) -> str:
        """A name that was not given before."""
        base = _NOT_WORD.sub("_", hint)
        if not base or base[0].isdigit():
            base = f"_{base}" if base else ""
        name = base
        while not name or name in self._taken:
            k = self._next.get(base, 1 if base else 0)
            self._next[base] = k + 1
            name = f"{base}{self._joint}{k}" if base else f"{self._bare}{k}"
        self._taken.add(name)
        return name

    def define(self, value: Value, name: str | None = None) -> str:
        """The name of ``value``, which has none yet."""
        self._of[value] = name if name is not None else self.fresh(value.hint)
        return self._of[value]

    def of(self, value: Value) -> str:
        """The name of ``value``; one is made when it has none."""
        return self._of[value] if value in self._of else self.define(value)

    def __contains__(self, value: Value) -> bool:
        return value in self._of
