"""The ground: where things are in the user's source, and how we talk about it. Imports nothing of ours.

The catalogue is loaded when there is something to say; `render` is a room of its own for the same reason.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .diagnostic import Diagnostic, Label, Severity
from .span import Span

if TYPE_CHECKING:
    from .catalog import CATALOG, explain
    from .entry import Entry

__all__ = ["CATALOG", "Diagnostic", "Entry", "Label", "Severity", "Span", "explain"]


def __getattr__(name: str) -> Any:
    if name not in ("CATALOG", "Entry", "explain"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(".catalog", __name__), name)
