"""What memory a module may write: parameters, and arrays of which nobody knows whether they are views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeAlias

from ..diag.diagnostic import Diagnostic
from ..ir.core import Block, Func, Module, Op, Value
from ..ir.types import is_ref
from ..prims import REGISTRY

if TYPE_CHECKING:
    from .session import Session

Roots: TypeAlias = frozenset[Any]
_NONE: Roots = frozenset()


def written_parameters(module: Module) -> tuple[int, ...]:
    """The array parameters of the entry whose memory may be written, through views, joins and calls."""
    main = module.main.params
    written = _summary(module)[module.entry]
    return tuple(k for k, p in enumerate(main) if p in written)


def _summary(module: Module) -> dict[str, Roots]:
    """For each function the parameters that it may write."""
    known: dict[str, Roots] = dict.fromkeys(module.funcs, _NONE)
    while True:
        before = dict(known)
        for name, func in module.funcs.items():
            known[name] = _Memory(module, func, known).solve().written & frozenset(func.params)
        if known == before:
            return known


class _Memory:
    """The roots of every reference in a function: parameters, and operations that make new memory."""

    def __init__(self, module: Module, func: Func, known: Mapping[str, Roots]) -> None:
        self.module, self.func, self.known = module, func, known
        self.roots: dict[Value, Roots] = {p: frozenset({p}) for p in func.params if is_ref(p.type)}
        self.carried: dict[Value, frozenset[Op]] = {}
        self.written: Roots = _NONE
        self.changed = True

    def solve(self) -> _Memory:
        while self.changed:
            self.changed = False
            self.block(self.func.body)
        return self

    def of(self, v: Value) -> Roots:
        return self.roots.get(v, _NONE)

    def trips(self, v: Value) -> frozenset[Op]:
        """The loops of which an earlier trip may have made this memory."""
        return self.carried.get(v, frozenset())

    def hand_on(self, v: Value, loops: frozenset[Op]) -> None:
        if is_ref(v.type) and not loops <= self.trips(v):
            self.carried[v] = self.trips(v) | loops
            self.changed = True

    def grow(self, v: Value, more: Roots) -> None:
        if is_ref(v.type) and not more <= self.of(v):
            self.roots[v] = self.of(v) | more
            self.changed = True

    def block(self, b: Block) -> None:
        for op in b.ops:
            for region in op.regions:
                self.block(region)
            self.written |= self.writes(op)
            self.results(op)

    def writes(self, op: Op) -> Roots:
        """The roots that one operation writes itself."""
        if op.name == "call":
            callee = self.module.funcs[op.attrs["func"]]
            target = self.known.get(callee.name, _NONE)
            hit = [self.of(v) for v, p in zip(op.operands, callee.params, strict=True) if p in target]
        elif op.name in REGISTRY:
            hit = [self.of(op.operands[k]) for k in REGISTRY[op.name].writes]
        else:
            hit = []
        return frozenset().union(*hit)

    def results(self, op: Op) -> None:
        if op.name in ("for", "while"):
            self.loop(op)
        elif op.name == "if":
            for k, r in enumerate(op.results):
                left, right = (region.yields[k] for region in op.regions)
                self.grow(r, self.of(left) | self.of(right))
                self.hand_on(r, self.trips(left) | self.trips(right))
        elif op.name == "call":
            every = frozenset().union(*(self.of(v) for v in op.operands)) if op.operands else _NONE
            for r in op.results:
                self.grow(r, every | {r})
                for v in op.operands:
                    self.hand_on(r, self.trips(v))
        else:
            aliased = REGISTRY[op.name].aliases if op.name in REGISTRY else None
            for r in op.results:
                self.grow(r, self.of(op.operands[aliased]) if aliased is not None else frozenset({r}))
                if aliased is not None:
                    self.hand_on(r, self.trips(op.operands[aliased]))

    def loop(self, op: Op) -> None:
        inits = op.operands[3:] if op.name == "for" else op.operands
        last = op.regions[-1]
        shift = len(last.yields) - len(inits)
        for k, r in enumerate(op.results[1:]):
            both = self.of(inits[k]) | self.of(last.yields[shift + k])
            self.grow(r, both)
            earlier = self.trips(inits[k]) | self.trips(last.yields[shift + k])
            self.hand_on(r, earlier)
            for n, region in enumerate(op.regions):
                param = region.params[k + (1 if op.name == "for" and n == 0 else 0)]
                self.grow(param, both)
                self.hand_on(param, earlier | {op})


def refuse_ambiguous(module: Module, session: Session) -> None:
    """Refuse a copy where NumPy has, or may have, a view, if one side is written and the other read later."""
    if not session.ambiguous:
        return
    known = _summary(module)
    for func in module.funcs.values():
        memory = _Memory(module, func, known).solve()
        order = _Order(memory)
        order.block(func.body, ())
        for copy in order.copies(session):
            made: Roots = frozenset({copy.op.result})
            source = memory.of(session.parts.get(copy.op.result, copy.op.operands[0]))
            kept = session.stored.get(copy.op.result)
            if kept is not None:
                clashes = order.clash(copy, source, memory.of(kept)) or order.comes_again(copy, source)
            else:
                clashes = order.clash(copy, made, source) or order.clash(copy, source, made)
            held = session.held_parameters.get(copy.op.result)
            if clashes and held is not None:
                text = f"{held}, which is marked with `no_derivative`"
                where = session.ambiguous[copy.op.result]
                session.record(Diagnostic("C0104", text, where, helps=("pass a copy",)))
            elif clashes:
                layout = (
                    "whether this is a view or a copy depends on the memory layout, and it is written later"
                )
                listed = "this array is written after it became an item of a list, which keeps a copy"
                session.record(
                    Diagnostic(
                        "C0104",
                        layout if kept is None else listed,
                        session.ambiguous[copy.op.result],
                        helps=("write `.copy()` before it",),
                    )
                )
    session.finish()


def refuse_overlap(module: Module, session: Session) -> None:
    """Refuse a derivative of a function that writes an array which is also another argument.

    To vary the one would be to vary the other, and the derivative works on a copy.
    """
    _refuse_endless(module, session)
    known = _summary(module)
    shared: dict[str, set[frozenset[Value]]] = {name: set() for name in module.funcs}
    memories = {name: _Memory(module, func, known).solve() for name, func in module.funcs.items()}
    todo = list(module.funcs)
    while todo:
        name = todo.pop()
        for op in _calls(module.funcs[name].body):
            callee = module.funcs[op.attrs["func"]]
            found = set(_overlaps(memories[name], callee, op, shared[name]))
            if found - shared[callee.name]:
                shared[callee.name] |= found
                todo.append(callee.name)
            for pair in found:
                if op.name == "derive" and pair & known[callee.name]:
                    text = f"`{callee.name}` overwrites an argument that shares memory with another one"
                    session.record(Diagnostic("A0301", text, op.span, helps=("pass a copy",)))
    session.finish()


def _refuse_endless(module: Module, session: Session) -> None:
    """Refuse a function that takes its own derivative, at whatever remove: it has every order."""
    for name, func in module.funcs.items():
        for op in _calls(func.body):
            if op.name == "derive" and name in _reached(module, op.attrs["func"]):
                session.record(Diagnostic("C0104", "a function takes a derivative of itself", op.span))
    session.finish()


def _reached(module: Module, name: str) -> set[str]:
    seen, todo = {name}, [name]
    while todo:
        new = {op.attrs["func"] for op in _calls(module.funcs[todo.pop()].body)} - seen
        seen |= new
        todo += new
    return seen


def _calls(block: Block) -> Iterator[Op]:
    for op in block.ops:
        if op.name in ("call", "derive"):
            yield op
        for region in op.regions:
            yield from _calls(region)


def _overlaps(
    memory: _Memory, callee: Func, op: Op, shared: set[frozenset[Value]]
) -> Iterator[frozenset[Value]]:
    """The pairs of parameters of the callee that may be the same memory."""
    given = [(p, memory.of(v)) for p, v in zip(callee.params, op.operands, strict=False) if is_ref(p.type)]
    for (p, a), (q, b) in combinations(given, 2):
        if a & b or any(frozenset((x, y)) in shared for x in a for y in b):
            yield frozenset((p, q))


@dataclass(frozen=True, eq=False, slots=True)
class _Access:
    """One operation: its place in the text, and the loops around it."""

    op: Op
    roots: Roots
    at: int
    loops: tuple[Op, ...]


class _Order:
    """The operations of a function in the order of the text, with the loops around them."""

    def __init__(self, memory: _Memory) -> None:
        self.memory = memory
        self.found: list[_Access] = []
        self.writes: list[_Access] = []
        self.reads: list[_Access] = []
        self.home: dict[Value, tuple[Op, ...]] = {}
        self.count = 0

    def block(self, b: Block, loops: tuple[Op, ...]) -> None:
        for op in b.ops:
            self.count += 1
            self.home.update(dict.fromkeys(op.results, loops))
            if op.name in ("copy", "stop"):
                self.found.append(_Access(op, _NONE, self.count, loops))
            hit = self.memory.writes(op)
            if hit:
                self.writes.append(_Access(op, hit, self.count, loops))
            self.read(op, op.operands, loops)
            inner = (*loops, op) if op.name in ("for", "while") else loops
            for region in op.regions:
                self.block(region, inner)
                self.count += 1
                self.read(op, region.yields, inner)
        if not loops and b is self.memory.func.body:
            self.count += 1
            self.read(Op("yield"), (*b.yields, *b.params), loops)

    def read(self, op: Op, values: Sequence[Value], loops: tuple[Op, ...]) -> None:
        roots = frozenset[Any]().union(*(self.memory.of(v) for v in values if is_ref(v.type)))
        if roots:
            self.reads.append(_Access(op, roots, self.count, loops))

    def copies(self, session: Session) -> list[_Access]:
        return [f for f in self.found if f.op.result in session.ambiguous]

    def comes_again(self, copy: _Access, source: Roots) -> bool:
        """Whether a later trip of a loop writes the memory that was copied in an earlier one."""
        return any(
            any(loop is x for x in copy.loops) and self._same_memory(w, source, loop)
            for w in self.writes
            if w.roots & source
            for loop in w.loops
        )

    def _same_memory(self, write: _Access, source: Roots, loop: Op) -> bool:
        """Whether what is written may be older than the trip."""
        old = any(all(x is not loop for x in self.home.get(r, ())) for r in write.roots & source)
        return old or any(
            loop in self.memory.trips(v) for v in write.op.operands if self.memory.of(v) & source
        )

    def clash(self, copy: _Access, one: Roots, other: Roots) -> bool:
        """Whether ``one`` side is written and the ``other`` read before it is copied again."""
        return any(
            w.roots & one
            and any(u.op is not w.op and _sees(copy, w, u) for u in self.reads if u.roots & other)
            for w in self.writes
        )


def _sees(copy: _Access, write: _Access, use: _Access) -> bool:
    """Whether ``use`` may run after ``write``, with the same execution of ``copy`` before both."""
    if use.op is copy.op:
        return False
    around = [loop for loop in write.loops if any(loop is x for x in use.loops)]
    fresh = [loop for loop in around if any(loop is x for x in copy.loops)]
    if write.at > copy.at:
        return use.at > write.at or len(fresh) < len(around)
    return len(fresh) < len(around) or (bool(fresh) and write.at < use.at < copy.at)
