"""``with``: of instances, of generators, and of what only says how NumPy warns."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from .assignment import assign_to
from .expressions import expression
from .generators import generator, run
from .lower import FLAGS, Lowering
from .scope import assigned_in
from .values import AV, NONE, Const, Ref


def with_statement(lw: Lowering, s: ast.With, run_block: Callable[[Sequence[ast.stmt]], None]) -> None:
    """A ``with`` statement."""
    from .attributes import class_method
    from .calls import call

    leave: list[AV] = []
    for item in s.items:
        f = item.context_expr
        if not (isinstance(f, ast.Call) and _is_silent(lw, f.func)):
            manager = expression(lw, f)
            if generator(lw, manager) is not None:
                k = s.items.index(item)
                inner = ast.copy_location(ast.With(s.items[k + 1 :], s.body), s)
                lw.frame.scope.after[inner] = lw.frame.scope.after.get(s, frozenset())
                _managed(lw, s, manager, item.optional_vars, inner if s.items[k + 1 :] else None, run_block)
                break
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
    else:
        run_block(s.body)
    for method in reversed(leave):
        call(lw, method, [NONE, NONE, NONE], {}, s)


def _managed(
    lw: Lowering,
    s: ast.With,
    manager: AV,
    target: ast.expr | None,
    inner: ast.With | None,
    run_block: Callable[[Sequence[ast.stmt]], None],
) -> None:
    """``with`` a generator: the block runs where it yields, and the rest of it however that is left."""
    assert isinstance(manager, Ref)
    names = assigned_in([*s.body, *([] if target is None else [target])]) & lw.frame.scope.locals
    place, left, ran = lw.b, dict[str, AV](), list[bool]()

    def take(av: AV) -> None:
        if lw.b is not place or ran:
            lw.refuse("C0110", "a context manager that yields in a branch or a loop is not supported", s)
        ran.append(True)
        if target is not None:
            assign_to(lw, target, av)
        run_block(s.body if inner is None else [inner])
        left.update({k: lw.frame.vars.pop(k) for k in (*FLAGS, "%rv") if k in lw.frame.vars})

    run(lw, manager, names, frozenset(), take)
    lw.frame.vars.update(left)


def _is_silent(lw: Lowering, f: ast.expr) -> bool:
    """Whether a context manager only sets what NumPy or Python does about errors and warnings."""
    callee = expression(lw, f)
    name = getattr(callee.value, "__name__", "") if isinstance(callee, Const) else ""
    return name in ("errstate", "nullcontext", "catch_warnings")
