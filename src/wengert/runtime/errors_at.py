"""Exceptions of failed checks: compiled code tells which site and with which operands, this makes the message.

Compiled code holds no Python object, so a check only leaves a number and up to six words.  The table of sites has the
rest: the exception's name, a ``str.format`` template over the operands, their types, and the place in the user's source.
"""

from __future__ import annotations

import builtins
import importlib
import linecache
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..ir.types import SCALARS


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the user's source; columns count from 0, ``end`` of 0 means unknown."""

    file: str
    line: int
    column: int = 0
    end: int = 0
    function: str = ""

    def caret(self) -> str:
        """The file and line with the source and a caret beneath, empty when the source cannot be found."""
        source = linecache.getline(self.file, self.line).rstrip("\n")
        head = f"  --> {self.file}:{self.line}:{self.column + 1}"
        if not source.strip():
            return head
        number = str(self.line)
        gutter = " " * len(number)
        wide = max(1, (min(self.end, len(source)) if self.end else self.column + 1) - self.column)
        return f"{head}\n{gutter} |\n{number} | {source}\n{gutter} | {' ' * self.column}{'^' * wide}"


@dataclass(frozen=True, slots=True)
class Site:
    """One check: exception name, template, operand types (names of scalars), place."""

    exception: str
    message: str
    operands: tuple[str, ...] = ()
    place: Place | None = None

    def to_json(self) -> list[Any]:
        p = self.place
        where = None if p is None else [p.file, p.line, p.column, p.end, p.function]
        return [self.exception, self.message, list(self.operands), where]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> Site:
        exception, message, operands, where = data
        return cls(exception, message, tuple(operands), None if where is None else Place(*where))


def operand_value(word: bytes, t: str) -> Any:
    """One context word as a Python number (``f64`` and ``f32`` both travel as the bits of a double)."""
    if t in SCALARS and SCALARS[t].is_float:
        return struct.unpack("=d", word)[0]
    value: int = struct.unpack("=q", word)[0]
    return bool(value & 1) if t == "bool" else value


def exception_at(sites: Sequence[Site], context: bytes, status: int | None = None) -> BaseException:
    """The exception for a failed check; ``context`` is the site number and six operands, eight bytes each."""
    (recorded,) = struct.unpack_from("=q", context)
    number = recorded if status is None else status
    if not 1 <= number <= len(sites):
        return _internal(f"compiled code reported check {number}, there are {len(sites)}")
    site = sites[number - 1]
    words = [context[8 + 8 * i : 16 + 8 * i] for i in range(len(site.operands))]
    values = [operand_value(word, t) for word, t in zip(words, site.operands, strict=True)]
    try:
        message = site.message.format(*values)
    except (IndexError, KeyError, ValueError):
        message = site.message
    kind = exception_class(site.exception)
    if site.place is not None:
        message = f"{message}\n{site.place.caret()}"
    try:
        return kind(message)
    except TypeError:
        return RuntimeError(f"{site.exception}: {message}")


def exception_class(name: str) -> type[BaseException]:
    """Our class that derives from the built-in ``name`` where `wengert.errors` has one, else the built-in itself.

    A name with a leading ``raise:`` is a ``raise`` statement of the user's: always the built-in.
    """
    plain = name.removeprefix("raise:")
    found = getattr(builtins, plain, None)
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        return RuntimeError
    if plain != name:
        return found
    try:
        errors: Any = importlib.import_module("wengert.errors")
    except ImportError:
        return found
    by_builtin: dict[str, type[BaseException]] = getattr(errors, "RUNTIME_ERRORS", {})
    return by_builtin.get(plain, found)


def _internal(message: str) -> BaseException:
    return RuntimeError(f"internal error in wengert, please report it: {message}")
