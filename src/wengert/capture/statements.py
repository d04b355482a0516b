"""Statements: one function for each kind of node."""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import re
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from ..ir.core import Value
from ..prims.memory import exception_class, local_exception
from .assignment import assign_to, augment
from .branches import arm, join_arms, resume
from .expressions import closure, expression, truth
from .forms import parts_of
from .generators import ended, settled
from .loops import for_loop, while_loop
from .lower import Dead, Lowering, Refusal, Step
from .scope import assigned_in, header
from .session import TRUSTED
from .values import AV, NONE, TRUE, Arr, Const, Num, Text, Unknown

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


def _assert(lw: Lowering, s: ast.Assert, rest: Sequence[Step]) -> bool:
    test = truth(lw, s.test)
    if isinstance(test, Const) and test.value:
        return False
    message, values = ("", []) if s.msg is None else template(lw, s.msg)
    lw.at(s)
    lw.check(lw.number(test), "AssertionError", message, *values)
    if isinstance(test, Const):
        raise Dead
    return False


#: What Python itself raises in compiled code: a `raise` of the user's is marked to be told from it.
_LOCATED = ("IndexError", "ZeroDivisionError", "OverflowError", "RecursionError", "MemoryError")


def _raise(lw: Lowering, s: ast.Raise, rest: Sequence[Step]) -> bool:
    if s.exc is None:
        again = lw.caught[-1] if lw.caught else None
        if again is None:
            lw.refuse("C0101", "`raise` without an exception is not supported here", s)
        lw.check(lw.number(Const(False)), *again)
        raise Dead
    made = s.exc if isinstance(s.exc, ast.Call) else None
    cls = expression(lw, made.func if made is not None else s.exc)
    if isinstance(cls, Const) and isinstance(cls.value, Exception):
        found = type(cls.value)
        text, values = str(cls.value).replace("{", "{{").replace("}", "}}"), list[Value]()
    elif isinstance(cls, Const) and isinstance(cls.value, type) and issubclass(cls.value, Exception):
        found = cls.value
        text, values = template(lw, made.args[0]) if made is not None and made.args else ("", list[Value]())
    else:
        lw.refuse("C0101", "only exceptions of a class that is known can be raised", s)
    lw.at(s)
    lw.check(lw.number(Const(False)), exception_name(found), text, *values)
    raise Dead


def exception_name(cls: type[BaseException]) -> str:
    """How a check names a class: so that it is found again in another process, if a module has it."""
    if getattr(builtins, cls.__name__, None) is cls:
        return f"raise:{cls.__name__}" if cls.__name__ in _LOCATED else cls.__name__
    name = f"{cls.__module__}:{cls.__qualname__}"
    if exception_class(name) is cls:
        return name
    return local_exception(cls)


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


_PERCENT = re.compile(r"%([-+ 0#]*\d*(?:\.\d+)?)([sdifgeEGr%])")


def _percent(lw: Lowering, node: ast.expr) -> tuple[str, list[Value]] | None:
    """``"... %f ..." % values`` as a template; ``None`` for anything else."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)):
        return None
    left = expression(lw, node.left)
    if not (isinstance(left, Const) and isinstance(left.value, str)):
        return None
    right = expression(lw, node.right)
    items = iter((lw.items(right) if not isinstance(right, Num) else None) or (right,))
    values: list[Value] = []

    def one(m: re.Match[str]) -> str:
        if m[2] == "%":
            return "%"
        av = next(items, Const("?"))
        if isinstance(av, Num):
            values.append(av.value)
            spec = m[1].replace("-", "<") + (
                "" if m[2] in "sr" else "d" if m[2] in "di" and av.dtype.is_int else m[2]
            )
            return f"{{{len(values) - 1}:{'' if spec in ('d', 'i') else spec}}}"
        return (
            str(av.value if isinstance(av, Const) else f"<{lw.describe(av)}>")
            .replace("{", "{{")
            .replace("}", "}}")
        )

    text = left.value.replace("{", "{{").replace("}", "}}")
    return _PERCENT.sub(one, text), values


def template(lw: Lowering, node: ast.expr) -> tuple[str, list[Value]]:
    """A message as a `str.format` template, with the numbers that it shows."""
    if not isinstance(node, ast.JoinedStr):
        old = _percent(lw, node)
        if old is not None:
            return old
        av = expression(lw, node)
        if isinstance(av, Const):
            return str(av.value).replace("{", "{{").replace("}", "}}"), []
        if isinstance(av, Num):
            return "{0}", [av.value]
        if isinstance(av, Text):
            return av.text.replace("{", "{{").replace("}", "}}"), []
        return f"<{lw.describe(av)}>", []
    text, values = "", list[Value]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value).replace("{", "{{").replace("}", "}}")
        elif isinstance(part, ast.FormattedValue):
            av = expression(lw, part.value)
            spec = ast.unparse(part.format_spec)[2:-1] if part.format_spec is not None else ""
            if isinstance(av, Num) and "{" not in spec:
                text += f"{{{len(values)}{':' + spec if spec else ''}}}"
                values.append(av.value)
            elif isinstance(av, Const) and "{" not in spec:
                text += format(av.value, spec).replace("{", "{{").replace("}", "}}")
            else:
                text += f"<{lw.describe(av)}>"
    return text, values


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
    from .attributes import class_method
    from .calls import call

    leave: list[AV] = []
    for item in s.items:
        f = item.context_expr
        if not (isinstance(f, ast.Call) and _is_silent(lw, f.func)):
            manager = expression(lw, f)
            enter, leaving = (class_method(lw, manager, n) for n in ("__enter__", "__exit__"))
            if enter is None or leaving is None:
                lw.refuse("C0101", "this context manager is not supported", f)
            lw.at(f)
            found = call(lw, enter, [], {}, f)
            if item.optional_vars is not None:
                assign_to(lw, item.optional_vars, found)
            leave.append(leaving)
            continue
        if item.optional_vars is not None:
            lw.refuse("C0101", "this context manager is not supported", item.context_expr)
        for keyword in f.keywords:
            if isinstance(keyword.value, ast.Constant) and keyword.value.value in ("raise", "call"):
                lw.refuse("C0101", "`np.errstate` that raises is not supported", keyword.value)
    lw.run([_step(lw, x) for x in s.body])
    for method in reversed(leave):
        call(lw, method, [NONE, NONE, NONE], {}, s)
    return False


def _is_silent(lw: Lowering, f: ast.expr) -> bool:
    """Whether a context manager only sets what NumPy or Python does about errors and warnings."""
    callee = expression(lw, f)
    name = getattr(callee.value, "__name__", "") if isinstance(callee, Const) else ""
    return name in ("errstate", "nullcontext", "catch_warnings")


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
    ast.Assert: _assert,
    ast.Raise: _raise,
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
