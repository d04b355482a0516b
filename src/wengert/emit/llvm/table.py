"""Every op that is not plain scalar arithmetic, and the function that emits it."""

from __future__ import annotations

from . import argument, control, memory, product, record
from .function import OpEmitter

OPS: dict[str, OpEmitter] = {**memory.OPS, **control.OPS, **record.OPS, **product.OPS, **argument.OPS}
