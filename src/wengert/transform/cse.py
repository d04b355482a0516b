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

What one branch of an ``if`` computes is known in that branch of a later one on the same condition (`arms`).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

from ..analysis.affine import Linear
from ..analysis.alias import Aliases
from ..analysis.effects import CALLS, CONTROL, LOOPS, allocates, reads, writes
from ..analysis.elements import spares
from ..analysis.ranges import Ranges
from ..ir.core import Block, Func, Op, Value
from ..ir.types import I64, Array, Scalar, Type
from .arms import Arms, Scope
from .laws import COMMUTATIVE

_NEVER = CALLS | {"rec_new", "alloc", "undef"}
_IGNORED = frozenset({"safe", "adjoint", "fast"})
_MAX_KNOWN = 16
_MAX_WRITES = 8

Element = tuple[Value, tuple[Value, ...], Value]
"""An array and indices, as the old function calls them, and the value that is there."""

Located = dict[int, list[Element]]


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
        self.scopes: list[Scope] = []
        self.arms: list[dict[Value, Arms]] = []
        self.mirrors: list[tuple[Arms, int]] = []
        self.left: Scope = {}
        self.version: dict[int, int] = {}
        self.count = 0
        self.located: Located = {}
        self.written = self._written_inside()

    def _written_inside(self) -> dict[Op, dict[int, list[Op]]]:
        """What each control operation writes, by class."""
        out: dict[Op, dict[int, list[Op]]] = {}
        for cls in self.aliases.classes:
            for w, path in self.aliases.writes(cls):
                for step in path:
                    if step.owner is not None:
                        out.setdefault(step.owner, {}).setdefault(cls, []).append(w)
        return out

    def block(self, block: Block) -> Block:
        self.scopes.append({})
        self.arms.append({})
        ops: list[Op] = []
        for op in block.ops:
            new = self.visit(op)
            if new is not None:
                ops.append(new)
        self.left = self.scopes.pop()
        given = {arms.op: arms for arms in self.arms.pop().values() if arms.given}
        ops = [given[op].widened() if op in given else op for op in ops]
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
        known = self.mirrored(op, operands, fast) if keys else None
        if known is not None:
            self.env[op.result] = known
        for key in keys:
            self.scopes[-1][key] = (op.results if known is None else (known,), fast)
        if known is not None:
            return None
        if op.name == "load":
            known_in = self.located.setdefault(self.aliases.cls(op.operands[0]), [])
            known_in.append((op.operands[0], op.operands[1:], op.result))
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

    def mirrored(self, op: Op, operands: tuple[Value, ...], fast: bool) -> Value | None:
        """What the same branch of an earlier ``if`` on the same condition computed."""
        if len(op.results) != 1 or not _is_number(op.result.type) or op.name == "const" or reads(op):
            return None
        for arms, branch in self.mirrors:
            key = self.keys(op, arms.inner(branch, operands))[-1]
            found, was_fast = arms.scopes[branch].get(key, ((), False))
            if len(found) == 1 and (fast or not was_fast):
                return arms.give(branch, found[0])
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
        for old, at, v in known[-_MAX_KNOWN:]:
            if self.spares(op, old, at):
                self.know(old, at, v)
        if op.name == "store":
            self.know(op.operands[0], op.operands[1:-1], operands[-1])

    def know(self, array: Value, at: tuple[Value, ...], value: Value) -> None:
        """A load from ``array`` at ``at`` (names of the old function) would give ``value``."""
        cls = self.aliases.cls(array)
        key = ("load", self.map((array, *at)), _attributes({}), (self.version.get(cls, 0),), (value.type,))
        self.scopes[-1][key] = ((value,), False)
        self.located.setdefault(cls, []).append((array, at, value))

    def spares(self, write: Op, array: Value, at: tuple[Value, ...]) -> bool:
        """Whether ``write`` never touches the element ``at`` of ``array``."""
        return spares(self.ranges, write, array, at)

    # control

    def control(self, op: Op, new: Op) -> Op:
        """Regions start from what is known before (of a loop: what no trip writes), and leave nothing
        behind."""
        touched = self.written.get(op, {})
        before = self.located
        kept = {cls: self.survivors(before.get(cls, []), writes_) for cls, writes_ in touched.items()}
        if op.name in LOOPS:
            self.restart(before, kept)
        regions: list[Block] = []
        scopes: list[Scope] = []
        earlier = self.same_condition(new)
        start, versions = self.located, dict(self.version)
        for number, region in enumerate(op.regions):
            self.version = dict(versions)
            self.located = {cls: list(known) for cls, known in start.items()}
            self.mirrors += [(arms, number) for arms in earlier]
            regions.append(self.block(region))
            scopes.append(self.left)
            del self.mirrors[len(self.mirrors) - len(earlier) :]
        self.restart(before, kept)
        if new is not op or not all(map(_is, regions, op.regions)):
            new = replace(new, regions=tuple(regions))
        if op.name == "if" and not earlier:
            self.arms[-1][new.operands[0]] = Arms(new, tuple(scopes))
        return new

    def same_condition(self, op: Op) -> list[Arms]:
        """The branches of an earlier ``if`` on the condition of ``op``."""
        if op.name != "if":
            return []
        return [arms[op.operands[0]] for arms in self.arms if op.operands[0] in arms]

    def restart(self, before: Located, kept: Located) -> None:
        """New versions of the classes in ``kept``, of which only what it holds is known."""
        self.located = {cls: list(known) for cls, known in before.items() if cls not in kept}
        for cls, known in kept.items():
            self.renew(cls)
            for element in known:
                self.know(*element)

    def survivors(self, known: list[Element], writes_: list[Op]) -> list[Element]:
        """The elements that none of the writes inside a control operation touches."""
        if len(writes_) > _MAX_WRITES:
            return []
        return [e for e in known[-_MAX_KNOWN:] if all(self.spares(w, *e[:2]) for w in writes_)]


def _is(a: object, b: object) -> bool:
    return a is b


def _is_fast(op: Op) -> bool:
    return bool(op.attrs.get("fast") or op.attrs.get("adjoint"))


def _attributes(attrs: Mapping[str, Any]) -> Hashable:
    return tuple(sorted((k, type(v).__name__, repr(v)) for k, v in attrs.items() if k not in _IGNORED))


def _is_number(t: Type) -> bool:
    """A float or a complex number; about integers more is known where they are computed."""
    return isinstance(t, Scalar) and t.is_inexact
