"""Common subexpressions, loads that read what is known, and checks that were done.

One walk with a table of what is computed, scoped by region.  Memory has *versions*: each write to an alias
class gives the class a new version, a loop gives one on entry and on exit to every class it writes, and
what reads memory is looked up together with the version it reads.  A store makes its value known to the
loads after it.

Before::

    store(%a, %i, %v)
    %x = load(%a, %i) : f64
    %y = mul(%x, %x) : f64
    %z = mul(%x, %x) : f64

After::

    store(%a, %i, %v)
    %y = mul(%v, %v) : f64
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

from ..analysis.affine import Linear
from ..analysis.alias import Aliases
from ..analysis.effects import CALLS, CONTROL, LOOPS, allocates, reads, writes
from ..analysis.ranges import Ranges
from ..ir.core import Block, Func, Op, Value
from ..ir.types import I64, Array
from .laws import COMMUTATIVE

_NEVER = CALLS | {"rec_new", "alloc", "undef"}
_IGNORED = frozenset({"safe", "adjoint", "fast"})
_MAX_KNOWN = 16


def cse(func: Func) -> Func:
    """``func`` with each thing computed once; the same object when there is nothing to do."""
    body = _Cse(func).block(func.body)
    return func if body is func.body else replace(func, body=body)


class _Cse:
    def __init__(self, func: Func) -> None:
        self.ranges = Ranges(func)
        self.sites = self.ranges.sites
        self.aliases = Aliases(func, sites=self.sites)
        self.env: dict[Value, Value] = {}
        self.scopes: list[dict[Hashable, tuple[tuple[Value, ...], bool]]] = []
        self.version: dict[int, int] = {}
        self.count = 0
        self.located: dict[int, list[tuple[Value, tuple[Value, ...], Value]]] = {}
        self.written = self._written_inside()

    def _written_inside(self) -> Mapping[Op, set[int]]:
        """The classes that each control operation writes."""
        out: dict[Op, set[int]] = {}
        for cls in self.aliases.classes:
            for _, path in self.aliases.writes(cls):
                for step in path:
                    if step.owner is not None:
                        out.setdefault(step.owner, set()).add(cls)
        return out

    def block(self, block: Block) -> Block:
        self.scopes.append({})
        ops: list[Op] = []
        for op in block.ops:
            new = self.visit(op)
            if new is not None:
                ops.append(new)
        self.scopes.pop()
        yields = self.map(block.yields)
        if yields == block.yields and len(ops) == len(block.ops) and all(map(_is, ops, block.ops)):
            return block
        return Block(block.params, tuple(ops), yields)

    def map(self, values: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(self.env.get(v, v) for v in values)

    def visit(self, op: Op) -> Op | None:
        operands = self.map(op.operands)
        new = op if operands == op.operands else replace(op, operands=operands)
        if op.name in CONTROL:
            return self.control(op, new)
        keys = self.keys(op, operands)
        fast = _is_fast(op)
        for key in keys:
            known = self.lookup(key, fast)
            if known is not None:
                self.env.update(zip(op.results, known, strict=True))
                return None
        for key in keys:
            self.scopes[-1][key] = (op.results, fast)
        if op.name == "load":
            self.locate(op.operands[0], operands[1:], op.result)
        for v in writes(op):
            self.write(self.aliases.cls(v), op, operands)
        return new

    def lookup(self, key: Hashable, fast: bool) -> tuple[Value, ...] | None:
        """What was computed already; fast arithmetic never stands in for strict arithmetic."""
        for scope in self.scopes:
            if key in scope:
                results, was_fast = scope[key]
                if fast or not was_fast:
                    return results
        return None

    def keys(self, op: Op, operands: tuple[Value, ...]) -> list[Hashable]:
        """What ``op`` is looked up by; nothing when each execution counts."""
        if op.name in _NEVER or writes(op):
            return []
        if allocates(op) and not all(self.is_value(r) for r in op.results):
            return []
        out: list[Hashable] = []
        if len(op.results) == 1 and op.result.type == I64:
            form = self.ranges.linear(op.result)
            if form != Linear.symbol(op.result):
                out.append(("integer", form))
        versions = tuple(self.version.get(self.aliases.cls(v), 0) for v in reads(op))
        ordered = tuple(sorted(operands, key=id)) if op.name in COMMUTATIVE else operands
        types = tuple(r.type for r in op.results)
        out.append((op.name, ordered, _attributes(op.attrs), versions, types))
        return out

    def is_value(self, r: Value) -> bool:
        return (
            isinstance(r.type, Array)
            and self.aliases.is_value_array(r)
            and not self.aliases.escapes_block(self.aliases.cls(r))
        )

    # memory

    def renew(self, cls: int) -> None:
        """The class has new contents."""
        self.count += 1
        self.version[cls] = self.count

    def write(self, cls: int, op: Op, operands: tuple[Value, ...]) -> None:
        """The class is written; elements of the same array that are certainly others stay known."""
        known = self.located.pop(cls, [])
        self.renew(cls)
        if op.name not in ("store", "accum"):
            return
        old, array, indices = op.operands[0], operands[0], operands[1:-1]
        for where, at, v in known[-_MAX_KNOWN:]:
            if where is old and self.differ(at, indices):
                self.know(old, array, at, v)
        if op.name == "store":
            self.know(old, array, indices, operands[-1])

    def know(self, old: Value, array: Value, indices: tuple[Value, ...], value: Value) -> None:
        """A load from ``array`` (which the old function calls ``old``) would give ``value``."""
        version = self.version.get(self.aliases.cls(old), 0)
        key = ("load", (array, *indices), _attributes({}), (version,), (value.type,))
        self.scopes[-1][key] = ((value,), False)
        self.locate(old, indices, value)

    def locate(self, old: Value, indices: tuple[Value, ...], value: Value) -> None:
        self.located.setdefault(self.aliases.cls(old), []).append((old, indices, value))

    def differ(self, a: tuple[Value, ...], b: tuple[Value, ...]) -> bool:
        """Whether two elements differ, because an index differs by a constant (wrapping around or not)."""
        for i, j in zip(a, b, strict=True):
            (x, m), (y, n) = self.offset(i), self.offset(j)
            if x is y and (m - n) % 2**64 != 0:
                return True
            gap = self.ranges.linear(i) - self.ranges.linear(j)
            if gap.is_constant and gap.constant != 0:
                return True
        return False

    def offset(self, v: Value) -> tuple[Value, int]:
        """``v`` as another value plus a constant."""
        op = self.sites.definition(v)
        if op is not None and op.name in ("add", "sub") and v.type == I64:
            step = self.ranges.linear(op.operands[1])
            if step.is_constant:
                return op.operands[0], step.constant if op.name == "add" else -step.constant
        return v, 0

    # control

    def control(self, op: Op, new: Op) -> Op:
        touched = self.written.get(op, set())
        self.located = {}
        if op.name in LOOPS:
            for cls in touched:
                self.renew(cls)
        regions: list[Block] = []
        before = dict(self.version)
        for region in op.regions:
            if op.name == "if":
                self.version = dict(before)
            regions.append(self.block(region))
            self.located = {}
        for cls in touched:
            self.renew(cls)
        if new is op and all(map(_is, regions, op.regions)):
            return op
        return replace(new, regions=tuple(regions))


def _is(a: object, b: object) -> bool:
    return a is b


def _is_fast(op: Op) -> bool:
    return bool(op.attrs.get("fast") or op.attrs.get("adjoint"))


def _attributes(attrs: Mapping[str, Any]) -> Hashable:
    return tuple(sorted((k, type(v).__name__, repr(v)) for k, v in attrs.items() if k not in _IGNORED))
