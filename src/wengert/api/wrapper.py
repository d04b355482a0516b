"""The Python function around a native entry that depends on the world outside: one test, one call.

It is written as text, for the few tests of a typical function (`np` is still NumPy) would otherwise cost more
than the call they guard::

    def call(*args, **keywords):
        try:
            fits = r0['np'] is v0
            h0 = r0['scale']
        except Exception:
            fits = False
        if fits:
            try:
                return entry(*args, h0, **keywords)
            except Misfit:
                pass
        return fallback(*args, **keywords)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import CellType, FunctionType
from typing import Any

from ..capture.state import Guard, Hidden


class Misfit(Exception):
    """The arguments of an entry are not of its types; never leaves this room."""


def misfit(*_args: Any, **_keywords: Any) -> Any:
    """The fallback of an entry that Python code calls."""
    raise Misfit


def wrapped(
    entry: Callable[..., Any],
    guards: Sequence[Guard],
    hidden: Sequence[Hidden],
    fallback: Callable[..., Any],
) -> Callable[..., Any]:
    """The entry behind its guards, with hidden inputs after the arguments.

    The entry itself checks the types of what it is given, so a guard on the type of a hidden input is
    dropped.
    """
    names: dict[str, Any] = {"entry": entry, "fallback": fallback, "Misfit": Misfit}
    keys = {h.place.key for h in hidden}
    tests = [_test(g, k, names) for k, g in enumerate(guards) if g.kind != "typed" or g.place.key not in keys]
    reads = [f"        h{k} = {_read(h.place, f'h{k}_', names)}\n" for k, h in enumerate(hidden)]
    given = "".join(f", h{k}" for k in range(len(hidden)))
    text = (
        "def call(*args, **keywords):\n"
        "    try:\n"
        f"        fits = {' and '.join(tests) or True}\n"
        f"{''.join(reads)}"
        "    except Exception:\n"
        "        fits = False\n"
        "    if fits:\n"
        "        try:\n"
        f"            return entry(*args{given}, **keywords)\n"
        "        except Misfit:\n"
        "            pass\n"
        "    return fallback(*args, **keywords)\n"
    )
    exec(compile(text, "<wengert>", "exec"), names)
    return names["call"]


def _test(guard: Guard, k: int, names: dict[str, Any]) -> str:
    read = _read(guard.place, f"g{k}_", names)
    if guard.kind == "same":
        names[f"v{k}"] = guard.value
        return f"{read} is v{k}"
    names[f"t{k}"] = guard.check
    return f"t{k}()"


def _read(place: Any, mark: str, names: dict[str, Any]) -> str:
    """An expression for what stands at a place."""
    root, (kind, _, *path) = place.root, place.key
    start = ""
    if kind == "global" and isinstance(root, dict):
        start, path = f"{mark}r[{path[0]!r}]", path[1:]
    elif kind == "cell" and isinstance(root, CellType):
        start = f"{mark}r.cell_contents"
    elif kind == "default" and isinstance(root, FunctionType):
        table = "__kwdefaults__" if isinstance(path[0], str) else "__defaults__"
        start, path = f"{mark}r.{table}[{path[0]!r}]", path[1:]
    if start and all(type(step) in (int, str) for step in path):
        names[f"{mark}r"] = root
        return start + "".join(_step(step) for step in path)
    names[f"{mark}read"] = place.read
    return f"{mark}read()"


def _step(step: int | str) -> str:
    name = step[1:] if isinstance(step, str) and step.startswith(".") else ""
    return f".{name}" if name.isidentifier() else f"[{step!r}]"
