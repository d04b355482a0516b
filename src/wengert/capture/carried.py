"""What a loop carries: found by running its body until nothing new is assigned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..ir.build import Builder
from ..ir.core import Value
from ..ir.types import BOOL
from .branches import convert
from .forms import (
    MISSING,
    FHandle,
    FMaybe,
    FNode,
    FNum,
    Form,
    FSame,
    Mismatch,
    form_of,
    leaf_types,
    parts_of,
    rebuild,
    same_form,
)
from .joining import join
from .lower import Dead, Lowering
from .renaming import shown
from .slots import Heaps, Slots
from .values import AV, FALSE, Choice, Content, GrowC, Maybe, MovedC, Ref, same

_ROUNDS = 24


OUTPUTS = ("%ret", "%rv", "%brk")


@dataclass(eq=False, slots=True)
class _Round:
    """One lowering of a body: its block, and the variables at its end."""

    b: Builder
    params: list[Value]
    vars: dict[str, AV]
    heap: dict[int, Content]
    dead: bool
    first: int


class Carried:
    """What is carried round one loop, and in which forms."""

    def __init__(self, lw: Lowering, names: Iterable[str], head: frozenset[str], key: int) -> None:
        self.lw = lw
        self.before = lw.frame.vars
        self.heap = lw.heap
        self.head = head
        self.key = key
        self.names: dict[str, Form] = {n: form_of(self.before.get(n), general=True) for n in sorted(names)}
        self.objects: dict[int, Form] = {}
        self.slots = Slots(lw)
        self.start = [(n, f) for n, f in self.names.items()]
        self._recall()

    def _recall(self) -> None:
        """Start from the forms that the same loop settled on before, with the same start."""
        for start, (names, objects) in self.lw.session.loop_forms.get(self.key, ()):
            if (
                len(start) == len(self.start)
                and all(n == m and same_form(f, g) for (n, f), (m, g) in zip(start, self.start, strict=True))
                and all(key in self.heap or key in self.lw.session.originals for key in objects)
            ):
                self.names, self.objects = dict(names), dict(objects)

    def remember(self) -> None:
        plain = not self.objects and all(not isinstance(f, FSame) for f in self.names.values())
        if plain:
            memory = self.lw.session.loop_forms.setdefault(self.key, [])
            memory.append((self.start, (dict(self.names), dict(self.objects))))

    def forms(self) -> list[Form]:
        return [*self.names.values(), *self.objects.values()]

    def types(self) -> list[Any]:
        return [t for f in self.forms() for t in leaf_types(f)]

    def initial(self) -> list[Value]:
        """The values before the first trip."""
        out: list[Value] = []
        for n, f in self.names.items():
            out += convert(self.lw, self.before.get(n), f)
        for k, f in self.objects.items():
            out += convert(self.lw, self.slots.content(k, self.before, self.heap), f)
        return out

    def old(self, key: int) -> Content | None:
        return self.heap.get(key, self.lw.session.originals.get(key))

    def enter(self, leaves: Iterator[Value]) -> tuple[dict[str, AV], dict[int, Content]]:
        """Variables and objects at the start of a trip (or after the loop), from leaves."""
        variables, heap = dict(self.before), dict(self.heap)
        for n, f in self.names.items():
            av = rebuild(f, leaves)
            if av is None or n in OUTPUTS:
                variables.pop(n, None)
            if av is not None:
                variables[n] = av
        for k, f in self.objects.items():
            content = rebuild(f, leaves)
            if content is not None:
                heap[k] = content
        return variables, heap

    def params(self) -> list[Value]:
        hints = [shown(n.removeprefix("%")) for n, f in self.names.items() for _ in leaf_types(f)]
        return [Value(t, hints[k] if k < len(hints) else "") for k, t in enumerate(self.types())]

    def trip(self, body: Callable[[], None]) -> _Round:
        """Lower the body once."""
        lw = self.lw
        params = self.params()
        outer, first = lw.b, lw.next_key
        lw.b = Builder(outer.span)
        lw.frame.vars, lw.heap = self.enter(iter(params))
        for flag in ("%ret", "%rv", "%brk", "%cont"):
            lw.frame.vars.pop(flag, None)
        for n, f in self.names.items():
            if isinstance(f, FMaybe) and not f.flag:
                lw.frame.vars.pop(n, None)
        dead = False
        try:
            body()
        except Dead:
            dead = True
        finally:
            done = _Round(lw.b, params, lw.frame.vars, lw.heap, dead, first)
            lw.b, lw.frame.vars, lw.heap = outer, self.before, self.heap
        return done

    def absorb(self, done: _Round) -> bool:
        """Join the end of a trip into the forms; whether they changed."""
        if done.dead:
            return False
        changed = False
        for flag in OUTPUTS:
            if flag in done.vars and flag not in self.names:
                self.names[flag] = FNum(BOOL, True) if flag != "%rv" else MISSING
                changed = True
        before, after = Heaps(self.before, self.heap, 0), Heaps(done.vars, done.heap, done.first)
        ends: list[Any] = []
        for n, old in list(self.names.items()):
            end = done.vars.get(n)
            if n in ("%ret", "%brk"):
                continue
            start, end = self.slots.aligned(old, end, (n, ()), before, after)
            ends.append(end)
            flag = (
                n in self.head
                or end is None
                or isinstance(end, Maybe)
                or (isinstance(old, FMaybe) and old.flag)
            )
            try:
                new = self.widened(old, join(start, form_of(end), flag and n != "%rv"))
            except Mismatch as e:
                self.lw.refuse(
                    "C0111",
                    f"`{n}` is {e.args[0]} before a trip of the loop and {e.args[1]} after it",
                    hint="use one type from the start",
                )
            if not same_form(old, new):
                self.names[n], changed = new, True
        todo = self.touched(done, ends)
        while todo:
            key = todo.pop(0)
            start = self.slots.content(key, self.before, self.heap)
            old = self.objects.get(key)
            first = form_of(start, general=True) if old is None else old
            end = self.slots.content(key, done.vars, done.heap)
            try:
                form, end = self.slots.aligned(first, end, (key, ()), before, after)
                new = self.widened(first, join(form, form_of(end), False))
            except Mismatch as e:
                self.lw.want(Ref(key), "grid")
                if isinstance(end, MovedC):
                    self.lw.refuse(
                        "C0104",
                        "a list that was made before this loop becomes an item of another one in it",
                        hint="append a copy: `rows.append(row[:])`",
                    )
                self.lw.refuse(
                    "C0111",
                    f"an object is {e.args[0]} before a trip of the loop and {e.args[1]} after it",
                    hint="a list that grows in a loop holds numbers, arrays, or lists of one length",
                )
            if old is None or not same_form(old, new):
                self.objects[key], changed = new, True
            todo += sorted(self.slots.slots.keys() - self.objects.keys() - {*todo})
        self.slots.freeze(self.names, before, after)
        return changed

    def touched(self, done: _Round, ends: list[Any]) -> list[int]:
        """Objects that differ after the trip, and new ones that a carried variable refers to."""
        out = self.objects.keys() | self.slots.slots.keys()
        seen = set[int]()
        todo = ends
        while todo:
            av = todo.pop()
            if isinstance(av, Maybe):
                av = av.value
            if isinstance(av, Ref) and av.key not in seen:
                seen.add(av.key)
                if self.old(av.key) is None:
                    out.add(av.key)
                content = done.heap.get(av.key)
                todo.append(content)
                if isinstance(content, GrowC) and isinstance(content.item, FHandle):
                    todo.append(Ref(content.item.pool))
            todo.extend(av.options if isinstance(av, Choice) else parts_of(av) or ())
        for key, content in done.heap.items():
            start = self.old(key)
            if start is not None and not same(start, content):
                out.add(key)
        return sorted(out)

    def widened(self, old: Form, new: Form) -> Form:
        """A lower bound that changes from trip to trip is given up."""
        if isinstance(old, FNum) and isinstance(new, FNum) and old.low != new.low:
            return FNum(new.dtype, new.py, None, new.const, new.big)
        if isinstance(old, FMaybe) and isinstance(new, FMaybe):
            return FMaybe(self.widened(old.part, new.part), new.flag)
        if isinstance(old, FNode) and isinstance(new, FNode) and len(old.parts) == len(new.parts):
            return FNode(new.value, tuple(map(self.widened, old.parts, new.parts)))
        return new

    def close(self, done: _Round, first: Callable[[], list[Value]] | None = None) -> list[Value]:
        """What a trip yields."""
        lw = self.lw
        outer, lw.b = lw.b, done.b
        heap, lw.heap = lw.heap, done.heap
        try:
            out = first() if first is not None else []
            for n, f in self.names.items():
                av = done.vars.get(n)
                if n in ("%ret", "%brk"):
                    av = FALSE if av is None else av
                out += convert(lw, None if done.dead else av, f)
            for k, f in self.objects.items():
                out += convert(lw, None if done.dead else self.slots.content(k, done.vars, done.heap), f)
            return out
        finally:
            lw.b, lw.heap = outer, heap

    def settle(self, body: Callable[[], None]) -> _Round:
        """Lower the body until its forms are stable."""
        for _ in range(_ROUNDS):
            done = self.trip(body)
            if not self.absorb(done):
                self.remember()
                return done
        self.lw.refuse("C0111", "the types of the variables of this loop do not settle")

    def leave(self, results: Sequence[Value], ran: Value | bool) -> None:
        """Variables after the loop.  ``ran``: whether there was a trip (a name may be bound only then)."""
        lw = self.lw
        lw.frame.vars, lw.heap = self.enter(iter(results))
        if ran is True:
            return
        for n, f in self.names.items():
            if isinstance(f, FMaybe) and not f.flag and not n.startswith("%"):
                av = lw.frame.vars[n]
                if isinstance(ran, Value):
                    lw.frame.vars[n] = Maybe(ran, av)
