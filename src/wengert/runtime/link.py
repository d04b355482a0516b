"""Loading code into the process: what the call layer needs from it, and a small version of its own.

The call layer asks of loaded code only the address of a symbol and that it stays while somebody holds it (`Code`).
`link_text` serves the shared support module, which is too small to be worth the optimising path.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

import llvmlite.binding as llvm

_lock = threading.RLock()
"""LLVM objects are not safe to create from two threads at once."""


class Code:
    """Machine code in this process, alive as long as this object; ``keep`` is whatever owns the memory."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def address(self, symbol: str) -> int:
        """Where ``symbol`` lies; `KeyError` when there is none."""
        with _lock:
            address = int(
                self._engine.get_global_value_address(symbol) or self._engine.get_function_address(symbol)
            )
        if not address:
            raise KeyError(symbol)
        return address

    def immortal(self) -> None:
        """Never unload, not even when the interpreter ends."""
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._engine))

    def fill(self, symbol: str, words: Sequence[int]) -> None:
        """Write pointers into the table ``symbol``."""
        (ctypes.c_void_p * len(words)).from_address(self.address(symbol))[:] = list(words)


@cache
def _initialize() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


def _machine(level: int) -> Any:
    _initialize()
    return llvm.Target.from_default_triple().create_target_machine(
        opt=level, jit=True, codemodel="jitdefault", reloc="pic"
    )


def compile_text(text: str, level: int = 2) -> bytes:
    """LLVM IR to an object file, with the ordinary pipeline of optimisation level ``level``."""
    with _lock:
        machine = _machine(level)
        module = llvm.parse_assembly(text)
        module.verify()
        options = llvm.create_pipeline_tuning_options(speed_level=level)
        builder = llvm.create_pass_builder(machine, options)
        builder.getModulePassManager().run(module, builder)
        return machine.emit_object(module)


def load_object(blob: bytes) -> Code:
    """Load an object file."""
    with _lock:
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine(2))
        engine.add_object_file(llvm.ObjectFileRef.from_data(blob))
        engine.finalize_object()
        return Code(engine)


def link_text(text: str, level: int = 2) -> Code:
    """`compile_text` and `load_object`."""
    return load_object(compile_text(text, level))
