"""Readable Python from the IR: what a careful numerical analyst might have written by hand."""

from __future__ import annotations

from .execute import compile_source
from .module import source

__all__ = ["compile_source", "source"]
