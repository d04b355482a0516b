"""What one operation does to memory, and whether it may raise.

The answers follow `docs/design/ir.md`.  An operation whose name is in no table here is *generic*: it reads the memory of
every array operand, writes what its `Primitive` says and gives fresh results.
"""

from __future__ import annotations

from ..ir.core import Op, Value
from ..ir.types import Array, Rec, is_ref
from ..prims.primitive import REGISTRY

VIEWS = frozenset({"view", "transpose", "reshape", "broadcast", "diagonal"})
"""The result refers to the memory of operand 0."""

CONTROL = frozenset({"if", "for", "while"})
"""Operations with regions; their effects are those of the operations inside."""

LOOPS = frozenset({"for", "while"})

STORES = frozenset({"store", "accum", "assign", "vacc"})
"""Write the array that is operand 0, and do nothing else but maybe raise."""

_WRITES_FIRST = STORES | {"rec_grow", "rec_set"}
_READS_NOTHING = VIEWS | CONTROL | {"const", "undef", "dim", "alloc", "store", "accum", "rec_new", "rec_set"}
_MAY_RAISE = frozenset(
    {
        "check",
        "load",
        "store",
        "accum",
        "assign",
        "vacc",
        "alloc",
        "view",
        "reshape",
        "broadcast",
        "call",
        "derive",
    }
)
_NEVER_RAISES = frozenset(
    {"const", "undef", "dim", "wrap", "copy", "transpose", "diagonal", "sum", "prod", "any", "all"}
)
_RECORDS = frozenset({"rec_new", "rec_grow", "rec_set", "rec_get", "rec_len"})


def reads(op: Op) -> tuple[Value, ...]:
    """The operands whose memory ``op`` reads.  ``accum`` reads no primal, so it reads nothing."""
    if op.name in _READS_NOTHING:
        return ()
    if op.name in ("assign", "vacc"):
        return tuple(v for v in op.operands[1:] if is_ref(v.type))
    return tuple(v for v in op.operands if is_ref(v.type))


def writes(op: Op) -> tuple[Value, ...]:
    """The operands whose memory ``op`` writes; those inside its regions are not counted."""
    if op.name in _WRITES_FIRST:
        return op.operands[:1]
    if op.name in ("call", "derive"):
        return tuple(v for v in op.operands if is_ref(v.type))
    if op.name in CONTROL:
        return ()
    prim = REGISTRY.get(op.name)
    return tuple(op.operands[k] for k in prim.writes if k < len(op.operands)) if prim else ()


def may_raise(op: Op) -> bool:
    """Whether ``op`` itself (not its regions) may raise.

    Attribute ``safe`` says that it was proved not to; ``adjoint`` that it mirrors an access which was checked in the
    forward sweep.
    """
    name = op.name
    if name in CONTROL or name in _NEVER_RAISES or name in _RECORDS:
        return False
    if name == "check":
        return True
    if op.attrs.get("safe") or op.attrs.get("adjoint"):
        return name in ("call", "derive")
    if name == "view":
        return any(letter in "is" for letter in op.attrs["spec"])
    if name in ("assign", "vacc"):
        return not _broadcasts_surely(op.operands[1])
    if name in _MAY_RAISE:
        return True
    if name in ("amax", "amin", "argmax", "argmin", "matmul"):
        return True
    prim = REGISTRY.get(name)
    if prim is not None and prim.raises:
        return True
    shaped = {v for v in op.operands if not _broadcasts_surely(v)}
    return len(shaped) > 1


def _broadcasts_surely(v: Value) -> bool:
    """True when ``v`` broadcasts against any shape: a scalar, or an array whose axes are all one long."""
    return not isinstance(v.type, Array) or "n" not in v.type.axes


def is_fresh(op: Op, result: Value) -> bool:
    """Whether ``result`` refers to memory that ``op`` has just allocated."""
    return is_ref(result.type) and op.name not in VIEWS | CONTROL | {"call", "derive", "rec_get"}


def is_pure(op: Op) -> bool:
    """Reads no memory, writes none, has no regions and cannot raise: may be moved, removed and (if scalar) merged."""
    return not (
        op.regions
        or reads(op)
        or writes(op)
        or may_raise(op)
        or op.name in _RECORDS
        or op.name in ("call", "derive")
    )


def is_removable(op: Op) -> bool:
    """Whether ``op`` may go when nobody uses its results: it writes nothing and cannot raise."""
    return not (op.regions or writes(op) or may_raise(op) or op.name in ("call", "derive"))


def allocates(op: Op) -> bool:
    """Whether two executions of ``op`` give distinct memory, so that it is no candidate for merging or hoisting."""
    return any(isinstance(r.type, (Array, Rec)) and is_fresh(op, r) for r in op.results)
