"""Emission of the ops of a block: array operations gather in groups, the rest is emitted where it stands.

A group waits while ops follow that neither write memory, nor raise in front of a waiting write, nor need its
results.
"""

from __future__ import annotations

from ...ir.core import VIEWS, Block, Op
from ...ir.types import I64, Array
from . import nest, shapes, transfer
from .function import FunctionEmitter
from .group import REDUCTIONS, Group, Step
from .scalar import ELEMENTWISE

#: Ops that may be emitted before a waiting group although they come after it.
_PASS = ELEMENTWISE | VIEWS | {"const", "undef", "dim", "alloc", "wrap", "load", "rec_len"}
_QUIET = ELEMENTWISE | {"const", "undef", "dim", "wrap", "rec_len", "transpose", "alloc"}


def emit_ops(e: FunctionEmitter, b: Block) -> None:
    """Emit the ops of ``b`` in order."""
    group: Group | None = None
    for op in b.ops:
        if is_array_op(op):
            group = _join(e, group, op)
            continue
        if group is not None and not _passes(e, group, op):
            nest.emit(e, group)
            group = None
        e.op(op)
    if group is not None:
        nest.emit(e, group)


def is_array_op(op: Op) -> bool:
    """True for what runs in fused loops."""
    if op.name in ("assign", "vacc"):
        return True
    if op.name in REDUCTIONS:
        return isinstance(op.operands[0].type, Array)
    return op.name in ELEMENTWISE and isinstance(op.results[0].type, Array)


def _passes(e: FunctionEmitter, group: Group, op: Op) -> bool:
    if op.name not in _PASS or (group.writes and op.name not in _QUIET):
        return False
    if op.name == "dim":
        return op.operands[0] not in group.pending or op.operands[0] in e.env
    return not any(v in group.pending for v in op.operands)


def _letters(op: Op) -> str:
    """The axis letters of the iteration space of an op."""
    arrays = [v.type for v in op.operands if isinstance(v.type, Array)]
    rank = max(t.rank for t in arrays)
    return "".join(
        "1" if all(t.rank < -k or t.axes[k] == "1" for t in arrays) else "n" for k in range(-rank, 0)
    )


def _step(e: FunctionEmitter, op: Op, sizes: tuple[str, ...]) -> Step:
    if op.name in ("assign", "vacc"):
        target, source = op.operands
        return Step("write" if op.name == "assign" else "add", op, sizes, (source,), target)
    if op.name in REDUCTIONS:
        t = op.operands[0].type
        assert isinstance(t, Array)
        axes = op.attrs.get("axes")
        every = tuple(range(t.rank)) if axes is None else tuple(int(k) % t.rank for k in axes)
        return Step("reduce", op, sizes, (op.operands[0],), axes=every)
    return Step("map", op, sizes, op.operands)


def _shape(e: FunctionEmitter, op: Op, emit: bool) -> tuple[str, ...] | None:
    """The iteration shape; ``None`` when it takes run-time checks and ``emit`` is False."""
    inputs = [e.array(v).sizes for v in op.operands if isinstance(v.type, Array)]
    if op.attrs.get("same"):
        return shapes.same(e, inputs)
    return shapes.broadcast(e, inputs, op) if emit else shapes.known(e, inputs)


def _join(e: FunctionEmitter, group: Group | None, op: Op) -> Group:
    if group is not None and any(v in group.pending and v not in e.env for v in op.operands):
        nest.emit(e, group)  # it reads the result of a reduction
        group = None
    sizes = _shape(e, op, emit=False)
    if sizes is None:
        if group is not None and group.writes:
            nest.emit(e, group)
            group = None
        sizes = _shape(e, op, emit=True)
    assert sizes is not None
    if op.name == "assign":
        sizes = _fits(e, op, sizes)
    letters = _letters(op)
    step = _step(e, op, sizes)
    if group is not None and group.accepts(e, step, letters):
        group.append(e, step)
        return group
    if group is not None:
        nest.emit(e, group)
    if step.target is not None:
        step = transfer.disjoint(e, step)
    new = Group(sizes, letters)
    new.exact = step.exact
    new.append(e, step)
    return new


def _fits(e: FunctionEmitter, op: Op, sizes: tuple[str, ...]) -> tuple[str, ...]:
    """``assign`` cannot broadcast its target.

    Its iteration shape is that of the target (with leading ones).
    """
    own = e.array(op.operands[0]).sizes
    want = ("1",) * (len(sizes) - len(own)) + own
    for have, n in zip(want, sizes, strict=True):
        if shapes.canon(e, have) != shapes.canon(e, n):
            ok = e.c.ins(f"icmp eq i64 {have}, {n}")
            e.check(ok, "ValueError", "could not broadcast a size of {1} into {0}", op, (have, I64), (n, I64))
    return want
