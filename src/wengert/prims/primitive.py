"""The record of one primitive, and the carrier through which rules are written once for every algebra.

A rule is a Python function over *carriers*.  A carrier is a NumPy number or array (then the rule computes),
or an object of an algebra, a subclass of `Carrier` (then the rule builds, records or prints).  Calling a
primitive finds the algebra.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from ..ir.types import Type

Rule = Callable[..., Any]


_NO_RULES: Mapping[str, Rule] = MappingProxyType({})


class InferError(TypeError):
    """Operands that an operation does not take.  Internal: capture reports it with the user's line."""


@dataclass(frozen=True, eq=False, slots=True)
class Primitive:
    """What one operation means.

    ``infer(types, attrs)`` gives the result types.  ``evaluate(*values, **attrs)`` computes with NumPy.
    ``kind`` is ``elementwise``, ``reduction``, ``product``, ``memory``, ``view``, ``control``, ``record`` or
    ``constant``.

    ``partials`` (elementwise): one for each operand, a number or ``rule(y, *x, **attrs)``; ``None`` where
    there is no derivative.  ``jvp(xs, dxs, y, **attrs)`` gives the tangent of the result, with ``None`` for
    absent tangents; ``vjp(y_bar, y, *xs, **attrs)`` gives a cotangent (or ``None``) for each operand, not yet
    summed to its shape.

    ``linear`` is ``jointly`` when the result is linear in the differentiable operands together (a sum), and
    ``each`` when it is in every one of them apart (a product).  ``composite(*xs, **attrs)`` is the same
    operation in terms of others, for algebras in which it has no rule.  ``shape`` gives shape and dtype of
    the result of a user's operation, ``rules`` its meaning in algebras, by name; ``batch(axes, *xs)`` is the
    operation for many examples, which are along these axes of the operands and along the first of the result.

    ``reads`` and ``writes`` are the operand positions whose *memory* is read and written; ``aliases`` the
    operand the result may share memory with; ``fresh`` says that the result is a newly allocated array.
    """

    name: str
    kind: str
    infer: Callable[[Sequence[Type], Mapping[str, Any]], tuple[Type, ...]]
    evaluate: Callable[..., Any] | None = None
    partials: tuple[Any, ...] | None = None
    jvp: Rule | None = None
    vjp: Rule | None = None
    linear: str = ""
    composite: Rule | None = None
    shape: Callable[..., Any] | None = None
    rules: Mapping[str, Rule] = field(default_factory=lambda: _NO_RULES)
    batch: Rule | None = None
    reads: tuple[int, ...] = ()
    writes: tuple[int, ...] = ()
    aliases: int | None = None
    fresh: bool = False
    raises: bool = False
    samples: Callable[[], Any] | None = None
    doc: str = ""

    def __call__(self, *args: Any, **attrs: Any) -> Any:
        owner: Carrier | None = None
        for a in args:
            if isinstance(a, Carrier) and (owner is None or a.level > owner.level):
                owner = a
        if owner is not None:
            return owner.apply(self, args, attrs)
        assert self.evaluate is not None, self.name
        out = self.evaluate(*args, **attrs)
        if type(out) is np.ndarray and self.aliases is None and not out.flags.c_contiguous:
            return out.copy(order="C")  # as in compiled code; NumPy keeps the order of transposed operands
        return out

    @property
    def pure(self) -> bool:
        """No effect on memory and no exception: may be removed, moved and repeated."""
        return not (self.writes or self.raises) and self.kind not in ("control", "record")


REGISTRY: dict[str, Primitive] = {}


def register(p: Primitive) -> Primitive:
    """Put a primitive in the registry; a name is registered once."""
    assert p.name not in REGISTRY, p.name
    REGISTRY[p.name] = p
    return p


def primitive(name: str) -> Primitive:
    """The primitive of that name."""
    return REGISTRY[name]


class Carrier:
    """A value of some algebra.  Subclasses say what applying a primitive to it means.

    Where operands belong to several algebras the one of the highest ``level`` applies: it holds the others.
    Operators, and NumPy's elementwise functions, are primitives.
    """

    __slots__ = ()
    __array_priority__ = 1000

    @property
    def level(self) -> int:
        """How many algebras are nested inside that of this value."""
        return 0

    def attempt(self, run: Callable[[], Any]) -> Any:
        """What ``run`` gives, or ``NotImplemented``, with nothing done, where it needs plain values."""
        return run()

    def __bool__(self) -> bool:
        raise TypeError("a value that is not known yet has no truth")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError("a value that is not known yet is no array")

    def __array_function__(self, func: Any, types: Any, args: Any, keywords: Any) -> Any:
        from .ufuncs import FUNCTIONS

        meaning = FUNCTIONS.get(func.__name__)
        return NotImplemented if meaning is None or keywords else meaning(*args)

    @property
    def T(self) -> Any:
        """The transpose."""
        from .ufuncs import FUNCTIONS

        return FUNCTIONS["transpose"](self)

    def __getitem__(self, index: Any) -> Any:
        """New axes and whole ones, which need no sizes."""
        from .ufuncs import whole_axes

        return whole_axes(self, index)

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        """What ``prim(*args, **attrs)`` gives; one of ``args`` is this value."""
        raise NotImplementedError

    def __array_ufunc__(self, ufunc: Any, method: str, *xs: Any, **keywords: Any) -> Any:
        from .ufuncs import apply_ufunc

        return apply_ufunc(ufunc, method, xs, keywords)

    def __add__(self, other: Any) -> Any:
        return REGISTRY["add"](self, other)

    def __radd__(self, other: Any) -> Any:
        return REGISTRY["add"](other, self)

    def __sub__(self, other: Any) -> Any:
        return REGISTRY["sub"](self, other)

    def __rsub__(self, other: Any) -> Any:
        return REGISTRY["sub"](other, self)

    def __mul__(self, other: Any) -> Any:
        return REGISTRY["mul"](self, other)

    def __rmul__(self, other: Any) -> Any:
        return REGISTRY["mul"](other, self)

    def __truediv__(self, other: Any) -> Any:
        return REGISTRY["div"](self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return REGISTRY["div"](other, self)

    def __floordiv__(self, other: Any) -> Any:
        return REGISTRY["floordiv"](self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return REGISTRY["floordiv"](other, self)

    def __mod__(self, other: Any) -> Any:
        return REGISTRY["mod"](self, other)

    def __rmod__(self, other: Any) -> Any:
        return REGISTRY["mod"](other, self)

    def __matmul__(self, other: Any) -> Any:
        return REGISTRY["matmul"](self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return REGISTRY["matmul"](other, self)

    def __neg__(self) -> Any:
        return REGISTRY["neg"](self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return REGISTRY["abs"](self)

    def __pow__(self, other: Any) -> Any:
        if isinstance(other, int):
            return REGISTRY["ipow"](self, n=other)
        return REGISTRY["pow"](self, other)

    def __rpow__(self, other: Any) -> Any:
        return REGISTRY["pow"](other, self)

    def __lt__(self, other: Any) -> Any:
        return REGISTRY["lt"](self, other)

    def __le__(self, other: Any) -> Any:
        return REGISTRY["le"](self, other)

    def __gt__(self, other: Any) -> Any:
        return REGISTRY["gt"](self, other)

    def __ge__(self, other: Any) -> Any:
        return REGISTRY["ge"](self, other)


def frozen(attrs: Mapping[str, Any]) -> Mapping[str, Any]:
    """A read-only copy."""
    return MappingProxyType(dict(attrs))
