"""Emitted Python gives the numbers that the interpreter gives, and reads as it should."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emit.python_harness import as_module, check
from emit.python_programs import PROGRAMS
from wengert.emit.python import source


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_numbers(name: str) -> None:
    text, cases = PROGRAMS[name]
    for args in cases:
        check(text, *args)


@pytest.mark.parametrize("name", PROGRAMS)
def test_golden(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"python/{name}.py", source(as_module(PROGRAMS[name][0])))


def test_deterministic() -> None:
    text = PROGRAMS["cumulative_vjp"][0]
    assert source(as_module(text)) == source(as_module(text))
