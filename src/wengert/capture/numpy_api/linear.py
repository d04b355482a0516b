"""Products of vectors and matrices, and norms."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from ...ir.types import F64
from ..lower import Lowering
from ..operators import binary, common, dtype, numeric, operand
from ..values import AV, NONE, Arr, Const, Num, SliceV
from .creation import numeric_array
from .elementwise import given, inexact, into, numpy_result
from .reductions import axes_of, reduce
from .shapes import ravel

Handler = Callable[..., AV]
FALSE = Const(False)


def matmul(lw: Lowering, a: AV, b: AV, out: AV = NONE) -> AV:
    """``a @ b``."""
    x, y = numeric_array(lw, a), numeric_array(lw, b)
    if x.rank not in (1, 2) or y.rank not in (1, 2):
        lw.refuse("C0104", "`@` of more than two axes is not supported", hint="loop over the leading axis")
    t = common(lw, x, y)
    if t.is_bool:
        lw.refuse("T0201", "`@` of booleans is not supported")
    return into(lw, out, numpy_result(lw.emit("matmul", operand(lw, x, t), operand(lw, y, t))))


def _dot(lw: Lowering, a: AV, b: AV, out: AV = NONE) -> AV:
    x, y = numeric(lw, a), numeric(lw, b)
    if isinstance(x, Arr) and isinstance(y, Arr):
        return matmul(lw, x, y, out)
    return binary(lw, ast.Mult, x, y)


def _vdot(lw: Lowering, a: AV, b: AV) -> AV:
    x, y = numeric_array(lw, a), numeric_array(lw, b)
    if common(lw, x, y).is_complex:
        lw.refuse("T0201", "`np.vdot` of complex numbers is not supported")
    return matmul(lw, ravel(lw, x), ravel(lw, y))


def _inner(lw: Lowering, a: AV, b: AV) -> AV:
    x, y = numeric(lw, a), numeric(lw, b)
    if not isinstance(x, Arr) or not isinstance(y, Arr):
        return binary(lw, ast.Mult, x, y)
    if y.rank == 2:
        y = Arr(lw.emit("transpose", y.value, perm=(1, 0)))
    return matmul(lw, x, y)


def _outer(lw: Lowering, a: AV, b: AV) -> AV:
    x, y = (numeric_array(lw, ravel(lw, v)) for v in (a, b))
    column = Arr(lw.emit("view", x.value, spec=":+"))
    row = Arr(lw.emit("view", y.value, spec="+:"))
    return binary(lw, ast.Mult, column, row)


def _norm(lw: Lowering, x: AV, ord: AV = NONE, axis: AV = NONE, keepdims: AV = FALSE) -> AV:
    a = numeric_array(lw, x)
    t = a.dtype if a.dtype.is_inexact else F64
    if t.is_complex:
        lw.refuse("T0201", "norms of complex numbers are not supported")
    a = Arr(operand(lw, a, t))
    kind = lw.static(ord, "`ord`")
    axes = axes_of(lw, a, axis)
    vectors = (axes is None and a.rank == 1) or (axes is not None and len(axes) == 1)
    if kind is None or (kind == "fro" and not vectors) or (kind == 2 and vectors):
        return inexact(lw, "sqrt", reduce(lw, "sum", binary(lw, ast.Mult, a, a), axis, keepdims))
    if not vectors:
        lw.refuse("C0104", f"`np.linalg.norm` of order {kind!r} is not supported for matrices")
    size = Arr(lw.emit("abs", a.value))
    if kind in (np.inf, -np.inf):
        return reduce(lw, "amax" if kind > 0 else "amin", size, axis, keepdims)
    if kind == 1:
        return reduce(lw, "sum", size, axis, keepdims)
    if kind == 0 or isinstance(kind, str):
        lw.refuse("C0104", f"`np.linalg.norm` of order {kind!r} is not supported")
    total = reduce(lw, "sum", binary(lw, ast.Pow, size, Const(kind)), axis, keepdims)
    return binary(lw, ast.Pow, total, Const(1.0 / kind))


def _trace(lw: Lowering, a: AV) -> AV:
    d = Arr(lw.emit("diagonal", numeric_array(lw, a).value))
    return reduce(lw, "sum", d, NONE, FALSE)


def _cross(lw: Lowering, a: AV, b: AV) -> AV:
    from ..calls import call_prelude

    return call_prelude(lw, "cross", numeric_array(lw, a), numeric_array(lw, b))


def _convolve(lw: Lowering, a: AV, v: AV, mode: AV = Const("full")) -> AV:  # noqa: B008
    from ..calls import call_prelude

    x, y = numeric_array(lw, a), numeric_array(lw, v)
    kind = lw.static(mode, "`mode`")
    if kind not in ("full", "valid", "same"):
        lw.refuse("T0201", f"there is no mode {kind!r}")
    return call_prelude(lw, f"convolve_{kind}", x, y)


def _prelude(name: str) -> Handler:
    def handler(lw: Lowering, *xs: AV) -> AV:
        from ..calls import call_prelude

        made = [numeric_array(lw, x) for x in xs]
        return call_prelude(
            lw, name, *(Arr(operand(lw, x, F64 if not dtype(x).is_inexact else x.dtype)) for x in made)
        )

    return handler


def _solve(lw: Lowering, a: AV, b: AV) -> AV:
    y = numeric_array(lw, b)
    return _prelude(f"solve_{y.rank}")(lw, a, b) if y.rank in (1, 2) else matmul(lw, a, b)


FUNCTIONS: dict[Any, Handler] = {
    np.matmul: matmul,
    np.dot: _dot,
    np.vdot: _vdot,
    np.inner: _inner,
    np.outer: _outer,
    np.trace: _trace,
    np.cross: _cross,
    np.convolve: _convolve,
    np.linalg.norm: _norm,
    np.linalg.det: _prelude("det"),
    np.linalg.inv: _prelude("inv"),
    np.linalg.solve: _solve,
    np.linalg.cholesky: _prelude("cholesky"),
    np.kron: _prelude("kron"),
}
METHODS: dict[str, Handler] = {"dot": _dot, "trace": _trace}

__all__ = ["FUNCTIONS", "METHODS", "Num", "SliceV", "given"]
