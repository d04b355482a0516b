"""Calls back into Python: an operation whose meaning is a Python function.

Compiled code puts the operands into slots, as at its own border, and calls ``wg_python_call`` with the number
of the call site.  Python (`runtime.callbacks`) takes the GIL, runs the function, keeps the result under a
handle and answers with it, or with -1 when it raised.  Sizes come back in slots; memory is allocated here,
and ``wg_python_take`` copies into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from ...ir.core import Op
from ...ir.types import Array, Scalar, Type
from ...prims.primitive import Primitive
from .function import FunctionEmitter
from .memory import fresh
from .native import CALL, RAISED, TAKE
from .values import Complex


@dataclass(frozen=True, slots=True)
class Foreign:
    """One kind of call site: the operation and the types of operands and results."""

    prim: Primitive
    params: tuple[Type, ...]
    results: tuple[Type, ...]


SITES: list[Foreign] = []
"""The call sites of this process; compiled code knows them by number, so it is not for another process."""

_lock = Lock()


def number_of(site: Foreign) -> int:
    """The number of a call site, one for equal ones."""
    with _lock:
        if site not in SITES:
            SITES.append(site)
        return SITES.index(site)


def emit(e: FunctionEmitter, op: Op, prim: Primitive) -> None:
    """The call, its check, and the memory of its results."""
    c = e.c
    number = number_of(Foreign(prim, tuple(v.type for v in op.operands), tuple(r.type for r in op.results)))
    e.unit.symbols.setdefault(CALL)
    e.unit.symbols.setdefault(TAKE)
    e.unit.declarations[CALL] = f"declare i64 @{CALL}(i64, ptr, ptr)"
    e.unit.declarations[TAKE] = f"declare void @{TAKE}(i64, i64, ptr)"
    given = _given(e, op)
    out = c.alloca(f"[{max(1, sum(map(_width, op.results)))} x i64]", 16)
    handle = c.ins(f"call i64 @{CALL}(i64 {number}, ptr {given}, ptr {out})")
    c.check(c.ins(f"icmp sge i64 {handle}, 0"), RAISED, "", (), op.span)
    at = 0
    for k, r in enumerate(op.results):
        t = r.type
        if isinstance(t, Scalar):
            e.env[r] = c.load(_slot(e, out, at), t)
            at += _width(r)
            continue
        assert isinstance(t, Array)
        sizes: list[str] = []
        for axis, letter in enumerate(t.axes):
            loaded = "1" if letter == "1" else c.ins(f"load i64, ptr {_slot(e, out, at + axis)}, align 8")
            sizes.append(loaded)
        at += t.rank
        array = fresh(e, t, sizes, r, op)
        c.do(f"call void @{TAKE}(i64 {handle}, i64 {k}, ptr {array.data})")
        e.env[r] = array
    c.do(f"call void @{TAKE}(i64 {handle}, i64 -1, ptr null)")


def _given(e: FunctionEmitter, op: Op) -> str:
    """The slots of the operands: scalars, or data, sizes and strides in elements."""
    c = e.c
    words: list[tuple[str, Scalar | None]] = []
    for v in op.operands:
        x = e.env[v]
        if isinstance(v.type, Scalar):
            parts = [x.re, x.im] if isinstance(x, Complex) else [str(x)]
            words += [(p, v.type) for p in parts]
        else:
            a = e.array(v)
            words += [(a.data, None), *((n, Scalar("i64")) for n in (*a.sizes, *a.strides))]
    place = c.alloca(f"[{max(1, len(words))} x i64]", 16)
    for k, (word, t) in enumerate(words):
        slot = _slot(e, place, k)
        if t is None:
            c.do(f"store ptr {word}, ptr {slot}, align 8")
        elif t.is_complex:
            part = Scalar("f64" if t.name == "c128" else "f32")
            c.store(slot, word, part)
        else:
            if t.itemsize < 8:
                c.do(f"store i64 0, ptr {slot}, align 8")
            c.store(slot, word, t)
    return place


def _slot(e: FunctionEmitter, base: str, k: int) -> str:
    return e.c.ins(f"getelementptr inbounds i64, ptr {base}, i64 {k}") if k else base


def _width(v: object) -> int:
    t = getattr(v, "type", None)
    return t.rank if isinstance(t, Array) else 2 if isinstance(t, Scalar) and t.is_complex else 1
