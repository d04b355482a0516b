"""The command line."""

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
    monkeypatch.setattr("wengert.demo.main", lambda rest: seen.append(rest) or 3)
    assert main(["demo", "--out", "x.png"]) == 3
    assert seen == [["--out", "x.png"]]
