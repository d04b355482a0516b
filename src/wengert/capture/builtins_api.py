"""The built-in functions of Python."""

from __future__ import annotations

import ast
import collections
from collections.abc import Callable
from typing import Any

import numpy as np

from ..ir.types import BOOL, C128, F64, I64
from .attributes import special
from .branches import choose
from .builtin_numbers import NUMBERS
from .comparisons import compare
from .composites import standard
from .comprehensions import fold
from .generators import listed
from .iterables import consumes, iterator_of
from .lower import Lowering
from .operands import common, dtype, is_number, is_python, numeric, operand, result
from .operators import binary, unary
from .values import (
    AV,
    NONE,
    Arr,
    Closure,
    Const,
    DictC,
    GenV,
    GrowC,
    Iter,
    ListC,
    Method,
    Num,
    ObjC,
    RangeV,
    Ref,
    SliceV,
    Struct,
    Tup,
)


def _lazy(f: Callable[..., AV]) -> Callable[..., AV]:
    """Marks a handler that takes generators as they are."""
    f.lazy = True  # pyright: ignore[reportFunctionMemberAccess]
    return f


def _len(lw: Lowering, x: AV, /) -> AV:
    from .attributes import size_of
    from .iteration import range_length

    if isinstance(x, Arr):
        if not x.rank:
            lw.refuse("T0201", "`len` of an array without axes")
        return size_of(lw, x, 0)
    if isinstance(x, RangeV):
        return range_length(lw, x)
    if isinstance(x, Ref) and isinstance(content := lw.content(x), GrowC):
        return content.length
    items = lw.items(x)
    if items is not None:
        return Const(len(items))
    own = special(lw, x, "__len__")
    if own is not None:
        return own
    if isinstance(x, Const):
        return Const(len(x.value))
    lw.refuse("C0104", f"`len` of {lw.describe(x)} is not supported")


def _range(lw: Lowering, *xs: AV) -> AV:
    if len(xs) not in (1, 2, 3):
        lw.refuse("U0601", "`range` takes 1 to 3 arguments")
    for x in xs:
        if not (is_number(x) or (isinstance(x, Arr) and x.rank == 0)) or dtype(x).is_inexact:
            lw.refuse("T0201", f"`range` takes integers, not {lw.describe(x)}")
    lo, hi, step = {1: (Const(0), xs[0], Const(1)), 2: (*xs, Const(1)), 3: xs}[len(xs)]
    if isinstance(step, Num) and step.known is not None:
        step = Const(lw.static(step, "the step"))
    if isinstance(step, Const) and step.value == 0:
        lw.refuse("T0201", "range() arg 3 must not be zero")
    return RangeV(lo, hi, step)


def _slice(lw: Lowering, *xs: AV) -> AV:
    lo, hi, step = {1: (NONE, xs[0], NONE), 2: (*xs, NONE), 3: xs}[len(xs)]
    return SliceV(lo, hi, step)


def add_up(lw: Lowering, xs: AV, start: AV) -> AV:
    """``sum(xs, start)``."""

    def add(a: AV, b: AV) -> AV:
        return binary(lw, ast.Add, a, b)

    return reduced(lw, xs, start, add)


def reduced(lw: Lowering, xs: AV, start: AV, step: Callable[[AV, AV], AV]) -> AV:
    """``for x in xs: start = step(start, x)``; the last ``start``."""
    from .iteration import iterate

    if isinstance(xs, GenV):
        return fold(lw, xs, start, step)
    items = lw.items(xs)
    if items is not None:
        for x in items:
            start = step(start, x)
        return start
    name = f"%sum{lw.next_key}"
    lw.next_key += 1
    lw.frame.vars[name] = start

    def trip(x: AV) -> None:
        lw.frame.vars[name] = step(lw.frame.vars[name], x)

    names = frozenset({name})
    iterate(lw, xs, names, names, -1, trip)
    return lw.frame.vars.pop(name)


@_lazy
def _sum(lw: Lowering, xs: AV, /, start: AV = Const(0)) -> AV:  # noqa: B008
    return add_up(lw, xs, start)


