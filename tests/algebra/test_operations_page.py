"""The table of operations and algebras is the truth, and every hole has a reason."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

TOOL = Path(__file__).parents[2] / "tools" / "operations.py"


def tool() -> Any:
    spec = importlib.util.spec_from_file_location("operations_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_algebras_say() -> None:
    made = tool()
    page = made.table()
    assert "NO REASON GIVEN" not in page
    assert made.PAGE.read_text() == page, "run `python tools/operations.py`"


def test_no_operation_is_left_out() -> None:
    from wengert.prims import REGISTRY

    made = tool()
    known = {*made.asked(), *made.DATA, *made.STRUCTURE}
    assert {n for n, p in REGISTRY.items() if p.kind != "foreign"} == known
