"""Sizes that nobody reads once slices print as they were written."""

from __future__ import annotations

import ast

from .liveness import read

_CALLS = frozenset({"len", "min", "max"})


def drop_unused(function: ast.FunctionDef) -> None:
    """Remove assignments of sizes and integer arithmetic to names that are never read."""
    while True:
        if not _sweep(function, read(function)):
            return


def _sweep(node: ast.AST, read: set[str]) -> bool:
    found = False
    for field in ("body", "orelse"):
        body: list[ast.stmt] = getattr(node, field, None) or []
        kept = [s for s in body if not _is_unused(s, read)]
        if len(kept) < len(body):
            body[:] = kept or ([ast.Pass()] if field == "body" else [])
            found = True
        for s in body:
            found = _sweep(s, read) or found
    return found


def _is_unused(s: ast.stmt, read: set[str]) -> bool:
    if not isinstance(s, ast.Assign) or len(s.targets) != 1:
        return False
    where = s.targets[0]
    return isinstance(where, ast.Name) and where.id not in read and _is_size(s.value)


def _is_size(e: ast.expr) -> bool:
    """Whether ``e`` is made of sizes and numbers, and so may go."""
    if isinstance(e, ast.Call):
        return isinstance(e.func, ast.Name) and e.func.id in _CALLS and all(map(_is_size, e.args))
    if isinstance(e, ast.Subscript):
        return isinstance(e.value, ast.Attribute) and e.value.attr == "shape"
    if isinstance(e, ast.BinOp):
        return isinstance(e.op, (ast.Add, ast.Sub, ast.Mult)) and _is_size(e.left) and _is_size(e.right)
    return isinstance(e, (ast.Name, ast.Constant))
