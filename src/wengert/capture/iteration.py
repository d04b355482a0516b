"""What a ``for`` runs over: ranges, arrays, and ``enumerate``, ``zip`` and ``reversed`` of these are counted;
tuples, lists and dicts are unrolled."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..ir.core import Value
from .attributes import class_method, special
from .forms import FMissing
from .indexing import subscript
from .loops import counted
from .lower import Lowering, Step
from .operators import binary
from .values import AV, Arr, Const, GrowC, Iter, Num, RangeV, Ref, Struct, Tup

ZERO, ONE = Const(0), Const(1)


@dataclass(frozen=True, eq=False, slots=True)
class Seq:
    """Something with a length whose items are made on demand.  ``fixed``: it has to be unrolled."""

    length: AV
    at: Callable[[AV], AV]
    fixed: bool


def sequence(lw: Lowering, av: AV) -> Seq:
    """An iterable as a sequence."""
    lw.poison(av)
    if isinstance(av, (Ref, Struct)) and (own := special(lw, av, "__iter__")) is not None:
        if isinstance(own, Ref) and isinstance(av, Ref) and own.key == av.key:
            lw.refuse("C0101", f"{lw.describe(av)} is an iterator of its own", hint="return a list")
        return sequence(lw, own)
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
            return Seq(Const(len(known)), lambda i: known[int(lw.static(i, "an index"))], True)


def _lazy(lw: Lowering, av: Iter) -> Seq:
    parts = [sequence(lw, p) for p in av.parts]
    fixed = any(p.fixed for p in parts)
    if av.kind == "enumerate":
        start = av.start if av.start is not None else ZERO
        only = parts[0]
        return Seq(only.length, lambda i: Tup((add(lw, i, start), only.at(i))), fixed)
    if av.kind == "reversed":
        only = parts[0]
        last = binary(lw, ast.Sub, only.length, ONE)
        return Seq(only.length, lambda i: only.at(_reverse(lw, last, i)), fixed)
    if av.kind == "map":
        from .calls import call

        f = av.start
        assert f is not None
        return Seq(
            _shortest(lw, parts, fixed), lambda i: call(lw, f, [p.at(i) for p in parts], {}, None), fixed
        )
    return Seq(_shortest(lw, parts, fixed), lambda i: Tup(tuple(p.at(i) for p in parts)), fixed)


def _reverse(lw: Lowering, last: AV, i: AV) -> AV:
    out = binary(lw, ast.Sub, last, i)
    return Num(out.value, out.py, 0) if isinstance(out, Num) else out


def _shortest(lw: Lowering, parts: Sequence[Seq], fixed: bool) -> AV:
    """The length of a ``zip``."""
    if not parts:
        return ZERO
    if fixed:
        n = min(int(p.length.value) for p in parts if p.fixed and isinstance(p.length, Const))
        for p in parts:
            if not p.fixed and not (isinstance(p.length, Const) and p.length.value >= n):
                ok = lw.emit("ge", lw.index(p.length), lw.int(n))
                lw.check(ok, "ValueError", "zip of a tuple and something shorter is not supported")
        return Const(n)
    length = parts[0].length
    for p in parts[1:]:
        if isinstance(length, Const) and isinstance(p.length, Const):
            length = Const(min(length.value, p.length.value))
        else:
            length = Num(lw.emit("minimum", lw.index(length), lw.index(p.length)), low=0)
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
) -> None:
    """``for x in iterable: trip(x)``."""
    if isinstance(iterable, RangeV) and ("unroll", key) in lw.session.wanted:
        bounds = _constants(iterable)
        iterable = iterable if bounds is None else Tup(tuple(map(Const, range(*bounds))))
    if isinstance(iterable, RangeV):
        counted(lw, iterable, names, head, key, trip)
        return
    seq = sequence(lw, iterable)
    if not seq.fixed:
        counted(lw, RangeV(ZERO, seq.length, ONE), names, head, key, lambda i: trip(seq.at(i)))
        return
    assert isinstance(seq.length, Const)

    def step(k: int) -> Step:
        def run(rest: Sequence[Step]) -> bool:
            trip(seq.at(Const(k)))
            return False

        return run

    outer = lw.live_out, lw.exit_live
    lw.live_out = lw.exit_live = head | names | lw.exit_live | lw.live_out
    try:
        lw.run([step(k) for k in range(seq.length.value)])
    finally:
        lw.live_out, lw.exit_live = outer


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
    if isinstance(av, Iter) or (
        isinstance(av, (Ref, Struct)) and class_method(lw, av, "__iter__") is not None
    ):
        seq = sequence(lw, av)
        if isinstance(seq.length, Const) and (seq.fixed or seq.length.value <= 16):
            return tuple(seq.at(Const(k)) for k in range(seq.length.value))
    return None
