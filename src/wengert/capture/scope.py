"""What the text of one function says about its names: which are local, and which are live where.

Branches and loops join only what is live: temporaries of a loop body are then neither carried nor checked.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from .source import FunctionNode

Names: TypeAlias = frozenset[str]
_NONE: Names = frozenset()
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, eq=False, slots=True)
class Scope:
    """The names of one function.

    ``captured`` are the locals that functions defined inside may read at any time.  ``after`` and ``head``
    give for a compound statement the names live after it, and at the start of each trip.  ``outside`` are the
    globals that may be rebound; ``imported`` those that only an import binds: they are looked up again where
    they are needed, so they count as locals that begin as the globals.  ``boxed`` are the locals that a
    function inside rebinds: they live in the heap.
    """

    params: Names
    locals: Names
    captured: Names
    outside: Names = _NONE
    imported: Names = _NONE
    boxed: Names = _NONE
    after: dict[ast.AST, Names] = field(default_factory=dict[ast.AST, Names])
    head: dict[ast.AST, Names] = field(default_factory=dict[ast.AST, Names])
    assigned: dict[ast.AST, Names] = field(default_factory=dict[ast.AST, Names])


_SCOPES: dict[int, tuple[FunctionNode, Scope]] = {}


def scope_of(node: FunctionNode) -> Scope:
    """The scope of a function, made once for each tree."""
    found = _SCOPES.get(id(node))
    if found is not None and found[0] is node:
        return found[1]
    scope = _analyse(node)
    _SCOPES[id(node)] = node, scope
    return scope


def all_args(args: ast.arguments) -> list[ast.arg]:
    """The parameters, in the order of the code object."""
    out = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    return out + [a for a in (args.vararg, args.kwarg) if a is not None]


def _analyse(node: FunctionNode) -> Scope:
    params = frozenset(a.arg for a in all_args(node.args))
    body = [] if isinstance(node, ast.Lambda) else node.body
    own = _declared(body)
    inside = {n for s in body for w in ast.walk(s) if isinstance(w, ast.Nonlocal) for n in w.names}
    declared = {n for s in body for w in ast.walk(s) if isinstance(w, ast.Global) for n in w.names} | own
    written = assigned_in([node.body]) if isinstance(node, ast.Lambda) else assigned_in(body)
    rebound = {n for s in body for w in ast.walk(s) if isinstance(w, ast.Global) for n in w.names}
    imports = [w for s in body for w in ast.walk(s) if isinstance(w, (ast.Import, ast.ImportFrom))]
    imported = frozenset(rebound) & assigned_in(imports) - _bound_otherwise(body)
    local = ((params | written) - declared) | imported
    captured: set[str] = set()
    for statement in [node.body] if isinstance(node, ast.Lambda) else body:
        for inner in ast.walk(statement):
            if isinstance(inner, _NESTED):
                captured |= _loads(inner)
    outside = frozenset(rebound) - imported
    boxed = frozenset(inside) & local
    scope = Scope(params, local, frozenset(captured) & local, outside, imported, boxed)
    if not isinstance(node, ast.Lambda):
        _Liveness(scope).block(body, _NONE)
    return scope


def _declared(body: Sequence[ast.stmt]) -> set[str]:
    """The names that a function itself declares ``nonlocal``."""
    found: set[str] = set()
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Nonlocal):
            found |= set(node.names)
        elif not isinstance(node, (*_NESTED, ast.ClassDef)):
            todo += ast.iter_child_nodes(node)
    return found


def assigned_in(nodes: Iterable[ast.AST]) -> Names:
    """The names that statements bind, functions and comprehensions inside them apart."""
    out: set[str] = set()
    todo: list[tuple[ast.AST, bool]] = [(n, False) for n in nodes]
    while todo:
        node, inside = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            out.add(node.name)
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)) and not inside:
            out.add(node.id)
        elif isinstance(node, ast.NamedExpr):
            out.add(node.target.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            out.update((a.asname or a.name).split(".")[0] for a in node.names)
        elif (isinstance(node, ast.ExceptHandler) and node.name) or (
            isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name
        ):
            out.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            out.add(node.rest)
        inner = inside or isinstance(node, _COMPREHENSIONS)
        todo.extend((child, inner) for child in ast.iter_child_nodes(node))
    return frozenset(out)


def _bound_otherwise(body: Sequence[ast.stmt]) -> Names:
    """The names that anything but an import binds."""
    found: set[str] = set()
    todo: list[ast.stmt] = list(body)
    while todo:
        s = todo.pop()
        if not isinstance(s, (ast.Import, ast.ImportFrom)):
            found |= assigned_in(header(s))
        todo += [c for c in ast.iter_child_nodes(s) if isinstance(c, ast.stmt)]
        todo += [c for h in getattr(s, "handlers", getattr(s, "cases", ())) for c in h.body]
    return frozenset(found)


def header(s: ast.stmt) -> list[ast.AST]:
    """A statement without the statements inside it."""
    match s:
        case ast.If() | ast.While():
            return [s.test]
        case ast.For() | ast.AsyncFor():
            return [s.target, s.iter]
        case ast.With() | ast.AsyncWith():
            return [*s.items]
        case ast.Try() | ast.TryStar():
            return [ast.ExceptHandler(h.type, h.name, []) for h in s.handlers]
        case ast.Match():
            return [s.subject, *(n for c in s.cases for n in (c.pattern, c.guard) if n is not None)]
        case _:
            return [s]


def _loads(node: ast.AST | None) -> set[str]:
    """The names that may be read in a tree (more than are, which does no harm)."""
    if node is None:
        return set()
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store)}


def _loads_all(nodes: Iterable[ast.AST]) -> set[str]:
    return {name for node in nodes for name in _loads(node)}


def _kills(targets: Sequence[ast.expr]) -> set[str]:
    """The names that assigning to these targets certainly binds."""
    out: set[str] = set()
    for target in targets:
        if isinstance(target, ast.Name):
            out.add(target.id)
        elif isinstance(target, (ast.Tuple, ast.List)):
            out |= _kills(target.elts)
        elif isinstance(target, ast.Starred):
            out |= _kills([target.value])
    return out


def _target_loads(targets: Sequence[ast.expr]) -> set[str]:
    out: set[str] = set()
    for target in targets:
        out |= _loads(target)
    return out


class _Liveness:
    """Backwards over the statements of one function."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.on_break: list[Names] = []
        self.on_continue: list[Names] = []
        self.on_raise: Names = _NONE

    def block(self, body: Sequence[ast.stmt], live: Names) -> Names:
        for statement in reversed(body):
            live = self.statement(statement, live) | self.on_raise
        return live

    def attempt(self, s: ast.Try, live: Names) -> Names:
        """A ``try``: what its handlers read is live everywhere in its body."""
        self.scope.after[s] = live
        final = self.block(s.finalbody, live)
        outer = self.on_raise
        self.on_raise = outer | frozenset(_loads_all(s.finalbody))
        handled = final
        for handler in s.handlers:
            handled |= self.block(handler.body, final) | _loads(handler.type)
        orelse = self.block(s.orelse, final)
        self.on_raise |= handled
        body = self.block(s.body, orelse | handled)
        self.on_raise = outer
        return body

    def statement(self, s: ast.stmt, live: Names) -> Names:
        match s:
            case ast.Assign():
                return (live - _kills(s.targets)) | _target_loads(s.targets) | _loads(s.value)
            case ast.AnnAssign():
                if s.value is None:
                    return live
                return (live - _kills([s.target])) | _target_loads([s.target]) | _loads(s.value)
            case ast.AugAssign():
                own = {s.target.id} if isinstance(s.target, ast.Name) else set[str]()
                return live | own | _target_loads([s.target]) | _loads(s.value)
            case ast.Return():
                return frozenset(_loads(s.value))
            case ast.Raise():
                return frozenset(_loads(s.exc))
            case ast.Break():
                return self.on_break[-1] if self.on_break else _NONE
            case ast.Continue():
                return self.on_continue[-1] if self.on_continue else _NONE
            case ast.If():
                self.scope.after[s] = live
                return self.block(s.body, live) | self.block(s.orelse, live) | _loads(s.test)
            case ast.For() | ast.AsyncFor():
                return self.loop(s, live, _kills([s.target]), _target_loads([s.target])) | _loads(s.iter)
            case ast.While():
                return self.loop(s, live, set(), _loads(s.test))
            case ast.With() | ast.AsyncWith():
                self.scope.after[s] = live
                inner = self.block(s.body, live)
                for item in s.items:
                    inner = inner | _loads(item.context_expr)
                return inner
            case ast.Try():
                return self.attempt(s, live)
            case ast.Match():
                self.scope.after[s] = live
                found = live | _loads(s.subject)
                for case in s.cases:
                    found |= self.block(case.body, live) | _loads(case.pattern) | _loads(case.guard)
                return found
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return (live - {s.name}) | _loads(s)
            case _:
                return live | _loads(s)

    def loop(
        self, s: ast.For | ast.AsyncFor | ast.While, live: Names, kills: set[str], reads: set[str]
    ) -> Names:
        self.scope.after[s] = live
        done = self.block(s.orelse, live)
        head = done | reads
        while True:
            self.on_break.append(live)
            self.on_continue.append(head)
            grown = head | ((self.block(s.body, head) - kills) | reads)
            self.on_break.pop()
            self.on_continue.pop()
            if grown == head:
                break
            head = grown
        self.scope.head[s] = head
        self.scope.assigned[s] = assigned_in(
            [*s.body, *([s.target] if not isinstance(s, ast.While) else [s.test])]
        )
        return head
