"""Where paths meet: the form that both values have."""

from __future__ import annotations

from typing import Any

from ..ir.types import C64, C128, F32, F64, I64, Array, Scalar
from .dtypes import scalar_of_constant
from .forms import (
    MISSING,
    MOST_OPTIONS,
    FArr,
    FChoice,
    FHandle,
    FMaybe,
    FMissing,
    FNode,
    FNum,
    Form,
    FRow,
    FSame,
    Mismatch,
    describe,
    form_of,
    kind_of,
    leaf_types,
    number_form,
    same_form,
)
from .values import (
    Const,
    DictC,
    GrowC,
    ListC,
    ObjC,
    Struct,
    Tup,
    Unknown,
    same,
)


def join(a: Form, b: Form, flag: bool = True) -> Form:
    """The least form that both fit.  ``flag``: an undefined side needs a leaf that tells."""
    if isinstance(a, FMissing) or isinstance(b, FMissing):
        if isinstance(a, FMissing) and isinstance(b, FMissing):
            return MISSING
        other = b if isinstance(a, FMissing) else a
        return FMaybe(_inside(other) if isinstance(other, FMaybe) else _general(other), flag)
    if isinstance(a, FMaybe) or isinstance(b, FMaybe):
        inner = join(_inside(a), _inside(b))
        return FMaybe(inner, flag)
    if isinstance(a, FSame) and isinstance(b, FSame) and same(a.value, b.value):
        return a
    if isinstance(a, FSame) and isinstance(a.value, Unknown):
        return a
    if isinstance(b, FSame) and isinstance(b.value, Unknown):
        return b
    if isinstance(a, FChoice) or isinstance(b, FChoice):
        return _join_options(a, b)
    a, b = _general(a), _general(b)
    try:
        return _join_kinds(a, b)
    except Mismatch:
        if any(isinstance(f, FNode) and isinstance(f.value, (ListC, GrowC, DictC, ObjC)) for f in (a, b)):
            raise
        return FChoice((a, b))


def _join_options(a: Form, b: Form) -> Form:
    """Options that have a form in common become one."""
    out: list[Form] = list(a.options) if isinstance(a, FChoice) else [a]
    for option in b.options if isinstance(b, FChoice) else (b,):
        for k, known in enumerate(out):
            joined = _tried(known, option)
            if joined is not None:
                out[k] = joined
                break
        else:
            out.append(option)
    if len(out) > MOST_OPTIONS:
        raise Mismatch(describe(a), describe(b))
    return FChoice(tuple(out))


def _tried(a: Form, b: Form) -> Form | None:
    try:
        found = join(a, b)
    except Mismatch:
        return None
    return None if isinstance(found, FChoice) else found


def option_of(f: FChoice, av: Any) -> int:
    """The number of the option that a value fits."""
    own = form_of(av)
    for k, option in enumerate(f.options):
        joined = _tried(option, own)
        if joined is not None and same_form(joined, _general(option)):
            return k
        if joined is not None and same_form(joined, option):
            return k
    raise Mismatch(describe(av), describe(f))


def _join_kinds(a: Form, b: Form) -> Form:
    if isinstance(a, FNum) and isinstance(b, FNum):
        return _join_numbers(a, b)
    if isinstance(a, FArr) and isinstance(b, FArr):
        return _join_arrays(a.type, b.type)
    if isinstance(a, FRow) and isinstance(b, FRow):
        return FRow(join(a.item, b.item))
    if isinstance(a, FHandle) and a == b:
        return a
    if isinstance(a, FNode) and isinstance(b, FNode):
        if kind_of(a.value) == kind_of(b.value):
            return FNode(a.value, tuple(join(x, y) for x, y in zip(a.parts, b.parts, strict=True)))
        if isinstance(a.value, (ListC, GrowC)) and isinstance(b.value, (ListC, GrowC)):
            return _join_lists(a, b)
    raise Mismatch(describe(a), describe(b))


