"""The page of functions is the truth: what it names is known, and what is known is named."""

from __future__ import annotations

import importlib
import re
import sys

from repository_tools import tool


def named(text: str) -> dict[str, list[str]]:
    """The names of each section of the page."""
    parts = re.split(r"^## `(.*)`$", text, flags=re.MULTILINE)
    return {parts[k]: re.findall(r"`([^`]+)`", parts[k + 1]) for k in range(1, len(parts), 2)}


def test_the_page_is_what_the_tables_say() -> None:
    """Names that this version of NumPy, SciPy or Python does not have are not compared, nor are those that
    are newer than the oldest Python, with which the page is made.
    """
    made = tool("functions")
    here = made.lines()
    written = named(made.PAGE.read_text())
    assert list(written) == list(here)
    for module, known in here.items():
        owner = made.np.ndarray if module == "numpy.ndarray" else importlib.import_module(module)
        exist = [n for n in written[module] if hasattr(owner, n.partition(".")[0])]
        newer = {*known} - {*exist} if sys.version_info >= (3, 12) and module == "math" else set[str]()
        missing = sorted(({*known} ^ {*exist}) - newer)
        assert not missing, f"{module}: {missing}; run `python tools/functions.py`"


def test_the_options_are_those_of_the_tool() -> None:
    made = tool("functions")
    assert made.OPTIONS in made.PAGE.read_text()
