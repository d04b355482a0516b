"""Derivatives of plain Python by running it on dual numbers, with a NumPy that allocates arrays of them.

Nothing here knows the compiler.  `Lifted` stands in for the modules ``np`` and ``math`` while a program runs:
what it allocates can hold dual numbers, and its functions take them.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import numpy as np

from .dual import Dual, apply, dual

_UNARY = {
    "sin": "sin", "cos": "cos", "exp": "exp", "log": "log", "tanh": "tanh", "sqrt": "sqrt",
    "arctan": "arctan", "atan": "arctan",
}  # fmt: skip
_FLOATS = (float, np.float64, np.float32)


class DualArray(np.ndarray):
    """An array of dual numbers that converts to integers, and multiplies when it is empty."""

    def astype(self, dtype: Any, *args: Any, **keywords: Any) -> Any:
        if np.dtype(dtype).kind == "f":
            return self.copy()
        return np.asarray(np.frompyfunc(int, 1, 1)(self), dtype)

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        return array[()] if array.ndim == 0 else lifted(array)

    def __matmul__(self, other: Any) -> Any:
        return _matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return _matmul(other, self)

    def dot(self, other: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _matmul(self, other)


def _matmul(a: Any, b: Any) -> Any:
    if np.ndim(a) and np.ndim(b) and np.shape(a)[-1] == 0:
        shape = (*np.shape(a)[:-1], *np.shape(b)[1:])
        return lifted(np.zeros(shape)) if shape else Dual(0.0)
    return np.matmul(np.asarray(a), np.asarray(b))


def lifted(x: Any) -> Any:
    """Arrays of floats as arrays of dual numbers, other things as they are."""
    if isinstance(x, np.ndarray) and x.dtype.kind == "f":
        return _objects(x)
    if isinstance(x, np.ndarray) and x.dtype == object:
        return x[()] if x.ndim == 0 else x.view(DualArray)
    if isinstance(x, tuple):
        return tuple(lifted(v) for v in x)
    return x


def _objects(x: Any) -> Any:
    out = np.empty(x.shape, object)
    for k in np.ndindex(x.shape):
        out[k] = Dual(float(x[k]))
    return out.view(DualArray)


class Lifted:
    """A module of mathematics for dual numbers, in the place of ``np`` or ``math``."""

    float32 = staticmethod(dual)
    float64 = staticmethod(dual)

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        if name in _UNARY:
            return _unary(_UNARY[name])
        if name in ("matmul", "dot"):
            return _matmul
        found = getattr(self._module, name)
        if isinstance(found, type) or not callable(found):
            return found
        return _lifting(found)


def _unary(name: str) -> Callable[[Any], Any]:
    function = np.frompyfunc(lambda x: apply(name, dual(x)), 1, 1)
    return lambda x: lifted(function(x))


def _lifting(f: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **keywords: Any) -> Any:
        if keywords.get("dtype") in (*_FLOATS, Lifted.float32, Lifted.float64):
            del keywords["dtype"]
        return lifted(f(*args, **keywords))

    return call


# arguments and results of any structure


def map_leaves(f: Callable[..., Any], x: Any, *others: Any) -> Any:
    """``x`` with ``f`` applied to its numbers and arrays, along with those at the same places of ``others``.

    The same array at two places stays one array.
    """
    done: dict[int, Any] = {}

    def visit(x: Any, *others: Any) -> Any:
        if isinstance(x, (tuple, list)):
            items = [visit(v, *(o[k] for o in others)) for k, v in enumerate(x)]
            if isinstance(x, list):
                return items
            return type(x)(*items) if hasattr(x, "_fields") else tuple(items)
        if dataclasses.is_dataclass(x) and not isinstance(x, type):
            names = [n.name for n in dataclasses.fields(x)]
            return type(x)(*(visit(getattr(x, n), *(getattr(o, n) for o in others)) for n in names))
        if isinstance(x, np.ndarray):
            if id(x) not in done:
                done[id(x)] = f(x, *others)
            return done[id(x)]
        return f(x, *others)

    return visit(x, *others)


def leaves(x: Any) -> list[Any]:
    """The numbers and arrays of a structure, in order."""
    found: list[Any] = []
    for v in x if isinstance(x, (tuple, list)) else [x]:
        if isinstance(v, (tuple, list)):
            found += leaves(v)
        elif dataclasses.is_dataclass(v) and not isinstance(v, type):
            found += leaves([getattr(v, n.name) for n in dataclasses.fields(v)])
        else:
            found.append(v)
    return found


def is_float(x: Any) -> bool:
    """Whether a leaf is a float or an array of floats."""
    return isinstance(x, float) or (isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind == "f")


def lift(args: Any, *directions: Any) -> Any:
    """Arguments as dual numbers; with two directions, dual numbers of dual numbers."""

    def one(x: float, slopes: Sequence[Any]) -> Dual:
        if len(slopes) == 1:
            return Dual(x, slopes[0])
        return Dual(Dual(x, slopes[0]), Dual(slopes[1], 0.0))

    def leaf(x: Any, *slopes: Any) -> Any:
        if not is_float(x):
            return x.copy() if isinstance(x, np.ndarray) else x
        if not isinstance(x, np.ndarray):
            return one(float(x), [float(s) for s in slopes])
        out = np.empty(x.shape, object)
        for k in np.ndindex(x.shape):
            out[k] = one(float(x[k]), [float(s[k]) for s in slopes])
        return out.view(DualArray)

    return map_leaves(leaf, args, *directions)


def part(x: Any, *path: str) -> Any:
    """The numbers behind ``.value`` and ``.slope`` of a leaf, as floats; constants have slope 0."""

    def one(v: Any) -> float:
        for name in path:
            v = getattr(v, name) if isinstance(v, Dual) else (v if name == "value" else 0.0)
        return v.primal() if isinstance(v, Dual) else float(v)

    if isinstance(x, np.ndarray):
        return np.array([one(v) for v in x.flat]).reshape(x.shape)
    return one(x)


def lifted_function(f: FunctionType) -> FunctionType:
    """``f``, and the functions of its module, with ``np`` and ``math`` that take dual numbers."""
    space = dict(f.__globals__)
    for name, g in f.__globals__.items():
        if isinstance(g, FunctionType) and g.__globals__ is f.__globals__:
            space[name] = _moved(g, space)
        elif g is np or g is math:
            space[name] = Lifted(g)
    return _moved(f, space)


def _moved(f: FunctionType, space: dict[str, Any]) -> FunctionType:
    made = FunctionType(f.__code__, space, f.__name__, f.__defaults__, f.__closure__)
    made.__kwdefaults__ = f.__kwdefaults__
    return made
