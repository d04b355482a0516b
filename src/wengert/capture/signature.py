"""What one specialisation serves: the types of arguments, and a key that tells them apart.

This is all that a call of something compiled before needs to know of capture.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ir.dtypes import BY_DTYPE
from ..ir.types import BOOL, C128, F64, I64, Array, Scalar, Type

_PYTHON_TYPES: dict[type, Scalar] = {bool: BOOL, int: I64, float: F64, complex: C128}


def supported_leaf(x: Any) -> bool:
    """Whether a number or an array has a type of ours."""
    if isinstance(x, np.ndarray):
        return type(x) is np.ndarray and x.dtype.newbyteorder("=") in BY_DTYPE
    if isinstance(x, np.generic):
        return x.dtype in BY_DTYPE
    return type(x) in _PYTHON_TYPES and not (type(x) is int and not -(2**63) <= x < 2**63)


def leaf_type(x: Any) -> Type:
    """The IR type of a supported number or array."""
    if isinstance(x, np.ndarray):
        axes = "".join("1" if n == 1 else "n" for n in x.shape)
        return Array(BY_DTYPE[x.dtype.newbyteorder("=")], axes, "C" if x.flags.c_contiguous else "S")
    if isinstance(x, np.generic):
        return BY_DTYPE[x.dtype]
    return _PYTHON_TYPES[type(x)]


def instance_fields(x: Any) -> tuple[str, ...] | None:
    """The attributes of an instance of a class written in Python; ``None`` for other objects."""
    if hasattr(type(x), "__dataclass_fields__"):
        from dataclasses import fields  # who has a dataclass has this, others need not wait for it

        return tuple(f.name for f in fields(x))
    if isinstance(x, (type, types.FunctionType, types.ModuleType, types.MethodType)):
        return None
    own = getattr(x, "__dict__", None)
    ours = type(x).__flags__ & (1 << 9) or type(x) is types.SimpleNamespace  # defined by a class statement
    if isinstance(own, dict) and ours:
        return tuple(own)
    return None


def is_library(x: Any) -> bool:
    """Whether an object holds the functions of a library of C, of `ctypes` or of cffi."""
    return any((c.__module__, c.__name__) == ("ctypes", "CDLL") for c in type(x).__mro__) or (
        type(x).__module__ == "cffi.api"
    )


def is_big(x: Any) -> bool:
    """Whether an integer of Python is so large that arithmetic with it may leave 64 bits."""
    return type(x) is int and not -(2**31) <= x < 2**31


def is_static(x: Any) -> bool:
    """Whether an argument is a constant of the specialisation."""
    if x is None or isinstance(x, (str, bytes, type, np.dtype, types.ModuleType, np.ufunc, slice)):
        return True
    return x is Ellipsis or callable(x)


SHORT = 64
"""Lists of more numbers are never taken apart."""


def list_type(x: Any) -> tuple[type, tuple[int, ...]] | None:
    """The class of the numbers in a list, or in lists of one length, and how many there are along each axis;
    None for any other list.  Integers among floats are floats.
    """
    shape: list[int] = []
    level: list[Any] = [x]
    while level and all(type(c) is list for c in level):
        sizes = {len(c) for c in level}
        if len(sizes) > 1:
            return None
        shape.append(sizes.pop())
        level = [item for c in level for item in c]
    classes = {type(c) for c in level}
    if classes == {int, float}:
        classes = {float}
    if len(classes) != 1 or any(is_big(c) for c in level):
        return None
    (cls,) = classes
    plain = cls in _PYTHON_TYPES or (issubclass(cls, np.generic) and np.dtype(cls) in BY_DTYPE)
    return (cls, tuple(shape)) if plain and shape else None


def is_long(x: list[Any]) -> bool:
    """Whether a list may hold more than a few numbers."""
    return len(x) > SHORT or (len(x) > 1 and type(x[0]) is list and len(x) * len(x[0]) > SHORT)


def parameters_of(f: Any) -> inspect.Signature:
    """The parameters of a callable; a function that wraps another is what it is.

    Raises `TypeError` or `ValueError` where they cannot be told.
    """
    return inspect.signature(f, follow_wrapped=not isinstance(f, types.FunctionType))


def signature_of(args: Sequence[Any]) -> tuple[Any, ...]:
    """A key that is equal for arguments that one specialisation serves: cheap, and hashable."""
    return tuple([_key(x) for x in args])


def _key(x: Any) -> Any:
    cls = type(x)
    if cls is np.ndarray:
        flags = x.flags.c_contiguous
        shape = x.shape
        ones = tuple([n == 1 for n in shape]) if 1 in shape else len(shape)
        return x.dtype.char, ones, flags
    if cls in _PYTHON_TYPES:
        return (cls, "big") if is_big(x) else cls
    if isinstance(x, np.generic):
        return cls
    if cls is list and is_long(x) and (found := list_type(x)) is not None:
        return (list, found[0], tuple([n == 1 for n in found[1]]))
    if isinstance(x, (tuple, list)):
        return (cls, *[_key(c) for c in x])
    if isinstance(x, dict):
        return (cls, tuple(x), *[_key(c) for c in x.values()])
    if is_static(x) and instance_fields(x) in (None, ()):
        return ("is", _hashable(x))
    names = instance_fields(x)
    if names is None:
        return (cls, id(x))
    return (cls, names, *[_key(getattr(x, n)) for n in names])


def _hashable(x: Any) -> Any:
    try:
        hash(x)
    except TypeError:
        return id(x)
    return x
