"""The table of operations and algebras is the truth, and every hole has a reason."""

from __future__ import annotations

from repository_tools import tool


def test_the_page_is_what_the_algebras_say() -> None:
    made = tool("operations")
    page = made.table()
    assert "NO REASON GIVEN" not in page
    assert made.PAGE.read_text() == page, "run `python tools/operations.py`"


def test_no_operation_is_left_out() -> None:
    from wengert.prims import REGISTRY

    made = tool("operations")
    known = {*made.asked(), *made.DATA, *made.STRUCTURE, *made.NATIVE}
    assert {n for n, p in REGISTRY.items() if p.kind != "foreign"} == known
