"""The line of the user's code that is running: where an operation on a carrier was asked for."""

from __future__ import annotations

import sys
from typing import NoReturn

from ..diag import Diagnostic, Span
from ..errors import error_for

_OURS = __name__.partition(".")[0] + "."


def here() -> Span | None:
    """The expression outside this package that led here."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame.f_globals.get("__name__", "").startswith(_OURS) or frame.f_code.co_filename == "<wengert>":
        if frame.f_back is None:
            return None
        frame = frame.f_back
    code = frame.f_code
    for k, (line, end_line, col, end_col) in enumerate(code.co_positions()):
        if 2 * k == frame.f_lasti and line is not None and col is not None:
            return Span(code.co_filename, line, col, end_line or line, end_col or col + 1, code.co_name)
    return Span.of_code(code)


def refuse(code: str, message: str, *helps: str, span: Span | None = None) -> NoReturn:
    """Raise the error of ``code`` at the user's line, or at ``span``."""
    raise error_for(Diagnostic(code, message, span or here(), helps=helps)) from None
