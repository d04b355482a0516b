"""Dicts and sets whose keys are known: also those of ``collections``, which know what a missing key gives."""

from __future__ import annotations

import ast
import collections
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from .lower import Lowering
from .values import AV, NONE, Const, DictC, Ref, Tup

METHODS = {
    "dict": "get items keys values copy update pop setdefault popitem clear",
    "OrderedDict": "get items keys values copy update pop setdefault popitem clear move_to_end",
    "defaultdict": "get items keys values copy update pop setdefault popitem clear",
    "Counter": "get items keys values copy update pop setdefault clear most_common subtract",
    "set": "add discard remove pop clear copy update union intersection difference issubset issuperset",
}


def methods_of(content: DictC) -> list[str]:
    """The methods that are understood."""
    return METHODS[content.kind].split()


def of(lw: Lowering, pairs: Iterable[tuple[Any, AV]], kind: str = "dict", factory: Any = None) -> Ref:
    """A new dict."""
    both = dict(pairs)
    return lw.new_object(DictC(tuple(both), tuple(both.values()), kind, factory))


def changed(lw: Lowering, ref: Ref, content: DictC, both: dict[Any, AV]) -> None:
    """Let a dict hold other items."""
    lw.mutable(ref)
    lw.heap[ref.key] = replace(content, keys=tuple(both), items=tuple(both.values()))


def pairs_of(content: DictC) -> dict[Any, AV]:
    """The items by key."""
    return dict(zip(content.keys, content.items, strict=True))


def keys_of(content: DictC) -> tuple[Any, ...]:
    """The keys in the order of iteration."""
    return tuple(set(content.keys)) if content.kind == "set" else content.keys


def found(lw: Lowering, ref: Ref, content: DictC, key: Any) -> AV:
    """``d[key]``; a missing key is made where the dict does that."""
    if key in content.keys and content.kind != "set":
        return content.items[content.keys.index(key)]
    if content.kind == "Counter":
        return Const(0)
    if content.factory is None:
        lw.fail("C0105", "KeyError", f"the dict has no key {key!r}")
    from .calls import call

    made = call(lw, content.factory, [], {}, None)
    changed(lw, ref, content, pairs_of(content) | {key: made})
    return made


def deleted(lw: Lowering, ref: Ref, content: DictC, key: AV) -> None:
    """``del d[key]``."""
    both = pairs_of(content)
    known = lw.static(key, "a key of a dict")
    if known not in both:
        lw.fail("T0201", "KeyError", f"the dict has no key {known!r}")
    del both[known]
    changed(lw, ref, content, both)


def given(lw: Lowering, av: AV) -> dict[Any, AV]:
    """What a dict, or pairs, hold."""
    from .standard_api import needed

    content = lw.content(av) if isinstance(av, Ref) else None
    if isinstance(content, DictC) and content.kind != "set":
        return pairs_of(content)
    out: dict[Any, AV] = {}
    for pair in needed(lw, av, "dict"):
        items = lw.items(pair)
        if items is None or len(items) != 2:
            lw.refuse("C0101", "this form of `dict` is not supported")
        out[lw.static(items[0], "a key of a dict")] = items[1]
    return out


def members(lw: Lowering, av: AV) -> list[Any]:
    """The constants in something iterable."""
    from .standard_api import needed

    return [lw.static(x, "a member of a set") for x in needed(lw, av, "set")]


def call_method(
    lw: Lowering, self: Ref, content: DictC, name: str, args: list[AV], kwargs: dict[str, AV]
) -> AV:
    """``d.name(*args, **kwargs)``."""
    if content.kind == "set":
        return _of_set(lw, self, content, name, args)
    both = pairs_of(content)
    match name, args:
        case "get", [k] | [k, _]:
            from .keys import find, is_static

            default = args[1] if len(args) > 1 else NONE
            if not is_static(lw, k):
                return find(lw, content, k, lambda: default)
            return both.get(lw.static(k, "a key of a dict"), default)
        case "keys", []:
            return Const(content.keys)
        case "values", []:
            return Tup(content.items)
        case "items", []:
            return Tup(tuple(Tup((Const(k), v)) for k, v in both.items()))
        case "copy", []:
            return lw.new_object(content)
        case "clear", []:
            both.clear()
        case (("update" | "subtract"), [] | [_]) if content.kind == "Counter":
            _count(lw, both, args, kwargs, ast.Add if name == "update" else ast.Sub)
        case "update", [] | [_]:
            both.update(given(lw, args[0]) if args else {})
            both.update(kwargs)
        case "setdefault", [k] | [k, _]:
            key = lw.static(k, "a key of a dict")
            if key in both:
                return both[key]
            both[key] = args[1] if len(args) > 1 else NONE
            changed(lw, self, content, both)
            return both[key]
        case "pop", [k] | [k, _]:
            key = lw.static(k, "a key of a dict")
            if key not in both and len(args) < 2:
                lw.fail("T0201", "KeyError", f"the dict has no key {key!r}")
            out = both.pop(key, args[1] if len(args) > 1 else NONE)
            changed(lw, self, content, both)
            return out
        case "popitem", []:
            if not both:
                lw.fail("T0201", "KeyError", "popitem(): dictionary is empty")
            key, value = both.popitem()
            changed(lw, self, content, both)
            return Tup((Const(key), value))
        case "move_to_end", [k]:
            key = lw.static(k, "a key of a dict")
            both[key] = both.pop(key)
        case "most_common", [] | [_]:
            counts = {k: lw.static(v, "a count") for k, v in both.items()}
            n = lw.static(args[0], "how many") if args else None
            return Const(tuple(collections.Counter(counts).most_common(n)))
        case _:
            lw.refuse("C0105", f"this form of `{content.kind}.{name}` is not supported")
    changed(lw, self, content, both)
    return NONE


