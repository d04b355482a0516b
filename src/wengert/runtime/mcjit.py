"""LLVM's own loader of object files, for machines that `elf` does not know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import llvmlite.binding as llvm

from . import symbols
from .compile import target_machine
from .locks import llvm_lock


class Engine:
    """Code in this process, alive as long as this object."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def address(self, symbol: str) -> int:
        """Where ``symbol`` lies; `KeyError` when there is none."""
        with llvm_lock:
            found = int(
                self._engine.get_function_address(symbol) or self._engine.get_global_value_address(symbol)
            )
        if not found:
            raise KeyError(symbol)
        return found


_bound: set[str] = set()


def bind(names: Iterable[str]) -> None:
    """Make external names known to the linker."""
    for name in names:
        if name not in _bound:
            llvm.add_symbol(name, symbols.address(name))
            _bound.add(name)


def load(blob: bytes, names: Iterable[str] = ()) -> Engine:
    """Link an object file that needs the externals ``names`` into this process."""
    with llvm_lock:
        bind(names)
        bind(symbols.IMPLICIT)
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target_machine())
        engine.add_object_file(llvm.ObjectFileRef.from_data(blob))
        engine.finalize_object()
        return Engine(engine)
