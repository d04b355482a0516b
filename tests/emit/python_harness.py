"""Runs IR with the interpreter and as emitted Python, and compares numbers."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from wengert.algebra.evaluate import evaluate
from wengert.emit.python import compile_source, source
from wengert.ir.core import Module
from wengert.ir.text import parse_module


def as_module(program: str | Module) -> Module:
    return parse_module(program) if isinstance(program, str) else program


def run_both(program: str | Module, args: Sequence[Any]) -> tuple[Any, Any]:
    """What the interpreter gives and what emitted Python gives: results and arguments afterwards, or the exception."""
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
