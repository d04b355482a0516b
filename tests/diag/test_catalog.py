"""The catalogue is complete and well formed, and every class of ours can be met."""

import re

import pytest

from wengert import errors
from wengert.diag import CATALOG, explain
from wengert.diag.catalog import contents
from wengert.diag.codes import analysis, capture, emission, rules, types, use
from wengert.diag.entry import ROOMS

TABLES = [
    (capture, "C01"),
    (types, "T02"),
    (analysis, "A03"),
    (rules, "R04"),
    (emission, "E05"),
    (use, "U06"),
]


@pytest.mark.parametrize(("table", "prefix"), TABLES, ids=[prefix for _, prefix in TABLES])
def test_codes_are_in_the_table_of_their_room(table, prefix) -> None:
    assert all(re.fullmatch(prefix + r"\d\d", code) for code in table.ENTRIES)
    assert list(table.ENTRIES) == sorted(table.ENTRIES)


def test_no_code_is_given_twice() -> None:
    assert len(CATALOG) == sum(len(table.ENTRIES) for table, _ in TABLES)
    assert {code[0] for code in CATALOG} == set(ROOMS)


@pytest.mark.parametrize("code", sorted(CATALOG))
def test_every_entry_teaches(code: str) -> None:
    entry = CATALOG[code]
    assert not entry.title.endswith(".")
    assert len(entry.explanation) > 60
    assert entry.explanation.endswith(".")
    assert entry.example
    assert entry.fix
    assert issubclass(getattr(errors, entry.raises), (errors.WengertError, Warning))
    assert all(len(line) <= 110 for line in explain(code).splitlines())


def test_every_class_of_error_has_a_code() -> None:
    ours = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and value.__module__ == errors.__name__
    }
    assert ours - {"WengertError"} == {entry.raises for entry in CATALOG.values()}


def test_contents_lists_all() -> None:
    assert [line[:5] for line in contents().splitlines()] == sorted(CATALOG)


def test_explain_refuses_a_foreign_code() -> None:
    with pytest.raises(KeyError):
        explain("Q9999")
