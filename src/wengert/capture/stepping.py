"""Iterators with a ``__next__`` of their own, as generators: what it returns is what they yield.

```
def __next__(self):                 def steps(self):
    if self.n == 0:                     while True:
        raise StopIteration                 if self.n == 0:
    self.n -= 1                                 return
    return self.n                           self.n -= 1
                                            yield self.n
                                            continue
```
"""

from __future__ import annotations

import ast
import copy
from dataclasses import replace

from .inlining import Target
from .source import Source

_STEPS: dict[int, tuple[ast.AST, Source | None]] = {}


def stepping(target: Target) -> Target | None:
    """The generator for a ``__next__``; None where that is not seen from the text."""
    node = target.source.node
    known = _STEPS.get(id(node))
    if known is None or known[0] is not node:
        known = _STEPS[id(node)] = node, _generator(target.source)
    return None if known[1] is None else replace(target, source=known[1])


def _generator(source: Source) -> Source | None:
    node = source.node
    if not isinstance(node, ast.FunctionDef) or any(_is_hidden(s, False) for s in node.body):
        return None
    made = copy.deepcopy(node)
    body = [line for s in made.body for line in _steps(s)]
    last = ast.copy_location(ast.Expr(ast.Yield(None)), node.body[-1])
    test = ast.Constant(True)
    made.body = [ast.copy_location(ast.While(test, [*body, last], []), node)]
    ast.fix_missing_locations(made)
    return Source(made, source.file, source.name, owner=source.owner)


def _is_hidden(s: ast.AST, inside: bool) -> bool:
    """Whether a statement returns from a loop or a ``try``, or may end the iteration by a call."""
    if isinstance(s, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
        return False
    if inside and isinstance(s, (ast.Return, ast.Raise)):
        return True
    if isinstance(s, ast.Call) and isinstance(s.func, ast.Name) and s.func.id == "next":
        return True
    inside = inside or isinstance(s, (ast.For, ast.While, ast.Try, ast.With))
    return any(_is_hidden(c, inside) for c in ast.iter_child_nodes(s))


def _steps(s: ast.stmt) -> list[ast.stmt]:
    match s:
        case ast.Return():
            given = ast.copy_location(ast.Expr(ast.copy_location(ast.Yield(s.value), s)), s)
            return [given, ast.copy_location(ast.Continue(), s)]
        case ast.Raise() if _stops(s.exc):
            return [ast.copy_location(ast.Return(None), s)]
        case ast.If():
            s.body = [line for x in s.body for line in _steps(x)]
            s.orelse = [line for x in s.orelse for line in _steps(x)]
            return [s]
        case ast.Match():
            for case in s.cases:
                case.body = [line for x in case.body for line in _steps(x)]
            return [s]
        case _:
            return [s]


def _stops(exc: ast.expr | None) -> bool:
    cls = exc.func if isinstance(exc, ast.Call) else exc
    return isinstance(cls, ast.Name) and cls.id == "StopIteration"
