"""Smaller programs that fail in the same way: statements go, blocks are unwrapped, expressions give way to
their parts.

Works on the syntax tree of the text, so it knows nothing of how programs are written.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Protocol, TypeVar


class _HasText(Protocol):
    @property
    def text(self) -> str: ...


class _HasKind(Protocol):
    @property
    def kind(self) -> str: ...

    @property
    def what(self) -> str: ...


P = TypeVar("P", bound=_HasText)
_SMALLEST = 8


def shrink(program: P, check: Callable[[P], _HasKind], outcome: _HasKind, most: int = 1500) -> P:
    """The smallest program found whose outcome is of the kind and about the thing that ``outcome`` is.

    ``most`` bounds how often it is checked.
    """
    best, left = program, most
    improved = True
    while improved and left > 0:
        improved = False
        for text in _smaller(best.text):
            left -= 1
            if left <= 0:
                break
            if len(text) >= len(best.text):
                continue
            tried = replace(best, text=text)  # pyright: ignore[reportArgumentType, reportUnknownVariableType]
            if _alike(check(tried), outcome):
                best, improved = tried, True
                break
    return best


def _alike(found: _HasKind, wanted: _HasKind) -> bool:
    return found.kind == wanted.kind and found.what.partition(",")[0] == wanted.what.partition(",")[0]


def _smaller(text: str) -> Iterator[str]:
    """Texts with one thing less, the largest things first."""
    tree = ast.parse(text)
    for change in _changes(tree):
        fresh = copy.deepcopy(tree)
        change(fresh)
        try:
            yield ast.unparse(ast.fix_missing_locations(fresh)) + "\n"
        except (AttributeError, ValueError):  # a tree that is no program
            continue


def _changes(tree: ast.Module) -> list[Callable[[ast.Module], None]]:
    nodes = list(ast.walk(tree))
    found: list[tuple[int, Callable[[ast.Module], None]]] = []
    for number, node in enumerate(nodes):
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                found += _block_changes(number, name, block)  # pyright: ignore[reportUnknownArgumentType]
    for number, node in enumerate(nodes):
        for name, value in ast.iter_fields(node):
            values: list[Any] = value if isinstance(value, list) else [value]
            for k, x in enumerate(values):
                if isinstance(x, ast.expr) and not _stored(x):
                    found += _expression_changes(number, name, k if isinstance(value, list) else None, x)
    found.sort(key=lambda c: -c[0])
    return [change for _, change in found]


def _size(node: ast.AST) -> int:
    return sum(1 for _ in ast.walk(node))


def _stored(x: ast.expr) -> bool:
    return isinstance(getattr(x, "ctx", None), (ast.Store, ast.Del))


def _block_changes(
    number: int, name: str, block: list[ast.stmt]
) -> Iterator[tuple[int, Callable[[ast.Module], None]]]:
    for k, statement in enumerate(block):
        yield _size(statement), _replacing(number, name, k, [])
        for inner in ("body", "orelse"):
            content = getattr(statement, inner, None)
            if content and not isinstance(statement, ast.FunctionDef):
                yield _size(statement) // 2, _replacing(number, name, k, content)


def _replacing(number: int, name: str, k: int, content: list[ast.stmt]) -> Callable[[ast.Module], None]:
    def change(tree: ast.Module) -> None:
        block = getattr(list(ast.walk(tree))[number], name)
        block[k : k + 1] = copy.deepcopy(content)
        if not block and name == "body":
            block.append(ast.Pass())

    return change


def _expression_changes(
    number: int, name: str, k: int | None, x: ast.expr
) -> Iterator[tuple[int, Callable[[ast.Module], None]]]:
    size = _size(x)
    if size <= 1 or isinstance(x, ast.Slice):
        return
    parts = [y for y in ast.walk(x) if isinstance(y, ast.expr) and y is not x and not _stored(y)]
    parts = [y for y in parts if not isinstance(y, (ast.Slice, ast.Tuple, ast.Starred))]
    for part in sorted(parts, key=_size)[:_SMALLEST]:
        yield size - _size(part), _setting(number, name, k, part)
    if not isinstance(x, (ast.Tuple, ast.Constant)):
        yield size - 1, _setting(number, name, k, ast.Constant(1.0))
    if isinstance(x, ast.Tuple):
        for j in range(len(x.elts)):
            rest = ast.Tuple([e for i, e in enumerate(x.elts) if i != j], ast.Load())
            yield 2, _setting(number, name, k, rest)


def _setting(number: int, name: str, k: int | None, part: ast.expr) -> Callable[[ast.Module], None]:
    def change(tree: ast.Module) -> None:
        node = list(ast.walk(tree))[number]
        if k is None:
            setattr(node, name, copy.deepcopy(part))
        else:
            getattr(node, name)[k] = copy.deepcopy(part)

    return change
