"""``matmul``: small or unusual products run in loops of ours, the rest goes to BLAS.

One function per element type is emitted, over general strides: ``wg_matmul_T(heap, a, a0, a1, b, b0, b1, c,
m, k, n)`` writes the C-contiguous m by n product. It chooses at run time.
"""

from __future__ import annotations

from ...ir.core import Op
from ...ir.types import I64, Array, Scalar, dtype_of
from .code import Code
from .control import count_loop
from .function import FunctionEmitter
from .memory import fresh
from .panel import panel
from .scalar import cast, elementwise, flags
from .transfer import copy_loop
from .values import ArrayVal, Complex, Num, mem, real, reg, zero

_LETTER = {"f64": "d", "f32": "s"}
#: Products with fewer multiplications than this are not worth a call of BLAS.
BLAS_FROM = 1024


def emit(e: FunctionEmitter, op: Op) -> None:
    """Vectors are matrices with one row or column."""
    c = e.c
    a, b = e.array(op.operands[0]), e.array(op.operands[1])
    m, k, a0, a1 = (
        (a.sizes[0], a.sizes[1], *a.strides) if a.type.rank == 2 else ("1", a.sizes[0], "0", a.strides[0])
    )
    k2, n, b0, b1 = (
        (b.sizes[0], b.sizes[1], *b.strides) if b.type.rank == 2 else (b.sizes[0], "1", b.strides[0], "0")
    )
    if k != k2:
        message = "matmul: inner sizes {0} and {1} differ"
        e.check(c.ins(f"icmp eq i64 {k}, {k2}"), "ValueError", message, op, (k, I64), (k2, I64))
    result, t = op.results[0], dtype_of(op.results[0].type)
    columns = n
    if a.type.dtype != b.type.dtype and t == b.type.dtype:
        # every row of b is a row of numbers: so is every row of the product
        if b1 != "1" and n != "1":
            rows = fresh(e, Array(t, b.type.axes), b.sizes, None, op)
            copy_loop(e, b, rows.data)
            b, b0 = rows, n
        lanes = str(t.lanes)
        b0, b1, n = c.mul(b0, lanes), "1", c.mul(n, lanes)
        kinds = (a.type.dtype, a.type.dtype)
    else:
        kinds = (a.type.dtype, b.type.dtype)
    if isinstance(result.type, Scalar):
        place = c.alloca(f"[{t.itemsize} x i8]", 16)
        _call(e, kinds, a, (a0, a1), b, (b0, b1), place, (m, k, n))
        e.env[result] = c.load(place, t)
        return
    assert isinstance(result.type, Array)
    sizes = [*((m,) if a.type.rank == 2 else ()), *((columns,) if b.type.rank == 2 else ())]
    sizes = ["1" if letter == "1" else s for letter, s in zip(result.type.axes, sizes, strict=True)]
    out = fresh(e, result.type, sizes, result, op)
    _call(e, kinds, a, (a0, a1), b, (b0, b1), out.data, (m, k, n))
    e.env[result] = out


def _call(
    e: FunctionEmitter,
    kinds: tuple[Scalar, Scalar],
    a: ArrayVal,
    sa: tuple[str, str],
    b: ArrayVal,
    sb: tuple[str, str],
    to: str,
    shape: tuple[str, str, str],
) -> None:
    helper = _helper(kinds)
    if helper not in e.unit.support:
        e.unit.support[helper] = None
        e.unit.functions.append(_matmul(e, kinds))
    strides_a, strides_b = (", ".join(f"i64 {s}" for s in pair) for pair in (sa, sb))
    sizes = ", ".join(f"i64 {s}" for s in shape)
    e.c.do(f"call void @{helper}(ptr {a.data}, {strides_a}, ptr {b.data}, {strides_b}, ptr {to}, {sizes})")


def _helper(kinds: tuple[Scalar, Scalar]) -> str:
    return f"wg_matmul_{kinds[0]}" + (f"_{kinds[1]}" if kinds[0] != kinds[1] else "")


