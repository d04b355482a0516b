"""Parts of the arguments of a function: what `wrt` names, and vectors of the same structure."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..algebra.custom import constant_fields
from ..ir.core import Value
from ..ir.types import Array, Scalar, Type, differentiable, dtype_of
from .forms import FArr, FNode, FNum, Form, FSame, describe, leaf_types, parts_of, rebuild
from .lower import Lowering
from .pytree import path_steps
from .units import flat, unflat
from .values import AV, NONE, Arr, Const, DictC, ListC, Num, ObjC, Struct, Tup


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """A part of argument number ``argument``; its leaves begin at ``start``, counted over all arguments."""

    argument: int
    form: Form
    start: int

    @property
    def every(self) -> range:
        """The numbers of its leaves."""
        return range(self.start, self.start + len(leaf_types(self.form)))

    @property
    def varying(self) -> list[int]:
        """Those that a derivative can be taken by."""
        return [i for i, v in zip(self.every, varying(self.form), strict=True) if v]


def varying(form: Form) -> list[bool]:
    """For each leaf, whether a derivative can be taken by it: not by integers, nor by marked fields."""
    types = leaf_types(form)
    if not isinstance(form, FNode):
        return list(map(differentiable, types))
    held = constant_fields(form.value.cls) if isinstance(form.value, (ObjC, Struct)) else frozenset[str]()
    names = form.value.keys if isinstance(form.value, ObjC) else getattr(form.value, "names", form.parts)
    out: list[bool] = []
    for name, part in zip(names, form.parts, strict=False):
        out += [v and name not in held for v in varying(part)]
    return out


def part_of(forms: Sequence[Form], k: int) -> Part:
    """A whole argument."""
    return Part(k, forms[k], sum(len(leaf_types(f)) for f in forms[:k]))


Slot: TypeAlias = tuple[int, int | None]
"""An argument as it was passed: the number of the parameter, and the place in what ``*args`` takes."""


def slot_at(names: Sequence[str], slots: Sequence[Slot], wrt: Any) -> Slot | str:
    """The argument that an item of `wrt` is, or reaches into; an error message where there is none."""
    if isinstance(wrt, str):
        root = next(path_steps(wrt), wrt)
        if root not in names:
            return f"the function has no argument `{wrt}`"
        k = names.index(root)
        return (k, None) if any(k == i for i, _ in slots) else f"`wrt={wrt!r}` names what was not passed"
    if isinstance(wrt, int) and not isinstance(wrt, bool):
        if -len(slots) <= wrt < len(slots):
            return slots[wrt]
        return f"`wrt={wrt}` names no argument: {len(slots)} were passed"
    return f"`wrt` must be a position, a name, a path or a tuple of these, not {wrt!r}"


def part_at(names: Sequence[str], slots: Sequence[Slot], forms: Sequence[Form], wrt: Any) -> Part | str:
    """What an item of `wrt` names, or an error message."""
    slot = slot_at(names, slots, wrt)
    if isinstance(slot, str):
        return slot
    k, within = slot
    part = part_of(forms, k)
    if within is not None:
        part = _children(part)[str(within)]
    for step in list(path_steps(wrt))[1:] if isinstance(wrt, str) else ():
        inside = _children(part)
        if step not in inside:
            return f"`wrt={wrt!r}`: there is no `{step}`"
        part = inside[step]
    return part


def _children(part: Part) -> dict[str, Part]:
    """The parts of a container, by attribute, key or position."""
    form = part.form
    if not isinstance(form, FNode):
        return {}
    value, keys = form.value, tuple[Any, ...](range(len(form.parts)))
    if isinstance(value, (DictC, ObjC)):
        keys = value.keys
    elif isinstance(value, Struct):
        keys = value.names
    elif isinstance(value, Tup) and value.cls is not None:
        keys = tuple(getattr(value.cls, "_fields", keys))
    elif not isinstance(value, (Tup, ListC)):
        return {}
    out: dict[str, Part] = {}
    start = part.start
    for key, inner in zip(keys, form.parts, strict=True):
        out[str(key)] = Part(part.argument, inner, start)
        start += len(leaf_types(inner))
    return out


def structure(lw: Lowering, form: Form, values: Sequence[Value | None]) -> AV:
    """A value of this structure around the values of its leaves, one each; None where there is none."""
    left = iter(values)

    def visit(f: Form) -> Form:
        if isinstance(f, (FNum, FArr)):
            v = next(left)
            if v is None:
                return FSame(NONE)
            if isinstance(v.type, Array):
                return FArr(v.type)
            assert isinstance(v.type, Scalar)
            return FNum(v.type, isinstance(f, FNum) and f.py)
        return FNode(f.value, tuple(map(visit, f.parts))) if isinstance(f, FNode) else FSame(NONE)

    made = visit(form)
    return unflat(lw, rebuild(made, iter([v for v in values if v is not None])))


def fresh(t: Type) -> Type:
    """The type of a new array like this one."""
    return Array(t.dtype, t.axes) if isinstance(t, Array) else t


def vector(
    lw: Lowering, form: Form, av: AV, like: Sequence[Value], node: ast.AST | None
) -> list[Value | None]:
    """The leaves of a tangent or cotangent for values ``like`` these; None for a zero.

    None and the number 0 stand for zeros of any structure; where nothing varies, anything stands for nothing.
    """
    return list(_leaves(lw, form, flat(lw, av), iter(like), node))


def _leaves(
    lw: Lowering, form: Form, av: Any, like: Iterator[Value], node: ast.AST | None
) -> Iterator[Value | None]:
    types = leaf_types(form)
    if _zero(av) or not any(varying(form)):
        for _ in types:
            next(like)
            yield None
    elif isinstance(form, FNode):
        parts = parts_of(av)
        if parts is None or len(parts) != len(form.parts) or _keys(av) != _keys(form.value):
            lw.refuse("U0601", f"{lw.describe(form.value)} needs a vector of its structure", node)
        held = constant_fields(form.value.cls) if isinstance(form.value, (ObjC, Struct)) else ()
        names = _keys(form.value) or getattr(form.value, "names", form.parts)
        for name, f, x in zip(names, form.parts, parts, strict=True):
            yield from _leaves(lw, f, NONE if held and name in held else x, like, node)
    elif isinstance(form, FNum):
        next(like)
        if not isinstance(av, (Num, Const)) and not (isinstance(av, Arr) and av.rank == 0):
            lw.refuse("U0601", f"a number needs a number beside it, not {lw.describe(av)}", node)
        yield lw.number(av, form.dtype)
    else:
        assert isinstance(form, FArr)
        if not isinstance(av, Arr) or av.rank != form.type.rank:
            lw.refuse("T0201", f"{describe(form)} needs an array of its shape beside it", node)
        yield _fitted(lw, av.value, next(like), form.type)


def _zero(av: Any) -> bool:
    if not isinstance(av, Const):
        return False
    return av.value is None or (type(av.value) in (int, float) and av.value == 0)


def _keys(av: Any) -> Any:
    return tuple(av.keys) if isinstance(av, (DictC, ObjC)) else None


def _fitted(lw: Lowering, v: Value, like: Value, t: Array) -> Value:
    """An array of type ``t`` with the content of ``v``, which must have the shape of ``like``."""
    for axis in range(t.rank):
        n, m = (lw.emit("dim", x, axis=axis) for x in (like, v))
        text = f"a vector has length {{1}} along axis {axis}, and what it belongs to has {{0}}"
        lw.check(lw.emit("eq", n, m), "ValueError", text, n, m)
    given = v.type
    assert isinstance(given, Array)
    exact = all(a == e or e == "n" for a, e in zip(given.axes, t.axes, strict=True))
    if given.dtype == t.dtype and exact and (given.layout == t.layout or t.layout == "S"):
        return v
    made = zeros(lw, like, t, "none")
    lw.effect("assign", made, lw.cast(v, t.dtype))
    return made


def zeros(lw: Lowering, like: Value, t: Type, fill: str = "zero") -> Value:
    """Zeros of the shape of ``like``."""
    if not isinstance(t, Array):
        return lw.const(0.0, dtype_of(t))
    dims = [lw.emit("dim", like, axis=k) for k in range(t.rank)]
    return lw.emit("alloc", *dims, dtype=t.dtype, axes=t.axes, fill=fill)
