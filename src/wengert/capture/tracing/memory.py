"""Functions of NumPy that make arrays: while a function is traced, floats are put into memory of the tape.

Only there may values of the tape be stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from ...algebra import arrays
from ...algebra.base import Algebra, Traced, shape_of


def _own(tape: Algebra, x: Any) -> Any:
    """An array, in memory of the tape where it can vary."""
    return tape.lift(x) if isinstance(x, np.ndarray) and x.dtype.kind in "fc" else x


def plain_kinds(xs: Iterable[Any]) -> list[Any]:
    """``float`` and ``int`` in place of what stands for them."""
    return [getattr(x, "stands_for", x) if isinstance(x, type) else x for x in xs]


def _made(make: Callable[..., Any], tape: Algebra, *args: Any, **keywords: Any) -> Any:
    """What a function of NumPy makes of shapes and plain numbers."""
    keywords = dict(zip(keywords, plain_kinds(keywords.values()), strict=True))
    return _own(tape, make(*plain_kinds(args), **keywords))


def _full(tape: Algebra, shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    if not isinstance(fill_value, Traced):
        return _made(np.full, tape, shape, fill_value, dtype)
    out = tape.lift(np.zeros(shape, fill_value.dtype if dtype is None else plain_kinds([dtype])[0]))
    arrays.setitem(out, Ellipsis, fill_value)
    return out


def traced(x: Any) -> bool:
    """Whether there are values of a tape in ``x``."""
    return isinstance(x, Traced) or (isinstance(x, (list, tuple)) and any(map(traced, x)))


def _array(tape: Algebra, x: Any, dtype: Any = None, copy: Any = True, **others: Any) -> Any:
    """``np.array``: of nested sequences, stacked."""
    dtype = plain_kinds([dtype])[0]
    if not traced(x):
        return _own(tape, np.array(x, dtype, **others))
    if not isinstance(x, Traced):
        parts = [_array(tape, part) for part in x]
        shapes = {shape_of(part) for part in parts}
        if len(shapes) > 1:
            raise ValueError("setting an array element with a sequence: the shapes of the parts differ")
        out = arrays.stack(parts)
    else:
        out = arrays.copy(x) if copy else x
        if not shape_of(out):
            return out
    return out if dtype is None else arrays.astype(out, dtype)


def _asarray(tape: Algebra, x: Any, dtype: Any = None, **others: Any) -> Any:
    if isinstance(x, np.ndarray) and dtype is None:
        return x
    return _array(tape, x, dtype, copy=False, **others)


_MAKE = (
    np.zeros, np.ones, np.empty, np.eye, np.identity, np.zeros_like, np.ones_like, np.empty_like,
    np.full_like, np.copy, np.diag, np.arange, np.linspace,
)  # fmt: skip

ALWAYS: dict[Any, Callable[..., Any]] = {
    np.full: _full, np.array: _array, np.asarray: _asarray, np.ascontiguousarray: _asarray,
}  # fmt: skip
"""Makers that take values of the tape as well."""

MAKERS: dict[Any, Callable[..., Any]] = {**{f: partial(_made, f) for f in _MAKE}, **ALWAYS}
"""For functions of NumPy, what makes the same on a tape, which is the first argument."""
