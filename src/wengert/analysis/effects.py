"""What one operation does to memory, and whether it may raise: `Primitive`'s answers, applied to an `Op`."""

from __future__ import annotations

from ..ir.core import VIEWS, Op, Value
from ..ir.types import Array, is_ref
from ..prims import REGISTRY

CONTROL = frozenset({"if", "for", "while"})
"""Operations with regions; their effects are those of the operations inside."""

LOOPS = frozenset({"for", "while"})

STORES = frozenset({"store", "accum", "assign", "vacc"})
"""Write the array that is operand 0, and do nothing else but maybe raise."""

CALLS = frozenset({"call", "derive"})
"""Do what the function does: anything to any memory they are given."""


def reads(op: Op) -> tuple[Value, ...]:
    """The operands whose memory ``op`` reads.  ``accum`` reads no primal, so it reads nothing."""
    if op.name in CALLS:
        return tuple(v for v in op.operands if is_ref(v.type))
    operands = op.operands
    return tuple(
        operands[k] for k in REGISTRY[op.name].reads if k < len(operands) and is_ref(operands[k].type)
    )


def writes(op: Op) -> tuple[Value, ...]:
    """The operands whose memory ``op`` writes; those inside its regions are not counted."""
    if op.name in CALLS:
        return tuple(v for v in op.operands if is_ref(v.type))
    return tuple(op.operands[k] for k in REGISTRY[op.name].writes)


def may_raise(op: Op) -> bool:
    """Whether ``op`` itself (not its regions) may raise.

    Attribute ``safe`` says that it was proved not to; ``adjoint`` that it mirrors an access which was
    checked in the forward sweep; ``same`` that the shapes were checked before.
    """
    name = op.name
    if name == "check" or name in CALLS:
        return True
    if op.attrs.get("safe") or op.attrs.get("adjoint") or op.attrs.get("same"):
        return False
    if name == "view":
        return any(letter in "is" for letter in op.attrs["spec"])
    if name in ("assign", "vacc"):
        return not _broadcasts_surely(op.operands[1])
    prim = REGISTRY[name]
    if prim.kind == "elementwise":
        return len({v for v in op.operands if not _broadcasts_surely(v)}) > 1
    return prim.raises


def _broadcasts_surely(v: Value) -> bool:
    """True when ``v`` broadcasts against any shape: a scalar, or an array whose axes are all one long."""
    return not isinstance(v.type, Array) or "n" not in v.type.axes


def is_fresh(op: Op, result: Value) -> bool:
    """Whether ``result`` refers to memory that ``op`` has just allocated."""
    return is_ref(result.type) and op.name not in VIEWS | CONTROL | CALLS | {"rec_get"}


def is_removable(op: Op) -> bool:
    """Whether ``op`` may go when nobody uses its results: it writes nothing and cannot raise."""
    return not (op.regions or writes(op) or may_raise(op))


def is_pure(op: Op) -> bool:
    """Removable, and what it gives depends on no memory: may be moved, and (if it allocates nothing)
    merged."""
    return is_removable(op) and not reads(op) and REGISTRY[op.name].kind != "record"


def allocates(op: Op) -> bool:
    """Whether two executions of ``op`` give distinct memory, so that it is no candidate for merging or
    hoisting."""
    return any(is_fresh(op, r) for r in op.results)
