"""Logging: Python's own, under the name of each module; ``WENGERT_LOG`` switches it on from outside.

    WENGERT_LOG=transform.vjp=trace,api=debug python model.py

shows on standard error what reverse mode makes, as IR, and what the API compiles.  A name without a level
means ``debug``, a level without a name everything.
"""

from __future__ import annotations

import logging

TRACE = 5
"""Finer than ``logging.DEBUG``: whole programs, before and after."""

_ROOT = __name__.partition(".")[0]
_LEVELS = {
    "trace": TRACE,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def parse(text: str) -> dict[str, int]:
    """The levels of loggers that a setting asks for; ``ValueError`` for one that is none.

    >>> parse("transform.vjp=trace,api")
    {'wengert.transform.vjp': 5, 'wengert.api': 10}
    """
    out: dict[str, int] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, _, level = part.partition("=")
        if not level and name.lower() in _LEVELS:
            name, level = "", name
        if (level or "debug").lower() not in _LEVELS:
            raise ValueError(f"WENGERT_LOG: {part!r}: a level is one of {', '.join(_LEVELS)}")
        name = name.removeprefix(f"{_ROOT}.").removeprefix(_ROOT)
        out[f"{_ROOT}.{name}" if name else _ROOT] = _LEVELS[(level or "debug").lower()]
    return out


def configure(text: str) -> None:
    """Set levels and write to standard error."""
    logging.addLevelName(TRACE, "TRACE")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logging.getLogger(_ROOT).addHandler(handler)
    for name, level in parse(text).items():
        logging.getLogger(name).setLevel(level)
