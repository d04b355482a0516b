"""The ground: where things are in the user's source, and how we talk about it. Imports nothing of ours."""

from .catalog import CATALOG, explain
from .diagnostic import Diagnostic, Label, Severity
from .entry import Entry
from .render import render, render_all
from .span import Span

__all__ = ["CATALOG", "Diagnostic", "Entry", "Label", "Severity", "Span", "explain", "render", "render_all"]
