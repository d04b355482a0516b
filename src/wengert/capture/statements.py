"""Statements: one function for each kind of node."""

from __future__ import annotations

import ast
import contextlib
import importlib
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from .assignment import assign_to, augment
from .branches import arm, join_arms, resume
from .expressions import closure, expression, truth
from .forms import parts_of
from .generators import ended, settled
from .loops import for_loop, while_loop
from .lower import Lowering, Refusal, Step
from .managers import with_statement
from .raising import assertion, raising
from .scope import assigned_in, header
from .session import TRUSTED
from .values import AV, NONE, TRUE, Arr, Const, Num, Unknown

Handler = Callable[[Lowering, Any, Sequence[Step]], bool]


def statements(lw: Lowering, body: Sequence[ast.stmt]) -> None:
    """Lower a block."""
    lw.run([_step(lw, s) for s in body])


def _step(lw: Lowering, s: ast.stmt) -> Step:
    return lambda rest: statement(lw, s, rest)


def statement(lw: Lowering, s: ast.stmt, rest: Sequence[Step]) -> bool:
    """Lower one statement; what it may bind is unknown after an offence, so that the rest is still read."""
    handler = _STATEMENTS.get(type(s))
    depth = len(lw.stack)
    calls = len(lw.session.calls)
    try:
        if handler is None:
            lw.refuse("C0101", f"`{type(s).__name__.lower()}` is not supported", s)
        lw.at(s)
        if not lw.frame.scope.outside.isdisjoint(assigned_in(header(s))):
            text = "`global` rebinds a name that outlives the call"
            lw.refuse("C0109", text, s, hint="return the new value")
        return handler(lw, s, rest)
    except Refusal as e:
        del lw.stack[depth:]
        del lw.session.calls[calls:]
        if e.diagnostic is not None:
            lw.session.record(e.diagnostic)
        elif not lw.session.diagnostics:
            raise
        for name in assigned_in([s]):
            lw.frame.vars[name] = Unknown()
        if isinstance(s, ast.Return):
            lw.frame.vars["%rv"], lw.frame.vars["%ret"] = Unknown(), TRUE
        return False


def _expr(lw: Lowering, s: ast.Expr, rest: Sequence[Step]) -> bool:
    if not isinstance(s.value, ast.Constant):
        expression(lw, s.value)
    return False


def _assign(lw: Lowering, s: ast.Assign, rest: Sequence[Step]) -> bool:
    av = expression(lw, s.value)
    for target in s.targets:
        lw.at(s)
        assign_to(lw, target, av)
    return False


def _annotated(lw: Lowering, s: ast.AnnAssign, rest: Sequence[Step]) -> bool:
    if s.value is not None:
        assign_to(lw, s.target, expression(lw, s.value))
    return False


def _augmented(lw: Lowering, s: ast.AugAssign, rest: Sequence[Step]) -> bool:
    augment(lw, s)
    return False


def _pass(lw: Lowering, s: ast.stmt, rest: Sequence[Step]) -> bool:
    return False


def _if(lw: Lowering, s: ast.If, rest: Sequence[Step]) -> bool:
    test = truth(lw, s.test)
    return branch(lw, s, test, lambda: statements(lw, s.body), lambda: statements(lw, s.orelse), rest)


def branch(
    lw: Lowering,
    s: ast.stmt,
    test: Const | Num,
    body: Callable[[], Any],
    orelse: Callable[[], Any],
    rest: Sequence[Step],
) -> bool:
    """``if test: body() else: orelse()``, a part of the statement ``s``."""
    outer = lw.live_out
    after = lw.frame.after(s, outer)
    if isinstance(test, Const):
        (body if test.value else orelse)()
        return False
    lw.at(s)
    span = lw.b.span
    try:
        lw.live_out = after
        a = arm(lw, lambda: _quiet(body))
        b = arm(lw, lambda: _quiet(orelse))
    finally:
        lw.live_out = outer
    moved = False
    if rest and not a.dead and not b.dead and a.left() != b.left():
        resume(lw, b if a.left() else a, lambda: lw.run(rest))
        moved = True
    lw.b.span = span
    join_arms(lw, test.value, a, b, outer if moved else after)
    return moved


def _quiet(run: Callable[[], Any]) -> None:
    run()


def _for(lw: Lowering, s: ast.For, rest: Sequence[Step]) -> bool:
    for_loop(lw, s, lambda body: statements(lw, body))
    return False


def _while(lw: Lowering, s: ast.While, rest: Sequence[Step]) -> bool:
    while_loop(lw, s, lambda body: statements(lw, body))
    return False


def _return(lw: Lowering, s: ast.Return, rest: Sequence[Step]) -> bool:
    av = NONE if s.value is None else settled(lw, expression(lw, s.value))
    host = lw.frame.host
    if host is not None:
        ended(lw, host, av)
        return False
    lw.frame.vars["%rv"] = av
    lw.frame.vars["%ret"] = TRUE
    return False


def _break(lw: Lowering, s: ast.Break, rest: Sequence[Step]) -> bool:
    lw.frame.vars["%brk"] = TRUE
    return False


