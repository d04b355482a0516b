"""What a ``for`` runs over: ranges, arrays, and ``enumerate``, ``zip`` and ``reversed`` of these are counted;
tuples, lists and dicts are unrolled."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..ir.core import Value
from .branches import arm, join_arms
from .forms import FMissing
from .generators import generator, listed, run
from .indexing import subscript
from .iterables import consumes, iterator_of
from .loops import counted
from .lower import Lowering, Step
from .operators import binary
from .values import AV, NONE, Arr, Const, GrowC, Iter, Num, RangeV, Ref, Tup

ZERO, ONE = Const(0), Const(1)
ENDLESS = 2**62


@dataclass(frozen=True, eq=False, slots=True)
class Seq:
    """Something with a length (none when it has no end) whose items are made on demand.  ``fixed``: it has
    to be unrolled; then it may end sooner, at any of the run-time lengths ``ends``.
    """

    length: AV | None
    at: Callable[[AV], AV]
    fixed: bool
    ends: tuple[AV, ...] = ()


def sequence(lw: Lowering, av: AV) -> Seq:
    """An iterable as a sequence."""
    lw.poison(av)
    av = listed(lw, iterator_of(lw, av))
    if isinstance(av, Const) and isinstance(av.value, range) and lw.items(av) is None:
        av = RangeV(Const(av.value.start), Const(av.value.stop), Const(av.value.step))
    match av:
        case RangeV():
            r = av
            return Seq(range_length(lw, r), lambda i: add(lw, r.lo, mul(lw, i, r.step)), False)
        case Arr() if av.rank:
            from .attributes import size_of

            a = av
            return Seq(size_of(lw, a, 0), lambda i: subscript(lw, a, i), False)
        case Iter():
            return _lazy(lw, av)
        case Ref() if isinstance(content := lw.content(av), GrowC):
            from . import lists

            ref, found = av, content
            return Seq(found.length, lambda i: lists.item(lw, ref, found, i), False)
        case _:
            items = lw.items(av)
            if isinstance(av, Num) or (isinstance(av, Const) and not hasattr(av.value, "__iter__")):
                lw.fail("C0101", "TypeError", f"{lw.describe(av)} is not iterable")
            if items is None:
                lw.refuse("C0101", f"iterating over {lw.describe(av)} is not supported")
            known = items
            return Seq(Const(len(known)), lambda i: _one_of(lw, av, known, i), True)


def _one_of(lw: Lowering, av: AV, known: Sequence[AV], i: AV) -> AV:
    """An item of a sequence of known length: any, where the items are alike."""
    if isinstance(i, Num) and i.known is None and isinstance(av, (Tup, Ref)):
        return subscript(lw, av, i)
    return known[int(lw.static(i, "an index"))]


def _lazy(lw: Lowering, av: Iter) -> Seq:
    if av.kind == "count":
        first, step = av.parts
        return Seq(None, lambda i: add(lw, first, mul(lw, i, step)), False)
    if av.kind == "repeat":
        (one,) = av.parts
        n = av.start
        return Seq(n, lambda i: one, isinstance(n, Const))
    parts = [sequence(lw, p) for p in av.parts]
    if av.kind == "cycle":
        (only,) = parts
        n = only.length
        if n is None:
            return only
        return Seq(None, lambda i: only.at(binary(lw, ast.Mod, i, n)), False)
    fixed = any(p.fixed for p in parts)
    ends = tuple(n for p in parts for n in (p.ends if p.fixed or not fixed else (p.length,)) if n is not None)
    if av.kind == "enumerate":
        start = av.start if av.start is not None else ZERO
        only = parts[0]
        return Seq(only.length, lambda i: Tup((add(lw, i, start), only.at(i))), fixed, ends)
    if av.kind == "reversed":
        only = parts[0]
        if only.length is None:
            lw.fail("C0101", "TypeError", f"{lw.describe(av)} is not reversible")
        last = binary(lw, ast.Sub, only.length, ONE)
        return Seq(only.length, lambda i: only.at(_reverse(lw, last, i)), fixed, ends)
    if av.kind == "map":
        from .calls import call

        f = av.start
        assert f is not None
        length = _shortest(lw, parts, fixed)
        return Seq(length, lambda i: call(lw, f, [p.at(i) for p in parts], {}, None), fixed, ends)
    return Seq(_shortest(lw, parts, fixed), lambda i: Tup(tuple(p.at(i) for p in parts)), fixed, ends)


def _reverse(lw: Lowering, last: AV, i: AV) -> AV:
    out = binary(lw, ast.Sub, last, i)
    return Num(out.value, out.py, 0) if isinstance(out, Num) else out


def _shortest(lw: Lowering, parts: Sequence[Seq], fixed: bool) -> AV | None:
    """The length of a ``zip``; of one that is unrolled, the most that it can be."""
    if not parts:
        return ZERO
    ends = [p for p in parts if p.length is not None]
    if not ends:
        return None
    known = [int(p.length.value) for p in ends if isinstance(p.length, Const)]
    if fixed and any(p.fixed for p in ends):
        return Const(min(known))
    length: AV = Const(min(known)) if known else NONE
    for p in ends:
        if not isinstance(p.length, Const):
            assert p.length is not None
            first = length is NONE
            both = lw.index(p.length) if first else lw.emit("minimum", lw.index(length), lw.index(p.length))
            length = p.length if first else Num(both, low=0)
    return length


def add(lw: Lowering, a: AV, b: AV) -> AV:
    """``a + b``, without an operation for zero."""
    if isinstance(a, Const) and a.value == 0:
        return b
    return a if isinstance(b, Const) and b.value == 0 else binary(lw, ast.Add, a, b)


def mul(lw: Lowering, a: AV, b: AV) -> AV:
    """``a * b``, without an operation for one."""
    return a if isinstance(b, Const) and b.value == 1 else binary(lw, ast.Mult, a, b)


def range_length(lw: Lowering, r: RangeV) -> AV:
    """``len(range(lo, hi, step))``."""
    if all(isinstance(x, Const) for x in (r.lo, r.hi, r.step)):
        return Const(len(range(r.lo.value, r.hi.value, r.step.value)))  # pyright: ignore
    step = int(lw.static(r.step, "the step of this range"))
    lo, hi = (r.lo, r.hi) if step > 0 else (r.hi, r.lo)
    span = hi if isinstance(lo, Const) and lo.value == 0 else binary(lw, ast.Sub, hi, lo)
    if abs(step) != 1:
        span = binary(lw, ast.FloorDiv, binary(lw, ast.Add, span, Const(abs(step) - 1)), Const(abs(step)))
    low = lw.low(span)
    if low is not None and low >= 0:
        return span
    return Num(lw.emit("maximum", lw.index(span), lw.int(0)), low=0)


def iterate(
    lw: Lowering,
    iterable: AV,
    names: frozenset[str],
    head: frozenset[str],
    key: int,
    trip: Callable[[AV], None],
    leaves: tuple[bool, bool] = (False, False),
) -> None:
    """``for x in iterable: trip(x)``.  ``leaves``: whether a trip may end by ``break``, and by ``return``."""
    iterable = iterator_of(lw, iterable)
    if isinstance(iterable, Ref) and generator(lw, iterable) is not None:
        run(lw, iterable, names, head, trip, *leaves)
        return
    if isinstance(iterable, RangeV) and ("unroll", key) in lw.session.wanted:
        bounds = _constants(iterable)
        iterable = iterable if bounds is None else Tup(tuple(map(Const, range(*bounds))))
    if isinstance(iterable, RangeV):
        counted(lw, iterable, names, head, key, trip)
        return
    seq = sequence(lw, iterable)
    if not seq.fixed:
        length = Const(ENDLESS) if seq.length is None else seq.length
        counted(lw, RangeV(ZERO, length, ONE), names, head, key, lambda i: trip(seq.at(i)))
        return
    assert isinstance(seq.length, Const)

    def step(k: int) -> Step:
        def run(rest: Sequence[Step]) -> bool:
            _guarded(lw, seq, k, lambda: trip(seq.at(Const(k))))
            return False

        return run

    outer = lw.live_out, lw.exit_live
    lw.live_out = lw.exit_live = head | names | lw.exit_live | lw.live_out
    try:
        lw.run([step(k) for k in range(seq.length.value)])
    finally:
        lw.live_out, lw.exit_live = outer


def _guarded(lw: Lowering, seq: Seq, k: int, run: Callable[[], None]) -> None:
    """``run()`` for the item ``k``, if there is one."""
    test: Value | None = None
    for end in seq.ends:
        if isinstance(end, Const):
            if end.value <= k:
                return
            continue
        one = lw.emit("gt", lw.index(end), lw.int(k))
        test = one if test is None else lw.emit("and", test, one)
    if test is None:
        run()
        return
    live = lw.live_out
    join_arms(lw, test, arm(lw, run), arm(lw, lambda: None), live)


def _constants(r: RangeV) -> tuple[int, int, int] | None:
    bounds = [x.value for x in (r.lo, r.hi, r.step) if isinstance(x, Const)]
    return (bounds[0], bounds[1], bounds[2]) if len(bounds) == 3 else None


def as_sequence(lw: Lowering, av: AV, count: int | None = None) -> tuple[AV, ...] | None:
    """The items of an iterable whose length is known, or is checked to be ``count``."""
    if isinstance(av, Arr) and av.rank and count is not None:
        n: Value = lw.emit("dim", av.value, axis=0)
        lw.check(
            lw.emit("eq", n, lw.int(count)), "ValueError", f"{{0}} values cannot be unpacked into {count}", n
        )
        return tuple(subscript(lw, av, Const(k)) for k in range(count))
    if isinstance(av, Ref) and count is not None and isinstance(content := lw.content(av), GrowC):
        n = content.length.value
        if isinstance(content.item, FMissing):
            return None
        lw.check(
            lw.emit("eq", n, lw.int(count)), "ValueError", f"{{0}} values cannot be unpacked into {count}", n
        )
        return tuple(subscript(lw, av, Const(k)) for k in range(count))
    if isinstance(av, Iter) or consumes(lw, av):
        av = listed(lw, iterator_of(lw, av))
        if not isinstance(av, Iter):
            return lw.items(av) if count is None else lw.items(av) or as_sequence(lw, av, count)
        seq = sequence(lw, av)
        for end in seq.ends:
            ok = lw.emit("ge", lw.index(end), lw.index(seq.length or ZERO))
            lw.check(ok, "NotImplementedError", "a `zip` of a tuple and something shorter is not supported")
        if isinstance(seq.length, Const) and (seq.fixed or seq.length.value <= 16):
            return tuple(seq.at(Const(k)) for k in range(seq.length.value))
    return None
