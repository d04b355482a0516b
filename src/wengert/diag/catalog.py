"""Every error code, with its explanation. To add one, add a row to the room's table in `codes/`."""

import textwrap

from .codes import analysis, capture, emission, rules, types, use
from .entry import ROOMS, Entry

CATALOG: dict[str, Entry] = {
    **capture.ENTRIES,
    **types.ENTRIES,
    **analysis.ENTRIES,
    **rules.ENTRIES,
    **emission.ENTRIES,
    **use.ENTRIES,
}


def explain(code: str) -> str:
    """The page of one code, as `wengert explain` prints it. Raises `KeyError` for a code that is not ours.

    >>> print(explain("c0107").splitlines()[0])
    C0107: code that is not known until run time
    """
    code = code.upper()
    entry = CATALOG[code]
    parts = [
        f"{code}: {entry.title}",
        textwrap.fill(entry.explanation, 88),
        "Where it is met:\n\n" + _indent(entry.example),
        "What to do:\n\n" + _indent(entry.fix),
        f"Raised as `{entry.raises}` ({ROOMS[code[0]]}).",
    ]
    return "\n\n".join(parts)


def contents() -> str:
    """All codes with their titles, a line each."""
    return "\n".join(f"{code}  {entry.title}" for code, entry in sorted(CATALOG.items()))


def _indent(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.strip("\n").splitlines())
