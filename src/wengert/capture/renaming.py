"""A copy of a function's tree whose local names differ from those of all others that share its variables."""

from __future__ import annotations

import ast
import copy

from .scope import Names, scope_of

#: Stands between a name and what makes it differ; good in identifiers, and rare there.
MARK = "·"


def shown(name: str) -> str:
    """A name as the user wrote it."""
    return name.partition(MARK)[0]


def renamed(node: ast.FunctionDef, suffix: str) -> ast.FunctionDef:
    """A copy of ``node`` in which each local name ends in ``suffix``, in the functions inside it as well."""
    made = copy.deepcopy(node)
    names = scope_of(node).locals
    walk = _Renamer(names, suffix)
    for arg in ast.walk(made.args):
        if isinstance(arg, ast.arg):
            arg.arg = walk.name(arg.arg)
    made.body = [walk.visit(s) for s in made.body]
    return made


class _Renamer(ast.NodeTransformer):
    """Renames what refers to some names."""

    def __init__(self, names: Names, suffix: str) -> None:
        self.names = names
        self.suffix = suffix

    def name(self, name: str) -> str:
        return f"{name}{MARK}{self.suffix}" if name in self.names else name

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.name(node.id)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        node.names = [self.name(n) for n in node.names]
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = None if node.name is None else self.name(node.name)
        return self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> ast.AST:
        node.name = None if node.name is None else self.name(node.name)
        return self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> ast.AST:
        node.name = None if node.name is None else self.name(node.name)
        return node

    def visit_MatchMapping(self, node: ast.MatchMapping) -> ast.AST:
        node.rest = None if node.rest is None else self.name(node.rest)
        return self.generic_visit(node)

    def visit_alias(self, node: ast.alias) -> ast.AST:
        bound = node.asname or node.name
        if bound in self.names:
            node.asname = self.name(bound)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        inside = self._inside(node)
        node.name = self.name(node.name)
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        self._defaults(node.args)
        node.body = [inside.visit(s) for s in node.body]
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        inside = self._inside(node)
        self._defaults(node.args)
        node.body = inside.visit(node.body)
        return node

    def _defaults(self, args: ast.arguments) -> None:
        args.defaults = [self.visit(d) for d in args.defaults]
        args.kw_defaults = [None if d is None else self.visit(d) for d in args.kw_defaults]

    def _inside(self, node: ast.FunctionDef | ast.Lambda) -> _Renamer:
        """For the body of a function, which has names of its own."""
        return _Renamer(self.names - scope_of(node).locals, self.suffix)
