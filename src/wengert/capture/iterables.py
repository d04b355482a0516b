"""What ``iter`` gives: generators and other iterators, which can be consumed once only."""

from __future__ import annotations

from .attributes import class_method, special
from .composites import iterators
from .generators import generator, settled
from .inlining import target_of_closure, target_of_function
from .lower import Lowering
from .stepping import stepping
from .values import AV, Closure, Const, GenC, GenV, Iter, Method, ObjC, Ref, Struct


def consumes(lw: Lowering, av: AV) -> bool:
    """Whether iterating over a value may change something."""
    if isinstance(av, Iter):
        return any(consumes(lw, p) for p in av.parts)
    if isinstance(av, GenV) or generator(lw, av) is not None:
        return True
    return isinstance(av, (Ref, Struct)) and class_method(lw, av, "__iter__") is not None


def iterator_of(lw: Lowering, av: AV) -> AV:
    """``iter(av)`` of what is consumed: a generator, or something to be counted; other values as they are."""
    from .calls import call_prelude_of, call_python

    if isinstance(av, GenV):
        return settled(lw, av)
    if isinstance(av, Ref) and isinstance(content := lw.content(av), ObjC):
        if content.cls is iterators.Position:
            return call_prelude_of(lw, iterators.remaining, av)
        following = class_method(lw, av, "__next__")
        if isinstance(following, Method) and _is_own(lw, av):
            f = following.func
            body = stepping(target_of_closure(f) if isinstance(f, Closure) else target_of_function(f))
            if body is None:
                return call_prelude_of(lw, iterators.iterated, av)
            return call_python(lw, body, [av], {}, None)
    if isinstance(av, (Ref, Struct)) and (own := special(lw, av, "__iter__")) is not None:
        return iterator_of(lw, own)
    if isinstance(av, Iter):
        once = _iterators(lw, av)
        if len(set(once)) < len(once):
            lw.refuse("C0110", "one iterator stands twice in a `zip`", hint="zip slices of a list")
        parts = tuple(iterator_of(lw, p) for p in av.parts)
        if any(generator(lw, p) is not None for p in parts):
            return _of_generators(lw, av, parts)
        return Iter(av.kind, parts, av.start)
    return av


def _is_own(lw: Lowering, av: Ref) -> bool:
    """Whether ``iter(av)`` is ``av``."""
    own = special(lw, av, "__iter__")
    return own is None or (isinstance(own, Ref) and own.key == av.key)


def _iterators(lw: Lowering, av: AV) -> list[int]:
    """The keys of the iterators that are consumed with a value."""
    if isinstance(av, Iter):
        return [k for p in av.parts for k in _iterators(lw, p)]
    content = lw.content(av) if isinstance(av, Ref) else None
    if isinstance(content, GenC):
        assert isinstance(av, Ref)
        return [av.key, *(k for x in content.items for k in _iterators(lw, x))]
    if isinstance(content, ObjC) and class_method(lw, av, "__next__") is not None:
        assert isinstance(av, Ref)
        return [av.key]
    return []


def _of_generators(lw: Lowering, av: Iter, parts: tuple[AV, ...]) -> AV:
    """``enumerate``, ``map`` or ``zip`` of what has a generator among it, as a generator."""
    from .calls import call_prelude_of

    match av.kind:
        case "enumerate":
            return call_prelude_of(lw, iterators.enumerated, parts[0], av.start or Const(0))
        case "map" if av.start is not None:
            f = iterators.mapped if len(parts) == 1 else iterators.starred
            rows = parts[0] if len(parts) == 1 else _of_generators(lw, Iter("zip", parts), parts)
            return call_prelude_of(lw, f, av.start, rows)
        case "zip":
            which = [k for k, p in enumerate(parts) if generator(lw, p) is not None]
            others = [p for p in parts if generator(lw, p) is None]
            if len(which) > 1:
                text = "`zip` of more than one generator is not supported"
                lw.refuse("C0110", text, hint="make lists of the others: `zip(a, list(b))`")
            if not others:
                return call_prelude_of(lw, iterators.alone, parts[0])
            f = iterators.zipped_first if which[0] == 0 else iterators.zipped
            return call_prelude_of(lw, f, Const(which[0]), parts[which[0]], Iter("zip", tuple(others)))
        case _:
            lw.fail("C0101", "TypeError", "a generator is not reversible")
