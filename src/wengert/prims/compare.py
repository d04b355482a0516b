"""Comparisons, logic, selection and conversion between dtypes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ir.types import BOOL, Array, Scalar, Type, dtype_of
from .families import Attrs, elementwise, expect, like, numpy_dtype, one_dtype, scalar_of
from .primitive import InferError


def _to_bool(t: Scalar) -> Scalar:
    return BOOL


lt = elementwise("lt", np.less, accepts="any", result=_to_bool)
le = elementwise("le", np.less_equal, accepts="any", result=_to_bool)
gt = elementwise("gt", np.greater, accepts="any", result=_to_bool)
ge = elementwise("ge", np.greater_equal, accepts="any", result=_to_bool)
eq = elementwise("eq", np.equal, accepts="any", result=_to_bool)
ne = elementwise("ne", np.not_equal, accepts="any", result=_to_bool)
isnan = elementwise("isnan", np.isnan, accepts="any", result=_to_bool)
isinf = elementwise("isinf", np.isinf, accepts="any", result=_to_bool)
isfinite = elementwise("isfinite", np.isfinite, accepts="any", result=_to_bool)

logical_and = elementwise("and", np.logical_and, accepts="bool")
logical_or = elementwise("or", np.logical_or, accepts="bool")
logical_xor = elementwise("xor", np.logical_xor, accepts="bool")
logical_not = elementwise("not", np.logical_not, accepts="bool")


def _infer_select(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("select", types, 3)
    if dtype_of(types[0]) != BOOL:
        raise InferError(f"select takes a bool condition, not {types[0]}")
    return (like(types, one_dtype("select", types[1:], "any")),)


def _select_jvp(xs: Sequence[Any], dxs: Sequence[Any], y: Any) -> Any:
    _, da, db = dxs
    if da is None and db is None:
        return None
    return select(xs[0], 0 if da is None else da, 0 if db is None else db)


select = elementwise(
    "select",
    lambda c, a, b: np.where(c, a, b)[()],
    arity=3,
    infer=_infer_select,
    jvp=_select_jvp,
    vjp=lambda y_bar, y, c, a, b: (None, select(c, y_bar, 0), select(c, 0, y_bar)),
    linear="jointly",
    doc="a where c, otherwise b.",
)


def _infer_cast(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("cast", types, 1)
    to = attrs.get("to")
    if not isinstance(to, Scalar) or not isinstance(types[0], (Scalar, Array)):
        raise InferError(f"cast of {types[0]} to {to!r}")
    return (like(types, to),)


def _cast(x: Any, to: Scalar) -> Any:
    source, target = np.asarray(x), numpy_dtype(to)
    if source.dtype.kind == "c" and target.kind not in "cb":
        source = np.real(source)
    if source.dtype.kind != "f" or target.kind not in "iu":
        return source.astype(target)[()]
    limits = np.iinfo(target)
    # The largest integer may not be a float: compare with the power of two above it, which is.
    high, low = 2.0**limits.bits if target.kind == "u" else 2.0 ** (limits.bits - 1), float(limits.min)
    fits = (source < high) & (source > low - 1) & (source >= low if limits.bits == 64 else True)
    out = np.where(fits, source, 0).astype(target)
    out = np.where(source >= high, target.type(limits.max), out)
    return np.where(source <= low, target.type(limits.min), out)[()]


def _cast_back(y_bar: Any, y: Any, x: Any, to: Scalar) -> tuple[Any]:
    source = scalar_of(x)
    return (cast(y_bar, to=source) if source.is_inexact and to.is_inexact else None,)


cast = elementwise(
    "cast",
    _cast,
    infer=_infer_cast,
    arity=1,
    jvp=lambda xs, dxs, y, to: None if dxs[0] is None else cast(dxs[0], to=to),
    vjp=_cast_back,
    linear="jointly",
    doc="Float to integer truncates and saturates, nan gives 0; complex to real keeps the real part.",
)
