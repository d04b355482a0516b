"""What `derive` refers to: a callable at some arguments as a function of the module."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from types import FunctionType
from typing import Any

from ..diag import Span
from ..ir.core import Value
from .calls import call
from .derive_parts import Slot, slot_at
from .forms import FNode, FNum, Form, form_of, leaf_types
from .inlining import Target, bind, run_python, target_of_closure, target_of_function
from .lower import Dead, Lowering
from .units import Special, flat, operands, special_for
from .values import AV, Closure, Const, Derived

_BY_NAME = frozenset({"grad", "value_and_grad", "jit", "hessian", "jacobian", "batch"})


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """Arguments.  ``bound``: they are the parameters of a Python function, in order.

    ``count`` arguments were given by position: they are those at ``places``; with ``star`` the last place
    holds all that ``*args`` takes.  ``named`` are the places of those given by name, ``held``
    of those that are marked with `no_derivative`.
    """

    names: list[str]
    values: list[AV]
    bound: bool
    count: int
    places: tuple[int, ...] = ()
    star: bool = False
    named: tuple[int, ...] = ()
    held: frozenset[int] = frozenset()

    @property
    def slots(self) -> list[Slot]:
        """The arguments that were passed, each by itself."""
        own = len(self.places) - self.star
        found: list[Slot] = [(k, None) for k in self.places[:own]]
        if self.star:
            found += [(self.places[-1], j) for j in range(self.count - own)]
        return [*found, *((k, None) for k in sorted(self.named))]

    def reached(self, wrt: Any) -> list[int]:
        """The arguments that ``wrt`` is, or reaches into."""
        items = wrt if isinstance(wrt, tuple) else (wrt,)
        found = (slot_at(self.names, self.slots, w) for w in items)
        return [slot[0] for slot in found if not isinstance(slot, str)]


@dataclass(frozen=True, eq=False, slots=True)
class Subject:
    """The function ``name`` of the module.

    ``names`` and ``forms`` of the arguments; the parameter where their leaves begin is ``first``;
    ``operands`` are what a call passes.
    """

    name: str
    names: list[str]
    slots: list[Slot]
    forms: tuple[Form, ...]
    result: Form
    first: int
    operands: list[Value]
    held: frozenset[int] = frozenset()


def opened(fun: AV) -> AV:
    """A derivative that was made outside as one that was made here."""
    info = getattr(fun.value, "__wengert_derive__", None) if isinstance(fun, Const) else None
    if isinstance(info, dict):
        from .derive import derived_of

        return derived_of(info)  # pyright: ignore[reportUnknownArgumentType]
    return fun


def _target(fun: AV) -> Target | None:
    """The Python function that is called, if it is one."""
    if isinstance(fun, Closure):
        return target_of_closure(fun)
    if isinstance(fun, Const) and isinstance(fun.value, FunctionType):
        return None if hasattr(fun.value, "__wengert_transform__") else target_of_function(fun.value)
    return None


def _underlying(fun: AV) -> AV:
    """The function whose parameters a derivative has."""
    fun = opened(fun)
    while isinstance(fun, Derived) and fun.mode in _BY_NAME:
        fun = opened(fun.fun)
    return fun


def given(lw: Lowering, fun: AV, args: Sequence[AV], kwargs: dict[str, AV], node: ast.AST | None) -> Given:
    """The arguments of a call of ``fun``, by the names of its parameters where it has any."""
    target = _target(_underlying(fun))
    if target is None:
        names = [*(f"argument {k + 1}" for k in range(len(args))), *kwargs]
        every = tuple(range(len(names)))
        count = len(args)
        return Given(names, [*args, *kwargs.values()], False, count, every[:count], named=every[count:])
    variables = bind(lw, target, args, kwargs, node)
    names = list(variables)
    a = target.source.node.args
    count = len(args)
    positional = len(a.posonlyargs) + len(a.args)
    star = a.vararg is not None and count > positional
    places = (*range(min(count, positional)), *([names.index(a.vararg.arg)] if star and a.vararg else ()))
    named = tuple(names.index(k) for k in kwargs if k in names)
    held = frozenset(k for k, name in enumerate(names) if name in target.held)
    return Given(names, list(variables.values()), True, count, places, star, named, held)


def apply(lw: Lowering, fun: AV, at: Given, node: ast.AST | None) -> AV:
    """Call a function with arguments that are bound already."""
    from .derive import derive

    fun = opened(fun)
    if at.bound and isinstance(fun, Derived):
        return apply(lw, fun.fun, at, node) if fun.mode == "jit" else derive(lw, fun, at, node)
    if at.bound:
        target = _target(fun)
        assert target is not None
        return run_python(lw, target, dict(zip(at.names, at.values, strict=True)), node)
    named = dict(zip(at.names[at.count :], at.values[at.count :], strict=True))
    return call(lw, fun, at.values[: at.count], named, node)


def subject(
    lw: Lowering, fun: AV, at: Given, node: ast.AST | None, varied: Collection[int] | None = None
) -> Subject:
    """The function of the module for these arguments.

    Constants among the arguments stay constants, except numbers in the arguments ``varied`` (default: all).
    """
    fun = opened(fun)
    flats = [flat(lw, v) for v in at.values]
    forms = [_kept(form_of(x, general=varied is None or k in varied)) for k, x in enumerate(flats)]
    special = special_at(lw, fun, at, forms)
    if special.result is None:
        raise Dead
    if node is not None:
        lw.at(node)
    passed = operands(lw, special, [fun, *flats])
    first = len(leaf_types(form_of(fun)))
    return Subject(special.name, at.names, at.slots, tuple(forms), special.result, first, passed, at.held)


def span_of(fun: AV) -> Span | None:
    """Where a function is, for what is called from nowhere."""
    target = _target(_underlying(fun))
    return None if target is None else target.source.span(target.source.node)


def special_at(lw: Lowering, fun: AV, at: Given, forms: Sequence[Form]) -> Special:
    """The function of the module for arguments of these forms, after those that ``fun`` itself needs."""
    target = _target(_underlying(fun))
    label = target.source.name if target is not None else "function"

    def lower(inner: Lowering, values: list[AV]) -> AV:
        return apply(inner, values[0], replace(at, values=values[1:]), None)

    return special_for(lw, ("derive", tuple(at.names)), label, (form_of(fun), *forms), lower)


def _kept(form: Form) -> Form:
    """Facts that would only multiply specialisations are dropped."""
    if isinstance(form, FNum):
        return FNum(form.dtype, form.py, big=form.big)
    return FNode(form.value, tuple(map(_kept, form.parts))) if isinstance(form, FNode) else form
