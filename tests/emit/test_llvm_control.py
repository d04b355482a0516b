"""Loops, branches, recursion, records, ownership and failing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wengert.emit.llvm import Options, lower
from wengert.ir.core import Value, module
from wengert.ir.types import BOOL, F64, I64, Rec

from .llvm_harness import Compiled
from .llvm_programs import M, Program, V, function, inner, program

RNG = np.random.default_rng(2)


@pytest.mark.parametrize("step", [1, 2, 3, -1, -2])
def test_ranges(step: int) -> None:
    def body(p: Program, lo: Any, hi: Any) -> Any:
        return p.loop(lo, hi, lambda q, i, s: [q("add", q("mul", s, 3, t=I64), i, t=I64)], 0, step=step)

    f = Compiled(program((I64, I64), body))
    for lo in range(-4, 8):
        for hi in range(-4, 8):
            s = 0
            for i in range(lo, hi, step):
                s = s * 3 + i
            assert f(lo, hi) == (len(range(lo, hi, step)), s)


@pytest.mark.parametrize("versioning", [True, False])
def test_bounds(versioning: bool) -> None:
    """Every iteration before the failing one has had its effect, and the message names the index."""

    def body(p: Program, x: Any, y: Any, n: Any, shift: Any) -> Any:
        def trip(q: Program, i: Any) -> Any:
            v = q("load", x, q("add", i, shift, t=I64), t=F64)
            q("store", y, i, v)
            return []

        p.loop(0, n, trip)
        return []

    f = Compiled(program((V, V, I64, I64), body), Options(versioning=versioning))
    x, y = np.arange(10.0), np.zeros(10)
    f(x, y, 8, 2)
    np.testing.assert_array_equal(y, [*range(2, 10), 0, 0])
    y = np.zeros(10)
    with pytest.raises(IndexError, match="index 10 is out of bounds for axis 0 with size 10"):
        f(x, y, 9, 2)
    np.testing.assert_array_equal(y, [*range(2, 10), 0, 0])
    with pytest.raises(IndexError, match="index -1 is"):
        f(x, y, 3, -1)
    with pytest.raises(IndexError, match="index 10 is"):
        f(np.arange(50.0), y, 30, 0)


def test_checks_that_are_proved_leave_no_site() -> None:
    def body(p: Program, m: Any) -> Any:
        rows, columns = p.size(m, 0), p.size(m, 1)
        last = p("sub", rows, 1, t=I64)

        def row(q: Program, i: Any) -> Any:
            def cell(r: Program, j: Any) -> Any:
                up = r("load", m, r("sub", i, 1, t=I64), j, t=F64)
                r("store", m, r("add", i, 1, t=I64), j, up)
                return []

            q.loop(0, columns, cell)
            q.loop(0, i, lambda r, k: [r("load", m, k, 0, t=F64)][:0])
            return []

        p.loop(1, last, row)
        p.loop(last, -1, row, step=-1)
        return []

    sites = lower(program((M,), body)).sites
    # uncertain: column 0 (twice), and the rows i - 1 and i + 1 of the second loop
    assert sum(s.exc == "IndexError" for s in sites) == 4


def test_stop() -> None:
    def body(p: Program, x: Any) -> Any:
        def trip(q: Program, i: Any, s: Any) -> Any:
            v = q("load", x, i, t=F64)
            return [q("gt", v, 5.0, t=BOOL), q("add", s, v, t=F64)]

        return p.loop(0, p.size(x), trip, 0.0, stop=True)

    f = Compiled(program((V,), body))
    assert f(np.arange(10.0)) == (7, 21.0)
    assert f(np.arange(3.0)) == (3, 3.0)
    assert f(np.zeros(0)) == (0, 0.0)


def test_while_and_interrupt() -> None:
    def loop(p: Program, x: Any, limit: Any) -> Any:
        region0 = inner(lambda q, v: [q("lt", v, limit, t=BOOL)], [Value(F64)])
        region1 = inner(lambda q, v: [q("mul", v, 2.0, t=F64)], [Value(F64)])
        return p.b.emit("while", (x,), {}, (region0, region1), (I64, F64))

    f = Compiled(program((F64, F64), loop))
    assert f(1.0, 1000.0) == (10, 1024.0)
    f.interrupt.value = 1
    with pytest.raises(KeyboardInterrupt):
        f(0.0, 1.0)


def test_recursion() -> None:
    def fib(p: Program, n: Any) -> Any:
        def deeper(q: Program) -> Any:
            one, two = (q("call", q("sub", n, k, t=I64), t=I64, func="fib") for k in (1, 2))
            return [q("add", one, two, t=I64)]

        return p.branch(p("lt", n, 2, t=BOOL), lambda q: [n], deeper, I64)

    assert Compiled(module(function("fib", (I64,), fib)))(20) == 6765
    forever = module(function("f", (I64,), lambda p, n: [p("call", n, t=I64, func="f")]))
    with pytest.raises(RecursionError):
        Compiled(forever)(1)


def test_recursion_with_arrays() -> None:
    def walk(p: Program, x: Any, n: Any) -> Any:
        def deeper(q: Program) -> Any:
            y = q("mul", x, 2.0, t=V)
            z = q("call", y, q("sub", n, 1, t=I64), t=V, func="walk")
            return [q("add", z, x, t=V)]

        return p.branch(p("lt", n, 1, t=BOOL), lambda q: [x], deeper, V)

    f = Compiled(module(function("walk", (V, I64), walk)))
    np.testing.assert_array_equal(f(np.ones(3), 5), np.full(3, 63.0))
    np.testing.assert_array_equal(f(np.ones(3), 0), np.ones(3))


def test_checks() -> None:
    def body(p: Program, x: Any) -> Any:
        p(
            "check",
            p("lt", x, 1.0, t=BOOL),
            x,
            p.const(3),
            exc="OverflowError",
            message="{0} is too big ({1})",
        )
        return [p("neg", x, t=F64)]

    f = Compiled(program((F64,), body))
    assert f(0.5) == -0.5
    with pytest.raises(OverflowError, match=r"2\.5 is too big \(3\)"):
        f(2.5)


def test_records() -> None:
    def body(p: Program, x: Any) -> Any:
        numbers = p("rec_new", t=Rec(F64), item=F64)
        rows = p("rec_new", t=Rec(V), item=V)

        def forward(q: Program, i: Any) -> Any:
            v = q("load", x, i, t=F64)
            q("rec_set", numbers, q("rec_grow", numbers, 1, t=I64), v)
            q("rec_set", rows, q("rec_grow", rows, 1, t=I64), q("mul", x, v, t=V))
            return []

        p.loop(0, p.size(x), forward)
        n = p("rec_len", numbers, t=I64)
        out = p("alloc", n, t=V, dtype=F64, axes="n", fill="zero")

        def backward(q: Program, i: Any) -> Any:
            q("store", out, i, q("rec_get", numbers, i, t=F64))
            q("vacc", out, q("rec_get", rows, i, t=V))
            return []

        p.loop(p("sub", n, 1, t=I64), -1, backward, step=-1)
        return [out, p("rec_get", rows, 0, t=V)]

    def reference(x: Any) -> Any:
        out = np.zeros(len(x))
        for i in reversed(range(len(x))):
            out[i] = x[i]
            out += x * x[i]
        return out, x * x[0]

    f = Compiled(program((V,), body))
    x = RNG.normal(size=300)
    for got, want in zip(f(x), reference(x), strict=True):
        np.testing.assert_allclose(got, want)


def test_carried_arrays() -> None:
    """Three generations alive at once: no buffer is reused or freed too early, and nothing leaks."""

    def body(p: Program, x: Any, n: Any) -> Any:
        u = p("copy", x, t=V)
        v = p("mul", x, 2.0, t=V)

        def trip(q: Program, i: Any, a: Any, b: Any) -> Any:
            c = q("add", a, b, t=V)
            q("store", c, 0, 1.0)
            (d,) = q.branch(q("gt", i, 3, t=BOOL), lambda r: [r("mul", c, 0.5, t=V)], lambda r: [a], V)
            return [b, q("add", c, d, t=V)]

        return p.loop(0, n, trip, u, v)[1:]

    def reference(x: Any, n: int) -> Any:
        a, b = x.copy(), 2 * x
        for i in range(n):
            c = a + b
            c[0] = 1.0
            d = c * 0.5 if i > 3 else a
            a, b = b, c + d
        return a, b

    f = Compiled(program((V, I64), body))
    x = RNG.normal(size=50)
    for n in (0, 1, 2, 10):
        for got, want in zip(f(x, n), reference(x, n), strict=True):
            np.testing.assert_allclose(got, want)


def test_failing_frees_everything() -> None:
    resource = pytest.importorskip("resource")

    def body(p: Program, x: Any) -> Any:
        def trip(q: Program, i: Any, a: Any) -> Any:
            b = q("mul", a, 2.0, t=V)
            q("load", b, q("mul", i, 1000, t=I64), t=F64)
            return [b]

        return p.loop(0, 100000, trip, x)[1:]

    f = Compiled(program((V,), body))
    x = np.ones(10_000)
    before = 0
    for k in range(300):
        with pytest.raises(IndexError):
            f(x)
        if k == 50:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4000


def test_huge_allocation() -> None:
    f = Compiled(program((I64,), lambda p, n: [p("alloc", n, n, t=M, dtype=F64, axes="nn", fill="none")]))
    assert f(3).shape == (3, 3)
    with pytest.raises(MemoryError):
        f(2**40)
    with pytest.raises(ValueError, match="negative"):
        f(-1)
