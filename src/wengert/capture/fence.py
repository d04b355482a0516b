"""Refuses by name the syntax that capture does not translate: all offences of a function at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..diag.diagnostic import Diagnostic
from .source import Source

_GENERATOR = (
    "C0110",
    "a generator or coroutine cannot be differentiated",
    "return a list or a tuple instead",
)

_REFUSED: dict[type[ast.AST], tuple[str, str, str]] = {
    ast.Await: _GENERATOR,
    ast.AsyncFor: _GENERATOR,
    ast.AsyncWith: _GENERATOR,
    ast.AsyncFunctionDef: _GENERATOR,
    ast.TryStar: ("C0101", "`except*` is not supported", "use `except`"),
    ast.SetComp: ("C0101", "sets are not supported", "use a list or a tuple"),
}


def offences(source: Source) -> list[Diagnostic]:
    """What a function (with the functions inside it) uses that is not supported."""
    found: list[Diagnostic] = []
    if isinstance(source.node, ast.AsyncFunctionDef):
        code, message, hint = _GENERATOR
        found.append(Diagnostic(code, message, source.span(source.node), helps=(hint,)))
    for node in _ordered(source.node):
        refused = _REFUSED.get(type(node))
        if refused is not None:
            code, message, hint = refused
            found.append(Diagnostic(code, message, source.span(node), helps=(hint,)))
    return found


def _ordered(root: ast.AST) -> Iterator[ast.AST]:
    """All nodes below ``root``, in the order of the text."""
    todo = [iter(list(ast.iter_child_nodes(root)))]
    while todo:
        node = next(todo[-1], None)
        if node is None:
            todo.pop()
            continue
        yield node
        todo.append(iter(list(ast.iter_child_nodes(node))))
