"""The look of diagnostics, pinned by golden files."""

import ast

import pytest

from wengert.diag import Diagnostic, Span, explain
from wengert.diag.render import render, render_all

MODEL = """\
import numpy as np

SCALE = 2.0


def loss(w, x):
    y = eval(expr)
    for i in range(3):
        y += w[i] * x[i]
    z = (
        y +
        SCALE
    )
\treturn "é漢字", z[y], z
"""
HELPER = "def helper(a):\n    a[0] = 1.0\n"
SOURCES = {"model.py": MODEL, "lib/helper.py": HELPER}


def at(text: str, file: str = "model.py", end: str | None = None) -> Span:
    """The span of the first occurrence of `text`, or from it to the end of `end`."""
    source = SOURCES[file]
    start = source.index(text)
    stop = start + len(text) if end is None else source.index(end, start) + len(end)

    def place(offset: int) -> tuple[int, int]:
        before = source[:offset]
        return before.count("\n") + 1, len(before.rsplit("\n", 1)[-1].encode())

    return Span(file, *place(start), *place(stop))


EVAL = at("eval(expr)")
CASES = {
    "plain": Diagnostic("C0107", "cannot differentiate through `eval`", EVAL),
    "labels": Diagnostic(
        "C0107",
        "cannot differentiate through `eval`",
        EVAL,
        labels=(
            (EVAL, "the code that runs is not known until run time"),
            (at("w", end="w"), "differentiated with respect to `w`"),
        ),
        helps=("call the function directly, or pass it as an argument",),
    ),
    "gaps": Diagnostic(
        "C0111",
        "the type of `y` changes",
        at("y += w[i]"),
        labels=(
            (at("SCALE = 2.0"), "a float here"),
            (at("range(3)"), "in this loop"),
            (EVAL, "a string here"),
        ),
        notes=("first line\nsecond line",),
    ),
    "one_line": Diagnostic(
        "T0201",
        "shapes (3,) and (4,) do not broadcast",
        at("*"),
        labels=((at("w[i]"), "(3,)"), (at("x[i]"), "(4,)"), (at("*"), "here")),
    ),
    "many_lines": Diagnostic("T0201", "shapes do not fit", at("(\n        y", end="    )")),
    "wide_characters": Diagnostic("E0510", "index 5 is out of bounds for size 3", at("z[y]")),
    "two_files": Diagnostic(
        "U0604",
        "`x` is read-only",
        at("x[i]"),
        labels=((at("a[0] = 1.0", "lib/helper.py"), "written here"),),
    ),
    "no_source": Diagnostic(
        "C0102",
        "the source of `f` is not available",
        Span("<string>", 7, 4, 7, 5),
        labels=((Span("<string>", 3, 0, 3, 1), "defined here"),),
    ),
    "no_span": Diagnostic("U0602", "`loss` has no argument `v`", helps=("use one of `w`, `x`",)),
    "warning": Diagnostic("A0302", "the result does not depend on `x`", at("x)"), severity="warning"),
    "unknown_code": Diagnostic("X9999", "something else", EVAL),
}


@pytest.mark.parametrize("name", CASES)
def test_rendering(name: str, golden) -> None:
    golden(f"{name}.txt", render(CASES[name], SOURCES))


def test_all_offences_at_once(golden) -> None:
    golden("all_at_once.txt", render_all([CASES["plain"], CASES["no_span"]], SOURCES))


def test_explanation(golden) -> None:
    golden("explain_C0109.txt", explain("C0109"))


def test_source_comes_from_linecache_by_default() -> None:
    def here() -> float:
        return 1.0

    with open(__file__, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    node = next(n for n in ast.walk(tree) if isinstance(n, ast.Return) and ast.unparse(n) == "return 1.0")
    text = render(Diagnostic("C0101", "unsupported", Span.of(node, __file__)))
    assert "|         return 1.0\n" in text
    assert "|         ^^^^^^^^^^\n" in text


def test_paths_below_the_working_directory_are_relative(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.py").write_text("x = 1\n")
    text = render(Diagnostic("C0101", "unsupported", Span(str(tmp_path / "m.py"), 1, 0, 1, 1)))
    assert " --> m.py:1:1\n" in text
