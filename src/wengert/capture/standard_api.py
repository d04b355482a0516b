"""``operator``, ``functools``, ``dataclasses``: of sequences of known length at once, of others in loops."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import functools
import heapq
import itertools
import types
from collections.abc import Callable
from typing import Any

from .composites import iterators, queues, sequences, standard
from .composites.order import sorted_list
from .local_classes import decorated, field, named
from .lower import Lowering
from .numpy_api.composite import composite
from .operands import is_number
from .values import AV, NONE, Const, ListC, RangeV, Tup

Handler = Callable[..., AV]


def run_once(lw: Lowering, x: AV) -> AV:
    """An iterable that can be read more than once."""
    from .generators import listed

    return listed(lw, x)


def known_items(lw: Lowering, x: AV) -> tuple[AV, ...] | None:
    """The items of an iterable, if there is a number of them that is known."""
    from .iteration import as_sequence

    if isinstance(x, RangeV) and all(isinstance(b, Const) for b in (x.lo, x.hi, x.step)):
        x = Const(range(*(lw.static(b, "a bound") for b in (x.lo, x.hi, x.step))))
    items = lw.items(x)
    return as_sequence(lw, x) if items is None else items


def needed(lw: Lowering, x: AV, name: str) -> tuple[AV, ...]:
    items = known_items(lw, run_once(lw, x))
    if items is None:
        lw.refuse("C0104", f"`{name}` of {lw.describe(x)} is not supported", hint="write the loop")
    return items


def _apply(lw: Lowering, f: AV, *args: AV) -> AV:
    from .calls import call

    return call(lw, f, list(args), {}, None)


def _composed(lw: Lowering, f: Callable[..., Any], *args: AV) -> AV:
    from .calls import call_prelude_of

    return call_prelude_of(lw, f, *args)


def _reduce(lw: Lowering, function: AV, iterable: AV, initial: AV | None = None, /) -> AV:
    iterable = run_once(lw, iterable)
    items = known_items(lw, iterable)
    if items is None:
        if initial is None:
            return _composed(lw, standard.reduce_rows, function, iterable)
        return _composed(lw, standard.reduce_from, function, iterable, initial)
    if initial is not None:
        items = (initial, *items)
    if not items:
        lw.fail("C0104", "TypeError", "reduce() of empty iterable with no initial value")
    total = items[0]
    for x in items[1:]:
        total = _apply(lw, function, total, x)
    return total


def _accumulate(lw: Lowering, iterable: AV, func: AV = NONE, *, initial: AV = NONE) -> AV:
    if isinstance(func, Const) and func.value is None:
        func = Const(standard.add)
    iterable = run_once(lw, iterable)
    items = known_items(lw, iterable)
    if items is None:
        if not (isinstance(initial, Const) and initial.value is None):
            return _composed(lw, iterators.accumulated, func, iterable, initial)
        return _composed(lw, standard.accumulated, func, iterable)
    if not (isinstance(initial, Const) and initial.value is None):
        items = (initial, *items)
    out = list(items[:1])
    for x in items[1:]:
        out.append(_apply(lw, func, out[-1], x))
    return Tup(tuple(out))


def _replaced(lw: Lowering, obj: AV, /, **changes: AV) -> AV:
    """``dataclasses.replace``."""
    from .calls import call_object
    from .values import ObjC, Ref, Struct

    content = lw.content(obj) if isinstance(obj, Ref) else obj
    if not isinstance(content, (Struct, ObjC)) or not dataclasses.is_dataclass(content.cls):
        lw.refuse("C0104", f"`dataclasses.replace` takes an instance of a dataclass, not {lw.describe(obj)}")
    names = content.names if isinstance(content, Struct) else content.keys
    both = dict(zip(names, content.items, strict=True))
    own = {f.name: both[f.name] for f in dataclasses.fields(content.cls) if f.init and f.name in both}
    return call_object(lw, content.cls, [], own | changes, None)


def _as_dict(lw: Lowering, obj: AV, /) -> AV:
    """``dataclasses.asdict``."""
    return _taken_apart(lw, obj, True)


def _as_tuple(lw: Lowering, obj: AV, /) -> AV:
    """``dataclasses.astuple``."""
    return _taken_apart(lw, obj, False)


def _taken_apart(lw: Lowering, av: AV, named: bool) -> AV:
    """A dataclass, with what is in it, as dicts or as tuples."""
    from .mappings import of, pairs_of
    from .values import Arr, DictC, ObjC, Ref, Struct

    content = lw.content(av) if isinstance(av, Ref) else av
    if isinstance(content, (Struct, ObjC)) and dataclasses.is_dataclass(content.cls):
        from .attributes import attribute

        names = [f.name for f in dataclasses.fields(content.cls)]
        parts = [_taken_apart(lw, attribute(lw, av, n), named) for n in names]
        return of(lw, zip(names, parts, strict=True)) if named else Tup(tuple(parts))
    if isinstance(content, ListC):
        return lw.new_object(ListC(tuple(_taken_apart(lw, x, named) for x in content.items)))
    if isinstance(content, Tup):
        return Tup(tuple(_taken_apart(lw, x, named) for x in content.items), content.cls)
    if isinstance(content, DictC):
        pairs = ((k, _taken_apart(lw, x, named)) for k, x in pairs_of(content).items())
        return of(lw, pairs, content.kind, content.factory)
    if isinstance(content, Arr):
        return Arr(lw.emit("copy", content.value))
    if isinstance(av, Ref):
        lw.refuse("C0104", f"a dataclass with {lw.describe(av)} in it is not taken apart")
    return av


def _context_manager(lw: Lowering, func: AV, /) -> AV:
    """``contextlib.contextmanager``: a ``with`` runs the generator."""
    return func


def _namespace(lw: Lowering, **values: AV) -> AV:
    """``types.SimpleNamespace``."""
    from .values import ObjC

    return lw.new_object(ObjC(types.SimpleNamespace, tuple(values), tuple(values.values())))


def _wraps(lw: Lowering, wrapped: AV, assigned: AV = NONE, updated: AV = NONE) -> AV:
    return Const(standard.same)


def _sorted(lw: Lowering, x: AV, /, *, key: AV = NONE, reverse: AV = Const(False)) -> AV:  # noqa: B008
    x = run_once(lw, x)
    items = None if isinstance(x, RangeV) else lw.items(x)
    if items is not None:
        plain = isinstance(key, Const) and key.value is None
        keys = [_leading(lw, i) if plain else _apply(lw, key, i) for i in items]
        if all(isinstance(k, Const) for k in keys):
            values = [lw.static(k, "a key") for k in keys]
            if plain and len(set(values)) < len(values) and not all(isinstance(i, Const) for i in items):
                lw.refuse("C0104", "sorting tuples that begin alike is not supported", hint="pass a `key`")
            order = sorted(range(len(keys)), key=values.__getitem__, reverse=lw.static(reverse, "`reverse`"))
            return lw.new_object(ListC(tuple(items[k] for k in order)))
        if not plain and not all(map(is_number, items)) and all(map(is_number, keys)):
            return _in_order(lw, items, keys, bool(lw.static(reverse, "`reverse`")))
    return composite(sorted_list)(lw, x, key, reverse)  # pyright: ignore[reportArgumentType]


def _in_order(lw: Lowering, items: tuple[AV, ...], keys: list[AV], reverse: bool) -> AV:
    """Objects in the order of numbers of the run: each place has one of them."""
    from .indexing import subscript

    found = lw.new_object(ListC(tuple(keys)))
    order = _composed(lw, sequences.backwards if reverse else sequences.forwards, found)
    return lw.new_object(
        ListC(tuple(subscript(lw, Tup(items), subscript(lw, order, Const(k))) for k in range(len(items))))
    )


def _leading(lw: Lowering, item: AV) -> AV:
    """What decides the order of tuples, if the first entries differ."""
    parts = lw.items(item) if isinstance(item, Tup) else None
    return parts[0] if parts else item


for _handler in (_reduce, _accumulate, _sorted):
    _handler.lazy = True  # pyright: ignore[reportFunctionMemberAccess]

STANDARD: dict[Any, Handler] = {
    **{f: composite(g) for f, g in standard.OPERATORS.items()},  # pyright: ignore[reportArgumentType]
    sorted: _sorted,
    functools.reduce: _reduce,
    functools.partial: composite(standard.partial),
    functools.wraps: _wraps,
    itertools.accumulate: _accumulate,
    dataclasses.replace: _replaced,
    dataclasses.field: field,
    dataclasses.asdict: _as_dict,
    dataclasses.astuple: _as_tuple,
    types.SimpleNamespace: _namespace,
    contextlib.contextmanager: _context_manager,
    dataclasses.dataclass: decorated,
    collections.namedtuple: named,
    **{f: composite(g) for f, g in sequences.FUNCTIONS.items()},  # pyright: ignore[reportArgumentType]
    collections.deque: composite(queues.deque),  # pyright: ignore[reportArgumentType]
    heapq.heappush: composite(queues.heappush),  # pyright: ignore[reportArgumentType]
    heapq.heappop: composite(queues.heappop),  # pyright: ignore[reportArgumentType]
    heapq.heapify: composite(queues.heapify),  # pyright: ignore[reportArgumentType]
}
