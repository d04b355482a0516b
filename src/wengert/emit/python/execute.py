"""Emitted text as a function, with lines that tracebacks and debuggers can show."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from itertools import count
from typing import Any

_number = count(1)


def compile_source(text: str, name: str) -> Callable[..., Any]:
    """Run the module ``text`` and return its function ``name``."""
    filename = f"<wengert {name} {next(_number)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": f"wengert.emitted.{name}", "__file__": filename}
    exec(compile(text, filename, "exec"), namespace)
    return namespace[name]
