"""Which arrays certainly have the same shape, so that adding one to the other needs no summing."""

from __future__ import annotations

from ...ir.core import Op, Value
from ...ir.types import Array
from .linear import Key, Linear, Sum
from .tree import Tree, is_assertion, slot

Shape = tuple[Sum, ...]


class Shapes:
    """Sizes of arrays as forms of integers, followed through the operations that make them."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._known: dict[Value, Shape] = {}
        self._linear = Linear(tree, lambda v: True)
        self._linear.resolve = self.size
        self._equal: dict[Key, Key] = {}
        self._learn()

    def _learn(self) -> None:
        """What must be equal, or the function raises: sizes that were checked, and what products contract."""
        for op in self.tree.func.body.ops:
            pair: tuple[Sum, Sum] | None = None
            if is_assertion(op):
                test = self.tree.maker(op.operands[0], "eq")
                pair = None if test is None else (self.form(test.operands[0]), self.form(test.operands[1]))
            elif op.name == "matmul":
                x, y = (self.of(v) for v in op.operands)
                pair = (x[-1], y[0])
            if pair is not None:
                keys = [next(iter(s.terms)) for s in pair if len(s.terms) == 1 and not s.constant]
                if len(keys) == 2 and keys[0] != keys[1] and all(1 in s.terms.values() for s in pair):
                    self._equal[keys[0]] = keys[1]
                    self._known.clear()

    def _settled(self, form: Sum) -> Sum:
        """``form`` with one name for what is equal."""
        if not any(k in self._equal for k in form.terms):
            return form
        out = Sum(form.constant, {}, dict(form.seen))
        for key, c in form.terms.items():
            last = key
            while last in self._equal:
                last = self._equal[last]
            seen = {last: form.seen[key]} if key in form.seen else {}
            out = out.plus(Sum(0, {last: c}, seen))
        return out

    def form(self, v: Value) -> Sum:
        """An integer, followed through everything it is computed from."""
        return self._settled(self._linear.of(v))

    def expand(self, form: Sum) -> Sum:
        """``form`` with its values followed."""
        out = Sum(form.constant)
        for key, c in form.terms.items():
            out = out.plus(self.form(key) if isinstance(key, Value) else self.size(*key), c)
        return out

    def size(self, a: Value, axis: int) -> Sum:
        return self.of(a)[axis]

    def fits(self, a: Value, b: Value) -> bool:
        """Whether ``a += b`` is right as NumPy does it: no axis of ``b`` is summed."""
        if not isinstance(b.type, Array):
            return True
        x, y = self.of(a), self.of(b)
        if len(y) > len(x):
            return False
        return all(n.number == 1 or m == n for m, n in zip(x[len(x) - len(y) :], y, strict=True))

    def of(self, v: Value) -> Shape:
        if v not in self._known:
            t = v.type
            assert isinstance(t, Array), v
            op = self.tree.makers.get(v)
            found = self._carried(v) if op is None else self._made(op, v)
            shape = found or tuple(Sum(0, {(v, k): 1}, {}) for k in range(t.rank))
            self._known[v] = tuple(
                Sum(1) if c == "1" else self._settled(n) for c, n in zip(t.axes, shape, strict=True)
            )
        return self._known[v]

    def _carried(self, v: Value) -> Shape | None:
        """What a loop carries keeps its shape, when assuming so for the next trip proves it."""
        loop, k = self.tree.param_of.get(v, (None, -1))
        if loop is None or k < 0:
            return None
        init, new, _, _ = slot(loop, k)
        before = set(self._known)
        self._known[v] = shape = self.of(init)
        if self.of(new) == shape:
            return shape
        for other in set(self._known) - before:
            del self._known[other]
        return None

    def _kept(self, rec: Value) -> Shape | None:
        """What all items of a record have for a shape, when it does not depend on when they were put in."""
        stored = [
            u.op.operands[2] for u in self.tree.uses[rec] if u.op is not None and u.op.name == "rec_set"
        ]
        if self.tree.maker(rec, "rec_new") is None or len(stored) != 1:
            return None
        if any(u.op is None or not u.op.name.startswith("rec_") for u in self.tree.uses[rec]):
            return None
        shape = self.of(stored[0])
        bases = [key[0] if isinstance(key, tuple) else key for n in shape for key in n.terms]
        return shape if all(self._is_global(b) for b in bases) else None

    def _is_global(self, v: Value) -> bool:
        op = self.tree.makers.get(v)
        body = self.tree.func.body
        return v in body.params if op is None else self.tree.place[op][0] is body

    def _joined(self, op: Op, v: Value) -> Shape | None:
        k = op.results.index(v)
        if op.name == "if":
            a, b = (self.of(r.yields[k]) for r in op.regions)
            return a if a == b else None
        return self.of(slot(op, k - 1)[2][-1])

    def _made(self, op: Op, v: Value) -> Shape | None:
        match op.name:
            case "alloc":
                return self._forms(op.operands)
            case "full":
                return self._forms(op.operands[:-1])
            case "reshape" | "broadcast":
                return self._forms(op.operands[1:])
            case "copy":
                return self.of(op.operands[0])
            case "transpose":
                shape = self.of(op.operands[0])
                return tuple(shape[k] for k in op.attrs["perm"])
            case "view":
                return self._view(op)
            case "matmul":
                a, b = (self.of(v) for v in op.operands)
                return (*a[:-1], *b[1:])
            case "if" | "for" | "while":
                return self._joined(op, v)
            case "rec_get":
                return self._kept(op.operands[0])
            case "diagonal" | "call" | "undef" | "argmax" | "argmin":
                return None
            case "sum" | "prod" | "amax" | "amin" | "any" | "all":
                return self._reduced(op)
            case _:
                return self._broadcast(op)

    def _forms(self, dims: tuple[Value, ...]) -> Shape:
        return tuple(self._linear.of(d) for d in dims)

    def _view(self, op: Op) -> Shape:
        shape, out, operands = iter(self.of(op.operands[0])), list[Sum](), list(op.operands[1:])
        for letter in op.attrs["spec"]:
            if letter == "+":
                out.append(Sum(1))
                continue
            n = next(shape)
            if letter == ":":
                out.append(n)
            elif letter == "i":
                del operands[0]
            elif letter == "s":
                out.append(self._linear.of(operands[1]))
                del operands[:3]
        return tuple(out)

    def _reduced(self, op: Op) -> Shape:
        shape, axes = self.of(op.operands[0]), op.attrs.get("axes")
        gone = range(len(shape)) if axes is None else [k % len(shape) for k in axes]
        if op.attrs.get("keepdims"):
            return tuple(Sum(1) if k in gone else n for k, n in enumerate(shape))
        return tuple(n for k, n in enumerate(shape) if k not in gone)

    def _broadcast(self, op: Op) -> Shape | None:
        """Elementwise: an axis is known when all operands that have it and are not one long agree."""
        shapes = [self.of(v) for v in op.operands if isinstance(v.type, Array)]
        rank = max(map(len, shapes), default=0)
        out: list[Sum] = []
        for k in range(rank):
            sizes = [s[k - rank] for s in shapes if len(s) >= rank - k]
            many = [n for n in sizes if n.number != 1]
            if not many:
                out.append(Sum(1))
            elif all(n == many[0] for n in many):
                out.append(many[0])
            else:
                out.append(Sum(0, {(op.results[0], k): 1}, {}))
        return tuple(out)
