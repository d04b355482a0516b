"""The ground: where things are in the user's source, and how we talk about it. Imports nothing of ours.

The catalogue and the renderer are loaded when there is something to say.
"""

from typing import TYPE_CHECKING, Any

from .diagnostic import Diagnostic, Label, Severity
from .span import Span

if TYPE_CHECKING:
    from .catalog import CATALOG, explain
    from .entry import Entry
    from .render import render, render_all

__all__ = ["CATALOG", "Diagnostic", "Entry", "Label", "Severity", "Span", "explain", "render", "render_all"]


def __getattr__(name: str) -> Any:
    if name in ("render", "render_all"):
        from . import render as module
    elif name in ("CATALOG", "explain", "Entry"):
        from . import catalog as module
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(module, name)
