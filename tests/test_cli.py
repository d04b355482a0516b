"""The command line."""

import sys
import types

import pytest

from wengert.cli import main
from wengert.diag import CATALOG, explain


def test_explain(capsys) -> None:
    assert main(["explain", "c0107"]) == 0
    assert capsys.readouterr().out == explain("C0107") + "\n"


def test_explain_lists_all(capsys) -> None:
    assert main(["explain"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(CATALOG)


def test_explain_unknown(capsys) -> None:
    assert main(["explain", "Q1"]) == 2
    assert "no such code: Q1" in capsys.readouterr().err


def test_help_and_version(capsys) -> None:
    assert main([]) == 0
    assert "explain" in capsys.readouterr().out
    assert main(["--version"]) == 0


def test_demo_passes_its_arguments_on(monkeypatch) -> None:
    seen: list[list[str]] = []
    demo = types.ModuleType("wengert.demo")
    demo.main = seen.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "wengert.demo", demo)
    assert main(["demo", "--out", "x.png"]) == 0
    assert seen == [["--out", "x.png"]]


@pytest.mark.parametrize(
    ("missing", "hint"), [("matplotlib", "wengert[plot]"), ("other", "No module named other")]
)
def test_demo_says_what_is_missing(monkeypatch, capsys, missing: str, hint: str) -> None:
    def fail(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {missing}", name=missing)

    monkeypatch.setattr("importlib.import_module", fail)
    assert main(["demo"]) == 1
    assert hint in capsys.readouterr().err
