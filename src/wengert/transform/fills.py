"""Cotangents of arrays that are simpler than arrays.

Reverse mode starts a cotangent as zeros and adds contributions.  Often the first contribution is the only
one, and often it is one number for all elements (the cotangent of ``sum``).

* An array that is *filled* with a number is replaced by the number where elementwise arithmetic meets an
  array of the same shape, where it is added to memory of the same shape, and under ``sum``.
* A buffer of zeros whose first use is to have an array of its shape added *is* that array, or a copy of it.
* What is added to an array that arithmetic has just made gives another array: sums of arrays that loops
  compute one after another are computed in one loop.
* A copy that nobody writes, of an array that nobody writes any more, is the array.

Before::

    %a = alloc(%n) {dtype=f64, axes='n', fill='zero'} : f64[n]
    vacc(%a, %g) {adjoint=True}
    %b = mul(%a, %c) {adjoint=True} : f64[n]
    %x_bar = alloc(%n) {dtype=f64, axes='n', fill='zero'} : f64[n]
    vacc(%x_bar, %b) {adjoint=True}
    yield %x_bar

After (and the removal of dead code)::

    %b = mul(%g, %c) {adjoint=True} : f64[n]
    yield %b

What is left unused stays for `transform/dce`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from types import MappingProxyType
from typing import Any

from ..analysis.alias import Aliases
from ..analysis.effects import is_fresh
from ..analysis.ranges import Ranges
from ..ir.core import VIEWS, Block, Func, Op, Value, suggest
from ..ir.types import I64, Array, Scalar, Type, dtype_of
from ..ir.walk import uses, with_ops, with_parts
from ..prims import REGISTRY
from .fold import fold

_QUIET = frozenset({"const", "undef", "dim", "check", "copy"})
_REACH = 64
"""How many operations may stand between an array and what is added to it."""

_ADJOINT: Mapping[str, Any] = MappingProxyType({"adjoint": True})


def fills(func: Func) -> Func:
    """``func`` with simpler cotangents; the same object when there are none."""
    body = _Fills(func).block(func.body)
    return func if body is func.body else replace(func, body=body)


class _Fills:
    def __init__(self, func: Func) -> None:
        self.ranges = Ranges(func)
        self.sites = self.ranges.sites
        self.aliases = Aliases(func, sites=self.sites)
        self.uses = uses(func.body)
        self.owner = {region: op for op in self.sites.ops for region in op.regions}
        self.env: dict[Value, Value] = {}
        self.number: dict[Value, Value] = {}
        """The number that fills an array (old name), as a value of the new function."""
        self.shared: set[Value] = set()
        """Arrays (old names) that have another name in the new function."""
        self.body = func.body
        self.results = set(func.results)
        self.returned: set[Value] = set()
        """Arrays (old names) that are returned in place of a copy."""
        self.constants: dict[Value, Op] = {}
        """Those made here."""
        self.out: list[Op] = []

    # blocks

    def block(self, block: Block) -> Block:
        outer, self.out = self.out, []
        for op in block.ops:
            self.visit(op, block)
        ops, self.out = self.out, outer
        return with_ops(block, ops, self.map(block.yields))

    def map(self, values: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(self.env.get(v, v) for v in values)

    def emit(
        self, name: str, operands: tuple[Value, ...], t: Type, like: Op, attrs: Mapping[str, Any] = _ADJOINT
    ) -> Value:
        op = Op(name, operands, (Value(t),), attrs, (), like.span)
        self.out.append(op)
        return op.result

    def visit(self, op: Op, block: Block) -> None:
        operands = self.map(op.operands)
        if op.regions:
            self.out.append(with_parts(op, tuple(self.block(r) for r in op.regions), operands))
            return
        if op.attrs.get("adjoint") or op.name == "copy":
            changed = self.adjoint(op, operands, block)
            if changed is None:
                return
            operands = changed
        self.out.append(op if operands == op.operands else replace(op, operands=operands))

    def adjoint(self, op: Op, operands: tuple[Value, ...], block: Block) -> tuple[Value, ...] | None:
        """New operands for ``op``; ``None`` when it has been replaced."""
        if op.name == "vacc":
            return self.accumulation(op, operands, block)
        if op.name == "copy":
            if self.is_settled(op, block):
                self.rename(op.result, op.operands[0])
                return None
            self.fill(op.result, self.number.get(op.operands[0]))
        elif op.name == "sum" and isinstance(op.result.type, Scalar) and op.operands[0] in self.number:
            self.env[op.result] = self.total(op, op.operands[0])
            return None
        elif REGISTRY[op.name].kind == "elementwise" and isinstance(op.result.type, Array):
            return self.elementwise(op, operands)
        return operands

    def fill(self, array: Value, number: Value | None) -> None:
        """``array`` is ``number`` everywhere, and stays so."""
        if number is not None and not self.aliases.writes(self.aliases.cls(array)):
            self.number[array] = number

    # filled arrays

    def elementwise(self, op: Op, operands: tuple[Value, ...]) -> tuple[Value, ...] | None:
        arrays = [v for v in op.operands if isinstance(v.type, Array)]
        full = [v for v in arrays if v in self.number]
        if not full:
            return operands if not self.is_unit(op, operands) else self.drop(op, arrays[0])
        if not all(self.same_shape(op, v, full[0]) for v in arrays):
            return operands
        numbers = tuple(self.number.get(old, new) for old, new in zip(op.operands, operands, strict=True))
        if len(full) == len(arrays):
            t = op.result.type
            assert isinstance(t, Array)
            self.fill(op.result, self.computed(op, numbers, t.dtype))
            return operands
        changed = replace(op, operands=numbers)
        rest = [v for v in arrays if v not in self.number]
        return self.drop(op, rest[0]) if self.is_unit(changed, numbers) else numbers

    def computed(self, op: Op, numbers: tuple[Value, ...], t: Scalar) -> Value:
        """What ``op`` makes of numbers, as a constant where they are constants."""
        made = [self.constants.get(v) or self.sites.definition(v) for v in numbers]
        if all(m is not None and m.name == "const" for m in made):
            types = [v.type for v in numbers if isinstance(v.type, Scalar)]
            value = fold(op.name, [m.attrs["value"] for m in made if m is not None], types, t)
            if value is not None:
                result = self.emit("const", (), t, op, MappingProxyType({"value": value}))
                self.constants[result] = self.out[-1]
                return result
        return self.emit(op.name, numbers, t, op, op.attrs)

    def is_unit(self, op: Op, operands: tuple[Value, ...]) -> bool:
        """Whether ``op`` multiplies an array by the number one."""
        if op.name not in ("mul", "mulz") or not op.attrs.get("adjoint"):
            return False
        numbers = [v for v in operands if isinstance(v.type, Scalar)]
        return len(numbers) == 1 and self.is_one(numbers[0])

    def is_one(self, v: Value) -> bool:
        made = self.constants.get(v) or self.sites.definition(v)
        return made is not None and made.name == "const" and made.attrs["value"] == 1

    def drop(self, op: Op, array: Value) -> tuple[Value, ...] | None:
        """``op`` gives ``array``: the same array when neither is written or seen from outside."""
        if array.type == op.result.type and self.is_private(array) and self.is_private(op.result):
            self.rename(op.result, array)
            return None
        numbers = (self.number.get(v, self.env.get(v, v)) for v in op.operands)
        return tuple(numbers)

    def is_private(self, v: Value) -> bool:
        return self.aliases.is_value_array(v) and not self.aliases.escapes_block(self.aliases.cls(v))

    def be(self, old: Value, new: Value) -> None:
        """``new`` stands for ``old``, and for its name."""
        self.env[old] = new
        suggest(new, old.hint)

    def rename(self, result: Value, array: Value) -> None:
        """Both are one array from here on, and neither is written."""
        self.env[result] = self.env.get(array, array)
        self.shared |= {result, array}
        if array in self.number:
            self.number[result] = self.number[array]

    def is_own(self, v: Value) -> bool:
        """Whether ``v`` is the only name of memory allocated in its block, and is seen in the block only."""
        made = self.sites.definition(v)
        cls = self.aliases.cls(v)
        fresh = made is not None and is_fresh(made, v)
        return fresh and len(self.aliases.members(cls)) == 1 and not self.aliases.escapes_block(cls)

    def is_given_up(self, source: Value, result: Value, at: Op, block: Block) -> bool:
        """Whether a copy, made by ``at``, only serves to return an array that nobody else returns or writes
        any more.
        """
        made, cls = self.sites.definition(source), self.aliases.cls(source)
        if (
            block is not self.body
            or result not in self.results
            or source in self.returned
            or source in self.env
        ):
            return False
        if made is None or not is_fresh(made, source) or self.aliases.escapes_block(cls):
            return False
        views = (self.sites.definition(v) for v in self.aliases.members(cls) if v is not source)
        own = self.aliases.cls(result)
        alone = len(self.aliases.members(own)) == 1 and all(op is at for op, _ in self.aliases.writes(own))
        if not alone or any(v is None or v.name not in VIEWS for v in views):
            return False
        if self.sites.path(made)[-1].block is not block or not self.is_done(source, at, block):
            return False
        self.returned.add(source)
        return True

    def is_settled(self, copy: Op, block: Block) -> bool:
        """Whether neither a copy nor what it is a copy of is written any more."""
        source = copy.operands[0]
        made = self.sites.definition(source)
        if source.type != copy.result.type:
            return False
        if not self.is_private(copy.result) or not self.is_own(source):
            return self.is_lent(copy, block) or self.is_given_up(source, copy.result, copy, block)
        assert made is not None
        if self.sites.path(made)[-1].block is not block:
            return self.is_private(source)
        return self.is_done(source, copy, block)

    def is_lent(self, copy: Op, block: Block) -> bool:
        """Whether a copy is read for the last time before anybody writes what it is a copy of."""
        cls = self.aliases.cls(copy.result)
        names = [v for v in self.aliases.members(cls) if v in self.uses]
        if self.aliases.writes(cls) or self.aliases.escapes_block(cls) or copy.result not in names:
            return False
        here, last = self.sites.path(copy)[-1].index, max(self.span(v, block)[1] for v in names)
        return not any(
            here < step.index <= last
            for _, path in self.aliases.writes(self.aliases.cls(copy.operands[0]))
            for step in path
            if step.block is block
        )

    def is_done(self, array: Value, at: Op, block: Block) -> bool:
        """Whether an array of ``block`` is not written after ``at``."""
        here = self.sites.path(at)[-1].index
        return all(
            step.index < here
            for _, path in self.aliases.writes(self.aliases.cls(array))
            for step in path
            if step.block is block
        )

    def total(self, op: Op, array: Value) -> Value:
        """The sum of a filled array: the number of elements times the number."""
        number = self.number[array]
        t = op.result.type
        assert isinstance(t, Scalar)
        assert isinstance(array.type, Array)
        total = number
        for axis in range(array.type.rank):
            size = self.emit("dim", self.map((array,)), I64, op, MappingProxyType({"axis": axis}))
            count = self.emit("cast", (size,), t, op, MappingProxyType({"to": t}))
            total = self.emit("mulz", (count, total), t, op)  # nothing, infinitely large, is nothing
        return total

    # contributions

    def accumulation(self, op: Op, operands: tuple[Value, ...], block: Block) -> tuple[Value, ...] | None:
        target, source = op.operands
        assert isinstance(target.type, Array)
        if self.is_first(op, block):
            if isinstance(source.type, Scalar):
                if (
                    source.type == target.type.dtype
                    and len(self.aliases.writes(self.aliases.cls(target))) == 1
                ):
                    self.number[target] = operands[1]
                return operands
            if self.same_shape(op, target, source) and dtype_of(source.type) == target.type.dtype:
                self.become(op, operands, block)
                return None
        if source in self.number and self.same_shape(op, target, source):
            operands = (operands[0], self.number[source])
        summand = self.summand(op, operands[0])
        if summand is not None:
            attrs = MappingProxyType({**_ADJOINT, "same": True})
            self.env[target] = self.emit("add", (summand, operands[1]), target.type, op, attrs)
            return None
        return operands

    def summand(self, op: Op, array: Value) -> Value | None:
        """What arithmetic has made, and the target of ``op`` still is (here it is called ``array``)."""
        target, source = op.operands
        made = self.sites.definition(target)
        alone = len(self.aliases.members(self.aliases.cls(target))) == 1
        if made is None or not alone or not is_fresh(made, target) or target.type != array.type:
            return None
        if isinstance(source.type, Array) and not self.same_shape(op, target, source):
            return None
        if dtype_of(source.type) != dtype_of(target.type):
            return None
        for before in islice(reversed(self.out), _REACH):
            elementwise = REGISTRY[before.name].kind == "elementwise" and not before.regions
            if array in before.results:
                if before.name == "copy" and before.operands[0].type == array.type:
                    return before.operands[0]
                return array if elementwise else None
            if not (before.name in _QUIET or elementwise):
                return None
        return None

    def is_first(self, op: Op, block: Block) -> bool:
        """Whether ``op`` is the first to use its target, zeros that were allocated in the same block."""
        target = op.operands[0]
        made = self.sites.definition(target)
        if made is None or made.name != "alloc" or made.attrs["fill"] != "zero":
            return False
        here = self.sites.path(op)[-1]
        return self.sites.path(made)[-1].block is block and self.span(target, block)[0] == here.index

    def span(self, v: Value, block: Block) -> tuple[int, int]:
        """The positions in ``block``, where ``v`` is defined, of its first and last use."""
        places: list[int] = []
        for user in self.uses.get(v, ()):
            if user is block:
                places.append(len(block.ops))
                continue
            op = user if isinstance(user, Op) else self.owner[user]
            places += [s.index for s in self.sites.path(op) if s.block is block]
        return min(places), max(places)

    def same_shape(self, op: Op, a: Value, b: Value) -> bool:
        """Whether two operands of ``op`` have the same sizes.

        Where ``op`` is ``same``, axes that meet are equally long; there may be more of them on one side.
        """
        assert isinstance(a.type, Array)
        assert isinstance(b.type, Array)
        if op.attrs.get("same") and a.type.axes == b.type.axes:
            return True
        return self.ranges.sizes(a) == self.ranges.sizes(b)

    def become(self, op: Op, operands: tuple[Value, ...], block: Block) -> None:
        """The target is the source when this is the last that is heard of the source, else a copy of it."""
        target, source = op.operands
        made = self.sites.definition(source)
        if (
            made is not None
            and self.is_own(source)
            and source not in self.shared
            and source not in self.returned
            and source.type == target.type
            and self.sites.path(made)[-1].block is block
            and self.span(source, block)[1] == self.sites.path(op)[-1].index
            and source not in self.number
        ):
            self.be(target, operands[1])
            return
        if source.type == target.type and self.is_given_up(source, target, op, block):
            self.be(target, operands[1])
            return
        self.be(target, self.emit("copy", (operands[1],), target.type, op))
