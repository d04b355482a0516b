"""Activities: what each argument of `autodiff` is, and the checks of the shadows that callers supply."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import numpy as np

from ..diag import Diagnostic
from ..errors import error_for


class Activity:
    """An argument with its role.  ``value`` is the primal; ``shadow`` its derivative, where it has one."""

    shadowed = False
    value: Any = None
    shadow: Any = None

    def __repr__(self) -> str:
        return type(self).__name__


class Const(Activity):
    """Not differentiated by."""

    def __init__(self, value: Any = None) -> None:
        self.value = value


class Active(Activity):
    """Reverse mode: a number, whose derivative is returned.  As ``ret``: the result, with its cotangent."""

    def __init__(self, value: Any = 1.0) -> None:
        self.value = value


class _Shadowed(Activity):
    shadowed = True

    def __init__(self, value: Any = None, shadow: Any = None) -> None:
        self.value = value
        self.shadow = shadow


class Duplicated(_Shadowed):
    """Reverse mode: an array, or a structure of arrays, with a shadow into which the derivative is added.

    Where the function overwrites the array, its shadow holds the cotangent of the final content before the
    call and that of the initial content after it.
    """


class DuplicatedOnly(Duplicated):
    """As `Duplicated`; what the function writes to the array itself is not wanted."""


class Dual(_Shadowed):
    """Forward mode: a number or an array with its tangent; where the function overwrites the array, the
    tangent is overwritten too.
    """


class DualOnly(Dual):
    """As `Dual`; the primal result is not wanted."""


class Dualv(_Shadowed):
    """Forward mode in several directions at once: the tangents are packed along a new first axis."""


FORWARD, REVERSE = (Const, Dual, Dualv), (Const, Active, Duplicated)


def refuse(text: str, *helps: str, code: str = "U0601") -> NoReturn:
    """Raise the error of a wrong use."""
    raise error_for(Diagnostic(code, text, helps=helps))


def check_kind(activity: Any, name: str, reverse: bool) -> None:
    """Refuse what is no activity of the mode."""
    kinds, mode = (REVERSE, "reverse") if reverse else (FORWARD, "forward")
    kind = activity if isinstance(activity, type) else type(activity)
    if not issubclass(kind, kinds):
        names = ", ".join(f"`{k.__name__}`" for k in kinds)
        what = kind.__name__ if issubclass(kind, Activity) else f"{kind.__name__}, which is no activity"
        refuse(f"`{name}` is {what}: in {mode} mode arguments are {names}")


def check_annotation(kind: type[Activity], name: str, annotation: Any) -> None:
    """Refuse at decoration what the type of a parameter rules out."""
    numbers = {float: "a number", "float": "a number", int: "an integer", "int": "an integer"}
    said = numbers.get(annotation) if isinstance(annotation, (type, str)) else None
    if said == "an integer" and kind is not Const:
        refuse(f"`{name}` is {kind.__name__}, and by its annotation an integer", "say `Const`")
    if said == "a number" and issubclass(kind, Duplicated):
        refuse(f"`{name}` is {kind.__name__}, and by its annotation a number", "say `Active`")
    array = annotation is np.ndarray or (isinstance(annotation, str) and annotation.endswith("ndarray"))
    if array and kind is Active:
        refuse(f"`{name}` is Active, and by its annotation an array", "say `Duplicated`, with a shadow")


def leaves(value: Any, shadow: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """The arrays (and numbers) of a value with those of its shadow; `ShadowError` where structures differ."""
    if isinstance(value, (list, tuple)):
        if not isinstance(shadow, (list, tuple)) or len(shadow) != len(value):
            refuse(f"the shadow of `{path}` must be a sequence of {len(value)}", code="U0614")
        for k, (v, s) in enumerate(zip(value, shadow, strict=True)):
            yield from leaves(v, s, f"{path}[{k}]")
    elif isinstance(value, dict):
        if not isinstance(shadow, dict) or set(shadow) != set(value):
            refuse(f"the shadow of `{path}` must be a dict with keys {sorted(value)}", code="U0614")
        for k in value:
            yield from leaves(value[k], shadow[k], f"{path}[{k!r}]")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        if type(shadow) is not type(value):
            refuse(f"the shadow of `{path}` must be a {type(value).__name__}", code="U0614")
        for f in dataclasses.fields(value):
            yield from leaves(getattr(value, f.name), getattr(shadow, f.name), f"{path}.{f.name}")
    else:
        yield path, value, shadow


def check_shadows(names: Sequence[str], activities: Sequence[Activity]) -> None:
    """Writable, of the structure, shape and dtype of the primal, and disjoint from everything else."""
    seen: list[tuple[str, Any]] = []
    for name, a in zip(names, activities, strict=True):
        if isinstance(a.value, np.ndarray):
            seen.append((f"`{name}`", a.value))
    for name, a in zip(names, activities, strict=True):
        if not a.shadowed:
            continue
        for path, v, s in leaves(a.value, a.shadow, name):
            if isinstance(a, Dualv):
                _check_packed(path, v, s)
            elif isinstance(v, np.ndarray):
                _check_one(path, v, s, seen)
            elif isinstance(a, Duplicated):
                refuse(f"`{path}` is a number, which has no shadow to add to", "say `Active`", code="U0614")


def _check_one(path: str, v: Any, s: Any, seen: list[tuple[str, Any]]) -> None:
    if not isinstance(s, np.ndarray):
        refuse(f"the shadow of `{path}` must be an array, not {type(s).__name__}", code="U0614")
    if s.shape != v.shape or s.dtype != v.dtype:
        text = f"the shadow of `{path}` has shape {s.shape} of {s.dtype}, and `{path}` {v.shape} of {v.dtype}"
        refuse(text, "np.zeros_like makes one that fits", code="U0614")
    if not s.flags.writeable:
        refuse(f"the shadow of `{path}` is read-only", code="U0614")
    if np.shares_memory(s, v):
        refuse(f"the shadow of `{path}` shares memory with `{path}`", "give it memory of its own",
               code="U0614")  # fmt: skip
    for other, memory in seen:
        if np.shares_memory(s, memory):
            refuse(f"the shadow of `{path}` shares memory with {other}", code="U0614")
    seen.append((f"the shadow of `{path}`", s))


def _check_packed(path: str, v: Any, s: Any) -> None:
    shape = np.shape(v)
    if np.ndim(s) != len(shape) + 1 or np.shape(s)[1:] != shape:
        text = f"the packed tangents of `{path}` have shape {np.shape(s)}, not (width, *{shape})"
        refuse(text, code="U0614")
