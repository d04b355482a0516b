"""A module of the IR as the text of a Python module."""

from __future__ import annotations

import ast
import io
import re
import tokenize

from ...ir.core import Func, Module
from .helpers import HELPERS
from .names import Names, identifier
from .statements import Statements


def source(module: Module, header: str = "") -> str:
    """Readable Python that computes what ``module`` does.  ``header`` is the docstring of the entry.

    >>> from wengert.ir.parse import parse_module
    >>> print(source(parse_module('''
    ... func @square(%x: f64) -> (f64) {
    ...   %y = mul(%x, %x) : f64
    ...   yield %y
    ... }
    ... ''')))
    def square(x):
        return x * x
    <BLANKLINE>
    """
    names = Names()
    main = _function_name(module.entry.split(".")[0])
    functions = {f.name: names.fresh(_function_name(f.name, main)) for f in module.funcs.values()}
    used: set[str] = set()
    parts: list[str] = []
    for func in sorted(module.funcs.values(), key=lambda f: f.name == module.entry):
        if func.name == module.entry or _is_called(func, module):
            doc = header or _doc(func) if func.name == module.entry else ""
            parts.append(text(Statements(func, functions, used).function(doc)))
    parts = [HELPERS[h] for h in HELPERS if h in used] + parts
    body = "\n\n".join(parts)
    imports = [f"import {m}" for m in ("math",) if re.search(rf"\b{m}\.", body)]
    if re.search(r"\bnp\.", body):
        imports.append("import numpy as np")
    if "special" in used:
        imports.append("from scipy import special")
    if "REGISTRY" in used:
        imports.append("from wengert.prims import REGISTRY")
    return "\n".join(imports) + "\n\n\n" + body if imports else body


_HALVES = {"aug": "forward", "rev": "reverse", "jvp.0": "tangent"}


def _function_name(name: str, main: str = "") -> str:
    """The name of a function, without where it was defined; ``f.vjp`` is ``f_vjp``, and the halves of
    ``f_2``, which is ``main`` called out of line, are ``f_forward`` and ``f_reverse``.
    """
    base, dot, half = name.split("<locals>.")[-1].replace("<lambda>", "f").partition(".")
    if dot and half in _HALVES:
        half = _HALVES[half]
        base = re.sub(rf"^{re.escape(main)}_\d+$", main, base)
    return identifier(base + dot + half).strip("_") or "f"


def _is_called(func: Func, module: Module) -> bool:
    """Whether a function is reached from the entry."""
    from ...ir.core import Block

    seen: set[str] = set()

    def visit(block: Block) -> None:
        for op in block.ops:
            if op.name == "call" and op.attrs["func"] not in seen:
                seen.add(op.attrs["func"])
                visit(module.funcs[op.attrs["func"]].body)
            for region in op.regions:
                visit(region)

    visit(module.main.body)
    return func.name in seen


def _doc(func: Func) -> str:
    if not any(func.result_names):
        return ""
    return f"Return {', '.join(func.result_names)}."


def text(node: ast.stmt) -> str:
    """The text of a definition: comments are comments, and powers of simple operands are set tight."""
    out = ast.unparse(ast.fix_missing_locations(node))
    out = _double_quotes(out)
    out = "\n".join(_folded(_bare_tuple(line)) for line in out.split("\n"))
    out = re.sub(r"^(\s*)['\"](# .*)['\"]$", r"\1\2", out, flags=re.MULTILINE)
    out = re.sub(r"(?<=[\w)\]]) \*\* (?=-?[\w.]+\b(?![.(\[]))", "**", out)
    return out + "\n"


def _double_quotes(code: str) -> str:
    """Strings between double quotes, as people write them."""
    lines = [list(line) for line in code.splitlines(keepends=True)]
    opened: list[tuple[int, int]] = []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        kind = tokenize.tok_name[token.type]
        (row, start), (last, end) = token.start, token.end
        if kind == "FSTRING_START":
            opened.append((row, end - 1))
            continue
        if kind == "STRING":
            opened.append((row, start + len(token.string) - len(token.string.lstrip("fF"))))
        elif kind != "FSTRING_END":
            continue
        at, column = opened.pop()
        inside = lines[at - 1][column + 1 : end - 1]
        if at == last and lines[at - 1][column] == "'" and not set(inside) & set("'\"\\"):
            lines[at - 1][column] = lines[at - 1][end - 1] = '"'
    return "".join(map("".join, lines))


def _folded(line: str) -> str:
    """A long line, broken inside the bracket that ends it, or in parentheses of its own."""
    if len(line) <= 100:
        return line
    body = line.lstrip()
    indent, tail = line[: len(line) - len(body)], ":" if body.endswith("):") else ""
    end = len(body) - len(tail) - 1
    for at, c in enumerate(body):
        if c == "(" and _closed_at(body, at) == end:
            return f"{indent}{body[: at + 1]}\n{indent}    {body[at + 1 : end]}\n{indent}{body[end:]}"
    match = re.match(r"((?:return|[\w\[\], .:]+? [-+*/]?=) )(.*)$", body)
    if match is None or tail:
        return line
    return f"{indent}{match[1]}(\n{indent}    {match[2]}\n{indent})"


def _closed_at(text: str, start: int) -> int:
    """Where the bracket that opens at ``start`` is closed."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if not depth:
            return at
    return -1


def _bare_tuple(line: str) -> str:
    """``return (a, b)`` and ``a, b = (b, a)`` without the parentheses."""
    match = re.match(r"(\s*(?:return |[\w, ]+ = ))\((.*)\)$", line)
    if match is None:
        return line
    try:
        inside = ast.parse(match[2], mode="eval").body
    except SyntaxError:
        return line
    return match[1] + match[2] if isinstance(inside, ast.Tuple) and len(inside.elts) > 1 else line
