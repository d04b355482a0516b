"""Every example of the documentation runs, and prints what it says it prints."""

from __future__ import annotations

import doctest
import linecache
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
_BLOCK = re.compile(r"^```(python|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_examples_run(page: Path) -> None:
    """The blocks of a page are one program: ``python`` runs, ``pycon`` runs and is compared."""
    names: dict[str, object] = {"__name__": "example"}
    text = page.read_text()
    for k, found in enumerate(_BLOCK.finditer(text)):
        kind, code = found.groups()
        name = f"<{page.name} block {k}>"
        if kind == "python":
            linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
            exec(compile(code, name, "exec"), names)
        else:
            test = doctest.DocTestParser().get_doctest(
                code, names, name, str(page), text[: found.start()].count("\n")
            )
            runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
            out: list[str] = []
            runner.run(test, out=out.append, clear_globs=False)
            assert not runner.failures, "".join(out)
            names.update(test.globs)
