"""Programs whose derivatives are pinned as text: what a numerical analyst would compare with his own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


def square(x):
    return x * x


def norm2(x):
    return np.sum(x * x)


def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        a = 1.0 - x[i]
        b = x[i + 1] - x[i] ** 2
        total += a * a + 100.0 * b * b
    return total


def logistic(r, x, n):
    for _ in range(n):
        x = r * x * (1.0 - x)
    return x


def recurrence(x, c):
    y = x.copy()
    for i in range(1, len(y)):
        y[i] += c * y[i - 1] * y[i]
    return y[-1]


def heat(u, steps, k):
    for _ in range(steps):
        left = u[0]
        for i in range(1, len(u) - 1):
            here = u[i]
            u[i] = here + k * (left - 2.0 * here + u[i + 1])
            left = here
    return np.sum(u * u)


def gauss_seidel(a, b, sweeps):
    x = np.zeros(len(b))
    for _ in range(sweeps):
        for i in range(len(b)):
            s = b[i]
            for j in range(len(b)):
                if j != i:
                    s -= a[i, j] * x[j]
            x[i] = s / a[i, i]
    return np.dot(x, x)


def determinant(a):
    lu = a.copy()
    n = len(lu)
    for k in range(n):
        for i in range(k + 1, n):
            lu[i, k] /= lu[k, k]
            for j in range(k + 1, n):
                lu[i, j] -= lu[i, k] * lu[k, j]
    d = 1.0
    for k in range(n):
        d *= lu[k, k]
    return d


def through_view(x):
    y = np.zeros(len(x))
    tail = y[-2:]
    tail[:] = x[:2] * x[1:3]
    y[0] = x[0]
    return np.sum(np.sin(y))


def damp(v, rate):
    for i in range(len(v)):
        v[i] *= 1.0 - rate * v[i]


def damped(x, rate):
    y = x.copy()
    damp(y, rate)
    damp(y, rate)
    return y.sum()


def halvings(x, tol):
    n = 0
    while x > tol:
        x = 0.5 * x * math.cos(x)
        n += 1
    return x * n


def first_large(a, limit):
    total = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if a[i, j] < 0.0:
                continue
            if a[i, j] > limit:
                break
            total += a[i, j] ** 2
            if total > 100.0:
                return total
    return 2.0 * total


@dataclass
class Oscillator:
    mass: float
    stiffness: float
    name: str
    steps: int


def swing(o, x):
    v = 0.0
    for _ in range(o.steps):
        v -= 0.01 * o.stiffness / o.mass * x
        x += 0.01 * v
    return x


def fitted(knots, values):
    def residual(p):
        r = p[0] + p[1] * knots - values
        return 0.5 * np.sum(r * r)

    return residual


def tree(x, depth):
    if depth == 0:
        return math.sin(x)
    return tree(0.5 * x, depth - 1) * tree(x + 1.0, depth - 1)


def overwritten(x):
    x[1:] = x[1:] * x[:-1]
    x *= 2.0
    return np.sum(x)


def softplus_layer(w, x, b):
    z = w @ x + b
    return np.sum(np.log1p(np.exp(z)))


def outer_error(u, v, m):
    return np.sum((np.outer(u, v) - m) ** 2)


def clipped(x, y):
    return np.sum(np.where(x > y, x * y, np.exp(-y)))


def standardised(a):
    m = a.mean(axis=0)
    z = a - m
    s = np.sqrt(np.sum(z * z, axis=0))
    return np.max(z / s)


def lorenz(p, u, n, h):
    def rate(x, y, z):
        return p[0] * (y - x), x * (p[1] - z) - y, x * y - p[2] * z

    x, y, z = u
    for _ in range(n):
        ax, ay, az = rate(x, y, z)
        bx, by, bz = rate(x + 0.5 * h * ax, y + 0.5 * h * ay, z + 0.5 * h * az)
        cx, cy, cz = rate(x + 0.5 * h * bx, y + 0.5 * h * by, z + 0.5 * h * bz)
        dx, dy, dz = rate(x + h * cx, y + h * cy, z + h * cz)
        x += h / 6.0 * (ax + 2.0 * bx + 2.0 * cx + dx)
        y += h / 6.0 * (ay + 2.0 * by + 2.0 * cy + dy)
        z += h / 6.0 * (az + 2.0 * bz + 2.0 * cz + dz)
    return x + y + z


def logsumexp(x):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


def mixture(alpha, means, x):
    total = 0.0
    for i in range(len(x)):
        total += logsumexp(alpha - 0.5 * np.sum((x[i] - means) ** 2, axis=1))
    return total - len(x) * logsumexp(alpha)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm(w, b, x, h, c):
    n = len(h)
    z = w @ np.concatenate((x, h)) + b
    forget = sigmoid(z[:n])
    take = sigmoid(z[n : 2 * n])
    out = sigmoid(z[2 * n : 3 * n])
    c = forget * c + take * np.tanh(z[3 * n :])
    return np.sum(out * np.tanh(c))


def _rng(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


_SYSTEM = _rng(4, 4) + 6.0 * np.eye(4)

PROGRAMS: dict[str, tuple[Callable[..., Any], tuple[Any, ...], Any]] = {
    "square": (square, (1.3,), 0),
    "norm2": (norm2, (_rng(4),), 0),
    "rosenbrock": (rosenbrock, (_rng(5),), 0),
    "logistic": (logistic, (3.5, 0.3, 5), (0, 1)),
    "recurrence": (recurrence, (_rng(5), 0.4), (0, 1)),
    "heat": (heat, (_rng(6), 3, 0.2), (0, 2)),
    "gauss_seidel": (gauss_seidel, (_SYSTEM, _rng(4, seed=1), 3), (0, 1)),
    "determinant": (determinant, (_SYSTEM,), 0),
    "through_view": (through_view, (_rng(5),), 0),
    "damped": (damped, (_rng(5), 0.1), (0, 1)),
    "halvings": (halvings, (1.2, 0.01), 0),
    "first_large": (first_large, (_rng(4, 5), 1.5), 0),
    "swing": (swing, (Oscillator(1.5, 2.0, "spring", 7), 0.8), (0, 1)),
    "fitted": (fitted(np.linspace(0.0, 1.0, 6), _rng(6)), (np.array([0.3, 0.7]),), 0),
    "tree": (tree, (0.7, 3), 0),
    "overwritten": (overwritten, (_rng(5),), 0),
    "softplus_layer": (softplus_layer, (_rng(3, 4), _rng(4, seed=1), _rng(3, seed=2)), (0, 1, 2)),
    "outer_error": (outer_error, (_rng(3), _rng(4, seed=1), _rng(3, 4, seed=2)), (0, 1)),
    "clipped": (clipped, (_rng(6), _rng(6, seed=1)), (0, 1)),
    "standardised": (standardised, (_rng(5, 3),), 0),
    "lorenz": (lorenz, ((10.0, 28.0, 8 / 3), (1.0, 2.0, 3.0), 10, 0.01), (0, 1)),
    "mixture": (mixture, (_rng(3), _rng(3, 2, seed=1), _rng(4, 2, seed=2)), (0, 1)),
    "lstm": (
        lstm,
        (_rng(12, 5), _rng(12, seed=1), _rng(2, seed=2), _rng(3, seed=3), _rng(3, seed=4)),
        (0, 1),
    ),
}
