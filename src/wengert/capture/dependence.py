"""What of a function depends on some of its parameters."""

from __future__ import annotations

from collections.abc import Iterable

from ..ir.core import Block, Func, Value
from ..ir.types import Array


def dependents(func: Func, roots: Iterable[Value]) -> set[Value]:
    """The values that may depend on ``roots``, memory included.

    Nothing is told apart in memory: once something that depends on them was written, or decided what is
    written, all arrays do.
    """
    found = set(roots)
    memory = False

    def walk(block: Block, decided: bool) -> None:
        nonlocal memory
        for op in block.ops:
            hit = decided or any(v in found or (memory and isinstance(v.type, Array)) for v in op.operands)
            for region in op.regions:
                if hit:
                    found.update(region.params)
                walk(region, hit)
                hit = hit or any(v in found for v in region.yields)
                if hit:
                    found.update(region.params)
            if not hit:
                continue
            found.update(op.results)
            memory = memory or any(isinstance(v.type, Array) for v in op.operands)

    size = (-1, False)
    while size != (len(found), memory):
        size = len(found), memory
        walk(func.body, False)
    return found | {v for v in func.results if memory and isinstance(v.type, Array)}
