"""The named operations of every algebra: one formula, ``def f(g, x): return g.mul(x, g.exp(x))``, runs under
each.

They are stricter than operators: shapes do not broadcast unless an operation is asked to, and each failure is
an error of its own type that names the operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..prims.families import scalar_of
from ..prims.primitive import REGISTRY
from .where import refuse


def _shape(x: Any) -> tuple[int, ...]:
    found = getattr(x, "shape", None)
    return tuple(found) if found is not None else np.shape(x)


def _show(shape: Sequence[int]) -> str:
    return "a number" if not shape else f"shape {tuple(shape)}"


class Operations:
    """What a formula that is written for any algebra calls."""

    # making

    def constant(self, x: Any) -> Any:
        """A value that is not differentiated by."""
        return self.lift(x)  # type: ignore[attr-defined]

    def zeros(self, like: Any) -> Any:
        """Zeros of the shape and dtype of a value, or of a shape."""
        return self._filled(like, 0)

    def ones(self, like: Any) -> Any:
        """Ones of the shape and dtype of a value, or of a shape."""
        return self._filled(like, 1)

    def setc(self, a: Any, c: Any) -> Any:
        """``c`` in the shape and dtype of ``a``."""
        return self._filled(a, c)

    def _filled(self, like: Any, c: Any) -> Any:
        if isinstance(like, tuple):
            return self.lift(np.full(like, float(c)) if like else float(c))  # type: ignore[attr-defined]
        dtype = like.dtype if hasattr(like, "dtype") else np.asarray(like).dtype
        value = np.full(_shape(like), c, dtype)
        return self.lift(value if value.ndim else value.item())  # type: ignore[attr-defined]

    # arithmetic

    def _two(self, name: str, a: Any, b: Any, called: str = "") -> Any:
        if _shape(a) != _shape(b):
            refuse("T0210", f"`{called or name}` of {_show(_shape(a))} and {_show(_shape(b))}")
        return REGISTRY[name](a, b)

    def add(self, a: Any, b: Any) -> Any:
        """``a + b``, of one shape."""
        return self._two("add", a, b)

    def sub(self, a: Any, b: Any) -> Any:
        """``a - b``, of one shape."""
        return self._two("sub", a, b)

    def mul(self, a: Any, b: Any) -> Any:
        """``a * b`` element by element, of one shape."""
        return self._two("mul", a, b)

    def div(self, a: Any, b: Any) -> Any:
        """``a / b``, of one shape."""
        return self._two("div", a, b)

    def pow(self, a: Any, b: Any) -> Any:
        """``a ** b``, of one shape."""
        return self._two("pow", a, b)

    def min(self, a: Any, b: Any) -> Any:
        """The smaller, element by element; the first where they are equal."""
        return self._two("minimum", a, b, "min")

    def max(self, a: Any, b: Any) -> Any:
        """The larger, element by element; the first where they are equal."""
        return self._two("maximum", a, b, "max")

    def add_all(self, xs: Sequence[Any]) -> Any:
        """The sum of several values of one shape."""
        if not xs:
            refuse("T0213", "`add_all` of nothing", "start from `zeros`")
        out = xs[0]
        for x in xs[1:]:
            out = self._two("add", out, x, "add_all")
        return out

    def neg(self, a: Any) -> Any:
        """``-a``."""
        return REGISTRY["neg"](a)

    def addc(self, a: Any, c: Any) -> Any:
        """``a + c`` for a constant number."""
        return REGISTRY["add"](a, c)

    def mulc(self, a: Any, c: Any) -> Any:
        """``a * c`` for a constant number."""
        return REGISTRY["mul"](a, c)

    def powc(self, a: Any, c: Any) -> Any:
        """``a ** c`` for a constant number; an integer is exact."""
        return REGISTRY["ipow"](a, n=c) if isinstance(c, int) else REGISTRY["pow"](a, c)

    # functions

    def exp(self, a: Any) -> Any:
        return REGISTRY["exp"](a)

    def log(self, a: Any) -> Any:
        return REGISTRY["log"](a)

    def log1p(self, a: Any) -> Any:
        return REGISTRY["log1p"](a)

    def sin(self, a: Any) -> Any:
        return REGISTRY["sin"](a)

    def cos(self, a: Any) -> Any:
        return REGISTRY["cos"](a)

    def tanh(self, a: Any) -> Any:
        return REGISTRY["tanh"](a)

    def sqrt(self, a: Any) -> Any:
        return REGISTRY["sqrt"](a)

    def abs(self, a: Any) -> Any:
        return REGISTRY["abs"](a)

    def sign(self, a: Any) -> Any:
        return REGISTRY["sign"](a)

    def sigmoid(self, a: Any) -> Any:
        """``1 / (1 + exp(-a))``, through ``tanh`` so that nothing overflows."""
        return 0.5 * REGISTRY["tanh"](0.5 * a) + 0.5

    def reciprocal(self, a: Any) -> Any:
        """``1 / a``."""
        return REGISTRY["div"](1, a)

    def relu(self, a: Any) -> Any:
        """``a`` where it is positive, otherwise 0; the slope at 0 is 0."""
        return REGISTRY["select"](REGISTRY["gt"](a, 0), a, 0)

    def select_argmax(self, a: Any, b: Any, when_a: Any = None, when_b: Any = None) -> Any:
        """``when_a`` where ``a >= b``, otherwise ``when_b``; what is left out is 0."""
        for x in (b, when_a, when_b):
            if x is not None and _shape(x) != _shape(a):
                refuse("T0210", f"`select_argmax` of {_show(_shape(a))} and {_show(_shape(x))}")
        if when_a is None and when_b is None:
            refuse("T0213", "`select_argmax` of nothing")
        return REGISTRY["select"](
            REGISTRY["ge"](a, b), 0 if when_a is None else when_a, 0 if when_b is None else when_b
        )

    # shapes

    def flat(self, a: Any) -> Any:
        """All elements along one axis."""
        return self.moddims(a, (int(np.prod(_shape(a), dtype=object)),))

    def moddims(self, a: Any, shape: Sequence[int]) -> Any:
        """The same elements in another shape."""
        from . import arrays

        count, wanted = (int(np.prod(s, dtype=object)) for s in (_shape(a), tuple(shape)))
        if count != wanted:
            refuse("T0212", f"`moddims` of {count} elements into {_show(shape)}, which has {wanted}")
        if not shape:
            return self.as_scalar(a)
        return arrays.reshape(arrays.copy(a), *shape)

    def tile_as(self, a: Any, shape: Sequence[int]) -> Any:
        """``a`` repeated along its axes of length one."""
        from . import arrays

        self._reduced("tile_as", tuple(shape), _shape(a))
        return arrays.copy(arrays.broadcast_to(a, tuple(shape)))

    def _reduced(self, name: str, whole: tuple[int, ...], part: tuple[int, ...]) -> tuple[int, ...]:
        if len(part) != len(whole) or any(m not in (1, n) for n, m in zip(whole, part, strict=True)):
            refuse("T0211", f"`{name}`: {_show(part)} is not {_show(whole)} with axes of length one")
        return tuple(k for k, (n, m) in enumerate(zip(whole, part, strict=True)) if n != m)

    def _reduce(self, name: str, called: str, a: Any, shape: Sequence[int]) -> Any:
        axes = self._reduced(called, _shape(a), tuple(shape))
        if 0 in _shape(a) and name != "sum":
            refuse("T0213", f"`{called}` of an array without elements")
        return REGISTRY[name](a, axes=axes, keepdims=True) if axes else a

    def sum_as(self, a: Any, shape: Sequence[int]) -> Any:
        """Sums over the axes that are one long in ``shape``."""
        return self._reduce("sum", "sum_as", a, shape)

    def max_as(self, a: Any, shape: Sequence[int]) -> Any:
        """Maxima over the axes that are one long in ``shape``."""
        return self._reduce("amax", "max_as", a, shape)

    def argmax_as(self, a: Any, shape: Sequence[int]) -> Any:
        """The position of the maximum along the one axis that is one long in ``shape``."""
        from . import arrays

        axes = self._reduced("argmax_as", _shape(a), tuple(shape))
        if len(axes) != 1:
            refuse("T0211", f"`argmax_as` reduces one axis, and {_show(shape)} reduces {len(axes)}")
        if 0 in _shape(a):
            refuse("T0213", "`argmax_as` of an array without elements")
        found = REGISTRY["argmax"](a, axis=axes[0])
        return arrays.reshape(found, *shape)

    def softmax_as(self, a: Any, shape: Sequence[int]) -> Any:
        """``exp(a) / sum(exp(a))`` over the axes that are one long in ``shape``."""
        from .stop import stop_gradient

        e = REGISTRY["exp"](a - stop_gradient(self._reduce("amax", "softmax_as", a, shape)))
        return e / self._reduce("sum", "softmax_as", e, shape)

    def constant_as(self, a: Any, shape: Sequence[int]) -> Any:
        """A number repeated to a shape."""
        from . import arrays

        if _shape(a):
            refuse("T0210", f"`constant_as` takes a number, not {_show(_shape(a))}")
        return arrays.fill(tuple(shape), a)

    def as_scalar(self, a: Any) -> Any:
        """The only element."""
        if int(np.prod(_shape(a), dtype=object)) != 1:
            refuse("T0212", f"`as_scalar` of {_show(_shape(a))}, which is not one element")
        return REGISTRY["load"](a, *[np.int64(0)] * len(_shape(a))) if _shape(a) else a

    # products

    def scale(self, s: Any, a: Any) -> Any:
        """A number times an array."""
        if _shape(s):
            refuse("T0210", f"`scale` takes a number first, not {_show(_shape(s))}")
        return REGISTRY["mul"](s, a)

    def dot(self, a: Any, b: Any) -> Any:
        """The sum of the products of all elements, of one shape."""
        product = self._two("mul", a, b, "dot")
        return REGISTRY["sum"](product, axes=None, keepdims=False) if _shape(a) else product

    def norm2(self, a: Any) -> Any:
        """The sum of the squares of all elements."""
        return self.dot(a, a)

    def transpose(self, a: Any, conjugated: bool = False) -> Any:
        """Rows for columns.  ``conjugated`` of real numbers is no difference; complex ones are refused."""
        from . import arrays

        if len(_shape(a)) != 2:
            refuse("T0210", f"`transpose` takes two axes, not {_show(_shape(a))}")
        self._real("transpose", a, conjugated)
        return arrays.copy(arrays.transpose(a))

    def matmul(
        self,
        a: Any,
        b: Any,
        transpose_a: bool = False,
        transpose_b: bool = False,
        conjugate_a: bool = False,
        conjugate_b: bool = False,
    ) -> Any:
        """The matrix product, of transposed (or conjugated: the same for real numbers) operands if asked."""
        from . import arrays

        self._real("matmul", a, conjugate_a)
        self._real("matmul", b, conjugate_b)
        sa, sb = _shape(a), _shape(b)
        if len(sa) != 2 or len(sb) != 2:
            refuse("T0210", f"`matmul` takes two axes each, not {_show(sa)} and {_show(sb)}")
        if (sa[0] if transpose_a else sa[1]) != (sb[1] if transpose_b else sb[0]):
            flags = "".join("t" if t else "n" for t in (transpose_a, transpose_b))
            refuse("T0210", f"`matmul_{flags}` of {_show(sa)} and {_show(sb)}")
        a = arrays.transpose(a) if transpose_a else a
        b = arrays.transpose(b) if transpose_b else b
        return REGISTRY["matmul"](a, b)

    def _real(self, name: str, a: Any, conjugated: bool) -> None:
        if conjugated and scalar_of(a).is_complex:
            refuse("R0403", f"`{name}` conjugates a complex operand, which has no derivative")

    def matmul_nn(self, a: Any, b: Any) -> Any:
        """``a @ b``."""
        return self.matmul(a, b)

    def matmul_nt(self, a: Any, b: Any) -> Any:
        """``a @ b.T``."""
        return self.matmul(a, b, transpose_b=True)

    def matmul_tn(self, a: Any, b: Any) -> Any:
        """``a.T @ b``."""
        return self.matmul(a, b, transpose_a=True)

    def matmul_tt(self, a: Any, b: Any) -> Any:
        """``a.T @ b.T``."""
        return self.matmul(a, b, transpose_a=True, transpose_b=True)

    def matmul_nc(self, a: Any, b: Any) -> Any:
        """``a @ b.T.conj()``."""
        return self.matmul(a, b, transpose_b=True, conjugate_b=True)

    def matmul_cn(self, a: Any, b: Any) -> Any:
        """``a.T.conj() @ b``."""
        return self.matmul(a, b, transpose_a=True, conjugate_a=True)
