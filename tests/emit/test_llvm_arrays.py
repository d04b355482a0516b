"""Whole-array operations against NumPy: fusion, broadcasting, reductions, overlaps, products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from wengert.ir.types import BOOL, C128, F64, I64, Array, Scalar, array

from .llvm_harness import DTYPES, Compiled
from .llvm_programs import MS, VS, M, Program, V, program

RNG = np.random.default_rng(1)


def check(module: Any, reference: Callable[..., Any], *args: Any, rtol: float = 1e-13) -> None:
    """Results and written arguments agree with the reference."""
    mine = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
    theirs = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
    got, want = Compiled(module)(*mine), reference(*theirs)
    if not isinstance(want, tuple):
        got, want = (got,), (want,)
    for g, w in zip(got, want, strict=True):
        assert np.shape(g) == np.shape(w)
        np.testing.assert_allclose(g, w, rtol=rtol, atol=1e-13)
    for g, w in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(g, w, rtol=rtol, atol=1e-13)


def test_fused_with_sum_and_second_result() -> None:
    def body(p: Program, x: Any, y: Any) -> Any:
        e = p("exp", p("mul", x, y, t=V), t=V)
        return [p("sum", e, t=F64, axes=(0,), keepdims=False), p("add", e, x, t=V)]

    module = program((V, V), body)

    def reference(x: Any, y: Any) -> Any:
        return np.exp(x * y).sum(), np.exp(x * y) + x

    for n in (0, 1, 3, 5000):
        check(module, reference, RNG.normal(size=n), RNG.normal(size=n))
    check(module, reference, RNG.normal(size=9), RNG.normal(size=1))
    check(module, reference, RNG.normal(size=1), RNG.normal(size=9))
    with pytest.raises(ValueError, match="broadcast"):
        Compiled(module)(np.zeros(3), np.zeros(4))


def test_sine_and_cosine_of_what_is_written_between() -> None:
    """They are computed side by side only where both see the same array."""

    def body(p: Program, x: Any, y: Any) -> Any:
        z = p("copy", x, t=V)
        s = p("sin", z, t=V)
        also = p("cos", z, t=V)
        p("vacc", z, y)
        c = p("cos", z, t=V)
        return [p("mul", p("add", s, also, t=V), c, t=V), p("sum", p("mul", s, c, t=V), t=F64, axes=(0,))]

    def reference(x: Any, y: Any) -> Any:
        s, c = np.sin(x), np.cos(x + y)
        return (s + np.cos(x)) * c, (s * c).sum()

    for n in (0, 1, 3, 100):
        check(program((V, V), body), reference, RNG.normal(size=n), RNG.normal(size=n))
    check(program((V, V), body), reference, 1e14 * RNG.normal(size=20), np.zeros(20))


@pytest.mark.parametrize("axes", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("name", ["sum", "prod", "amax", "amin"])
def test_reductions(axes: tuple[int, ...], keepdims: bool, name: str) -> None:
    letters = "".join("1" if k in axes else "n" for k in range(2))
    kept = letters if keepdims else letters.replace("1", "")
    to = Array(F64, kept) if kept else F64

    def body(p: Program, a: Any, x: Any) -> Any:
        return [p(name, p("mul", a, x, t=M), t=to, axes=axes, keepdims=keepdims)]

    def reference(a: Any, x: Any) -> Any:
        return getattr(np, name)(a * x, axis=axes, keepdims=keepdims)

    module = program((M, V), body)
    check(module, reference, RNG.normal(size=(7, 5)), RNG.normal(size=5))
    check(
        module,
        reference,
        RNG.normal(size=(3, 2000)),
        RNG.normal(size=2000) if name != "prod" else np.ones(2000),
    )
    strided = program((MS, V), body)
    check(strided, reference, RNG.normal(size=(5, 7)).T, RNG.normal(size=5))


def test_reduction_of_nothing() -> None:
    module = program((V,), lambda p, x: [p("amax", x, t=F64, axes=None, keepdims=False)])
    with pytest.raises(ValueError, match="zero-size"):
        Compiled(module)(np.zeros(0))
    assert np.isnan(Compiled(module)(np.array([1.0, np.nan, 2.0])))


@pytest.mark.parametrize("dtype", [I64, BOOL, C128])
def test_sum_of_other_types(dtype: Scalar) -> None:
    to = I64 if dtype is BOOL else dtype
    module = program((array(dtype, 1),), lambda p, x: [p("sum", x, t=to, axes=(0,), keepdims=False)])
    for n in (0, 5, 3000):
        x = RNG.integers(0, 2, size=n).astype(DTYPES[dtype.name])
        assert Compiled(module)(x) == x.sum()


def test_sums_are_accurate() -> None:
    module = program((V,), lambda p, x: [p("sum", x, t=F64, axes=None, keepdims=False)])
    x = np.full(3_000_001, 0.1)
    assert abs(Compiled(module)(x) - 300000.1) < 1e-8


def test_any_all() -> None:
    B = array(BOOL, 1)
    module = program((B,), lambda p, x: [p(n, x, t=BOOL, axes=None, keepdims=False) for n in ("any", "all")])
    for x in ([], [True], [False], [True, False], [False] * 3000 + [True]):
        got = Compiled(module)(np.array(x, bool))
        assert got == (any(x), all(x))


def test_rows_against_columns() -> None:
    """A column result is used by a second loop over the matrix."""

    def body(p: Program, m: Any) -> Any:
        s = p("sum", m, t=Array(F64, "n1"), axes=(1,), keepdims=True)
        q = p("div", m, s, t=M)
        return [q, p("sum", p("log", q, t=M), t=F64, axes=None, keepdims=False)]

    def reference(m: Any) -> Any:
        q = m / m.sum(1, keepdims=True)
        return q, np.log(q).sum()

    check(program((M,), body), reference, RNG.uniform(1, 2, size=(6, 9)))


def test_overlapping_assignment() -> None:
    def body(p: Program, x: Any) -> Any:
        n = p("sub", p.size(x), 1, t=I64)
        head = p("view", x, 0, n, 1, t=VS, spec="s")
        tail = p("view", x, 1, n, 1, t=VS, spec="s")
        p("assign", tail, head)
        p("assign", head, p("mul", tail, 2.0, t=V))
        p("vacc", tail, head)
        return []

    def reference(x: Any) -> Any:
        x[1:] = x[:-1].copy()
        x[:-1] = x[1:] * 2
        x[1:] += x[:-1].copy()
        return ()

    check(program((V,), body), reference, RNG.normal(size=50))


def test_accumulate_sums_to_shape() -> None:
    def body(p: Program, bias: Any, column: Any, total: Any, m: Any) -> Any:
        e = p("sin", m, t=M)
        for target in (bias, column, total):
            p("vacc", target, e)
        p("vacc", m, bias)
        return []

    def reference(bias: Any, column: Any, total: Any, m: Any) -> Any:
        e = np.sin(m)
        bias += e.sum(0)
        column += e.sum(1, keepdims=True)
        total += e.sum()
        m += bias
        return ()

    types = (V, Array(F64, "n1"), Array(F64, "1"), M)
    module = program(types, body)
    check(module, reference, *(RNG.normal(size=s) for s in ((5,), (7, 1), (1,), (7, 5))))

    def squeezed(bias: Any, column: Any, total: Any, m: Any) -> Any:
        e = np.sin(m)
        bias += e.sum()
        column += e.sum(1, keepdims=True)
        total += e.sum()
        m += bias
        return ()

    check(module, squeezed, *(RNG.normal(size=s) for s in ((1,), (7, 1), (1,), (7, 5))))


def test_read_after_accumulate_in_one_loop() -> None:
    def body(p: Program, x: Any, y: Any) -> Any:
        p("vacc", x, p("mul", y, 3.0, t=V))
        z = p("exp", x, t=V)
        p("assign", x, z)
        p("vacc", x, y)
        return [z]

    def reference(x: Any, y: Any) -> Any:
        x += y * 3
        z = np.exp(x)
        x[:] = z
        x += y
        return z

    module = program((V, V), body)
    check(module, reference, RNG.normal(size=20), RNG.normal(size=20))
    assert_one = reference(np.ones(3), np.ones(1))
    np.testing.assert_allclose(Compiled(module)(np.ones(3), np.ones(1)), assert_one)


def test_views() -> None:
    def body(p: Program, m: Any) -> Any:
        t = p("transpose", m, t=MS, perm=(1, 0))
        d = p("diagonal", m, t=VS)
        row = p("view", m, 1, t=V, spec="i:")
        col = p("view", m, 1, t=VS, spec=":i")
        back = p("view", m, p("sub", p.size(m), 1, t=I64), p.size(m), -1, t=MS, spec="s:")
        new = p("view", row, t=Array(F64, "1n"), spec="+:")
        flat = p("reshape", m, p("mul", p.size(m, 0), p.size(m, 1), t=I64), t=V, axes="n")
        wide = p("broadcast", col, p.size(m, 0), p.size(m, 0), t=MS, axes="nn")
        return [t, d, row, col, back, new, flat, wide]

    def reference(m: Any) -> Any:
        return (
            m.T, np.diagonal(m), m[1], m[:, 1], m[::-1], m[1][None], m.reshape(-1),
            np.broadcast_to(m[:, 1], (len(m), len(m))),
        )  # fmt: skip

    check(program((M,), body), reference, RNG.normal(size=(4, 6)))


@pytest.mark.parametrize("n", [1, 2, 3, 11, 40])
def test_matmul(n: int) -> None:
    def body(p: Program, a: Any, b: Any, x: Any) -> Any:
        bt, at = (p("transpose", z, t=MS, perm=(1, 0)) for z in (b, a))
        return [
            p("matmul", a, b, t=M),
            p("matmul", p("copy", at, t=M), bt, t=M),
            p("matmul", bt, at, t=M),
            p("matmul", a, x, t=V),
            p("matmul", x, b, t=V),
            p("matmul", x, x, t=F64),
        ]

    def reference(a: Any, b: Any, x: Any) -> Any:
        return a @ b, a.T @ b.T, b.T @ a.T, a @ x, x @ b, x @ x

    module = program((M, M, V), body)
    m = n
    check(module, reference, RNG.normal(size=(m, n)), RNG.normal(size=(n, m)), RNG.normal(size=n), rtol=1e-11)


def test_matmul_shapes() -> None:
    module = program((M, MS), lambda p, a, b: [p("matmul", a, b, t=M)])
    k = Compiled(module)
    for m, n, q in ((5, 700, 3), (64, 1, 64), (1, 50, 60), (60, 50, 1), (0, 3, 4), (3, 0, 4)):
        a, b = RNG.normal(size=(m, n)), RNG.normal(size=(n, q))
        np.testing.assert_allclose(k(a, b), a @ b, rtol=1e-11, atol=1e-12)
        wide = RNG.normal(size=(2 * n, 3 * q))[::2, ::3]
        np.testing.assert_allclose(k(a, wide), a @ wide, rtol=1e-11, atol=1e-12)
    with pytest.raises(ValueError, match="inner sizes 3 and 4"):
        k(np.zeros((2, 3)), np.zeros((4, 2)))


@pytest.mark.parametrize("name", ["argmax", "argmin"])
def test_arguments(name: str) -> None:
    def body(p: Program, m: Any) -> Any:
        t = p("transpose", m, t=MS, perm=(1, 0))
        whole = [p(name, z, t=I64, axis=None) for z in (m, t)]
        return [*whole, *(p(name, z, t=array(I64, 1), axis=k) for z in (m, t) for k in (0, 1))]

    def reference(m: Any) -> Any:
        f = getattr(np, name)
        return (f(m), f(m.T), f(m, 0), f(m, 1), f(m.T, 0), f(m.T, 1))

    module = program((M,), body)
    check(module, reference, RNG.integers(0, 3, size=(5, 8)).astype(float))
    m = RNG.normal(size=(5, 8))
    m[2, 3] = m[4, 1] = np.nan
    check(module, reference, m)


def test_interleaved_shapes_and_scalars() -> None:
    def body(p: Program, x: Any, m: Any) -> Any:
        a = p("mul", x, 2.0, t=V)
        b = p("add", m, 1.0, t=M)
        s = p("sum", a, t=F64, axes=None, keepdims=False)
        c = p("add", a, s, t=V)
        d = p("mul", b, c, t=M)
        e = p("select", p("gt", d, 0.0, t=array(BOOL, 2)), d, m, t=M)
        return [c, e, p("cast", e, t=array(I64, 2)), p("dim", e, t=I64, axis=1)]

    def reference(x: Any, m: Any) -> Any:
        c = x * 2 + (x * 2).sum()
        d = (m + 1) * c
        e = np.where(d > 0, d, m)
        return c, e, e.astype(int), m.shape[1]

    check(program((V, M), body), reference, RNG.normal(size=4), RNG.normal(size=(3, 4)))


def test_assignment_to_carried_arrays() -> None:
    """Two buffers change places: nothing tells the compiler that they differ, and sometimes they do not."""

    def body(p: Program, u: Any, v: Any, n: Any) -> Any:
        inside = p("sub", p.size(u), 2, t=I64)

        def trip(q: Program, i: Any, a: Any, b: Any) -> Any:
            left, right = (q("view", a, k, inside, 1, t=VS, spec="s") for k in (0, 2))
            q("assign", q("view", b, 1, inside, 1, t=VS, spec="s"), q("add", left, right, t=V))
            return [b, a]

        p.loop(0, n, trip, u, v)
        w = p("copy", u, t=V)
        p.loop(0, n, trip, w, w)
        return [w]

    def reference(u: Any, v: Any, n: int) -> Any:
        a, b = u, v
        for _ in range(n):
            b[1:-1] = a[:-2] + a[2:]
            a, b = b, a
        w = u.copy()
        for _ in range(n):
            w[1:-1] = w[:-2] + w[2:]
        return w

    module = program((V, V, I64), body)
    check(module, reference, RNG.normal(size=30), RNG.normal(size=30), 5)
