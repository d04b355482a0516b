"""What primitives of one family share: type inference for broadcasting, and the makers of their records.

A rule is written over carriers, so that it computes, builds IR or prints; the helpers keep it to one line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..ir.dtypes import BY_DTYPE, NUMPY
from ..ir.types import BOOL, C64, C128, F32, F64, F64X8, I32, I64, U8, Array, Scalar, Type, dtype_of
from .primitive import REGISTRY, InferError, Primitive, Rule, register

Attrs = Mapping[str, Any]
Infer = Callable[[Sequence[Type], Attrs], tuple[Type, ...]]

ACCEPTS: dict[str, frozenset[Scalar]] = {
    "any": frozenset((F64, F32, I64, I32, U8, BOOL, C128, C64, F64X8)),
    "number": frozenset((F64, F32, I64, I32, U8, C128, C64, F64X8)),
    "real": frozenset((F64, F32, I64, I32, U8)),
    "ordered": frozenset((F64, F32, I64, I32, U8, BOOL)),
    "inexact": frozenset((F64, F32, C128, C64)),
    "float": frozenset((F64, F32)),
    "complex": frozenset((C128, C64)),
    "int": frozenset((I64, I32, U8)),
    "bits": frozenset((I64, I32, U8, BOOL)),
    "bool": frozenset((BOOL,)),
}
"""Families of element types, by the name that error messages use."""


def numpy_dtype(t: Type) -> np.dtype[Any]:
    """The NumPy dtype of the elements of ``t``."""
    return NUMPY[dtype_of(t).name]


def scalar_of(x: Any) -> Scalar:
    """The element type of a carrier or of a NumPy value, for rules that depend on it."""
    dtype = getattr(x, "dtype", None)
    if isinstance(dtype, Scalar):
        return dtype
    if isinstance(dtype, np.dtype):
        return BY_DTYPE[dtype]
    return BY_DTYPE[np.asarray(x).dtype]


def real_of(t: Scalar) -> Scalar:
    """The type of the real part."""
    return {"c128": F64, "c64": F32}.get(t.name, t)


def broadcast_axes(shapes: Sequence[str]) -> str:
    """The axes of the broadcast of arrays with these; an ``n`` may be one long at run time and broadcasts
    too.

    >>> broadcast_axes(["n1", "n"])
    'nn'
    """
    rank = max(map(len, shapes), default=0)
    columns = zip(*("1" * (rank - len(s)) + s for s in shapes), strict=True)
    return "".join("1" if set(column) == {"1"} else "n" for column in columns)


def like(types: Sequence[Type], dtype: Scalar) -> Type:
    """The type of an elementwise result: a scalar, or a fresh array of the broadcast shape."""
    shapes = [t.axes for t in types if isinstance(t, Array)]
    return Array(dtype, broadcast_axes(shapes)) if shapes else dtype


def expect(name: str, types: Sequence[Type], count: int) -> None:
    """Refuse another number of operands."""
    if len(types) != count:
        raise InferError(f"{name} takes {count} operands, not {len(types)}")


def one_dtype(name: str, types: Sequence[Type], accepts: str) -> Scalar:
    """The dtype that all operands share, which must belong to the family ``accepts``."""
    found = {dtype_of(t) for t in types}
    if any(not isinstance(t, (Scalar, Array)) for t in types) or len(found) != 1:
        raise InferError(f"{name} takes operands of one dtype, not {', '.join(map(str, types))}")
    (dtype,) = found
    if dtype not in ACCEPTS[accepts]:
        raise InferError(f"{name} does not take {dtype} ({accepts} only)")
    return dtype


def expect_array(name: str, t: Type) -> Array:
    """The operand's type, when it is an array."""
    if not isinstance(t, Array):
        raise InferError(f"{name} takes an array, not {t}")
    return t


def elementwise(
    name: str,
    fn: Callable[..., Any],
    *,
    arity: int | None = None,
    accepts: str = "number",
    result: Callable[[Scalar], Scalar] | None = None,
    infer: Infer | None = None,
    partials: Sequence[Any] | None = None,
    jvp: Rule | None = None,
    vjp: Rule | None = None,
    linear: str = "",
    samples: Callable[[], Any] | None = None,
    doc: str = "",
) -> Primitive:
    """Make and register an elementwise primitive.

    ``fn`` computes with NumPy.  ``accepts`` names a family of `ACCEPTS`; ``result`` maps the operands' dtype
    to the result's (the same, unless given).  ``partials``: see `Primitive`.
    """
    count = arity or (len(partials) if partials is not None else int(getattr(fn, "nin", 1)))

    def infer_types(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
        expect(name, types, count)
        dtype = one_dtype(name, types, accepts)
        return (like(types, result(dtype) if result else dtype),)

    def evaluate(*xs: Any, **attrs: Any) -> Any:
        with np.errstate(all="ignore"):
            return fn(*xs, **attrs)

    return register(
        Primitive(
            name,
            "elementwise",
            infer or infer_types,
            evaluate,
            partials=tuple(partials) if partials is not None else None,
            jvp=jvp,
            vjp=vjp,
            linear=linear,
            reads=tuple(range(count)),
            fresh=True,
            samples=samples,
            doc=doc,
        )
    )


def p(name: str) -> Rule:
    """The primitive of that name as a function, looked up when called (rules may refer to later ones)."""
    return lambda *xs, **attrs: REGISTRY[name](*xs, **attrs)


def rank(x: Any) -> int:
    """The number of axes of a carrier or of a NumPy value."""
    found = getattr(x, "ndim", None)
    return int(found) if found is not None else int(np.ndim(x))


def reduced(shape: Sequence[int], axes: Sequence[int] | None, keepdims: bool) -> tuple[int, ...]:
    """The shape that a reduction over ``axes`` (``None``: all) leaves.

    >>> reduced((2, 3), (0,), True)
    (1, 3)
    """
    n = len(shape)
    gone = set(range(n)) if axes is None else {k % n for k in axes}
    if keepdims:
        return tuple(1 if k in gone else m for k, m in enumerate(shape))
    return tuple(m for k, m in enumerate(shape) if k not in gone)


def where(c: Any, a: Any, b: Any) -> Any:
    """``select`` on carriers."""
    return REGISTRY["select"](c, a, b)


def added(*parts: Any) -> Any:
    """The sum of the tangents that are there; ``None`` when none is."""
    total: Any = None
    for part in parts:
        if part is not None:
            total = part if total is None else total + part
    return total


def reals() -> list[float]:
    """Samples for functions that are smooth on the whole line."""
    return [-2.3, -0.7, -1e-3, 0.4, 1.9, 3.1]


def positives() -> list[float]:
    """Samples for functions of positive numbers."""
    return [1e-3, 0.3, 1.7, 4.2]


def unit() -> list[float]:
    """Samples inside (-1, 1)."""
    return [-0.9, -0.3, 1e-3, 0.6]


def above_one() -> list[float]:
    """Samples above 1."""
    return [1.01, 1.7, 5.0]
