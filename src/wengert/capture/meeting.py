"""Two lists or two objects of which a variable holds one or the other behind a branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .forms import Form, Mismatch, form_of, kind_of, parts_of, with_parts
from .held import floats, like, raw
from .joining import join
from .slots import freeze, names_of
from .values import GrowC, Held, MovedC, Ref, Row, same

if TYPE_CHECKING:
    from .branches import Join


def lists_meet(both: Join, x: Ref, y: Ref) -> Form | None:
    """Two lists as one that is known by its memory."""
    one, other = like(both.lw, both.a.heap, x), like(both.lw, both.b.heap, y)
    if one is None or other is None:
        return None
    try:
        return join(form_of(one), form_of(other))
    except Mismatch:
        floats(both.lw, both.a.heap | both.b.heap, (x, y))
        return None


def objects_meet(both: Join, x: Ref, y: Ref, names: int = 1) -> Ref | None:
    """Two objects of one kind as one that holds what either does; changed no more if either has other
    ``names`` than so many.
    """
    if isinstance(x, (Row, Held)) or isinstance(y, (Row, Held)):
        return None
    lw = both.lw
    one, other = raw(lw, both.a.heap, x.key), raw(lw, both.b.heap, y.key)
    if isinstance(one, (GrowC, MovedC)) or one is None or kind_of(one) != kind_of(other):
        return None
    shared = any(
        ref.key < 0 or names_of(lw, both.live(arm.vars), arm.heap)[ref.key] > names
        for ref, arm in ((x, both.a), (y, both.b))
    )
    parts, others = list[Any](parts_of(one) or ()), list[Any](parts_of(other) or ())
    p: Any
    q: Any
    for k, (p, q) in enumerate(zip(parts, others, strict=True)):
        if isinstance(p, Ref) and isinstance(q, Ref) and not same(p, q):
            made = objects_meet(both, p, q, names=0 if shared else 1)
            if made is None:
                return None
            parts[k] = others[k] = made
    key = lw.next_key
    lw.next_key += 1
    lw.session.frozen.pop(key, None)

    def sink(content: Any) -> None:
        both.heap[key] = content

    both.one("an object", with_parts(one, tuple(parts)), with_parts(other, tuple(others)), sink, False)
    if shared:
        freeze(lw, x, Ref(key))
        freeze(lw, y, Ref(key))
    return Ref(key)
