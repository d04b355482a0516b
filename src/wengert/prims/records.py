"""Records: lists that only grow, by which the forward sweep speaks to the reverse sweep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..ir.types import I64, Array, Rec, Scalar, Type
from .families import Attrs, expect, numpy_dtype
from .memory import expect_ints
from .primitive import InferError, Primitive, register


def _record(name: str, types: Sequence[Type], count: int) -> Rec:
    expect(name, types, count)
    t = types[0]
    if not isinstance(t, Rec):
        raise InferError(f"{name} takes a record, not {t}")
    expect_ints(name, types[1:2])
    return t


def _infer_new(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("rec_new", types, 0)
    item = attrs.get("item")
    if not isinstance(item, (Scalar, Array)):
        raise InferError(f"a record of {item!r}")
    return (Rec(item),)


def _infer_grow(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    _record("rec_grow", types, 2)
    return (I64,)


def _infer_set(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    t = _record("rec_set", types, 3)
    if types[2] != t.item:
        raise InferError(f"{types[2]} into {t}")
    return ()


def _infer_get(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    return (_record("rec_get", types, 2).item,)


def _infer_len(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    _record("rec_len", types, 1)
    return (I64,)


class Record:
    """A record at run time.  Scalars that were not set read as 0; such references must not be read."""

    __slots__ = ("item", "values")

    def __init__(self, item: Scalar | Array) -> None:
        self.item = item
        self.values: list[Any] = []

    def grow(self, n: int) -> int:
        """Extend by ``n`` items; the old length."""
        base = len(self.values)
        blank = numpy_dtype(self.item).type(0) if isinstance(self.item, Scalar) else None
        self.values.extend([blank] * int(n))
        return base

    def set(self, k: int, v: Any) -> None:
        """Set item ``k``."""
        assert 0 <= k < len(self.values), f"record of {len(self.values)} set at {k}"
        self.values[int(k)] = v

    def get(self, k: int) -> Any:
        """Item ``k``."""
        assert 0 <= k < len(self.values), f"record of {len(self.values)} read at {k}"
        v = self.values[int(k)]
        assert v is not None, f"record read at {k} before it was set"
        return v


def _grow(rec: Record, n: Any) -> Any:
    return numpy_dtype(I64).type(rec.grow(n))


rec_new = register(Primitive("rec_new", "record", _infer_new, Record, fresh=True))
rec_grow = register(Primitive("rec_grow", "record", _infer_grow, _grow, writes=(0,)))
rec_set = register(Primitive("rec_set", "record", _infer_set, lambda rec, k, v: rec.set(k, v), writes=(0,)))
rec_get = register(Primitive("rec_get", "record", _infer_get, lambda rec, k: rec.get(k), reads=(0,)))
rec_len = register(
    Primitive("rec_len", "record", _infer_len, lambda rec: numpy_dtype(I64).type(len(rec.values)), reads=(0,))
)