def _matmul(e: FunctionEmitter, kinds: tuple[Scalar, Scalar]) -> str:
    """The text of the function for two element types: one, or one of numbers and one of lanes of them."""
    c = Code(e.unit)
    head = (
        f"define internal void @{_helper(kinds)}(ptr %a, i64 %a0, i64 %a1, ptr %b, i64 %b0, i64 %b1, "
        "ptr noalias %c, i64 %m, i64 %k, i64 %n) noinline nounwind {"
    )
    small, done = c.new_label("small"), c.new_label("finished")
    if kinds[0] == kinds[1] and kinds[0].name in _LETTER:
        panel(c, kinds[0], done)
        _blas(e, c, kinds[0], small, done)
    else:
        c.goto(small)
    c.label(small)
    _loops(c, kinds)
    c.goto(done)
    c.label(done)
    c.do("ret void")
    return "\n".join([head, "entry:", *c.entry, *c.lines, "}"])


def _blas(e: FunctionEmitter, c: Code, t: Scalar, small: str, done: str) -> None:
    """Call ?gemm on the transposes (Fortran order) when both matrices have a unit stride.

    Ootherwise use the loops.
    """
    ty, letter = reg(t), _LETTER[t.name]
    work = c.ins(f"mul i64 {c.ins('mul i64 %m, %k')}, %n")
    big = c.ins(f"icmp uge i64 {work}, {BLAS_FROM}")
    dot = c.ins(f"and i1 {c.ins('icmp eq i64 %m, 1')}, {c.ins('icmp eq i64 %n, 1')}")
    fits: list[str] = [big, c.ins(f"xor i1 {dot}, true")]
    for size in ("%m", "%k", "%n"):
        fits.append(c.ins(f"icmp ult i64 {size}, 2147483647"))
    modes: list[tuple[str, str]] = []
    # row-major a (m, k): a1 == 1 (rows contiguous, ld a0) or a0 == 1 (columns contiguous, ld a1)
    for s0, s1, rows, cols in (("%a0", "%a1", "%m", "%k"), ("%b0", "%b1", "%k", "%n")):
        plain = _unit(c, s1, s0, cols, rows)
        turned = _unit(c, s0, s1, rows, cols)
        fits.append(c.ins(f"or i1 {plain}, {turned}"))
        lead = c.ins(f"select i1 {plain}, i64 {s0}, i64 {s1}")
        width = c.ins(f"select i1 {plain}, i64 {cols}, i64 {rows}")
        e.unit.intrinsic("i64 @llvm.smax.i64(i64, i64)")
        lead = c.ins(f"call i64 @llvm.smax.i64(i64 {lead}, i64 {width})")
        modes.append((c.ins(f"select i1 {plain}, i8 78, i8 84"), c.ins(f"trunc i64 {lead} to i32")))
    ok = fits[0]
    for f in fits[1:]:
        ok = c.ins(f"and i1 {ok}, {f}")
    call = c.new_label("blas")
    c.branch(ok, call, small)
    c.label(call)
    cells = {name: c.alloca("i32") for name in ("m", "k", "n", "lda", "ldb", "ldc")}
    for name in ("m", "k", "n"):
        c.do(f"store i32 {c.ins(f'trunc i64 %{name} to i32')}, ptr {cells[name]}, align 4")
    c.do(f"store i32 {modes[0][1]}, ptr {cells['lda']}, align 4")
    c.do(f"store i32 {modes[1][1]}, ptr {cells['ldb']}, align 4")
    c.do(f"store i32 {c.ins('trunc i64 %n to i32')}, ptr {cells['ldc']}, align 4")
    letters = {name: c.alloca("i8") for name in ("ta", "tb")}
    c.do(f"store i8 {modes[0][0]}, ptr {letters['ta']}, align 1")
    c.do(f"store i8 {modes[1][0]}, ptr {letters['tb']}, align 1")
    one, nil = c.alloca(ty), c.alloca(ty)
    c.do(f"store {ty} 1.0, ptr {one}, align 8")
    c.do(f"store {ty} 0.0, ptr {nil}, align 8")
    name = f"wg_blas_{letter}gemm"
    e.unit.external(name, "void", ", ".join(["ptr"] * 13), "nounwind")
    # c = a b in row-major order is c' = b' a' in Fortran's
    args = [
        letters["tb"], letters["ta"], cells["n"], cells["m"], cells["k"],
        one, "%b", cells["ldb"], "%a", cells["lda"],
        nil, "%c", cells["ldc"],
    ]  # fmt: skip
    c.do(f"call void @{name}({', '.join(f'ptr {x}' for x in args)})")
    c.goto(done)


