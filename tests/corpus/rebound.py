"""Variables that a loop or a branch binds to another list or object."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def rk4(y, k, n, h):
    def f(y):
        return [y[1], -k * y[0]]

    for _ in range(n):
        k1 = f(y)
        k2 = f([y[i] + h / 2 * k1[i] for i in range(2)])
        y = [y[i] + h * k2[i] for i in range(2)]
    return y


def lorenz(state, n):
    x, y, z = state
    for _ in range(n):
        x, y, z = [x + 0.01 * 10 * (y - x), y + 0.01 * (x * (28 - z) - y), z + 0.01 * (x * y - 8 / 3 * z)]
    return [x, y, z]


def pingpong(u, n):
    v = [0.0] * len(u)
    for _ in range(n):
        for i in range(1, len(u) - 1):
            v[i] = 0.5 * u[i - 1] + 0.5 * u[i + 1] * u[i]
        u, v = v, u
    return sum(u) + u[2]


def pingpong2(u, n):
    m = len(u)
    v = [row[:] for row in u]
    for _ in range(n):
        for i in range(1, m - 1):
            for j in range(1, m - 1):
                v[i][j] = 0.25 * (u[i - 1][j] + u[i + 1][j] + u[i][j - 1] + u[i][j + 1] * u[i][j])
        u, v = v, u
    return u[1][1] * u[2][2]


def dp_rows(s, t, c):
    prev = [0] * (len(t) + 1)
    for a in s:
        cur = [0]
        for j, b in enumerate(t):
            cur.append(max(prev[j] + math.exp(-c * (a - b) ** 2), prev[j + 1], cur[j]))
        prev = cur
    return prev[-1]


def dp_rows2(s, t, c):
    prev = [j * c for j in range(len(t) + 1)]
    for i in range(len(s)):
        cur = [0.0] * (len(t) + 1)
        cur[0] = (i + 1) * c
        for j in range(len(t)):
            cur[j + 1] = min(prev[j] + (s[i] - t[j]) ** 2, prev[j + 1] + c, cur[j] + c)
        prev = cur
    return prev[len(t)]


def alias_held(u, n):
    v = [1.0] * len(u)
    w = u
    for k in range(n):
        u, v = v, u
        u[0] = 2.0 * u[1] + k
    return w[0] * 3 + u[0] + v[0] * 0.5


def branch_list(u, v, c):
    w = u if c > 0 else v
    w[0] = w[1] * 2
    return u[0] * 10 + v[0]


def held_append(u, n):
    best = u
    cur = [1.0, 2.0]
    for k in range(n):
        cur = cur + [cur[-1] * u[0]]
        if cur[-1] > 1.5:
            best = cur
    return best[-1] * len(best)


class P:
    def __init__(self, v):
        self.v = v


def after_loop(x, n):
    y = [1.0, 1.0]
    for i in range(n):
        y = [x * i, x]
    z = [5.0, 6.0]
    return y[0] + z[0] * z[1] * x


def after_loop_obj(x, n):
    p = P(x)
    for i in range(n):
        p = P(p.v * 1.1)
    q = P(7.0)
    return p.v * p.v + q.v * x


def prev_obj(x, n):
    prev = P(x)
    for i in range(n):
        cur = P(prev.v * 1.1)
        cur.v += prev.v
        prev = cur
    return prev.v


def branch_key(x, c):
    if c > 0:
        y = [x, x * x]
    else:
        y = [2.0 * x, 3.0]
    z = [5.0, 6.0]
    return y[0] * z[0] + y[1]


def while_key(x):
    y = {"a": x}
    while y["a"] < 10:
        y = {"a": y["a"] * 1.5}
    z = {"a": 3.0}
    return y["a"] * z["a"]


def fib_obj(x, n):
    a = P(x)
    b = P(2 * x)
    for _ in range(n):
        c = P(a.v * b.v * 0.3)
        a = b
        b = c
    return a.v + b.v * b.v


def sum_from_zero(x, n):
    """A number becomes an array in the first trip, which is changed in place from then on."""
    s = 0.0
    first = x
    for i in range(n):
        s += x * (i + 1.0)
        if i == 0:
            first = s
    return np.sum(first * x) + np.sum(s)


def stores_of_a_sum(x, n):
    """What is a number when no trip was made, and an array otherwise, goes into arrays."""
    s = 0.0
    for i in range(n):
        s = s + np.cos(x * i)
    y = np.zeros((2, len(x)))
    y[0] = s
    y[1:] += s * x
    y *= s
    return y, np.max(s)


def fields_from_zero(x, n):
    state = [0.0, x]
    for i in range(n):
        state[0] += x * i
    return state[0] * state[1]


CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("list", rk4, ([1.0, 0.5], 2.0, 5, 0.1)),
    ("list", lorenz, ([1.0, 2.0, 3.0], 4)),
    ("list", pingpong, ([1.0, 2.0, 0.5, 3.0, 1.5], 3)),
    (
        "list",
        pingpong2,
        ([[1.0, 2.0, 0.5, 3.0], [1.5, 2.0, 1.0, 0.3], [0.2, 0.5, 0.7, 1.1], [0.3, 0.2, 0.1, 1.5]], 3),
    ),
    ("list", dp_rows, ([1.0, 2.0, 1.5], [1.1, 1.6], 0.7)),
    ("list", dp_rows2, ([1.0, 2.0, 1.5], [1.1, 1.6], 0.7)),
    ("list", alias_held, ([1.0, 2.0, 0.3], 3)),
    ("list", branch_list, ([1.0, 2.0], [3.0, 4.0], 1)),
    ("list", branch_list, ([1.0, 2.0], [3.0, 4.0], -1)),
    ("list", held_append, ([1.2, 2.0], 4)),
    ("list", after_loop, (1.3, 3)),
    ("list", after_loop, (1.3, 0)),
    ("list", after_loop_obj, (1.3, 3)),
    ("list", prev_obj, (1.3, 3)),
    ("list", sum_from_zero, (np.array([0.1, 0.2, 0.3]), 3)),
    ("list", sum_from_zero, (np.array([0.1, 0.2, 0.3]), 1)),
    ("list", stores_of_a_sum, (np.array([0.1, 0.2, 0.3]), 3)),
    ("list", fields_from_zero, (np.array([0.1, 0.2, 0.3]), 3)),
    ("list", branch_key, (1.3, 1)),
    ("list", branch_key, (1.3, -1)),
    ("list", while_key, (1.3,)),
    ("list", fib_obj, (1.3, 4)),
]
