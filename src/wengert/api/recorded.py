"""How many bytes a specialisation records for given arguments, before it runs.

The records of loops whose trips are known in front are arrays, allocated where the function begins: their
sizes follow from the integers and the shapes among the arguments.  Of what is recorded as the function goes
along (in a ``while``, in recursion) nothing is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..ir.core import Func, Op, Value
from ..ir.types import Array, Scalar, dtype_of
from ..prims import REGISTRY


def recorded(func: Func, args: Sequence[Any]) -> dict[Op, int]:
    """The bytes of each record whose size follows from ``args``."""
    known: dict[Value, int] = {}
    shapes: dict[Value, tuple[int, ...]] = {}
    for p, x in zip(func.params, args, strict=True):
        if isinstance(p.type, Array):
            shapes[p] = np.shape(x)
        elif isinstance(p.type, Scalar) and isinstance(x, (int, np.integer, np.bool_)):
            known[p] = int(x)
    out: dict[Op, int] = {}
    for op in func.body.ops:
        if op.name == "alloc":
            if all(v in known for v in op.operands):
                shapes[op.result] = tuple(known[v] for v in op.operands)
                if op.attrs.get("record"):
                    out[op] = prod(shapes[op.result]) * dtype_of(op.result.type).itemsize
        elif len(op.results) == 1 and not op.regions:
            _follow(op, known, shapes)
    return out


def _follow(op: Op, known: dict[Value, int], shapes: dict[Value, tuple[int, ...]]) -> None:
    """Note what ``op`` makes of integers and of shapes."""
    if op.name == "const" and isinstance(op.attrs["value"], int):
        known[op.result] = int(op.attrs["value"])
    elif op.name == "dim" and op.operands[0] in shapes:
        known[op.result] = shapes[op.operands[0]][op.attrs["axis"]]
    elif op.name == "copy" and op.operands[0] in shapes:
        shapes[op.result] = shapes[op.operands[0]]
    elif _is_integer(op) and op.operands and all(v in known for v in op.operands):
        with np.errstate(all="ignore"):
            known[op.result] = int(REGISTRY[op.name](*(known[v] for v in op.operands), **op.attrs))


def _is_integer(op: Op) -> bool:
    """Whether an operation gives an integer or a truth."""
    t = op.result.type
    return isinstance(t, Scalar) and not t.is_inexact and REGISTRY[op.name].kind == "elementwise"


def said(count: int) -> str:
    """A number of bytes in words: ``800 bytes``, ``1.6 MB``."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} bytes"
