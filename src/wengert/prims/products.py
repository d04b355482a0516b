"""Matrix products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ir.types import Array, Type
from .families import Attrs, added, expect, expect_array, one_dtype
from .primitive import InferError, Primitive, register


def _infer(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("matmul", types, 2)
    a, b = (expect_array("matmul", t) for t in types)
    dtype = one_dtype("matmul", types, "number")
    if a.rank not in (1, 2) or b.rank not in (1, 2):
        raise InferError(f"matmul of {a} and {b}: one or two axes each")
    axes = a.axes[:-1] + b.axes[1:]
    return (Array(dtype, axes) if axes else dtype,)


def _evaluate(a: Any, b: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.matmul(a, b)


def _jvp(xs: Sequence[Any], dxs: Sequence[Any], y: Any) -> Any:
    (a, b), (da, db) = xs, dxs
    return added(None if da is None else matmul(da, b), None if db is None else matmul(a, db))


matmul = register(
    Primitive(
        "matmul",
        "product",
        _infer,
        _evaluate,
        jvp=_jvp,
        reads=(0, 1),
        fresh=True,
        raises=True,
        doc="Vectors and matrices; sizes must agree, otherwise ValueError.",
    )
)
