"""Products of vectors and matrices, and norms."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from ...ir.types import F64
from ..composites import linear as composites
from ..composites import spectral
from ..lower import Lowering
from ..operands import common, numeric, operand
from ..operators import binary
from ..values import AV, NONE, Arr, Const, Num, SliceV
from .creation import numeric_array
from .elementwise import conjugate, given, inexact, into, numpy_result
from .reductions import axes_of, reduce
from .shapes import ravel

Handler = Callable[..., AV]
FALSE = Const(False)


def matmul(lw: Lowering, a: AV, b: AV, out: AV = NONE) -> AV:
    """``a @ b``."""
    x, y = numeric_array(lw, a), numeric_array(lw, b)
    t = common(lw, x, y)
    if x.rank not in (1, 2) or y.rank not in (1, 2):
        if not x.rank or not y.rank:
            lw.refuse("T0201", "`@` takes arrays, not numbers")
        from ..calls import call_prelude_of

        return into(lw, out, call_prelude_of(lw, composites.matmul, x, y))
    if t.is_bool:
        lw.refuse("T0201", "`@` of booleans is not supported")
    return into(lw, out, numpy_result(lw.emit("matmul", operand(lw, x, t), operand(lw, y, t))))


def _dot(lw: Lowering, a: AV, b: AV, out: AV = NONE) -> AV:
    x, y = numeric(lw, a), numeric(lw, b)
    if isinstance(x, Arr) and isinstance(y, Arr):
        if max(x.rank, y.rank) > 2:
            from ..calls import call_prelude_of

            return into(lw, out, call_prelude_of(lw, composites.dot, x, y))
        return matmul(lw, x, y, out)
    return binary(lw, ast.Mult, x, y)


def _vdot(lw: Lowering, a: AV, b: AV) -> AV:
    x, y = numeric_array(lw, a), numeric_array(lw, b)
    return matmul(lw, ravel(lw, conjugate(lw, x)), ravel(lw, y))


def _inner(lw: Lowering, a: AV, b: AV) -> AV:
    x, y = numeric(lw, a), numeric(lw, b)
    if not isinstance(x, Arr) or not isinstance(y, Arr):
        return binary(lw, ast.Mult, x, y)
    if max(x.rank, y.rank) > 2:
        from ..calls import call_prelude_of

        return call_prelude_of(lw, composites.inner, x, y)
    if y.rank == 2:
        y = Arr(lw.emit("transpose", y.value, perm=(1, 0)))
    return matmul(lw, x, y)


def _outer(lw: Lowering, a: AV, b: AV) -> AV:
    x, y = (numeric_array(lw, ravel(lw, v)) for v in (a, b))
    column = Arr(lw.emit("view", x.value, spec=":+"))
    row = Arr(lw.emit("view", y.value, spec="+:"))
    return binary(lw, ast.Mult, column, row)


def norm(lw: Lowering, x: AV, ord: AV = NONE, axis: AV = NONE, keepdims: AV = FALSE) -> AV:
    a = numeric_array(lw, x)
    t = a.dtype if a.dtype.is_inexact else F64
    a = Arr(operand(lw, a, t))
    kind = lw.static(ord, "`ord`")
    axes = axes_of(lw, a, axis)
    vectors = (axes is None and a.rank == 1) or (axes is not None and len(axes) == 1)
    if kind in ("nuc", 2, -2) and not vectors:
        return _matrix_norm(lw, a, kind, axis, keepdims)
    if t.is_complex:
        a = Arr(lw.emit("abs", a.value))
    if kind is None or (kind == "fro" and not vectors) or (kind == 2 and vectors):
        return inexact(lw, "sqrt", reduce(lw, "sum", binary(lw, ast.Mult, a, a), axis, keepdims))
    if not vectors:
        return _matrix_norm(lw, a, kind, axis, keepdims)
    size = Arr(lw.emit("abs", a.value))
    if kind in (np.inf, -np.inf):
        return reduce(lw, "amax" if kind > 0 else "amin", size, axis, keepdims)
    if kind == 1:
        return reduce(lw, "sum", size, axis, keepdims)
    if kind == 0 or isinstance(kind, str):
        lw.refuse("C0104", f"`np.linalg.norm` of order {kind!r} is not supported")
    total = reduce(lw, "sum", binary(lw, ast.Pow, size, Const(kind)), axis, keepdims)
    return binary(lw, ast.Pow, total, Const(1.0 / kind))


def _matrix_norm(lw: Lowering, a: Arr, kind: Any, axis: AV, keepdims: AV) -> AV:
    from ..calls import call_prelude_of

    given = lw.static(axis, "`axis`")
    along = tuple(range(a.rank)) if given is None else given
    if not isinstance(along, (tuple, list)) or len(along) != 2:  # pyright: ignore[reportUnknownArgumentType]
        lw.refuse("T0201", "a norm of this order is of vectors or matrices")
    return call_prelude_of(lw, spectral.norm, a, Const(kind), Const(tuple(along)), keepdims)


def _convolve(lw: Lowering, a: AV, v: AV, mode: AV = Const("full")) -> AV:  # noqa: B008
    from ..calls import call_prelude

    x, y = numeric_array(lw, a), numeric_array(lw, v)
    kind = lw.static(mode, "`mode`")
    if kind not in ("full", "valid", "same"):
        lw.refuse("T0201", f"there is no mode {kind!r}")
    return call_prelude(lw, f"convolve_{kind}", x, y)


FUNCTIONS: dict[Any, Handler] = {
    np.matmul: matmul,
    np.dot: _dot,
    np.vdot: _vdot,
    np.inner: _inner,
    np.outer: _outer,
    np.convolve: _convolve,
    np.linalg.norm: norm,
}
METHODS: dict[str, Handler] = {"dot": _dot}

__all__ = ["FUNCTIONS", "METHODS", "Num", "SliceV", "given"]
