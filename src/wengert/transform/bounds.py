"""Which operations are proved not to raise: indices in range, sizes not negative, shapes that agree."""

from __future__ import annotations

from ..analysis.affine import Linear
from ..analysis.ranges import Ranges
from ..analysis.sizes import Sizes, result_sizes
from ..ir.core import Op, Value
from ..ir.types import Array

CHECKED = frozenset({"load", "store", "accum", "view", "alloc", "assign", "vacc", "matmul"})


def is_safe(op: Op, ranges: Ranges, at: Op | None = None) -> bool:
    """Whether ``op`` cannot raise where it stands, or where ``at`` stands.

    Elsewhere a slice must be shown to have a length that is not negative; where it stands it has.
    """
    where = at or op
    if op.name in ("load", "store", "accum"):
        indices = op.operands[1:] if op.name == "load" else op.operands[1:-1]
        sizes = ranges.sizes(op.operands[0])
        return all(_inside(ranges, where, ranges.linear(i), n) for i, n in zip(indices, sizes, strict=True))
    if op.name == "view":
        return _view(op, ranges, where, moves=at is not None)
    if op.name == "alloc":
        return all(ranges.prove(where, ranges.linear(n)) for n in op.operands)
    if op.name == "assign":
        return _fits(ranges, op.operands[0], op.operands[1])
    if op.name == "vacc":
        return _fits(ranges, *op.operands) or _fits(ranges, op.operands[1], op.operands[0])
    if op.name == "matmul":
        a, b = (ranges.sizes(v) for v in op.operands)
        return a[-1] == b[0]
    if op.name in ("amax", "amin", "argmax", "argmin"):  # no element, no extremum
        return all(ranges.prove(where, n - 1) for n in ranges.sizes(op.operands[0]))
    return isinstance(op.result.type, Array) and result_sizes(op, ranges) is not None


def _inside(ranges: Ranges, where: Op, index: Linear, size: Linear) -> bool:
    return ranges.prove(where, index) and ranges.prove(where, size - index - 1)


def _view(op: Op, ranges: Ranges, where: Op, moves: bool) -> bool:
    sizes, axis, at = ranges.sizes(op.operands[0]), 0, 1
    for letter in op.attrs["spec"]:
        if letter == "+":
            continue
        if letter == "i":
            if not _inside(ranges, where, ranges.linear(op.operands[at]), sizes[axis]):
                return False
            at += 1
        elif letter == "s":
            if moves and not ranges.prove(where, ranges.linear(op.operands[at + 1])):
                return False
            if not _slice(ranges, where, op.operands[at : at + 3], sizes[axis]):
                return False
            at += 3
        axis += 1
    return True


def _slice(ranges: Ranges, where: Op, operands: tuple[Value, ...], size: Linear) -> bool:
    """Whether the first and the last element exist, if there are any."""
    start, length, step = (ranges.linear(v) for v in operands)
    if not step.is_constant:
        return False
    some = [length - 1]
    last = start + (length - 1) * step.constant
    ends = (start, size - start - 1, last, size - last - 1)
    return all(ranges.prove(where, form, given=some) for form in ends)


def _fits(ranges: Ranges, target: Value, source: Value) -> bool:
    """Whether ``source`` broadcasts to the shape of ``target``."""
    if not isinstance(source.type, Array):
        return True
    a, b = ranges.sizes(target), ranges.sizes(source)
    one = Linear.number(1)
    return len(b) <= len(a) and all(y in (x, one) for x, y in zip(reversed(a), reversed(b), strict=False))


__all__ = ["CHECKED", "Sizes", "is_safe"]
