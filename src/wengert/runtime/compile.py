"""LLVM text to object code; `load` takes it from there, in this process or, from the disk, in another.

The pipeline is that of ``-O3`` without SLP vectorisation, which makes compile time explode and does not pay
here.  Lower levels are for those who change code more often than they run it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from time import perf_counter
from typing import Any

import llvmlite.binding as llvm

from ..emit.llvm import Native
from . import elf
from .locks import llvm_lock as _lock


@dataclass(slots=True)
class Timings:
    """Seconds spent in each phase of compiling (for ``explain`` and the benchmarks)."""

    phases: dict[str, float] = field(default_factory=dict[str, float])

    def lap(self, name: str, start: float) -> float:
        """Add the time since ``start`` to ``name``; the time now."""
        now = perf_counter()
        self.phases[name] = self.phases.get(name, 0.0) + now - start
        return now


@dataclass(frozen=True, slots=True)
class Level:
    """What LLVM does at a level: the speed levels of its passes and of its code generator."""

    passes: int
    codegen: int
    vectors: bool


LEVELS = (Level(0, 0, False), Level(1, 0, False), Level(1, 1, True), Level(3, 3, True))
"""By ``WENGERT_OPT``; instruction selection at level 0 takes a tenth of the time of any other."""


@cache
def host() -> tuple[str, str]:
    """Name and features of this machine's processor: part of the key of every cache of objects."""
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


@cache
def _initialized() -> bool:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    # loops that sum in order may be vectorised as long as the additions stay in order
    llvm.set_option("", "-force-ordered-reductions")
    return True


def target_machine(level: int = 3) -> Any:
    """A code generator for this machine, one of `LEVELS`.

    Our own loader puts code and constants side by side, which is what the small code model is for.
    """
    assert _initialized()
    cpu, features = host()
    model = "small" if elf.available() else "jitdefault"
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=cpu, features=features, opt=LEVELS[level].codegen, reloc="pic", codemodel=model, jit=True
    )


def optimised(text: str, level: int = 3, timings: Timings | None = None) -> Any:
    """Parse and optimise; the LLVM module (and the machine it is for)."""
    times = timings or Timings()
    with _lock:
        start = perf_counter()
        machine = target_machine(level)
        module = llvm.parse_assembly(text)
        module.triple = llvm.get_process_triple()
        module.data_layout = str(machine.target_data)
        start = times.lap("parse", start)
        module.verify()
        start = times.lap("verify", start)
        chosen = LEVELS[level]
        tuning = llvm.create_pipeline_tuning_options(speed_level=chosen.passes)
        tuning.slp_vectorization = False
        tuning.loop_vectorization = tuning.loop_interleaving = tuning.loop_unrolling = chosen.vectors
        builder = llvm.create_pass_builder(machine, tuning)
        builder.getModulePassManager().run(module, builder)
        if "_wide_v" in text:  # a test in line spares the loop saving its registers for a call
            late = llvm.create_new_module_pass_manager()
            late.add_always_inliner_pass()
            late.run(module, builder)
        times.lap("optimise", start)
        return module, machine


def compile_text(text: str, level: int = 3, timings: Timings | None = None) -> bytes:
    """LLVM text to an object file for this machine."""
    times = timings or Timings()
    with _lock:
        module, machine = optimised(text, level, times)
        start = perf_counter()
        blob = machine.emit_object(module)
        times.lap("codegen", start)
        return bytes(blob)


def compile_native(native: Native, level: int = 3, timings: Timings | None = None) -> bytes:
    """Object code of a lowered module.

    It names its externals (``native.symbols``) and embeds no addresses.
    """
    return compile_text(native.llvm_ir, level, timings)
