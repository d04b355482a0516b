"""``match``: a pattern is a test, and names that it binds."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from ..ir.types import BOOL
from .attributes import attribute, has_attribute
from .comparisons import compare
from .expressions import expression, truth
from .lower import Lowering
from .values import AV, Const, DictC, GrowC, ListC, Num, Ref, Tup


def matches(lw: Lowering, pattern: ast.pattern, subject: AV, guard: ast.expr | None) -> Const | Num:
    """Whether ``subject`` fits; the names of the pattern are bound."""
    lw.poison(subject)
    test = _fits(lw, pattern, subject)
    if guard is None or (isinstance(test, Const) and not test.value):
        return test
    return _both(lw, test, truth(lw, guard))


def _both(lw: Lowering, a: Const | Num, b: Const | Num) -> Const | Num:
    if isinstance(a, Const):
        return b if a.value else a
    if isinstance(b, Const):
        return a if b.value else b
    return Num(lw.emit("and", lw.number(a, BOOL), lw.number(b, BOOL)))


def _fits(lw: Lowering, pattern: ast.pattern, subject: AV) -> Const | Num:
    match pattern:
        case ast.MatchValue():
            return lw.truth(compare(lw, ast.Eq(), subject, expression(lw, pattern.value)))
        case ast.MatchSingleton():
            return lw.truth(compare(lw, ast.Is(), subject, Const(pattern.value)))
        case ast.MatchAs():
            test: Const | Num = (
                Const(True) if pattern.pattern is None else _fits(lw, pattern.pattern, subject)
            )
            if pattern.name is not None:
                lw.bind(pattern.name, subject)
            return test
        case ast.MatchOr():
            return _any(lw, pattern.patterns, subject)
        case ast.MatchSequence():
            return _sequence(lw, pattern.patterns, subject)
        case ast.MatchMapping():
            return _mapping(lw, pattern, subject)
        case ast.MatchClass():
            return _instance(lw, pattern, subject)
        case _:
            lw.refuse("C0101", "this pattern is not supported", pattern)


def _any(lw: Lowering, patterns: Sequence[ast.pattern], subject: AV) -> Const | Num:
    total: Const | Num = Const(False)
    for p in patterns:
        one = _fits(lw, p, subject)
        if isinstance(one, Const):
            if one.value:
                return one
        else:
            total = one if isinstance(total, Const) else Num(lw.emit("or", total.value, lw.number(one, BOOL)))
    return total


def _sequence(lw: Lowering, patterns: Sequence[ast.pattern], subject: AV) -> Const | Num:
    content = lw.content(subject) if isinstance(subject, Ref) else subject
    plain = isinstance(content, (Tup, ListC)) or (
        isinstance(content, Const) and isinstance(content.value, (tuple, list))
    )
    if isinstance(content, GrowC):
        lw.refuse("C0101", "matching a list of varying length is not supported", hint="test `len(...)`")
    items = lw.items(subject) if plain else None
    if items is None:
        return Const(False)
    star = next((k for k, p in enumerate(patterns) if isinstance(p, ast.MatchStar)), None)
    if len(items) != len(patterns) and (star is None or len(items) < len(patterns) - 1):
        return Const(False)
    total: Const | Num = Const(True)
    tail = 0 if star is None else len(patterns) - star - 1
    for k, p in enumerate(patterns):
        if isinstance(p, ast.MatchStar):
            if p.name is not None:
                lw.bind(p.name, lw.new_object(ListC(items[k : len(items) - tail])))
            continue
        item = items[k] if star is None or k < star else items[len(items) - len(patterns) + k]
        total = _both(lw, total, _fits(lw, p, item))
    return total


def _mapping(lw: Lowering, pattern: ast.MatchMapping, subject: AV) -> Const | Num:
    content = lw.content(subject) if isinstance(subject, Ref) else None
    if isinstance(subject, Const) and isinstance(subject.value, dict):
        known: dict[Any, Any] = dict(subject.value)
        content = DictC(tuple(known), tuple(map(Const, known.values())))
    if not isinstance(content, DictC):
        return Const(False)
    total: Const | Num = Const(True)
    left = dict(zip(content.keys, content.items, strict=True))
    for key, p in zip(pattern.keys, pattern.patterns, strict=True):
        k = lw.static(expression(lw, key), "a key of a pattern")
        if k not in content.keys:
            return Const(False)
        total = _both(lw, total, _fits(lw, p, content.items[content.keys.index(k)]))
        left.pop(k, None)
    if pattern.rest is not None:
        lw.bind(pattern.rest, lw.new_object(DictC(tuple(left), tuple(left.values()))))
    return total


def _instance(lw: Lowering, pattern: ast.MatchClass, subject: AV) -> Const | Num:
    from .builtins_api import type_of

    cls = lw.static(expression(lw, pattern.cls), "the class of a pattern")
    if not issubclass(type_of(lw, subject), cls):
        return Const(False)
    names = list(pattern.kwd_attrs)
    parts = list(pattern.kwd_patterns)
    if pattern.patterns:
        if cls in (bool, float, int, str, tuple, list, dict):
            return _fits(lw, pattern.patterns[0], subject)
        fields: Sequence[str] = getattr(cls, "__match_args__", ())
        names = [*fields[: len(pattern.patterns)], *names]
        parts = [*pattern.patterns, *parts]
    total: Const | Num = Const(True)
    for name, p in zip(names, parts, strict=True):
        if not has_attribute(lw, subject, name):
            return Const(False)
        total = _both(lw, total, _fits(lw, p, attribute(lw, subject, name)))
    return total
