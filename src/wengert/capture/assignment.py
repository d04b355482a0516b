"""Assignment to names, elements, slices, attributes and tuples of these; and augmented assignment."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ..ir.core import Value
from ..ir.types import F64, Array, Scalar
from ..prims import REGISTRY
from .attributes import attribute, set_attribute, special
from .branches import spread
from .dtypes import castable, promote
from .expressions import expression
from .forms import FNum
from .generators import listed, settled
from .indexing import Gather, set_item, subscript, target_of
from .lower import Lowering
from .mappings import combine_in_place
from .methods import call_method
from .operands import common, dtype, is_number, is_python, numeric, operand
from .operators import SYMBOLS, binary
from .rows import columns
from .values import AV, Arr, Choice, Const, DictC, GrowC, Iter, ListC, Num, Ref, SliceV, Tup


def assign_to(lw: Lowering, target: ast.expr, av: AV) -> None:
    """``target = av``."""
    if not isinstance(target, (ast.Tuple, ast.List)):
        av = settled(lw, av)
    match target:
        case ast.Name():
            lw.bind(target.id, _kept(lw, av))
        case ast.Tuple() | ast.List():
            _unpack(lw, target, av)
        case ast.Subscript():
            base, index = expression(lw, target.value), expression(lw, target.slice)
            lw.at(target)
            set_item(lw, base, index, av)
        case ast.Attribute():
            base = expression(lw, target.value)
            lw.at(target)
            set_attribute(lw, base, lw.frame.source.mangled(target.attr), av)
        case _:
            lw.refuse("C0101", "this target is not supported", target)


def _kept(lw: Lowering, av: AV) -> AV:
    """What a name refers to: a ``zip`` or a ``map`` is consumed once."""
    from .calls import call_object

    return call_object(lw, iter, [av], {}, None) if isinstance(av, Iter) else av


def _unpack(lw: Lowering, target: ast.Tuple | ast.List, av: AV) -> None:
    lw.poison(av)
    av = listed(lw, av)
    items = lw.items(av)
    count = len(target.elts)
    star = next((k for k, t in enumerate(target.elts) if isinstance(t, ast.Starred)), None)
    if items is None:
        from .iteration import as_sequence

        items = as_sequence(lw, av, None if star is not None else count)
    if items is None and star is not None:
        items = _of_any_length(lw, av, star, count)
        if items is not None:
            for t, item in zip(target.elts, items, strict=True):
                assign_to(lw, t.value if isinstance(t, ast.Starred) else t, item)
            return
    if items is None:
        lw.refuse("C0101", f"{lw.describe(av)} cannot be unpacked here", target)
    if star is None:
        if len(items) != count:
            lw.refuse("T0201", f"{len(items)} values cannot be unpacked into {count} names", target)
        for t, item in zip(target.elts, items, strict=True):
            assign_to(lw, t, item)
        return
    rest = count - star - 1
    if len(items) < count - 1:
        lw.refuse(
            "T0201", f"{len(items)} values cannot be unpacked into {count - 1} names and a star", target
        )
    for t, item in zip(target.elts[:star], items[:star], strict=True):
        assign_to(lw, t, item)
    starred = target.elts[star]
    assert isinstance(starred, ast.Starred)
    assign_to(lw, starred.value, lw.new_object(ListC(items[star : len(items) - rest])))
    for t, item in zip(target.elts[star + 1 :], items[len(items) - rest :], strict=True):
        assign_to(lw, t, item)


def _of_any_length(lw: Lowering, av: AV, star: int, count: int) -> tuple[AV, ...] | None:
    """What ``a, *b, c = av`` gives each name, for a sequence whose length is known at run time only."""
    from .calls import call_object

    content = lw.content(av) if isinstance(av, Ref) else None
    if not (isinstance(av, Arr) and av.rank) and not isinstance(content, GrowC):
        return None
    size = call_object(lw, len, [av], {}, None)
    behind = count - 1 - star
    ok = lw.emit("ge", lw.index(size), lw.int(count - 1))
    text = f"not enough values to unpack (expected at least {count - 1}, got {{0}})"
    lw.check(ok, "ValueError", text, lw.index(size))
    end = Const(-behind if behind else None)
    rest = call_object(lw, list, [subscript(lw, av, SliceV(Const(star), end, Const(None)))], {}, None)
    first = [subscript(lw, av, Const(k)) for k in range(star)]
    return (*first, rest, *(subscript(lw, av, Const(k - behind)) for k in range(behind)))


def augment(lw: Lowering, s: ast.AugAssign) -> None:
    """``target op= value``: arrays are changed in place, everything else is bound again."""
    op = type(s.op)
    match s.target:
        case ast.Name():
            old = lw.read(s.target.id, s.target)
            value = expression(lw, s.value)
            lw.at(s)
            if isinstance(old, Ref) and _is_list(lw, old) and op is ast.Add:
                call_method(lw, old, "extend", [value], {})
            elif isinstance(old, Arr):
                in_place(lw, old, op, value)
            elif (own := _in_place_method(lw, old, op, value)) is not None:
                lw.bind(s.target.id, own)
            else:
                lw.bind(s.target.id, _augmented(lw, old, op, value))
        case ast.Attribute():
            base = expression(lw, s.target.value)
            name = lw.frame.source.mangled(s.target.attr)
            old = attribute(lw, base, name, s.target)
            value = expression(lw, s.value)
            lw.at(s)
            if isinstance(old, Arr) and old.rank:
                in_place(lw, old, op, value)
            elif isinstance(old, Ref) and _is_list(lw, old) and op is ast.Add:
                call_method(lw, old, "extend", [value], {})
            else:
                own = _in_place_method(lw, old, op, value)
                set_attribute(lw, base, name, _augmented(lw, old, op, value) if own is None else own)
        case ast.Subscript():
            base, index = expression(lw, s.target.value), expression(lw, s.target.slice)
            lw.at(s.target)
            found = _memory(lw, base, type(s.op))
            if found is not None and not isinstance(index, SliceV):
                _augment_element(lw, s, found, index)
                return
            old = subscript(lw, base, index)
            value = expression(lw, s.value)
            lw.at(s)
            if isinstance(old, Arr) and old.rank:
                in_place(lw, old, op, value)
            elif isinstance(old, Ref) and _is_list(lw, old) and op is ast.Add:
                call_method(lw, old, "extend", [value], {})
            else:
                own = _in_place_method(lw, old, op, value)
                set_item(lw, base, index, _augmented(lw, old, op, value) if own is None else own)


def _augmented(lw: Lowering, old: AV, op: type[ast.operator], value: AV) -> AV:
    """What ``old op= value`` binds, where ``old`` may be a number or an array, which is changed in place."""

    def one(xs: Sequence[AV]) -> AV:
        if isinstance(xs[0], Arr) and xs[0].rank and isinstance(old, Choice):
            in_place(lw, xs[0], op, xs[1])
            return xs[0]
        return binary(lw, op, *xs)

    return spread(lw, (old, value), one)


def _in_place_method(lw: Lowering, old: AV, op: type[ast.operator], value: AV) -> AV | None:
    """What ``__iadd__`` and the like give, when the class of an instance defines them."""
    if (made := combine_in_place(lw, op, old, value)) is not None:
        return made
    name = op.__name__.lower()
    words = {"mult": "mul", "div": "truediv", "floordiv": "floordiv", "matmult": "matmul"}
    return special(lw, old, f"__i{words.get(name, name)}__", value)


def _memory(lw: Lowering, base: AV, op: type[ast.operator]) -> Arr | None:
    """The array that elements are added to: a list of floats is one, too."""
    if isinstance(base, Arr) or op not in (ast.Add, ast.Sub):
        return base if isinstance(base, Arr) else None
    content = lw.content(base) if isinstance(base, Ref) else None
    if not isinstance(content, GrowC) or content.item != FNum(F64, True):
        return None
    return columns(lw, content)[0]


def _is_list(lw: Lowering, av: AV) -> bool:
    return isinstance(av, Ref) and isinstance(lw.content(av), (ListC, GrowC))


def _writes(lw: Lowering, since: int) -> bool:
    """Whether operations since a point may write memory."""
    return any(op.regions or op.name == "call" or REGISTRY[op.name].writes for op in lw.b.ops[since:])


def _augment_element(lw: Lowering, s: ast.AugAssign, base: Arr, index: AV) -> None:
    op = type(s.op)
    place = target_of(lw, base, index)
    if isinstance(place, Arr) and place.rank:
        value = expression(lw, s.value)
        lw.at(s)
        in_place(lw, place, op, value)
        return
    if isinstance(place, Gather):
        old = place.read(lw)
        value = expression(lw, s.value)
        lw.at(s)
        place.write(lw, binary(lw, op, old, value))
        return
    target, indices = (place.value, list[Value]()) if isinstance(place, Arr) else place
    assert isinstance(target.type, Array)
    element = target.type.dtype
    start = len(lw.b.ops)
    value = expression(lw, s.value)
    lw.at(s)
    if op in (ast.Add, ast.Sub) and element.is_inexact and is_number(value):
        computed = (
            promote((element,), (dtype(value),)) if is_python(value) else promote((element, dtype(value)), ())
        )
        if computed == element and not _writes(lw, start):
            v = lw.number(value, element)
            lw.effect("accum", target, *indices, lw.emit("neg", v) if op is ast.Sub else v)
            return
    # the old value is read before the right-hand side runs
    tail = lw.b.ops[start:]
    del lw.b.ops[start:]
    old = Num(lw.emit("load", target, *indices), py=False)
    lw.b.ops.extend(tail)
    new = binary(lw, op, old, value)
    _same_kind(lw, dtype(numeric(lw, new)), element)
    lw.effect("store", target, *indices, lw.number(new, element))


def _same_kind(lw: Lowering, computed: Scalar, stored: Scalar) -> None:
    if computed.is_complex and not stored.is_complex:
        lw.refuse("T0201", f"a {computed} number does not go into an array of {stored}")


def in_place(lw: Lowering, a: Arr, op: type[ast.operator], value: AV) -> None:
    """``a op= value`` on the memory of ``a``."""
    if isinstance(value, Choice):

        def one(xs: Sequence[AV]) -> AV:
            in_place(lw, a, op, xs[0])
            return Const(None)

        spread(lw, (value,), one)
        return
    if isinstance(value, Const) and not is_number(value):
        lw.refuse("T0201", f"`{SYMBOLS[op][2]}=` of an array and {lw.describe(value)}")
    if a.rank == 0:
        new = binary(lw, op, Num(lw.emit("load", a.value), py=False), value)
        if not castable(dtype(numeric(lw, new)), a.dtype):
            lw.refuse("T0201", f"NumPy does not store {dtype(new)} into an array of {a.dtype} in place")
        lw.effect("store", a.value, lw.number(new, a.dtype))
        return
    if op is ast.MatMult:
        new = binary(lw, op, a, value)
        lw.effect("assign", a.value, operand(lw, numeric(lw, new), a.dtype))
        return
    b = numeric(lw, value)
    computed = common(lw, a, b)
    if op is ast.Div and not computed.is_inexact:
        computed = Scalar("f64")
    if not castable(computed, a.dtype):
        lw.refuse(
            "T0201",
            f"NumPy does not store {computed} into an array of {a.dtype} in place",
            hint="write `a = a + b` to make a new array, or convert it before",
        )
    if isinstance(b, Arr) and b.rank > a.rank:
        lw.refuse("T0201", "the right-hand side has more axes than the array that is changed in place")
    if op in (ast.Add, ast.Sub) and computed == a.dtype and computed.is_inexact:
        if isinstance(b, Arr):
            _fits(lw, a, b)
        v = operand(lw, b, a.dtype)
        lw.effect("vacc", a.value, lw.emit("neg", v) if op is ast.Sub else v)
        return
    new = numeric(lw, binary(lw, op, a, b))
    lw.effect("assign", a.value, operand(lw, new, a.dtype))


def _fits(lw: Lowering, a: Arr, b: Arr) -> None:
    """``vacc`` would sum where ``a`` has length one; NumPy refuses to."""
    shift = a.rank - b.rank
    for k in range(b.rank):
        if b.type.axes[k] == "1":
            continue
        n, m = lw.emit("dim", a.value, axis=k + shift), lw.emit("dim", b.value, axis=k)
        ok = lw.emit("or", lw.emit("eq", m, n), lw.emit("eq", m, lw.int(1)))
        lw.check(
            ok,
            "ValueError",
            "operands could not be broadcast together: axis of length {0} into length {1}",
            m,
            n,
        )


__all__ = ["DictC", "Tup", "assign_to", "augment", "in_place"]
