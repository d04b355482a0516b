"""Lists whose length is known at run time, and values of one of several kinds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def grow_app(x, n):
    out = []
    for i in range(n):
        out.append(x * i * 0.5)
    return np.array(out)


def grow_ret(x, n):
    out = []
    for i in range(n):
        out.append(x * i)
    return out


def grow_pos(xs):
    pos = []
    for x in xs:
        if x > 0:
            pos.append(x * x)
    s = 0.0
    for p in pos:
        s += p
    if len(pos) > 1:
        s *= pos[-1]
    return s + sum(pos)


def grow_comp(xs):
    ys = [x**2 for x in xs if x > 0]
    return sum(ys) * len(ys) + max(ys)


def grow_comp2(xs):
    ys = [x[0] * x[1] for x in zip(xs, xs[1:])]
    xs[0] = 5.0
    return np.sum(np.asarray(ys)) + ys[0]


def grow_tup(x, n):
    path = [(0.0, x)]
    for i in range(n):
        a, b = path[-1]
        path.append((a + b * 0.1, b - math.sin(a) * 0.1))
    return path[-1][0] + path[n // 2][1]


def grow_arr(x, n):
    hist = [x.copy()]
    for i in range(n):
        y = hist[-1] * 1.1 + np.sin(x)
        hist.append(y)
    return np.array(hist)


def grow_stack(x, n):
    s = [x]
    t = 0.0
    while s:
        v = s.pop()
        t += v * v
        if len(s) < n and v > 0.1:
            s.append(v * 0.5)
            s.append(v * 0.25)
    return t


def either_none(x, flag):
    r = None
    for k in range(3):
        if x * k > 1.0:
            r = x * k
            break
    if r is None:
        return 0.5 * x
    return r * r


def either_str(x):
    m = "low" if x < 1.0 else "high"
    if m == "low":
        return x * x
    return x * 3


def either_meth(x):
    if x < 1:
        method = "a"
    elif x < 2:
        method = "b"
    else:
        method = "c"
    y = x + 1
    if method == "a":
        return y * 2
    elif method in ("b", "z"):
        return y * y
    else:
        return y


def either_fun(x):
    f = math.sin if x > 0 else math.cos
    return f(x) * x


A = [1.0, 2.0, 3.0]
B = [4.0, 5.0, 6.0, 7.0]


def either_list(x, i):
    t = A if x < 1 else B
    return t[i] * x


def either_opt(x, y=None):
    if x > 2:
        y = 3.0
    z = y if y is not None else x
    return z * x


def grow_setidx(x, k):
    v = [0.0, 0.0, 0.0]
    for i in range(3):
        v[(i + k) % 3] = x * i
    return v[0] * v[1] + v[2]


def grow_nested(x, n):
    return [x * i * j for i in range(n) for j in range(i)]


def grow_sorted(x):
    u = [x, x * 2, 0.3]
    while len(u) < 6:
        u.append(u[-1] * u[0])
    return sum(u[1:4])


Case = tuple[str, Any, tuple[Any, ...]]
CASES: list[Case] = [
    ("list", grow_app, (1.5, 4)),
    ("list", grow_ret, (1.5, 4)),
    ("list", grow_pos, (np.array([1.0, -2, 3.0]),)),
    ("list", grow_comp, (np.array([1.0, -2, 3.0]),)),
    ("list", grow_comp2, (np.array([1.0, -2, 3.0]),)),
    ("list", grow_tup, (1.2, 7)),
    ("list", grow_arr, (np.array([1.0, 2.0]), 3)),
    ("list", grow_stack, (1.3, 4)),
    ("either", either_none, (0.7, 1)),
    ("either", either_none, (0.3, 1)),
    ("either", either_str, (0.5,)),
    ("either", either_str, (1.5,)),
    ("either", either_meth, (0.5,)),
    ("either", either_meth, (1.5,)),
    ("either", either_meth, (2.5,)),
    ("either", either_fun, (0.5,)),
    ("either", either_fun, (-0.5,)),
    ("either", either_list, (0.5, 1)),
    ("either", either_list, (1.5, 3)),
    ("either", either_opt, (1.0,)),
    ("either", either_opt, (3.0,)),
    ("list", grow_setidx, (1.3, 1)),
    ("list", grow_nested, (1.1, 4)),
    ("list", grow_sorted, (1.2,)),
]