def _join_lists(a: FNode, b: FNode) -> FNode:
    """Lists of different lengths: the length becomes a number of the run."""
    item: Form | None = None
    for f in (a, b):
        for part in [f.value.item] if isinstance(f.value, GrowC) else f.parts:
            part = _general(part)
            if isinstance(part, FMissing):
                continue
            item = part if item is None else join(item, part)
    if item is None or not _is_data(item):
        raise Mismatch(describe(a), describe(b))
    item = varying(item)
    buffers = tuple(
        FArr(Array(t.dtype, "n" + t.axes) if isinstance(t, Array) else Array(t, "n"))  # pyright: ignore
        for t in leaf_types(item)
    )
    return FNode(GrowC(item, (), None), (*buffers, FNum(I64, True, 0)))  # pyright: ignore[reportArgumentType]


def _is_data(f: Form) -> bool:
    """Whether a form consists of numbers and arrays."""
    if isinstance(f, FNode):
        return isinstance(f.value, Tup | Struct) and all(map(_is_data, f.parts))
    return _is_data(f.item) if isinstance(f, FRow) else isinstance(f, (FNum, FArr, FHandle))


def varying(f: Form) -> Form:
    """Without what is known of the items so far."""
    if isinstance(f, FNum):
        return FNum(f.dtype, f.py)
    if isinstance(f, FArr):
        return FArr(Array(f.type.dtype, "n" * f.type.rank))
    if isinstance(f, FRow):
        return FRow(varying(f.item))
    if isinstance(f, FHandle):
        return f
    if not isinstance(f, FNode):
        raise Mismatch("numbers, arrays or lists", describe(f))
    return FNode(f.value, tuple(map(varying, f.parts)))


def _inside(f: Form) -> Form:
    return f.part if isinstance(f, FMaybe) else f


def _general(f: Form) -> Form:
    if isinstance(f, FSame) and isinstance(f.value, Const) and scalar_of_constant(f.value.value) is not None:
        return number_form(f.value)
    if isinstance(f, FSame) and isinstance(f.value, Const) and type(f.value.value) is tuple:
        return form_of(Tup(tuple(Const(x) for x in f.value.value)))
    return f


def _join_numbers(a: FNum, b: FNum) -> Form:
    py = a.py and b.py
    low = None if a.low is None or b.low is None else min(a.low, b.low)
    const, big = a.const and b.const, a.big or b.big
    if a.dtype == b.dtype:
        return FNum(a.dtype, py, low, const, big)
    if a.dtype.is_bool or b.dtype.is_bool:
        raise Mismatch(describe(a), describe(b))
    weak, strong = (a, b) if a.py and not b.py else (b, a)
    if weak.py and not strong.py and weak.const:
        if _rank(weak.dtype) <= _rank(strong.dtype):
            return FNum(strong.dtype, False, low if strong.dtype.is_int else None, const, big)
    elif weak.py and not strong.py and {weak.dtype, strong.dtype} != {I64, F64} and weak.dtype != I64:
        raise Mismatch(describe(a), describe(b))
    widest = {1: I64, 2: F64, 3: C128}
    rank = max(_rank(a.dtype), _rank(b.dtype))
    if {a.dtype, b.dtype} <= {F32, C64}:
        return FNum(C64, py, None, const)
    if rank == 1 and (a.dtype != I64 and b.dtype != I64):
        raise Mismatch(describe(a), describe(b))
    return FNum(widest[rank], py, low if rank == 1 else None, const, big and rank == 1)


def _rank(t: Scalar) -> int:
    return 0 if t.is_bool else 1 if t.is_int else 2 if t.is_float else 3


def _join_arrays(a: Array, b: Array) -> Form:
    if a.dtype != b.dtype or a.rank != b.rank:
        raise Mismatch(describe(FArr(a)), describe(FArr(b)))
    axes = "".join(x if x == y else "n" for x, y in zip(a.axes, b.axes, strict=True))
    return FArr(Array(a.dtype, axes, "C" if a.layout == b.layout == "C" else "S"))
