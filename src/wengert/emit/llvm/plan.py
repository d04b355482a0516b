"""Emission of the ops of a block."""

from __future__ import annotations

from ...ir.core import Block
from .function import FunctionEmitter


def emit_ops(e: FunctionEmitter, b: Block) -> None:
    for op in b.ops:
        e.op(op)
