"""Values and derivatives of every elementwise primitive against mpmath at 40 digits."""

from collections.abc import Callable
from itertools import product
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from wengert.ir.types import F32
from wengert.prims import REGISTRY, Primitive
from wengert.prims.special import CAPSULES

ORACLE: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "mulz": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "abs": abs,
    "sign": mp.sign,
    "pow": lambda a, b: mp.power(a, b),
    "floordiv": lambda a, b: mp.floor(a / b),
    "mod": lambda a, b: a - b * mp.floor(a / b),
    "fmod": lambda a, b: a - b * (mp.floor(a / b) if a / b > 0 else mp.ceil(a / b)),
    "maximum": max,
    "fmax": max,
    "pymax": max,
    "minimum": min,
    "fmin": min,
    "pymin": min,
    "exp2": lambda x: mp.power(2, x),
    "log2": lambda x: mp.log(x) / mp.log(2),
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "rint": mp.nint,
    "trunc": lambda x: mp.sign(x) * mp.floor(abs(x)),
    "copysign": lambda a, b: abs(a) * mp.sign(b),
    "lgamma": mp.loggamma,
    "tgamma": mp.gamma,
    "trigamma": lambda x: mp.psi(1, x),
}

SMOOTH = sorted(
    name
    for name, prim in REGISTRY.items()
    if prim.kind == "elementwise" and prim.samples is not None and name not in ("ipow", *CAPSULES)
)


def oracle(name: str) -> Callable[..., Any]:
    return ORACLE.get(name) or getattr(mp, name)


def points(prim: Primitive) -> list[tuple[float, ...]]:
    assert prim.samples is not None
    samples = prim.samples()
    if isinstance(samples, tuple):
        return list(product(*samples))
    # Distinct sets, so that no two operands are equal: comparisons have no derivative there.
    return list(product(*([s + 0.01 * k for s in samples] for k in range(len(prim.reads)))))


def tangent(prim: Primitive, xs: tuple[Any, ...], k: int, **attrs: Any) -> Any:
    """The partial derivative with respect to operand ``k``, by the rules of forward mode."""
    y = prim(*xs, **attrs)
    if prim.partials is not None:
        rule = prim.partials[k]
        return rule(y, *xs, **attrs) if callable(rule) else rule
    assert prim.jvp is not None, prim.name
    return prim.jvp(xs, [np.float64(1) if j == k else None for j in range(len(xs))], y, **attrs)


def cotangents(prim: Primitive, xs: tuple[Any, ...], y_bar: Any) -> Any:
    y = prim(*xs)
    if prim.vjp is not None:
        return prim.vjp(y_bar, y, *xs)
    assert prim.partials is not None
    return [y_bar * (rule(y, *xs) if callable(rule) else rule) for rule in prim.partials]


@pytest.mark.parametrize("name", SMOOTH)
def test_value_and_derivative(name: str) -> None:
    prim, exact = REGISTRY[name], oracle(name)
    with mp.workdps(40):
        for xs in points(prim):
            here = tuple(np.float64(x) for x in xs)
            want = float(exact(*map(mp.mpf, xs)))
            assert prim(*here) == pytest.approx(want, rel=2e-14, abs=1e-15), xs
            if prim.partials is None and prim.jvp is None:
                continue
            for k in range(len(xs)):
                order = tuple(int(j == k) for j in range(len(xs)))
                slope = float(mp.diff(exact, tuple(map(mp.mpf, xs)), order))
                # Rounding of a difference that cancels (1 - tanh²) is seen in absolute terms.
                assert tangent(prim, here, k) == pytest.approx(slope, rel=2e-13, abs=1e-14), (xs, k)
                back = cotangents(prim, here, np.float64(3))[k]
                assert back == pytest.approx(3 * slope, rel=2e-13, abs=3e-14), (xs, k)


COMPLEX = "exp log sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh".split()


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_derivative(name: str) -> None:
    """Off the branch cuts, on both sides of them."""
    prim, exact = REGISTRY[name], oracle(name)
    with mp.workdps(40):
        for z in (0.3 + 0.4j, -1.7 + 0.2j, -1.7 - 0.2j, 2.1 - 1.3j, -0.4 - 2.2j):
            here = np.complex128(z)
            assert prim(here) == pytest.approx(complex(exact(mp.mpc(z))), rel=1e-14)
            slope = complex(mp.diff(exact, mp.mpc(z)))
            assert tangent(prim, (here,), 0) == pytest.approx(slope, rel=1e-13), z


@pytest.mark.parametrize("n", [-7, -2, -1, 0, 1, 2, 3, 5, 12])
def test_ipow(n: int) -> None:
    x = np.float64(1.3)
    assert REGISTRY["ipow"](x, n=n) == pytest.approx(1.3**n, rel=1e-15)
    assert tangent(REGISTRY["ipow"], (x,), 0, n=n) == pytest.approx(n * 1.3 ** (n - 1), rel=1e-14)
    assert tangent(REGISTRY["ipow"], (np.float64(0.0),), 0, n=2) == 0


def test_every_rule_keeps_single_precision() -> None:
    for name in SMOOTH:
        prim = REGISTRY[name]
        xs = tuple(np.float32(x) for x in points(prim)[0])
        for x in (prim(*xs), prim(*(np.array([x, x]) for x in xs))):
            assert x.dtype == np.float32, name
        for rule in prim.partials or ():
            if callable(rule):
                assert rule(prim(*xs), *xs).dtype == np.float32, name
    assert REGISTRY["cast"](np.float64(0.1), to=F32) == np.float32(0.1)


def test_conventions_where_there_is_no_derivative() -> None:
    one, zero, nan = np.float64(1), np.float64(0), np.float64("nan")
    for name in ("maximum", "minimum", "fmax", "fmin", "pymax", "pymin"):
        assert cotangents(REGISTRY[name], (one, one), one) == (1, 0), name
    assert cotangents(REGISTRY["fmax"], (nan, one), one) == (0, 1)
    assert cotangents(REGISTRY["fmax"], (one, nan), one) == (1, 0)
    assert cotangents(REGISTRY["abs"], (zero,), one) == (0,)
    with np.errstate(invalid="ignore"):
        assert cotangents(REGISTRY["hypot"], (zero, zero), one) == [0, 0]
    # x**0 is 1 for every x, and 0**b is 0 for every b > 0.
    assert tangent(REGISTRY["pow"], (zero, zero), 0) == 0
    assert tangent(REGISTRY["pow"], (zero, np.float64(1)), 0) == 1
    assert tangent(REGISTRY["pow"], (zero, np.float64(2)), 0) == 0
    assert tangent(REGISTRY["pow"], (zero, np.float64(2)), 1) == 0


def test_strong_zero_is_bilinear() -> None:
    mulz, zero, inf, two = REGISTRY["mulz"], np.float64(0), np.float64("inf"), np.float64(2)
    assert mulz(zero, inf) == 0
    assert mulz.jvp is not None
    # At g == 0 the tangent of g still meets p: the second derivative of a square at 0 depends on it.
    assert mulz.jvp((zero, two), (np.float64(3), np.float64(5)), zero) == 6
    assert mulz.jvp((zero, inf), (zero, inf), zero) == 0


def test_select_does_not_mix_branches() -> None:
    select = REGISTRY["select"]
    c, g = np.array([True, False]), np.array([2.0, 3.0])
    assert select.vjp is not None
    none, a, b = select.vjp(g, g, c, g, g)
    assert none is None
    assert a.tolist() == [2, 0]
    assert b.tolist() == [0, 3]
