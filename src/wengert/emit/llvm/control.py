"""Control flow: structured regions become basic blocks, carried values become phis."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...ir.core import Op
from ...ir.types import I64, Scalar, Type, is_ref
from .code import Code
from .facts import all_blocks
from .function import FunctionEmitter
from .native import ASSUMED
from .scalar import SCALAR
from .values import Complex, Num, Val, parts, reg


def count_loop(
    c: Code,
    n: str,
    body: Callable[[str, list[str]], list[str]],
    carried: Sequence[tuple[str, str]] = (),
    meta: str = "",
    start: str = "0",
) -> list[str]:
    """``for i in range(start, n)`` in the form LLVM knows best; the carried (type, value) pairs after it."""
    head, inside, done = c.new_label("head"), c.new_label("body"), c.new_label("done")
    before = c.block
    c.goto(head)
    c.label(head)
    i, step = c.name("%i"), c.name("%i")
    hole = c.hole()
    phis = [c.name() for _ in carried]
    more = c.ins(f"icmp slt i64 {i}, {n}")
    c.branch(more, inside, done)
    c.label(inside)
    new = body(i, phis)
    c.do(f"{step} = add nuw nsw i64 {i}, 1")
    latch = c.block
    c.goto(head, f", !llvm.loop {meta}" if meta else "")
    text = [f"  {i} = phi i64 [ {start}, %{before} ], [ {step}, %{latch} ]"]
    for p, (ty, init), v in zip(phis, carried, new, strict=True):
        text.append(f"  {p} = phi {ty} [ {init}, %{before} ], [ {v}, %{latch} ]")
    c.lines[hole] = "\n".join(text)
    c.label(done)
    return phis


def _names(e: FunctionEmitter, types: Sequence[Type]) -> list[tuple[str, str]]:
    """A new name for each component of values of these types."""
    return [(ty, e.c.name()) for t in types for ty in parts(t)]


def _phis(e: FunctionEmitter, hole: int, rows: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]) -> None:
    e.c.lines[hole] = "\n".join(
        f"  {name} = phi {ty} " + ", ".join(f"[ {v}, %{label} ]" for v, label in sources)
        for ty, name, sources in rows
    )


def _define(e: FunctionEmitter, op: Op, values: Sequence[Val], start: int = 0) -> None:
    for r, v in zip(op.results[start:], values, strict=True):
        e.env[r] = v
        if is_ref(r.type):
            e.own(v)


def emit_if(e: FunctionEmitter, op: Op) -> None:
    """``if``."""
    c = e.c
    types = [r.type for r in op.results]
    if op.attrs.get("halving"):
        flag = e.int(op.operands[0])
        unknown = e.unit.meta("!{}")
        pairs = zip(*(region.yields for region in op.regions), types, strict=True)
        values = [
            c.ins(f"select i1 {flag}, {reg(t)} {e.int(a)}, {reg(t)} {e.int(b)}, !unpredictable {unknown}")
            for a, b, t in pairs
            if isinstance(t, Scalar)
        ]
        _define(e, op, values)
        return
    yes, no, join = c.new_label("then"), c.new_label("else"), c.new_label("join")
    c.branch(e.int(op.operands[0]), yes, no)
    arms: list[tuple[list[tuple[str, str]], str]] = []
    for label, region in zip((yes, no), op.regions, strict=True):
        c.label(label)
        values = e.block(region)
        arms.append((e.components(values, types), c.block))
        c.goto(join)
    c.label(join)
    names = _names(e, types)
    hole = c.hole()
    _phis(e, hole, [(ty, n, [(arm[k][1], label) for arm, label in arms]) for k, (ty, n) in enumerate(names)])
    _define(e, op, e.take([n for _, n in names], types))


def _safepoint(e: FunctionEmitter, op: Op) -> None:
    """Leave with KeyboardInterrupt when a signal handler asked for it."""
    if not e.unit.options.safepoints:
        return
    e.unit.support.setdefault("interrupt")
    flag = e.c.ins("load volatile i32, ptr %interrupt, align 4")
    e.check(e.c.ins(f"icmp eq i32 {flag}, 0"), "KeyboardInterrupt", "", op)


def _innermost(op: Op) -> bool:
    """No loops and no calls inside."""
    return not any(
        inner.name in ("for", "while", "call") for r in op.regions for b in all_blocks(r) for inner in b.ops
    )


def _short(op: Op) -> bool:
    """A loop over numbers only: a test in it would cost much and keep it from being vectorised."""
    light = SCALAR.keys() | {"const", "load", "store", "accum", "rec_get", "rec_set", "dim"}
    region = op.regions[0]
    return all(x.name in light and all(isinstance(r.type, Scalar) for r in x.results) for x in region.ops)


def _walks(op: Op) -> bool:
    """Does the loop go along an array, which bounds its trips?"""
    counter = op.regions[0].params[0]
    return any(
        x.name in ("load", "store", "accum", "rec_get", "rec_set") and counter in x.operands
        for x in op.regions[0].ops
    )


_SMALL = ('!"llvm.loop.vectorize.enable", i1 false', '!"llvm.loop.unroll.disable"')
"""Of a version with checks, which runs when something is about to fail: small rather than fast."""


def emit_for(e: FunctionEmitter, op: Op) -> None:
    """Counted loops; an innermost one in two versions when its index checks can be done before it."""
    c = e.c
    lo, hi, step = (e.int(v) for v in op.operands[:3])
    types = [p.type for p in op.regions[0].params[1:]]
    n = trip_count(c, lo, hi, step)
    for v in op.operands[3:]:
        e.retain(e.env[v])
    fine, hoisted = ("", set[Op]())
    cold = bool(op.attrs.get("cold"))
    if e.unit.options.versioning and not cold and step in ("1", "-1") and _innermost(op):
        fine, hoisted = _ends_in_range(e, op, lo, n, step)
    if not fine:
        trips, names = _long(e, op, n, hoisted, *(_SMALL if cold else ()))
    else:
        free, checked, join = c.new_label("free"), c.new_label("checked"), c.new_label("joined")
        c.branch(fine, free, checked, ", !prof !1")
        c.label(free)
        first = _long(e, op, n, hoisted)
        end = c.block
        c.goto(join)
        c.label(checked)
        second = _loop(e, op, n, set(), *_SMALL)
        other = c.block
        c.goto(join)
        c.label(join)
        components = [ty for t in types for ty in parts(t)]
        pairs = zip(["i64", *components], [first[0], *first[1]], [second[0], *second[1]], strict=True)
        trips, *names = [c.ins(f"phi {ty} [ {x}, %{end} ], [ {y}, %{other} ]") for ty, x, y in pairs]
    e.env[op.results[0]] = trips
    _define(e, op, e.take(names, types), 1)


def _ends_in_range(e: FunctionEmitter, op: Op, lo: str, n: str, step: str) -> tuple[str, set[Op]]:
    """A condition under which some accesses of the loop need no check, and these accesses.

    The condition is empty when nothing is left to test.
    """
    from .bounds import Moving, hoistable

    c = e.c
    back = c.ins(f"sub i64 {n}, 1")
    last = c.add(lo, back) if step == "1" else c.ins(f"sub i64 {lo}, {back}")
    counter = c.name("%i")
    e.bounds.counter(counter, lo, e.int(op.operands[1]), int(step))
    done: set[tuple[str, str, str]] = set()
    tests: list[str] = []
    hoisted: set[Op] = set()

    def place(m: Moving, at: str) -> str:
        out = c.add(at, str(m.constant)) if m.sign else str(m.constant)
        for v, sign in m.terms:
            x = e.int(v)
            if out == "0" and sign > 0:
                out = x
            elif out.lstrip("-").isdigit() and sign > 0:
                total = c.ins(f"add i64 {x}, {out}")
                e.bounds.define(total, x, int(out))
                out = total
            else:
                out = c.ins(f"{'add' if sign > 0 else 'sub'} i64 {out}, {x}")
        return out

    for access, forms in hoistable(op.regions[0]):
        a = e.array(access.operands[0])
        hoisted.add(access)
        for m, size in zip(forms, a.sizes, strict=True):
            if not m.terms and m.sign:
                form = (counter, m.constant)
                if e.bounds.at_least_zero(form) and e.bounds.below(form, size):
                    continue
            for at in (lo, last) if m.sign else (lo,):
                x = place(m, at)
                if e.bounds.proves(x, size) or ("", x, size) in done:
                    continue
                done.add(("", x, size))
                tests.append(c.ins(f"icmp ult i64 {x}, {size}"))
    if not tests:
        return "", hoisted
    ok = tests[0]
    for t in tests[1:]:
        ok = c.ins(f"and i1 {ok}, {t}")
    return ok, hoisted


CHUNK = 1 << 24
"""Trips of a loop over numbers between two looks at whether the user wants to stop."""


def _long(e: FunctionEmitter, op: Op, n: str, unchecked: set[Op], *properties: str) -> tuple[str, list[str]]:
    """A counted loop; one over numbers only, which tests nothing inside, in chunks if it may be endless."""
    c = e.c
    types = [p.type for p in op.regions[0].params[1:]]
    known = n.lstrip("-").isdigit() and int(n) <= CHUNK
    numbers = all(isinstance(t, Scalar) for t in types)
    endless = e.unit.options.safepoints and (e.loop_depth == e.base_depth or not _walks(op))
    if known or not (numbers and endless and _short(op)) or op.attrs.get("stop"):
        return _loop(e, op, n, unchecked, *properties)
    head, inside, done = c.new_label("chunk"), c.new_label("some"), c.new_label("all")
    first = e.components([e.env[v] for v in op.operands[3:]], types)
    before = c.block
    c.goto(head)
    c.label(head)
    k = c.name("%k")
    names = _names(e, types)
    hole = c.hole()
    c.branch(c.ins(f"icmp slt i64 {k}, {n}"), inside, done)
    c.label(inside)
    _safepoint(e, op)
    left = c.ins(f"sub i64 {n}, {k}")
    e.unit.intrinsic("i64 @llvm.smin.i64(i64, i64)")
    end = c.add(k, c.ins(f"call i64 @llvm.smin.i64(i64 {left}, i64 {CHUNK})"))
    _, new = _loop(e, op, end, unchecked, *properties, start=k, carried=[name for _, name in names])
    latch = c.block
    c.goto(head)
    rows: list[tuple[str, str, list[tuple[str, str]]]] = [("i64", k, [("0", before), (end, latch)])]
    rows += [(ty, name, [(first[j][1], before), (new[j], latch)]) for j, (ty, name) in enumerate(names)]
    _phis(e, hole, rows)
    c.label(done)
    return n, [name for _, name in names]


def _loop(
    e: FunctionEmitter,
    op: Op,
    n: str,
    unchecked: set[Op],
    *properties: str,
    start: str = "0",
    carried: Sequence[str] | None = None,
) -> tuple[str, list[str]]:
    """One version of a counted loop of ``n`` trips, or of those from ``start`` on with these ``carried``.

    Its number of trips and the components of what it carries.
    """
    c = e.c
    lo, hi, step = (e.int(v) for v in op.operands[:3])
    region = op.regions[0]
    types = [p.type for p in region.params[1:]]
    stop = bool(op.attrs.get("stop"))
    head, inside, done = c.new_label("for"), c.new_label("do"), c.new_label("end")
    first = e.components([e.env[v] for v in op.operands[3:]], types)
    if carried is not None:
        first = [(ty, v) for (ty, _), v in zip(first, carried, strict=True)]
    before = c.block
    c.goto(head)
    c.label(head)
    k, k1 = c.name("%k"), c.name("%k")
    names = _names(e, types)
    hole = c.hole()
    more = c.ins(f"icmp slt i64 {k}, {n}")
    c.branch(more, inside, done)
    c.label(inside)
    i = c.add(lo, c.mul(k, step))
    if step.lstrip("-").isdigit():
        e.bounds.counter(i, lo, hi, int(step))
    params = e.take([name for _, name in names], types)
    e.loop_depth += 1
    if e.loop_depth == e.base_depth + 1 and not _short(op):
        _safepoint(e, op)
    e.env[region.params[0]] = i
    e.env.update(zip(region.params[1:], params, strict=True))
    e.unchecked |= unchecked
    if op.attrs.get("parallel"):
        e.access_group = e.unit.meta("distinct !{}")
        properties = (*properties, f'!"llvm.loop.parallel_accesses", {e.access_group}')
    if op.attrs.get("scalar"):
        properties = (*properties, _SMALL[0])
    elif not types and not lo.isdigit():
        # over part of an axis, as in a triangle: often too short for several vectors at a time
        properties = (*properties, '!"llvm.loop.interleave.count", i32 1')
    values = e.block(region, [p for p in params if is_ref_val(p)])
    e.access_group = ""
    e.unchecked -= unchecked
    e.loop_depth -= 1
    c.do(f"{k1} = add nuw nsw i64 {k}, 1")
    new = e.components(values[1:] if stop else values, types)
    latch = c.block
    meta = e.unit.loop_meta(*properties)
    if stop:
        c.branch(str(values[0]), done, head, f", !llvm.loop {meta}")
    else:
        c.goto(head, f", !llvm.loop {meta}")
    rows: list[tuple[str, str, list[tuple[str, str]]]] = [("i64", k, [(start, before), (k1, latch)])]
    rows += [(ty, name, [(first[j][1], before), (new[j][1], latch)]) for j, (ty, name) in enumerate(names)]
    _phis(e, hole, rows)
    c.label(done)
    if not stop:
        return n, [name for _, name in names]
    final = [c.name() for _ in range(1 + len(names))]
    hole = c.hole()
    rows = [("i64", final[0], [(k, head), (k1, latch)])]
    rows += [(ty, final[j + 1], [(name, head), (new[j][1], latch)]) for j, (ty, name) in enumerate(names)]
    _phis(e, hole, rows)
    return final[0], final[1:]


def is_ref_val(v: Val) -> bool:
    """True for values that can own memory."""
    return not isinstance(v, (str, Complex))


def trip_count(c: Code, lo: str, hi: str, step: str) -> str:
    """``len(range(lo, hi, step))``."""
    from . import total

    if step == "1":
        span = hi if lo == "0" else c.ins(f"sub i64 {hi}, {lo}")
    elif step == "-1":
        span = c.ins(f"sub i64 {lo}, {hi}")
    else:
        # ceil((hi - lo) / step) = -((lo - hi) // step)
        diff = c.ins(f"sub i64 {lo}, {hi}")
        span = c.ins(f"sub i64 0, {total.floordiv(c, diff, step, I64)}")
    if span.lstrip("-").isdigit():
        return str(max(0, int(span)))
    c.unit.intrinsic("i64 @llvm.smax.i64(i64, i64)")
    return c.ins(f"call i64 @llvm.smax.i64(i64 {span}, i64 0)")


def emit_while(e: FunctionEmitter, op: Op) -> None:
    """``while``: region 0 is the condition, region 1 the body."""
    c = e.c
    cond, body = op.regions
    types = [p.type for p in body.params]
    inits = [e.env[v] for v in op.operands]
    for v in inits:
        e.retain(v)
    first = e.components(inits, types)
    head, inside, done = c.new_label("while"), c.new_label("do"), c.new_label("end")
    before = c.block
    c.goto(head)
    c.label(head)
    k, k1 = c.name("%k"), c.name("%k")
    names = _names(e, types)
    hole = c.hole()
    params = e.take([name for _, name in names], types)
    e.loop_depth += 1
    _safepoint(e, op)
    e.env.update(zip(cond.params, params, strict=True))
    (flag,) = e.block(cond)
    c.branch(str(flag), inside, done)
    c.label(inside)
    e.env.update(zip(body.params, params, strict=True))
    values = e.block(body, [p for p in params if is_ref_val(p)])
    e.loop_depth -= 1
    c.do(f"{k1} = add nuw nsw i64 {k}, 1")
    new = e.components(values, types)
    latch = c.block
    c.goto(head)
    rows = [("i64", k, [("0", before), (k1, latch)])]
    rows += [(ty, name, [(first[j][1], before), (new[j][1], latch)]) for j, (ty, name) in enumerate(names)]
    _phis(e, hole, rows)
    c.label(done)
    e.env[op.results[0]] = k
    _define(e, op, params, 1)


def emit_check(e: FunctionEmitter, op: Op) -> None:
    """``check``."""
    operands: list[tuple[Num, Scalar]] = []
    for v in op.operands[1:]:
        if isinstance(v.type, Scalar):
            operands.append((e.num(v), v.type))
    exc = ASSUMED if op.attrs.get("assumed") else str(op.attrs["exc"])
    e.check(e.int(op.operands[0]), exc, str(op.attrs.get("message", "")), op, *operands)


def emit_call(e: FunctionEmitter, op: Op) -> None:
    """Call another function of the module; a failed site inside leaves this one too."""
    from .module import result_struct, symbol

    c = e.c
    name = str(op.attrs["func"])
    types = [r.type for r in op.results]
    args = e.components([e.env[v] for v in op.operands], [v.type for v in op.operands])
    text = "".join(f", {ty} {v}" for ty, v in args)
    struct, comps = result_struct(types)
    r = c.ins(f"call {struct} @{symbol(name)}(ptr %ctx, ptr %heap{text})")
    status = c.ins(f"extractvalue {struct} {r}, 0")
    ok = c.ins(f"icmp eq i32 {status}, 0")
    good, bad = c.new_label("ok"), c.new_label("bad")
    c.branch(ok, good, bad, ", !prof !1")
    c.label(bad)
    c.leave(status)
    c.label(good)
    names = [c.ins(f"extractvalue {struct} {r}, {k + 1}") for k in range(len(comps))]
    _define(e, op, e.take(names, types))


OPS = {"if": emit_if, "for": emit_for, "while": emit_while, "check": emit_check, "call": emit_call}
