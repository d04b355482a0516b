"""NumPy's elementwise functions on carriers: each is the primitive of the same meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .families import rank
from .primitive import REGISTRY, Carrier

UFUNCS: dict[str, str] = {
    "add": "add",
    "subtract": "sub",
    "multiply": "mul",
    "divide": "div",
    "floor_divide": "floordiv",
    "remainder": "mod",
    "fmod": "fmod",
    "negative": "neg",
    "absolute": "abs",
    "fabs": "abs",
    "sign": "sign",
    "power": "pow",
    "float_power": "pow",
    "maximum": "maximum",
    "minimum": "minimum",
    "fmax": "fmax",
    "fmin": "fmin",
    "less": "lt",
    "less_equal": "le",
    "greater": "gt",
    "greater_equal": "ge",
    "equal": "eq",
    "not_equal": "ne",
    "isnan": "isnan",
    "isinf": "isinf",
    "isfinite": "isfinite",
    "logical_and": "and",
    "logical_or": "or",
    "logical_xor": "xor",
    "logical_not": "not",
    "left_shift": "shl",
    "right_shift": "shr",
    "bitwise_and": "bitand",
    "bitwise_or": "bitor",
    "bitwise_xor": "bitxor",
    "invert": "invert",
    "exp": "exp",
    "exp2": "exp2",
    "expm1": "expm1",
    "log": "log",
    "log2": "log2",
    "log10": "log10",
    "log1p": "log1p",
    "sqrt": "sqrt",
    "cbrt": "cbrt",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "hypot": "hypot",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "floor": "floor",
    "ceil": "ceil",
    "trunc": "trunc",
    "rint": "rint",
    "copysign": "copysign",
    "erf": "erf",
    "erfc": "erfc",
    "gammaln": "lgamma",
    "gamma": "tgamma",
    "psi": "digamma",
    "matmul": "matmul",
}
"""The primitive for a ufunc of NumPy or SciPy, by name."""

_COMPOSITE: dict[str, Any] = {
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "positive": lambda x: x,
    "deg2rad": lambda x: x * (np.pi / 180),
    "radians": lambda x: x * (np.pi / 180),
    "rad2deg": lambda x: x * (180 / np.pi),
    "degrees": lambda x: x * (180 / np.pi),
    "logaddexp": lambda a, b: _log_add_exp(a, b),
}


def _log_add_exp(a: Any, b: Any) -> Any:
    """See the composite of that name: equal operands are no kink."""
    select, d = REGISTRY["select"], b - a
    up = d > 0
    from_a = a + REGISTRY["log1p"](REGISTRY["exp"](select(up, 0.0, d)))
    from_b = b + REGISTRY["log1p"](REGISTRY["exp"](select(up, -d, 0.0)))
    return select(up, from_b, from_a)


def _special(name: str) -> Any:
    """The elementwise primitive that has the name of the function."""
    found = REGISTRY.get(name)
    return found if found is not None and found.kind == "elementwise" else None


_REDUCE = {"add": "sum", "multiply": "prod", "maximum": "amax", "minimum": "amin"}


def apply_ufunc(ufunc: Any, method: str, xs: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """A ufunc of which an operand is a carrier; ``NotImplemented`` for what has no primitive."""
    name = str(ufunc.__name__)
    xs = [lifted(x) for x in xs]
    if method == "reduce" and name in _REDUCE:
        axis, rest = keywords.get("axis", 0), {k for k, v in keywords.items() if v is not None}
        if rest - {"axis", "keepdims"}:
            return NotImplemented
        axes = (axis,) if isinstance(axis, int) else axis
        return REGISTRY[_REDUCE[name]](xs[0], axes=axes, keepdims=bool(keywords.get("keepdims")))
    out = keywords.get("out")
    if method != "__call__" or (keywords and not (set(keywords) == {"out"} and isinstance(out, tuple))):
        return NotImplemented
    if name == "power" and isinstance(xs[1], int):
        result = xs[0] ** xs[1]
    elif name in UFUNCS:
        result = REGISTRY[UFUNCS[name]](*xs)
    elif name in _COMPOSITE:
        result = _COMPOSITE[name](*xs)
    elif _special(name) is not None:
        result = _special(name)(*xs)
    else:
        return NotImplemented
    if out is None:
        return result
    if not isinstance(out[0], Carrier):
        return NotImplemented  # the number behind a carrier cannot be stored in an array of numbers
    REGISTRY["assign"](out[0], result)
    return out[0]


def lifted(x: Any) -> Any:
    """An array of objects that holds a carrier (``np.array([x, 1.0])``) is refused where it would mix."""
    return x[()] if isinstance(x, np.ndarray) and x.ndim == 0 else x


def _transpose(x: Any) -> Any:
    n = rank(x)
    return x if n < 2 else REGISTRY["transpose"](x, perm=tuple(reversed(range(n))))


def _sum(x: Any, axis: Any = None) -> Any:
    axes = axis if axis is None or isinstance(axis, tuple) else (axis,)
    return REGISTRY["sum"](x, axes=axes, keepdims=False) if rank(x) else x


def _dot(a: Any, b: Any) -> Any:
    return a * b if rank(a) == 0 or rank(b) == 0 else REGISTRY["matmul"](a, b)


def _outer(a: Any, b: Any) -> Any:
    if rank(a) != 1 or rank(b) != 1:
        raise TypeError("an outer product of vectors only")
    return REGISTRY["view"](a, spec=":+") * REGISTRY["view"](b, spec="+:")


def whole_axes(x: Any, index: Any) -> Any:
    """``x[:, None]`` and the like."""
    items = index if isinstance(index, tuple) else (index,)
    if not all(i is None or (isinstance(i, slice) and i == slice(None)) for i in items):
        raise TypeError("this index needs sizes that are not known yet")
    spec = "".join("+" if i is None else ":" for i in items)
    return REGISTRY["view"](x, spec=spec + ":" * (rank(x) - spec.count(":")))


FUNCTIONS: dict[str, Any] = {
    "transpose": _transpose,
    "sum": _sum,
    "dot": _dot,
    "outer": _outer,
    "where": lambda c, a, b: REGISTRY["select"](c, a, b),
}
"""Functions that need no sizes, so that rules may call them whatever their operands are."""

__all__ = ["UFUNCS", "apply_ufunc"]
