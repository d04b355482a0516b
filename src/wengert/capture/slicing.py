"""Positions and slices as views: where they start, how long they are, and the step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..ir.core import Value
from ..ir.types import I64
from .lower import Lowering
from .values import AV, Arr, Const, Num, SliceV


def wrapped(lw: Lowering, av: AV, a: Arr, axis: int) -> Value:
    """An index of an axis, with Python's meaning of negative ones."""
    low = lw.low(av)
    if low is not None and low >= 0:
        return lw.index(av)
    return from_start(lw, av, lw.emit("dim", a.value, axis=axis))


def from_start(lw: Lowering, av: AV, n: Value) -> Value:
    i = lw.index(av)
    low = lw.low(av)
    if low is not None and low >= 0:
        return i
    if isinstance(av, Const):
        return lw.emit("add", n, i)
    return lw.emit("wrap", i, n)


def view(lw: Lowering, a: Arr, parts: Sequence[AV]) -> Arr:
    """A view by basic indexing; ``parts`` name every axis."""
    spec, operands, axis, unit = "", list[Value](), 0, True
    for p in parts:
        if isinstance(p, Const) and p.value is None:
            spec += "+"
            continue
        if isinstance(p, Const) and isinstance(p.value, slice):
            p = SliceV(*(Const(x) for x in (p.value.start, p.value.stop, p.value.step)))
        if isinstance(p, SliceV):
            found = slice_bounds(lw, p, lambda axis=axis: lw.emit("dim", a.value, axis=axis))
            if found is None:
                spec += ":"
            else:
                spec += "s"
                operands += found
                unit = unit and _is_one(p.step)
        else:
            lw.poison(p)
            spec += "i"
            operands.append(wrapped(lw, p, a, axis))
        axis += 1
    if set(spec) == {":"}:
        return a
    attrs = {"unit": True} if "s" in spec and unit else {}
    return Arr(lw.emit("view", a.value, *operands, spec=spec, **attrs))


def _is_one(step: AV) -> bool:
    return isinstance(step, Const) and (step.value is None or step.value == 1)


def is_none(av: AV) -> bool:
    return isinstance(av, Const) and av.value is None


def slice_bounds(lw: Lowering, s: SliceV, size: Callable[[], Value]) -> list[Value] | None:
    """Start, length and step of a slice, clamped as Python does; ``None`` for the whole axis."""
    if isinstance(s.step, Num) and s.step.known is not None:
        s = replace(s, step=Const(lw.static(s.step, "the step")))
    if isinstance(s.step, Const):
        step = 1 if s.step.value is None else int(s.step.value)
        if step == 0:
            lw.refuse("T0201", "slice step cannot be zero")
        if step > 0:
            return _forward(lw, s, size, step)
        return _backward(lw, s, size, step)
    lw.poison(s.step)
    v = lw.index(s.step)
    low = lw.low(s.step)
    if low is None or low <= 0:
        lw.check(lw.emit("gt", v, lw.int(0)), "ValueError", "a slice step that varies must be positive here")
    n = size()
    start = _clamped(lw, s.lo, n, lw.int(0))
    stop = _clamped(lw, s.hi, n, n)
    count = lw.emit("sub", lw.emit("add", lw.emit("sub", stop, start), v), lw.int(1))
    return [start, lw.emit("maximum", lw.emit("floordiv", count, v), lw.int(0)), v]


def _clamped(lw: Lowering, av: AV, n: Value, default: Value) -> Value:
    """A bound of a forward slice, in 0..n."""
    lw.poison(av)
    if is_none(av):
        return default
    low = lw.low(av)
    if isinstance(av, Const) and av.value == 0:
        return lw.int(0)
    i = from_start(lw, av, n)
    if low is not None and low >= 0:
        return lw.emit("minimum", i, n)
    i = lw.emit("maximum", i, lw.int(0))
    return i if isinstance(av, Const) else lw.emit("minimum", i, n)


def _forward(lw: Lowering, s: SliceV, size: Callable[[], Value], step: int) -> list[Value] | None:
    from_zero = is_none(s.lo) or (isinstance(s.lo, Const) and s.lo.value == 0)
    if from_zero and is_none(s.hi) and step == 1:
        return None
    n = size()
    start = _clamped(lw, s.lo, n, lw.int(0))
    length = _span(lw, s, n)
    if length is None:
        stop = _clamped(lw, s.hi, n, n)
        length = stop if from_zero else lw.emit("sub", stop, start)
        if not from_zero and not is_none(s.hi):
            length = lw.emit("maximum", length, lw.int(0))
    if step != 1:
        length = lw.emit("add", length, lw.int(step - 1))
        length = lw.emit("floordiv", length, lw.int(step))
    return [start, length, lw.int(step)]


def _span(lw: Lowering, s: SliceV, n: Value) -> Value | None:
    """The distance between constant bounds in one form, so that slices of equal length are seen to be equal:
    ``x[2:]``, ``x[1:-1]`` and ``x[:-2]`` all have ``max(n - 2, 0)``.
    """
    if not isinstance(s.lo, Const) or not isinstance(s.hi, Const):
        return None
    lo = 0 if s.lo.value is None else int(s.lo.value)
    hi = None if s.hi.value is None else int(s.hi.value)
    if lo >= 0 and (hi is None or hi < 0):
        cut = lo - (hi or 0)
        return lw.emit("maximum", lw.emit("sub", n, lw.int(cut)), lw.int(0)) if cut else n
    if lo < 0 and (hi is None or hi < 0):
        if hi is None:
            return lw.emit("minimum", n, lw.int(-lo))
        rest = lw.emit("maximum", lw.emit("sub", n, lw.int(-hi)), lw.int(0))
        return lw.emit("minimum", rest, lw.int(max(hi - lo, 0)))
    if lo >= 0 and hi is not None:
        if hi <= lo:
            return lw.int(0)
        rest = lw.emit("minimum", n, lw.int(hi))
        return lw.emit("maximum", lw.emit("sub", rest, lw.int(lo)), lw.int(0)) if lo else rest
    return None


def _backward(lw: Lowering, s: SliceV, size: Callable[[], Value], step: int) -> list[Value]:
    n = size()
    last = lw.emit("sub", n, lw.int(1))

    def bound(av: AV, default: Value) -> Value:
        if is_none(av):
            return default
        i = lw.emit("maximum", from_start(lw, av, n), lw.int(-1))
        return lw.emit("minimum", i, last)

    start = bound(s.lo, last)
    stop = bound(s.hi, lw.int(-1))
    length = lw.emit("sub", start, stop)
    if step != -1:
        length = lw.emit("floordiv", lw.emit("add", length, lw.int(-step - 1)), lw.int(-step))
    return [start, lw.emit("maximum", length, lw.int(0)), lw.const(step, I64)]
