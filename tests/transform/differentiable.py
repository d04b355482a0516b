"""Programs that each mode differentiates, in the small language of `analysis/small.py`."""

# ruff: noqa: F821
from __future__ import annotations

from typing import Any

import numpy as np

_r = np.random.default_rng(1)


def square(p):
    return p * p


def recur(x):
    for i in range(1, len(x)):
        x[i] = x[i] + x[i - 1] * x[i]
    s = 0.0
    for i in range(len(x)):
        s = s + x[i] * x[i]
    return s


def newton(p):
    v = 1.0
    for k in range(6):
        v = v - (v * v * v - p) / (3.0 * v * v)
    return v


def dotp(x, y):
    s = 0.0
    for i in range(len(x)):
        s = s + x[i] * y[i]
    return s * s


def stencil(x, N):
    for t in range(N):
        for i in range(1, len(x) - 1):
            x[i] = (x[i - 1] * x[i] + x[i + 1]) * 0.3
    s = 0.0
    for i in range(len(x)):
        s = s + x[i] * x[i] * x[i]
    return s


def gs(x, N):
    for t in range(N):
        for i in range(1, len(x) - 1):
            x[i] = (x[i - 1] + x[i + 1]) * 0.5
    return sum(x * x)


def lu(a):
    for k in range(len(a)):
        for i in range(k + 1, len(a)):
            a[i, k] /= a[k, k]
            for j in range(k + 1, len(a)):
                a[i, j] -= a[i, k] * a[k, j]
    s = 0.0
    for i in range(len(a)):
        for j in range(len(a)):
            s = s + sin(a[i, j])
    return s


def branch(p, q):
    s = 0.0
    for i in range(5):
        if p > q:
            s = s + p * q
            p = p * 0.5
        else:
            s = s + p * p * q
            q = q - 0.1
    return s


def whil(p):
    v = p
    n = 0.0
    while v < 100.0:
        v = v * v + 1.0
        n = n + v * p
    return n


def nested_while(x, N):
    s = 0.0
    for t in range(N):
        v = x[t]
        while v < 10.0:
            v = v * v + 1.0
            s = s + v * s * 0.001 + v
        s = s + v
    return s


def arr(x, y):
    z = sin(x) * y
    w = exp(z) + x
    return sum(w * z)


def slices(x):
    y = zeros(len(x))
    y[1 : len(x)] = x[0 : len(x) - 1] * x[1 : len(x)]
    y[0:2] = y[0:2] * x[1:3]
    return sum(y * y)


def rows(a):
    s = 0.0
    for i in range(len(a)):
        s = s + dot(a[i, 0 : len(a)], a[0, 0 : len(a)]) * a[i, i]
    return s


def lurows(a):
    for i in range(len(a)):
        for j in range(i):
            a[i, j] = (a[i, j] - dot(a[i, 0:j], a[0:j, j])) / a[j, j]
        for j in range(i, len(a)):
            a[i, j] = a[i, j] - dot(a[i, 0:i], a[0:i, j])
    s = 0.0
    for i in range(len(a)):
        for j in range(len(a)):
            s = s + sin(a[i, j])
    return s


def rebind(x, N):
    y = x * 1.0
    for t in range(N):
        y = y + 0.1 * sin(y) * x
    return sum(y * y)


def rebind_loads(x, N):
    y = x * 1.0
    for t in range(N):
        k = zeros(2)
        k[0] = y[1] * y[0]
        k[1] = -y[0] + sin(y[1])
        y = y + 0.1 * k
    return sum(y * y)


def pingpong(x, N):
    u = x * 1.0
    v = zeros(len(x))
    for t in range(N):
        for i in range(1, len(x) - 1):
            v[i] = u[i - 1] * u[i + 1] + u[i]
        w = u
        u = v
        v = w
    return sum(u * u) + sum(v)


def choose(x, y, p):
    z = x
    if p > 0.0:
        z = y
    z[0] = p * z[1]
    return sum(x * x) + sum(y * y * y)


def zero_trip(x, N):
    s = x[0]
    for i in range(N, 0):
        s = s * s
        x[i] = s
    return s * s


def tri(x):
    s = 0.0
    for i in range(len(x)):
        t = 1.0
        for j in range(i):
            t = t * x[j] + s * 0.01
        s = s + t * t
    return s


def step2(x):
    s = 1.0
    for i in range(len(x) - 1, -1, -1):
        s = s * x[i] + x[i]
    for i in range(0, len(x), 2):
        s = s * x[i] + x[i] * s
    return s


def overlap(x):
    for k in range(1, len(x)):
        x[1 : k + 1] = x[1 : k + 1] + 0.3 * x[0:k] * x[1 : k + 1]
    return sum(x * x)


def lorenz(p, q, s, N):
    x = p
    y = q
    z = s
    for i in range(N):
        dx = 10.0 * (y - x)
        dy = x * (28.0 - z) - y
        dz = x * y - 2.6 * z
        x2 = x + 0.005 * dx
        y2 = y + 0.005 * dy
        z2 = z + 0.005 * dz
        x = x + 0.01 * (10.0 * (y2 - x2))
        y = y + 0.01 * (x2 * (28.0 - z2) - y2)
        z = z + 0.01 * (x2 * y2 - 2.6 * z2)
    return x * y * z


PROGRAMS: list[tuple[Any, tuple[Any, ...]]] = [
    (square, (3.0,)),
    (recur, (_r.random(5),)),
    (newton, (2.0,)),
    (dotp, (_r.random(4), _r.random(4))),
    (stencil, (_r.random(6) + 0.5, 3)),
    (gs, (_r.random(7), 3)),
    (lu, (_r.random((4, 4)) + 4 * np.eye(4),)),
    (branch, (1.3, 0.7)),
    (whil, (1.2,)),
    (nested_while, (_r.random(4) + 1, 3)),
    (arr, (_r.random(5), _r.random(5))),
    (slices, (_r.random(5),)),
    (rows, (_r.random((4, 4)),)),
    (lurows, (_r.random((4, 4)) + 4 * np.eye(4),)),
    (rebind, (_r.random(3), 4)),
    (rebind_loads, (_r.random(2), 4)),
    (pingpong, (_r.random(6), 5)),
    (choose, (_r.random(3), _r.random(3), 0.7)),
    (choose, (_r.random(3), _r.random(3), -0.7)),
    (zero_trip, (_r.random(3), 2)),
    (tri, (_r.random(5),)),
    (step2, (_r.random(5) + 0.5,)),
    (overlap, (_r.random(5),)),
    (lorenz, (1.0, 2.0, 3.0, 10)),
]

NUMPY = {"zeros": np.zeros, "sum": np.sum, "dot": np.dot, "sin": np.sin, "exp": np.exp, "sqrt": np.sqrt}
