"""Long sequences of numbers from outside, laid out once as an array: an index of the run is then a load.

Lists and tuples are taken apart by capture, so an item at an index that varies would be a choice between all
of them, wherever it stands.
"""

from __future__ import annotations

from typing import Any

from ..ir.core import Value
from ..ir.types import F64, I64, Scalar
from .dtypes import scalar_of_constant
from .lower import Lowering
from .values import AV, Const, Num

_LEAST = 8


def table(lw: Lowering, items: tuple[AV, ...]) -> tuple[Value, bool] | None:
    """The items as an array made when the function begins, and whether they are numbers of Python; None where
    they are few, of several kinds, or known later only.
    """
    session = lw.session
    if len(items) < _LEAST or lw.unit.outer is not None:
        return None
    key = tuple(("const", repr(x.value)) if isinstance(x, Const) else _value(x) for x in items)
    found = session.tables.get(key)
    if found is None:
        found = session.tables[key] = _made(lw, items)
    return found


def _value(av: AV) -> Any:
    return av.value if isinstance(av, Num) else av


def _made(lw: Lowering, items: tuple[AV, ...]) -> tuple[Value, bool] | None:
    outside = {*lw.unit.params, *(v for _, v in lw.session.hidden.values())}
    kinds: set[tuple[Scalar | None, bool]] = set()
    for x in items:
        if isinstance(x, Const):
            kinds.add((scalar_of_constant(x.value), type(x.value) in (int, float)))
        elif isinstance(x, Num) and x.value in outside and not x.big:
            kinds.add((x.dtype, x.py))
        else:
            return None
    if kinds <= {(F64, True), (I64, True)}:
        dtype = F64 if (F64, True) in kinds else I64
    elif kinds == {(F64, False)}:
        dtype = F64
    else:
        return None
    outer, lw.b = lw.b, lw.session.prologue
    try:
        made = lw.emit("alloc", lw.int(len(items)), dtype=dtype, axes="n", fill="none")
        for k, x in enumerate(items):
            lw.b.emit("store", (made, lw.int(k), lw.number(x, dtype)))
    finally:
        lw.b = outer
    return made, all(py for _, py in kinds)
