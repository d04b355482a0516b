"""Assembly of the module.

Tthe entry ``wg_main``, the functions it calls, helpers, declarations and metadata.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...ir.core import Func, Module
from ...ir.types import Array, Rec, Scalar, Type
from . import mathlib, support
from .code import Code, Unit
from .function import FunctionEmitter
from .native import Native, Options
from .values import ArrayVal, Complex, Val, mem, parts, real, reg

#: Stack head of the ring of buffers: as the header in front of data, so that data is `heap + 64`.
_HEAP = "[64 x i8]"


def symbol(name: str) -> str:
    """The LLVM name of an inner function."""
    return '"wg_f_' + name.replace('"', "") + '"'


def result_struct(types: Sequence[Type]) -> tuple[str, list[str]]:
    """What an inner function returns.

    Tthe number of a failed site (or 0), and the components of its results.
    """
    comps = [p for t in types for p in parts(t)]
    return "{" + ", ".join(["i32", *comps]) + "}", comps


def lower(module: Module, options: Options | None = None) -> Native:
    """The LLVM text of a module."""
    unit = Unit(options or Options.default())
    if unit.options.poison:
        unit.intrinsic("void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
    others = [f for name, f in module.funcs.items() if name != module.entry or _calls_itself(module)]
    for f in others:
        _inner(unit, f)
    _entry(unit, module.main)
    symbols = ["malloc", "free", "wg_pool", *unit.symbols]
    body = [
        *unit.functions,
        support.source(["wg_release", *unit.support], unit.options.poison),
    ]
    if unit.vmath:
        body.append(mathlib.source(unit.vmath))
    unit.declarations.pop("@llvm.memcpy.p0.p0.i64", None)
    declared = "\n".join(unit.declarations.values())
    text = "\n".join(body)
    # the vector mathematics may declare the same intrinsics
    if unit.vmath:
        have = {
            line.split("(")[0].split()[-1] for line in body[-1].splitlines() if line.startswith("declare")
        }
        declared = "\n".join(d for name, d in unit.declarations.items() if name not in have)
    text = "\n".join([declared, text, "", *unit.metadata, ""])
    main = module.main
    return Native(
        text,
        tuple(unit.sites),
        tuple(p.type for p in main.params),
        tuple(v.type for v in main.results),
        tuple(dict.fromkeys(symbols)),
        unit.options,
    )


def _calls_itself(module: Module) -> bool:
    from .facts import all_blocks

    return any(
        op.name == "call" and op.attrs["func"] == module.entry
        for f in module.funcs.values()
        for b in all_blocks(f.body)
        for op in b.ops
    )


def _fail_block(c: Code, tail: str) -> list[str]:
    if not c.fails:
        return []
    phi = "  %failed = phi i32 " + ", ".join(f"[ {n}, %{b} ]" for n, b in c.fails)
    return ["fail:", phi, tail]


def _prologue(e: FunctionEmitter) -> list[str]:
    lines = list(e.c.entry)
    for slot in e.slots:
        lines.append(f"  store {{ptr, i64}} zeroinitializer, ptr {slot}, align 8")
    if "interrupt" in e.unit.support:
        lines.append("  %interrupt_at = getelementptr i8, ptr %ctx, i64 72")
        lines.append("  %interrupt = load ptr, ptr %interrupt_at, align 8")
    return lines


def _inner(unit: Unit, f: Func) -> None:
    """A function reached by ``call``: components in, status and components out."""
    e = FunctionEmitter(unit, f, is_entry=False)
    c = e.c
    types = [v.type for v in f.results]
    struct, _comps = result_struct(types)
    args: list[str] = []
    for p in f.params:
        names = [c.name("%p") for _ in parts(p.type)]
        args += [f"{ty} {n}" for ty, n in zip(parts(p.type), names, strict=True)]
        e.env[p] = e.unflatten(names, p.type)
    depth_at = c.ins("getelementptr i8, ptr %ctx, i64 56")
    depth = c.ins(f"load i64, ptr {depth_at}, align 8")
    ok = c.ins(f"icmp slt i64 {depth}, {unit.options.max_depth}")
    c.check(ok, "RecursionError", "maximum recursion depth exceeded", (), f.span)
    c.do(f"store i64 {c.ins(f'add i64 {depth}, 1')}, ptr {depth_at}, align 8")
    if unit.options.safepoints:
        unit.support.setdefault("interrupt")
        flag = c.ins("load volatile i32, ptr %interrupt, align 4")
        c.check(c.ins(f"icmp eq i32 {flag}, 0"), "KeyboardInterrupt", "", (), f.span)
    values = e.block(f.body)
    for slot in e.slots:
        unit.support.setdefault("wg_free")
        _free_slot(c, slot)
    c.do(f"store i64 {depth}, ptr {depth_at}, align 8")
    result = "zeroinitializer"
    for k, (ty, v) in enumerate(e.components(values, types)):
        result = c.ins(f"insertvalue {struct} {result}, {ty} {v}, {k + 1}")
    c.do(f"ret {struct} {result}")
    fail = _fail_block(
        c, f"  %failure = insertvalue {struct} zeroinitializer, i32 %failed, 0\n  ret {struct} %failure"
    )
    head = ", ".join(["ptr %ctx", "ptr %heap", *args])
    e.finish_scopes()
    unit.functions.append(
        "\n".join(
            [
                f"define internal {struct} @{symbol(f.name)}({head}) noinline nounwind {{",
                "entry:",
                *_prologue(e),
                *c.lines,
                *fail,
                "}",
            ]
        )
    )


def _free_slot(c: Code, slot: str) -> None:
    data = c.ins(f"load ptr, ptr {slot}, align 8")
    free, after = c.new_label("free"), c.new_label("freed")
    c.branch(c.ins(f"icmp eq ptr {data}, null"), after, free)
    c.label(free)
    c.do(f"call void @wg_free(ptr {data})")
    c.goto(after)
    c.label(after)


def _slot(c: Code, base: str, k: int) -> str:
    return c.ins(f"getelementptr inbounds i64, ptr {base}, i64 {k}") if k else base


def _entry(unit: Unit, f: Func) -> None:
    """``i32 @wg_main(ptr ctx, ptr in, ptr out)``."""
    unit.support.setdefault("wg_free_all")
    e = FunctionEmitter(unit, f, is_entry=True)
    c = e.c
    k = 0
    for p in f.params:
        v, k = _unpack(e, p.type, k)
        e.env[p] = v
    values = e.block(f.body)
    k = 0
    owners: list[str] = []
    for v, t in zip(values, (r.type for r in f.results), strict=True):
        k = _pack(e, v, t, k, owners)
    c.do("call void @wg_free_all(ptr %heap)")
    c.do("ret i32 0")
    fail = _fail_block(c, "  call void @wg_free_all(ptr %heap)\n  ret i32 %failed")
    e.finish_scopes()
    unit.functions.append(
        "\n".join(
            [
                "define i32 @wg_main(ptr noalias %ctx, ptr noalias %in, ptr noalias %out) nounwind {",
                "entry:",
                f"  %heap = alloca {_HEAP}, align 64",
                "  %heap_head = getelementptr i8, ptr %heap, i64 64",
                "  %heap_prev = getelementptr i8, ptr %heap, i64 8",
                "  %heap_next = getelementptr i8, ptr %heap, i64 16",
                "  store ptr %heap_head, ptr %heap_prev, align 8",
                "  store ptr %heap_head, ptr %heap_next, align 8",
                "  %heap_spares = getelementptr i8, ptr %heap, i64 32",
                "  store [4 x ptr] zeroinitializer, ptr %heap_spares, align 8",
                "  %depth_at = getelementptr i8, ptr %ctx, i64 56",
                "  store i64 0, ptr %depth_at, align 8",
                *_prologue(e),
                *c.lines,
                *fail,
                "}",
            ]
        )
    )


def _unpack(e: FunctionEmitter, t: Type, k: int) -> tuple[Val, int]:
    c = e.c
    assert not isinstance(t, Rec), "records do not cross the boundary"
    if isinstance(t, Scalar):
        if t.is_complex:
            ty = reg(real(t))
            step = 1
            re = c.ins(f"load {ty}, ptr {_slot(c, '%in', k)}, align 8")
            im = c.ins(f"load {ty}, ptr {_slot(c, '%in', k + step)}, align 8")
            return Complex(re, im), k + 2
        return c.load(_slot(c, "%in", k), t), k + 1
    data = c.ins(f"load ptr, ptr {_slot(c, '%in', k)}, align 8")
    sizes: list[str] = []
    strides: list[str] = []
    for axis, letter in enumerate(t.axes):
        size = c.ins(f"load i64, ptr {_slot(c, '%in', k + 1 + axis)}, align 8") if letter == "n" else "1"
        if letter == "n":
            c.do(f"call void @llvm.assume(i1 {c.ins(f'icmp sge i64 {size}, 0')})")
            e.unit.intrinsic("void @llvm.assume(i1)")
            e.joint[size] = frozenset({size})
        sizes.append(size)
        if t.layout != "C":
            strides.append(c.ins(f"load i64, ptr {_slot(c, '%in', k + 1 + t.rank + axis)}, align 8"))
    steps = tuple(strides) if t.layout != "C" else e.c_strides(sizes)
    return ArrayVal(t, data, "null", tuple(sizes), steps, e.new_root()), k + 1 + 2 * t.rank


def _pack(e: FunctionEmitter, v: Val, t: Type, k: int, owners: list[str]) -> int:
    from .transfer import owned_copy

    c = e.c
    assert isinstance(t, (Scalar, Array)), "records do not cross the boundary"
    if isinstance(v, Complex):
        ty = reg(real(v_type(t)))
        c.do(f"store {ty} {v.re}, ptr {_slot(c, '%out', k)}, align 8")
        c.do(f"store {ty} {v.im}, ptr {_slot(c, '%out', k + 1)}, align 8")
        return k + 2
    if isinstance(v, str):
        s = v_type(t)
        if s.itemsize < 8:
            c.do(f"store i64 0, ptr {_slot(c, '%out', k)}, align 8")
        c.store(_slot(c, "%out", k), v, s)
        return k + 1
    assert isinstance(v, ArrayVal)
    data, owner = owned_copy(e, v, owners)
    owners.append(owner)
    e.unit.support.setdefault("wg_keep")
    c.do(f"call void @wg_keep(ptr {owner})")
    c.do(f"store ptr {data}, ptr {_slot(c, '%out', k)}, align 8")
    c.do(f"store ptr {owner}, ptr {_slot(c, '%out', k + 1)}, align 8")
    for axis, n in enumerate(v.sizes):
        c.do(f"store i64 {n}, ptr {_slot(c, '%out', k + 2 + axis)}, align 8")
    return k + 2 + len(v.sizes)


def v_type(t: Type) -> Scalar:
    """A type known to be scalar."""
    assert isinstance(t, Scalar)
    return t


__all__ = ["lower", "mem", "result_struct", "symbol"]
