"""Arrays as memory: allocation, elements, views."""

from __future__ import annotations

from collections.abc import Sequence

from ...ir.core import Op, Value
from ...ir.types import I64, Array, Rec, Scalar
from .function import FunctionEmitter
from .native import OUT_OF_BOUNDS
from .scalar import elementwise
from .values import ArrayVal, Num, constant, mem, zero

#: Arrays of at most ``SMALL`` bytes and constant sizes are on the stack (at most ``STACK`` a function).
SMALL, STACK = 1024, 16384


def fresh(e: FunctionEmitter, t: Array, sizes: Sequence[str], value: Value | None, op: Op) -> ArrayVal:
    """A new uninitialised C array, owned by the current block (when it must be).

    ``value`` is the IR value it will be; ``None`` for a temporary that never leaves the block.
    """
    out = _unfilled(e, t, sizes, value, op)
    if e.unit.options.poison:
        fill(e, out, -1)
    return out


def _unfilled(e: FunctionEmitter, t: Array, sizes: Sequence[str], value: Value | None, op: Op) -> ArrayVal:
    c = e.c
    escapes = value is not None and value in e.facts.escapes
    out = ArrayVal(t, "", "null", tuple(sizes), e.c_strides(sizes), e.new_root())
    total = t.dtype.itemsize
    if not escapes and all(n.isdigit() for n in sizes):
        for n in sizes:
            total *= int(n)
        if total <= SMALL and e.stack_bytes + total <= STACK:
            e.stack_bytes += total
            out.data = c.alloca(f"[{max(total, 1)} x i8]", 64)
            return out
    size = byte_count(e, sizes, t.dtype.itemsize)
    if e.loop_depth and not escapes:
        out.data = slot_memory(e, size, op)
        return out
    e.unit.support.setdefault("wg_alloc")
    data = c.ins(f"call noalias ptr @wg_alloc(ptr %heap, i64 {size})")
    out_of_memory(e, data, size, op)
    out.data = out.owner = data
    e.own(out)
    return out


def out_of_memory(e: FunctionEmitter, data: str, size: str, op: Op) -> None:
    e.check(e.c.ins(f"icmp ne ptr {data}, null"), "MemoryError", "cannot allocate {0} bytes", op, (size, I64))


def slot_memory(e: FunctionEmitter, size: str, op: Op) -> str:
    """Memory of a slot: kept from one iteration to the next, grown when it is too small."""
    c = e.c
    e.unit.support.setdefault("wg_slot_grow")
    slot = c.alloca("{ptr, i64}")
    e.slots.append(slot)
    capacity = c.ins(f"getelementptr inbounds {{ptr, i64}}, ptr {slot}, i64 0, i32 1")
    enough = c.ins(f"icmp ule i64 {size}, {c.ins(f'load i64, ptr {capacity}, align 8')}")
    grow, ready = c.new_label("grow"), c.new_label("ready")
    c.branch(enough, ready, grow, ", !prof !1")
    c.label(grow)
    got = c.ins(f"call ptr @wg_slot_grow(ptr %heap, ptr {slot}, i64 {size})")
    out_of_memory(e, got, size, op)
    c.goto(ready)
    c.label(ready)
    return c.ins(f"load ptr, ptr {slot}, align 8")


def byte_count(e: FunctionEmitter, sizes: Sequence[str], itemsize: int) -> str:
    """Bytes of an array, saturating (so that a product that overflows fails to allocate)."""
    known, unknown = itemsize, [n for n in sizes if not n.isdigit()]
    for n in sizes:
        if n.isdigit():
            known *= int(n)
    if not unknown:
        return str(known)
    total = str(known)
    for n in unknown:
        if total == "1":
            total = n
            continue
        e.unit.declarations["@llvm.umul.with.overflow.i64"] = (
            "declare {i64, i1} @llvm.umul.with.overflow.i64(i64, i64)"
        )
        pair = e.c.ins(f"call {{i64, i1}} @llvm.umul.with.overflow.i64(i64 {n}, i64 {total})")
        over = e.c.ins(f"extractvalue {{i64, i1}} {pair}, 1")
        total = e.c.ins(f"select i1 {over}, i64 -1, i64 {e.c.ins(f'extractvalue {{i64, i1}} {pair}, 0')}")
    return total


def clear(e: FunctionEmitter, a: ArrayVal) -> None:
    """Fill a C array with zero bits."""
    fill(e, a, 0)


