"""What is known of scalars when they are printed: NumPy numbers never raise, Python's floats do.

``1.0 / x`` raises ``ZeroDivisionError`` when ``x`` is a Python float, and gives ``inf`` when it is a NumPy
number.  The IR says ``inf``, so a division by what may be a Python zero prints as ``np.divide``.
"""

from __future__ import annotations

from ...ir.core import Block, Op, Value
from ...ir.types import F32, Array, Scalar, dtype_of
from .tree import Tree, slot

_PYTHON = frozenset({"const", "undef", "rec_get", "call", "dim", "wrap", "derive", "erf", "erfc"})
_DIVISIONS = frozenset({"div", "floordiv", "mod"})
_FOLLOWS = frozenset({"add", "sub", "mul", "neg", "abs", "pymax", "pymin"})


class Facts:
    """Which values are certainly NumPy numbers, and which divisions cannot raise (``plain``)."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.numpy: set[Value] = {p for p in tree.func.params if p.type == F32}
        self._nonzero: set[Value] = set()
        self.plain: set[Op] = set()
        self._block(tree.func.body, frozenset())

    def nonzero(self, v: Value) -> bool:
        """Whether ``v``, where the walk is now, is not 0."""
        if v in self._nonzero:
            return True
        op = self.tree.makers.get(v)
        if op is None:
            return False
        if op.name == "const":
            return op.attrs["value"] != 0
        if op.name == "neg" or op.name == "cast":
            return self.nonzero(op.operands[0])
        if op.name == "add":
            a, b = op.operands
            return (self._positive(a) and self._positive(b, True)) or (
                self._positive(b) and self._positive(a, True)
            )
        return self._positive(v)

    def _positive(self, v: Value, or_zero: bool = False) -> bool:
        value = self.tree.constant(v)
        if isinstance(value, (int, float)):
            return value > 0 or (or_zero and value == 0)
        op = self.tree.makers.get(v)
        if op is None:
            return False
        if op.name == "mul":
            return or_zero and op.operands[0] is op.operands[1]
        if op.name == "ipow":
            return or_zero and op.attrs["n"] % 2 == 0 and op.attrs["n"] > 0
        if op.name == "cosh":
            return True
        if op.name == "abs":
            return or_zero
        if op.name == "add":
            a, b = op.operands
            return (self._positive(a, or_zero) and self._positive(b, True)) or (
                self._positive(b, or_zero) and self._positive(a, True)
            )
        return False

    # NumPy numbers

    def _block(self, block: Block, known: frozenset[Value]) -> None:
        nonzero = set(known)
        for op in block.ops:
            if op not in self.tree.ops:
                continue
            self._nonzero = nonzero
            if op.name in _DIVISIONS and self._is_plain(op):
                self.plain.add(op)
            if op.name == "check":
                nonzero |= self._implied(op.operands[0], True)
            elif op.name in ("for", "while"):
                self._loop(op, frozenset(nonzero))
            elif op.name == "if":
                for region, holds in zip(op.regions, (True, False), strict=True):
                    self._block(region, frozenset(nonzero | self._implied(op.operands[0], holds)))
                for r, a, b in zip(op.results, op.regions[0].yields, op.regions[1].yields, strict=True):
                    if a in self.numpy and b in self.numpy:
                        self.numpy.add(r)
            elif op.results and isinstance(op.results[0].type, Scalar) and self._is_numpy(op):
                self.numpy.add(op.results[0])

    def _is_numpy(self, op: Op) -> bool:
        if op.name in _PYTHON:
            return False
        scalars = [v for v in op.operands if not isinstance(v.type, Array)]
        if op.name in _FOLLOWS:
            return any(v in self.numpy for v in scalars)
        if op.name == "select":
            return all(v in self.numpy for v in scalars[1:])
        if op.name == "cast":
            to = dtype_of(op.results[0].type)
            return to.name in ("f32", "c64") or (scalars[0] in self.numpy and to.is_inexact)
        if op.name == "ipow":
            return scalars[0] in self.numpy or op.attrs["n"] > 2
        result = op.results[0].type
        assert isinstance(result, Scalar)
        if op.name in _DIVISIONS:
            return op not in self.plain or any(v in self.numpy for v in scalars)
        return op.name == "load" or result.is_inexact

    def _is_plain(self, op: Op) -> bool:
        """Whether a division prints as an operator: it cannot raise."""
        self.plain.discard(op)
        return any(v in self.numpy or isinstance(v.type, Array) for v in op.operands) or self.nonzero(
            op.operands[1]
        )

    def _loop(self, op: Op, known: frozenset[Value]) -> None:
        kept = [slot(op, k) for k in self.tree.slots(op)]
        trial = [s for s in kept if s[0] in self.numpy]
        while True:
            for _, _, params, _ in trial:
                self.numpy.update(params)
            for region in op.regions:
                self._block(region, known)
            good = [s for s in trial if s[1] in self.numpy]
            if len(good) == len(trial):
                break
            for region in op.regions:
                self._forget(region)
            trial = good
        self.numpy.update(s[3] for s in trial)

    def _forget(self, block: Block) -> None:
        self.numpy.difference_update(block.params)
        for op in block.ops:
            self.numpy.difference_update(op.results)
            for region in op.regions:
                self._forget(region)

    def _implied(self, ok: Value, holds: bool) -> set[Value]:
        """The values that are not zero when ``ok`` is ``holds``."""
        op = self.tree.makers.get(ok)
        if op is None:
            return set()
        if op.name == "not":
            return self._implied(op.operands[0], not holds)
        if op.name == ("and" if holds else "or"):
            return self._implied(op.operands[0], holds) | self._implied(op.operands[1], holds)
        if len(op.operands) != 2:
            return set()
        names = ("ne", "gt", "lt") if holds else ("eq",)
        if op.name not in names:
            return set()
        return {a for a, b in (op.operands, op.operands[::-1]) if self.tree.constant(b) in (0, 0.0)}
