"""Runs IR with the interpreter and as emitted Python, and compares numbers."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from wengert.algebra.evaluate import evaluate
from wengert.emit.python import compile_source, source
from wengert.ir.core import Module
from wengert.ir.text import parse_module


def as_module(program: str | Module) -> Module:
    return parse_module(unshadowed(program)) if isinstance(program, str) else program


def unshadowed(text: str) -> str:
    """IR text where names may shadow others, as text where each is defined once."""
    used: set[str] = set()
    scopes: list[dict[str, str]] = [{}]
    out: list[str] = []

    def define(name: str) -> None:
        base, k = name.split(".")[0], 0
        new = name
        while new in used:
            k += 1
            new = f"{base}.{k}"
        used.add(new)
        scopes[-1][name] = new

    def use(part: str) -> str:
        return re.sub(r"%[\w.]+", lambda m: next(s[m[0]] for s in reversed(scopes) if m[0] in s), part)

    for line in text.splitlines():
        bare = line.strip()
        if bare.startswith("}"):
            scopes.pop()
        if bare.startswith("func") or (bare.startswith("(") and bare.endswith(":")):
            for name in re.findall(r"%[\w.]+", line):
                define(name)
            line = use(line)
        elif " = " in bare and bare.startswith("%"):
            left, right = line.split(" = ", 1)
            right = use(right)
            for name in re.findall(r"%[\w.]+", left):
                define(name)
            line = f"{use(left)} = {right}"
        else:
            line = use(line)
        if bare.endswith("{"):
            scopes.append({})
        out.append(line)
    return "\n".join(out)


def run_both(program: str | Module, args: Sequence[Any]) -> tuple[Any, Any]:
    """What interpreter and emitted Python give: results and the arguments afterwards, or the exception."""
    module = as_module(program)
    text = source(module)
    entry = text[text.rindex("\ndef ") + 5 :] if "\ndef " in text else text[4:]
    run = compile_source(text, entry[: entry.index("(")])
    given, mine = copy.deepcopy(list(args)), copy.deepcopy(list(args))
    return _outcome(lambda: evaluate(module, given), given), _outcome(lambda: run(*mine), mine)


def _outcome(run: Any, args: list[Any]) -> Any:
    try:
        results = run()
    except Exception as e:
        return e
    results = results if isinstance(results, tuple) else () if results is None else (results,)
    return [*results, *args]


def check(program: str | Module, *args: Any, rtol: float = 1e-14) -> None:
    """Both give the same numbers, or raise the same kind of exception."""
    expected, found = run_both(program, args)
    text = source(as_module(program))
    if isinstance(expected, Exception) or isinstance(found, Exception):
        assert type(expected) is type(found), f"{expected!r} but {found!r}\n{text}"
        return
    assert len(expected) == len(found), text
    for e, f in zip(expected, found, strict=True):
        assert np.shape(e) == np.shape(f), f"{e!r} but {f!r}\n{text}"
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(f, e, rtol=rtol, atol=1e-300, equal_nan=True, err_msg=text)
