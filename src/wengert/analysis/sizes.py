"""The sizes of the array that an operation gives, from what it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..ir.core import Op, Value
from ..ir.types import Array
from ..prims.primitive import REGISTRY
from .affine import Linear
from .effects import CONTROL

Sizes = tuple[Linear, ...]

_REDUCTIONS = frozenset({"sum", "prod", "amax", "amin", "any", "all"})
_OPAQUE = CONTROL | {"call", "derive", "rec_get", "rec_new", "diagonal", "argmax", "argmin"}


class Known(Protocol):
    """What is known about the operands."""

    def linear(self, v: Value) -> Linear: ...

    def sizes(self, array: Value) -> Sizes: ...


def result_sizes(op: Op, known: Known) -> Sizes | None:
    """The sizes of the result of ``op``; ``None`` when they are no linear forms of known things."""
    name, args = op.name, op.operands
    if name in _OPAQUE or len(op.results) != 1:
        return None
    t = op.result.type
    assert isinstance(t, Array)
    if name == "undef":
        return tuple(Linear.number(0) for _ in t.axes)
    if name == "alloc":
        return _fixed(t, [known.linear(v) for v in args])
    if name in ("reshape", "broadcast"):
        return _fixed(t, [known.linear(v) for v in args[1:]]) if len(args) == 1 + t.rank else None
    if name == "copy":
        return known.sizes(args[0])
    if name == "transpose":
        inner = known.sizes(args[0])
        return tuple(inner[k] for k in op.attrs["perm"])
    if name == "view":
        return _view(op, known)
    if name in _REDUCTIONS:
        return _reduced(op, known.sizes(args[0]))
    if name == "matmul":
        return _product(*(known.sizes(v) for v in args))
    prim = REGISTRY.get(name)
    if prim is None or prim.kind != "elementwise":
        return None
    arrays = [v for v in args if isinstance(v.type, Array)]
    if op.attrs.get("same"):
        return _same(t, [(v, known.sizes(v)) for v in arrays])
    return _broadcast(t, [known.sizes(v) for v in arrays])


def _fixed(t: Array, sizes: Sequence[Linear]) -> Sizes | None:
    """``sizes`` in the order of the axes; axes that are one long for certain have no need of them."""
    if len(sizes) != t.rank:
        return None
    return tuple(Linear.number(1) if letter == "1" else s for letter, s in zip(t.axes, sizes, strict=True))


def _view(op: Op, known: Known) -> Sizes:
    inner, out, axis, at = known.sizes(op.operands[0]), list[Linear](), 0, 1
    for letter in op.attrs["spec"]:
        if letter == "+":
            out.append(Linear.number(1))
            continue
        if letter == ":":
            out.append(inner[axis])
        elif letter == "s":
            out.append(known.linear(op.operands[at + 1]))
        at += {"i": 1, "s": 3}.get(letter, 0)
        axis += 1
    return tuple(out)


def _reduced(op: Op, inner: Sizes) -> Sizes:
    axes = op.attrs.get("axes")
    gone = set(range(len(inner))) if axes is None else {k % len(inner) for k in axes}
    if op.attrs.get("keepdims"):
        return tuple(Linear.number(1) if k in gone else s for k, s in enumerate(inner))
    return tuple(s for k, s in enumerate(inner) if k not in gone)


def _product(a: Sizes, b: Sizes) -> Sizes:
    return (a[:-1] if len(a) == 2 else ()) + (b[1:] if len(b) == 2 else ())


def _same(t: Array, operands: Sequence[tuple[Value, Sizes]]) -> Sizes:
    """Axes that may be long are equally long wherever they meet: those of the first operand that has one."""
    out: list[Linear] = []
    for k in range(-t.rank, 0):
        found = (
            s[k] for v, s in operands if len(s) >= -k and isinstance(v.type, Array) and v.type.axes[k] == "n"
        )
        out.append(next(found, Linear.number(1)))
    return tuple(out)


def _broadcast(t: Array, operands: Sequence[Sizes]) -> Sizes | None:
    """NumPy's rule, where it can be told without running: at most one operand has an axis that is not one
    long, or all that have one agree."""
    out: list[Linear] = []
    for k in range(1, t.rank + 1):
        found = {s[-k] for s in operands if len(s) >= k and not (s[-k].is_constant and s[-k].constant == 1)}
        if len(found) > 1:
            return None
        out.append(found.pop() if found else Linear.number(1))
    if any(
        (letter == "1") != (s.is_constant and s.constant == 1)
        for letter, s in zip(t.axes, reversed(out), strict=True)
    ):
        return None
    return tuple(reversed(out))
