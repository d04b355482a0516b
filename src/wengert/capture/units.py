"""Functions of the module that are not the entry: recursive callees, and what `derive` refers to.

Each is specialised on the forms of its arguments.  Values of enclosing functions that it reads are passed
as more arguments.  The first visit of a recursive call has no result (`Dead`), so the branch around it dies
and the others give the type; this is repeated until nothing changes.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..ir.core import Block, Func, Value
from ..ir.types import Type
from .branches import convert
from .forms import (
    FNode,
    FNum,
    Form,
    FSame,
    Mismatch,
    form_of,
    kind_of,
    leaf_types,
    parts_of,
    rebuild,
    same_form,
    with_parts,
)
from .frames import Frame
from .joining import join
from .lower import Dead, Lowering
from .values import (
    AV,
    NONE,
    Choice,
    Const,
    Content,
    DictC,
    GenC,
    GrowC,
    ListC,
    Maybe,
    Num,
    ObjC,
    Ref,
    SliceV,
    Tup,
    Unknown,
    same,
)

if TYPE_CHECKING:
    from .inlining import Target

_ROUNDS = 12


class Unit:
    """A function under construction.  ``outer`` is the lowering that asked for it; the entry has none."""

    def __init__(self, name: str, outer: Lowering | None = None) -> None:
        self.name = name
        self.outer = outer
        self.params: list[Value] = []
        self.imports: dict[Any, tuple[Form, Any]] = {}

    def import_hidden(self, key: tuple[Any, ...], av: AV) -> AV:
        """A hidden input, passed on to this function."""
        if self.outer is None:
            return av
        passed = self._import(("hidden", key), av)
        return replace(passed, known=av.known) if isinstance(av, Num) else passed

    def import_var(self, frame: Frame, name: str, av: AV) -> AV:
        """A variable of an enclosing function, passed on to this one."""
        return self._import(("var", frame, name), av)

    def import_content(self, key: int, original: Content | None) -> Content:
        """What an object from outside holds."""
        if self.outer is None:
            assert original is not None
            return original
        content = original if original is not None else self.outer.content(Ref(key))
        return self._import(("heap", key), content)

    def _import(self, key: Any, av: Any) -> Any:
        found = self.imports.get(key)
        if found is None:
            form = form_of(av)
            params = [Value(t, _hint(key)) for t in leaf_types(form)]
            self.params += params
            found = self.imports[key] = form, rebuild(form, iter(params))
        return found[1]


def _hint(key: Any) -> str:
    return key[2] if key[0] == "var" else ""


@dataclass(eq=False, slots=True)
class Special:
    """A function of the module for some argument forms; ``result`` is ``None`` while nothing is known.

    ``state``: ``new``, ``building``, ``done``, or ``stale`` when it was built with what was known of another
    one that was not done.
    """

    name: str
    forms: tuple[Form, ...]
    result: Form | None = None
    imports: list[tuple[Any, Form]] = field(default_factory=list[tuple[Any, Form]])
    state: str = "new"


def flat(lw: Lowering, av: Any) -> Any:
    """A value with its lists, dicts and instances written out in place."""
    if isinstance(av, Ref):
        return flat(lw, lw.content(av))
    if isinstance(av, Maybe):
        av = av.value
    if isinstance(av, Choice):
        return Choice(av.index, tuple(flat(lw, o) for o in av.options))
    parts = None if isinstance(av, Const) else parts_of(av)
    return av if parts is None else with_parts(av, tuple(flat(lw, p) for p in parts))


def trimmed(lw: Lowering, av: Any) -> Any:
    """A result whose lists have no room left to grow in: the caller sees their items only."""
    content = lw.content(av) if isinstance(av, Ref) else None
    if isinstance(content, GrowC) and not content.full and isinstance(content.item, (FNum, FNode)):
        from .lists import sliced

        return sliced(lw, av, content, SliceV(NONE, NONE, NONE))
    if isinstance(av, Tup):
        return replace(av, items=tuple(trimmed(lw, x) for x in av.items))
    if isinstance(content, ListC):
        return lw.new_object(ListC(tuple(trimmed(lw, x) for x in content.items)))
    return av


def unflat(lw: Lowering, av: Any) -> Any:
    """The inverse of `flat`: objects of their own again."""
    if isinstance(av, Choice):
        return Choice(av.index, tuple(unflat(lw, o) for o in av.options))
    parts = None if isinstance(av, Const) else parts_of(av)
    if parts is None:
        return av
    av = with_parts(av, tuple(unflat(lw, p) for p in parts))
    return lw.new_object(av) if isinstance(av, (ListC, GrowC, DictC, ObjC, GenC)) else av


def _argument_form(form: Form) -> Form:
    """Facts that would only multiply specialisations are dropped."""
    if isinstance(form, FNum):
        return FNum(form.dtype, form.py)
    if isinstance(form, FNode):
        return FNode(form.value, tuple(map(_argument_form, form.parts)))
    return form


def argument_forms(lw: Lowering, args: Sequence[AV]) -> tuple[tuple[Form, ...], list[Any]]:
    """The forms to specialise on, and the arguments written out."""
    flats = [flat(lw, a) for a in args]
    return tuple(
        FSame(a)
        if isinstance(a, Const) and isinstance(a.value, bool)
        else _argument_form(form_of(a, general=True))
        for a in flats
    ), flats


def under_way(lw: Lowering, key: Any, forms: tuple[Form, ...]) -> Special | None:
    """The function for these forms, if its body is being lowered right now."""
    for special in lw.session.specials.get(key, ()):
        if len(special.forms) == len(forms) and all(map(same_form, special.forms, forms)):
            return special if special in lw.session.building else None
    return None


def special_for(
    lw: Lowering,
    key: Any,
    label: str,
    forms: tuple[Form, ...],
    lower: Callable[[Lowering, list[AV]], AV],
) -> Special:
    """The function for these forms, lowered when it is new.  ``key`` and the forms tell all of one module
    apart.
    """
    session = lw.session
    known = session.specials.setdefault(key, [])
    for special in known:
        if len(special.forms) == len(forms) and all(map(same_form, special.forms, forms)):
            if any(special is b for b in session.building):  # stale or not: it is on its way
                for inner in session.building[session.building.index(special) + 1 :]:
                    inner.state = "stale"
            elif special.state == "stale":
                _build(lw, special, lower)
            return special
    name = label if label.isidentifier() else "anonymous"
    taken = {s.name for group in session.specials.values() for s in group} | {session.entry}
    k = 1
    unique = name
    while unique in taken:
        k += 1
        unique = f"{name}_{k}"
    special = Special(unique, forms)
    known.append(special)
    _build(lw, special, lower)
    return special


def _build(lw: Lowering, special: Special, lower: Callable[[Lowering, list[AV]], AV]) -> None:
    """Lower the function until its result settles."""
    session = lw.session
    special.state = "building"
    session.building.append(special)
    try:
        for _ in range(_ROUNDS):
            if not _round(lw, special, lower):
                break
        else:
            lw.refuse("C0111", f"the types of `{special.name}` do not settle")
    finally:
        session.building.pop()
    if special.state == "building":
        special.state = "done"


def _round(lw: Lowering, special: Special, lower: Callable[[Lowering, list[AV]], AV]) -> bool:
    """Lower the body once; whether another round is needed."""
    unit = Unit(special.name, lw)
    inner = Lowering(lw.session, unit)
    inner.b.span = lw.b.span
    inner.next_key = lw.next_key + 1000
    args: list[AV] = []
    for form in special.forms:
        params = [Value(t) for t in leaf_types(form)]
        unit.params += params
        args.append(unflat(inner, rebuild(form, iter(params))))
    given = dict(inner.heap)
    result: Any = None
    with contextlib.suppress(Dead):
        result = flat(inner, trimmed(inner, lower(inner, args)))
    if any(not same(content, inner.heap[key]) for key, content in given.items()):
        lw.refuse("C0104", f"`{special.name}` changes a list or an instance that is passed to it")
    _refuse_changes(lw, inner, special.name)
    old = special.result
    new = old
    if result is not None:
        try:
            new = form_of(result) if old is None else join(old, form_of(result))
        except Mismatch as e:
            lw.refuse("C0111", f"`{special.name}` returns {e.args[0]} or {e.args[1]}")
    imports = [(key, form) for key, (form, _) in unit.imports.items()]
    settled = (
        (old is None) == (new is None)
        and (old is None or new is None or same_form(old, new))
        and len(imports) == len(special.imports)
        and all(k == l and same_form(f, g) for (k, f), (l, g) in zip(imports, special.imports, strict=True))
    )
    special.result, special.imports = new, imports
    yields = _laid_out(inner, convert(inner, result, new), leaf_types(new)) if new is not None else []
    lw.session.funcs[special.name] = Func(
        special.name, Block(tuple(unit.params), tuple(inner.b.ops), tuple(yields)), (), lw.b.span
    )
    return not settled


def _laid_out(lw: Lowering, values: Sequence[Value], types: Sequence[Type]) -> list[Value]:
    """The leaves of a result as callers take them: the buffers of lists are contiguous."""
    return [v if v.type == t else lw.emit("copy", v) for v, t in zip(values, types, strict=True)]


def _refuse_changes(lw: Lowering, inner: Lowering, name: str) -> None:
    """A function that is called out of line may not change what the ones around it hold."""
    for key, content in inner.heap.items():
        known = inner.unit.imports.get(("heap", key))
        if key < lw.next_key and (known is None or not same(known[1], content)):
            lw.refuse(
                "C0104",
                f"`{name}` calls itself, and changes a list, a dict or an instance of the function around it",
                hint="return what is new, or change an array",
            )


def operands(lw: Lowering, special: Special, flats: Sequence[Any]) -> list[Value]:
    """What a call passes: the leaves of the arguments, then the values from outside."""
    out = [v for a, f in zip(flats, special.forms, strict=True) for v in convert(lw, a, f)]
    for key, form in special.imports:
        av = _resolve(lw, key)
        if isinstance(form, FNode) and kind_of(form.value) != kind_of(av):
            lw.refuse("C0104", f"`{special.name}` calls itself, and reads a list whose length changes")
        out += convert(lw, av, form)
    return out


def _resolve(lw: Lowering, key: Any) -> Any:
    match key:
        case ("hidden", place):
            return lw.unit.import_hidden(place, lw.session.lifted[place])
        case ("var", frame, name):
            av = frame.vars.get(name)
            return lw.unit.import_var(frame, name, av) if frame.unit is not lw.unit else av
        case _:
            return lw.content(Ref(key[1]))


def call_special(
    lw: Lowering,
    target: Target,
    args: Sequence[AV],
    lower: Callable[[Lowering, list[AV]], AV],
    node: ast.AST | None,
) -> AV:
    """A `call` to the function for these arguments."""
    forms, flats = argument_forms(lw, args)
    special = special_for(lw, target.instance, target.source.name, forms, lower)
    values = operands(lw, special, flats)
    if node is not None:
        lw.at(node)
    types = [] if special.result is None else leaf_types(special.result)
    results = lw.b.emit("call", values, {"func": special.name}, types=types)
    if special.result is None:
        raise Dead  # so far as is known it raises, or never ends
    return unflat(lw, rebuild(special.result, iter(results)))


__all__ = [
    "NONE",
    "Special",
    "Unit",
    "Unknown",
    "argument_forms",
    "call_special",
    "operands",
    "special_for",
    "under_way",
]
