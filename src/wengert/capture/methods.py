"""Methods of lists, dicts and numbers; those of arrays are in `numpy_api`."""

from __future__ import annotations

from dataclasses import replace

from ..ir.types import F64
from . import mappings
from .lower import Lowering
from .values import AV, NONE, Arr, Const, DictC, GrowC, ListC, Num, Ref, SliceV, Tup


def call_method(lw: Lowering, self: AV, name: str, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """``self.name(*args, **kwargs)``."""
    if isinstance(self, Tup) and self.cls is not None:
        return _named_tuple_method(lw, self, self.cls, name, args, kwargs)
    if isinstance(self, Ref):
        content = lw.content(self)
        if name == "sort" and isinstance(content, (ListC, GrowC)):
            return _sort(lw, self, args, kwargs)
        if isinstance(content, ListC):
            return _list_method(lw, self, content, name, args)
        if isinstance(content, GrowC):
            return _grown_method(lw, self, content, name, args)
        if isinstance(content, DictC):
            return mappings.call_method(lw, self, content, name, args, kwargs)
    if isinstance(self, (Arr, Num, Const)):
        return _array_method(lw, self, name, args, kwargs)
    lw.refuse("C0105", f"`.{name}()` is not supported")


def _named_tuple_method(
    lw: Lowering, self: Tup, cls: type, name: str, args: list[AV], kwargs: dict[str, AV]
) -> AV:
    fields: tuple[str, ...] = getattr(cls, "_fields", ())
    both = dict(zip(fields, self.items, strict=True))
    if name == "_asdict":
        return lw.new_object(DictC(fields, self.items))
    if args or set(kwargs) - set(fields):
        lw.refuse("U0601", f"`{cls.__name__}._replace` takes its fields by name")
    return Tup(tuple((both | kwargs)[n] for n in fields), cls)


def _sort(lw: Lowering, self: Ref, args: list[AV], kwargs: dict[str, AV]) -> AV:
    """``list.sort``: the sorted items take the place of the old ones."""
    from .calls import call_object
    from .forms import FNum
    from .rows import columns

    made = call_object(lw, sorted, [self, *args], kwargs, None)
    assert isinstance(made, Ref)
    lw.mutable(self)
    old, new = lw.content(self), lw.content(made)
    if isinstance(old, ListC) and isinstance(new, ListC):
        lw.heap[self.key] = new
    elif isinstance(old, GrowC) and isinstance(new, GrowC) and isinstance(old.item, FNum):
        lw.effect("assign", columns(lw, old)[0].value, columns(lw, new)[0].value)
    else:
        lw.want(self, "grid")
        lw.refuse("C0105", f"`.sort()` of {lw.describe(self)} is not supported", hint="use `sorted(...)`")
    return NONE


def _array_method(lw: Lowering, self: AV, name: str, args: list[AV], kwargs: dict[str, AV]) -> AV:
    from .calls import handled
    from .numpy_api import ARRAY_METHODS
    from .numpy_api.elementwise import conjugate
    from .operands import is_python

    if isinstance(self, (Num, Const)):
        if name == "item":
            return Num(lw.number(self))
        if name in ("conjugate", "conj"):
            return conjugate(lw, self)
        if name == "squeeze" and not is_python(self):
            return self
        if name == "is_integer":
            v = lw.number(self, F64)
            return Num(lw.emit("and", lw.emit("isfinite", v), lw.emit("eq", v, lw.emit("floor", v))))
        if is_python(self):
            lw.refuse("C0105", f"`.{name}()` of a number is not supported")
    return handled(lw, f"ndarray.{name}", ARRAY_METHODS[name], [self, *args], kwargs, None)


def _list_method(lw: Lowering, self: Ref, content: ListC, name: str, args: list[AV]) -> AV:
    from .resizing import by_loop

    items = list(content.items)
    result: AV = NONE
    if name != "copy":
        lw.mutable(self)
    match name, args:
        case "append", [x]:
            items.append(x)
        case "extend", [xs]:
            more = lw.items(xs)
            if more is None:
                from .iteration import iterate

                iterate(lw, xs, frozenset(), frozenset(), -2, lambda x: append_to(lw, self, x))
                return NONE
            items += more
        case "insert", [k, x] if isinstance(k, Const):
            items.insert(lw.static(k, "the position"), x)
        case "pop", [] | [_]:
            k = lw.static(args[0], "the position") if args else -1
            if not -len(items) <= k < len(items):
                lw.fail("T0201", "IndexError", "pop from a list that is too short")
            result = items.pop(k)
        case "reverse", []:
            items.reverse()
        case "clear", []:
            items.clear()
        case "copy", []:
            return lw.new_object(content)
        case _:
            found = by_loop(lw, self, name, args)
            if found is None:
                lw.refuse("C0105", f"this form of `list.{name}` is not supported")
            return found
    lw.heap[self.key] = replace(content, items=tuple(items))
    return result


def _grown_method(lw: Lowering, self: Ref, content: GrowC, name: str, args: list[AV]) -> AV:
    from . import lists
    from .iteration import iterate
    from .resizing import by_loop
    from .rows import columns

    match name, args:
        case "append", [x]:
            lists.append(lw, self, content, x)
        case "pop", [] | [_]:
            return lists.pop(lw, self, content, args[0] if args else Const(-1))
        case "copy", []:
            return lists.sliced(lw, self, content, SliceV(NONE, NONE, NONE))
        case "reverse", []:
            turned = lists.sliced(lw, self, content, SliceV(NONE, NONE, Const(-1)))
            made = lw.content(turned)
            assert isinstance(made, GrowC)
            for into, part in zip(columns(lw, content), columns(lw, made), strict=True):
                lw.effect("assign", into.value, part.value)
        case "extend", [xs]:
            known = lw.items(xs)
            if known is None:
                iterate(lw, xs, frozenset(), frozenset(), -2, lambda x: append_to(lw, self, x))
            for x in known or ():
                append_to(lw, self, x)
        case "clear", []:
            lw.mutable(self)
            lw.heap[self.key] = replace(content, length=Num(lw.int(0), low=0), full=False)
        case _:
            found = by_loop(lw, self, name, args)
            if found is None:
                lw.refuse("C0105", f"this form of `list.{name}` is not supported for a list that grows")
            return found
    return NONE


def append_to(lw: Lowering, self: Ref, x: AV) -> None:
    """``self.append(x)``, whatever is known of the length of the list."""
    call_method(lw, self, "append", [x], {})
