"""Products of thin matrices: a few columns and few terms in each sum, where a call of BLAS costs more than it
gives.

The right matrix is copied into a block of whole vectors on the stack, with zeros where it ends, once for all
rows.  A row of the product is then one or four vectors in registers.
"""

from __future__ import annotations

from ...ir.types import Scalar
from .code import Code
from .control import count_loop
from .values import reg

_LANES = 8
_TERMS = 16
"""The longest sum; half of it where a row takes four vectors."""


def panel(c: Code, t: Scalar, done: str) -> None:
    """Code of ``wg_matmul_T`` that goes to ``done`` with the product, or goes on where it is not thin."""
    several = c.ins(f"and i1 {c.ins('icmp sgt i64 %n, 1')}, {c.ins('icmp sgt i64 %m, 3')}")
    for vectors in (1, 4):
        thin, go_on = c.new_label("thin"), c.new_label("not_thin")
        few = c.ins(f"icmp ule i64 %k, {_TERMS if vectors == 1 else _TERMS // 2}")
        fits = c.ins(f"and i1 {several}, {few}")
        if vectors == 1:
            fits = c.ins(f"and i1 {fits}, {c.ins(f'icmp ule i64 %n, {_LANES}')}")
        c.branch(fits, thin, go_on)
        c.label(thin)
        _columns(c, t, vectors)
        c.goto(done)
        c.label(go_on)


def _columns(c: Code, t: Scalar, vectors: int) -> None:
    """All columns, those of ``vectors`` vectors at a time."""
    width, ty, wide = _LANES * vectors, reg(t), f"<{_LANES} x {reg(t)}>"
    block = c.alloca(f"[{_TERMS * _LANES * (2 if vectors > 1 else 1)} x {ty}]", 64)
    c.unit.intrinsic("i64 @llvm.smin.i64(i64, i64)")
    c.unit.intrinsic(f"void @llvm.masked.store.v{_LANES}{t.name}.p0({wide}, ptr, i32, <{_LANES} x i1>)")
    count = c.ins(f"udiv i64 {c.ins(f'add i64 %n, {width - 1}')}, {width}")

    def columns(b: str, _: list[str]) -> list[str]:
        start = c.ins(f"mul i64 {b}, {width}")
        left = c.ins(f"sub i64 %n, {start}")
        some = c.ins(f"call i64 @llvm.smin.i64(i64 {left}, i64 {width})")
        _pack(c, t, block, start, some, vectors)
        masks = [_mask(c, some, q) for q in range(vectors)]
        together = 4 if vectors == 1 else 1
        groups = c.ins(f"udiv i64 %m, {together}")

        def group(g: str, _: list[str]) -> list[str]:
            _rows(c, t, block, c.mul(g, str(together)), together, start, masks)
            return []

        def single(i: str, _: list[str]) -> list[str]:
            _rows(c, t, block, i, 1, start, masks)
            return []

        count_loop(c, groups, group)
        if together > 1:
            count_loop(c, "%m", single, start=c.mul(groups, str(together)))
        return []

    count_loop(c, count, columns)


def _mask(c: Code, some: str, q: int) -> str:
    """Which lanes of vector ``q`` are columns of the product."""
    wide = f"<{_LANES} x i64>"
    one = c.ins(f"insertelement {wide} poison, i64 {some}, i64 0")
    all_ = c.ins(f"shufflevector {wide} {one}, {wide} poison, <{_LANES} x i32> zeroinitializer")
    places = ", ".join(f"i64 {q * _LANES + k}" for k in range(_LANES))
    return c.ins(f"icmp slt {wide} <{places}>, {all_}")


def _pack(c: Code, t: Scalar, block: str, start: str, some: str, vectors: int) -> None:
    """Copy the columns from ``start`` on into the block, a row of it for each row of the matrix."""
    width, ty, wide = _LANES * vectors, reg(t), f"<{_LANES} x {reg(t)}>"

    def row(k: str, _: list[str]) -> list[str]:
        to = c.ins(f"getelementptr inbounds {ty}, ptr {block}, i64 {c.mul(k, str(width))}")
        for q in range(vectors):
            at = c.ins(f"getelementptr inbounds {ty}, ptr {to}, i64 {q * _LANES}")
            c.do(f"store {wide} zeroinitializer, ptr {at}, align {t.itemsize * _LANES}")
        away = c.add(c.mul(k, "%b0"), c.mul(start, "%b1"))
        source = c.ins(f"getelementptr inbounds {ty}, ptr %b, i64 {away}")

        def cell(j: str, _: list[str]) -> list[str]:
            v = c.load(c.ins(f"getelementptr inbounds {ty}, ptr {source}, i64 {c.mul(j, '%b1')}"), t)
            c.store(c.ins(f"getelementptr inbounds {ty}, ptr {to}, i64 {j}"), v, t)
            return []

        count_loop(c, some, cell)
        return []

    count_loop(c, "%k", row)


def _rows(c: Code, t: Scalar, block: str, i: str, rows: int, start: str, masks: list[str]) -> None:
    """Some rows of the product from row ``i`` on, for the columns in the block."""
    ty, wide, vectors = reg(t), f"<{_LANES} x {reg(t)}>", len(masks)
    size = t.itemsize * _LANES
    firsts = [
        c.ins(f"getelementptr inbounds {ty}, ptr %a, i64 {c.mul(c.add(i, str(r)), '%a0')}")
        for r in range(rows)
    ]

    def term(k: str, sums: list[str]) -> list[str]:
        right: list[str] = []
        for q in range(vectors):
            place = c.add(c.mul(k, str(_LANES * vectors)), str(q * _LANES))
            at = c.ins(f"getelementptr inbounds {ty}, ptr {block}, i64 {place}")
            right.append(c.ins(f"load {wide}, ptr {at}, align {size}"))
        out: list[str] = []
        for r in range(rows):
            at = c.ins(f"getelementptr inbounds {ty}, ptr {firsts[r]}, i64 {c.mul(k, '%a1')}")
            one = c.ins(f"insertelement {wide} poison, {ty} {c.load(at, t)}, i64 0")
            x = c.ins(f"shufflevector {wide} {one}, {wide} poison, <{_LANES} x i32> zeroinitializer")
            for q in range(vectors):
                product = c.ins(f"fmul contract {wide} {x}, {right[q]}")
                out.append(c.ins(f"fadd contract {wide} {sums[r * vectors + q]}, {product}"))
        return out

    sums = count_loop(c, "%k", term, [(wide, "zeroinitializer")] * (rows * vectors))
    for r in range(rows):
        row = c.add(c.mul(c.add(i, str(r)), "%n"), start)
        for q, mask in enumerate(masks):
            at = c.ins(f"getelementptr inbounds {ty}, ptr %c, i64 {c.add(row, str(q * _LANES))}")
            name = f"llvm.masked.store.v{_LANES}{t.name}.p0"
            v = sums[r * vectors + q]
            c.do(f"call void @{name}({wide} {v}, ptr {at}, i32 {t.itemsize}, <{_LANES} x i1> {mask})")
