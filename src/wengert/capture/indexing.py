"""Subscripts: elements, rows, slices and views of arrays; items of tuples, lists and dicts.

Indices are wrapped only where they may be negative, and slices are clamped in integer arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from ..ir.core import Value
from . import mappings
from .lower import Lowering
from .operands import dtype, is_number, numeric, operand
from .slicing import from_start, is_none, view, wrapped
from .values import AV, Arr, Choice, Const, DictC, GrowC, ListC, Method, Num, Ref, SliceV, Struct, Tup

NONE = Const(None)


@dataclass(frozen=True, eq=False, slots=True)
class Gather:
    """An index with arrays or masks in it: read and written by loops."""

    read: Callable[[Lowering], AV]
    write: Callable[[Lowering, AV], None]


_FEW = 8
Place: TypeAlias = "Arr | Gather | tuple[Value, list[Value]]"


def subscript(lw: Lowering, base: AV, index: AV) -> AV:
    """``base[index]``."""
    lw.poison(base, index)
    if isinstance(base, Choice):
        from .branches import spread

        return spread(lw, (base,), lambda xs: subscript(lw, xs[0], index))
    match base:
        case Arr():
            place = target_of(lw, base, index)
            if isinstance(place, tuple):
                return Num(lw.emit("load", place[0], *place[1]), py=False)
            return place.read(lw) if isinstance(place, Gather) else place
        case Tup():
            return _item(lw, base.items, index, lambda items: Tup(items))
        case Ref():
            content = lw.content(base)
            if isinstance(content, ListC):
                if isinstance(index, Num) and index.known is None:
                    _vary(lw, base, content)
                return _item(lw, content.items, index, lambda items: lw.new_object(ListC(items)))
            if isinstance(content, GrowC):
                from . import lists

                if isinstance(index, SliceV):
                    return lists.sliced(lw, base, content, index)
                return lists.item(lw, base, content, index)
            if isinstance(content, DictC):
                from .keys import find, is_static

                if not is_static(lw, index) and content.kind in ("dict", "OrderedDict"):
                    return find(lw, content, index)
                key = lw.static(index, "a key of a dict")
                return mappings.found(lw, base, content, key)
            return _overloaded(lw, base, index)
        case Struct():
            return _overloaded(lw, base, index)
        case Method() if base.func == "flat" and isinstance(base.self, Arr):
            from .numpy_api.shapes import ravel

            return subscript(lw, ravel(lw, base.self), index)
        case Const():
            grid = _grid(lw, base.value, index)
            if grid is not None:
                return grid
            if isinstance(base.value, (tuple, list, str, dict, range)):
                if isinstance(index, Num) and isinstance(base.value, (tuple, list)):
                    return _item(lw, tuple(Const(x) for x in base.value), index, lambda items: Tup(items))
                key = _static_index(lw, index)
                try:
                    return Const(base.value[key])  # pyright: ignore[reportCallIssue, reportArgumentType]
                except (LookupError, TypeError) as e:
                    lw.fail("T0201", type(e).__name__, str(e))
        case _:
            pass
    if isinstance(base, Num) and not base.py:
        if lw.items(index) == ():
            return base
        if is_number(index) and dtype(index).is_bool:
            return subscript(lw, one_element(lw, base), one_element(lw, index))
    if isinstance(base, Num) or (isinstance(base, Const) and not hasattr(base.value, "__getitem__")):
        lw.fail("C0105", "TypeError", f"{lw.describe(base)} has no items here")
    lw.refuse("C0105", f"{lw.describe(base)} has no items here")


def _grid(lw: Lowering, owner: object, index: AV) -> AV | None:
    """``np.mgrid[...]`` and ``np.ogrid[...]``, ``np.r_[...]`` and ``np.c_[...]``."""
    from .calls import call_object

    if owner is np.r_ or owner is np.c_:
        parts = [_ranged(lw, p) if isinstance(p, SliceV) else p for p in index_parts(lw, index)]
        if owner is np.c_:
            return call_object(lw, np.column_stack, [Tup(tuple(parts))], {}, None)
        each = [call_object(lw, np.atleast_1d, [p], {}, None) for p in parts]
        return call_object(lw, np.concatenate, [Tup(tuple(each))], {}, None)
    if owner is not np.mgrid and owner is not np.ogrid:
        return None
    parts = index_parts(lw, index)
    axes = [_ranged(lw, p) for p in parts]
    if len(parts) == 1 and not isinstance(index, Tup):
        return axes[0]
    sparse: dict[str, AV] = {"sparse": Const(owner is np.ogrid), "indexing": Const("ij")}
    grids = call_object(lw, np.meshgrid, axes, sparse, None)
    return grids if owner is np.ogrid else call_object(lw, np.stack, [grids], {}, None)


def _ranged(lw: Lowering, part: AV) -> AV:
    """A slice of `np.mgrid` as its numbers; an imaginary step counts points."""
    from .calls import call_object

    if isinstance(part, Const) and isinstance(part.value, slice):
        part = SliceV(Const(part.value.start), Const(part.value.stop), Const(part.value.step))
    if not isinstance(part, SliceV):
        lw.refuse("T0201", "a grid is made of slices")
    lo = Const(0) if is_none(part.lo) else part.lo
    if isinstance(part.step, Const) and isinstance(part.step.value, complex):
        count = Const(int(abs(part.step.value)))
        return call_object(lw, np.linspace, [lo, part.hi, count], {}, None)
    return call_object(lw, np.arange, [lo, part.hi, Const(1) if is_none(part.step) else part.step], {}, None)


def _overloaded(lw: Lowering, base: AV, index: AV) -> AV:
    from .attributes import class_method
    from .calls import call

    method = class_method(lw, base, "__getitem__")
    if method is None:
        lw.refuse("C0105", f"{lw.describe(base)} has no items here")
    return call(lw, method, [index], {}, None)


def _static_index(lw: Lowering, index: AV) -> object:
    if isinstance(index, SliceV):
        return slice(*(lw.static(x, "a bound of this slice") for x in (index.lo, index.hi, index.step)))
    return lw.static(index, "the index of a tuple or a list")


def _item(lw: Lowering, items: tuple[AV, ...], index: AV, make: Callable[[tuple[AV, ...]], AV]) -> AV:
    if isinstance(index, Num) and index.known is None and index.dtype.is_int:
        return _chosen(lw, items, index)
    key = _static_index(lw, index)
    try:
        if isinstance(key, slice):
            return make(items[key])
        return items[key]  # pyright: ignore[reportArgumentType, reportCallIssue]
    except (IndexError, TypeError) as e:
        lw.fail("T0201", type(e).__name__, str(e))


def _chosen(lw: Lowering, items: tuple[AV, ...], index: Num) -> AV:
    """An item at an index that varies: of an array made once, or found by halving."""
    from .branches import choose
    from .tables import table

    if not items:
        lw.refuse("T0201", "the sequence is empty")
    i = from_start(lw, index, lw.int(len(items)))
    ok = lw.emit("and", lw.emit("ge", i, lw.int(0)), lw.emit("lt", i, lw.int(len(items))))
    lw.check(ok, "IndexError", "index out of range")

    made = table(lw, items)
    if made is not None:
        return Num(lw.emit("load", made[0], i), made[1])

    def among(lo: int, hi: int) -> AV:
        if hi - lo == 1:
            return items[lo]
        mid = (lo + hi) // 2
        test = lw.emit("lt", i, lw.int(mid)) if hi - lo > 2 else lw.emit("eq", i, lw.int(lo))
        return choose(lw, Num(test), lambda: among(lo, mid), lambda: among(mid, hi))

    return among(0, len(items))


def set_item(lw: Lowering, base: AV, index: AV, av: AV) -> None:
    """``base[index] = av``."""
    lw.poison(base, index, av)
    if isinstance(base, Arr) and isinstance(av, Choice):
        from .branches import spread

        def store(xs: Sequence[AV]) -> AV:
            set_item(lw, base, index, xs[0])
            return Const(None)

        spread(lw, (av,), store)
        return
    if isinstance(base, Arr):
        place = target_of(lw, base, index)
        if isinstance(place, Gather):
            place.write(lw, av)
            return
        value = numeric(lw, av)
        if dtype(value).is_complex and not base.dtype.is_complex:
            lw.refuse("T0201", f"a complex number does not go into an array of {base.dtype}")
        if isinstance(place, tuple):
            if isinstance(value, Arr):
                lw.refuse("T0201", "an array does not go into an element")
            lw.effect("store", place[0], *place[1], lw.number(value, base.dtype))
            return
        if isinstance(value, Arr) and value.rank > place.rank:
            value = _dropped(lw, value, place.rank)
        if place.rank == 0:
            lw.effect("store", place.value, lw.number(value, base.dtype))
            return
        lw.effect("assign", place.value, operand(lw, value, base.dtype))
        return
    if isinstance(base, Ref):
        content = lw.content(base)
        if isinstance(content, (ListC, DictC)):
            lw.mutable(base)
        if isinstance(content, (ListC, GrowC)) and isinstance(index, SliceV):
            from .resizing import set_slice

            set_slice(lw, base, content, index, av)
            return
        if isinstance(content, GrowC):
            from . import lists

            lists.set_item(lw, base, content, index, av)
            return
        if isinstance(content, ListC) and isinstance(index, Num) and index.known is None:
            _set_chosen(lw, base, content, index, av)
            return
        if isinstance(content, ListC):
            k = lw.static(index, "the index of a list")
            items = list(content.items)
            try:
                items[k] = av
            except (IndexError, TypeError) as e:
                lw.fail("T0201", type(e).__name__, str(e))
            lw.heap[base.key] = replace(content, items=tuple(items))
            return
        if isinstance(content, DictC):
            key = lw.static(index, "a key of a dict")
            both = dict(zip(content.keys, content.items, strict=True)) | {key: av}
            mappings.changed(lw, base, content, both)
            return
        from .attributes import special

        if special(lw, base, "__setitem__", index, av) is not None:
            return
    if isinstance(base, Choice):
        for option in base.options:
            if isinstance(option, Ref) and isinstance(lw.content(option), ListC):
                lw.want(option, "grid")
    if isinstance(base, (Num, Tup)) or (isinstance(base, Const) and not hasattr(base.value, "__setitem__")):
        lw.fail("C0105", "TypeError", f"items of {lw.describe(base)} cannot be assigned")
    lw.refuse("C0105", f"items of {lw.describe(base)} cannot be assigned")


def _vary(lw: Lowering, base: Ref, content: ListC, written: bool = False) -> None:
    """An index of a list varies: it has to be in memory if its items are lists, or it comes from outside."""
    lists = any(isinstance(x, Ref) and isinstance(lw.content(x), (ListC, GrowC)) for x in content.items)
    if lists or (base.key < 0 and (written or len(content.items) > _FEW)):
        lw.want(base, "grid")


def _set_chosen(lw: Lowering, base: Ref, content: ListC, index: Num, av: AV) -> None:
    """``base[index] = av`` with an index that varies: each item is the new value or the old one."""
    from .branches import choose

    n = len(content.items)
    _vary(lw, base, content, written=True)
    if n > _FEW and base.key > 0:
        from . import lists

        grown = lists.as_grown(lw, content, av)
        if grown is not None:
            lw.heap[base.key] = grown
            lists.set_item(lw, base, grown, index, av)
            return
    i = from_start(lw, index, lw.int(n))
    ok = lw.emit("and", lw.emit("ge", i, lw.int(0)), lw.emit("lt", i, lw.int(n)))
    lw.check(ok, "IndexError", "list assignment index out of range")
    items = tuple(
        choose(lw, Num(lw.emit("eq", i, lw.int(k))), lambda: av, lambda x=x: x)
        for k, x in enumerate(content.items)
    )
    lw.heap[base.key] = replace(content, items=items)


def one_element(lw: Lowering, av: AV) -> Arr:
    """An array that holds a number."""
    v = lw.number(av)
    made = lw.emit("alloc", lw.int(1), dtype=v.type, axes="1", fill="none")
    lw.effect("store", made, lw.int(0), v)
    return Arr(made)


def _dropped(lw: Lowering, a: Arr, rank: int) -> Arr:
    """Leading axes of length one dropped, as assignment does."""
    lead = a.rank - rank
    if a.type.axes[:lead] != "1" * lead:
        lw.refuse("T0201", "the right-hand side has more axes than the target")
    return Arr(lw.emit("view", a.value, spec="-" * lead + ":" * rank))


def target_of(lw: Lowering, a: Arr, index: AV) -> Place:
    """The element, view or gather that ``a[index]`` names."""
    parts = index_parts(lw, index)
    if len(parts) == 1 and is_number(parts[0]) and dtype(parts[0]).is_bool:  # all or nothing
        a = Arr(lw.emit("view", a.value, spec="+" + ":" * a.rank))
        parts = [one_element(lw, parts[0])]
    if any(_is_array(lw, p) for p in parts):
        from .gather import gather

        return gather(lw, a, [numeric(lw, p) if _is_array(lw, p) else p for p in parts])
    parts = expanded(lw, a, parts)
    if len(parts) == a.rank and all(is_number(p) or _is_zero_rank(p) for p in parts):
        return a.value, [wrapped(lw, p, a, k) for k, p in enumerate(parts)]
    return view(lw, a, parts)


def index_parts(lw: Lowering, index: AV) -> list[AV]:
    """The parts of an index."""
    parts = [index]
    if isinstance(index, Tup):
        parts = list(index.items)
    elif isinstance(index, Const) and isinstance(index.value, tuple):
        parts = [Const(x) for x in index.value]
    return [_slice_of(p.value) if isinstance(p, Const) and isinstance(p.value, slice) else p for p in parts]


def _slice_of(s: Any) -> SliceV:
    return SliceV(Const(s.start), Const(s.stop), Const(s.step))


def _is_zero_rank(av: AV) -> bool:
    return isinstance(av, Arr) and av.rank == 0


def _is_array(lw: Lowering, av: AV) -> bool:
    if isinstance(av, Arr):
        return av.rank > 0
    if isinstance(av, Ref):
        return isinstance(lw.content(av), (ListC, GrowC))
    return isinstance(av, Tup) or (is_number(av) and dtype(av).is_bool)


def expanded(lw: Lowering, a: Arr, parts: Sequence[AV]) -> list[AV]:
    """An ellipsis written out, and missing axes added."""
    used = sum(not (isinstance(p, Const) and (p.value is None or p.value is Ellipsis)) for p in parts)
    if used > a.rank:
        lw.refuse("T0201", f"{used} indices for an array with {a.rank} axes")
    whole: list[AV] = [SliceV(NONE, NONE, NONE)] * (a.rank - used)
    dots = [k for k, p in enumerate(parts) if isinstance(p, Const) and p.value is Ellipsis]
    if len(dots) > 1:
        lw.refuse("T0201", "an index has one ellipsis at most")
    if dots:
        return [*parts[: dots[0]], *whole, *parts[dots[0] + 1 :]]
    return [*parts, *whole]
