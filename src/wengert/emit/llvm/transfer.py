"""Moving whole arrays: copies for results, and temporaries where a source may overlap its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...ir.core import Op, Value
from ...ir.types import Array
from .control import count_loop
from .function import FunctionEmitter
from .group import Step
from .memory import byte_count, out_of_memory, slot_memory
from .values import ArrayVal, mem


def owned_copy(e: FunctionEmitter, v: ArrayVal, taken: Sequence[str] = ()) -> tuple[str, str]:
    """Data and owner of a result of the entry: C-contiguous, owned memory (a copy when it is not).

    ``taken`` are the owners of other results: NumPy frees each of them, so none may be given twice.
    """
    c = e.c
    if v.type.layout != "C" or v.owner == "null" or v.owner in taken:
        data = _copy(e, v)
        return data, data
    mine = c.ins(f"icmp ne ptr {v.owner}, null")
    for other in taken:
        mine = c.ins(f"and i1 {mine}, {c.ins(f'icmp ne ptr {v.owner}, {other}')}")
    copy, after = c.new_label("copy"), c.new_label("result")
    before = c.block
    c.branch(mine, after, copy)
    c.label(copy)
    data = _copy(e, v)
    end = c.block
    c.goto(after)
    c.label(after)
    return (
        c.ins(f"phi ptr [ {v.data}, %{before} ], [ {data}, %{end} ]"),
        c.ins(f"phi ptr [ {v.owner}, %{before} ], [ {data}, %{end} ]"),
    )


def _copy(e: FunctionEmitter, v: ArrayVal) -> str:
    e.unit.support.setdefault("wg_alloc")
    size = byte_count(e, v.sizes, v.type.dtype.itemsize)
    data = e.c.ins(f"call noalias ptr @wg_alloc(ptr %heap, i64 {size})")
    out_of_memory(e, data, size, Op("copy"))
    copy_loop(e, v, data)
    return data


def copy_loop(e: FunctionEmitter, a: ArrayVal, to: str) -> None:
    """Write the elements of ``a`` to the C array at ``to``."""
    c = e.c
    t = a.type.dtype
    if a.type.layout == "C":
        e.unit.intrinsic("void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)")
        size = c.mul(e.count(a.sizes), str(t.itemsize))
        c.do(
            f"call void @llvm.memcpy.p0.p0.i64(ptr align 8 {to}, ptr align {t.alignment} {a.data}, "
            f"i64 {size}, i1 false)"
        )
        return
    move(e, a, ArrayVal(a.type, to, "null", a.sizes, e.c_strides(a.sizes)))


def move(e: FunctionEmitter, source: ArrayVal, target: ArrayVal) -> None:
    """Copy elements between arrays of the same shape, whatever their strides."""
    c = e.c
    ty, t = mem(source.type.dtype), source.type.dtype

    def level(k: int, p: str, q: str) -> None:
        if k == len(source.sizes):
            c.store(q, c.load(p, t), t)
            return

        def body(i: str, _: list[str]) -> list[str]:
            inner_p = c.ins(f"getelementptr inbounds {ty}, ptr {p}, i64 {c.mul(i, source.strides[k])}")
            inner_q = c.ins(f"getelementptr inbounds {ty}, ptr {q}, i64 {c.mul(i, target.strides[k])}")
            level(k + 1, inner_p, inner_q)
            return []

        count_loop(c, source.sizes[k], body)

    level(0, source.data, target.data)


def detour(e: FunctionEmitter, target: ArrayVal, sources: Sequence[ArrayVal], op: Op) -> tuple[ArrayVal, str]:
    """Where to write when ``target`` perhaps overlaps what is read: itself, or a temporary when it does.

    The second answer is the condition for the temporary; `arrive` then copies it to the target.
    """
    c = e.c
    lo, hi = _range(e, target)
    overlap = ""
    for a in sources:
        lo_a, hi_a = _range(e, a)
        one = c.ins(f"and i1 {c.ins(f'icmp ult i64 {lo}, {hi_a}')}, {c.ins(f'icmp ult i64 {lo_a}, {hi}')}")
        overlap = c.ins(f"or i1 {overlap}, {one}") if overlap else one
    there, on = c.new_label("detour"), c.new_label("on")
    dense = e.c_strides(target.sizes)
    before = c.block
    c.branch(overlap, there, on, ", !prof !0")
    c.label(there)
    data = slot_memory(e, byte_count(e, target.sizes, target.type.dtype.itemsize), op)
    end = c.block
    c.goto(on)
    c.label(on)
    where = c.ins(f"phi ptr [ {target.data}, %{before} ], [ {data}, %{end} ]")
    strides = tuple(
        s if s == d else c.ins(f"select i1 {overlap}, i64 {d}, i64 {s}")
        for s, d in zip(target.strides, dense, strict=True)
    )
    return ArrayVal(target.type, where, "null", target.sizes, strides), overlap


def arrive(e: FunctionEmitter, overlap: str, temporary: ArrayVal, target: ArrayVal) -> None:
    """Finish a detour."""
    c = e.c
    copy, on = c.new_label("arrive"), c.new_label("on")
    c.branch(overlap, copy, on, ", !prof !0")
    c.label(copy)
    move(e, temporary, target)
    c.goto(on)
    c.label(on)


def disjoint(e: FunctionEmitter, step: Step) -> Step:
    """The step, with sources that may overlap its target replaced by copies (made only when they do)."""
    assert step.target is not None
    inputs: list[Value] = []
    for v in step.inputs:
        clash = isinstance(v.type, Array) and v is not step.target and e.facts.may_alias(v, step.target)
        inputs.append(_separated(e, v, step.target, step.op) if clash else v)
    return replace(step, inputs=tuple(inputs))


def _separated(e: FunctionEmitter, v: Value, target: Value, op: Op) -> Value:
    c, a, t = e.c, e.array(v), e.array(target)
    lo_a, hi_a = _range(e, a)
    lo_t, hi_t = _range(e, t)
    overlap = c.ins(
        f"and i1 {c.ins(f'icmp ult i64 {lo_a}, {hi_t}')}, {c.ins(f'icmp ult i64 {lo_t}, {hi_a}')}"
    )
    copy, after = c.new_label("copy"), c.new_label("apart")
    before = c.block
    c.branch(overlap, copy, after)
    c.label(copy)
    data = slot_memory(e, byte_count(e, a.sizes, a.type.dtype.itemsize), op)
    copy_loop(e, a, data)
    dense = e.c_strides(a.sizes)
    end = c.block
    c.goto(after)
    c.label(after)

    def phi(ty: str, x: str, y: str) -> str:
        return x if x == y else c.ins(f"phi {ty} [ {x}, %{before} ], [ {y}, %{end} ]")

    where = phi("ptr", a.data, data)
    strides = tuple(phi("i64", s, d) for s, d in zip(a.strides, dense, strict=True))
    made = Value(v.type)
    e.env[made] = ArrayVal(a.type, where, "null", a.sizes, strides)
    e.facts.base[made] = made
    return made


def _range(e: FunctionEmitter, a: ArrayVal) -> tuple[str, str]:
    """First and past-the-last address that an array touches (equal when it is empty)."""
    c = e.c
    e.unit.intrinsic("i64 @llvm.smin.i64(i64, i64)")
    e.unit.intrinsic("i64 @llvm.smax.i64(i64, i64)")
    start = c.ins(f"ptrtoint ptr {a.data} to i64")
    low, high = "0", "1"
    for n, s in zip(a.sizes, a.strides, strict=True):
        if n == "1" or s == "0":
            continue
        span = c.mul(c.ins(f"sub i64 {n}, 1"), s)
        low = c.add(low, c.ins(f"call i64 @llvm.smin.i64(i64 {span}, i64 0)"))
        high = c.add(high, c.ins(f"call i64 @llvm.smax.i64(i64 {span}, i64 0)"))
    width = str(a.type.dtype.itemsize)
    return c.add(start, c.mul(low, width)), c.add(start, c.mul(high, width))
