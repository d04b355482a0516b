"""Arguments and results of traced functions as structures: what is put on a tape, what is read off."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..algebra import arrays
from ..algebra.base import Traced, shape_of
from ..algebra.custom import constant_fields
from ..capture.pytree import path_steps
from ..capture.tracing.classes import attributes_of, real_class
from ..diag import Diagnostic
from ..errors import error_for
from .step import Wrt


def varies(x: Any) -> bool:
    """Whether a value can carry a derivative."""
    if isinstance(x, Traced):
        return x.dtype.kind in "fc"
    return isinstance(x, (float, np.floating)) or (isinstance(x, np.ndarray) and x.dtype.kind == "f")


def mapped(x: Any, leaf: Callable[[Any], Any], other: Callable[[Any], Any] = lambda v: v) -> Any:
    """``x`` with ``leaf`` of its floats and ``other`` of what is no container, in new containers; floats in
    fields that are marked with `no_derivative` are no floats here.
    """
    if varies(x):
        return leaf(x)
    if isinstance(x, tuple):
        parts = [mapped(v, leaf, other) for v in x]
        return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
    if type(x) is list:
        return [mapped(v, leaf, other) for v in x]
    if type(x) is dict:
        return {k: mapped(v, leaf, other) for k, v in x.items()}
    names = attributes_of(x)
    if names is None:
        return other(x)
    out, held = _copy(x), constant_fields(real_class(type(x)))
    for name in names:
        inner = other if name in held else leaf
        object.__setattr__(out, name, mapped(getattr(x, name), inner, other))
    return out


def _copy(x: Any) -> Any:
    """Another object of the class that the user wrote."""
    out = copy.copy(x)
    if real_class(type(x)) is not type(x):
        object.__setattr__(out, "__class__", real_class(type(x)))
    return out


def paired(x: Any, dx: Any, leaf: Callable[[Any, Any], Any], other: Callable[[Any], Any], path: str) -> Any:
    """The same with a second structure like the first beside it, or ``None`` or 0 for parts of it."""
    absent = dx is None or (type(dx) in (int, float) and dx == 0)
    if varies(x):
        if not absent and shape_of(dx) != shape_of(x):
            text = f"`{path}` must have shape {shape_of(x)}, got {shape_of(dx)}"
            raise error_for(Diagnostic("T0201", text))
        return leaf(x, None if absent else dx)
    if not isinstance(x, (tuple, list, dict)) and attributes_of(x) is None:
        return other(x)
    values = iter(list(_children(x)))
    tangents = iter([None] * len(list(_children(x))) if absent else _like(x, dx, path))

    held = constant_fields(real_class(type(x)))
    names = iter(attributes_of(x) or () if held else ())

    def visit(_: Any) -> Any:
        v, dv = next(values), next(tangents)
        return mapped(v, other, other) if held and next(names) in held else paired(v, dv, leaf, other, path)

    return rebuilt(x, visit)


def _children(x: Any) -> Iterator[Any]:
    if isinstance(x, dict):
        return iter(x.values())
    return iter(x) if isinstance(x, (tuple, list)) else iter([getattr(x, n) for n in attributes_of(x) or ()])


def _like(x: Any, dx: Any, path: str) -> list[Any]:
    kinds = (tuple, list) if isinstance(x, (tuple, list)) else real_class(type(x))
    fits = isinstance(dx, kinds) and len(list(_children(dx))) == len(list(_children(x)))
    if not fits or (isinstance(x, dict) and set(x) != set(dx)):
        text = f"`{path}` must be a {type(x).__name__} like what it belongs to, got a {type(dx).__name__}"
        raise error_for(Diagnostic("U0601", text))
    return [dx[k] for k in x] if isinstance(x, dict) else list(_children(dx))


def rebuilt(x: Any, visit: Callable[[Any], Any]) -> Any:
    """A container of the same kind around what ``visit`` gives for each part."""
    if isinstance(x, dict):
        return {k: visit(v) for k, v in x.items()}
    if isinstance(x, (tuple, list)):
        parts = [visit(v) for v in x]
        return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)
    out = _copy(x)
    for name in attributes_of(x) or ():
        object.__setattr__(out, name, visit(getattr(x, name)))
    return out


def leaves(x: Any) -> list[Any]:
    """The floats of a structure."""
    found: list[Any] = []
    mapped(x, found.append)
    return found


def algebra_of(x: Any) -> Any:
    """The outermost algebra of the values in a structure."""
    found: list[Any] = []
    mapped(x, found.append, found.append)
    return arrays.algebra_of(*found)


def owned(x: Any) -> Any:
    """A leaf in memory of its own."""
    if isinstance(x, Traced):
        return arrays.copy(x)
    return x.copy() if isinstance(x, np.ndarray) else x


def chosen(call: Any, wrt: Wrt) -> list[Any]:
    """The parts of the arguments that ``wrt`` names."""
    return [_one(call, w) for w in (wrt if isinstance(wrt, tuple) else (wrt,))]


def _one(call: Any, wrt: int | str) -> Any:
    if isinstance(wrt, int):
        if -len(call.args) <= wrt < len(call.args):
            return call.args[wrt]
    else:
        first, *steps = path_steps(wrt)
        if first in call.arguments:
            here = call.arguments[first]
            for step in steps:
                here = _part(here, step)
            return here
    names = ", ".join(f"`{n}`" for n in call.arguments)
    raise error_for(Diagnostic("U0602", f"`wrt={wrt!r}` names no argument: there are {names}"))


def _part(x: Any, step: str) -> Any:
    if isinstance(x, dict):
        return {str(k): v for k, v in x.items()}[step]
    return x[int(step)] if step.lstrip("-").isdigit() else getattr(x, step)
