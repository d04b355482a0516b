"""Arguments that do not fit, and what goes wrong inside: the right answer or a clear error, never a crash."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import wengert as wg
from wengert import errors


def squares(x: Any) -> Any:
    s = 0.0
    for i in range(len(x)):
        s += x[i] * x[i]
    return s


slope = wg.grad(squares)


def refused(f: Any, *args: Any) -> str:
    with pytest.raises(errors.WengertError) as info:
        f(*args)
    assert len(info.traceback) <= 4, "our own frames stay out of tracebacks"
    return str(info.value)


# arrays


@pytest.mark.parametrize(
    "x",
    [
        np.arange(8.0)[::2],
        np.arange(4.0)[::-1],
        np.asfortranarray(np.arange(6.0).reshape(2, 3))[1],
        np.broadcast_to(2.0, (3,)),
        np.zeros(0),
        np.array([7.0]),
        np.arange(4.0).astype(">f8"),
        np.frombuffer(b"\0" * 25, np.uint8)[1:].view("f8"),
        np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]),
        np.ones(3, np.float32),
    ],
    ids=lambda x: f"{x.dtype}-{x.strides}",
)
def test_memory_of_all_kinds(x: Any) -> None:
    """A fresh function and one that has seen other memory give the same."""
    for g in (wg.grad(squares), slope):
        got = g(x)
        np.testing.assert_array_equal(got, 2 * x)
        assert got.dtype == x.dtype.newbyteorder("=")


def test_read_only() -> None:
    x = np.ones(3)
    x.flags.writeable = False
    assert slope(x).tolist() == [2.0, 2.0, 2.0]

    def scale(x: Any) -> Any:
        x *= 3.0
        return np.sum(x)

    assert wg.grad(scale)(x).tolist() == [3.0, 3.0, 3.0]
    assert "U0604" in refused(wg.jit(scale), x)
    assert "U0604" in refused(wg.jit(scale), np.broadcast_to(1.0, (4,)))


@pytest.mark.parametrize(
    ("x", "code"),
    [
        (np.array([1, 2]), "T0202"),
        (np.array([True]), "T0202"),
        (np.ones(2, np.float16), "U0603"),
        (np.ones(2, np.longdouble), "U0603"),
        (np.ones(2, complex), "U0603"),
        (np.array([1.0, None]), "U0603"),
        (np.array(["a"]), "U0603"),
        (np.array(["2020-01-01"], "M8[D]"), "U0603"),
        (np.ma.masked_array([1.0, 2.0], [0, 1]), "U0605"),
        (np.rec.array([(1.0,)], dtype=[("a", "f8")]), "C0106"),
        (np.array(2.0), "T0201"),
        (np.ones((2, 2)), "T0203"),
        ([1, 2], "T0202"),
        ([10**400], "C0106"),
        ({1.0}, "C0106"),
        ((v for v in (1.0, 2.0)), "C0106"),
        (memoryview(np.ones(2)), "C0106"),
        (None, "C0104"),
        ("ab", "C0104"),
        (b"ab", "C0105"),
    ],
    ids=lambda x: x if isinstance(x, str) else type(x).__name__,
)
def test_refused_by_name(x: Any, code: str) -> None:
    assert f"error[{code}" in refused(slope, x)
    assert slope(np.ones(2)).tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    "x", [2, True, np.int64(2), 2j, None, "2", np.longdouble(2), Fraction(1, 2), 10**400]
)
def test_refused_numbers(x: Any) -> None:
    refused(wg.grad(lambda v: v * v), x)


def test_numbers_keep_their_kind() -> None:
    g = wg.grad(lambda v: v * v)
    for x in (2.0, np.float64(2.0), np.float32(2.0)):
        assert type(g(x)) is type(x)
        assert g(x) == 4.0
    assert math.isnan(g(math.nan))
    assert g(math.inf) == math.inf


def test_lists_where_arrays_are_expected() -> None:
    assert slope([1.0, 2.0]) == [2.0, 4.0]
    assert slope((1.0, 2.0)) == (2.0, 4.0)


# overlap


def overwrites(a: Any, b: Any) -> Any:
    a[0] = 2.0 * b[1]
    return a.sum() * b[0]


@pytest.mark.parametrize("wrt", [0, 1, ("a", "b")])
def test_overlap_with_what_is_written(wrt: Any) -> None:
    x = np.arange(1.0, 5.0)
    for pair in ((x, x), (x, x[::-1]), (x[1:], x[:-1]), (x.reshape(2, 2)[0], x)):
        for f in (wg.grad(overwrites, wrt=wrt), wg.jit(overwrites)):
            assert "A0301" in refused(f, *pair)
        assert "A0301" in refused(wg.vjp, overwrites, *pair)
        assert "A0301" in refused(wg.linearize, overwrites, *pair)
        assert "A0301" in refused(wg.jvp, overwrites, pair, pair)
        assert "A0301" in refused(wg.jacobian(overwrites, wrt=wrt), *pair)
        assert "A0301" in refused(wg.hessian(overwrites, wrt=wrt), *pair)


def test_overlap_of_addresses_only() -> None:
    x = np.arange(8.0)
    a, b = x[::2], x[1::2]
    expected = overwrites(a.copy(), b.copy())
    assert wg.grad(overwrites)(a, b)[1] == b[0]
    assert wg.jit(overwrites)(a, b) == expected
    assert x[0] == 6.0


def test_overlap_that_is_only_read() -> None:
    """Partial derivatives, as if the arguments were apart."""
    x = np.arange(1.0, 4.0)
    a, b = wg.grad(lambda u, v: np.sum(u * u * v), wrt=(0, 1))(x, x)
    np.testing.assert_array_equal(a, 2 * x * x)
    np.testing.assert_array_equal(b, x * x)


# indices, shapes


def element(x: Any, i: Any) -> Any:
    return x[i] * x[i]


@pytest.mark.parametrize("i", [4, -5, 10**9, -(10**9), np.int32(4), 2**62, -(2**62)])
def test_index_out_of_bounds(i: Any) -> None:
    """The message has the index as the user wrote it, and the line."""
    text = refused(wg.grad(element), np.ones(4), i)
    assert f"index {i} is out of bounds for axis 0 with size 4" in text
    assert "x[i]" in text
    with pytest.raises(IndexError):
        wg.jit(element)(np.ones(4), i)


def test_index_of_any_integer_type() -> None:
    x = np.arange(1.0, 5.0)
    for i in (0, 3, -1, -4, np.int32(2), np.int64(-2), np.array(1)):
        assert wg.jit(element)(x, i) == x[i] ** 2


def test_index_that_is_none() -> None:
    for i in (2.0, "a", 10**30):
        refused(wg.jit(element), np.ones(4), i)


def test_write_out_of_bounds() -> None:
    def f(x: Any, i: Any) -> Any:
        y = x * 1.0
        y[i] = 3.0
        return np.sum(y)

    for i in (-9, 4):
        assert f"index {i} is" in refused(wg.grad(f), np.ones(4), i)


def test_shapes() -> None:
    for f, a, b in (
        (lambda a, b: np.sum(a * b), np.ones(3), np.ones(4)),
        (lambda a, b: np.sum(a @ b), np.ones((3, 2)), np.ones(4)),
    ):
        with pytest.raises(ValueError, match=r"sizes? \d and \d"):
            wg.grad(f)(a, b)
    with pytest.raises(ValueError, match="zero-size array"):
        wg.jit(lambda a: a.max())(np.ones(0))


# what Python raises


def same_error(f: Any, *args: Any) -> None:
    """CPython and compiled code raise the same, with the same words."""
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        f(*args)
    for made in (wg.jit(f), wg.jacobian(f)) if isinstance(args[0], float) else (wg.jit(f),):
        with pytest.raises(theirs.type) as ours:
            made(*args)
        words = str(theirs.value)
        assert words in str(ours.value), (words, str(ours.value))


@pytest.mark.parametrize("one", [1.0, 1])
def test_division_by_zero(one: Any) -> None:
    same_error(lambda x, y: x / y, one, 0 * one)
    same_error(lambda x, y: x // y, one, 0 * one)
    same_error(lambda x, y: x % y, one, 0 * one)


def test_numpy_numbers_do_not_raise() -> None:
    x, y = np.float64(1.0), np.float64(0.0)
    assert wg.jit(lambda x, y: x / y)(x, y) == np.inf
    assert wg.grad(lambda x, y: x / y)(x, y) == np.inf
    assert math.isnan(wg.jit(lambda x: np.sqrt(x))(np.float64(-1.0)))


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: math.sqrt(x), -1.0),
        (lambda x: math.log(x), 0.0),
        (lambda x: math.log(x), -1.0),
        (lambda x: math.log10(x), 0.0),
        (lambda x: math.log1p(x), -1.0),
        (lambda x: math.acos(x), 2.0),
        (lambda x: math.atanh(x), 1.0),
        (lambda x: math.acosh(x), 0.5),
        (lambda x: math.sin(x), math.inf),
        (lambda x: math.exp(x), 1e4),
        (lambda x: math.cosh(x), 1e4),
        (lambda x: math.lgamma(x), 0.0),
        (lambda x: math.lgamma(x), -3.0),
        (lambda x: math.gamma(x), -1.0),
        (lambda x: math.gamma(x), 200.0),
        (lambda x: math.pow(x, -1.0), 0.0),
        (lambda x: math.pow(x, 0.5), -2.0),
        (lambda x: math.pow(x, 200.0), 1e300),
        (lambda x: x**-2.0, 0.0),
        (lambda x: math.fmod(x, 0.0), 1.0),
        (lambda x: float(int(x)), math.nan),
    ],
)
def test_domain_of_mathematics(f: Any, x: float) -> None:
    same_error(f, x)


def test_mathematics_at_infinity() -> None:
    assert wg.jit(lambda x: math.pow(x, 0.0))(math.nan) == 1.0
    assert wg.jit(lambda x: math.lgamma(x))(-math.inf) == math.inf
    assert wg.jit(lambda x: math.exp(x))(math.inf) == math.inf
    assert wg.jit(lambda x, y: math.pow(x, y))(-math.inf, 3.0) == -math.inf


def test_integers_beyond_64_bits() -> None:
    """Python's have no end; compiled ones raise, and never wrap round."""
    for f, args in (
        (lambda n: n * n, (2**62,)),
        (lambda n: n + n, (2**62,)),
        (lambda n, m: n * m, (2**31, 2**33)),
        (lambda n: n**9, (2**31,)),
        (lambda n: n**9, (10**3,)),
        (lambda n: n << 70, (1,)),
    ):
        with pytest.raises(OverflowError):
            wg.jit(f)(*args)
    f = wg.jit(lambda n, m: n * m)
    assert f(3, 4) == 12
    assert f(2**40, 2**20) == 2**60
    with pytest.raises(OverflowError):
        f(2**40, 2**30)
    assert f(-(2**31), 2**31 - 1) == -(2**31) * (2**31 - 1)


