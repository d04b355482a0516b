"""Objects that a loop makes anew: a variable, or an attribute, refers to another one in each trip.

Such a place is a *slot*, with an object of its own that holds at the start of a trip what the object
there held at the end of the last one.  That is exact as long as nobody else can tell the two apart; where
the object has another name, it is frozen: to change it later is refused (`Lowering.mutable`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeAlias

from .forms import FMaybe, FMissing, FNode, Form, FSame, Mismatch, form_of, kind_of, parts_of, with_parts
from .held import floats, like, raw, wants
from .joining import join
from .lower import Lowering
from .values import Choice, Content, GrowC, Held, ListC, Maybe, MovedC, Ref, Row

Slot: TypeAlias = "tuple[str | int, tuple[int, ...]]"


class Slots:
    """The slots of one loop: a key for each, by which its object is found in the heap."""

    def __init__(self, lw: Lowering) -> None:
        self.lw = lw
        self.keys: dict[Slot, int] = {}
        self.slots: dict[int, Slot] = {}

    def key(self, slot: Slot) -> int:
        """The key of a slot, made when it is asked for first."""
        found = self.keys.get(slot)
        if found is None:
            found = self.lw.next_key
            self.lw.next_key += 1
            self.keys[slot], self.slots[found] = found, slot
        return found

    def ref(self, key: int, variables: Mapping[str, Any], heap: Mapping[int, Content]) -> Any:
        """What stands in a slot."""
        root, path = self.slots[key]
        av: Any = variables.get(root) if isinstance(root, str) else self.content(root, variables, heap)
        for k in path:
            av = av.value if isinstance(av, Maybe) else av
            parts = parts_of(av)
            if parts is None or k >= len(parts):
                return None
            av = parts[k]
        return av.value if isinstance(av, Maybe) else av

    def content(self, key: int, variables: Mapping[str, Any], heap: Mapping[int, Content]) -> Content | None:
        """What an object holds; that of a slot is what stands there."""
        if key not in self.slots:
            return raw(self.lw, heap, key)
        av = self.ref(key, variables, heap)
        return raw(self.lw, heap, av.key) if isinstance(av, Ref) and not isinstance(av, Row) else None

    def aligned(self, form: Form, av: Any, slot: Slot, old: Heaps, new: Heaps) -> tuple[Form, Any]:
        """A form before a trip and a value after it, with the slot in the place of different objects."""
        if isinstance(av, Choice):
            for option in av.options:
                if isinstance(option, Ref) and isinstance(raw(self.lw, new.heap, option.key), ListC):
                    self.lw.want(option, "grid")
        if isinstance(av, Maybe):
            form, value = self.aligned(form, av.value, slot, old, new)
            return form, Maybe(av.defined, value)
        if isinstance(form, FMaybe):
            part, av = self.aligned(form.part, av, slot, old, new)
            return FMaybe(part, form.flag), av
        if isinstance(av, Ref) and not (isinstance(av, Row) and isinstance(form, FNode)):
            return self._object(form, av, slot, old, new)
        parts = None if av is None else parts_of(av)
        if isinstance(form, FNode) and parts is not None and kind_of(form.value) == kind_of(av):
            root, path = slot
            pairs = [
                self.aligned(f, p, (root, (*path, k)), old, new)
                for k, (f, p) in enumerate(zip(form.parts, parts, strict=True))
            ]
            return FNode(form.value, tuple(f for f, _ in pairs)), with_parts(av, tuple(p for _, p in pairs))
        if parts is not None and isinstance(form, FMissing):
            root, path = slot
            if not isinstance(av, (Ref, Choice)):
                made = [self.aligned(form, p, (root, (*path, k)), old, new)[1] for k, p in enumerate(parts)]
                return form, with_parts(av, tuple(made))
        return form, av

    def _object(self, form: Form, av: Ref, slot: Slot, old: Heaps, new: Heaps) -> tuple[Form, Any]:
        lw = self.lw
        moved = raw(lw, new.heap, av.key)
        if isinstance(moved, MovedC) and not isinstance(av, Row):
            av = Row(moved.key, moved.at)
        if isinstance(form, FNode) and kind_of(form.value) == kind_of(av):
            return form, av
        before = form.value if isinstance(form, FSame) else None
        if isinstance(before, Ref) and before.key == av.key and type(before) is type(av):
            return form, av
        if isinstance(form, FNode) and isinstance(form.value, (Held, Row)):
            before = form.value
        if isinstance(before, Ref):
            one, other = like(lw, old.heap, before), like(lw, new.heap, av)
            if one is not None and other is not None:
                first = form if isinstance(before, Held) else form_of(one)
                try:
                    join(first, form_of(other))
                except Mismatch:
                    floats(lw, {**old.heap, **new.heap}, (before, av))
                    return form, av
                return first, other
            differ = one is not None or other is not None or _lengths(lw, old.heap, before, new.heap, av)
            if differ and before.key not in self.slots:
                wants(lw, {**old.heap, **new.heap}, before, av)
        if not isinstance(form, (FSame, FMissing)) or isinstance(av, (Row, Held)):
            return form, av
        if isinstance(before, Ref) and before.key in self.slots and self.slots[before.key] != slot:
            return form, av
        start = raw(lw, old.heap, before.key) if isinstance(before, Ref) else None
        end = raw(lw, new.heap, av.key)
        other_kind = start is None or kind_of(start) != kind_of(end)
        if isinstance(before, Ref) and other_kind and before.key not in self.slots:
            return form, av
        if isinstance(form, FSame) and not isinstance(before, Ref):
            return form, av
        if before is None and not new.made(av.key):
            return form, av
        slotted = Ref(self.key(slot))
        return (form if isinstance(form, FMissing) else FSame(slotted)), slotted

    def freeze(self, names: Mapping[str, Form], before: Heaps, after: Heaps) -> None:
        """Objects of slots that have another name may not change any more."""
        lw = self.lw
        if not self.slots:
            return
        live = {
            n: av
            for n, av in after.variables.items()
            if n in names or n.startswith("%") or av is before.variables.get(n)
        }
        counts = names_of(lw, before.variables, before.heap), names_of(lw, live, after.heap)
        for key in self.slots:
            for at, count in zip((before, after), counts, strict=True):
                av = self.ref(key, at.variables, at.heap)
                if isinstance(av, Ref) and (av.key < 0 or count[av.key] > 1):
                    freeze(lw, av, Ref(key))


def _lengths(lw: Lowering, old: Mapping[int, Content], a: Ref, new: Mapping[int, Content], b: Ref) -> bool:
    """Whether two lists have different lengths."""
    x, y = raw(lw, old, a.key), raw(lw, new, b.key)
    return isinstance(x, ListC) and isinstance(y, ListC) and len(x.items) != len(y.items)


class Heaps:
    """The variables and the objects at one point; ``first`` is the first key that is new there."""

    def __init__(self, variables: Mapping[str, Any], heap: Mapping[int, Content], first: int) -> None:
        self.variables, self.heap, self.first = variables, heap, first

    def made(self, key: int) -> bool:
        """Whether an object is new."""
        return key >= self.first


def names_of(lw: Lowering, variables: Mapping[str, Any], heap: Mapping[int, Content]) -> Counter[int]:
    """How many variables, items and attributes refer to each object; what is in an object with two names has
    two as well.
    """
    count: Counter[int] = Counter()
    inside: dict[int, list[int]] = {}
    todo: list[tuple[Any, int]] = [(av, 0) for av in variables.values()]
    for frame in {f.root for f in lw.stack} - {lw.frame.root}:
        todo += [(av, 0) for av in frame.vars.values()]
    while todo:
        av, owner = todo.pop()
        if isinstance(av, Maybe):
            av = av.value
        if isinstance(av, Choice):
            todo += [(o, owner) for o in av.options]
            continue
        if isinstance(av, Ref) and not isinstance(av, (Row, Held)):
            count[av.key] += 1
            inside.setdefault(owner, []).append(av.key)
            content = raw(lw, heap, av.key) if count[av.key] == 1 else None
            if content is not None and not isinstance(content, GrowC):
                todo += [(p, av.key) for p in parts_of(content) or ()]
            continue
        todo += [(p, owner) for p in parts_of(av) or ()] if av is not None else []
    shared = [key for key, n in count.items() if n > 1]
    for key in shared:
        for part in inside.get(key, ()):
            if count[part] < 2:
                count[part] = 2
                shared.append(part)
    return count


def freeze(lw: Lowering, *refs: Ref) -> None:
    """These are one object for the user: none may change any more."""
    for ref in refs:
        lw.session.frozen[ref.key] = refs[0]
