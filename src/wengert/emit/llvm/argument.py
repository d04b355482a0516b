"""``argmax`` and ``argmin``: first of ties, and a nan wins, as in NumPy."""

from __future__ import annotations

from ...ir.core import Op
from ...ir.types import BOOL, I64, Array, Scalar
from .control import count_loop
from .function import FunctionEmitter
from .memory import fresh
from .scalar import SCALAR
from .values import ArrayVal, mem, reg


def _better(e: FunctionEmitter, kind: str, t: Scalar, new: str, old: str) -> str:
    """Does ``new`` replace ``old``?"""
    wins = SCALAR["gt" if kind == "argmax" else "lt"](e.c, (new, old), t, BOOL, {})
    if not t.is_float:
        return str(wins)
    fresh_nan = e.c.ins(f"fcmp uno {reg(t)} {new}, {new}")
    old_fine = e.c.ins(f"fcmp ord {reg(t)} {old}, {old}")
    return e.c.ins(f"or i1 {wins}, {e.c.ins(f'and i1 {fresh_nan}, {old_fine}')}")


def _scan(e: FunctionEmitter, kind: str, t: Scalar, base: str, n: str, stride: str) -> tuple[str, str]:
    """Position and value of the winner among ``n`` (at least one) elements."""
    c = e.c
    first = str(c.load(base, t))

    def body(i: str, carried: list[str]) -> list[str]:
        where, best = carried
        p = c.ins(f"getelementptr inbounds {mem(t)}, ptr {base}, i64 {c.mul(i, stride)}")
        x = str(c.load(p, t))
        better = _better(e, kind, t, x, best)
        return [
            c.ins(f"select i1 {better}, i64 {i}, i64 {where}"),
            c.ins(f"select i1 {better}, {reg(t)} {x}, {reg(t)} {best}"),
        ]

    where, best = count_loop(c, n, body, (("i64", "0"), (reg(t), first)), start="1")
    return where, best


def emit(e: FunctionEmitter, op: Op) -> None:
    """Dispatch on the axis."""
    a = e.array(op.operands[0])
    axis = op.attrs.get("axis")
    axes = range(a.type.rank) if axis is None else [int(axis) % a.type.rank]
    for k in axes:
        some = e.c.ins(f"icmp ne i64 {a.sizes[k]}, 0")
        e.check(some, "ValueError", f"attempt to get {op.name} of an empty sequence", op)
    result = op.results[0]
    if isinstance(result.type, Scalar):
        e.env[result] = _whole(e, op, a)
    else:
        e.env[result] = _along(e, op, a, axes[0], result.type)  # type: ignore[arg-type]


def _whole(e: FunctionEmitter, op: Op, a: ArrayVal) -> str:
    c, t = e.c, a.type.dtype
    if a.type.layout == "C" or a.type.rank <= 1:
        stride = "1" if a.type.layout == "C" else (a.strides[0] if a.strides else "1")
        return _scan(e, op.name, t, a.data, e.count(a.sizes), stride)[0]
    # rows one after another; the flat index grows with them
    dense = e.c_strides(a.sizes)
    best_at, best = c.alloca("i64"), c.alloca(mem(t))
    c.do(f"store i64 0, ptr {best_at}, align 8")
    c.store(best, str(c.load(a.data, t)), t)
    last = a.type.rank - 1

    def level(k: int, base: str, flat: str) -> None:
        if k < last:

            def body(i: str, _: list[str]) -> list[str]:
                p = c.ins(f"getelementptr inbounds {mem(t)}, ptr {base}, i64 {c.mul(i, a.strides[k])}")
                level(k + 1, p, c.add(flat, c.mul(i, dense[k])))
                return []

            count_loop(c, a.sizes[k], body)
            return
        where, x = _scan(e, op.name, t, base, a.sizes[k], a.strides[k])
        better = _better(e, op.name, t, x, str(c.load(best, t)))
        old_at, old = c.ins(f"load i64, ptr {best_at}, align 8"), str(c.load(best, t))
        at = c.ins(f"select i1 {better}, i64 {c.add(flat, where)}, i64 {old_at}")
        c.do(f"store i64 {at}, ptr {best_at}, align 8")
        c.store(best, c.ins(f"select i1 {better}, {reg(t)} {x}, {reg(t)} {old}"), t)

    level(0, a.data, "0")
    # a row that starts the array wins ties by coming first: `level` replaces only what is strictly better
    return c.ins(f"load i64, ptr {best_at}, align 8")


def _along(e: FunctionEmitter, op: Op, a: ArrayVal, axis: int, t: Array) -> ArrayVal:
    c = e.c
    kept = [k for k in range(a.type.rank) if k != axis]
    out = fresh(e, t, [a.sizes[k] for k in kept], op.results[0], op)

    def level(j: int, base: str, to: str) -> None:
        if j == len(kept):
            where, _ = _scan(e, op.name, a.type.dtype, base, a.sizes[axis], a.strides[axis])
            c.store(to, where, I64)
            return
        k = kept[j]

        def body(i: str, _: list[str]) -> list[str]:
            p = c.ins(f"getelementptr inbounds {mem(a.type.dtype)}, ptr {base}, i64 {c.mul(i, a.strides[k])}")
            q = c.ins(f"getelementptr inbounds i64, ptr {to}, i64 {c.mul(i, out.strides[j])}")
            level(j + 1, p, q)
            return []

        count_loop(c, a.sizes[k], body)

    level(0, a.data, out.data)
    return out


OPS = {"argmax": emit, "argmin": emit}