def _extremum(name: str, word: str) -> Callable[..., AV]:
    def pick(lw: Lowering, a: AV, b: AV) -> AV:
        if isinstance(a, Const) and isinstance(b, Const):
            return Const(max(a.value, b.value) if name == "pymax" else min(a.value, b.value))
        x, y = numeric(lw, a), numeric(lw, b)
        if isinstance(x, Arr) or isinstance(y, Arr):
            lw.refuse("T0201", f"`{word}` does not take arrays", hint=f"use `np.{word}imum` or `np.{word}`")
        t = common(lw, x, y)
        if is_python(x) and is_python(y) and dtype(x) != dtype(y):
            t = F64 if t.is_float else I64
        if t.is_bool:
            t = I64
        lows = (lw.low(x), lw.low(y))
        known = [v for v in lows if v is not None]
        low = None
        if t.is_int and known and (name == "pymax" or None not in lows):
            low = max(known) if name == "pymax" else min(known)
        return result(lw, lw.emit(name, operand(lw, x, t), operand(lw, y, t)), x, y, low=low)

    def handler(lw: Lowering, *xs: AV, default: AV | None = None, key: AV | None = None) -> AV:
        if key is not None:
            return _by_key(lw, xs, key, word, default)
        if len(xs) == 1:
            (only,) = xs
            if isinstance(only, GenV) or lw.items(only) is None:
                return _extremum_of(lw, only, lambda a, b: pick(lw, a, b), word, default)
            xs = lw.items(only) or ()
        if not xs:
            return _none_of(lw, word, default)
        out = xs[0]
        for x in xs[1:]:
            out = pick(lw, out, x)
        return out

    return _lazy(handler)


def _by_key(lw: Lowering, xs: tuple[AV, ...], key: AV, word: str, default: AV | None) -> AV:
    """The item whose key is the largest or smallest; the first of equal ones."""
    from .calls import call
    from .standard_api import known_items

    rows = listed(lw, xs[0]) if len(xs) == 1 else Tup(xs)
    items = known_items(lw, rows)
    if items is None or key is NONE:
        return _picked(lw, rows, key, word, default)
    if not items:
        return _none_of(lw, word, default)
    best, size = items[0], call(lw, key, [items[0]], {}, None)
    op = ast.Gt() if word == "max" else ast.Lt()
    for x in items[1:]:
        own = call(lw, key, [x], {}, None)
        test = lw.truth(compare(lw, op, own, size))
        pair = choose(lw, test, lambda x=x, own=own: Tup((x, own)), lambda b=best, s=size: Tup((b, s)))
        found = lw.items(pair)
        assert found is not None
        best, size = found
    return best


def _none_of(lw: Lowering, word: str, default: AV | None) -> AV:
    if default is None:
        lw.fail("T0201", "ValueError", f"{word}() iterable argument is empty")
    return default


def _picked(lw: Lowering, rows: AV, key: AV, word: str, default: AV | None) -> AV:
    """The largest or smallest item of a sequence of any length."""
    from .calls import call_prelude_of
    from .composites import iterators

    pick = iterators.largest if word == "max" else iterators.smallest
    if default is None:
        return call_prelude_of(lw, pick, rows, key)
    return call_prelude_of(lw, iterators.any_or, Const(pick), rows, key, default)


def _extremum_of(lw: Lowering, xs: AV, pick: Callable[[AV, AV], AV], word: str, default: AV | None) -> AV:
    """Of a sequence of any length: an infinite start gives way to the first float."""
    if isinstance(xs, Arr) and xs.dtype.is_float and xs.rank == 1 and default is None:
        some = lw.emit("gt", lw.emit("dim", xs.value, axis=0), lw.int(0))
        lw.check(some, "ValueError", f"{word}() iterable argument is empty")
        return reduced(lw, xs, Const(float("-inf") if word == "max" else float("inf")), pick)
    return _by_key(lw, (xs,), NONE, word, default)


def _connected(word: str) -> Callable[..., AV]:
    conj = word == "all"

    def handler(lw: Lowering, xs: AV, /) -> AV:
        def step(acc: AV, x: AV) -> AV:
            test = lw.truth(x)
            if isinstance(acc, Const) and isinstance(test, Const):
                return Const((acc.value and test.value) if conj else (acc.value or test.value))
            return Num(lw.emit("and" if conj else "or", lw.number(acc, BOOL), lw.number(test, BOOL)))

        return reduced(lw, xs, Const(conj), step)

    return _lazy(handler)


def type_of(lw: Lowering, x: AV) -> Any:
    """The class of a value."""
    match x:
        case Const():
            return type(x.value)
        case Num():
            python = {BOOL: bool, I64: int, F64: float, C128: complex}
            return python[x.dtype] if x.py else np.dtype(_NUMPY_NAMES[x.dtype.name]).type
        case Arr():
            return np.ndarray
        case Tup():
            return x.cls or tuple
        case Struct():
            return x.cls
        case Ref():
            content = lw.content(x)
            return (
                content.cls
                if isinstance(content, ObjC)
                else _KINDS[content.kind]
                if isinstance(content, DictC)
                else list
            )
        case Closure():
            return type(type_of)
        case Method():
            return type(type_of)
        case RangeV():
            return range
        case SliceV():
            return slice
        case _:
            lw.refuse("C0104", f"the type of {lw.describe(x)} is not known")


