"""Numbers of the tape where Python's built-in types and `math` are asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ...algebra.base import Traced, shape_of
from ...algebra.numpy_api import known
from ...ir.dtypes import BY_DTYPE
from ...ir.types import F64
from ...prims.primitive import REGISTRY
from .classes import real_class
from .memory import traced


def plain(x: Any) -> Any:
    """A value without the tape."""
    while isinstance(x, Traced):
        x = x.value  # type: ignore[attr-defined]
    return x


def of_math(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function of `math`, with the exceptions that it raises."""
    name = {"pow": "pow", "fabs": "abs", "gamma": "tgamma"}.get(f.__name__, f.__name__)

    @wraps(f)
    def call(*args: Any) -> Any:
        if not traced(args):
            return f(*args)
        if not all(isinstance(a, (Traced, int, float)) for a in args):
            return known(f, None, args, {})
        value = f(*map(plain, args))
        if isinstance(value, (bool, int)):
            return value
        if name in ("degrees", "radians"):
            return args[0] * (180.0 / math.pi if name == "degrees" else math.pi / 180.0)
        if name == "log" and len(args) == 2:
            return REGISTRY["log"](args[0]) / REGISTRY["log"](args[1])
        prim = REGISTRY.get(name)
        if prim is None or len(prim.partials or ()) != len(args):
            return known(f, None, args, {})
        out = prim(*args)
        next(a for a in args if isinstance(a, Traced)).algebra.made_by(out, python=True)
        return out

    return call


def _number(x: Any) -> bool:
    return isinstance(x, Traced) and not shape_of(x)


class _Kind(type):
    """The type of the stand-ins for `float`, `int` and `complex`: they are called and asked as these are."""

    stands_for: type

    def __call__(cls, *args: Any, **keywords: Any) -> Any:
        if len(args) == 1 and _number(args[0]):
            return cls.of(args[0])  # type: ignore[attr-defined]
        if traced((*args, *keywords.values())):
            return known(cls.stands_for, None, args, keywords)
        return cls.stands_for(*args, **keywords)

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, cls.stands_for) or (_number(x) and isinstance(plain(x), cls.stands_for))

    def __subclasscheck__(cls, c: type) -> bool:
        return issubclass(c, cls.stands_for)

    def __eq__(cls, other: object) -> bool:
        return other is cls.stands_for or other is cls

    def __hash__(cls) -> int:
        return hash(cls.stands_for)


class Float(float, metaclass=_Kind):
    """`float`, which keeps numbers of the tape."""

    stands_for = float

    @staticmethod
    def of(x: Any) -> Any:
        return x if x.dtype == np.float64 else REGISTRY["cast"](x, to=F64)


class Int(int, metaclass=_Kind):
    """`int`: whole numbers have no derivative, as in compiled code."""

    stands_for = int

    @staticmethod
    def of(x: Any) -> int:
        return int(plain(x))


class Complex(complex, metaclass=_Kind):
    """`complex`, of one number or two of the tape."""

    stands_for = complex

    @staticmethod
    def of(x: Any) -> Any:
        return known(complex, None, (x,), {})


def _numpy_kind(kind: Any) -> Any:
    """A scalar type of NumPy, which keeps numbers of the tape; integers have no derivative."""

    def of(x: Any) -> Any:
        if issubclass(kind, np.integer):
            return kind(plain(x))
        y = REGISTRY["cast"](x, to=BY_DTYPE[np.dtype(kind)])
        y.algebra.made_by(y, python=False)
        return y

    return _Kind(kind.__name__, (kind,), {"stands_for": kind, "of": staticmethod(of)})


def _isinstance(x: Any, kinds: Any) -> bool:
    """`isinstance`: numbers of the tape are what they stand for, its arrays are arrays."""
    many = kinds if isinstance(kinds, tuple) else (kinds,)
    like = plain(x)
    return any(isinstance(like, k.stands_for if isinstance(k, _Kind) else real_class(k)) for k in many)


_KINDS = (np.float64, np.float32, np.complex128, np.complex64, np.int64, np.int32)
BUILTINS: dict[Any, Any] = {
    float: Float, int: Int, complex: Complex, isinstance: _isinstance, **{k: _numpy_kind(k) for k in _KINDS},
}  # fmt: skip
"""Built-in names that mean something else on a tape."""
