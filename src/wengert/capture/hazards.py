"""What an operation may raise by itself, and the condition under which it does not."""

from __future__ import annotations

from collections.abc import Sequence

from ..ir.build import Builder
from ..ir.core import Op, Value
from ..ir.types import BOOL, I64, Array
from ..prims import REGISTRY
from ..prims.views import TAKES

_RAISES = {
    "load": "IndexError",
    "store": "IndexError",
    "accum": "IndexError",
    "matmul": "ValueError",
    "reshape": "ValueError",
    "amax": "ValueError",
    "amin": "ValueError",
    "argmax": "ValueError",
    "argmin": "ValueError",
    "call": "Exception",
    "custom": "Exception",
    "derive": "Exception",
}

TOLD = frozenset({"load", "store", "accum"})
"""Operations that can be told that they do not raise."""


def raised(op: Op) -> str | None:
    """The exception that one operation may raise; where shapes have to agree only if axes may differ."""
    if op.name == "check":
        return str(op.attrs["exc"])
    if op.name == "view":
        return "IndexError" if "i" in str(op.attrs.get("spec")) and not op.attrs.get("safe") else None
    if op.name in _RAISES:
        return None if op.attrs.get("safe") else _RAISES[op.name]
    if op.name in ("assign", "vacc") or REGISTRY[op.name].kind == "elementwise":
        arrays = {v: v.type for v in op.operands if isinstance(v.type, Array)}
        if len(arrays) > 1 and any("n" in t.axes for t in arrays.values()):
            return "ValueError"
    return None


def holds(b: Builder, op: Op) -> Value | None:
    """What holds when the operation does not raise; None where that cannot be told before."""
    if op.name == "check":
        return op.operands[0]
    if op.name in TOLD:
        array, rest = op.operands[0], op.operands[1:]
        assert isinstance(array.type, Array)
        return _all(b, [_in_range(b, array, k, rest[k]) for k in range(array.type.rank)])
    if op.name == "view":
        return _all(b, _indices(b, op))
    if op.name == "matmul":
        left, right = op.operands
        assert isinstance(left.type, Array)
        return b.emit("eq", (_dim(b, left, left.type.rank - 1), _dim(b, right, 0)), types=(BOOL,))[0]
    if op.name in ("assign", "vacc"):
        return _all(b, _meets(b, op.operands, into=True))
    if REGISTRY[op.name].kind == "elementwise":
        return _all(b, _meets(b, op.operands, into=False))
    return None


def integer(b: Builder, n: int) -> Value:
    """A constant."""
    return b.emit("const", (), {"value": n}, types=(I64,))[0]


def _dim(b: Builder, array: Value, axis: int) -> Value:
    return b.emit("dim", (array,), {"axis": axis}, types=(I64,))[0]


def _all(b: Builder, conditions: Sequence[Value]) -> Value:
    if not conditions:
        return b.emit("const", (), {"value": True}, types=(BOOL,))[0]
    total = conditions[0]
    for c in conditions[1:]:
        total = b.emit("and", (total, c), types=(BOOL,))[0]
    return total


def _in_range(b: Builder, array: Value, axis: int, index: Value) -> Value:
    low = b.emit("ge", (index, integer(b, 0)), types=(BOOL,))[0]
    high = b.emit("lt", (index, _dim(b, array, axis)), types=(BOOL,))[0]
    return b.emit("and", (low, high), types=(BOOL,))[0]


def _indices(b: Builder, op: Op) -> list[Value]:
    """For each axis of which a view takes one place, that there is this place."""
    array, *rest = op.operands
    out: list[Value] = []
    axis = 0
    for letter in str(op.attrs["spec"]):
        if letter == "i":
            out.append(_in_range(b, array, axis, rest[0]))
        rest = rest[TAKES.get(letter, 0) :]
        axis += letter != "+"
    return out


def _meets(b: Builder, operands: Sequence[Value], into: bool) -> list[Value]:
    """For each axis, that the arrays are broadcast to one shape: to that of the first, if ``into`` it."""
    arrays = [v for v in operands if isinstance(v.type, Array)]
    first = arrays[0]
    assert isinstance(first.type, Array)
    out: list[Value] = []
    for k, v in enumerate(arrays):
        assert isinstance(v.type, Array)
        for w in arrays[:k] if not into else arrays[:1] if k else []:
            assert isinstance(w.type, Array)
            for axis in range(1, min(v.type.rank, w.type.rank) + 1):
                m, n = _dim(b, w, w.type.rank - axis), _dim(b, v, v.type.rank - axis)
                one = integer(b, 1)
                fine = b.emit("eq", (m, n), types=(BOOL,))[0]
                for size in (n,) if into else (m, n):
                    single = b.emit("eq", (size, one), types=(BOOL,))[0]
                    fine = b.emit("or", (fine, single), types=(BOOL,))[0]
                out.append(fine)
    return out
