"""The sequence of passes that makes a module lean, and what is logged about each.

Level 0 removes dead code only; level 1 is what derivatives are built from and built into; level 2 goes
round once more.  Every pass is one walk, so the whole is linear in the size of the program (but for proofs
about integers, which are kept).
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable

from ..ir.core import Block, Func, Module
from ..ir.verify import verify
from .accumulate import accumulate
from .chains import chains
from .cse import cse
from .dce import dce, reachable
from .fills import fills
from .gather import gather
from .halving import halving
from .induction import induction
from .jam import jam
from .licm import licm
from .overwrite import overwrite
from .parallel import parallel
from .registers import registers
from .simplify import simplify
from .speculate import speculate
from .tile import tile

Pass = Callable[[Func], Func]

ROUND: tuple[Pass, ...] = (simplify, cse, induction, accumulate, overwrite, fills, licm, dce)
LEVELS: tuple[tuple[Pass, ...], ...] = (
    (dce,),
    (dce, *ROUND, simplify, dce),
    (dce, *ROUND, *ROUND, simplify, dce),
)

NATIVE: tuple[Pass, ...] = (gather, speculate, tile, jam, parallel, registers, chains, halving)

_log = logging.getLogger(__name__)


def optimise(module: Module, level: int = 1) -> Module:
    """``module`` after the passes of ``level``, without functions that are never called."""
    return reachable(_run(module, LEVELS[level]))


def native(module: Module) -> Module:
    """``module`` in the order in which a machine is fast; to be emitted, no longer to be differentiated."""
    return _run(module, NATIVE)


def _run(module: Module, steps: Iterable[Pass]) -> Module:
    check = os.environ.get("WENGERT_VERIFY") == "1"
    for step in steps:
        start = time.perf_counter()
        after = Module(module.entry, {name: step(f) for name, f in module.funcs.items()})
        if _log.isEnabledFor(logging.DEBUG):
            sizes = size(module), size(after)
            _log.debug(
                "%-10s %6d -> %6d ops %8.2f ms", step.__name__, *sizes, 1e3 * (time.perf_counter() - start)
            )
        if check:
            verify(after)
        module = after
    return module


def size(module: Module) -> int:
    """The number of operations, those in regions included."""
    return sum(count(f.body) for f in module.funcs.values())


def count(block: Block) -> int:
    """The number of operations in a block and the regions inside."""
    return sum(1 + sum(map(count, op.regions)) for op in block.ops)
