"""Forms: the static shape of abstract values where control flow joins.

A form says how a value is split into leaves that cross the border of a region, and how it is put together on
the other side.  Joining two forms gives the least form that both fit; loops repeat this until it is stable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from ..ir.core import Value
from ..ir.types import BOOL, I64, Array, Scalar, Type
from .dtypes import scalar_of_constant
from .values import (
    AV,
    Arr,
    AtPoint,
    Choice,
    Closure,
    Const,
    Derived,
    DictC,
    GenC,
    GenV,
    GrowC,
    Held,
    Iter,
    ListC,
    Lost,
    Maybe,
    Method,
    MovedC,
    Num,
    ObjC,
    RangeV,
    Ref,
    Row,
    SliceV,
    Struct,
    Text,
    Tup,
    same,
)


class Mismatch(Exception):
    """Two values that no form fits.  The arguments describe both."""


@dataclass(frozen=True, slots=True)
class FNum:
    """A number.  ``const``: all numbers seen so far are constants, so that a narrower type loses nothing.
    ``big``: see `Num`."""

    dtype: Scalar
    py: bool
    low: int | None = None
    const: bool = False
    big: bool = False


@dataclass(frozen=True, slots=True)
class FArr:
    """An array."""

    type: Array


@dataclass(frozen=True, eq=False, slots=True)
class FSame:
    """One value on all paths, which needs no leaves."""

    value: Any


@dataclass(frozen=True, eq=False, slots=True)
class FNode:
    """A composite: ``value`` shows of what kind."""

    value: Any
    parts: tuple[Form, ...]


@dataclass(frozen=True, eq=False, slots=True)
class FMaybe:
    """A variable that some paths leave undefined; ``flag``: a leaf says whether it is defined."""

    part: Form
    flag: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class FMissing:
    """No value at all."""


@dataclass(frozen=True, eq=False, slots=True)
class FChoice:
    """One of several forms: a leaf says which, and all have their leaves."""

    options: tuple[Form, ...]


@dataclass(frozen=True, eq=False, slots=True)
class FRow:
    """An item of a list of lists that have one length: for each leaf of ``item`` an array with one more
    axis.
    """

    item: Form


@dataclass(frozen=True, slots=True)
class FHandle:
    """An item of a list of lists: the position of a list in ``pool``, where it stays for good."""

    pool: int


Form: TypeAlias = FNum | FArr | FSame | FNode | FMaybe | FMissing | FChoice | FRow | FHandle
MOST_OPTIONS = 8
MISSING = FMissing()


def parts_of(av: Any) -> tuple[Any, ...] | None:
    """The parts of a composite; ``None`` for what has none."""
    match av:
        case Tup() | Struct() | ListC() | DictC() | ObjC() | GenC():
            return av.items
        case Const() if type(av.value) is tuple:
            return tuple(Const(x) for x in av.value)
        case GrowC():
            return (*av.buffers, av.length)
        case Held():
            return (*av.content.buffers, av.content.length)
        case Row() if av.base is not None:
            return (*av.at, *(parts_of(av.base) or ()))
        case Row() | MovedC():
            return av.at
        case RangeV() | SliceV():
            return av.lo, av.hi, av.step
        case Iter():
            return av.parts if av.start is None else (*av.parts, av.start)
        case Method():
            return (av.self,)
        case Derived():
            return (av.fun, *av.args)
        case AtPoint():
            return av.parts
        case Closure():
            return (*av.defaults, *(v for _, v in av.kwdefaults))
        case _:
            return None


def with_parts(av: Any, parts: tuple[Any, ...]) -> Any:
    """A composite of the same kind with other parts."""
    match av:
        case Tup() | Struct() | ListC() | DictC() | ObjC() | GenC():
            return replace(av, items=parts)
        case GrowC():
            return GrowC(av.item, parts[:-1], parts[-1], av.full)
        case Held():
            return Held(0, with_parts(av.content, parts))
        case Row() if av.base is not None:
            n = len(av.at)
            return Row(0, parts[:n], with_parts(av.base, parts[n:]))
        case Row() | MovedC():
            return replace(av, at=parts)
        case RangeV() | SliceV():
            return type(av)(*parts)
        case Iter():
            return replace(av, parts=parts) if av.start is None else Iter(av.kind, parts[:-1], parts[-1])
        case Method():
            return Method(parts[0], av.func)
        case Derived():
            return replace(av, fun=parts[0], args=parts[1:])
        case AtPoint():
            return replace(av, parts=parts)
        case _:
            assert isinstance(av, Closure)
            n = len(av.defaults)
            keys = [k for k, _ in av.kwdefaults]
            return Closure(av.source, av.frame, parts[:n], tuple(zip(keys, parts[n:], strict=True)))


def kind_of(av: Any) -> Any:
    """What must agree for two composites to join part by part."""
    match av:
        case Tup():
            return Tup, av.cls, len(av.items)
        case Struct():
            return Struct, av.cls
        case ListC():
            return ListC, len(av.items)
        case GrowC():
            return GrowC, tuple(leaf_types(av.item)), av.full, pool_of(av.item)
        case Held():
            return Held, kind_of(av.content)
        case Row() | MovedC():
            base = getattr(av, "base", None)
            return type(av), av.key, len(av.at), None if base is None else kind_of(base)
        case DictC():
            factory = av.factory.value if isinstance(av.factory, Const) else av.factory
            return DictC, av.kind, factory, av.keys
        case ObjC():
            return ObjC, av.cls, av.keys
        case RangeV() | SliceV():
            return type(av)
        case GenC():
            return GenC, av.target.instance, av.state
        case Iter():
            return Iter, av.kind, len(av.parts), av.start is None
        case Method():
            return Method, av.func
        case Derived():
            return Derived, av.mode, av.wrt, av.has_aux, av.names
        case AtPoint():
            return AtPoint, av.kind, av.subject[0].name
        case Closure():
            return Closure, id(av.source.node), id(av.frame)
        case _:
            return None


def pool_of(f: Form) -> int | None:
    """Where the lists are that items of this form stand for."""
    return f.pool if isinstance(f, FHandle) else None


def form_of(av: Any, general: bool = False) -> Form:
    """The form of one value; with ``general``, numbers that are constants are expected to vary."""
    match av:
        case None:
            return MISSING
        case Const():
            dtype = scalar_of_constant(av.value)
            if general and dtype is not None:
                return number_form(av)
            if general and type(av.value) is tuple:
                return form_of(Tup(tuple(Const(x) for x in av.value)), general)
            return FSame(av)
        case Num():
            return FNum(av.dtype, av.py, av.low, big=av.big)
        case Arr():
            return FArr(av.type)
        case Maybe():
            return FMaybe(form_of(av.value, general))
        case Choice():
            return FChoice(tuple(form_of(o, general) for o in av.options))
        case _:
            parts = parts_of(av)
            return FSame(av) if parts is None else FNode(av, tuple(form_of(p, general) for p in parts))


def number_form(av: Const) -> FNum:
    """A constant number as a number that may vary."""
    dtype = scalar_of_constant(av.value)
    assert dtype is not None
    low = int(av.value) if dtype.is_int else None
    big = dtype.is_int and abs(int(av.value)) >= 2**31
    return FNum(dtype, type(av.value) in (int, float, bool, complex), low, True, big)


def same_form(a: Form, b: Form) -> bool:
    """Whether two forms are equal."""
    if isinstance(a, FSame) and isinstance(b, FSame):
        return same(a.value, b.value)
    if isinstance(a, FNode) and isinstance(b, FNode):
        return kind_of(a.value) == kind_of(b.value) and all(map(same_form, a.parts, b.parts))
    if isinstance(a, FMaybe) and isinstance(b, FMaybe):
        return a.flag == b.flag and same_form(a.part, b.part)
    if isinstance(a, FChoice) and isinstance(b, FChoice):
        return len(a.options) == len(b.options) and all(map(same_form, a.options, b.options))
    if isinstance(a, FMissing) or isinstance(b, FMissing):
        return type(a) is type(b)
    if isinstance(a, FRow) and isinstance(b, FRow):
        return same_form(a.item, b.item)
    return a == b


def leaf_types(f: Form) -> list[Type]:
    """The types of the leaves."""
    match f:
        case FNum():
            return [f.dtype]
        case FArr():
            return [f.type]
        case FNode():
            return [t for p in f.parts for t in leaf_types(p)]
        case FMaybe():
            return [*([BOOL] if f.flag else []), *leaf_types(f.part)]
        case FChoice():
            return [I64, *(t for o in f.options for t in leaf_types(o))]
        case FRow():
            return [_longer(t) for t in leaf_types(f.item)]
        case FHandle():
            return [I64]
        case _:
            return []


def _longer(t: Type) -> Array:
    """The type of an array of these."""
    if isinstance(t, Array):
        return Array(t.dtype, "n" + t.axes)
    assert isinstance(t, Scalar)
    return Array(t, "n")


def rebuild(f: Form, leaves: Iterator[Value]) -> Any:
    """A value of this form from its leaves; ``None`` for a missing one."""
    match f:
        case FNum():
            return Num(next(leaves), f.py, f.low, big=f.big)
        case FArr():
            return Arr(next(leaves))
        case FHandle():
            return Row(f.pool, (Num(next(leaves), low=0),))
        case FSame():
            return f.value
        case FNode():
            return with_parts(f.value, tuple(rebuild(p, leaves) for p in f.parts))
        case FChoice():
            index = next(leaves)
            return Choice(index, tuple(rebuild(o, leaves) for o in f.options))
        case FMaybe():
            if not f.flag:
                return rebuild(f.part, leaves)
            defined = next(leaves)
            return Maybe(defined, rebuild(f.part, leaves))
        case _:
            return None


def leaves_of(av: AV) -> list[Value]:
    """The IR values in an abstract value, in the order of `leaf_types`."""
    match av:
        case Num() | Arr():
            return [av.value]
        case Maybe():
            return [av.defined, *leaves_of(av.value)]
        case Choice():
            return [av.index, *(v for o in av.options for v in leaves_of(o))]
        case _:
            return [v for p in parts_of(av) or () for v in leaves_of(p)]


def describe(f: Any) -> str:
    """A form or a value in words, for messages."""
    match f:
        case FNum() | Num():
            names = {"f64": "float", "i64": "int", "c128": "complex", "bool": "bool"}
            return f"a {names.get(f.dtype.name, f.dtype.name) if f.py else f.dtype.name} number"
        case FArr():
            return f"an array {f.type}"
        case Arr():
            return f"an array {f.type}"
        case FSame() | FNode():
            return describe(f.value)
        case FMaybe():
            return describe(f.part)
        case FChoice():
            return " or ".join(map(describe, f.options))
        case Choice():
            return " or ".join(map(describe, f.options))
        case GrowC():
            return "a list of varying length"
        case FRow() | FHandle() | Row() | MovedC() | Held():
            return "a list"
        case SliceV():
            return "a slice"
        case Iter():
            return f"a `{f.kind}`"
        case GenV() | GenC():
            return "a generator"
        case Lost() | Maybe():
            return "a variable that may have no value"
        case Const():
            return f"`{f.value!r}`" if len(repr(f.value)) < 40 else f"a {type(f.value).__name__}"
        case Tup():
            return f"a tuple of {len(f.items)}" if f.cls is None else f"a {f.cls.__name__}"
        case Struct() | ObjC():
            return f"a {f.cls.__name__}"
        case ListC():
            return f"a list of {len(f.items)}"
        case DictC():
            return "a set" if f.kind == "set" else "a dict"
        case Ref():
            return "a list or an instance"
        case Closure() | Method() | Derived() | AtPoint():
            return "a function"
        case RangeV():
            return "a range"
        case Text():
            return "a text of numbers that vary"
        case FMissing():
            return "nothing"
        case _:
            return type(f).__name__
