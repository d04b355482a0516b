"""The loops of a group: one flat loop when every array is contiguous and of the same shape, otherwise a nest.

Which of the two is decided when compiling where possible, and by a test at run time otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ...ir.core import Op, Value
from ...ir.types import Array, Scalar, dtype_of
from . import mathlib, reduce, transfer
from .control import count_loop
from .function import FunctionEmitter
from .group import REDUCTIONS, Group, Step
from .memory import fresh
from .reduce import Accumulator
from .scalar import cast, elementwise
from .shapes import aligned, equal
from .values import ArrayVal, Num, mem


@dataclass(slots=True, eq=False)
class Access:
    """One array that the loops touch, with its strides in the iteration space."""

    array: ArrayVal
    strides: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Nest:
    """What the emission of one group needs."""

    e: FunctionEmitter
    group: Group
    accesses: dict[Value, Access] = field(default_factory=dict[Value, Access])
    accumulators: list[Accumulator] = field(default_factory=list[Accumulator])
    detours: list[tuple[str, ArrayVal, ArrayVal]] = field(
        default_factory=list[tuple[str, ArrayVal, ArrayVal]]
    )


def emit(e: FunctionEmitter, group: Group) -> None:
    """Emit the loops; define the results."""
    for part in _parts(e, group):
        _emit(e, part)


def _parts(e: FunctionEmitter, group: Group) -> list[Group]:
    """The group, or a group for each shape if an array is needed later that is smaller than the iteration.

    Its axes of length one may be repeated no times, and then it would not be computed at all.
    """
    inside = {s.op for s in group.steps}
    if all(
        s.kind != "map" or equal(e, s.sizes, group.sizes) or not _needed(e, s.op.results[0], inside)
        for s in group.steps
    ):
        return [group]
    parts: list[Group] = []
    for step in group.steps:
        if not parts or not equal(e, parts[-1].sizes, step.sizes):
            parts.append(Group(step.sizes, group.letters))
        parts[-1].append(e, step)
        if step.target in group.guards:
            parts[-1].guards[step.target] = group.guards[step.target]
    return parts


def _emit(e: FunctionEmitter, group: Group) -> None:
    nest = Nest(e, group)
    _open(nest)
    sizes = group.sizes
    axes = [k for k, n in enumerate(sizes) if n != "1"]
    conditions = _flat_conditions(nest, axes)
    if conditions is not None and not conditions:
        _flat(nest, axes)
    elif conditions is None or len(axes) <= 1:
        _nested(nest, axes)
    else:
        c = e.c
        ok = conditions[0]
        for cond in conditions[1:]:
            ok = c.ins(f"and i1 {ok}, {cond}")
        flat, general, after = c.new_label("flat"), c.new_label("strided"), c.new_label("after")
        c.branch(ok, flat, general)
        c.label(flat)
        _flat(nest, axes)
        c.goto(after)
        c.label(general)
        _nested(nest, axes)
        c.goto(after)
        c.label(after)
    for acc in nest.accumulators:
        acc.close(e)
    for overlap, temporary, target in nest.detours:
        transfer.arrive(e, overlap, temporary, target)


def _open(nest: Nest) -> None:
    """Allocate results, set up accumulators, and find the strides of everything."""
    e, group = nest.e, nest.group
    inside = {s.op for s in group.steps}
    for v in (*group.reads, *group.writes):
        a = e.array(v)
        if v in group.guards:
            a, overlap = transfer.detour(e, a, [e.array(w) for w in group.guards[v]], group.steps[-1].op)
            nest.detours.append((overlap, a, e.array(v)))
        nest.accesses[v] = Access(a, aligned(e, a, group.sizes))
    for step in group.steps:
        if step.kind == "map":
            result = step.op.results[0]
            if _needed(e, result, inside):
                a, t = e.array(result), result.type
                assert isinstance(t, Array)
                made = fresh(e, t, a.sizes, result, step.op)
                a.data, a.owner, a.strides, a.root = made.data, made.owner, made.strides, made.root
                if e.owned[-1] and e.owned[-1][-1] is made:
                    e.owned[-1][-1] = a
                nest.accesses[result] = Access(a, aligned(e, a, group.sizes))
        elif step.kind == "reduce":
            nest.accumulators.append(reduce.start(e, step, group.sizes))
        elif step.kind == "add":
            assert step.target is not None
            access = nest.accesses[step.target]
            last = _last(group.sizes)
            if last is not None and access.strides[last] == "0" and step.target not in group.reads:
                nest.accumulators.append(reduce.into(step, access.array, access.strides))


def _last(sizes: Sequence[str]) -> int | None:
    """The innermost axis that is not one long."""
    axes = [k for k, n in enumerate(sizes) if n != "1"]
    return axes[-1] if axes else None


def _needed(e: FunctionEmitter, v: Value, inside: set[Op]) -> bool:
    """Does anything outside the group read the elements of ``v``?"""
    return any(u is None or (u not in inside and u.name != "dim") for u in e.facts.uses.get(v, ()))


def _flat_conditions(nest: Nest, axes: Sequence[int]) -> list[str] | None:
    """What must hold at run time for the flat loop; ``None`` when it never can."""
    e, sizes = nest.e, nest.group.sizes
    partial = [acc for acc in nest.accumulators if acc.partial]
    if partial and (len(axes) > 1 or any(acc.strides[k] != "0" for acc in partial for k in axes)):
        return None  # the flat loop stays at one element of each result
    dense = e.c_strides(sizes) if len(axes) > 1 else ("1",) * len(sizes)
    conditions: list[tuple[str, str]] = []
    for access in nest.accesses.values():
        strides = [access.strides[k] for k in axes]
        if all(s == "0" for s in strides):
            continue
        if any(s == "0" for s in strides):
            return None
        for k in axes:
            have, want = access.strides[k], dense[k]
            if have != want and not _same_dense(e, access, sizes):
                conditions.append((have, want))
    unique = list(dict.fromkeys(conditions))
    if len(axes) <= 1 and unique:
        return ["dynamic"]
    return [e.c.ins(f"icmp eq i64 {have}, {want}") for have, want in unique]


def _same_dense(e: FunctionEmitter, access: Access, sizes: Sequence[str]) -> bool:
    """C-contiguous for certain and of the shape of the iteration, up to leading ones."""
    a = access.array
    lead = len(sizes) - len(a.sizes)
    return a.type.layout == "C" and all(n == "1" for n in sizes[:lead]) and equal(e, a.sizes, sizes[lead:])


Pointers = dict[Value, str]


def _flat(nest: Nest, axes: Sequence[int]) -> None:
    e = nest.e
    total = e.count([nest.group.sizes[k] for k in axes])
    steps = {v: "0" if all(a.strides[k] == "0" for k in axes) else "1" for v, a in nest.accesses.items()}
    if not axes:
        steps = dict.fromkeys(nest.accesses, "0")
    bases = {v: a.array.data for v, a in nest.accesses.items()}
    _inner(nest, total, bases, steps, [acc.base(acc.out) if acc.out else "" for acc in nest.accumulators])


def _nested(nest: Nest, axes: Sequence[int]) -> None:
    bases = {v: a.array.data for v, a in nest.accesses.items()}
    outs = [acc.base(acc.out) if acc.out else "" for acc in nest.accumulators]
    _level(nest, list(axes), bases, outs)


def _level(nest: Nest, axes: list[int], bases: Pointers, outs: list[str]) -> None:
    e, sizes = nest.e, nest.group.sizes
    if len(axes) <= 1:
        k = axes[0] if axes else None
        steps = {v: a.strides[k] if k is not None else "0" for v, a in nest.accesses.items()}
        _inner(nest, sizes[k] if k is not None else "1", bases, steps, outs, k)
        return
    k = axes[0]

    def body(i: str, _: list[str]) -> list[str]:
        moved = {
            v: _step_pointer(e, p, nest.accesses[v].array, i, nest.accesses[v].strides[k])
            for v, p in bases.items()
        }
        below = [
            _step_pointer(e, p, acc.out, i, acc.strides[k]) if acc.out else p
            for p, acc in zip(outs, nest.accumulators, strict=True)
        ]
        _level(nest, axes[1:], moved, below)
        return []

    count_loop(e.c, sizes[k], body)


def _step_pointer(e: FunctionEmitter, p: str, a: ArrayVal, i: str, stride: str) -> str:
    if stride == "0":
        return p
    return e.c.ins(f"getelementptr inbounds {mem(a.type.dtype)}, ptr {p}, i64 {e.c.mul(i, stride)}")


def _inner(
    nest: Nest, n: str, bases: Pointers, steps: dict[Value, str], outs: list[str], axis: int | None = None
) -> None:
    """The innermost loop.  Accumulators whose place does not move in it are carried in registers."""
    e, c = nest.e, nest.e.c
    held = [acc for acc in nest.accumulators if not acc.out or axis is None or acc.strides[axis] == "0"]
    moving = [acc for acc in nest.accumulators if acc not in held]

    def element(i: str, carried: Sequence[Num]) -> list[Num]:
        pointers = {v: _step_pointer(e, p, nest.accesses[v].array, i, steps[v]) for v, p in bases.items()}
        values = _body(nest, pointers, {acc.step.op for acc in nest.accumulators})
        for acc in moving:
            where = outs[nest.accumulators.index(acc)]
            assert acc.out is not None
            assert axis is not None
            p = _step_pointer(e, where, acc.out, i, acc.strides[axis])
            acc.update(e, p, values[acc.step.op])
        return [
            acc.combine(e, x, values[acc.step.op], inside=True) for acc, x in zip(held, carried, strict=True)
        ]

    if not held:
        # two vectors of elementary functions at a time fill the gaps in each other's chains
        hard = any(step.op.name in mathlib.available() for step in nest.group.steps)
        meta = e.unit.loop_meta('!"llvm.loop.interleave.count", i32 2') if hard else ""
        count_loop(c, n, lambda i, _: [str(x) for x in element(i, ())], meta=meta)
        return
    reduce.chunks(e, n, held, element, [outs[nest.accumulators.index(acc)] for acc in held])


def _body(nest: Nest, pointers: Pointers, reducing: set[Op]) -> dict[Op, Num]:
    """All steps for one element; the values that the accumulators take."""
    e, c = nest.e, nest.e.c
    values: dict[Value, Num] = {}
    taken: dict[Op, Num] = {}

    def read(v: Value) -> Num:
        if isinstance(v.type, Scalar):
            return e.num(v)
        if v not in values:
            a = nest.accesses[v].array
            values[v] = c.load(pointers[v], a.type.dtype, e.scope(a.root))
        return values[v]

    def write(v: Value, x: Num) -> None:
        a = nest.accesses[v].array
        c.store(pointers[v], x, a.type.dtype, e.scope(a.root))

    for step in _together(nest.group.steps):
        op = step.op
        if step.kind == "map":
            result = op.results[0]
            t = dtype_of(op.operands[-1].type)
            values[result] = elementwise(
                op.name, c, [read(v) for v in step.inputs], t, dtype_of(result.type), op.attrs
            )
            if result in nest.accesses:
                write(result, values[result])
            continue
        x = read(step.inputs[0])
        if op in reducing:
            to = dtype_of(op.results[0].type) if op.results else dtype_of(op.operands[0].type)
            taken[op] = cast(c, x, dtype_of(step.inputs[0].type), to)
            continue
        target = step.target
        assert target is not None
        t = dtype_of(target.type)
        x = cast(c, x, dtype_of(step.inputs[0].type), t)
        if step.kind == "add":
            x = elementwise("add", c, (read(target), x), t, t, op.attrs)
        write(target, x)
        values[target] = x
    return taken


def _together(steps: Sequence[Step]) -> list[Step]:
    """Sine and cosine of one number side by side: what they have in common is computed once, and while large
    arguments are looked for nothing else has to be kept.
    """
    written = {step.target for step in steps}
    out: list[Step] = []
    first: dict[Value, Step] = {}
    for step in steps:
        x = step.inputs[0]
        if step.op.name not in ("sin", "cos") or x in written:
            out.append(step)
        elif x in first:
            out.insert(out.index(first[x]) + 1, step)
        else:
            out.append(step)
            first[x] = step
    return out


Element = Callable[[str, Sequence[Num]], list[Num]]
__all__ = ["REDUCTIONS", "Step", "emit"]
