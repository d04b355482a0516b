"""The few functions that emitted modules may need, as text; each is printed only where it is used."""

from __future__ import annotations

from ...prims.special import CAPSULES

HELPERS: dict[str, str] = {
    "mulz": '''def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]
''',
    "sum_to": '''def sum_to(b, shape):
    """b, summed over the axes along which an array of that shape was repeated."""
    b = np.asarray(b)
    b = b.sum(axis=tuple(range(b.ndim - len(shape)))) if b.ndim > len(shape) else b
    lead = len(shape) - b.ndim
    ones = tuple(k for k in range(b.ndim) if shape[lead + k] == 1 and b.shape[k] != 1)
    return b.sum(axis=ones, keepdims=True)
''',
}

SPECIAL = {
    "lgamma": "gammaln",
    "tgamma": "gamma",
    "digamma": "digamma",
    "erf": "erf",
    "erfc": "erfc",
    **{name: name for name in CAPSULES},
}
"""Operations that `scipy.special` has, by its names."""

NUMPY = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atan2": "arctan2",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "maximum": "maximum",
    "minimum": "minimum",
    "and": "logical_and",
    "or": "logical_or",
    "xor": "logical_xor",
    "not": "logical_not",
    "amax": "max",
    "amin": "min",
}
"""Operations whose NumPy name differs from ours."""

DTYPES = {
    "f64": "np.float64",
    "f32": "np.float32",
    "i64": "np.int64",
    "i32": "np.int32",
    "u8": "np.uint8",
    "bool": "bool",
    "c128": "np.complex128",
    "c64": "np.complex64",
}

WARN = frozenset(
    [
        "div",
        "pow",
        "ipow",
        "floordiv",
        "mod",
        "fmod",
        "exp",
        "exp2",
        "expm1",
        "log",
        "log2",
        "log10",
        "log1p",
        "sqrt",
        "tan",
        "asin",
        "acos",
        "atanh",
        "acosh",
        "sinh",
        "cosh",
        "hypot",
        "lgamma",
        "tgamma",
        "digamma",
        "trigamma",
        "mulz",
    ]
)
"""Operations that warn where the IR gives infinities and NaN in silence: they bring ``np.errstate``."""
