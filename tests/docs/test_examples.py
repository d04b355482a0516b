"""Every example of the documentation runs, and prints what it says it prints.

A block below ``<!-- shows: EXPRESSION -->`` is what that expression gives, one below ``<!-- file: PATH -->``
is a file of ours.  ``pytest -m "slow or not slow" tests/docs --update-golden`` writes both anew.
"""

from __future__ import annotations

import doctest
import linecache
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
_BLOCK = re.compile(
    r"^(?:<!-- (shows|file): ([^\n]*) -->\n)?```(python|pycon|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))


def blocks(page: Path) -> list[re.Match[str]]:
    return list(_BLOCK.finditer(page.read_text()))


def run(page: Path) -> dict[str, object]:
    """The blocks of a page are one program: ``python`` runs, ``pycon`` runs and is compared."""
    names: dict[str, object] = {"__name__": "example"}
    for k, found in enumerate(blocks(page)):
        kind, code = found.group(3), found.group(4)
        name = f"<{page.name} block {k}>"
        if kind == "python":
            linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
            exec(compile(code, name, "exec"), names)
        elif kind == "pycon":
            line = page.read_text()[: found.start()].count("\n")
            test = doctest.DocTestParser().get_doctest(code, {}, name, str(page), line)
            test.globs = names  # not a copy: functions of earlier blocks see what is rebound here
            flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
            out: list[str] = []
            runner = doctest.DocTestRunner(optionflags=flags)
            runner.run(test, out=out.append, clear_globs=False)
            assert not runner.failures, "".join(out)
    return names


@each_page
def test_examples_run(page: Path) -> None:
    run(page)


@each_page
def test_files_are_shown_as_they_are(page: Path, request: pytest.FixtureRequest) -> None:
    current(page, request, {"file": lambda path: (ROOT / path).read_text()})


@pytest.mark.slow
@each_page
def test_generated_code_is_shown_as_it_is(page: Path, request: pytest.FixtureRequest) -> None:
    """Not among the quick tests: every improvement of the compiler changes it."""
    if any(found.group(1) == "shows" for found in blocks(page)):
        names = run(page)
        current(page, request, {"shows": lambda expression: str(eval(expression, names))})


def current(page: Path, request: pytest.FixtureRequest, sources: dict) -> None:
    def fresh(found: re.Match[str]) -> str:
        what, argument, kind, code = found.groups()
        if what in sources:
            code = sources[what](argument).strip("\n") + "\n"
        head = f"<!-- {what}: {argument} -->\n" if what else ""
        return f"{head}```{kind}\n{code}```"

    text = page.read_text()
    now = _BLOCK.sub(fresh, text)
    if request.config.getoption("--update-golden"):
        page.write_text(now)
    else:
        assert text == now


def test_no_page_is_forgotten() -> None:
    """Every page is in the navigation, and every link between pages leads somewhere."""
    navigation = (ROOT / "mkdocs.yml").read_text()
    for page in ROOT.glob("docs/**/*.md"):
        assert str(page.relative_to(ROOT / "docs")) in navigation, page
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#]+\.(?:md|png))\)", page.read_text()):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page}: {link}"
