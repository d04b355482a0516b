"""Lists of which a variable may hold one or another: known by their memory instead of by their name.

Writing an item goes to the memory that both share, so it is seen through every name.  What would change the
length is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ir.core import Value
from ..ir.types import I64, Array
from .forms import FMissing, FNode, FNum, Form, FRow, leaf_types
from .lower import Lowering
from .rows import columns
from .values import Arr, Content, GrowC, Held, ListC, MovedC, Num, Ref, Row


def raw(lw: Lowering, heap: Mapping[int, Content], key: int) -> Content | None:
    """What a heap says of an object."""
    return heap.get(key, lw.session.originals.get(key))


def like(lw: Lowering, heap: Mapping[int, Content], av: Any) -> Held | None:
    """Something of the form that a list has when it is known by its memory; None for what is no such list."""
    if isinstance(av, Held):
        return av
    if not isinstance(av, Ref):
        return None
    content = None if isinstance(av, Row) else raw(lw, heap, av.key)
    row = av if isinstance(av, Row) else content
    if isinstance(row, (Row, MovedC)):
        base = getattr(row, "base", None)
        outer = base.content if base is not None else raw(lw, heap, row.key)
        if not isinstance(outer, GrowC):
            return None
        item: Form = outer.item
        for _ in row.at:
            if not isinstance(item, FRow):
                return None
            item = item.item
        return _held(item, [Array(b.dtype, b.type.axes[len(row.at) :], "S") for b in outer.buffers])
    if not isinstance(content, GrowC) or isinstance(content.item, FMissing):
        return None
    if content.full:
        return _held(content.item, [b.type for b in content.buffers])
    return _held(content.item, [Array(b.dtype, "n" * b.rank, "S") for b in content.buffers])


def _held(item: Form, types: list[Array]) -> Held:
    return Held(0, GrowC(item, tuple(Arr(Value(t)) for t in types), Num(Value(I64), low=0), full=True))


def held_leaves(lw: Lowering, av: Any, form: FNode) -> list[Value]:
    """The memory of a list and its length."""
    content = lw.content(av)
    assert isinstance(content, GrowC)
    lw.session.held.add(av.key)
    assert len(leaf_types(content.item)) == len(form.parts) - 1
    return [*(c.value for c in columns(lw, content)), content.length.value]


def wants(lw: Lowering, heap: Mapping[int, Content], old: Any, new: Any) -> None:
    """Two lists that one variable holds in turn have to be in memory, with numbers of one kind."""
    contents = [None if isinstance(x, (Row, Held)) else raw(lw, heap, x.key) for x in (old, new)]
    pairs = list(zip((old, new), contents, strict=True))
    if not all(isinstance(x, (Row, Held)) or isinstance(c, (ListC, GrowC, MovedC)) for x, c in pairs):
        return
    for x, c in zip((old, new), contents, strict=True):
        if isinstance(c, ListC):
            lw.want(x, "grid")


def floats(lw: Lowering, heap: Mapping[int, Content], avs: tuple[Any, ...]) -> None:
    """Lists of integers that meet lists of floats have to hold floats."""
    for av in avs:
        content = None if isinstance(av, (Row, Held)) or not isinstance(av, Ref) else raw(lw, heap, av.key)
        if isinstance(content, GrowC) and isinstance(content.item, FNum) and content.item.dtype == I64:
            lw.want(av, "float")
