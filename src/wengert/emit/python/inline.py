"""Which values are printed where they are used, and which get a variable.

A value with one use in the same block is printed there when nothing in between writes what it reads, and
when the result is still easy to read.  Constants, wrapped indices and ``i + 1`` in subscripts are printed
at every use.
"""

from __future__ import annotations

from ...ir.core import VIEWS, Block, Op, Value
from ...ir.types import F64, I64, Array, Rec, Scalar, dtype_of, is_ref
from .tree import CONTROL, EFFECTS, WRITES, Tree, Use, is_assertion

_NEVER = EFFECTS | {"rec_new", "for", "while"}
_BUDGET, _NAMED_BUDGET = 10, 5
MIXES = frozenset({"add", "sub", "mul", "div", "lt", "le", "gt", "ge", "eq", "ne"})
"""Operations of floats in which Python takes an integer as it is."""

_BOUNDS = frozenset({"add", "sub", "mul", "minimum", "maximum", "floordiv", "wrap"})
_SIGNED = frozenset({"add", "sub", "mul", "div", "accum"})
_INDEXED = {"load": 1, "store": 1, "accum": 1, "view": 1, "rec_get": 1, "rec_set": 1}


class Inline:
    """The decision for every needed value of a function."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.inlined: set[Value] = set()
        self._at: dict[Op, int] = {}
        self._repeated: set[Op] = set()
        self._bounds: set[Op] = set()
        self._size: dict[Value, int] = {}
        self._roots: dict[Value, Value | None] = {}
        self._block(tree.func.body)

    def __contains__(self, v: Value) -> bool:
        return v in self.inlined

    def leaves(self, v: Value) -> set[Value]:
        """The variables that are read where ``v`` is printed."""
        out: set[Value] = set()
        self._leaves(v, out)
        return out

    def _leaves(self, v: Value, out: set[Value]) -> None:
        op = self.tree.makers.get(v)
        if v not in self.inlined or op is None:
            out.add(v)
            return
        for operand in op.operands:
            self._leaves(operand, out)
        if op.name in ("alloc", "full") and (model := self.model(op)) is not None:
            self._leaves(model, out)
        for region in op.regions:
            self._leaves(region.yields[op.results.index(v)], out)

    def read_by(self, op: Op) -> set[Value]:
        """The variables that ``op`` reads."""
        out: set[Value] = set()
        for _, v in self.tree.operands(op):
            self._leaves(v, out)
        if op.name in ("alloc", "full") and (model := self.model(op)) is not None:
            self._leaves(model, out)
        return out

    def model(self, op: Op) -> Value | None:
        """The array whose shape the operands of ``alloc`` are: it prints as ``np.zeros_like(x)``."""
        sizes = op.operands[:-1] if op.name == "full" else op.operands
        dims = [self.tree.maker(d, "dim") for d in sizes]
        found = {d.operands[0] for d in dims if d is not None}
        if len(found) != 1 or any(d is None or d.attrs["axis"] != k for k, d in enumerate(dims)):
            return None
        model = found.pop()
        if not isinstance(model.type, Array) or model.type.rank != len(sizes):
            return None
        return model if model.type.rank > 1 or op.operands[0] in self.inlined else None

    # decisions

    def _block(self, block: Block) -> None:
        ops = block.ops
        for op in ops:
            if op in self.tree.ops:
                for region in op.regions:
                    self._block(region)
        for at in range(len(ops) - 1, -1, -1):
            if ops[at] in self.tree.ops and self._candidate(ops[at], block, at):
                self.inlined.add(self._result(ops[at]))
        for op in ops:
            if op in self.tree.ops:
                self._measure(op)

    def _result(self, op: Op) -> Value:
        (k,) = self.tree.slots(op) if op.name == "if" else (0,)
        return op.results[k]

    def _candidate(self, op: Op, block: Block, at: int) -> bool:
        if op.name in _NEVER or (op.name == "if" and not self.is_expression(op)):
            return False
        if op.name == "const":
            return True
        if op.name == "undef":
            return not is_ref(op.results[0].type)
        v = self._result(op)
        uses = self.tree.uses.get(v, [])
        if not uses:
            return False
        if self._is_bound(op, uses) or self._everywhere(op, uses, block):
            if len(uses) > 1 or uses[0].block is not block:
                self._repeated.add(op)
            else:
                self._at[op] = self._position(uses[0])
            return True
        if op.name == "if" and uses[0].op is None and len(block.yields) > 1:
            return False
        if len(uses) > 1 or uses[0].block is not block or self._is_twice(uses[0]):
            return False
        if uses[0].op in self._repeated:
            if self._sources(op) or op.name == "if" or (is_ref(v.type) and op.name not in VIEWS):
                return False
            self._repeated.add(op)
            return True
        self._at[op] = self._position(uses[0])
        return self._undisturbed(op, block, at, self._at[op])

    def _is_bound(self, op: Op, uses: list[Use]) -> bool:
        """Whether ``op`` is integer arithmetic that only says where slices begin and end."""
        if op.name not in _BOUNDS or op.results[0].hint or op.results[0].type != I64:
            return False
        slices = all(
            u.op is not None
            and (
                u.op in self._bounds
                or (u.op.name == "view" and _letter(u.op, u.position) == "s")
                or self._is_assumption(u.op)
            )
            for u in uses
        )
        if slices and not all(u.op is not None and self._is_assumption(u.op) for u in uses):
            self._bounds.add(op)
            return True
        return False

    def _is_assumption(self, op: Op) -> bool:
        """Whether ``op`` compares sizes for an ``assert``."""
        uses = self.tree.uses.get(op.results[0], []) if op.name == "eq" else []
        return bool(uses) and all(u.op is not None and is_assertion(u.op) for u in uses)

    def _everywhere(self, op: Op, uses: list[Use], block: Block) -> bool:
        """Whether ``op`` is so simple that every use prints it, be it in a region or in the next trip."""
        match op.name:
            case "wrap":
                return all(self._in_subscript(u, True) for u in uses)
            case "eq":
                return self._is_assumption(op)
            case "add" | "sub" if op.result.type == I64:
                if self._is_offset(op) and all(map(self._in_subscript, uses)):
                    return True
                if all(u.op is not None and u.op.name == "view" for u in uses):
                    return True
                return self._is_offset(op) and not op.result.hint and all(map(self._in_integers, uses))
            case "neg":
                if op.result.hint or not isinstance(op.result.type, Scalar) or len(uses) > 3:
                    return False
                return all(u.block is block and u.op is not None and u.op.name in _SIGNED for u in uses)
            case "view":
                return not op.result.hint and len(uses) <= 3 and all(u.block is block for u in uses)
            case "dim":
                return len(uses) == 1
            case "cast":
                if (op.operands[0].type, op.result.type) != (I64, F64) or not self._is_plain(op.operands[0]):
                    return False
                return all(u.op is not None and u.op.name in MIXES for u in uses)
            case _:
                return False

    def _position(self, use: Use) -> int:
        """Where in the block the use is printed."""
        if use.op is None or self._result_of(use.op) not in self.inlined:
            return use.at
        return self._at.get(use.op, use.at)

    def _result_of(self, op: Op) -> Value | None:
        """The one result that is printed, if there is one."""
        if op.name == "if" and len(self.tree.slots(op)) == 1:
            return self._result(op)
        return op.results[0] if len(op.results) == 1 and op.name not in CONTROL else None

    def _in_subscript(self, use: Use, wrapped: bool = False) -> bool:
        """Whether the use is an index or a bound.  A ``wrapped`` index must be right in the brackets."""
        op = use.op
        if op is None:
            owner = self.tree.owner.get(use.block)
            return not wrapped and owner is not None and owner.name != "if" and use.block is owner.regions[-1]
        if op.name in ("wrap", "add", "sub") and self._result_of(op) in self.inlined:
            return not wrapped and (
                op.name != "wrap" or all(self._in_subscript(u, True) for u in self.tree.uses[op.result])
            )
        if op.name == "view":
            return use.position > 0 and (not wrapped or _letter(op, use.position) == "i")
        if op.name == "load":
            return use.position > 0
        if op.name == "for" and use.position < 3:
            return not wrapped
        return op.name in _INDEXED and 0 < use.position < len(op.operands) - 1 + (op.name == "rec_get")

    def _in_integers(self, use: Use) -> bool:
        """Whether the use is an index, a bound, a size or integer arithmetic."""
        if use.op is None or self._in_subscript(use):
            return use.op is not None
        return use.op.name == "alloc" or (len(use.op.results) == 1 and use.op.results[0].type == I64)

    def _is_offset(self, op: Op) -> bool:
        return any(self.tree.constant(v) is not None for v in op.operands)

    def _is_plain(self, v: Value) -> bool:
        """Whether ``v`` is a variable for certain."""
        return v not in self.tree.makers or self.tree.count(v) > 1

    def _is_twice(self, use: Use) -> bool:
        """Whether the consumer prints that operand twice, so that it needs a name."""
        op = use.op
        if op is None:
            return False
        if op.name in ("wrap", "mulz") and use.position == 0:
            return op.name == "wrap" and not all(
                self._in_subscript(u, True) for u in self.tree.uses.get(op.result, [])
            )
        return op.name == "isnan" and isinstance(op.operands[0].type, Scalar)

    def is_expression(self, op: Op) -> bool:
        """Whether an ``if`` prints as ``a if c else b`` (or ``c and b``)."""
        slots = self.tree.slots(op)
        if len(slots) != 1 or any(True for r in op.regions for _ in self.tree.effects(r)):
            return False
        k = slots[0]
        if not isinstance(op.results[k].type, Scalar):
            return False
        total = 0
        for region in op.regions:
            for inner in region.ops:
                if inner in self.tree.ops and any(
                    r in self.tree.values and r not in self.inlined for r in inner.results
                ):
                    return False
            if self.tree.maker(region.yields[k], "undef"):
                return False
            total += self.size(region.yields[k])
        return total <= (10 if dtype_of(op.results[k].type).is_bool else 4)

    # size

    def size(self, v: Value) -> int:
        return self._size.get(v, 0)

    def _measure(self, op: Op) -> None:
        if op.name in ("const", "undef", "wrap", "dim") or op.name in ("for", "while"):
            return
        values = op.operands[:1] if op.name in _INDEXED else op.operands
        parts = [self.size(v) for v in values if v in self.inlined]
        parts += [self.size(y) for r in op.regions for y in r.yields if y in self.inlined]
        total = 1 + sum(parts)
        if op.name in WRITES or len(op.results) != 1:
            return
        if op.name == "if" and len(self.tree.slots(op)) != 1:
            return
        v = self._result(op)
        self._size[v] = total
        if v in self.inlined and total > (_NAMED_BUDGET if v.hint else _BUDGET) and op.name not in VIEWS:
            self.inlined.discard(v)
            self._size[v] = 0

    # memory

    def _undisturbed(self, op: Op, block: Block, at: int, to: int) -> bool:
        """Whether nothing printed between ``at`` and ``to`` writes the memory that ``op`` reads."""
        sources = self._sources(op)
        if not sources:
            return True
        raises = op.name in ("load", "view", "reshape", "matmul") and not op.attrs.get("safe")
        for other in block.ops[at + 1 : to]:
            if other not in self.tree.ops:
                continue
            effects = [other] if other.name in EFFECTS else []
            for region in other.regions:
                effects += self.tree.effects(region)
            for e in effects:
                if e.name in ("call", "derive") or (e.name == "check" and raises):
                    return False
                if e.name in WRITES and any(self.may_alias(e.operands[0], s) for s in sources):
                    return False
        return True

    def _sources(self, op: Op) -> list[Value]:
        """The references whose contents ``op`` reads (an ``if`` with everything inside)."""
        if op.name in ("dim", "alloc", "full") or op.name in VIEWS:
            return []
        out = [v for v in op.operands if is_ref(v.type)]
        for region in op.regions:
            for inner in region.ops:
                if inner in self.tree.ops:
                    out += self._sources(inner)
        return out

    def may_alias(self, a: Value, b: Value) -> bool:
        if isinstance(a.type, Rec) != isinstance(b.type, Rec) or dtype_of(a.type) != dtype_of(b.type):
            return False
        x, y = self._root(a), self._root(b)
        if x is y:
            return True
        fresh = [r is not None and r in self.tree.makers for r in (x, y)]
        known = x is not None and y is not None
        return not (known and any(fresh))

    def _root(self, v: Value) -> Value | None:
        """The value that made the memory: a fresh array or a parameter of the function; None when unknown."""
        if v not in self._roots:
            op = self.tree.makers.get(v)
            if op is None:
                self._roots[v] = v if v in self.tree.func.params else None
            elif op.name in VIEWS:
                self._roots[v] = self._root(op.operands[0])
            elif op.name in CONTROL or op.name in ("call", "derive", "rec_get"):
                self._roots[v] = None
            else:
                self._roots[v] = v
        return self._roots[v]


def _letter(view: Op, position: int) -> str:
    """The letter of the ``spec`` of a view that an operand belongs to."""
    letters = "".join(letter * {"i": 1, "s": 3}.get(letter, 0) for letter in view.attrs["spec"])
    return letters[position - 1]