_KINDS: dict[str, type] = {
    "dict": dict,
    "set": set,
    "OrderedDict": collections.OrderedDict,
    "defaultdict": collections.defaultdict,
    "Counter": collections.Counter,
}
_NUMPY_NAMES = {
    "f64": "float64",
    "f32": "float32",
    "i64": "int64",
    "i32": "int32",
    "u8": "uint8",
    "bool": "bool",
    "c128": "complex128",
    "c64": "complex64",
}


def _type(lw: Lowering, x: AV, /) -> AV:
    return Const(type_of(lw, x))


def _isinstance(lw: Lowering, x: AV, classes: AV, /) -> AV:
    return Const(issubclass(type_of(lw, x), lw.static(classes, "the class")))


def _callable(lw: Lowering, x: AV, /) -> AV:
    return Const(isinstance(x, (Closure, Method)) or (isinstance(x, Const) and callable(x.value)))


def _hasattr(lw: Lowering, x: AV, name: AV, /) -> AV:
    from .attributes import has_attribute

    return Const(has_attribute(lw, x, lw.static(name, "the name of the attribute")))


def _getattr(lw: Lowering, x: AV, name: AV, default: AV | None = None, /) -> AV:
    from .attributes import attribute, has_attribute

    word = lw.static(name, "the name of the attribute")
    if default is not None and not has_attribute(lw, x, word):
        return default
    return attribute(lw, x, word)


def _list(lw: Lowering, x: AV = Const(()), /) -> AV:  # noqa: B008
    from .lists import from_array, sliced

    if isinstance(x, Ref) and isinstance(content := lw.content(x), GrowC):
        return sliced(lw, x, content, SliceV(NONE, NONE, NONE))
    if isinstance(x, Arr) and x.rank == 1:
        return from_array(lw, Arr(lw.emit("copy", x.value)), False)
    if not isinstance(x, Iter) and consumes(lw, x):
        x = listed(lw, iterator_of(lw, x))
        return _list(lw, x)
    if _length_varies(lw, x):
        from .calls import call_prelude_of

        return call_prelude_of(lw, standard.listed, x)
    return lw.shaped(lw.new_object(ListC(_fixed(lw, x))))


def _length_varies(lw: Lowering, x: AV) -> bool:
    from .iteration import as_sequence, sequence

    if isinstance(x, (RangeV, Iter)):
        return lw.items(x) is None and as_sequence(lw, x) is None and not sequence(lw, x).fixed
    return False


def _tuple(lw: Lowering, x: AV = Const(()), /) -> AV:  # noqa: B008
    return Tup(_fixed(lw, x))


def _fixed(lw: Lowering, x: AV) -> tuple[AV, ...]:
    from .iteration import as_sequence

    items = lw.items(x)
    if items is None and isinstance(x, RangeV):
        bounds = [v.value for v in (x.lo, x.hi, x.step) if isinstance(v, Const)]
        items = tuple(map(Const, range(*bounds))) if len(bounds) == 3 else None
    if items is None:
        items = as_sequence(lw, x)
    if items is None:
        lw.refuse("C0101", f"a list of {lw.describe(x)} has a length that varies", hint="use an array")
    return items


def _print(lw: Lowering, *xs: AV, **kwargs: AV) -> AV:
    lw.refuse("C0104", "`print` is not supported", hint="print outside the function, or remove it")


def _dynamic(lw: Lowering, *xs: AV, **kwargs: AV) -> AV:
    lw.refuse("C0107", "code that is not known until run time is not supported")


def _issubclass(lw: Lowering, a: AV, b: AV, /) -> AV:
    return Const(issubclass(lw.static(a, "the class"), lw.static(b, "the class")))


def _id(lw: Lowering, x: AV, /) -> AV:
    lw.refuse("C0104", "`id` is not supported")


def _setattr(lw: Lowering, x: AV, name: AV, value: AV, /) -> AV:
    from .attributes import set_attribute

    set_attribute(lw, x, lw.static(name, "the name of the attribute"), value)
    return NONE


def _str(lw: Lowering, x: AV = Const(""), /) -> AV:  # noqa: B008
    return Const(str(lw.static(x, "what becomes a string")))


BUILTINS: dict[Any, Callable[..., AV]] = {
    **NUMBERS,
    len: _len,
    range: _range,
    slice: _slice,
    sum: _sum,
    max: _extremum("pymax", "max"),
    min: _extremum("pymin", "min"),
    all: _connected("all"),
    any: _connected("any"),
    type: _type,
    isinstance: _isinstance,
    callable: _callable,
    hasattr: _hasattr,
    getattr: _getattr,
    list: _list,
    tuple: _tuple,
    str: _str,
    issubclass: _issubclass,
    setattr: _setattr,
    id: _id,
    print: _print,
    eval: _dynamic,
    exec: _dynamic,
    compile: _dynamic,
}

__all__ = ["BUILTINS", "add_up", "choose", "compare", "type_of", "unary"]
