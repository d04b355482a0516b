"""Small programs on which every pass is run.  See `analysis/small.py` for what the names mean."""

# ruff: noqa: F821, F841
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def dead_cycle(s, N):
    t = 1.0
    q = s
    for i in range(N):
        t = t * q
        q = q + t
        s = s + 1.0
    return s


def dead_branch(s, p, N):
    r = s
    if N > 3:
        r = sin(s)
        p = exp(p)
    else:
        p = p * 2.0
    return p


def dead_store(x, N):
    y = zeros(N)
    for i in range(N):
        y[i] = 2.0
    z = zeros(N)
    z[N - 1] = 1.0
    return sum(z)


def dead_load(x, I):
    s = x[I]
    return 1.0


def laws(x, s, p, N):
    k = N + 0
    k = (k + 3) - 3
    s = s * 1.0
    s = s + 0.0
    s = s - 0.0
    p = -(-p) / 1.0
    q = 2.0 * 3.0 + 1.0
    z = p * 0.0
    m = k - k
    return s * q + z, m, k


def wraps(x, N):
    n = len(x)
    s = 0.0
    for i in range(n):
        s += x[wrap(i, n)] * x[wrap(i - n, n)] + x[wrap(0 - 1, n)]
    for i in range(n - 1, -1, -1):
        s = s * x[wrap(i, n)]
    return s


def stencil(a):
    n = len(a)
    for t in range(3):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                a[i, j] = (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1]) * 0.25


def one_trip(x, s):
    for i in range(0, 1):
        s = s + x[i]
    for i in range(3, 3):
        s = s * 100.0
    return s


def constant_if(s, N):
    if N == N:
        s = sin(s)
    else:
        s = exp(s)
    return s


def invariant_carried(s, p, N):
    q = p
    for i in range(N):
        for j in range(i):
            q = q
        s = s * q
    return s, q


def forwarding(x, s, p, I):
    x[I] = s
    x[I + 1] = p
    t = x[I] * x[I]
    for i in range(3):
        t = t + x[I]
        x[I] = t
    return t, x[I], x[I + 1]


def branches_write(x, s, I):
    x[0] = s
    p = x[0]
    if s > 0.0:
        x[0] = 2.0
        p = x[0] + p
    else:
        p = x[0] - 1.0
    return p + x[0]


def same_location_loop(x, N):
    s = 0.0
    for i in range(N):
        s = s + x[0]
        x[0] = s + 1.0
        s = s * x[0]
    return s


def two_arrays(x, y, I):
    x[I] = 1.0
    y[I] = 2.0
    return x[I] + y[I]


def accumulation(x, y, N):
    for i in range(N):
        x[i] += y[i] * y[i]
        x[0] = y[i] + x[0]


def not_accumulation(x, y, N):
    for i in range(N):
        s = x[i]
        x[0] = 1.0
        x[i] = s + y[i]


def invariants(a, s, N):
    n = len(a)
    t = 0.0
    for i in range(n):
        for j in range(n):
            t += a[i, 0] * sin(s) + a[i, j] / (s * s)
    return t


def zero_trip_invariants(x, s, N, I):
    t = 0.0
    for i in range(N):
        t += x[I] * sin(s)
    return t


def loads_in_loops(x, y, N):
    s = 0.0
    for i in range(N):
        s += x[0]
        y[i] = s
        for j in range(N):
            s += y[0]
            x[j] = s
    return s


def clamps(x, I):
    n = len(x)
    k = minimum(maximum(I, 0), n)
    s = 0.0
    for i in range(0, k):
        s += x[i]
    for i in range(n):
        s += x[minimum(i, n - 1)] + x[maximum(i, 0)]
    return s


def slices(x, N):
    n = len(x)
    for i in range(1, n):
        x[i:] = x[i - 1 : n - 1]
    return sum(x[: n - 1])


def while_loop(s, p, N):
    k = 0
    q = p
    while k < N:
        s = s * p
        k = k + 1
        q = q * q
    while 1 > 2:
        s = s + 1.0
    return s, k


def signs(s, p):
    return s + 0.0, s - 0.0, 0.0 - s, s * 0.0, p - p, (s + p) - p, -s, -(-s) * -1.0, 0.0 / s


def nested_conditions(x, N, I):
    n = len(x)
    s = 0.0
    for i in range(N):
        if i < n:
            if i >= 2:
                s += x[i] * x[i - 2]
            if i + 1 < n and i > 0:
                s += x[i + 1] * x[i - 1]
    return s


def overflow(x, I, J):
    s = 0.0
    for i in range(I - J):
        s += x[i]
    return s


def triangular(a):
    n = len(a)
    s = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            for k in range(j, i, -1):
                s += a[i, k] * a[k, j]
    return s


def strides(x):
    n = len(x)
    s = 0.0
    for i in range(0, n - 1, 2):
        s += x[i + 1]
    for i in range(n - 1, 0, -3):
        s += x[i] * x[i - 1]
    for i in range(0, n, 2):
        s += x[i // 2] + x[(i + 1) % n]
    return s


def out_of_range(x, N):
    s = 0.0
    for i in range(N):
        s += x[i]
        x[i] = s
    return s


def early_error(x, y, I, J):
    x[0] = 7.0
    s = y[I]
    x[1] = 8.0
    t = y[I]
    y[J] = 1.0
    return 3.0


_rng = np.random.default_rng(0)


def _values(f: Callable[..., Any], numbers: dict[str, Any], size: int) -> list[Any]:
    out: list[Any] = []
    for name in f.__code__.co_varnames[: f.__code__.co_argcount]:
        if name in numbers:
            out.append(numbers[name])
        elif name[0].isupper():
            out.append(size)
        elif name[0] in "abc":
            out.append(_rng.standard_normal((size, size)))
        elif name[0] in "xyzuvw":
            out.append(_rng.standard_normal(size))
        else:
            out.append(float(_rng.standard_normal()))
    return out


_SPECIAL = (0.0, -0.0, 1.0, float("inf"), -float("inf"), float("nan"))

CASES: list[tuple[Callable[..., Any], list[list[Any]]]] = []

for _f in list(globals().values()):
    if callable(_f) and getattr(_f, "__module__", None) == __name__ and not _f.__name__.startswith("_"):
        _sets = [
            _values(_f, {"I": i, "J": j}, n)
            for n in (4, 1, 0, 7)
            for i, j in ((0, 0), (1, 2), (-1, 3), (9, 0))
        ]
        _sets += [
            _values(_f, {"s": s, "p": p, "I": 1, "J": 0}, 3) for s in _SPECIAL for p in (0.0, -0.0, 2.0)
        ]
        _sets += [_values(_f, {"N": 6, "I": -(2**63), "J": 5}, 3)]
        CASES.append((_f, _sets))
