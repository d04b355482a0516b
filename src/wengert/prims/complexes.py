"""Complex numbers: parts, conjugates, and numbers made of two parts.

Cotangents follow JAX: the pairing is ``Re(z_bar * dz)``, without a conjugate.  So a holomorphic function
has ``z_bar = y_bar * f'(z)``, and a real function of ``x + 1j*y`` the gradient ``df/dx - 1j*df/dy``.  The
real part is `cast`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ir.types import C64, C128, F64, Scalar, Type
from .families import Attrs, elementwise, expect, like, one_dtype, p, real_of, scalar_of


def _complex_of(t: Scalar) -> Scalar:
    return C128 if t == F64 else C64


def _infer_imag(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("imag", types, 1)
    return (like(types, real_of(one_dtype("imag", types, "complex"))),)


def _infer_conj(types: Sequence[Type], attrs: Attrs) -> tuple[Type, ...]:
    expect("conj", types, 1)
    return (like(types, one_dtype("conj", types, "complex")),)


def _make(re: Any, im: Any) -> Any:
    dtype = np.complex64 if np.asarray(re).dtype == np.float32 else np.complex128
    out = np.empty(np.broadcast_shapes(np.shape(re), np.shape(im)), dtype)
    out.real, out.imag = re, im
    return out[()]


def _make_jvp(xs: Sequence[Any], dxs: Sequence[Any], y: Any) -> Any:
    da, db = dxs
    if da is None and db is None:
        return None
    return made(xs[0] * 0 if da is None else da, xs[1] * 0 if db is None else db)


imag = elementwise(
    "imag",
    np.imag,
    arity=1,
    infer=_infer_imag,
    jvp=lambda xs, dxs, y: None if dxs[0] is None else imag(dxs[0]),
    vjp=lambda y_bar, y, z: (made(y_bar * 0, -y_bar),),
    doc="The imaginary part.",
)
conj = elementwise(
    "conj",
    np.conjugate,
    arity=1,
    infer=_infer_conj,
    jvp=lambda xs, dxs, y: None if dxs[0] is None else conj(dxs[0]),
    vjp=lambda y_bar, y, z: (conj(y_bar),),
    doc="The conjugate.",
)
made = elementwise(
    "complex",
    _make,
    arity=2,
    accepts="float",
    result=_complex_of,
    jvp=_make_jvp,
    vjp=lambda y_bar, y, a, b: (p("cast")(y_bar, to=scalar_of(a)), -imag(y_bar)),
    doc="The complex number with these parts.",
)
