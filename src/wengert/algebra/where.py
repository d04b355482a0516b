"""The line of the user's code that is running: where an operation on a carrier was asked for."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NoReturn

from ..diag import Diagnostic, Span
from ..errors import WengertError, error_for

_OF_SHAPES = "T0210"
"""What NumPy raises as well, and a program may catch."""

_refused: ContextVar[list[WengertError] | None] = ContextVar("refused", default=None)

_OURS = __name__.partition(".")[0] + "."


def here() -> Span | None:
    """The expression outside this package that led here."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while str(frame.f_globals.get("__name__")).startswith(_OURS) or frame.f_code.co_filename == "<wengert>":
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
    error = error_for(Diagnostic(code, message, span or here(), helps=helps))
    watched = _refused.get()
    if watched is not None and code != _OF_SHAPES:
        watched.append(error)
    raise error from None


def refuse_again(error: WengertError) -> NoReturn:
    """Raise a refusal that was made in a `trial`."""
    watched = _refused.get()
    if watched is not None:
        watched.append(error)
    raise error


@contextmanager
def trial() -> Generator[None]:
    """Refusals inside are not kept: something else will be tried."""
    token = _refused.set(None)
    try:
        yield
    finally:
        _refused.reset(token)


@contextmanager
def refusals() -> Generator[list[WengertError]]:
    """Those made inside, also if the code that runs there catches them."""
    found: list[WengertError] = []
    token = _refused.set(found)
    try:
        yield found
    finally:
        _refused.reset(token)
