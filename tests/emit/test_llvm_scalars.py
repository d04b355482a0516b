"""Scalar arithmetic, with the edge cases that trap or are undefined in hardware."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wengert.ir.types import BOOL, C128, F32, F64, I32, I64, U8, Scalar

from .llvm_harness import DTYPES, Compiled
from .llvm_programs import program

INTS = [0, 1, -1, 2, -2, 3, 7, -7, 63, 64, 65, -(2**63), 2**63 - 1, 10**12]
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 7.25, 1e300, -1e300, 5e-324, np.inf, -np.inf, np.nan]


def compiled(name: str, operands: tuple[Scalar, ...], result: Scalar, **attrs: object) -> Compiled:
    return Compiled(program(operands, lambda p, *a: [p(name, *a, t=result, **attrs)]))


def python_int(x: int) -> int:
    return (x + 2**63) % 2**64 - 2**63


def test_integer_division() -> None:
    floordiv, mod = compiled("floordiv", (I64, I64), I64), compiled("mod", (I64, I64), I64)
    for a in INTS:
        for b in INTS:
            assert floordiv(a, b) == (python_int(a // b) if b else 0), (a, b)
            assert mod(a, b) == (a % b if b else 0), (a, b)


@pytest.mark.parametrize("dtype", [I32, U8])
def test_narrow_division(dtype: Scalar) -> None:
    floordiv, mod = compiled("floordiv", (dtype, dtype), dtype), compiled("mod", (dtype, dtype), dtype)
    values = [0, 1, 2, 7, 100] if dtype is U8 else [0, 1, -1, 7, -7, 2**31 - 1, -(2**31)]
    for a in values:
        for b in values:
            if b and not (a == -(2**31) and b == -1):
                assert (floordiv(a, b), mod(a, b)) == (a // b, a % b)
            else:
                assert floordiv(a, b) == (0 if not b else a)


def test_shifts() -> None:
    shl, shr = compiled("shl", (I64, I64), I64), compiled("shr", (I64, I64), I64)
    for a in INTS:
        for b in (0, 1, 5, 63):
            assert shl(a, b) == python_int(a << b)
            assert shr(a, b) == a >> b
        for b in (64, 200, -1):
            assert shl(a, b) == 0
            assert shr(a, b) == (-1 if a < 0 else 0)


def test_float_to_integer_is_total() -> None:
    for dtype in (I64, I32, U8):
        to = compiled("cast", (F64,), dtype, to=dtype)
        info = np.iinfo(DTYPES[dtype.name])
        for x in (*FLOATS, 255.9, -3.7, 2.0**31, 2.0**63, -(2.0**63)):
            low, high = int(info.min), int(info.max)
            whole = 0 if np.isnan(x) else int(x) if np.isfinite(x) else (2**70 if x > 0 else -(2**70))
            expected = min(max(whole, low), high)
            assert to(x) == expected, (dtype, x)


def test_float_division_is_python() -> None:
    floordiv, mod = compiled("floordiv", (F64, F64), F64), compiled("mod", (F64, F64), F64)
    finite = [x for x in FLOATS if np.isfinite(x)] + [0.1, -0.3, 1e15]
    for a in finite:
        for b in finite:
            if b:
                assert floordiv(a, b) == a // b, (a, b)
                assert mod(a, b) == a % b, (a, b)


BINARY = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "fmax": np.fmax,
    "fmin": np.fmin,
    "copysign": np.copysign,
    "fmod": np.fmod,
    "hypot": np.hypot,
    "pow": np.power,
    "atan2": np.arctan2,
}


@pytest.mark.parametrize("name", BINARY)
def test_binary(name: str) -> None:
    f = compiled(name, (F64, F64), F64)
    with np.errstate(all="ignore"):
        for a in FLOATS:
            for b in FLOATS:
                if name == "pow" and (a, b) == (-np.inf, 0.5):
                    continue  # C99 says inf; NumPy takes the square root
                np.testing.assert_allclose(
                    f(a, b), BINARY[name](a, b), rtol=4e-16, err_msg=f"{name}({a}, {b})"
                )


UNARY = {
    "neg": np.negative, "abs": np.abs, "sign": np.sign, "sqrt": np.sqrt, "cbrt": np.cbrt, "atan": np.arctan,
    "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "tanh": np.tanh, "sin": np.sin, "log": np.log,
    "log1p": np.log1p, "log2": np.log2, "log10": np.log10,
    "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc, "rint": np.rint,
}  # fmt: skip


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("dtype", [F64, F32])
def test_unary(name: str, dtype: Scalar) -> None:
    f = compiled(name, (dtype,), dtype)
    with np.errstate(all="ignore"):
        for a in FLOATS:
            x = DTYPES[dtype.name](a)
            rtol = 1e-15 if dtype is F64 else 1e-6
            if abs(a) < 1e200:
                np.testing.assert_allclose(f(x), UNARY[name](x), rtol=rtol, err_msg=f"{name}({x})")


@pytest.mark.parametrize("name", ["lt", "le", "gt", "ge", "eq", "ne"])
def test_comparisons(name: str) -> None:
    import operator

    f, g = compiled(name, (F64, F64), BOOL), compiled(name, (I64, I64), BOOL)
    for values, h in ((FLOATS, f), (INTS, g)):
        for a in values:
            for b in values:
                assert h(a, b) == getattr(operator, name)(a, b)


def test_strong_zero() -> None:
    f = compiled("mulz", (F64, F64), F64)
    assert f(0.0, np.inf) == 0.0
    assert f(0.0, np.nan) == 0.0
    assert f(2.0, 3.0) == 6.0
    assert np.isnan(f(1.0, np.nan))


@pytest.mark.parametrize("n", [-3, -1, 0, 1, 2, 3, 5, 10])
def test_integer_power(n: int) -> None:
    f = compiled("ipow", (F64,), F64, n=n)
    np.testing.assert_allclose(f(1.7), 1.7**n, rtol=1e-15)


@pytest.mark.parametrize(
    "name", ["add", "sub", "mul", "div", "exp", "log", "sqrt", "sin", "abs", "pow", "sign"]
)
def test_complex(name: str) -> None:
    binary = name in BINARY
    result = F64 if name == "abs" else C128
    f = compiled(name, (C128,) * (2 if binary else 1), result)
    rng = np.random.default_rng(0)
    ufunc: Any = {**BINARY, **UNARY}[name]
    for _ in range(20):
        args = [complex(*rng.normal(size=2)) for _ in range(2 if binary else 1)]
        np.testing.assert_allclose(f(*args), ufunc(*args), rtol=1e-13)
