"""The body of a called function, in a frame of its own; functions that call themselves stay out of line."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import CellType, FunctionType
from typing import Any

from ..ir.core import suggest
from .branches import choose
from .fence import offences
from .frames import Frame
from .held_parameters import held, held_of
from .lower import Lowering, Refusal
from .marks import constant_parameters
from .scope import all_args
from .session import Restart
from .source import Source, source_of
from .state import default_place, global_place
from .values import (
    AV,
    NONE,
    Arr,
    Closure,
    Const,
    DictC,
    Num,
    Tup,
    Unknown,
)

_DEPTH = 40


@dataclass(frozen=True, eq=False, slots=True)
class Target:
    """A Python function to be called: its tree, and where its free names and defaults are.

    The parameters ``held`` are marked with `no_derivative`.
    """

    source: Source
    globals: dict[str, Any]
    cells: dict[str, CellType]
    parent: Frame | None
    default: Callable[[Lowering, str, int | str], AV]
    held: frozenset[str] = frozenset()

    @property
    def key(self) -> Any:
        return self.source.node

    @property
    def instance(self) -> Any:
        """Differs between closures that one piece of text has made."""
        return self.source.node, self.parent, tuple(id(c) for c in self.cells.values())


def target_of_function(f: FunctionType) -> Target:
    """A function object."""
    cells = dict(zip(f.__code__.co_freevars, f.__closure__ or (), strict=True))

    def default(lw: Lowering, name: str, k: int | str) -> AV:
        place = default_place(f, name, k)
        if str(f.__module__).startswith("wengert."):
            return Const(place.read())
        return lw.session.lift(lw, place, place.read())

    return Target(source_of(f), f.__globals__, cells, None, default, constant_parameters(f))


def target_of_closure(c: Closure) -> Target:
    """A function that was defined in captured code."""

    def default(lw: Lowering, name: str, k: int | str) -> AV:
        return dict(c.kwdefaults)[k] if isinstance(k, str) else c.defaults[k]

    return Target(c.source, c.frame.globals, c.frame.cells, c.frame, default, held_of(c))


def run_python(lw: Lowering, target: Target, variables: dict[str, AV], node: ast.AST | None) -> AV:
    """The same with the parameters bound: inlined, or called when it is recursive."""
    from .generators import made, yields

    session = lw.session
    fenced(lw, target)
    if isinstance(target.source.node, ast.FunctionDef) and yields(target.source.node):
        return made(lw, target, variables)
    if target.key in session.recursive:
        return _out_of_line(lw, target, variables, node)
    if target.key in session.active:
        session.recursive.add(target.key)
        raise Restart
    if len(session.active) > _DEPTH:
        lw.refuse("C0104", "calls nest too deep", node)
    return inline(lw, target, variables, lw.b.span)


def fenced(lw: Lowering, target: Target) -> None:
    """Refuse a function that holds what is refused by name."""
    session = lw.session
    if id(target.source.node) in session.fenced:
        return
    found = offences(target.source)
    if found:
        for diagnostic in found:
            session.record(diagnostic)
        raise Refusal
    session.fenced.add(id(target.source.node))


def inline(lw: Lowering, target: Target, variables: dict[str, AV], at: Any = None) -> AV:
    """Lower the body of a function in a frame of its own; its result."""
    session = lw.session
    if session.active:  # those of the entry are known by the structure of its arguments
        for name in target.held & variables.keys():
            variables[name] = held(lw, variables[name], target.source.name, name)
    for name, av in variables.items():
        if isinstance(av, (Num, Arr)):
            suggest(av.value, name)
    frame = Frame(target.source, target.globals, target.cells, target.parent, lw.unit, variables)
    for name in frame.scope.imported & target.globals.keys():
        variables[name] = session.lift(lw, global_place(target.globals, name), target.globals[name])
    outer = lw.live_out, lw.exit_live, lw.b.span
    lw.stack.append(frame)
    session.active.append(target.key)
    session.calls.append(at)
    lw.live_out = lw.exit_live = frozenset()
    try:
        for name in frame.scope.boxed & variables.keys():
            lw.bind(name, variables.pop(name))
        return run_body(lw, target.source.node)
    finally:
        lw.stack.pop()
        session.active.pop()
        session.calls.pop()
        lw.live_out, lw.exit_live, lw.b.span = outer


def run_body(lw: Lowering, node: Any) -> AV:
    """The result of the function whose frame is on top."""
    from .expressions import expression
    from .statements import statements

    if isinstance(node, ast.Lambda):
        return expression(lw, node.body)
    statements(lw, node.body)
    value = lw.frame.vars.get("%rv", NONE)
    left = lw.frame.vars.get("%ret")
    nothing = isinstance(value, Const) and value.value is None
    if isinstance(left, Num) and not nothing and not isinstance(value, Unknown):
        return choose(lw, left, lambda: value, lambda: NONE)
    if isinstance(value, Unknown):
        raise Refusal
    return value


def _out_of_line(lw: Lowering, target: Target, variables: dict[str, AV], node: ast.AST | None) -> AV:
    from .units import call_special

    names = list(variables)

    def lower(inner: Lowering, values: list[AV]) -> AV:
        return inline(inner, target, dict(zip(names, values, strict=True)))

    return call_special(lw, target, list(variables.values()), lower, node)


def bind(
    lw: Lowering, target: Target, args: Sequence[AV], kwargs: dict[str, AV], node: ast.AST | None
) -> dict[str, AV]:
    """Arguments to parameters, as Python does."""
    from .generators import settled

    args = [settled(lw, x) for x in args]
    kwargs = {k: settled(lw, x) for k, x in kwargs.items()}
    a = target.source.node.args
    name = target.source.name
    positional = [p.arg for p in (*a.posonlyargs, *a.args)]
    out: dict[str, AV] = dict(zip(positional, args, strict=False))
    extra = tuple(args[len(positional) :])
    if a.vararg is not None:
        out[a.vararg.arg] = Tup(extra)
    elif extra:
        lw.refuse("U0601", f"`{name}` takes {len(positional)} arguments, {len(args)} were given", node)
    rest: dict[str, AV] = {}
    allowed = {p.arg for p in (*a.args, *a.kwonlyargs)}
    for k, v in kwargs.items():
        if k in allowed and k not in out:
            out[k] = v
        elif a.kwarg is not None and k not in out:
            rest[k] = v
        else:
            lw.refuse("U0601", f"`{name}` has no free argument `{k}`", node)
    if a.kwarg is not None:
        out[a.kwarg.arg] = lw.new_object(DictC(tuple(rest), tuple(rest.values())))
    first = len(positional) - len(a.defaults)
    for k, p in enumerate(positional):
        if p not in out:
            if k < first:
                lw.refuse("U0601", f"`{name}` misses its argument `{p}`", node)
            out[p] = target.default(lw, p, k - first)
    for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True):
        if p.arg not in out:
            if d is None:
                lw.refuse("U0601", f"`{name}` misses its argument `{p.arg}`", node)
            out[p.arg] = target.default(lw, p.arg, p.arg)
    return {p.arg: out[p.arg] for p in all_args(a)}
