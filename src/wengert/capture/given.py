"""Lists from outside that are inputs as a whole, as arguments or as globals: their numbers are in an array.

What the function writes into such a list it writes into the array, and the call hands that back.
"""

from __future__ import annotations

from ..ir.core import Value
from .forms import FHandle, FNum, Form, FRow
from .lower import Lowering
from .rows import gathered, pooled
from .values import Arr, GrowC, Num, Ref


def outer_list(lw: Lowering, v: Value, python: bool, name: str, root: object) -> Ref:
    """A list whose numbers are in the parameter ``v``."""
    session = lw.session
    array = Arr(v)
    item: Form = FNum(array.dtype, python)
    for _ in range(array.rank - 1):
        item = FRow(item)
    outer, lw.b = lw.b, session.prologue
    try:
        if session.wanted.get(root) == "table" and array.rank > 1:
            ref = session.original(pooled(lw, Arr(lw.emit("copy", v)), item, outer=True), name, root)
            session.tables_of[ref.key] = array
            return ref
        length = Num(lw.emit("dim", v, axis=0), low=0)
        return session.original(GrowC(item, (array,), length, full=True), name, root)
    finally:
        lw.b = outer


def give_back(lw: Lowering) -> None:
    """Put lists that were exchanged into the parameters that they came from."""
    for key, array in lw.session.tables_of.items():
        content = lw.content(Ref(key))
        assert isinstance(content, GrowC)
        assert isinstance(content.item, FHandle)
        if {key, content.item.pool} & lw.session.changed:
            gathered(lw, content, array)


def element(lw: Lowering, content: GrowC) -> Form:
    """The form of what a list, or a list of lists, holds in the end."""
    item: Form = content.item
    if isinstance(item, FHandle):
        held = lw.content(Ref(item.pool))
        assert isinstance(held, GrowC)
        item = held.item
    while isinstance(item, FRow):
        item = item.item
    return item