def _count(
    lw: Lowering, both: dict[Any, AV], args: list[AV], kwargs: dict[str, AV], op: type[ast.operator]
) -> None:
    """``Counter.update`` and ``subtract``."""
    content = lw.content(args[0]) if args and isinstance(args[0], Ref) else None
    more: dict[Any, AV] = {}
    if isinstance(content, DictC) and content.kind != "set":
        more = pairs_of(content)
    elif args:
        more = {k: Const(n) for k, n in collections.Counter(members(lw, args[0])).items()}
    from .operators import binary

    for k, v in (*more.items(), *kwargs.items()):
        both[k] = binary(lw, op, both.get(k, Const(0)), v)


def _of_set(lw: Lowering, self: Ref, content: DictC, name: str, args: list[AV]) -> AV:
    now: dict[Any, AV] = dict.fromkeys(content.keys, NONE)
    match name, args:
        case "add", [x]:
            now[lw.static(x, "a member of a set")] = NONE
        case (("discard" | "remove"), [x]):
            key = lw.static(x, "a member of a set")
            if key not in now and name == "remove":
                lw.fail("T0201", "KeyError", f"the set has no member {key!r}")
            now.pop(key, None)
        case "clear", []:
            now.clear()
        case "update", _:
            for x in args:
                now.update(dict.fromkeys(members(lw, x), NONE))
        case "copy", []:
            return lw.new_object(content)
        case (("issubset" | "issuperset"), [x]):
            return Const(getattr(set(now), name)(members(lw, x)))
        case (("union" | "intersection" | "difference"), _):
            made = getattr(set(now), name)(*(members(lw, x) for x in args))
            return of(lw, ((k, NONE) for k in made), "set")
        case _:
            lw.refuse("C0105", f"this form of `set.{name}` is not supported")
    changed(lw, self, content, now)
    return NONE


_SET_OPERATORS: dict[type[ast.operator], str] = {
    ast.BitOr: "union",
    ast.BitAnd: "intersection",
    ast.Sub: "difference",
}


def combined(lw: Lowering, op: type[ast.operator], a: AV, b: AV) -> AV | None:
    """``a | b`` of dicts and of sets, and what else there is of sets; None for other values."""
    x, y = (lw.content(v) if isinstance(v, Ref) else None for v in (a, b))
    if not isinstance(x, DictC) or not isinstance(y, DictC):
        return None
    if x.kind == y.kind == "set":
        name = _SET_OPERATORS.get(op)
        return None if name is None else _of_set(lw, Ref(0), x, name, [b])
    if op is ast.BitOr and "set" not in (x.kind, y.kind):
        return of(lw, (pairs_of(x) | pairs_of(y)).items(), x.kind, x.factory)
    return None


def combine_in_place(lw: Lowering, op: type[ast.operator], a: AV, b: AV) -> AV | None:
    """``a |= b`` and the like: the same object holds the result."""
    made = combined(lw, op, a, b)
    if made is None or not isinstance(a, Ref) or not isinstance(made, Ref):
        return None
    lw.mutable(a)
    lw.heap[a.key] = lw.content(made)
    return a


def _dict(lw: Lowering, x: AV | None = None, /, **kwargs: AV) -> AV:
    return of(lw, ((given(lw, x) if x is not None else {}) | kwargs).items())


def _ordered(lw: Lowering, x: AV | None = None, /, **kwargs: AV) -> AV:
    return of(lw, ((given(lw, x) if x is not None else {}) | kwargs).items(), "OrderedDict")


def _defaultdict(lw: Lowering, factory: AV = NONE, x: AV | None = None, /, **kwargs: AV) -> AV:
    start = (given(lw, x) if x is not None else {}) | kwargs
    none = isinstance(factory, Const) and factory.value is None
    return of(lw, start.items(), "defaultdict", None if none else factory)


def _counter(lw: Lowering, x: AV | None = None, /, **kwargs: AV) -> AV:
    both: dict[Any, AV] = {}
    _count(lw, both, [] if x is None else [x], kwargs, ast.Add)
    return of(lw, both.items(), "Counter")


def _fromkeys(lw: Lowering, keys: AV, value: AV = NONE, /) -> AV:
    return of(lw, ((k, value) for k in members(lw, keys)))


def _set(lw: Lowering, x: AV | None = None, /) -> AV:
    return of(lw, ((k, NONE) for k in ([] if x is None else members(lw, x))), "set")


MAPPINGS: dict[Any, Callable[..., AV]] = {
    dict: _dict,
    dict.fromkeys: _fromkeys,
    set: _set,
    collections.OrderedDict: _ordered,
    collections.defaultdict: _defaultdict,
    collections.Counter: _counter,
}
