"""The verifier with what the primitives know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..ir.core import Module
from ..ir.types import Type
from ..ir.verify import verify
from .memory import as_given
from .primitive import REGISTRY, InferError


def infer_op(name: str, types: Sequence[Type], attrs: Mapping[str, Any]) -> tuple[Type, ...] | None:
    """The result types of an operation, ``None`` where its builder says them; `InferError` for wrong
    operands."""
    prim = REGISTRY.get(name)
    if prim is None:
        raise InferError(f"there is no operation {name}")
    return None if prim.infer is as_given else prim.infer(types, attrs)


def verify_module(module: Module) -> None:
    """Raise `wengert.ir.verify.InvalidIR` unless ``module`` is IR and every operation is well typed."""
    verify(module, infer_op)
