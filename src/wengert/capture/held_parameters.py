"""Parameters that are marked with `no_derivative`: constants inside of the function."""

from __future__ import annotations

import ast
from typing import Any

from ..algebra.custom import no_derivative
from ..ir.types import Array
from .forms import parts_of, with_parts
from .lower import Lowering
from .scope import all_args
from .values import AV, Arr, Closure, Const, Num, Ref


def held(lw: Lowering, av: AV, function: str, name: str) -> AV:
    """An argument as a constant.  The function must not write to it: its caller would not see that."""
    if isinstance(av, Num):
        return Num(lw.emit("stop", av.value), av.py) if av.dtype.is_inexact else av
    if isinstance(av, Arr):
        if not av.dtype.is_inexact:
            return av
        made = lw.emit("stop", av.value)
        assert isinstance(made.type, Array)
        lw.session.ambiguous[made] = lw.span
        lw.session.held_parameters[made] = f"`{function}` writes to `{name}`, or to what is the same array"
        return Arr(made)
    if isinstance(av, Ref):
        content = lw.content(av)
        parts = parts_of(content)
        if not parts:
            return av
        new = lw.new_object(with_parts(content, tuple(held(lw, p, function, name) for p in parts)))
        lw.session.frozen[new.key] = None
        return new
    parts = parts_of(av)
    return av if not parts else with_parts(av, tuple(held(lw, p, function, name) for p in parts))


def held_of(c: Closure) -> frozenset[str]:
    """The marked parameters of a function that captured code defines."""
    return frozenset(p.arg for p in all_args(c.source.node.args) if _marked(c, p.annotation))


def _marked(c: Closure, annotation: Any) -> bool:
    if not isinstance(annotation, ast.Subscript) or not isinstance(annotation.slice, ast.Tuple):
        return False
    return any(_value(c, node) is no_derivative for node in annotation.slice.elts[1:])


def _value(c: Closure, node: ast.expr) -> Any:
    """What a name, or an attribute of one, means where the function is defined."""
    if isinstance(node, ast.Attribute):
        return getattr(_value(c, node.value), node.attr, None)
    if not isinstance(node, ast.Name):
        return None
    local = c.frame.vars.get(node.id)
    if isinstance(local, Const):
        return local.value
    cell = c.frame.cells.get(node.id)
    return c.frame.globals.get(node.id) if cell is None else cell.cell_contents
