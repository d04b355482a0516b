"""Arithmetic on numbers: ``add`` to ``ipow``, integers and bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ir.types import Scalar, Type, dtype_of
from .families import Attrs, added, elementwise, expect, like, one_dtype, p, real_of, reals, scalar_of, where
from .primitive import InferError

add = elementwise("add", np.add, accepts="any", partials=[1, 1], linear="jointly", samples=reals)
sub = elementwise("sub", np.subtract, partials=[1, -1], linear="jointly", samples=reals)
mul = elementwise(
    "mul",
    np.multiply,
    accepts="any",
    partials=[lambda y, a, b: b, lambda y, a, b: a],
    linear="each",
    samples=reals,
)
neg = elementwise("neg", np.negative, partials=[-1], linear="jointly", samples=reals)
div = elementwise(
    "div",
    np.true_divide,
    accepts="inexact",
    partials=[lambda y, a, b: 1 / b, lambda y, a, b: -(y / b)],
    samples=reals,
    doc="IEEE division: never raises.",
)


def _mulz(g: Any, q: Any) -> Any:
    return np.where(np.equal(g, 0), np.zeros((), np.asarray(g).dtype), np.multiply(g, q))[()]


def _mulz_jvp(xs: Sequence[Any], dxs: Sequence[Any], y: Any) -> Any:
    (g, q), (dg, dq) = xs, dxs
    return added(None if dg is None else mulz(dg, q), None if dq is None else mulz(g, dq))


mulz = elementwise(
    "mulz",
    _mulz,
    arity=2,
    jvp=_mulz_jvp,
    vjp=lambda y_bar, y, g, q: (mulz(y_bar, q), mulz(y_bar, g)),
    linear="each",
    samples=reals,
    doc="Strong zero: 0 where g == 0, otherwise g*q.  Bilinear: higher orders see both factors.",
)

stop = elementwise(
    "stop",
    lambda x: np.array(x, copy=True)[()],
    arity=1,
    accepts="any",
    partials=[0],
    doc="The value, on which nothing depends: no derivative goes through.",
)

sign = elementwise("sign", np.sign, accepts="real", partials=[0], samples=reals)


def _abs_jvp(xs: Sequence[Any], dxs: Sequence[Any], y: Any) -> Any:
    if dxs[0] is None or not scalar_of(xs[0]).is_complex:
        return None if dxs[0] is None else dxs[0] * sign(xs[0])
    return p("cast")(_direction(xs[0], y) * dxs[0], to=scalar_of(y))


def _direction(z: Any, y: Any) -> Any:
    """conj(z)/|z|, and 0 at 0: d|z| is its product with dz, of which the real part is taken."""
    size = p("cast")(where(p("eq")(y, 0), 1, y), to=scalar_of(z))
    return p("conj")(z) / size


def _abs_vjp(y_bar: Any, y: Any, x: Any) -> Any:
    if not scalar_of(x).is_complex:
        return (mulz(y_bar, sign(x)),)
    return (mulz(p("cast")(y_bar, to=scalar_of(x)), _direction(x, y)),)


# d|x| is taken as 0 at x == 0.
absolute = elementwise(
    "abs",
    np.abs,
    accepts="number",
    result=real_of,
    jvp=_abs_jvp,
    vjp=_abs_vjp,
    samples=reals,
    doc="Magnitude; real for complex numbers.",
)

power = elementwise(
    "pow",
    np.power,
    accepts="inexact",
    partials=[lambda y, a, b: mulz(b, power(a, b - 1)), lambda y, a, b: mulz(y, p("log")(a))],
    samples=lambda: ([0.3, 1.7, 2.2], [-1.5, 2.0, 0.4]),
    doc="C99 pow.  mulz: x**0 has slope 0 even at x == 0, and 0**b does not depend on b > 0.",
)

floordiv = elementwise("floordiv", np.floor_divide, accepts="real", partials=[0, 0], samples=reals)
mod = elementwise(
    "mod",
    np.remainder,
    accepts="real",
    partials=[1, lambda y, a, b: -floordiv(a, b)],
    samples=lambda: ([5.3, -5.3, 2.1], [2.0, 2.0, -0.7]),
    doc="Python's %: the sign of b.  Integers: 0 when b == 0.",
)
fmod = elementwise(
    "fmod",
    np.fmod,
    accepts="float",
    partials=[1, lambda y, a, b: p("rint")((y - a) / b)],
    samples=lambda: ([5.3, -5.3, 2.1], [2.0, 2.0, -0.7]),
    doc="C's remainder: the sign of a.",
)

shl = elementwise("shl", np.left_shift, accepts="int")
shr = elementwise("shr", np.right_shift, accepts="int")
bitand = elementwise("bitand", np.bitwise_and, accepts="bits")
bitor = elementwise("bitor", np.bitwise_or, accepts="bits")
bitxor = elementwise("bitxor", np.bitwise_xor, accepts="bits")
invert = elementwise("invert", np.invert, accepts="bits")


def _ipow(x: Any, n: int) -> Any:
    """Products in the order that compiled code uses, so that results agree to the last bit."""
    x = np.asarray(x)
    if n == 0:
        return np.ones_like(x)[()]
    k, square, out = abs(n), x, None
    if k <= 4:
        out = x
        for _ in range(k - 1):
            out = np.multiply(out, x)
    else:
        while k:
            if k & 1:
                out = square if out is None else np.multiply(out, square)
            k >>= 1
            if k:
                square = np.multiply(square, square)
    assert out is not None
    return (out if n > 0 else np.true_divide(np.ones((), x.dtype), out))[()]


def _infer_ipow(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("ipow", types, 1)
    n = attrs.get("n")
    if not isinstance(n, int) or isinstance(n, bool):
        raise InferError(f"ipow takes a constant integer n, not {n!r}")
    dtype: Scalar = one_dtype("ipow", types, "number")
    if n < 0 and not dtype.is_inexact:
        raise InferError(f"{dtype_of(types[0])} to the power {n} is not an integer")
    return (like(types, dtype),)


def _ipow_slope(y: Any, x: Any, n: int) -> Any:
    if n in (0, 1):
        return n
    return 2 * x if n == 2 else n * ipow(x, n=n - 1)


ipow = elementwise(
    "ipow",
    _ipow,
    infer=_infer_ipow,
    partials=[_ipow_slope],
    samples=reals,
    doc="x to a constant integer power n.",
)


def choice(name: str, fn: Any, takes_first: Any, accepts: str, doc: str) -> Any:
    """An elementwise choice between two operands; the derivative follows the operand that was taken."""

    def jvp(xs: Sequence[Any], dxs: Sequence[Any], y: Any) -> Any:
        da, db = dxs
        if da is None and db is None:
            return None
        return where(takes_first(*xs), 0 if da is None else da, 0 if db is None else db)

    def vjp(y_bar: Any, y: Any, a: Any, b: Any) -> Any:
        first = takes_first(a, b)
        return where(first, y_bar, 0), where(first, 0, y_bar)

    return elementwise(name, fn, arity=2, accepts=accepts, jvp=jvp, vjp=vjp, samples=reals, doc=doc)


def _or_nan_first(test: str) -> Any:
    return lambda a, b: p("or")(p(test)(a, b), p("isnan")(a))


def _and_not_nan_first(test: str) -> Any:
    return lambda a, b: p("not")(p("or")(p(test)(b, a), p("isnan")(a)))


_TIES = "Ties give the derivative to the first operand."
maximum = choice("maximum", np.maximum, _or_nan_first("ge"), "ordered", f"NaN propagates.  {_TIES}")
minimum = choice("minimum", np.minimum, _or_nan_first("le"), "ordered", f"NaN propagates.  {_TIES}")
fmax = choice("fmax", np.fmax, _and_not_nan_first("gt"), "ordered", f"NaN is ignored.  {_TIES}")
fmin = choice("fmin", np.fmin, _and_not_nan_first("lt"), "ordered", f"NaN is ignored.  {_TIES}")


def _pymax(a: Any, b: Any) -> Any:
    return np.where(np.greater(b, a), b, a)[()]


def _pymin(a: Any, b: Any) -> Any:
    return np.where(np.less(b, a), b, a)[()]


pymax = choice(
    "pymax",
    _pymax,
    lambda a, b: p("not")(p("gt")(b, a)),
    "ordered",
    f"Python's max(a, b): b if b > a else a.  {_TIES}",
)
pymin = choice(
    "pymin",
    _pymin,
    lambda a, b: p("not")(p("lt")(b, a)),
    "ordered",
    f"Python's min(a, b): b if b < a else a.  {_TIES}",
)
