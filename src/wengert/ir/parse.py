"""The text of the IR: parsing.  One line holds one thing, so the parser reads lines and, within a line,
tokens."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, NoReturn

from .core import Block, Func, Module, Op, Value
from .types import Type, parse_type

_TYPE = r"(?:rec<)?(?:f64x8|f64|f32|i64|i32|u8|bool|c128|c64)\b(?:\[[n1,; S]*\])?>?"
_STRING = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_NUMBER = r"-?(?:inf\b|nan\b|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)"
_TOKENS = re.compile(
    rf"\s*(?:(?P<value>%[\w.]+)|(?P<func>@[^\s(]+)|(?P<string>{_STRING})|(?P<type>{_TYPE})|(?P<number>{_NUMBER})"
    rf"|(?P<word>\w+)|(?P<arrow>->)|(?P<mark>[(){{}}\[\],:=]))"
)
_WORDS = {"True": True, "False": False, "None": None}


class ParseError(ValueError):
    """Text that is not IR; the message has the line."""


def parse_module(text: str) -> Module:
    """The module that was printed; its first function is the entry.

    >>> m = parse_module("func @id(%x: f64) -> (f64) {\\n  yield %x\\n}")
    >>> m.entry, m.main.params[0].hint
    ('id', 'x')
    """
    reader = _Reader(text)
    funcs: dict[str, Func] = {}
    while not reader.done():
        func = reader.func()
        if func.name in funcs:
            raise ParseError(f"function @{func.name} twice")
        funcs[func.name] = func
    if not funcs:
        raise ParseError("no function")
    return Module(next(iter(funcs)), MappingProxyType(funcs))


def parse_func(text: str) -> Func:
    """The one function of ``text``."""
    module = parse_module(text)
    if len(module.funcs) != 1:
        raise ParseError(f"{len(module.funcs)} functions where one is expected")
    return module.main


def hint_of(name: str) -> str:
    """The hint from which a printed name was made."""
    base = re.sub(r"\.\d+$", "", name)
    return "" if base.isdigit() else base


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines = [
            (k, line.strip())
            for k, line in enumerate(text.splitlines(), 1)
            if line.strip() and line.strip()[0] != "#"
        ]
        self.at = 0
        self.values: dict[str, Value] = {}

    def done(self) -> bool:
        return self.at >= len(self.lines)

    def peek(self) -> str:
        if self.done():
            raise ParseError("the text ends too early")
        return self.lines[self.at][1]

    def next(self) -> _Line:
        self.peek()
        number, text = self.lines[self.at]
        self.at += 1
        return _Line(number, text)

    def define(self, line: _Line, name: str, t: Type) -> Value:
        if name in self.values:
            line.fail(f"%{name} is defined twice")
        self.values[name] = Value(t, hint_of(name))
        return self.values[name]

    def use(self, line: _Line) -> Value:
        name = line.take("value")[1:]
        if name not in self.values:
            line.fail(f"%{name} is not defined")
        return self.values[name]

    def func(self) -> Func:
        line = self.next()
        self.values = {}
        line.expect("func")
        name = line.take("func")[1:]
        params = line.list("(", ")", lambda: self.param(line))
        line.expect("->")
        results = line.list("(", ")", lambda: _result(line))
        line.expect("{")
        line.end()
        body = self.block(tuple(params))
        if self.next().text != "}":
            line.fail("the function does not end with }")
        found = [v.type for v in body.yields]
        if found != [t for _, t in results]:
            line.fail(f"the results are {found}")
        names = tuple(n for n, _ in results if n is not None)
        return Func(name, body, names)

    def param(self, line: _Line) -> Value:
        name = line.take("value")[1:]
        line.expect(":")
        return self.define(line, name, line.type())

    def block(self, params: tuple[Value, ...]) -> Block:
        ops: list[Op] = []
        while not re.match(r"yield(\s|$)", self.peek()):
            ops.append(self.op())
        line = self.next()
        line.expect("yield")
        yields: list[Value] = []
        while not line.ended():
            yields.append(self.use(line))
            if not line.ended():
                line.expect(",")
        return Block(params, tuple(ops), tuple(yields))

    def op(self) -> Op:
        line = self.next()
        names: list[str] = []
        while line.sees("value"):
            names.append(line.take("value")[1:])
            line.expect("," if not line.sees("=") else "=")
        name = line.take("word")
        operands = line.list("(", ")", lambda: self.use(line)) if line.sees("(") else []
        attrs: dict[str, Any] = {}
        if line.sees("{") and line.pos + line.gap() + 1 < len(line.text):  # a brace at the end opens a region
            attrs = dict(line.list("{", "}", lambda: _attr(line)))
        types: list[Type] = []
        if line.sees(":"):
            line.expect(":")
            types.append(line.type())
            while line.sees(","):
                line.expect(",")
                types.append(line.type())
        if len(types) != len(names):
            line.fail(f"{len(names)} results of {len(types)} types")
        regions: list[Block] = []
        if line.sees("{"):
            line.expect("{")
            line.end()
            regions = self.regions()
        line.end()
        results = tuple(self.define(line, n, t) for n, t in zip(names, types, strict=True))
        return Op(name, tuple(operands), results, MappingProxyType(attrs), tuple(regions))

    def regions(self) -> list[Block]:
        out: list[Block] = []
        while True:
            params: list[Value] = []
            if self.peek().startswith("("):
                line = self.next()
                params = line.list("(", ")", lambda line=line: self.param(line))
                line.expect(":")
                line.end()
            out.append(self.block(tuple(params)))
            close = self.next()
            if close.text == "}":
                return out
            if not re.fullmatch(r"\}\s*\w*\s*\{", close.text):
                close.fail("a region does not end with }")


class _Line:
    """The tokens of one line."""

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        self.text = text
        self.pos = 0

    def fail(self, message: str) -> NoReturn:
        raise ParseError(f"line {self.number}: {message}\n    {self.text}")

    def gap(self) -> int:
        """The number of spaces before the next token."""
        rest = self.text[self.pos :]
        return len(rest) - len(rest.lstrip())

    def ended(self) -> bool:
        return not self.text[self.pos :].strip()

    def end(self) -> None:
        if not self.ended():
            self.fail(f"unexpected {self.text[self.pos :].strip()!r}")

    def _match(self) -> tuple[str, str, int]:
        found = _TOKENS.match(self.text, self.pos)
        if found is None or found.lastgroup is None:
            return "", "", self.pos
        return found.lastgroup, found.group(found.lastgroup), found.end()

    def sees(self, what: str) -> bool:
        kind, token, _ = self._match()
        return what in (kind, token) and bool(token)

    def take(self, kind: str) -> str:
        found, token, end = self._match()
        if found != kind:
            self.fail(f"expected {kind}, found {self.text[self.pos :].strip()[:20]!r}")
        self.pos = end
        return token

    def expect(self, token: str) -> None:
        _, found, end = self._match()
        if found != token:
            self.fail(f"expected {token!r}, found {self.text[self.pos :].strip()[:20]!r}")
        self.pos = end

    def type(self) -> Type:
        return parse_type(self.take("type"))

    def list(self, opening: str, closing: str, item: Callable[[], Any]) -> list[Any]:
        self.expect(opening)
        out: list[Any] = []
        while not self.sees(closing):
            out.append(item())
            if not self.sees(closing):
                self.expect(",")
        self.expect(closing)
        return out

    def literal(self) -> Any:
        kind, token, _ = self._match()
        if kind == "string":
            return ast.literal_eval(self.take(kind))
        if kind == "type":
            return self.type()
        if kind == "number":
            self.take(kind)
            return float(token) if re.search(r"[.einf]", token) else int(token)
        if token in _WORDS:
            self.expect(token)
            return _WORDS[token]
        if token == "complex":
            self.expect(token)
            return complex(*self.list("(", ")", self.literal))
        if token == "(":
            return tuple(self.list("(", ")", self.literal))
        if token == "[":
            return self.list("[", "]", self.literal)
        if token == "{":
            return dict(self.list("{", "}", self._item))
        self.fail(f"not a literal: {self.text[self.pos :].strip()[:20]!r}")

    def _item(self) -> tuple[Any, Any]:
        key = self.literal()
        self.expect(":")
        return key, self.literal()


def _attr(line: _Line) -> tuple[str, Any]:
    name = line.take("word")
    line.expect("=")
    return name, line.literal()


def _result(line: _Line) -> tuple[str | None, Type]:
    if line.sees("type"):
        return None, line.type()
    name = ast.literal_eval(line.take("string")) if line.sees("string") else line.take("word")
    line.expect(":")
    return name, line.type()
