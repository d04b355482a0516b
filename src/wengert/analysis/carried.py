"""Arrays carried round a loop that never change their sizes.

A carried array has the sizes that it had before the loop when what goes into the next trip has them, given
that what came into this one had: by induction, in every trip and after the loop.

    %n, %y = for(%lo, %hi, %one, %y0) : i64, f64[n] {
      (%i: i64, %y.1: f64[n]):
      %s = sin(%y.1) : f64[n]
      %y.2 = add(%y.1, %s) {same=True} : f64[n]
      yield %y.2                                  # %y.1, %y.2 and %y are as long as %y0
    }
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..ir.core import Op, Value
from ..ir.types import Array
from ..prims.primitive import REGISTRY
from .affine import Linear
from .effects import LOOPS
from .sites import Sites

Sizes = tuple[Linear, ...]
_REACH = 64
"""How many operations are looked at for each array."""


def steady(
    loop: Op, sites: Sites, sizes: Callable[[Value], Sizes], linear: Callable[[Value], Linear]
) -> list[tuple[Value, list[Value]]]:
    """The arrays that ``loop`` starts with and that keep their sizes, each with what it is called in the
    loop and after it.  ``sizes`` and ``linear`` know what is defined outside the loop.
    """
    found = [c for c in _arrays(loop) if c.start.type == c.result.type]
    while True:
        inside = {p: sizes(c.start) for c in found for p in c.params}

        def has(v: Value, want: Sizes, inside: dict[Value, Sizes] = inside) -> bool:
            if v in inside:
                return inside[v] == want
            made = sites.definition(v)
            if sites.is_defined_outside(v, loop):
                return sizes(v) == want
            if made is None or made.name != "alloc":
                return False
            outside = all(sites.is_defined_outside(n, loop) for n in made.operands)
            return outside and tuple(map(linear, made.operands)) == want

        kept = [c for c in found if _reaches(c.next, sites, lambda v, c=c: has(v, sizes(c.start)))]
        if len(kept) == len(found):
            return [(c.start, [*c.params, c.result]) for c in kept]
        found = kept


class _Carried:
    """One array carried round a loop."""

    def __init__(self, loop: Op, k: int) -> None:
        count, last = len(loop.results) - 1, loop.regions[-1]
        self.start = loop.operands[len(loop.operands) - count + k]
        self.params = [region.params[len(region.params) - count + k] for region in loop.regions]
        self.next = last.yields[len(last.yields) - count + k]
        self.result = loop.results[k + 1]


def _arrays(loop: Op) -> list[_Carried]:
    return [_Carried(loop, k) for k, r in enumerate(loop.results[1:]) if isinstance(r.type, Array)]


def _reaches(v: Value, sites: Sites, good: Callable[[Value], bool]) -> bool:
    """Whether ``v`` has the sizes of an array that is ``good``."""
    todo, seen = [v], {v}
    while todo and len(seen) < _REACH:
        u = todo.pop()
        if good(u):
            return True
        for w in _alike(u, sites):
            if w not in seen:
                seen.add(w)
                todo.append(w)
    return False


def _alike(v: Value, sites: Sites) -> Sequence[Value]:
    """Arrays that have the sizes of ``v`` for certain."""
    op, t = sites.definition(v), v.type
    assert isinstance(t, Array)
    if op is None:
        return ()
    if op.name == "copy":
        return [u for u in op.operands[:1] if _axes(u) == t.axes]
    if op.name in LOOPS:
        mine = next(c for c in _arrays(op) if c.result is v)
        keeps = _reaches(mine.next, sites, lambda u: u in mine.params)
        return [mine.start] if keeps and mine.start.type == t else ()
    if op.regions or REGISTRY[op.name].kind != "elementwise":
        return ()
    arrays = list(dict.fromkeys(u for u in op.operands if isinstance(u.type, Array)))
    if len(arrays) > 1 and not op.attrs.get("same"):
        return ()
    return [u for u in arrays if _axes(u) == t.axes]


def _axes(v: Value) -> str:
    return v.type.axes if isinstance(v.type, Array) else ""