def fill(e: FunctionEmitter, a: ArrayVal, byte: int) -> None:
    """Fill a C array with a byte; -1 makes floats not-a-number."""
    e.unit.intrinsic("void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
    size = e.c.mul(e.count(a.sizes), str(a.type.dtype.itemsize))
    e.c.do(f"call void @llvm.memset.p0.i64(ptr align 8 {a.data}, i8 {byte}, i64 {size}, i1 false)")


def emit_const(e: FunctionEmitter, op: Op) -> None:
    t = op.results[0].type
    assert isinstance(t, Scalar)
    e.env[op.results[0]] = constant(op.attrs["value"], t)


def emit_undef(e: FunctionEmitter, op: Op) -> None:
    t = op.results[0].type
    if isinstance(t, Scalar):
        e.env[op.results[0]] = zero(t)
    elif isinstance(t, Rec):
        from .record import new_record

        new_record(e, op, t)
    else:
        sizes = tuple("1" if letter == "1" else "0" for letter in t.axes)
        e.env[op.results[0]] = ArrayVal(t, "null", "null", sizes, e.c_strides(sizes))


def emit_alloc(e: FunctionEmitter, op: Op) -> None:
    t = op.results[0].type
    assert isinstance(t, Array)
    sizes = dims(e, t, op.operands, op)
    a = fresh(e, t, sizes, op.results[0], op)
    if op.attrs.get("fill", "zero") == "zero":
        clear(e, a)
    e.env[op.results[0]] = a


def dims(e: FunctionEmitter, t: Array, operands: Sequence[Value], op: Op) -> tuple[str, ...]:
    """Sizes given as operands (one for each axis), checked not to be negative.

    Aa ``1`` axis must be one long.
    """
    out: list[str] = []
    for v, letter in zip(operands, t.axes, strict=True):
        n = e.int(v)
        if n.isdigit():
            out.append(n)
        elif letter == "1":
            e.check(e.c.ins(f"icmp eq i64 {n}, 1"), "ValueError", "axis of length {0}, not 1", op, (n, I64))
            out.append("1")
        else:
            if n not in e.joint:
                ok = e.c.ins(f"icmp sge i64 {n}, 0")
                e.check(ok, "ValueError", "negative dimensions are not allowed", op, (n, I64))
            out.append(n)
    return tuple(out)


def emit_dim(e: FunctionEmitter, op: Op) -> None:
    e.env[op.results[0]] = e.array(op.operands[0]).sizes[int(op.attrs["axis"])]


# -- elements ---------------------------------------------------------------------------------------------


def _index(e: FunctionEmitter, op: Op, a: ArrayVal, operands: Sequence[Value]) -> str:
    index = [e.int(v) for v in operands]
    if e.unit.options.bounds and not op.attrs.get("safe") and op not in e.unchecked:
        for axis, (i, n) in enumerate(zip(index, a.sizes, strict=True)):
            check_index(e, op, i, n, axis)
    return e.address(a, index)


def check_index(e: FunctionEmitter, op: Op, i: str, n: str, axis: int) -> None:
    """One unsigned comparison."""
    if e.bounds.proves(i, n):
        return
    ok = e.c.ins(f"icmp ult i64 {i}, {n}")
    message = f"{OUT_OF_BOUNDS}{axis} with size {{1}}"
    e.check(ok, "IndexError", message, op, (i, I64), (n, I64))


def emit_load(e: FunctionEmitter, op: Op) -> None:
    a = e.array(op.operands[0])
    p = _index(e, op, a, op.operands[1:])
    e.env[op.results[0]] = e.c.load(p, a.type.dtype, e.scope(a.root))


def emit_store(e: FunctionEmitter, op: Op) -> None:
    a = e.array(op.operands[0])
    p = _index(e, op, a, op.operands[1:-1])
    e.c.store(p, e.num(op.operands[-1]), a.type.dtype, e.scope(a.root))


def emit_accum(e: FunctionEmitter, op: Op) -> None:
    a = e.array(op.operands[0])
    t, tail = a.type.dtype, e.scope(a.root)
    p = _index(e, op, a, op.operands[1:-1])
    old = e.c.load(p, t, tail)
    new: Num = elementwise("add", e.c, (old, e.num(op.operands[-1])), t, t, op.attrs)
    e.c.store(p, new, t, tail)


# -- views ------------------------------------------------------------------------------------------------


def _result(
    e: FunctionEmitter, op: Op, a: ArrayVal, data: str, sizes: Sequence[str], strides: Sequence[str]
) -> None:
    t = op.results[0].type
    assert isinstance(t, Array)
    exact = tuple("1" if letter == "1" else n for letter, n in zip(t.axes, sizes, strict=True))
    steps = e.c_strides(exact) if t.layout == "C" else tuple(strides)
    e.env[op.results[0]] = ArrayVal(t, data, a.owner, exact, steps, a.root)


def emit_view(e: FunctionEmitter, op: Op) -> None:
    c, a = e.c, e.array(op.operands[0])
    operands = iter(op.operands[1:])
    offset, axis = "0", 0
    sizes: list[str] = []
    strides: list[str] = []
    for letter in str(op.attrs["spec"]):
        if letter == "+":
            sizes.append("1")
            strides.append("0")
            continue
        n, s = a.sizes[axis], a.strides[axis]
        if letter == "i":
            i = e.int(next(operands))
            if not op.attrs.get("safe"):
                check_index(e, op, i, n, axis)
            offset = c.add(offset, c.mul(i, s))
        elif letter == "s":
            start, length, step = (e.int(next(operands)) for _ in range(3))
            if not op.attrs.get("safe"):
                _check_slice(e, op, start, length, step, n, axis)
            offset = c.add(offset, _first(e, start, length, s))
            sizes.append(length)
            strides.append(c.mul(s, step))
        elif letter == ":":
            sizes.append(n)
            strides.append(s)
        elif n != "1":  # "-"
            message = f"cannot drop axis {axis} with size {{0}}: it is not one"
            e.check(c.ins(f"icmp eq i64 {n}, 1"), "ValueError", message, op, (n, I64))
        axis += 1
    data = a.data
    if offset != "0":
        data = c.ins(f"getelementptr {mem(a.type.dtype)}, ptr {a.data}, i64 {offset}")
    _result(e, op, a, data, sizes, strides)


def _first(e: FunctionEmitter, start: str, length: str, stride: str) -> str:
    """Offset of the first element (an empty slice may start anywhere: its offset is never used)."""
    del length
    return e.c.mul(start, stride)


def _check_slice(e: FunctionEmitter, op: Op, start: str, length: str, step: str, n: str, axis: int) -> None:
    c = e.c
    if length == n and start == "0" and step == "1":
        return
    last = c.add(start, c.mul(c.ins(f"sub i64 {length}, 1"), step))
    inside = c.ins(f"and i1 {c.ins(f'icmp ult i64 {start}, {n}')}, {c.ins(f'icmp ult i64 {last}, {n}')}")
    inside = c.ins(f"and i1 {inside}, {c.ins(f'icmp ule i64 {length}, {n}')}")
    ok = c.ins(f"or i1 {inside}, {c.ins(f'icmp eq i64 {length}, 0')}")
    message = (
        f"slice of {{1}} elements from {{0}} step {{2}} is out of bounds for axis {axis} with size {{3}}"
    )
    e.check(ok, "IndexError", message, op, (start, I64), (length, I64), (step, I64), (n, I64))


def emit_transpose(e: FunctionEmitter, op: Op) -> None:
    a = e.array(op.operands[0])
    perm = [int(k) for k in op.attrs["perm"]]
    _result(e, op, a, a.data, [a.sizes[k] for k in perm], [a.strides[k] for k in perm])


def emit_pack(e: FunctionEmitter, op: Op) -> None:
    """The same memory, the last axis as lanes or the lanes as a last axis."""
    a, t = e.array(op.operands[0]), op.results[0].type
    assert isinstance(t, Array)
    sizes = a.sizes[:-1] if op.name == "pack" else (*a.sizes, str(a.type.dtype.lanes))
    _result(e, op, a, a.data, sizes, e.c_strides(sizes))


def emit_reshape(e: FunctionEmitter, op: Op) -> None:
    a, t = e.array(op.operands[0]), op.results[0].type
    assert isinstance(t, Array)
    sizes = dims(e, t, op.operands[1:], op)
    have, want = e.count(a.sizes), e.count(sizes)
    if have != want:
        ok = e.c.ins(f"icmp eq i64 {have}, {want}")
        message = "cannot reshape array of size {0} into an array of size {1}"
        e.check(ok, "ValueError", message, op, (have, I64), (want, I64))
    _result(e, op, a, a.data, sizes, e.c_strides(sizes))


def emit_broadcast(e: FunctionEmitter, op: Op) -> None:
    a, t = e.array(op.operands[0]), op.results[0].type
    assert isinstance(t, Array)
    sizes = dims(e, t, op.operands[1:], op)
    lack = len(sizes) - len(a.sizes)
    strides = ["0"] * lack
    for n, have, s in zip(sizes[lack:], a.sizes, a.strides, strict=True):
        if have == n:
            strides.append(s)
        elif have == "1":
            strides.append("0")
        else:
            one = e.c.ins(f"icmp eq i64 {have}, 1")
            ok = e.c.ins(f"or i1 {one}, {e.c.ins(f'icmp eq i64 {have}, {n}')}")
            message = "cannot broadcast an axis of size {0} to size {1}"
            e.check(ok, "ValueError", message, op, (have, I64), (n, I64))
            strides.append(e.c.ins(f"select i1 {one}, i64 0, i64 {s}"))
    _result(e, op, a, a.data, sizes, strides)


def emit_diagonal(e: FunctionEmitter, op: Op) -> None:
    a = e.array(op.operands[0])
    e.unit.intrinsic("i64 @llvm.smin.i64(i64, i64)")
    n = e.c.ins(f"call i64 @llvm.smin.i64(i64 {a.sizes[0]}, i64 {a.sizes[1]})")
    _result(e, op, a, a.data, [n], [e.c.add(a.strides[0], a.strides[1])])


OPS = {
    "const": emit_const,
    "undef": emit_undef,
    "alloc": emit_alloc,
    "dim": emit_dim,
    "load": emit_load,
    "store": emit_store,
    "accum": emit_accum,
    "view": emit_view,
    "transpose": emit_transpose,
    "pack": emit_pack,
    "unpack": emit_pack,
    "reshape": emit_reshape,
    "broadcast": emit_broadcast,
    "diagonal": emit_diagonal,
}
