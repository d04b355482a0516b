"""Ctrl-C in compiled code (see `interrupt_cell`)."""

from __future__ import annotations


def interrupt_cell() -> int:
    """Address of the i32 that the signal handler sets, 0 when there is none."""
    return 0
