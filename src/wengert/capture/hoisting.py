"""Sizes of arrays before the arrays are made: the arithmetic that gives them, done again in another place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..ir.core import Block, Func, Op, Value
from ..ir.types import I64, Array, differentiable
from ..prims import REGISTRY
from .lower import Lowering

Known = Callable[[Value], Value | None]
"""The value, in the new place, of a number that is made elsewhere; None where it is not known there."""
Dim = Callable[[Value, int], Value | None]
"""Likewise the size of an array that is made elsewhere."""

_REDUCTIONS = frozenset({"sum", "prod", "amax", "amin", "any", "all"})


class Hoist:
    """What is computed by ``ops``, computed where ``lw`` is now.

    What they do not make, ``known`` and ``dim`` tell.  Operations that were put there remain when the answer
    is None: `size` is for who goes on, or takes all back.
    """

    def __init__(
        self, lw: Lowering, ops: Sequence[Op], known: Known, dim: Dim, funcs: Mapping[str, Func] | None = None
    ) -> None:
        self.lw = lw
        self.known = known
        self.dim = dim
        self.funcs = funcs or {}
        self.made: dict[Value, Op] = {r: op for op in ops for r in op.results}
        self._sizes: dict[tuple[Value, int], Value | None] = {}

    def number(self, v: Value) -> Value | None:
        """A number, if it takes no more than arithmetic."""
        op = self.made.get(v)
        if op is None:
            return self.known(v)
        if op.name == "dim":
            return self.size(op.operands[0], op.attrs["axis"])
        if op.regions or op.name not in REGISTRY or not REGISTRY[op.name].pure:
            return None
        if any(isinstance(r.type, Array) for r in (*op.results, *op.operands)):
            return None
        found = [self.number(x) for x in op.operands]
        operands = [x for x in found if x is not None]
        if len(operands) < len(found):
            return None
        return self.lw.b.emit(op.name, operands, op.attrs, types=[r.type for r in op.results])[0]

    def size(self, a: Value, axis: int) -> Value | None:
        """The size of an array along an axis."""
        if (a, axis) not in self._sizes:
            self._sizes[a, axis] = self._size(a, axis)
        return self._sizes[a, axis]

    def _size(self, a: Value, axis: int) -> Value | None:
        assert isinstance(a.type, Array)
        if a.type.axes[axis] == "1":
            return self.lw.int(1)
        op = self.made.get(a)
        if op is None:
            return self.dim(a, axis)
        match op.name:
            case "alloc":
                return self.number(op.operands[axis])
            case "reshape" | "broadcast" if len(op.operands) == 1 + a.type.rank:
                return self.number(op.operands[1 + axis])
            case "copy":
                return self.size(op.operands[0], axis)
            case "transpose":
                return self.size(op.operands[0], op.attrs["perm"][axis])
            case "view":
                return self._of_view(op, axis)
            case "matmul":
                return self._of_product(op, axis)
            case "if":
                arms = [self._inside(r, {}).size(r.yields[op.results.index(a)], axis) for r in op.regions]
                return arms[0] if arms[0] is arms[1] else None
            case "for" | "while":
                return self._of_loop(op, op.results.index(a) - len(op.results), axis)
            case "call" | "derive":
                return self._of_call(op, op.results.index(a), axis)
            case name if name in _REDUCTIONS:
                return self._of_reduction(op, axis)
            case name if name in REGISTRY and REGISTRY[name].kind == "elementwise":
                return self._broadcast(op, a.type.rank - axis)
            case _:
                return None

    def _inside(self, block: Block, marks: dict[tuple[Value, int], Value]) -> Hoist:
        """The inside of a region; ``marks`` stand for sizes that are known nowhere else."""

        def number(v: Value) -> Value | None:
            return None if v in block.params else self.number(v)

        def size(v: Value, axis: int) -> Value | None:
            return marks.get((v, axis)) if v in block.params else self.size(v, axis)

        return Hoist(self.lw, block.ops, number, size, self.funcs)

    def _of_loop(self, op: Op, k: int, axis: int) -> Value | None:
        """The size of what a loop carries (number ``k``, from the end), if no trip changes it."""
        body = op.regions[-1]
        mark = Value(I64)
        found = self._inside(body, {(body.params[k], axis): mark}).size(body.yields[k], axis)
        return self.size(op.operands[k], axis) if found is mark else None

    def _of_view(self, op: Op, axis: int) -> Value | None:
        place, at, out = 0, 1, 0
        for letter in op.attrs["spec"]:
            if letter in "+:s":
                if out == axis:
                    if letter == ":":
                        return self.size(op.operands[0], place)
                    return self.lw.int(1) if letter == "+" else self.number(op.operands[at + 1])
                out += 1
            at += {"i": 1, "s": 3}.get(letter, 0)
            place += letter != "+"
        return None

    def _of_product(self, op: Op, axis: int) -> Value | None:
        a, b = op.operands
        rows = isinstance(a.type, Array) and a.type.rank == 2
        return self.size(a, 0) if rows and axis == 0 else self.size(b, 1)

    def _of_reduction(self, op: Op, axis: int) -> Value | None:
        (a,) = op.operands
        assert isinstance(a.type, Array)
        axes, rank = op.attrs.get("axes"), a.type.rank
        gone = set(range(rank)) if axes is None else {k % rank for k in axes}
        if op.attrs.get("keepdims"):
            return self.lw.int(1) if axis in gone else self.size(a, axis)
        return self.size(a, [k for k in range(rank) if k not in gone][axis])

    def _broadcast(self, op: Op, from_end: int) -> Value | None:
        """NumPy's rule; operands that do not fit raise where the operation itself is."""
        found: Value | None = None
        for v in op.operands:
            if not isinstance(v.type, Array) or v.type.rank < from_end or v.type.axes[-from_end] == "1":
                continue
            n = self.size(v, v.type.rank - from_end)
            if n is None:
                return None
            if found is None or n is found:
                found = n
            else:
                one = self.lw.emit("eq", found, self.lw.int(1))
                found = self.lw.emit("select", one, n, found)
        return found

    def _of_call(self, op: Op, k: int, axis: int) -> Value | None:
        """The size of result ``k`` of a function of the module, or of its derivative."""
        func = self.funcs.get(op.attrs["func"])
        if func is None:
            return None
        if op.name == "derive":
            mode, own, wrt = op.attrs["mode"], len(func.results), op.attrs["wrt"]
            if mode in ("grad", "vjp"):
                return self.size(op.operands[wrt[k]], axis)
            if k >= own and mode == "value_and_grad":
                return self.size(op.operands[wrt[k - own]], axis)
            if k >= own:
                slopes = [j for j, r in enumerate(func.results) if differentiable(r.type)]
                k = slopes[k - own]
        return of_function(self.lw, func, op.operands, self.number, self.size, self.funcs).size(
            func.results[k], axis
        )


def of_function(
    lw: Lowering,
    func: Func,
    operands: Sequence[Value],
    known: Known,
    dim: Dim,
    funcs: Mapping[str, Func],
) -> Hoist:
    """The inside of a function of the module that is called with ``operands``."""
    given = dict(zip(func.params, operands, strict=False))

    def number(v: Value) -> Value | None:
        return known(given[v]) if v in given else None

    def size(v: Value, axis: int) -> Value | None:
        return dim(given[v], axis) if v in given else None

    return Hoist(lw, func.body.ops, number, size, funcs)
