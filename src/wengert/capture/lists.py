"""Lists whose length is known at run time only: buffers that grow by doubling, and a length.

An item is taken apart into numbers and arrays, each kept in a buffer of its own.  An array that is appended
is copied, so writing to it afterwards is refused (`written.refuse_ambiguous`).
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, cast

from ..ir.core import Value
from ..ir.types import F64, I64, Array, Scalar, Type
from .branches import arm, convert, join_arms
from .forms import (
    FChoice,
    FHandle,
    FMissing,
    FNode,
    FNum,
    Form,
    FRow,
    Mismatch,
    describe,
    form_of,
    leaf_types,
    leaves_of,
    rebuild,
    same_form,
)
from .joining import join
from .lower import Lowering
from .rows import columns, gathered, handle, is_list, item_form, move
from .values import AV, NONE, Arr, Const, GrowC, Held, ListC, MovedC, Num, Ref, Row, SliceV


def convert_list(lw: Lowering, av: Any, form: FNode) -> list[Value]:
    """The leaves of a list in a form that it fits."""
    item: Form = form.value.item
    if isinstance(av, GrowC):
        if isinstance(av.item, FMissing):
            return [*(_filled(lw, t, ()) for t in leaf_types(item)), lw.int(0)]
        out = [b.value for b in av.buffers]
        for k, t in enumerate(leaf_types(item)):
            to = t.dtype if isinstance(t, Array) else t
            assert isinstance(to, Scalar)
            out[k] = lw.cast(out[k], to)
        return [*out, av.length.value]
    assert isinstance(av, ListC)
    rows = [convert(lw, x, item) for x in av.items]
    buffers: list[Value] = []
    for k, t in enumerate(leaf_types(item)):
        column = [row[k] for row in rows]
        buffers.append(_filled(lw, t, column))
    return [*buffers, lw.int(len(rows))]


def _filled(lw: Lowering, t: Type, column: Sequence[Value]) -> Value:
    """A buffer with the first items; without any, of no elements at all."""
    rank = t.rank if isinstance(t, Array) else 0
    dtype = t.dtype if isinstance(t, Array) else t
    dims = [lw.emit("dim", column[0], axis=k) if column else lw.int(0) for k in range(rank)]
    out = lw.emit("alloc", lw.int(len(column)), *dims, dtype=dtype, axes="n" * (rank + 1), fill="none")
    for k, v in enumerate(column):
        _put(lw, out, lw.int(k), v)
    return out


def _put(lw: Lowering, buffer: Value, k: Value, item: Value) -> None:
    """``buffer[k] = item``, where shapes have to agree."""
    if not isinstance(item.type, Array):
        lw.effect("store", buffer, k, item)
        return
    check_sizes(lw, buffer, item)
    lw.effect("assign", lw.emit("view", buffer, k, spec="i" + ":" * item.type.rank), item)


def check_sizes(lw: Lowering, buffer: Value, item: Value) -> None:
    """All items of a list are of one size."""
    assert isinstance(item.type, Array)
    for axis in range(item.type.rank):
        n, m = lw.emit("dim", item, axis=axis), lw.emit("dim", buffer, axis=axis + 1)
        text = "the items of this list are lists or arrays of different lengths: compiled code needs one"
        lw.check(lw.emit("eq", n, m), "NotImplementedError", text)


def append(lw: Lowering, ref: Ref, content: GrowC, x: AV) -> None:
    """``list.append``."""
    _resizable(lw, ref)
    if isinstance(ref, Row) or isinstance(lw.heap.get(ref.key), MovedC):
        lw.refuse(
            "C0104", "a list grows that is an item of another list", hint="append it when it is complete"
        )
    item: Form | None = None
    if isinstance(content.item, FHandle):
        item, x = content.item, handle(lw, content.item.pool, x)
        content = GrowC(FNum(I64, True), content.buffers, content.length)
    n = content.length.value
    if isinstance(content.item, FMissing):
        content = _opened(lw, ref, content, x)
    else:
        try:
            wide = join(content.item, _form_in(lw, ref, content, x))
        except Mismatch as e:
            lw.want(ref, "table")
            lw.refuse("C0111", f"a list of {e.args[0]} grows by {e.args[1]}")
        if [*leaf_types(wide)] != [*leaf_types(content.item)]:
            lw.refuse("C0111", "a list grows by items of another type", hint="use one type from the start")
    values = convert(lw, _copied(lw, x), content.item)
    name = "%grown"
    full = lw.emit("ge", n, lw.emit("dim", content.buffers[0].value, axis=0))
    before = lw.frame.vars.get(name)
    lw.frame.vars[name] = lw_list(content)

    def grow() -> None:
        lw.frame.vars[name] = lw_list(_larger(lw, content, values))

    join_arms(lw, full, arm(lw, grow), arm(lw, lambda: None), None)
    grown = lw.frame.vars.pop(name)
    if before is not None:
        lw.frame.vars[name] = before
    buffers = tuple(Arr(v) for v in leaves_of(grown))
    for buffer, v in zip(buffers, values, strict=True):
        _put(lw, buffer.value, n, v)
        if v in lw.session.ambiguous:
            lw.session.stored[v] = buffer.value
    length = Num(lw.emit("add", n, lw.int(1)), low=1)
    if isinstance(content.item, FRow):
        move(lw, x, ref.key, (Num(n, low=0),))
    lw.heap[ref.key] = GrowC(content.item if item is None else item, buffers, length)


def _resizable(lw: Lowering, ref: Ref) -> None:
    """A list that a variable holds among others keeps its length."""
    lw.mutable(ref)
    if isinstance(ref, Held) or ref.key in lw.session.held:
        lw.refuse(
            "C0104",
            "the length of a list changes that is one of several which a variable holds",
            hint="make a new list: `xs = xs + [x]`",
        )


def _opened(lw: Lowering, ref: Ref, content: GrowC, x: AV) -> GrowC:
    """An empty list that is about to get its first item."""
    from .joining import varying

    try:
        item = varying(_form_in(lw, ref, content, x))
    except Mismatch as e:
        lw.refuse("C0111", f"a list grows here by {e.args[1]}", hint="append numbers, arrays or lists")
    buffers = tuple(Arr(_filled(lw, t, ())) for t in leaf_types(item))
    return GrowC(item, buffers, content.length)


def _form_in(lw: Lowering, ref: Ref, content: GrowC, x: AV) -> Form:
    """The form of a value as an item of this list; a list that is an item elsewhere stays where it is."""
    if is_list(lw, x):
        assert isinstance(x, Ref)
        elsewhere = isinstance(x, (Row, Held)) or isinstance(lw.heap.get(x.key), MovedC) or x.key < 0
        if elsewhere and not isinstance(content.item, FHandle):
            lw.want(ref, "table")
            if isinstance(x, Row):
                lw.want(Ref(x.key), "table")
    return item_form(lw, x)


def lw_list(content: GrowC) -> AV:
    """The buffers as one value that branches can join."""
    from .values import Tup

    return Tup(tuple(content.buffers))


def _owned(lw: Lowering, x: AV) -> AV:
    """Items are numbers, arrays, and tuples of these."""
    if isinstance(x, Ref):
        what = lw.describe(x)
        lw.refuse("C0104", f"{what} is an item of a list whose length varies", hint="use tuples or arrays")
    return x


def _copied(lw: Lowering, x: AV) -> AV:
    """Arrays copied: the list does not see what is written to them later."""
    if isinstance(x, Ref):
        return x
    leaves = leaves_of(x)
    if not any(isinstance(v.type, Array) for v in leaves):
        return x
    out: list[Value] = []
    for v in leaves:
        if isinstance(v.type, Array):
            made = lw.emit("copy", v)
            lw.session.ambiguous[made] = lw.span
            v = made
        out.append(v)
    return rebuild(form_of(x), iter(out))


def _larger(lw: Lowering, content: GrowC, values: Sequence[Value]) -> GrowC:
    """The same items in buffers of twice the size."""
    n = content.length.value
    size = lw.emit("maximum", lw.emit("mul", n, lw.int(2)), lw.int(4))
    out: list[Arr] = []
    for buffer, v in zip(content.buffers, values, strict=True):
        rank = v.type.rank if isinstance(v.type, Array) else 0
        dims = [lw.emit("dim", v, axis=k) for k in range(rank)]
        new = lw.emit("alloc", size, *dims, dtype=buffer.dtype, axes="n" * (rank + 1), fill="none")
        some = lw.emit("gt", n, lw.int(0))

        def fill(new: Value = new, buffer: Arr = buffer, rank: int = rank) -> None:
            spec = "s" + ":" * rank
            target = lw.emit("view", new, lw.int(0), n, lw.int(1), spec=spec, unit=True)
            source = lw.emit("view", buffer.value, lw.int(0), n, lw.int(1), spec=spec, unit=True)
            lw.effect("assign", target, source)

        join_arms(lw, some, arm(lw, fill), arm(lw, lambda: None), None)
        out.append(Arr(new))
    return GrowC(content.item, tuple(out), content.length)


def as_array(lw: Lowering, content: GrowC) -> Arr:
    """``np.array`` of the list."""
    from .numpy_api.shapes import stack_rows

    if isinstance(content.item, FHandle):
        return gathered(lw, content)
    if isinstance(content.item, FMissing):
        return Arr(lw.emit("alloc", lw.int(0), dtype=F64, axes="n", fill="zero"))
    parts = columns(lw, content)
    if isinstance(content.item, FNode):
        from .operands import common

        if any(b.rank != 1 for b in parts):
            lw.refuse("C0104", "an array of tuples of arrays is not supported")
        return stack_rows(lw, parts, common(lw, *parts), 1)
    return Arr(lw.emit("copy", parts[0].value))


def item(lw: Lowering, ref: Ref, content: GrowC, index: AV) -> AV:
    """``xs[index]``."""
    from .indexing import subscript
    from .slicing import wrapped

    if isinstance(content.item, FMissing):
        lw.fail("T0201", "IndexError", "list index out of range")
    if isinstance(content.item, FRow):
        at = Num(wrapped(lw, index, columns(lw, content)[0], 0), low=0)
        moved = lw.heap.get(ref.key)
        outer = ref if isinstance(ref, Row) else moved
        if isinstance(ref, Held):
            return Row(0, (at,), ref)
        if isinstance(outer, Row) and outer.base is not None:
            return Row(0, (*outer.at, at), outer.base)
        if isinstance(outer, (Row, MovedC)):
            return Row(outer.key, (*outer.at, at))
        return Row(ref.key, (at,))
    found = [subscript(lw, column, index) for column in columns(lw, content)]
    leaves = [v for av in found for v in leaves_of(av)]
    out = rebuild(_strided(content.item, found), iter(leaves))
    return out


def _strided(form: Form, found: Sequence[AV]) -> Form:
    """The form of an item with the types that its parts have."""
    parts = iter(found)

    def one(f: Form) -> Form:
        if isinstance(f, FNode):
            return FNode(f.value, tuple(map(one, f.parts)))
        av = next(parts)
        if isinstance(f, FHandle):
            return f
        return FNum(f.dtype, f.py) if isinstance(f, FNum) else form_of(av)

    return one(form)


def set_item(lw: Lowering, ref: Ref, content: GrowC, index: AV, av: AV) -> None:
    """``xs[index] = av``; a list of integers becomes one of floats when a float is stored."""
    from .indexing import set_item as store

    if isinstance(content.item, FHandle):
        av, item = handle(lw, content.item.pool, av), FNum(I64, True)
        lw.session.changed.add(ref.key)
    elif isinstance(content.item, FRow):
        lw.want(ref, "table")
        hint = "set its items instead"
        lw.refuse("C0104", "a list is replaced that is an item of a list of lists", hint=hint)
    else:
        content = _widened(lw, ref, content, av)
        av, item = _copied(lw, _owned(lw, av)), content.item
    values = convert(lw, av, item)
    for column, v in zip(columns(lw, content), values, strict=True):
        store(lw, column, index, Arr(v) if isinstance(v.type, Array) else Num(v, False))


def _widened(lw: Lowering, ref: Ref, content: GrowC, av: AV) -> GrowC:
    """The content of a list that gets an item: numbers of a wider type, where that needs one."""
    try:
        wide = join(content.item, form_of(_owned(lw, av), general=True))
    except Mismatch as e:
        lw.refuse("C0111", f"an item of a list of {e.args[0]} becomes {e.args[1]}")
    if leaf_types(wide) == leaf_types(content.item) or isinstance(wide, FChoice):
        return content
    lw.want(ref, "float")
    _resizable(lw, ref)
    moved = lw.heap.get(ref.key)
    outer = ref if isinstance(ref, Row) else moved
    key = outer.key if isinstance(outer, (Row, MovedC)) else ref.key
    if key < 0:
        lw.refuse(
            "C0111",
            f"`{lw.session.names[key]}` is a list of {describe(content.item)}s and gets {describe(wide)}",
            hint="pass a list of floats",
        )
    old = lw.heap[key]
    assert isinstance(old, GrowC)
    item = wide
    if isinstance(outer, (Row, MovedC)):
        item = old.item
        for _ in outer.at:
            assert isinstance(item, FRow)
            item = item.item
        item = wide
        for _ in outer.at:
            item = FRow(item)
    form = FNode(GrowC(item, (), None), ())  # pyright: ignore[reportArgumentType]
    *buffers, length = convert_list(lw, old, form)
    lw.heap[key] = GrowC(item, tuple(map(Arr, buffers)), Num(length, low=0), old.full)
    return cast("GrowC", lw.content(ref))


def repeated(lw: Lowering, content: ListC, n: AV) -> Ref:
    """``[x] * n``, for a number of items that is known at run time only."""
    if len(content.items) != 1:
        lw.refuse("C0104", "the number of repetitions must be a constant", hint="write the number itself")
    x = _owned(lw, content.items[0])
    form = form_of(x, general=True)
    if not all(isinstance(t, Scalar) for t in leaf_types(form)) or not isinstance(form, (FNum, FNode)):
        lw.refuse("C0104", "a list of arrays is not repeated a varying number of times", hint="use np.zeros")
    size = lw.emit("maximum", lw.index(n), lw.int(0))
    buffers: list[Arr] = []
    for v in convert(lw, x, form):
        assert isinstance(v.type, Scalar)
        made = lw.emit("alloc", size, dtype=v.type, axes="n", fill="none")
        lw.effect("assign", made, v)
        buffers.append(Arr(made))
    return lw.new_object(GrowC(form, tuple(buffers), Num(size, low=0), full=True))


def sliced(lw: Lowering, ref: Ref, content: GrowC, s: SliceV) -> Ref:
    """``xs[a:b]``: a list of its own."""
    from .indexing import subscript

    if isinstance(content.item, FMissing):
        return lw.new_object(content)
    if isinstance(content.item, FRow):
        lw.want(Ref(ref.key), "table")
        lw.refuse("C0104", "a part of a list of lists", hint="use an array")
    out: list[Arr] = []
    for column in columns(lw, content):
        part = subscript(lw, column, s)
        assert isinstance(part, Arr)
        out.append(Arr(lw.emit("copy", part.value)))
    n = lw.emit("dim", out[0].value, axis=0)
    return lw.new_object(GrowC(content.item, tuple(out), Num(n, low=0), full=True))


def pop(lw: Lowering, ref: Ref, content: GrowC, position: AV) -> AV:
    """``xs.pop(position)``: what stands behind moves up."""
    _resizable(lw, ref)
    if isinstance(content.item, FRow):
        lw.want(ref, "table")
    if isinstance(ref, Row) or isinstance(lw.heap.get(ref.key), MovedC) or isinstance(content.item, FRow):
        lw.refuse("C0104", "items of a list of lists are removed", hint="use an array")
    n = content.length.value
    lw.check(lw.emit("gt", n, lw.int(0)), "IndexError", "pop from empty list")
    at = lw.emit("wrap", lw.index(position), n)
    ok = lw.emit("and", lw.emit("ge", at, lw.int(0)), lw.emit("lt", at, n))
    lw.check(ok, "IndexError", "pop index out of range")
    out = _fresh(lw, item(lw, ref, content, Num(at, low=0)))
    last = Num(lw.emit("sub", n, lw.int(1)), low=0)
    buffers = content.buffers
    if not (isinstance(position, Const) and position.value == -1):
        buffers = tuple(Arr(_without(lw, b, at, last.value)) for b in buffers)
    lw.heap[ref.key] = GrowC(content.item, buffers, last)
    return out


def _without(lw: Lowering, buffer: Arr, at: Value, size: Value) -> Value:
    """A new buffer with the items before and behind one of them."""
    dims = [lw.emit("dim", buffer.value, axis=k) for k in range(1, buffer.rank)]
    axes = "n" * buffer.rank
    new = lw.emit("alloc", size, *dims, dtype=buffer.dtype, axes=axes, fill="none")
    rest = lw.emit("sub", size, at)
    spec = "s" + ":" * (buffer.rank - 1)
    for start, target, length in ((lw.int(0), lw.int(0), at), (lw.emit("add", at, lw.int(1)), at, rest)):
        into = lw.emit("view", new, target, length, lw.int(1), spec=spec, unit=True)
        lw.effect(
            "assign", into, lw.emit("view", buffer.value, start, length, lw.int(1), spec=spec, unit=True)
        )
    return new


def _fresh(lw: Lowering, av: AV) -> AV:
    leaves = [lw.emit("copy", v) if isinstance(v.type, Array) else v for v in leaves_of(av)]
    return rebuild(
        _strided(form_of(av), [Arr(v) if isinstance(v.type, Array) else Num(v) for v in leaves]), iter(leaves)
    )


def grown(lw: Lowering, content: ListC, form: FNode) -> Ref:
    """A list of known length as one of varying length."""
    leaves = convert_list(lw, content, form)
    return lw.new_object(rebuild(form, iter(leaves)))


def as_grown(lw: Lowering, content: ListC, more: AV) -> GrowC | None:
    """A list of numbers as one whose items are in a buffer, so that any of them can be set at run time; None
    if its items, and what is to be stored, are not numbers of one kind.
    """
    try:
        form: Form = form_of(more, general=True)
        for x in content.items:
            form = join(form, form_of(x, general=True))
    except Mismatch:
        return None
    if not isinstance(form, FNum):
        return None
    node = FNode(GrowC(form, (), None), ())  # pyright: ignore[reportArgumentType]
    buffer, n = convert_list(lw, content, node)
    return GrowC(FNum(form.dtype, form.py), (Arr(buffer),), Num(n, low=0), full=True)


def from_array(lw: Lowering, a: Arr, python: bool) -> Ref:
    """A list of the elements of a new one-dimensional array."""
    n = Num(lw.emit("dim", a.value, axis=0), low=0)
    return lw.new_object(GrowC(FNum(a.dtype, python), (a,), n, full=True))


__all__ = [
    "I64",
    "NONE",
    "Const",
    "append",
    "as_array",
    "ast",
    "grown",
    "item",
    "pop",
    "same_form",
    "set_item",
]
