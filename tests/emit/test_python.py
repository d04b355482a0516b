"""Emitted Python gives the numbers that the interpreter gives, and reads as it should."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emit.python_harness import as_module, check
from emit.python_programs import PROGRAMS
from wengert.emit.python import source

GOLDEN = Path(__file__).parent.parent / "golden" / "python"


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_numbers(name: str) -> None:
    text, cases = PROGRAMS[name]
    for args in cases:
        check(text, *args)


@pytest.mark.parametrize("name", PROGRAMS)
def test_golden(name: str) -> None:
    """The text is pinned; set ``WENGERT_UPDATE_GOLDEN=1`` to accept what is printed now."""
    found = source(as_module(PROGRAMS[name][0]))
    path = GOLDEN / f"{name}.py"
    if os.environ.get("WENGERT_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == found


def test_deterministic() -> None:
    text = PROGRAMS["cumulative_vjp"][0]
    assert source(as_module(text)) == source(as_module(text))
