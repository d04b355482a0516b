"""What the transforms tell the log."""

from __future__ import annotations

import logging

from ..diag.log import TRACE
from ..ir.core import Block, Module
from ..ir.text import print_module


def told(log: logging.Logger, before: Module, after: Module) -> Module:
    """``after``; the log is told how large both are, and at level ``TRACE`` what it is."""
    if log.isEnabledFor(logging.DEBUG):
        log.debug("@%s, %d ops -> @%s, %d ops", before.entry, _size(before), after.entry, _size(after))
    if log.isEnabledFor(TRACE):
        log.log(TRACE, "%s", print_module(after))
    return after


def _size(module: Module) -> int:
    def count(block: Block) -> int:
        return sum(1 + sum(map(count, op.regions)) for op in block.ops)

    return sum(count(f.body) for f in module.funcs.values())