def test_large_hidden_integers() -> None:
    scope = {"n": 3}

    def f(x: float) -> float:
        return x * (scope["n"] * scope["n"])

    made = wg.jit(f)
    assert made(1.0) == 9.0
    scope["n"] = 2**40
    with pytest.raises(OverflowError):
        made(1.0)
    scope["n"] = 2**31
    assert made(1.0) == float(2**62)


def test_users_own_exceptions() -> None:
    class Mine(Exception):
        pass

    def f(x: float) -> float:
        if x < 0.0:
            raise Mine("negative")
        if x > 10.0:
            raise AssertionError(f"too large: {x}")
        return x

    g = wg.grad(f)
    assert g(1.0) == 1.0
    with pytest.raises(Mine, match="negative"):
        g(-1.0)
    with pytest.raises(AssertionError, match=r"too large: 11\.0"):
        g(11.0)


def test_recursion_without_end() -> None:
    def endless(x: float) -> float:
        return endless(x * 1.5)

    def deep(x: float, n: int) -> float:
        return x if n == 0 else deep(x, n - 1) + 1.0

    for f, args in ((wg.jit(endless), (1.0,)), (wg.jit(deep), (1.0, 10**6)), (wg.grad(deep), (1.0, 10**6))):
        with pytest.raises(RecursionError):
            f(*args)
    assert wg.grad(deep)(1.0, 100) == 1.0


def test_memory() -> None:
    f = wg.jit(lambda n: np.zeros(n))
    for n in (10**15, 2**62):
        with pytest.raises(MemoryError):
            f(n)
    with pytest.raises(MemoryError):
        wg.jit(lambda n: np.zeros((n, n, n)))(2**30)
    with pytest.raises(ValueError, match="negative dimensions"):
        f(-1)
    assert f(3).tolist() == [0.0, 0.0, 0.0]
