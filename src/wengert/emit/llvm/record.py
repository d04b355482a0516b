"""Records: growable arrays of scalars or array descriptors behind a header ``{data, length, capacity}``.

The header of a record that stays in its block is on the stack, where LLVM turns it into registers.
"""

from __future__ import annotations

from ...ir.core import Op
from ...ir.types import I64, Array, Rec, Scalar
from .function import FunctionEmitter
from .values import ArrayVal, RecVal, flatten, mem, parts

HEADER = "{ptr, i64, i64}"


def _item_bytes(t: Rec) -> int:
    return t.item.itemsize if isinstance(t.item, Scalar) else 8 * len(parts(t.item))


def _field(e: FunctionEmitter, r: RecVal, k: int) -> str:
    return r.header if k == 0 else e.c.ins(f"getelementptr inbounds {HEADER}, ptr {r.header}, i64 0, i32 {k}")


def new_record(e: FunctionEmitter, op: Op, t: Rec) -> None:
    """An empty record, owned by the current block."""
    c, value = e.c, op.results[0]
    heap = value in e.facts.escapes
    if heap:
        e.unit.support.setdefault("wg_alloc")
        header = c.ins("call noalias ptr @wg_alloc(ptr %heap, i64 24)")
        e.check(c.ins(f"icmp ne ptr {header}, null"), "MemoryError", "cannot allocate a record", op)
    else:
        header = c.alloca(HEADER)
    c.do(f"store {HEADER} zeroinitializer, ptr {header}, align 8")
    r = RecVal(t, header, heap, e.new_root())
    e.env[value] = r
    e.own(r)


def emit_new(e: FunctionEmitter, op: Op) -> None:
    t = op.results[0].type
    assert isinstance(t, Rec)
    new_record(e, op, t)


def emit_grow(e: FunctionEmitter, op: Op) -> None:
    c, r = e.c, e.rec(op.operands[0])
    n = e.int(op.operands[1])
    width = _item_bytes(r.type)
    e.unit.support.setdefault("wg_rec_more")
    length_at, capacity_at = _field(e, r, 1), _field(e, r, 2)
    base = c.ins(f"load i64, ptr {length_at}, align 8")
    capacity = c.ins(f"load i64, ptr {capacity_at}, align 8")
    after = c.ins(f"add i64 {base}, {n}")
    fits = c.ins(f"icmp ule i64 {after}, {capacity}")
    more, ready = c.new_label("more"), c.new_label("ready")
    c.branch(fits, ready, more, ", !prof !1")
    c.label(more)
    old = c.ins(f"load ptr, ptr {r.header}, align 8")
    # double the capacity, at least what is asked for
    twice = c.ins(f"shl i64 {capacity}, 1")
    e.unit.intrinsic("i64 @llvm.umax.i64(i64, i64)")
    floor = max(1, 256 // width)
    wanted = c.ins(f"call i64 @llvm.umax.i64(i64 {after}, i64 {twice})")
    wanted = c.ins(f"call i64 @llvm.umax.i64(i64 {wanted}, i64 {floor})")
    size = c.ins(f"mul i64 {wanted}, {width}")
    sane = c.ins(f"icmp ult i64 {wanted}, {(1 << 47) // width}")
    e.check(sane, "MemoryError", "a record of {0} items is too large", op, (wanted, I64))
    used = c.ins(f"mul i64 {base}, {width}")
    data = c.ins(f"call ptr @wg_rec_more(ptr %heap, ptr {old}, i64 {used}, i64 {size})")
    ok = c.ins(f"icmp ne ptr {data}, null")
    e.check(ok, "MemoryError", "cannot allocate {0} bytes for a record", op, (size, I64))
    c.do(f"store ptr {data}, ptr {r.header}, align 8")
    c.do(f"store i64 {wanted}, ptr {capacity_at}, align 8")
    c.goto(ready)
    c.label(ready)
    c.do(f"store i64 {after}, ptr {length_at}, align 8")
    e.unit.intrinsic("void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
    now = c.ins(f"load ptr, ptr {r.header}, align 8")
    start = c.ins(f"getelementptr i8, ptr {now}, i64 {c.mul(base, str(width))}")
    c.do(f"call void @llvm.memset.p0.i64(ptr align 1 {start}, i8 0, i64 {c.mul(n, str(width))}, i1 false)")
    e.env[op.results[0]] = base


def _item(e: FunctionEmitter, r: RecVal, k: str) -> str:
    data = e.c.ins(f"load ptr, ptr {r.header}, align 8")
    if isinstance(r.type.item, Scalar):
        return e.c.ins(f"getelementptr inbounds {mem(r.type.item)}, ptr {data}, i64 {k}")
    return e.c.ins(f"getelementptr inbounds [{len(parts(r.type.item))} x i64], ptr {data}, i64 {k}")


def emit_set(e: FunctionEmitter, op: Op) -> None:
    r, k = e.rec(op.operands[0]), e.int(op.operands[1])
    p = _item(e, r, k)
    item, value = r.type.item, op.operands[2]
    if isinstance(item, Scalar):
        e.c.store(p, e.num(value), item, e.scope(r.root))
        return
    a = e.array(value)
    e.retain(a)
    for j, (ty, x) in enumerate(zip(parts(item), flatten(a, item), strict=True)):
        q = e.c.ins(f"getelementptr inbounds i64, ptr {p}, i64 {j}") if j else p
        e.c.do(f"store {ty} {x}, ptr {q}, align 8{e.scope(r.root)}")


def emit_get(e: FunctionEmitter, op: Op) -> None:
    r, k = e.rec(op.operands[0]), e.int(op.operands[1])
    p = _item(e, r, k)
    item, result = r.type.item, op.results[0]
    if isinstance(item, Scalar):
        e.env[result] = e.c.load(p, item, e.scope(r.root))
        return
    names: list[str] = []
    for j, ty in enumerate(parts(item)):
        q = e.c.ins(f"getelementptr inbounds i64, ptr {p}, i64 {j}") if j else p
        names.append(e.c.ins(f"load {ty}, ptr {q}, align 8{e.scope(r.root)}"))
    a = e.unflatten(names, item)
    assert isinstance(item, Array)
    assert isinstance(a, ArrayVal)
    # the record keeps the buffer alive for as long as the record lives; the block shares that
    e.env[result] = a


def emit_len(e: FunctionEmitter, op: Op) -> None:
    at = _field(e, e.rec(op.operands[0]), 1)
    e.env[op.results[0]] = e.c.ins(f"load i64, ptr {at}, align 8")


OPS = {
    "rec_new": emit_new,
    "rec_grow": emit_grow,
    "rec_set": emit_set,
    "rec_get": emit_get,
    "rec_len": emit_len,
}
