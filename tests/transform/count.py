"""Counting operations."""

from __future__ import annotations

from collections import Counter

from wengert.ir.core import Func
from wengert.ir.walk import ops


def names(func: Func) -> Counter[str]:
    """How many operations of each name a function has, those in regions included."""
    return Counter(op.name for op in ops(func.body))
