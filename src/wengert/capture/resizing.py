"""Changes of the length of a list: with positions that are known at once, else in loops of Python's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .composites import resizing
from .lower import Lowering
from .values import AV, NONE, Const, GrowC, ListC, Num, Ref, SliceV

_LOOPS: dict[str, Callable[..., Any]] = {
    "insert": resizing.insert,
    "remove": resizing.remove,
    "index": resizing.index,
    "count": resizing.count,
    "clear": resizing.clear,
}


def by_loop(lw: Lowering, self: Ref, name: str, args: list[AV]) -> AV | None:
    """A method of a list of varying length; None if it is none of these."""
    f = _LOOPS.get(name)
    return None if f is None else _composed(lw, f, self, *args)


def delete_item(lw: Lowering, base: AV, index: AV) -> None:
    """``del base[index]``."""
    from . import mappings
    from .attributes import special
    from .values import DictC

    content = lw.content(base) if isinstance(base, Ref) else None
    if isinstance(base, Ref) and isinstance(content, DictC):
        mappings.deleted(lw, base, content, index)
        return
    if isinstance(base, Ref) and isinstance(content, (ListC, GrowC)):
        lw.mutable(base)
        known = _known(lw, index) if isinstance(content, ListC) else None
        if isinstance(content, ListC) and known is not None:
            items = list(content.items)
            try:
                del items[known]
            except IndexError as e:
                lw.fail("T0201", "IndexError", str(e))
            lw.heap[base.key] = replace(content, items=tuple(items))
            return
        _grow(lw, base, content)
        if isinstance(index, SliceV):
            _slice(lw, index)
            _composed(lw, resizing.delete_slice, base, index.lo, index.hi)
        else:
            _composed(lw, resizing.delete, base, index)
        return
    if special(lw, base, "__delitem__", index) is None:
        lw.refuse("C0105", f"items of {lw.describe(base)} cannot be deleted")


def set_slice(lw: Lowering, base: Ref, content: ListC | GrowC, index: SliceV, av: AV) -> None:
    """``base[lo:hi] = av``."""
    from .standard_api import known_items

    lw.mutable(base)
    known = _known(lw, index) if isinstance(content, ListC) else None
    more = known_items(lw, av) if known is not None else None
    if isinstance(content, ListC) and known is not None and more is not None:
        items = list(content.items)
        try:
            items[known] = more
        except ValueError as e:
            lw.fail("T0201", "ValueError", str(e))
        lw.heap[base.key] = replace(content, items=tuple(items))
        return
    _slice(lw, index)
    _grow(lw, base, content)
    _composed(lw, resizing.set_slice, base, index.lo, index.hi, av)


def _slice(lw: Lowering, index: SliceV) -> None:
    step = index.step
    if not (isinstance(step, Const) and step.value in (None, 1)):
        lw.refuse("C0104", "a slice with a step is replaced in a list of varying length", hint="use a loop")


def _known(lw: Lowering, index: AV) -> Any:
    """A position or a slice that is known now, or None."""
    if isinstance(index, SliceV):
        parts = (index.lo, index.hi, index.step)
        if any(isinstance(p, Num) and p.known is None for p in parts):
            return None
        return slice(*(lw.static(p, "a bound of a slice") for p in parts))
    if isinstance(index, Num) and index.known is None:
        return None
    return lw.static(index, "the index of a list")


def _grow(lw: Lowering, base: Ref, content: ListC | GrowC) -> None:
    """Keep the items in memory, so that any of them can go."""
    from .lists import as_grown

    if isinstance(content, GrowC):
        return
    made = as_grown(lw, content, content.items[0]) if content.items else None
    if made is None:
        lw.refuse("C0104", f"items of {lw.describe(base)} are removed at positions that vary")
    lw.heap[base.key] = made


def _composed(lw: Lowering, f: Callable[..., Any], *args: AV) -> AV:
    from .calls import call_prelude_of

    return call_prelude_of(lw, f, *args)


__all__ = ["NONE", "by_loop", "delete_item", "set_slice"]
