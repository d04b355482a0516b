"""The emitter of one function: environment, blocks, ownership, and the alias scopes of its buffers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...ir.core import Block, Func, Op, Value
from ...ir.types import Array, Rec, Scalar, Type, dtype_of
from ...prims.primitive import REGISTRY
from . import bounds
from .code import Code, Unit
from .facts import Facts, facts
from .scalar import SCALAR, elementwise
from .values import ArrayVal, Complex, Num, RecVal, Val, flatten, mem, parts

#: More buffers than this go without alias scopes (their lists grow with the square).
MAX_ROOTS = 48

OpEmitter = Callable[["FunctionEmitter", Op], None]


class FunctionEmitter:
    """Emits the blocks of one function.  What each op does lives in the tables of the other files."""

    def __init__(self, unit: Unit, func: Func, is_entry: bool) -> None:
        self.unit = unit
        self.func = func
        self.is_entry = is_entry
        self.c = Code(unit)
        self.env: dict[Value, Val] = {}
        self.facts: Facts = facts(func, is_entry)
        self.owned: list[list[ArrayVal | RecVal]] = []
        #: an inner function may be called from a loop, so its buffers live as those of a loop
        self.base_depth = 0 if is_entry else 1
        self.loop_depth = self.base_depth
        self.access_group = ""
        self.slots: list[str] = []
        self.stack_bytes = 0
        self.roots: list[tuple[str, str]] = []
        self.joint: dict[str, frozenset[str]] = {}
        self.joined: list[dict[frozenset[str], str]] = []
        self.equal: list[dict[str, str]] = []
        self.unchecked: set[Op] = set()
        self.bounds = bounds.Facts()

    # -- values ----------------------------------------------------------------------------------------------

    def num(self, v: Value) -> Num:
        """A scalar operand."""
        x = self.env[v]
        assert isinstance(x, (str, Complex)), v
        return x

    def int(self, v: Value) -> str:
        """An integer or bool operand."""
        x = self.env[v]
        assert isinstance(x, str), v
        return x

    def array(self, v: Value) -> ArrayVal:
        """An array operand."""
        x = self.env[v]
        assert isinstance(x, ArrayVal), v
        return x

    def rec(self, v: Value) -> RecVal:
        """A record operand."""
        x = self.env[v]
        assert isinstance(x, RecVal), v
        return x

    def unflatten(self, names: Sequence[str], t: Type) -> Val:
        """The value of type ``t`` whose components are ``names`` (see `values.parts`)."""
        if isinstance(t, Scalar):
            return Complex(names[0], names[1]) if t.is_complex else names[0]
        if isinstance(t, Rec):
            return RecVal(t, names[0], heap=True)
        data, owner, *rest = names
        many = t.axes.count("n")
        it = iter(rest[:many])
        sizes = tuple("1" if letter == "1" else next(it) for letter in t.axes)
        strides = tuple(rest[many:]) if t.layout != "C" else self.c_strides(sizes)
        return ArrayVal(t, data, owner, sizes, strides)

    def c_strides(self, sizes: Sequence[str]) -> tuple[str, ...]:
        """Strides, in elements, of a C-contiguous array."""
        out = ["1"] * len(sizes)
        for k in range(len(sizes) - 2, -1, -1):
            out[k] = self.c.mul(out[k + 1], sizes[k + 1])
        return tuple(out)

    def count(self, sizes: Sequence[str]) -> str:
        """The number of elements."""
        total = "1"
        for n in sizes:
            total = self.c.mul(total, n)
        return total

    def address(self, a: ArrayVal, index: Sequence[str]) -> str:
        """Pointer to an element."""
        offset = "0"
        for i, s in zip(index, a.strides, strict=True):
            offset = self.c.add(offset, self.c.mul(i, s))
        if offset == "0":
            return a.data
        return self.c.ins(f"getelementptr inbounds {mem(a.type.dtype)}, ptr {a.data}, i64 {offset}")

    # -- alias scopes ----------------------------------------------------------------------------------------

    def new_root(self) -> int | None:
        """A new buffer, disjoint from every other root."""
        if len(self.roots) >= MAX_ROOTS:
            return None
        self.roots.append((self.unit.meta(""), self.unit.meta("")))
        return len(self.roots) - 1

    def scope(self, root: int | None) -> str:
        """The metadata of an access to a buffer."""
        group = f", !llvm.access.group {self.access_group}" if self.access_group else ""
        if root is None:
            return group
        own, others = self.roots[root]
        return f", !alias.scope {own}, !noalias {others}{group}"

    def finish_scopes(self) -> None:
        """Fill the metadata that needed to know every root."""
        if not self.roots:
            return
        meta = self.unit.metadata
        domain = self.unit.meta("")
        meta[int(domain[1:])] = f"{domain} = distinct !{{{domain}}}"
        scopes: list[str] = []
        for _ in self.roots:
            s = self.unit.meta("")
            meta[int(s[1:])] = f"{s} = distinct !{{{s}, {domain}}}"
            scopes.append(s)
        for k, (own, others) in enumerate(self.roots):
            meta[int(own[1:])] = f"{own} = !{{{scopes[k]}}}"
            rest = ", ".join(s for j, s in enumerate(scopes) if j != k)
            meta[int(others[1:])] = f"{others} = !{{{rest}}}"

    # -- ownership -------------------------------------------------------------------------------------------

    def own(self, v: Val) -> None:
        """The current block holds one reference to ``v``."""
        if isinstance(v, RecVal) or (isinstance(v, ArrayVal) and v.owner != "null"):
            self.owned[-1].append(v)

    def retain(self, v: Val) -> None:
        """One more reference."""
        if isinstance(v, ArrayVal) and v.owner != "null":
            self.unit.support.setdefault("wg_retain")
            self.c.do(f"call void @wg_retain(ptr {v.owner})")
        elif isinstance(v, RecVal) and v.heap:
            self.unit.support.setdefault("wg_retain")
            self.c.do(f"call void @wg_retain(ptr {v.header})")

    def release(self, v: Val) -> None:
        """One reference less; the last one frees."""
        if isinstance(v, ArrayVal) and v.owner != "null":
            self.unit.support.setdefault("wg_drop")
            self.c.do(f"call void @wg_drop(ptr {v.owner})")
        elif isinstance(v, RecVal):
            width = len(parts(v.type.item)) if isinstance(v.type.item, Array) else 0
            if v.heap:
                self.unit.support.setdefault("wg_rec_drop")
                self.c.do(f"call void @wg_rec_drop(ptr {v.header}, i64 {width})")
                return
            # by value: a header whose address never leaves the function becomes registers
            self.unit.support.setdefault("wg_rec_clear")
            data = self.c.ins(f"load ptr, ptr {v.header}, align 8")
            at = self.c.ins(f"getelementptr inbounds {{ptr, i64, i64}}, ptr {v.header}, i64 0, i32 1")
            length = self.c.ins(f"load i64, ptr {at}, align 8")
            self.c.do(f"call void @wg_rec_clear(ptr {data}, i64 {length}, i64 {width})")

    def settle(self, yields: Sequence[Val], owned: list[ArrayVal | RecVal]) -> None:
        """Hand one reference with each yielded value to the surroundings, give up those of the block."""
        left = list(owned)
        for y in yields:
            if isinstance(y, (ArrayVal, RecVal)):
                if y in left:
                    left.remove(y)
                else:
                    self.retain(y)
        for v in left:
            self.release(v)

    # -- blocks ----------------------------------------------------------------------------------------------

    def block(self, b: Block, owned: Sequence[Val] = ()) -> list[Val]:
        """Emit the ops; give the yielded values, each with one reference."""
        from .plan import emit_ops

        self.owned.append([])
        self.joined.append({})
        self.equal.append({})
        for v in owned:
            self.own(v)
        emit_ops(self, b)
        yields = [self.env[v] for v in b.yields]
        self.settle(yields, self.owned.pop())
        self.joined.pop()
        self.equal.pop()
        return yields

    def op(self, op: Op) -> None:
        """Emit one op outside fused loops."""
        from .table import OPS

        emitter = OPS.get(op.name)
        if emitter is not None:
            emitter(self, op)
            return
        if op.name not in SCALAR:
            prim = REGISTRY.get(op.name)
            if prim is not None and prim.kind == "foreign":
                from . import foreign

                foreign.emit(self, op, prim)
                return
            raise NotImplementedError(f"no native code for op {op.name!r}")
        args = [self.num(v) for v in op.operands]
        result = op.results[0]
        t = dtype_of(op.operands[-1].type)
        x = elementwise(op.name, self.c, args, t, dtype_of(result.type), op.attrs)
        self.env[result] = x
        if t.name == "i64" and op.name in ("add", "sub"):
            self._linear(op.name, x, args)

    def _linear(self, name: str, x: Num, args: Sequence[Num]) -> None:
        """Remember sums of an integer and a constant, for the proofs of `bounds`."""
        (a, k), (b, m) = (self.bounds.form(str(v)) for v in args)
        if not b:
            self.bounds.define(str(x), str(args[0]), m if name == "add" else -m)
        elif not a and name == "add":
            self.bounds.define(str(x), str(args[1]), k)

    def check(self, ok: str, exc: str, message: str, op: Op, *operands: tuple[Num, Scalar]) -> None:
        """A failing site at ``op``."""
        self.c.check(ok, exc, message, operands, op.span)

    def components(self, values: Sequence[Val], types: Sequence[Type]) -> list[tuple[str, str]]:
        """(LLVM type, operand) of every component of the values."""
        out: list[tuple[str, str]] = []
        for v, t in zip(values, types, strict=True):
            out += zip(parts(t), flatten(v, t), strict=True)
        return out

    def take(self, names: Sequence[str], types: Sequence[Type]) -> list[Val]:
        """The inverse of `components`."""
        out: list[Val] = []
        k = 0
        for t in types:
            n = len(parts(t))
            out.append(self.unflatten(names[k : k + n], t))
            k += n
        return out


def attr(op: Op, name: str, default: Any = None) -> Any:
    """An attribute of an op."""
    return op.attrs.get(name, default)
