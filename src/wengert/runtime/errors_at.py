"""Exceptions of failed checks: compiled code tells which site and with which operands, this makes the
message.

Compiled code holds no Python object, so a check only leaves a number and up to six words.  The table of sites
has the rest: the exception's name, a ``str.format`` template over the operands, their types, and the place in
the user's source.  Where Python itself would raise (an index, a division) the exception is one of ours and
also the built-in one; what the user's own ``raise`` and ``assert`` say stays the user's, with the place as a
note.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from .. import errors
from ..diag import Diagnostic, Span
from ..emit.llvm.native import ASSUMED, OUT_OF_BOUNDS, RAISED, Site
from ..ir.types import SCALARS
from ..prims.memory import EXAMPLES, RESULTS, exception_class

CONTEXT_WORDS = 7
"""The site and six operands: the part of the context that an error needs."""

_LOCATED: dict[str, tuple[str, type[errors.WengertError]]] = {
    "IndexError": ("E0510", errors.IndexOutOfBounds),
    "ZeroDivisionError": ("E0511", errors.DivisionError),
    "OverflowError": ("E0512", errors.OverflowError_),
    "RecursionError": ("E0513", errors.RecursionLimit),
    "MemoryError": ("E0514", errors.MemoryLimit),
    "UnboundLocalError": ("E0515", errors.UnboundError),
}


def is_assumption(sites: Sequence[Site], context: bytes, status: int | None) -> bool:
    """Whether the check that failed is one of what was assumed."""
    number = struct.unpack_from("=q", context)[0] if status is None else status
    return 1 <= number <= len(sites) and sites[number - 1].exc == ASSUMED


def operand_value(word: bytes, dtype: str) -> Any:
    """One context word as a Python number (floats of both widths travel as the bits of a double)."""
    if SCALARS[dtype].is_float:
        return struct.unpack("=d", word)[0]
    value: int = struct.unpack("=q", word)[0]
    return bool(value & 1) if dtype == "bool" else value


def exception_at(sites: Sequence[Site], context: bytes, status: int | None = None) -> BaseException:
    """The exception for a failed check; ``context`` holds `CONTEXT_WORDS` words, ``status`` overrides the
    first.
    """
    number = struct.unpack_from("=q", context)[0] if status is None else status
    if not 1 <= number <= len(sites):
        text = f"compiled code reports check {number}, but there are {len(sites)}"
        return errors.EmitError(Diagnostic("E0501", text))
    site = sites[number - 1]
    if site.exc == RAISED:
        return _raised_in_python(site)
    words = [context[8 * i : 8 * i + 8] for i in range(1, CONTEXT_WORDS)]
    values = [operand_value(word, dtype) for word, dtype in zip(words, site.dtypes, strict=False)]
    if site.message.startswith(OUT_OF_BOUNDS) and values[0] < 0:
        values[0] -= values[1]  # as the user wrote it
    return exception_for(site, site.message.format(*values))


def _raised_in_python(site: Site) -> BaseException:
    """What a call back into Python raised, with the place of the call as a note."""
    from .callbacks import pending

    error = pending()
    if error is None:
        return errors.EmitError(Diagnostic("E0501", "a call back into Python raised nothing", site.span))
    if site.span is not None:
        error.add_note(_place(site.span))
    return error


def exception_for(site: Site, message: str) -> BaseException:
    """The exception of a site, with the message complete.

    A name that begins with ``raise:`` is a ``raise`` or ``assert`` of the user's and always gives the
    built-in.
    """
    if site.exc in _LOCATED:
        code, kind = _LOCATED[site.exc]
        return kind(Diagnostic(code, message, site.span))
    if site.message.startswith((EXAMPLES, RESULTS)):
        return errors.ShapeError(Diagnostic("T0201", message, site.span))
    found: Any = exception_class(site.exc)
    if found is None:
        return errors.EmitError(
            Diagnostic("E0501", f"no exception is called {site.exc}: {message}", site.span)
        )
    try:
        error = found(message) if message else found()
    except TypeError:  # a class of the user's that wants other arguments
        base: Any = next(c for c in found.__mro__ if c.__module__ == "builtins")
        error = base(message)
    if site.span is not None:
        error.add_note(_place(site.span))
    return error


def _place(span: Span) -> str:
    """The source with its caret: a diagnostic without its first line."""
    return Diagnostic("", "", span).render().partition("\n")[2].rstrip(" |\n")


def site_to_json(site: Site) -> list[Any]:
    """A site as JSON, for the cache."""
    s = site.span
    span = None if s is None else [s.file, s.line, s.col, s.end_line, s.end_col, s.func]
    return [site.exc, site.message, list(site.dtypes), span]


def site_from_json(data: Sequence[Any]) -> Site:
    """The inverse of `site_to_json`."""
    exc, message, dtypes, span = data
    return Site(exc, message, tuple(dtypes), None if span is None else Span(*span))