def _unit(c: Code, unit: str, lead: str, width: str, count: str) -> str:
    """Is a matrix dense along one axis, with a usable leading stride along the other?"""
    dense = c.ins(f"or i1 {c.ins(f'icmp eq i64 {unit}, 1')}, {c.ins(f'icmp eq i64 {width}, 1')}")
    fits = c.ins(f"icmp sge i64 {lead}, {width}")
    single = c.ins(f"icmp eq i64 {count}, 1")
    sane = c.ins(f"icmp slt i64 {lead}, 2147483647")
    return c.ins(f"and i1 {c.ins(f'and i1 {dense}, {sane}')}, {c.ins(f'or i1 {fits}, {single}')}")


def _loops(c: Code, kinds: tuple[Scalar, Scalar]) -> None:
    """Rows of c.

    Sstart from zero and add multiples of the rows of b (or dot products when there is one column).
    """
    left, right = kinds
    t = max(kinds, key=lambda kind: kind.lanes)
    attrs = {"adjoint": t.lanes > 1}

    def gep(kind: Scalar, p: str, i: str, s: str) -> str:
        return c.ins(f"getelementptr inbounds {mem(kind)}, ptr {p}, i64 {c.mul(i, s)}")

    def madd(x: Num, y: Num, acc: Num, reassoc: bool) -> Num:
        p = elementwise("mul", c, (cast(c, x, left, t), cast(c, y, right, t)), t, t, attrs)
        if reassoc and t.is_float:
            return c.ins(f"fadd reassoc{flags(attrs)} {reg(t)} {acc}, {p}")
        return elementwise("add", c, (acc, p), t, t, attrs)

    def column(i: str, _: list[str]) -> list[str]:
        row = gep(left, "%a", i, "%a0")

        def body(k: str, carried: list[str]) -> list[str]:
            acc: Num = Complex(*carried) if t.is_complex else carried[0]
            x, y = c.load(gep(left, row, k, "%a1"), left), c.load(gep(right, "%b", k, "%b0"), right)
            new = madd(x, y, acc, True)
            return list(new) if isinstance(new, Complex) else [new]

        nil = zero(t)
        part = reg(real(t))
        start = [(part, p) for p in (nil if isinstance(nil, Complex) else (nil,))]
        final = count_loop(c, "%k", body, start)
        c.store(gep(t, "%c", i, "1"), Complex(*final) if t.is_complex else final[0], t)
        return []

    def row_by_row(i: str, _: list[str]) -> list[str]:
        arow, crow = gep(left, "%a", i, "%a0"), gep(t, "%c", i, "%n")

        def clear(j: str, _: list[str]) -> list[str]:
            c.store(gep(t, crow, j, "1"), zero(t), t)
            return []

        count_loop(c, "%n", clear)

        def along(k: str, _: list[str]) -> list[str]:
            x, brow = c.load(gep(left, arow, k, "%a1"), left), gep(right, "%b", k, "%b0")

            def cell(j: str, _: list[str]) -> list[str]:
                p = gep(t, crow, j, "1")
                c.store(p, madd(x, c.load(gep(right, brow, j, "%b1"), right), c.load(p, t), False), t)
                return []

            count_loop(c, "%n", cell)
            return []

        count_loop(c, "%k", along)
        return []

    single, many, end = c.new_label("column"), c.new_label("rows"), c.new_label("multiplied")
    c.branch(c.ins("icmp eq i64 %n, 1"), single, many)
    c.label(single)
    count_loop(c, "%m", column)
    c.goto(end)
    c.label(many)
    count_loop(c, "%m", row_by_row)
    c.goto(end)
    c.label(end)


OPS = {"matmul": emit}
