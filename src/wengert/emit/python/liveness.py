"""What statements read and assign, and which assignments are to nobody's use."""

from __future__ import annotations

import ast
from dataclasses import dataclass

_PURE_CALLS = frozenset({"len", "min", "max", "abs", "float", "int", "bool"})
_NONE: frozenset[str] = frozenset()


def assigned(s: ast.stmt) -> set[str]:
    """The variables that ``s`` assigns to, or whose elements it may change."""
    out: set[str] = set()
    for n in ast.walk(s):
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
            out.add(n.id)
        elif isinstance(n, (ast.Assign, ast.AugAssign)):
            targets = n.targets if isinstance(n, ast.Assign) else [n.target]
            out |= {m.id for t in targets for m in ast.walk(t) if isinstance(m, ast.Name)}
        elif (
            isinstance(n, ast.Call)
            and isinstance(n.func, ast.Attribute)
            and isinstance(n.func.value, ast.Name)
        ):
            out.add(n.func.value.id)
    return out


def read(node: ast.AST) -> set[str]:
    """The variables that a statement or an expression reads."""
    found: set[str] = set()
    for n in ast.walk(node):
        if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store):
            found.add(n.id)
        elif isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name):
            found.add(n.target.id)
    return found


def is_pure(e: ast.expr) -> bool:
    """Whether ``e`` may be computed elsewhere, or not at all: arithmetic of variables and elements."""
    for n in ast.walk(e):
        if isinstance(n, ast.Call):
            f = n.func
            known = isinstance(f, ast.Name) and f.id in _PURE_CALLS
            numpy = isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name) and f.value.id == "np"
            if not known and not numpy:
                return False
        elif isinstance(n, (ast.List, ast.NamedExpr)):
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Exits:
    """What is read after ``break`` and after ``continue``."""

    out: frozenset[str] = _NONE
    again: frozenset[str] = _NONE


class Sweep:
    """Removes assignments of numbers that nobody reads, going backwards through a function."""

    def __init__(self, function: ast.FunctionDef, numbers: frozenset[str]) -> None:
        self.numbers = numbers
        self.found = False
        self.drop = False
        for self.drop in (False, True):  # loops are walked again and again, so nothing is removed at first
            self.body(function.body, _NONE, _Exits())

    def body(self, body: list[ast.stmt], live: frozenset[str], exits: _Exits) -> frozenset[str]:
        """What is read from the start of ``body`` on, when ``live`` is read after it."""
        kept: list[ast.stmt] = []
        for s in reversed(body):
            if self.drop and self._is_dead(s, live):
                self.found = True
                continue
            kept.append(s)
            live = self.statement(s, live, exits)
        if self.drop:
            body[:] = kept[::-1]
        return live

    def statement(self, s: ast.stmt, live: frozenset[str], exits: _Exits) -> frozenset[str]:
        match s:
            case ast.If():
                both = self.body(s.body, live, exits) | self.body(s.orelse, live, exits)
                return both | read(s.test)
            case ast.For() | ast.While():
                return self.loop(s, live, exits)
            case ast.Break():
                return exits.out
            case ast.Continue():
                return exits.again
            case ast.Return():
                return frozenset(read(s))
            case ast.Assign(targets=[ast.Name(id=name)]):
                return (live - {name}) | read(s.value)
            case ast.Assign(targets=[ast.Tuple(elts=targets)]):
                names = {t.id for t in targets if isinstance(t, ast.Name)}
                return (live - names) | read(s) if len(names) == len(targets) else live | read(s)
            case _:
                return live | read(s)

    def loop(self, s: ast.For | ast.While, live: frozenset[str], exits: _Exits) -> frozenset[str]:
        after = self.body(s.orelse, live, exits)
        header = frozenset(read(s.iter if isinstance(s, ast.For) else s.test))
        again = after if isinstance(s, ast.For) else after | header
        drop, self.drop = self.drop, False
        while True:
            start = self.body(s.body, again, _Exits(live, again))
            if start <= again:
                break
            again |= start
        self.drop = drop
        if drop:
            self.body(s.body, again, _Exits(live, again))
            if not s.body:
                s.body.append(ast.Pass())
        return again | header

    def _is_dead(self, s: ast.stmt, live: frozenset[str]) -> bool:
        match s:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return name not in live and is_pure(value)
            case ast.AugAssign(target=ast.Name(id=name), value=ast.Constant()):
                return name not in live and name in self.numbers
            case ast.If(body=[], orelse=[]):
                return True
            case _:
                return False


def sweep(function: ast.FunctionDef, numbers: frozenset[str]) -> bool:
    """Remove assignments to variables that nobody reads; whether there were any.

    ``numbers`` are the variables that hold numbers: ``v += 1`` of an array changes who else has it.
    """
    found = Sweep(function, numbers).found
    _close(function.body)
    return found


def _close(body: list[ast.stmt]) -> None:
    """Branches in which nothing is left to do."""
    for s in list(body):
        if isinstance(s, (ast.If, ast.For, ast.While)):
            _close(s.body)
            _close(s.orelse)
        if isinstance(s, ast.If) and not s.body:
            if s.orelse:
                s.test, s.body, s.orelse = ast.UnaryOp(ast.Not(), s.test), s.orelse, []
            else:
                body.remove(s)
