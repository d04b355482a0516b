"""Kernels of statistics and simulation in plain Python, beside those of `kernels`."""

from __future__ import annotations

import math

import numpy as np
from kernels import Kernel


def garch(omega, alpha, beta, returns):
    """Negative log-likelihood of a GARCH(1,1) model."""
    variance = omega / (1.0 - alpha - beta)
    total = 0.0
    for t in range(len(returns)):
        total += 0.5 * (math.log(variance) + returns[t] * returns[t] / variance)
        variance = omega + alpha * returns[t] * returns[t] + beta * variance
    return total


def kalman(q, r, a, observed):
    """Negative log-likelihood of a level with a slope, observed with noise: a filter with two states."""
    level, slope = observed[0], 0.0
    p00, p01, p11 = 1.0, 0.0, 1.0
    total = 0.0
    for t in range(len(observed)):
        level = level + slope
        slope = a * slope
        s00 = p00 + 2.0 * p01 + p11 + q
        s01 = a * (p01 + p11)
        s11 = a * a * p11 + q
        s = s00 + r
        gap = observed[t] - level
        total += 0.5 * (math.log(s) + gap * gap / s)
        g0, g1 = s00 / s, s01 / s
        level += g0 * gap
        slope += g1 * gap
        p00, p01, p11 = (1.0 - g0) * s00, (1.0 - g0) * s01, s11 - g1 * s01
    return total


def hidden_markov(start, trans, emit, seen):
    """Log-likelihood of a hidden Markov model, scaled forward recursion."""
    k = len(start)
    alpha = np.zeros(k)
    new = np.zeros(k)
    for j in range(k):
        alpha[j] = start[j] * emit[j, seen[0]]
    total = 0.0
    for t in range(1, len(seen)):
        scale = 0.0
        for j in range(k):
            s = 0.0
            for i in range(k):
                s += alpha[i] * trans[i, j]
            new[j] = s * emit[j, seen[t]]
            scale += new[j]
        for j in range(k):
            alpha[j] = new[j] / scale
        total += math.log(scale)
    return total


def springs(x, v, stiffness, steps, dt):
    """A chain of masses and springs with a cubic term, symplectic Euler in place."""
    n = len(x)
    for _ in range(steps):
        for i in range(n - 1):
            stretch = x[i + 1] - x[i] - 1.0
            force = stiffness[i] * (stretch + stretch * stretch * stretch)
            v[i] += dt * force
            v[i + 1] -= dt * force
        for i in range(n):
            x[i] += dt * v[i]
    return np.sum(x * x)


def perceptron(w1, b1, w2, b2, x, y):
    """Mean squared error of a network with one hidden layer, in whole arrays."""
    h = np.tanh(x @ w1 + b1)
    e = h @ w2 + b2 - y
    return np.mean(e * e)


def interpolation(knots, values, x):
    """Sum of squares of a piecewise linear function, with a search for each point."""
    total = 0.0
    n = len(knots)
    for k in range(len(x)):
        low, high = 0, n - 1
        while high - low > 1:
            middle = (low + high) // 2
            if knots[middle] <= x[k]:
                low = middle
            else:
                high = middle
        t = (x[k] - knots[low]) / (knots[high] - knots[low])
        y = (1.0 - t) * values[low] + t * values[high]
        total += y * y
    return total


def quadrature(a, b, c, n):
    """The trapezoidal rule for a function with three parameters."""
    h = 10.0 / n
    total = 0.0
    for i in range(n + 1):
        x = i * h
        weight = 0.5 if i == 0 or i == n else 1.0
        total += weight * math.exp(-a * x) * math.sin(b * x + c)
    return h * total


def series(r: np.random.Generator) -> dict[str, Kernel]:
    """All kernels with arguments of ordinary size."""
    k = 8
    trans = r.random((k, k))
    emit = r.random((k, 20))
    rows = trans / trans.sum(1)[:, None], emit / emit.sum(1)[:, None]
    return {
        "garch": Kernel(garch, (0.1, 0.1, 0.8, r.standard_normal(50_000)), (0, 1, 2)),
        "kalman": Kernel(kalman, (0.1, 0.5, 0.9, np.cumsum(r.standard_normal(20_000))), (0, 1, 2)),
        "hidden_markov": Kernel(
            hidden_markov, (np.full(k, 1.0 / k), *rows, r.integers(0, 20, 5000)), (0, 1, 2)
        ),
        "springs": Kernel(
            springs,
            (np.arange(200.0), 0.1 * r.standard_normal(200), 1.0 + r.random(199), 500, 0.01),
            (0, 1, 2),
        ),
        "perceptron": Kernel(
            perceptron,
            (
                0.1 * r.standard_normal((64, 128)), np.zeros(128), 0.1 * r.standard_normal((128, 10)),
                np.zeros(10), r.standard_normal((128, 64)), r.standard_normal((128, 10)),
            ),
            (0, 1, 2, 3),
        ),
        "interpolation": Kernel(
            interpolation,
            (np.linspace(0.0, 1.0, 100), r.random(100), 0.01 + 0.98 * r.random(20_000)),
            (1, 2),
        ),
        "quadrature": Kernel(quadrature, (0.3, 2.0, 0.1, 100_000), (0, 1, 2)),
    }  # fmt: skip
