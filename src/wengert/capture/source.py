"""Finds the syntax tree of a function, and proves that it is the code that runs.

The text of a file may have been edited after the import, and two lambdas may stand on one line.  So the whole
text is compiled again, and a tree is accepted only when the code object compiled from it equals the live one:
bytecode, constants, names and positions.
"""

from __future__ import annotations
import __future__

import ast
import linecache
import operator
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from types import CodeType, FunctionType
from typing import Any, TypeAlias

from ..diag.diagnostic import Diagnostic
from ..diag.span import Span
from ..errors import SourceError

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_FUTURES = reduce(operator.or_, (getattr(__future__, n).compiler_flag for n in __future__.all_feature_names))


def mangled(owner: str, name: str) -> str:
    """A name in a class, see `Source.mangled`."""
    private = name.startswith("__") and not name.endswith("__") and owner.strip("_")
    return f"_{owner.lstrip('_')}{name}" if private else name


@dataclass(frozen=True, eq=False, slots=True)
class Source:
    """The syntax tree of one function, in the file that it comes from; ``owner`` is the class around it."""

    node: FunctionNode
    file: str
    name: str
    spans: dict[int, Span] = field(default_factory=dict[int, Span])
    owner: str = ""

    def mangled(self, name: str) -> str:
        """An attribute as it is called at run time: a private one has the name of its class in front."""
        return mangled(self.owner, name)

    def span(self, node: ast.AST) -> Span:
        """Where a node stands, made once for each node."""
        found = self.spans.get(id(node))
        if found is None:
            found = Span.of(node, self.file, self.name)  # pyright: ignore[reportArgumentType]
            self.spans[id(node)] = found
        return found


@dataclass(frozen=True, eq=False, slots=True)
class _Text:
    """One file: its lines, its functions by first line, and the code objects compiled from it."""

    lines: list[str]
    nodes: dict[int, list[FunctionNode]]
    codes: dict[tuple[int, str], list[CodeType]]


_TEXTS: dict[tuple[str, int], _Text] = {}
_SOURCES: dict[CodeType, Source] = {}


def source_of(function: FunctionType) -> Source:
    """The tree of a Python function; `SourceError` when there is none or it is not what runs."""
    code = function.__code__
    found = _SOURCES.get(code)
    if found is None or not _unchanged(code):
        _SOURCES[code] = found = _find(code, function.__globals__)
    return found


def _unchanged(code: CodeType) -> bool:
    """Whether the text of the file is the one that was read before."""
    text = _TEXTS.get((code.co_filename, code.co_flags & _FUTURES))
    entry = linecache.cache.get(code.co_filename)
    return text is not None and entry is not None and len(entry) > 2 and entry[2] is text.lines


def _find(code: CodeType, module_globals: dict[str, Any]) -> Source:
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, module_globals)
    if not lines:
        raise _missing(code)
    # since Python 3.13 the text of ``python -c`` has this name, which all that `exec` makes has too
    other = _missing if code.co_filename == "<string>" else _stale
    text = _text(code.co_filename, lines, code.co_flags & _FUTURES)
    if text is None or not any(same_code(code, c) for c in text.codes.get(_place(code), ())):
        raise other(code)
    candidates = [n for n in text.nodes.get(code.co_firstlineno, ()) if _fits(n, code)]
    lambdas = code.co_name == "<lambda>"
    if not candidates or (len(candidates) > 1 and not lambdas):
        raise other(code)
    innermost = max(candidates, key=lambda node: node.col_offset)
    return Source(innermost, code.co_filename, code.co_name, owner=_owner(code.co_qualname))


def _owner(qualname: str) -> str:
    """The name of the innermost class around a function."""
    for part in reversed(qualname.split(".<locals>.")):
        if "." in part:
            return part.split(".")[-2]
    return ""


def _text(file: str, lines: list[str], futures: int) -> _Text | None:
    known = _TEXTS.get((file, futures))
    if known is not None and known.lines == lines:
        return known
    joined = "".join(lines)
    try:
        tree = ast.parse(joined, file)
        compiled = compile(joined, file, "exec", flags=futures, dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    nodes: dict[int, list[FunctionNode]] = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            first = node.lineno
            if not isinstance(node, ast.Lambda) and node.decorator_list:
                first = min(first, node.decorator_list[0].lineno)
            nodes.setdefault(first, []).append(node)
    codes: dict[tuple[int, str], list[CodeType]] = {}
    for code in _nested(compiled):
        codes.setdefault(_place(code), []).append(code)
    _TEXTS[file, futures] = text = _Text(lines, nodes, codes)
    return text


def _nested(code: CodeType) -> Iterator[CodeType]:
    todo = [code]
    while todo:
        for const in todo.pop().co_consts:
            if isinstance(const, CodeType):
                yield const
                todo.append(const)


def _place(code: CodeType) -> tuple[int, str]:
    return code.co_firstlineno, code.co_name


def _fits(node: FunctionNode, code: CodeType) -> bool:
    """Whether a code object known to come from this file comes from this node, or from a lambda in it."""
    if not isinstance(node, ast.Lambda):
        return node.name == code.co_name
    if code.co_name != "<lambda>":
        return False
    body = node.body
    start, end = (body.lineno, body.col_offset), (body.end_lineno or 0, body.end_col_offset or 0)
    places = [
        (a, c, b, d) for a, b, c, d in code.co_positions() if None not in (a, b, c, d) and (a, c) != (b, d)
    ]
    if not places:  # a constant, of which Python 3.12 says only the line
        made = next(_nested(compile(ast.Expression(node), code.co_filename, "eval")))
        return (made.co_code, made.co_varnames, repr(made.co_consts)) == (
            code.co_code,
            code.co_varnames,
            repr(code.co_consts),
        )
    return all(start <= (a, c) and (b, d) <= end for a, c, b, d in places)


def same_code(a: CodeType, b: CodeType) -> bool:
    """Whether two code objects run alike and come from the same text."""
    if (
        a.co_code != b.co_code
        or a.co_names != b.co_names
        or a.co_varnames != b.co_varnames
        or a.co_freevars != b.co_freevars
        or a.co_exceptiontable != b.co_exceptiontable
        or len(a.co_consts) != len(b.co_consts)
        or a.co_firstlineno != b.co_firstlineno
    ):
        return False
    if list(a.co_positions()) != list(b.co_positions()):
        return False
    return all(_same_const(x, y) for x, y in zip(a.co_consts, b.co_consts, strict=True))


def _same_const(x: Any, y: Any) -> bool:
    if isinstance(x, CodeType) and isinstance(y, CodeType):
        return same_code(x, y)
    if type(x) is not type(y):
        return False
    if isinstance(x, (tuple, frozenset)):
        return repr(x) == repr(y) if isinstance(x, tuple) else x == y
    return x is y or repr(x) == repr(y)


def _missing(code: CodeType) -> SourceError:
    return SourceError(
        Diagnostic(
            "C0102",
            f"the source of `{code.co_name}` is not available",
            Span.of_code(code),
            helps=("put the function in a module or a notebook cell",),
        )
    )


def _stale(code: CodeType) -> SourceError:
    helps = "reload the module, or restart Python"
    if "@pytest_ar" in code.co_names:
        helps = "pytest rewrites `assert` in test files: move the function to a module that is no test"
    text = f"the source of `{code.co_name}` is not the code that runs"
    return SourceError(Diagnostic("C0103", text, Span.of_code(code), helps=(helps,)))
