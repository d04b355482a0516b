"""Variables that a function inside rebinds."""

from __future__ import annotations

from typing import Any

import numpy as np


def counted_up(x):
    t = 0.0

    def add(v):
        nonlocal t
        t += v * v

    for i in range(4):
        add(x * i)
    return t


def counter_clos(x):
    def make():
        c = 0.0

        def inc(d):
            nonlocal c
            c = c + d
            return c

        return inc

    f, g = make(), make()
    f(x)
    f(x * x)
    g(3.0 * x)
    return f(2.0) * g(1.0)


def branchy(x, n):
    best = 0.0
    count = 0

    def see(v):
        nonlocal best, count
        count += 1
        if v > best:
            best = v * x

    for k in range(n):
        see(x * k - k * k * 0.1)
    return best * count


def param_box(x, n):
    def half():
        nonlocal x
        x = x * 0.5

    while x > 0.1:
        half()
    return x * n


def two_levels(x):
    s = x

    def a():
        def b():
            nonlocal s
            s = s * s

        b()
        return s

    y = a()
    return y + s


def loop_var(x):
    tot = 0.0
    for i in range(3):

        def f():
            nonlocal tot
            tot = tot + x * i

        f()
    return tot * tot


def in_a_comprehension(x):
    n = 0

    def nxt():
        nonlocal n
        n += 1
        return n * x

    return sum([nxt() for _ in range(3)]) + nxt()


def array_rebound(x):
    a = x.copy()

    def step():
        nonlocal a
        a = a * 1.5 + x

    for _ in range(3):
        step()
    return np.sum(a * a)


CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("standard", counted_up, (1.3,)),
    ("standard", counter_clos, (1.3,)),
    ("standard", branchy, (1.3, 4)),
    ("standard", param_box, (1.3, 2.0)),
    ("standard", two_levels, (1.3,)),
    ("standard", loop_var, (1.3,)),
    ("standard", in_a_comprehension, (1.3,)),
    ("standard", array_rebound, (np.array([1.0, 2.0]),)),
]
