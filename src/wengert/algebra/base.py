"""The protocol of an algebra, and the values that carry one through ordinary Python.

An algebra gives every primitive of `wengert.prims` a meaning.  Its values, *carriers*, wrap values of the
algebra below (``base``; the lowest computes with NumPy), so algebras nest: ``Graph(Interval())`` is a tape of
intervals.  To write one, subclass `Algebra` and `Traced`, and say what ``apply`` does.

>>> from wengert.algebra.dual import Dual
>>> d = Dual()
>>> x = d.variable(3.0, 1.0)
>>> float((x * x).tangent)
6.0
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import GetSetDescriptorType, MethodDescriptorType
from typing import Any, NoReturn

import numpy as np

from ..diag import Span
from ..ir.types import Scalar
from ..prims.families import numpy_dtype, scalar_of
from ..prims.primitive import REGISTRY, Carrier, Primitive
from .operations import Operations
from .specs import Called, Spec, axes_of, inexact, is_array, shape_of
from .where import refuse


class Algebra(Operations):
    """What the primitives mean.  ``base`` is the algebra inside, ``None`` for the lowest."""

    name = "an algebra"
    base: Algebra | None = None
    span: Span | None = None

    @property
    def level(self) -> int:
        """How many algebras are nested inside."""
        return 0 if self.base is None else self.base.level + 1

    def lift(self, x: Any) -> Any:
        """A constant of this algebra: a carrier, or ``x`` itself where constants need none."""
        return x

    def variable(self, x: Any) -> Any:
        """An input."""
        return self.lift(x)

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        """The meaning of ``prim(*args, **attrs)``.  Raises `RuleError` (R0403) where there is none."""
        raise NotImplementedError

    def known(self, x: Any) -> bool | None:
        """Whether a condition holds; ``None`` when the algebra cannot tell."""
        return None if isinstance(x, Carrier) else bool(x)

    def decide(self, x: Any) -> bool:
        """Whether a condition holds.  Raises `UndecidedError` (R0402) when the algebra cannot tell."""
        found = self.known(x)
        if found is None:
            self.undecided("the condition")
        return found

    def join(self, a: Any, b: Any) -> Any:
        """A value that is ``a`` or ``b``, for algebras that go both ways where they cannot tell;
        ``NotImplemented`` by the others."""
        return NotImplemented

    def integer(self, x: Any) -> int:
        """A number of times, or an index.  Raises `UndecidedError` as `decide` does."""
        if isinstance(x, Carrier):
            self.undecided("a number of times, or an index,")
        return int(x)

    def result(self, x: Any) -> Any:
        """What the caller of a function that ran under this algebra is given for a value of it."""
        return x

    def given(self, x: Any) -> Any:
        """What the caller of a function that runs under this algebra may pass: the opposite of `result`."""
        return x

    def made_by(self, y: Any, python: bool) -> None:
        """Take note that ``y`` is what Python's `math`, or else NumPy, gave."""

    def custom(self, called: Called, args: Sequence[Any]) -> Any:
        """A call of a function with derivatives of its own; ``NotImplemented`` to run it as it is."""
        return NotImplemented

    # refusals

    def undecided(self, what: str) -> NoReturn:
        """Refuse to decide."""
        refuse(
            "R0402",
            f"{self.name} cannot tell {what} that the program needs here",
            "write the choice with `np.where`, `np.maximum` or `abs`",
            span=self.span,
        )

    def no_rule(self, prim: Primitive, why: str = "") -> NoReturn:
        """Refuse an operation."""
        refuse("R0403", f"`{prim.name}` has no meaning in {self.name}{why}", span=self.span)

    def make(self, name: str, *args: Any, **attrs: Any) -> Any:
        """Apply the primitive ``name`` in this algebra, whatever its operands are."""
        return self.apply(REGISTRY[name], args, attrs)

    def empty(self, shape: Sequence[int], dtype: Scalar, fill: str = "zero") -> Any:
        """New memory."""
        dims = [np.int64(n) for n in shape]
        return self.make("alloc", *dims, dtype=dtype, axes=axes_of(shape), fill=fill)


def below(algebra: Algebra, name: str, *args: Any, **attrs: Any) -> Any:
    """Apply a primitive in the algebra inside ``algebra``."""
    prim = REGISTRY[name]
    if algebra.base is not None:
        return algebra.base.apply(prim, args, attrs)
    return prim(*args, **attrs)


_OF_REAL = frozenset({"sign", "maximum", "minimum", "fmax", "fmin"})
"""Primitives whose rules are those of real numbers."""


