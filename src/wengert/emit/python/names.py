"""Names for variables: the user's where there is one, unique, never a hash."""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata

from ...ir.types import Array, Rec, Scalar, Type

RESERVED = frozenset(
    [
        "np",
        "math",
        "special",
        "abs",
        "bool",
        "complex",
        "float",
        "int",
        "len",
        "list",
        "max",
        "min",
        "range",
        "reversed",
        "tuple",
        "ValueError",
        "IndexError",
    ]
)


def identifier(text: str) -> str:
    """``text`` as an identifier, or the empty string."""
    out = re.sub(r"\W", "_", unicodedata.normalize("NFKC", text))
    if not out.strip("_"):
        return ""  # a variable that is read is not called `_`
    if out[:1].isdigit():
        out = "_" + out
    return out + "_" if keyword.iskeyword(out) or out in RESERVED else out


def fallback(t: Type) -> str:
    """A name for a value that has none."""
    if isinstance(t, Array):
        return "v"
    if isinstance(t, Rec):
        return "tape"
    assert isinstance(t, Scalar)
    return "k" if t.is_int else "flag" if t.is_bool else "t"


class Names:
    """Gives names out, each once."""

    def __init__(self, taken: frozenset[str] = frozenset()) -> None:
        self._taken = set(taken)
        self.numbered: dict[str, str] = {}
        """What was wanted for each name that got a number."""

    def fresh(self, wanted: str) -> str:
        """``wanted``, or ``wanted_2`` and so on when it is taken."""
        text, count = wanted, 1
        while text in self._taken:
            count += 1
            text = f"{wanted}_{count}" if not wanted.endswith("_") else f"{wanted}{count}"
        self._taken.add(text)
        if count > 1:
            self.numbered[text] = wanted
        return text


def renumber(function: ast.FunctionDef, numbered: dict[str, str], taken: frozenset[str]) -> None:
    """Take numbers off names where what they kept apart is gone."""
    arguments = {a.arg for a in function.args.args}
    used = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)} | arguments
    change: dict[str, str] = {}
    for text, wanted in numbered.items():
        if text in used and text not in arguments and wanted not in used | taken:
            change[text] = wanted
            used.add(wanted)
    for n in ast.walk(function):
        if isinstance(n, ast.Name) and n.id in change:
            n.id = change[n.id]
