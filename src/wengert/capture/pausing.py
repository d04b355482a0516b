"""Generators that ``next`` advances: those that are one endless loop with one ``yield``.

```
def draws(seed):                      next(g):
    while True:                           if started:  seed = ...   (what follows the `yield`)
        yield seed / 7                    else:                     (what stands before the loop)
        seed = seed * 5 % 7               started = True
                                          seed / 7
```

Such a generator is an object whose attributes are its variables; a variable without a value yet is missing.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .branches import arm, join_arms
from .frames import Frame
from .lower import Lowering
from .scope import scope_of
from .values import AV, FALSE, TRUE, Const, GenC, Ref

STARTED = "%started"
_OTHERS = (ast.Return, ast.YieldFrom, ast.Try, ast.With, ast.FunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True, eq=False, slots=True)
class Parts:
    """What stands before the loop, and in it before and after the ``yield`` of ``value``."""

    before: Sequence[ast.stmt]
    ahead: Sequence[ast.stmt]
    value: ast.expr | None
    behind: Sequence[ast.stmt]


_PARTS: dict[int, tuple[ast.AST, Parts | None]] = {}


def parts_of(node: Any) -> Parts | None:
    """The parts of a generator function of this form; None for others."""
    known = _PARTS.get(id(node))
    if known is None or known[0] is not node:
        known = _PARTS[id(node)] = node, _split(node)
    return known[1]


def _split(node: ast.FunctionDef) -> Parts | None:
    *before, last = node.body
    endless = isinstance(last, ast.While) and isinstance(last.test, ast.Constant) and last.test.value
    if not endless or not isinstance(last, ast.While) or last.orelse:
        return None
    inner = [n for s in node.body for n in ast.walk(s)]
    if any(
        isinstance(n, (ast.Return, ast.YieldFrom, ast.Try, ast.With, ast.FunctionDef, ast.Lambda))
        for n in inner
    ):
        return None
    given = [n for n in inner if isinstance(n, ast.Yield)]
    at = [k for k, s in enumerate(last.body) if isinstance(s, ast.Expr) and isinstance(s.value, ast.Yield)]
    if len(given) != 1 or len(at) != 1 or any(_leaves(s) for s in last.body):
        return None
    return Parts(before, last.body[: at[0]], given[0].value, last.body[at[0] + 1 :])


def _leaves(s: ast.AST) -> bool:
    """Whether a statement may leave the loop around it (one in a loop inside counts too)."""
    return any(isinstance(n, (ast.Break, ast.Continue)) for n in ast.walk(s))


def started_of(content: GenC) -> AV | None:
    """Whether ``next`` has been called; None for a generator of another form."""
    if STARTED not in content.names:
        return None
    return content.items[content.names.index(STARTED)]


def pausing(content: GenC) -> GenC:
    """A new generator, as one that ``next`` can advance if it is of the form."""
    node = content.target.source.node
    if parts_of(node) is None:
        return content
    given = dict(zip(content.names, content.items, strict=True))
    names = (*content.names, *sorted(scope_of(node).locals - set(content.names)))
    items: tuple[Any, ...] = tuple(given.get(n) for n in names)
    return replace(content, names=(*names, STARTED), items=(*items, FALSE))


def advance(lw: Lowering, ref: Ref, content: GenC) -> AV:
    """``next(g)``."""
    from .expressions import expression
    from .generators import settled
    from .statements import statements

    target = content.target
    parts = parts_of(target.source.node)
    assert parts is not None
    known: Any = zip(content.names, content.items, strict=True)
    variables: dict[str, AV] = {n: av for n, av in known if av is not None}
    started = variables.pop(STARTED)
    frame = Frame(target.source, target.globals, target.cells, target.parent, lw.unit, variables)
    outer = lw.live_out, lw.exit_live, lw.b.span
    lw.stack.append(frame)
    lw.session.calls.append(lw.b.span)
    lw.live_out = lw.exit_live = frame.scope.locals
    try:
        if isinstance(started, Const):
            statements(lw, parts.behind if started.value else parts.before)
        else:
            test = lw.number(started)
            later = arm(lw, lambda: statements(lw, parts.behind))
            join_arms(lw, test, later, arm(lw, lambda: statements(lw, parts.before)), None)
        statements(lw, parts.ahead)
        value: AV = Const(None) if parts.value is None else settled(lw, expression(lw, parts.value))
        now = dict(lw.frame.vars) | {STARTED: TRUE}
    finally:
        lw.stack.pop()
        lw.session.calls.pop()
        lw.live_out, lw.exit_live, lw.b.span = outer
    items: tuple[Any, ...] = tuple(now.get(n) for n in content.names)
    lw.heap[ref.key] = replace(content, items=items)
    return value