class Traced(Carrier):
    """A carrier that behaves as a number or an array of NumPy in the user's code.

    Subclasses say what its ``shape`` and ``dtype`` are.  What would need the number itself is refused.
    """

    __slots__ = ("algebra",)
    algebra: Any

    @property
    def level(self) -> int:
        return self.algebra.level

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        algebra = self.algebra
        if any(type(a) is list or type(a) is tuple for a in args):
            args = [np.asarray(a) if isinstance(a, (list, tuple)) else a for a in args]
        if prim.name == "matmul" and any(len(shape_of(a)) > 2 for a in args):
            from .numpy_api import known

            return known(np.matmul, None, args, {})
        if prim.name in _OF_REAL and any(scalar_of(a).is_complex for a in args):
            refuse("R0403", f"`{prim.name}` of complex numbers is not among the primitives")
        for a in args:
            if isinstance(a, Traced) and a.algebra is not algebra and a.level == algebra.level:
                refuse("U0611", f"`{prim.name}` of values of two algebras ({algebra.name}, {a.algebra.name})")
        return algebra.apply(prim, args, attrs)

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the axes; ``()`` for a number."""
        raise NotImplementedError

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the elements."""
        raise NotImplementedError

    @property
    def contiguous(self) -> bool:
        """Whether the elements lie one after another in memory."""
        return True

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        out = 1
        for n in self.shape:
            out *= n
        return out

    @property
    def T(self) -> Any:
        """The transpose."""
        from . import arrays

        return arrays.transpose(self)

    def __array_function__(self, func: Any, types: Any, args: Any, keywords: Any) -> Any:
        from .numpy_api import call

        out = call(func, args, keywords)
        self.algebra.made_by(out, python=False)
        return out

    def __getitem__(self, index: Any) -> Any:
        from . import arrays

        return arrays.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        from . import arrays

        arrays.setitem(self, index, value)

    def __getattr__(self, name: str) -> Any:
        from .numpy_api import METHODS, known

        member = getattr(np.ndarray, name, None)
        if name in METHODS:
            return lambda *args, **keywords: known(member, METHODS[name], (self, *args), keywords)
        if isinstance(member, MethodDescriptorType):
            return lambda *args, **keywords: known(member, None, (self, *args), keywords)
        if name == "flat" and self.contiguous:
            return METHODS["reshape"](self, -1)
        if isinstance(member, GetSetDescriptorType) and not name.startswith("_"):
            return known(member, None, (self,), {})
        raise AttributeError(f"a value of {self.algebra.name} has no attribute {name!r}")

    def __array_ufunc__(self, ufunc: Any, method: str, *xs: Any, **keywords: Any) -> Any:
        from .numpy_api import known

        found = super().__array_ufunc__(ufunc, method, *xs, **keywords)
        if found is not NotImplemented:
            self.algebra.made_by(found, python=False)
            return found
        out = keywords.get("out")
        if isinstance(out, tuple) and len(out) == 1:
            keywords["out"] = out[0]
        return known(ufunc if method == "__call__" else getattr(ufunc, method), None, xs, keywords)

    def __iadd__(self, other: Any) -> Any:
        return self._in_place(self + other) if self.shape else NotImplemented

    def __isub__(self, other: Any) -> Any:
        return self._in_place(self - other) if self.shape else NotImplemented

    def __imul__(self, other: Any) -> Any:
        return self._in_place(self * other) if self.shape else NotImplemented

    def __itruediv__(self, other: Any) -> Any:
        return self._in_place(self / other) if self.shape else NotImplemented

    def __ipow__(self, other: Any) -> Any:
        return self._in_place(self**other) if self.shape else NotImplemented

    def _in_place(self, new: Any) -> Any:
        """Arrays are memory: what another name sees changes too."""
        if not np.can_cast(new.dtype, self.dtype, "same_kind"):
            raise TypeError(f"the result is {new.dtype} and cannot be stored in an array of {self.dtype}")
        if shape_of(new) != self.shape:
            raise ValueError(f"an array of shape {self.shape} cannot hold the result, of {shape_of(new)}")
        self[...] = new
        return self

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a number")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a number")
        return (self[k] for k in range(self.shape[0]))

    def __eq__(self, other: Any) -> Any:
        return REGISTRY["eq"](self, other)

    def __ne__(self, other: Any) -> Any:
        return REGISTRY["ne"](self, other)

    __hash__ = object.__hash__

    def __and__(self, other: Any) -> Any:
        return REGISTRY["and" if self.dtype == bool else "bitand"](self, other)

    def __or__(self, other: Any) -> Any:
        return REGISTRY["or" if self.dtype == bool else "bitor"](self, other)

    def __xor__(self, other: Any) -> Any:
        return REGISTRY["xor" if self.dtype == bool else "bitxor"](self, other)

    def __invert__(self) -> Any:
        return REGISTRY["not" if self.dtype == bool else "invert"](self)

    def __bool__(self) -> bool:
        return self.algebra.decide(REGISTRY["ne"](self, 0) if self.dtype != bool else self)

    def __index__(self) -> int:
        return self.algebra.integer(self)

    def __round__(self, digits: int | None = None) -> Any:
        from .numpy_api import known

        return known(round, None, (self,) if digits is None else (self, digits), {})

    def __divmod__(self, other: Any) -> Any:
        return REGISTRY["floordiv"](self, other), REGISTRY["mod"](self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return REGISTRY["floordiv"](other, self), REGISTRY["mod"](other, self)

    def __float__(self) -> float:
        self._number("float(x)")

    def __int__(self) -> int:
        self._number("int(x)")

    def __complex__(self) -> complex:
        self._number("complex(x)")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self._number("an array of numbers")

    def _number(self, what: str) -> NoReturn:
        refuse(
            "R0404",
            f"a value of {self.algebra.name} is needed as {what} here, which would cut the chain",
            "use NumPy's functions and operators, which keep the value; `np.zeros_like(x)` makes memory",
        )

    def __repr__(self) -> str:
        kind = "number" if not self.shape else f"array of shape {self.shape}"
        return f"<{kind} of {self.algebra.name}>"

    def sin(self) -> Any:
        """What NumPy calls on the elements of an array of objects; the other functions likewise."""
        return REGISTRY["sin"](self)


class Holder(Traced):
    """A carrier around a ``value``, which has the shape and the type."""

    __slots__ = ()
    value: Any

    @property
    def shape(self) -> tuple[int, ...]:
        return shape_of(self.value)

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.value.dtype if hasattr(self.value, "dtype") else np.asarray(self.value).dtype

    @property
    def contiguous(self) -> bool:
        return self.value.contiguous if isinstance(self.value, Traced) else self.value.flags.c_contiguous


__all__ = [
    "Algebra",
    "Called",
    "Spec",
    "Traced",
    "axes_of",
    "below",
    "inexact",
    "is_array",
    "numpy_dtype",
    "refuse",
    "scalar_of",
    "shape_of",
]
