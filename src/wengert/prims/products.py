"""Matrix products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ir.types import Array, Type
from .families import Attrs, added, expect, expect_array, one_dtype, p, rank
from .primitive import InferError, Primitive, register


def _infer(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("matmul", types, 2)
    a, b = (expect_array("matmul", t) for t in types)
    wide = [t for t in (a, b) if t.dtype.lanes > 1]
    dtype = one_dtype("matmul", wide[:1] or types, "number")
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


def _vjp(y_bar: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """``y_bar @ b.T`` and ``a.T @ y_bar``; outer products where an operand is a vector."""
    match rank(a), rank(b):
        case 1, 1:
            return y_bar * b, y_bar * a
        case 2, 1:
            return _outer(y_bar, b), matmul(_transposed(a), y_bar)
        case 1, 2:
            return matmul(b, y_bar), _outer(a, y_bar)
        case _:
            return matmul(y_bar, _transposed(b)), matmul(_transposed(a), y_bar)


def _transposed(a: Any) -> Any:
    return p("transpose")(a, perm=(1, 0))


def _outer(u: Any, v: Any) -> Any:
    return p("view")(u, spec=":+") * p("view")(v, spec="+:")


matmul = register(
    Primitive(
        "matmul",
        "product",
        _infer,
        _evaluate,
        jvp=_jvp,
        vjp=_vjp,
        linear="each",
        reads=(0, 1),
        fresh=True,
        raises=True,
        doc="Vectors and matrices; sizes must agree, otherwise ValueError.",
    )
)
