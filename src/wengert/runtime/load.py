"""Object code to addresses in this process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from . import elf, symbols


class LoadedCode(Protocol):
    """What loading an object file gives: addresses of symbols, valid while the object lives."""

    def address(self, symbol: str, /) -> int:
        """Where ``symbol`` lies; `KeyError` when there is none."""
        ...


def load(blob: bytes, names: Iterable[str] = ()) -> LoadedCode:
    """Link an object file that needs the externals ``names`` into this process."""
    if elf.available():
        try:
            return elf.load(blob, symbols.address)
        except elf.Unsupported:
            pass
    from . import mcjit

    return mcjit.load(blob, names)