def _continue(lw: Lowering, s: ast.Continue, rest: Sequence[Step]) -> bool:
    lw.frame.vars["%cont"] = TRUE
    return False


def _try(lw: Lowering, s: ast.Try, rest: Sequence[Step]) -> bool:
    from .trying import try_statement

    return try_statement(lw, s, rest, lambda body: statements(lw, body))


def _match(lw: Lowering, s: ast.Match, rest: Sequence[Step]) -> bool:
    from .matching import matches

    subject = expression(lw, s.subject)

    def cases(k: int, rest: Sequence[Step]) -> bool:
        if k == len(s.cases):
            return False
        case = s.cases[k]
        lw.at(case.pattern)
        test = matches(lw, case.pattern, subject, case.guard)
        return branch(lw, s, test, lambda: statements(lw, case.body), lambda: cases(k + 1, ()), rest)

    return cases(0, rest)


def _def(lw: Lowering, s: ast.FunctionDef, rest: Sequence[Step]) -> bool:
    from .calls import call

    decorators = [(d, expression(lw, d)) for d in s.decorator_list]
    f: AV = closure(lw, s)
    for node, decorator in reversed(decorators):
        f = call(lw, decorator, [f], {}, node)
    lw.frame.vars[s.name] = f
    return False


def _class(lw: Lowering, s: ast.ClassDef, rest: Sequence[Step]) -> bool:
    from .calls import call
    from .local_classes import define

    decorators = [(d, expression(lw, d)) for d in s.decorator_list]
    cls: AV = define(lw, s)
    for node, decorator in reversed(decorators):
        cls = call(lw, decorator, [cls], {}, node)
    lw.bind(s.name, cls)
    return False


def _import(lw: Lowering, s: ast.Import, rest: Sequence[Step]) -> bool:
    for alias in s.names:
        module = _module(lw, alias.name)
        if module is None:
            lw.refuse("C0101", f"`{alias.name}` is not imported yet", s, "import it at the top of the file")
        top = module if alias.asname else sys.modules[alias.name.partition(".")[0]]
        lw.frame.vars[alias.asname or alias.name.partition(".")[0]] = Const(top)
    return False


def _import_from(lw: Lowering, s: ast.ImportFrom, rest: Sequence[Step]) -> bool:
    name = s.module or ""
    if s.level:
        package = str(lw.frame.globals.get("__package__") or "").split(".")
        name = ".".join([*package[: len(package) - s.level + 1], *([name] if name else [])])
    module = _module(lw, name)
    for alias in s.names:
        found = getattr(module, alias.name, None)
        if found is None and module is not None:
            found = _module(lw, f"{name}.{alias.name}")
        if module is None or found is None:
            lw.refuse(
                "C0101", f"`{name}.{alias.name}` is not imported yet", s, "import it at the top of the file"
            )
        member = lw.session.member(lw, module, alias.name)
        lw.frame.vars[alias.asname or alias.name] = Const(found) if member is None else member
    return False


def _module(lw: Lowering, name: str) -> ModuleType | None:
    """A module that captured code imports; imported now if it belongs to Python, to NumPy or SciPy, or to the
    package of the function."""
    root = name.partition(".")[0]
    own = str(lw.frame.globals.get("__name__")).partition(".")[0]
    if name not in sys.modules and (root in TRUSTED or root == own or root in sys.stdlib_module_names):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    return sys.modules.get(name)


def _with(lw: Lowering, s: ast.With, rest: Sequence[Step]) -> bool:
    with_statement(lw, s, lambda body: statements(lw, body))
    return False


def _nonlocal(lw: Lowering, s: ast.Nonlocal, rest: Sequence[Step]) -> bool:
    for name in s.names:
        if lw.frame.owner(name) is None:
            text = "`nonlocal` rebinds a name that outlives the call"
            lw.refuse("C0109", text, s, hint="return the new value")
    return False


def _delete(lw: Lowering, s: ast.Delete, rest: Sequence[Step]) -> bool:
    from .resizing import delete_item

    for target in s.targets:
        match target:
            case ast.Name():
                lw.frame.vars.pop(target.id, None)
            case ast.Subscript():
                base, index = expression(lw, target.value), expression(lw, target.slice)
                lw.at(target)
                delete_item(lw, base, index)
            case _:
                lw.refuse("C0101", "this form of `del` is not supported", target)
    return False


_STATEMENTS: dict[type[ast.stmt], Handler] = {
    ast.Expr: _expr,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Pass: _pass,
    ast.If: _if,
    ast.For: _for,
    ast.While: _while,
    ast.Return: _return,
    ast.Break: _break,
    ast.ClassDef: _class,
    ast.Continue: _continue,
    ast.Assert: assertion,
    ast.Raise: raising,
    ast.FunctionDef: _def,
    ast.Global: _pass,
    ast.Nonlocal: _nonlocal,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.With: _with,
    ast.Try: _try,
    ast.Match: _match,
    ast.Delete: _delete,
}

__all__ = ["Arr", "parts_of", "statement", "statements"]
