"""Which accesses are final, on the classics of dense linear algebra and on stencils."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analysis.small import lower
from wengert.analysis.final import Final
from wengert.ir.core import Func, Op, Value


def lu_kij(a):
    n = len(a)
    for k in range(n):
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]


def lu_ijk(a):
    n = len(a)
    for i in range(n):
        for j in range(i):
            w = a[i, j]
            for k in range(j):
                w -= a[i, k] * a[k, j]
            a[i, j] = w / a[j, j]
        for j in range(i, n):
            w = a[i, j]
            for k in range(i):
                w -= a[i, k] * a[k, j]
            a[i, j] = w


def polybench_lu(a, N):
    for i in range(N):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[k, j]
            a[i, j] /= a[j, j]
        for j in range(i, N):
            for k in range(i):
                a[i, j] -= a[i, k] * a[k, j]


def lu_jki(a):
    n = len(a)
    for j in range(n):
        for k in range(j):
            for i in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
        for i in range(j + 1, n):
            a[i, j] /= a[j, j]


def cholesky(a, N):
    for i in range(N):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[j, k]
            a[i, j] /= a[j, j]
        for k in range(i):
            a[i, i] -= a[i, k] * a[i, k]
        a[i, i] = sqrt(a[i, i])  # noqa: F821


def forward(b, x, N):
    for i in range(N):
        for j in range(i):
            x[i] -= b[i, j] * x[j]
        x[i] /= b[i, i]


def backward(b, x, N):
    for i in range(N - 1, -1, -1):
        for j in range(i + 1, N):
            x[i] -= b[i, j] * x[j]
        x[i] /= b[i, i]


def gauss_seidel(a, T, N):
    for t in range(T):
        for i in range(1, N - 1):
            for j in range(1, N - 1):
                a[i, j] = (a[i - 1, j] + a[i + 1, j]) * 0.5


def lu_slices(a):
    n = len(a)
    for i in range(n):
        for j in range(i):
            a[i, j] = (a[i, j] - dot(a[i, :j], a[:j, j])) / a[j, j]  # noqa: F821
        for j in range(i, n):
            a[i, j] -= dot(a[i, :i], a[:i, j])  # noqa: F821


def lu_row_updates(a):
    n = len(a)
    for k in range(n):
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            a[i, k + 1 :] -= a[i, k] * a[k, k + 1 :]


def fibonacci(x, N):
    for i in range(2, N):
        x[i] = x[i - 1] + x[i - 2]


def branch(x, N):
    for i in range(N):
        for j in range(N):
            if i < j:
                x[j] = x[i] * 2.0


def unordered(x, N):
    for i in range(N):
        for j in range(N):
            if i != j:
                x[j] = x[i] * 2.0


def swap(x, I, J):
    p = x[I]
    q = x[J]
    x[I] = q
    x[J] = p


def while_sweep(x, s):
    k = 0
    while s > 1.0:
        s = s * x[k]
        x[k] = s
        k = k + 1


def strided(x, N):
    for i in range(0, N, 2):
        x[i] = x[i + 1]


def local(N):
    s = 0.0
    for i in range(N):
        u = zeros(N)  # noqa: F821
        for j in range(N):
            u[j] = s
        for j in range(N):
            s += u[j]
    return s


def ops_of(func: Func) -> list[Op]:
    out: list[Op] = []

    def walk(ops: tuple[Op, ...]) -> None:
        for op in ops:
            out.append(op)
            for r in op.regions:
                walk(r.ops)

    walk(func.body.ops)
    return out


def show(func: Func, op: Op) -> str:
    """`a[i,k]`, from the hints; a computed index is `?`, a constant its number."""
    made = {r: o for o in ops_of(func) for r in o.results}

    def name(v: Value) -> str:
        o = made.get(v)
        if o is None:
            return v.hint
        if o.name == "const":
            return str(o.attrs["value"])
        if o.name in ("add", "sub"):
            return name(o.operands[0]) + {"add": "+", "sub": "-"}[o.name] + name(o.operands[1])
        return v.hint or "?"

    indices = op.operands[1:] if op.name == "load" else op.operands[1:-1]
    return f"{name(op.operands[0])}[{','.join(map(name, indices))}]"


def final_loads(f: Callable[..., Any]) -> tuple[set[str], set[str]]:
    """The loads of the written array that are final, and those that are not (by text)."""
    func = lower(f)
    final = Final(func)
    yes: set[str] = set()
    no: set[str] = set()
    for op in ops_of(func):
        if op.name == "load" and final.aliases.writes(final.aliases.cls(op.operands[0])):
            (yes if final.is_final(op) else no).add(show(func, op))
    return yes, no


@pytest.mark.parametrize(
    ("f", "yes", "no"),
    [
        (lu_kij, {"a[k,k]", "a[i,k]", "a[k,j]"}, {"a[i,k]", "a[i,j]"}),
        (lu_ijk, {"a[i,k]", "a[k,j]", "a[j,j]"}, {"a[i,j]"}),
        (polybench_lu, {"a[i,k]", "a[k,j]", "a[j,j]"}, {"a[i,j]"}),
        (lu_jki, {"a[i,k]", "a[k,j]", "a[j,j]"}, {"a[i,j]"}),
        (cholesky, {"a[i,k]", "a[j,k]", "a[j,j]"}, {"a[i,j]", "a[i,i]"}),
        (forward, {"x[j]"}, {"x[i]"}),
        (backward, {"x[j]"}, {"x[i]"}),
        (gauss_seidel, set(), {"a[i-1,j]", "a[i+1,j]"}),
        (fibonacci, {"x[i-1]", "x[i-2]"}, set()),
        (branch, {"x[i]"}, set()),
        (unordered, set(), {"x[i]"}),
        (swap, set(), {"x[I]", "x[J]"}),
        (while_sweep, set(), {"x[k]"}),
        (strided, {"x[i+1]"}, set()),
        (local, {"?[j]"}, set()),
    ],
)
def test_final_loads(f: Callable[..., Any], yes: set[str], no: set[str]) -> None:
    assert final_loads(f) == (yes, no)


def test_regions() -> None:
    func = lower(lu_slices)
    final = Final(func)
    products = [op for op in ops_of(func) if op.name == "matmul"]
    assert len(products) == 2
    assert all(final.is_final_region(op, v) for op in products for v in op.operands)


def test_row_updates() -> None:
    func = lower(lu_row_updates)
    final = Final(func)
    loads = [final.is_final(op) for op in ops_of(func) if op.name == "load"]
    assert loads == [False, True, True]
    (product,) = (op for op in ops_of(func) if op.name == "mul")
    assert final.is_final_region(product, product.operands[1])
    (difference,) = (
        op for op in ops_of(func) if op.name == "sub" and op.operands[0].type != op.operands[1].type
    )
    assert not final.is_final_region(difference, difference.operands[0])


def test_stores() -> None:
    func = lower(fibonacci)
    final = Final(func)
    (store,) = (op for op in ops_of(func) if op.name == "store")
    assert final.is_final(store)
    func = lower(gauss_seidel)
    (store,) = (op for op in ops_of(func) if op.name == "store")
    assert not Final(func).is_final(store)


def test_an_assignment_overwrites_what_it_reads() -> None:
    def shift(x):
        n = len(x)
        x[1:] = x[: n - 1]

    func = lower(shift)
    (op,) = (op for op in ops_of(func) if op.name == "assign")
    assert not Final(func).is_final_region(op, op.operands[1])
