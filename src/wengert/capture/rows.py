"""Lists of lists whose lengths are known at run time.

All numbers are in one array, and an inner list is a `Row`: the outer list and a position in it.  That is
right as long as an inner list stays where it is.  A list whose items are replaced, exchanged or removed holds
*handles* instead: positions in a pool of lists that only grows.  Which of these a list needs shows later than
it is made, so it is noted for the place that makes it, and capture begins again (`Lowering.want`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce

from ..ir.core import Value
from ..ir.types import F64, I64, Array
from .branches import convert
from .forms import MISSING, FHandle, FMissing, FNode, FNum, Form, FRow, Mismatch, form_of, leaf_types
from .hoisting import Hoist
from .joining import join, varying
from .lower import Lowering
from .operands import dtype, is_number
from .values import AV, Arr, GrowC, Held, ListC, MovedC, Num, Ref, Row

ALIASED = "the same list is an item of two lists"


def content_of(lw: Lowering, row: Row | MovedC) -> GrowC:
    """What an inner list holds: views of the arrays of the outer one."""
    base = row.base if isinstance(row, Row) else None
    content = lw.content(Ref(row.key)) if base is None else base.content
    assert isinstance(content, GrowC)
    item: Form = content.item
    for _ in row.at:
        assert isinstance(item, FRow)
        item = item.item
    at = [n.value for n in row.at]
    views: list[Arr] = []
    for column in columns(lw, content):
        rank = column.rank
        spec = "i" * len(at) + ":" * (rank - len(at))
        views.append(Arr(lw.emit("view", column.value, *at, spec=spec)))
    length = Num(lw.emit("dim", views[0].value, axis=0), low=0)
    return GrowC(item, tuple(views), length, full=True)


def columns(lw: Lowering, content: GrowC) -> list[Arr]:
    """The items of each buffer, without what is spare."""
    if content.full:
        return list(content.buffers)
    out: list[Arr] = []
    for b in content.buffers:
        spec = "s" + ":" * (b.rank - 1)
        out.append(
            Arr(lw.emit("view", b.value, lw.int(0), content.length.value, lw.int(1), spec=spec, unit=True))
        )
    return out


def is_list(lw: Lowering, av: AV) -> bool:
    """Whether a value is a list."""
    return isinstance(av, Ref) and isinstance(lw.content(av), (ListC, GrowC))


def item_form(lw: Lowering, av: AV) -> Form:
    """The form of a value as an item of a list.  Raises `Mismatch` for what no such list holds."""
    if isinstance(av, Row) and av.key in lw.session.pools and len(av.at) == 1:
        return FHandle(av.key)
    if not isinstance(av, Ref):
        return form_of(av, general=True)
    content = lw.content(av)
    if isinstance(content, GrowC):
        if isinstance(content.item, (FHandle, FMissing)):
            raise Mismatch("a list", "a list of lists that are exchanged")
        return FRow(content.item)
    if not isinstance(content, ListC) or not content.items:
        raise Mismatch("a list", "an empty list" if isinstance(content, ListC) else lw.describe(av))
    form = item_form(lw, content.items[0])
    for x in content.items[1:]:
        form = join(form, item_form(lw, x))
    return FRow(form)


def row_leaves(lw: Lowering, av: AV, form: FRow) -> list[Value]:
    """The arrays of a list that becomes an item of another one."""
    from .lists import convert_list

    assert isinstance(av, Ref)
    node = FNode(GrowC(form.item, (), None), ())  # pyright: ignore[reportArgumentType]
    content = lw.content(av)
    *buffers, length = convert_list(lw, content, node)
    made = GrowC(form.item, tuple(map(Arr, buffers)), Num(length, low=0))
    full = not isinstance(content, GrowC) or content.full
    return [c.value for c in columns(lw, replace(made, full=full))]


def move(lw: Lowering, av: AV, key: int, at: tuple[Num, ...]) -> None:
    """A list has become an item of another one: all names of it mean that item from now on."""
    assert isinstance(av, Ref)
    if isinstance(av, (Row, Held)) or av.key < 0 or isinstance(lw.heap.get(av.key), MovedC):
        lw.refuse("C0104", ALIASED, hint="append a copy: `row[:]`")
    content = lw.content(av)
    lw.mutable(av)
    lw.heap[av.key] = MovedC(key, at)
    if isinstance(content, ListC):
        for k, x in enumerate(content.items):
            if isinstance(x, Ref):
                move(lw, x, key, (*at, Num(lw.int(k), low=0)))


def joined(lw: Lowering, a: Ref, b: Ref) -> Ref:
    """``a + b``: a list of the items of both."""
    from .lists import convert_list

    forms: list[Form] = []
    contents = [lw.content(a), lw.content(b)]
    try:
        for ref, content in zip((a, b), contents, strict=True):
            if isinstance(content, GrowC) and isinstance(content.item, FRow):
                lw.want(ref, "table")
            if isinstance(content, GrowC):
                forms.append(content.item)
            elif isinstance(content, ListC):
                forms += [item_form(lw, x) for x in content.items]
        forms = [f for f in forms if not isinstance(f, FMissing)]
        form = varying(reduce(join, forms)) if forms else MISSING
    except Mismatch as e:
        lw.refuse("C0111", f"a list holds {e.args[0]} and {e.args[1]}", hint="use one type of items")
    if isinstance(form, (FMissing, FRow)):
        lw.refuse("C0104", "lists of lists are joined", hint="append to one of them in a loop")
    parts: list[list[Arr]] = []
    for content in contents:
        node = FNode(GrowC(form, (), None), ())  # pyright: ignore[reportArgumentType]
        *buffers, length = convert_list(lw, content, node)
        full = not isinstance(content, GrowC) or content.full
        parts.append(columns(lw, GrowC(form, tuple(map(Arr, buffers)), Num(length, low=0), full)))
    out: list[Arr] = []
    n, m = (lw.emit("dim", columns[0].value, axis=0) for columns in parts)
    size = lw.emit("add", n, m)
    for x, y in zip(*parts, strict=True):
        if x.rank > 1:
            lw.refuse("C0104", "lists of arrays are joined", hint="append to one of them in a loop")
        made = lw.emit("alloc", size, dtype=x.dtype, axes="n", fill="none")
        for part, start, count in ((x, lw.int(0), n), (y, n, m)):
            into = lw.emit("view", made, start, count, lw.int(1), spec="s", unit=True)
            lw.effect("assign", into, part.value)
        out.append(Arr(made))
    return lw.new_object(GrowC(form, tuple(out), Num(size, low=0), full=True))


def handle(lw: Lowering, pool: int, av: AV) -> Num:
    """The position of a list in a pool, which takes it up."""
    from .lists import append

    if isinstance(av, Row) and av.key == pool and len(av.at) == 1:
        return av.at[0]
    if isinstance(av, Ref):
        moved = lw.heap.get(av.key)
        if isinstance(moved, MovedC) and moved.key == pool and len(moved.at) == 1:
            return moved.at[0]
    content = lw.content(Ref(pool))
    assert isinstance(content, GrowC)
    n = content.length
    append(lw, Ref(pool), content, av)
    return n


def born(lw: Lowering, ref: Ref, mode: str) -> None:
    """Give a list that was just made the form that it was found to need."""
    content = lw.heap[ref.key]
    if not isinstance(content, ListC):
        return
    inner = [x for x in content.items if isinstance(x, Ref)]
    own = all(not isinstance(x, Row) and x.key > 0 for x in inner)
    if (len(inner) < len(content.items) and inner) or not own:
        return
    if mode == "grid" and len({x.key for x in inner}) < len(inner):
        return
    if not content.items:
        lw.heap[ref.key] = GrowC(MISSING, (), Num(lw.int(0), low=0), full=True)
        return
    if mode == "table" and inner:
        pool = lw.new_pool()
        handles = [handle(lw, pool, x) for x in content.items]
        lw.heap[ref.key] = with_handles(lw, pool, [h.value for h in handles])
        return
    try:
        form = item_form(lw, content.items[0])
        for x in content.items[1:]:
            form = join(form, item_form(lw, x))
    except Mismatch:
        return
    if isinstance(form, (FRow, FNum)):
        lw.heap[ref.key] = gridded(lw, content, form)
        for k, x in enumerate(content.items):
            if isinstance(x, Ref):
                move(lw, x, ref.key, (Num(lw.int(k), low=0),))


def with_floats(lw: Lowering, ref: Ref) -> None:
    """A new list of integers as one of floats, for that is what it will hold."""
    content = lw.heap[ref.key]
    if isinstance(content, ListC):
        items = [Num(lw.number(x, F64)) if is_number(x) and dtype(x).is_int else x for x in content.items]
        lw.heap[ref.key] = ListC(tuple(items))
    elif isinstance(content, GrowC) and isinstance(content.item, FNum) and content.item.dtype == I64:
        made = Arr(lw.emit("cast", content.buffers[0].value, to=F64))
        lw.heap[ref.key] = replace(content, item=FNum(F64, content.item.py), buffers=(made,))


def gridded(lw: Lowering, content: ListC, form: Form) -> GrowC:
    """A list of known length with its items in arrays."""
    from .lists import convert_list

    form = varying(form)
    node = FNode(GrowC(form, (), None), ())  # pyright: ignore[reportArgumentType]
    *buffers, length = convert_list(lw, content, node)
    return GrowC(form, tuple(map(Arr, buffers)), Num(length, low=0), full=True)


def with_handles(lw: Lowering, pool: int, handles: list[Value]) -> GrowC:
    """A list of lists of a pool."""
    n = lw.int(len(handles))
    made = lw.emit("alloc", n, dtype=I64, axes="n", fill="none")
    for k, h in enumerate(handles):
        lw.effect("store", made, lw.int(k), h)
    return GrowC(FHandle(pool), (Arr(made),), Num(n, low=0), full=True)


def pooled(lw: Lowering, array: Arr, item: Form, outer: bool = False) -> GrowC:
    """A list of the rows of an array that is its own, by handles; ``outer``: it is there from the start."""
    n = lw.emit("dim", array.value, axis=0)
    held = GrowC(item, (array,), Num(n, low=0), full=True)
    pool = lw.session.original(held, "a list").key if outer else lw.new_object(held).key
    lw.session.pools.add(pool)
    made = lw.emit("alloc", n, dtype=I64, axes="n", fill="none")

    each(lw, n, lambda k: lw.effect("store", made, k, k))
    return GrowC(FHandle(pool), (Arr(made),), Num(n, low=0), full=True)


def gathered(lw: Lowering, content: GrowC, into: Arr | None = None) -> Arr:
    """The lists of a pool, in the order of their handles, as one array."""
    assert isinstance(content.item, FHandle)
    held = lw.content(Ref(content.item.pool))
    assert isinstance(held, GrowC)
    if len(held.buffers) != 1:
        lw.refuse("C0104", "an array of such a list of lists is not supported")
    (source,) = columns(lw, held)
    (handles,) = columns(lw, content)
    if into is None:
        dims = [lw.emit("dim", source.value, axis=k) for k in range(1, source.rank)]
        axes = "n" * source.rank
        n = content.length.value
        into = Arr(lw.emit("alloc", n, *dims, dtype=source.dtype, axes=axes, fill="none"))
    out, spec = into, "i" + ":" * (source.rank - 1)

    def one(at: Value) -> None:
        row = lw.emit("view", source.value, lw.emit("load", handles.value, at), spec=spec)
        lw.effect("assign", lw.emit("view", out.value, at, spec=spec), row)

    each(lw, content.length.value, one)
    return out


def each(lw: Lowering, n: Value, body: Callable[[Value], None]) -> None:
    """A loop over positions that carries nothing."""
    index = Value(I64)
    with lw.region() as b:
        body(index)
    block = lw.block(b, (index,))
    lw.b.emit("for", (lw.int(0), n, lw.int(1)), {}, (block,), types=(I64,), hints=["trips"])


def comprehended(
    lw: Lowering, length: AV, item: Callable[[AV], AV], repeat: Callable[[Callable[[Value, AV], None]], None]
) -> Ref | None:
    """A list of as many lists as a loop has trips; None when the items are no lists of one length that is
    known before.
    """
    from .lists import check_sizes

    vars_before, heap_before, key = dict(lw.frame.vars), dict(lw.heap), lw.next_key
    with lw.region() as b:
        try:
            av = item(Num(lw.int(0), low=0))
            form = item_form(lw, av) if is_list(lw, av) and not isinstance(av, Row) else None
            own = isinstance(av, Ref) and av.key >= key
            values = row_leaves(lw, av, form) if isinstance(form, FRow) and own else []
        except Mismatch:
            form, values = None, []
        sizes = [lw.emit("dim", v, axis=k) for v in values for k in range(_rank(v))]
    lw.frame.vars, lw.heap, lw.next_key = vars_before, heap_before, key
    if not values or not isinstance(form, FRow):
        return None
    start = len(lw.b.ops)
    hoist = Hoist(lw, b.ops, lambda v: v, lambda a, axis: lw.emit("dim", a, axis=axis))
    found = [hoist.number(v) for v in sizes]
    dims = [v for v in found if v is not None]
    if len(dims) < len(found):
        del lw.b.ops[start:]
        return None
    shape = varying(form)
    assert isinstance(shape, FRow)
    n = lw.index(length)
    buffers: list[Arr] = []
    for t in leaf_types(shape):
        assert isinstance(t, Array)
        own_dims, dims = dims[: t.rank], dims[t.rank :]
        axes = "n" * (t.rank + 1)
        buffers.append(Arr(lw.emit("alloc", n, *own_dims, dtype=t.dtype, axes=axes, fill="none")))

    def put(k: Value, av: AV) -> None:
        for buffer, v in zip(buffers, convert(lw, av, shape), strict=True):
            check_sizes(lw, buffer.value, v)
            lw.effect("assign", lw.emit("view", buffer.value, k, spec="i" + ":" * _rank(v)), v)

    repeat(put)
    out = lw.new_object(GrowC(shape, tuple(buffers), Num(n, low=0), full=True))
    if lw.wanted(out) == "table" and len(buffers) == 1:
        lw.heap[out.key] = pooled(lw, buffers[0], shape)
    return out


def _rank(v: Value) -> int:
    return v.type.rank if isinstance(v.type, Array) else 0
