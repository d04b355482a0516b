"""Broadcast shapes at run time, with names that remember what was checked.

The size of a broadcast axis is an SSA operand. `FunctionEmitter.joint` remembers for each such operand which
sizes it is the broadcast of, so that a shape is checked once however many operations follow.
`FunctionEmitter.equal` holds operands that are equal because the program has checked it (attribute ``same``).
"""

from __future__ import annotations

from collections.abc import Sequence

from ...ir.core import Op
from ...ir.types import I64
from .function import FunctionEmitter
from .values import ArrayVal


def canon(e: FunctionEmitter, size: str) -> str:
    """The one of all operands equal to ``size`` that stands for them."""
    found: str | None = size
    while found is not None:
        size = found
        found = next((scope[size] for scope in e.equal if size in scope), None)
    return size


def equal(e: FunctionEmitter, a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two shapes are the same for certain."""
    return len(a) == len(b) and all(canon(e, m) == canon(e, n) for m, n in zip(a, b, strict=True))


def same(e: FunctionEmitter, shapes: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The shape of arrays whose axes are equally long where they meet, which is known from now on."""
    out: list[str] = []
    for axis in _axes(e, shapes):
        for n in axis[1:]:
            unify(e, axis[0], n)
        out.append(axis[0] if axis else "1")
    return tuple(out)


def unify(e: FunctionEmitter, a: str, b: str) -> None:
    """From now on, ``a`` and ``b`` are known to be equal."""
    a, b = canon(e, a), canon(e, b)  # an axis before this one may have told
    if a != b:
        e.equal[-1][b] = a


def joint(e: FunctionEmitter, size: str) -> frozenset[str]:
    """The sizes that ``size`` is the broadcast of (none for 1)."""
    size = canon(e, size)
    return frozenset() if size == "1" else e.joint.get(size, frozenset({size}))


def covers(e: FunctionEmitter, big: Sequence[str], small: Sequence[str]) -> bool:
    """True when, axis by axis, ``big`` is a broadcast of ``small`` and perhaps others."""
    return len(big) == len(small) and all(joint(e, b) >= joint(e, s) for b, s in zip(big, small, strict=True))


def known(e: FunctionEmitter, shapes: Sequence[Sequence[str]]) -> tuple[str, ...] | None:
    """The broadcast of shapes, when that needs no run-time check."""
    out: list[str] = []
    for axis in _axes(e, shapes):
        size = _settled(e, axis)
        if size is None:
            return None
        out.append(size)
    return tuple(out)


def broadcast(e: FunctionEmitter, shapes: Sequence[Sequence[str]], op: Op) -> tuple[str, ...]:
    """The broadcast of shapes; raises ValueError at run time when they do not agree."""
    c = e.c
    out: list[str] = []
    for axis in _axes(e, shapes):
        size = _settled(e, axis)
        if size is None:
            size = axis[0]
            together = joint(e, size)
            for n in axis[1:]:
                if joint(e, n) <= together:
                    continue
                first = c.ins(f"icmp eq i64 {size}, 1")
                same = c.ins(f"icmp eq i64 {size}, {n}")
                either = c.ins(f"or i1 {first}, {c.ins(f'icmp eq i64 {n}, 1')}")
                message = "operands could not be broadcast together: sizes {0} and {1} of one axis differ"
                e.check(c.ins(f"or i1 {same}, {either}"), "ValueError", message, op, (size, I64), (n, I64))
                size = c.ins(f"select i1 {first}, i64 {n}, i64 {size}")
                together |= joint(e, n)
                e.joint[size] = together
                e.joined[-1][together] = size
        out.append(size)
    return tuple(out)


def _axes(e: FunctionEmitter, shapes: Sequence[Sequence[str]]) -> list[list[str]]:
    """For each axis of the result, the distinct sizes that are not 1 for certain."""
    rank = max((len(s) for s in shapes), default=0)
    return [
        list(dict.fromkeys(canon(e, s[k]) for s in shapes if len(s) >= -k and s[k] != "1"))
        for k in range(-rank, 0)
    ]


def _settled(e: FunctionEmitter, axis: Sequence[str]) -> str | None:
    if not axis:
        return "1"
    if len(axis) == 1:
        return axis[0]
    union = frozenset[str]().union(*(joint(e, n) for n in axis))
    for n in axis:
        if joint(e, n) == union:
            return n
    for known_sizes in reversed(e.joined):
        if union in known_sizes:
            return known_sizes[union]
    return None


def aligned(e: FunctionEmitter, a: ArrayVal, sizes: Sequence[str]) -> tuple[str, ...]:
    """The strides of ``a`` in an iteration over ``sizes``: 0 along axes it lacks or repeats."""
    out = ["0"] * (len(sizes) - len(a.sizes))
    for n, have, s in zip(sizes[len(out) :], a.sizes, a.strides, strict=True):
        if have == "1":
            out.append("0")
        elif s == "0" or canon(e, have) == canon(e, n):
            out.append(s)
        else:
            out.append(e.c.ins(f"select i1 {e.c.ins(f'icmp eq i64 {have}, 1')}, i64 0, i64 {s}"))
    return tuple(out)
