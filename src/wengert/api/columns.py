"""Jacobians by forward mode on the tracing engine: a product with each unit vector."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..algebra.base import shape_of
from ..capture.marks import constant_parameters
from ..diag import Diagnostic
from ..errors import error_for
from .step import Wrt
from .structures import chosen, leaves, mapped

Push = Callable[[tuple[Any, ...], list[Any]], tuple[Any, Any]]


def count(x: Any) -> int:
    """How many floats there are in a structure."""
    return sum(int(np.prod(shape_of(v), dtype=int)) for v in leaves(x))


def places_of(fun: Callable[..., Any], count: int) -> frozenset[int]:
    """Which of ``count`` arguments are for parameters that are marked with `no_derivative`."""
    held = constant_parameters(fun)
    if not held:
        return frozenset()
    names = list(inspect.signature(fun).parameters)
    return frozenset(k for k, name in enumerate(names[:count]) if name in held)


class _Slot:
    """Stands for a float among the arguments."""

    def __init__(self, value: Any) -> None:
        self.shape = shape_of(value)
        self.columns: list[Any] = []


def by_columns(fun: Callable[..., Any], wrt: Wrt, args: tuple[Any, ...], push: Push) -> Any:
    """All derivatives, a ``push`` for each number of the arguments that ``wrt`` names."""
    slots: list[_Slot] = []

    def slot(v: Any) -> _Slot:
        slots.append(_Slot(v))
        return slots[-1]

    held = places_of(fun, len(args))
    bound = inspect.signature(fun).bind(*(a if k in held else mapped(a, slot) for k, a in enumerate(args)))
    parts = chosen(bound, wrt)
    wanted = [_inside(part) for part in parts]
    if not all(wanted):
        raise error_for(Diagnostic("T0202", "an argument that `wrt` names holds no real number"))
    value: Any = None
    for one in dict.fromkeys(s for found in wanted for s in found):
        for unit in _units(one.shape):
            along = _along(args, held, iter([unit if s is one else None for s in slots]))
            value, slope = push(args, along)
            one.columns.append(slope)
    if not leaves(value):
        name = getattr(fun, "__name__", "the function")
        raise error_for(Diagnostic("T0203", f"`{name}` returns no real numbers to differentiate"))
    number = iter(range(len(leaves(value))))

    def block(y: Any) -> Any:
        k = next(number)
        found = [mapped(part, lambda v: v, lambda s: _matrix(s, k, y)) for part in parts]
        return tuple(found) if isinstance(wrt, tuple) else found[0]

    return mapped(value, block, lambda _: None)


def _along(args: tuple[Any, ...], held: frozenset[int], parts: Iterator[Any]) -> list[Any]:
    """Tangents of the arguments, from those of their floats."""
    return [
        None if k in held else mapped(a, lambda _: next(parts), lambda _: None) for k, a in enumerate(args)
    ]


def _inside(part: Any) -> list[_Slot]:
    found: list[_Slot] = []
    mapped(part, lambda v: v, lambda s: found.append(s) if isinstance(s, _Slot) else None)
    return found


def _units(shape: tuple[int, ...]) -> list[Any]:
    if not shape:
        return [1.0]
    out: list[Any] = []
    for at in np.ndindex(*shape):
        unit = np.zeros(shape)
        unit[at] = 1.0
        out.append(unit)
    return out


def _matrix(s: Any, k: int, y: Any) -> Any:
    """The derivatives of leaf ``k`` of the result by what a slot stands for."""
    if not isinstance(s, _Slot):
        return None
    columns = [leaves(slope)[k] for slope in s.columns]
    if not s.shape:
        return columns[0]
    if not columns:
        return np.zeros((*shape_of(y), *s.shape))
    return np.reshape(np.stack(columns, -1), (*shape_of(y), *s.shape))
