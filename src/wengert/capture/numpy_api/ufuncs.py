"""Methods of universal functions: ``np.add.reduce``, ``accumulate``, ``outer`` and ``at``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..attributes import array_attribute
from ..composites import layout, reductions
from ..lower import Lowering
from ..operands import numeric
from ..values import AV, NONE, Arr, Const, Num
from .creation import numeric_array

Handler = Callable[..., AV]
_REDUCED: dict[Any, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
_ACCUMULATED: dict[Any, Any] = {
    np.add: np.cumsum,
    np.multiply: np.cumprod,
    np.maximum: reductions.accumulate_maximum,
    np.minimum: reductions.accumulate_minimum,
}


def method_of(lw: Lowering, f: Any, name: str) -> Handler | None:
    """The handler of ``f.name`` for a universal function; ``None`` where there is none."""
    from ..calls import call_object

    if name == "outer" and f.nin == 2:

        def outer(lw: Lowering, a: AV, b: AV, /) -> AV:
            x, y = numeric(lw, a), numeric(lw, b)
            rank = y.rank if isinstance(y, Arr) else 0
            if isinstance(x, Arr):
                x = Arr(lw.emit("view", x.value, spec=":" * x.rank + "+" * rank)) if rank else x
            return call_object(lw, f, [x, y], {}, None)

        return outer
    if name == "reduce" and f in _REDUCED:

        def reduce(lw: Lowering, array: AV, axis: AV = Const(0), **more: AV) -> AV:  # noqa: B008
            return call_object(lw, _REDUCED[f], [array, axis], more, None)

        return reduce
    if name == "reduce" and f.nin == 2:

        def one_by_one(lw: Lowering, array: AV, axis: AV = Const(0)) -> AV:  # noqa: B008
            from ..calls import call_prelude_of

            return call_prelude_of(lw, reductions.reduce_rows, Const(f), numeric_array(lw, array), axis)

        return one_by_one
    if name == "accumulate" and f in _ACCUMULATED:

        def accumulate(lw: Lowering, array: AV, axis: AV = Const(0), **more: AV) -> AV:  # noqa: B008
            return call_object(lw, _ACCUMULATED[f], [array, axis], more, None)

        return accumulate
    if name == "at":

        def at(lw: Lowering, a: AV, indices: AV, b: AV = NONE, /) -> AV:
            return _at(lw, f, numeric_array(lw, a), indices, b)

        return at
    return None


def _at(lw: Lowering, f: Any, a: Arr, indices: AV, b: AV) -> AV:
    """One element after the other, so that repeated indices count each time."""
    from ..calls import call_prelude

    items = lw.items(indices)
    if items is not None and isinstance(items[0], Arr) and len(items) > 1:
        parts = [numeric_array(lw, i) for i in items]
        if len(parts) != 2 or a.rank != 2:
            lw.refuse("C0104", "this form of `ufunc.at` is not supported")
        return call_prelude(lw, "at_pairs", Const(f), a, parts[0], parts[1], b)
    index = items[0] if items is not None and len(items) == 1 and isinstance(items[0], Arr) else indices
    i = numeric(lw, index)
    if isinstance(i, Num) or not isinstance(i, Arr):
        i = numeric_array(lw, array_of(lw, i))
    return call_prelude(lw, "at_first", Const(f), a, i, NONE if f.nin == 1 else b)


def array_of(lw: Lowering, x: AV) -> AV:
    """One number as an array of one axis."""
    from .creation import filled

    return filled(lw, [Const(1)], x.dtype if isinstance(x, Num) else np_int(), x)


def np_int() -> Any:
    from ...ir.types import I64

    return I64


def call_ufunc(lw: Lowering, f: Any, handler: Handler, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """A call of a universal function with ``where``, ``dtype`` or the options that change nothing."""
    from ..calls import call_object
    from .creation import dtype_or
    from .elementwise import convert, given, into, where

    rest = {k: v for k, v in kwargs.items() if k not in ("casting", "order", "subok", "dtype", "where")}
    test, dtype = kwargs.get("where", NONE), kwargs.get("dtype", NONE)
    if isinstance(test, Const) and test.value in (True, None):
        test = NONE
    inputs = args[: f.nin]
    if given(dtype):
        inputs = [convert(lw, numeric(lw, x), dtype_or(lw, dtype, numeric_dtype(lw, x))) for x in inputs]
    if not given(test):
        return call_object(lw, f, [*inputs, *args[f.nin :]], rest, None)
    out = rest.get("out", args[f.nin] if len(args) > f.nin else NONE)
    items = lw.items(out)
    if items is not None and len(items) == 1:
        out = items[0]
    result = call_object(lw, f, inputs, {}, None)
    if not given(out):
        lw.refuse("C0104", "`where=` without `out=` leaves elements undefined", hint="pass `out=`")
    return into(lw, out, where(lw, test, result, out))


def numeric_dtype(lw: Lowering, x: AV) -> Any:
    from ..operands import dtype

    return dtype(numeric(lw, x))


FUNCTIONS: dict[Any, Any] = {}
__all__ = ["FUNCTIONS", "array_attribute", "call_ufunc", "layout", "method_of"]
