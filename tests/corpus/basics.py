"""The constructs every user meets first, one function for each.  Plain Python: nothing here knows of Wengert."""

# ruff: noqa: B007, SIM102
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


def inplace_recurrence(x):
    for i in range(1, len(x)):
        x[i] = x[i] * 0.5 + x[i - 1] * x[i]
    return np.sum(x * x)


def overwriting_stencil(u, steps):
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            u[i] = 0.25 * (u[i - 1] + 2.0 * u[i] * u[i] + u[i + 1])
    return u[1] * u[2] + u[3]


def write_through_view(x):
    y = x.copy()
    v = y[1:4]
    v[0] = x[0] * x[2]
    v *= 2.0
    return np.sum(y * y)


def view_of_view(x):
    y = x.copy()
    v = y[1:]
    w = v[::2]
    w[1] = w[0] * x[1]
    return np.sum(y**2)


def reversed_view(x):
    y = x.copy()
    r = y[::-1]
    r[0] += x[0] * x[1]
    r[1:3] = r[0:2] * 0.5
    return np.sum(y * y * y)


def _smooth(a, c):
    for i in range(1, len(a)):
        a[i] += c * a[i - 1] * a[i]


def callee_mutates(x, c):
    y = x.copy()
    _smooth(y, c)
    _smooth(y[1:], 2.0 * c)
    return np.sum(y)


def data_dependent_while(p):
    v = p
    n = 0
    while v * v < 50.0:
        v = v * 1.5 + p * p
        n += 1
    return v * n + p


def break_continue(x):
    s = 0.0
    for i in range(len(x)):
        if i == 1:
            continue
        for j in range(i + 1):
            if x[j] > 5.0:
                break
            s += x[i] * x[j] * (j + 1)
        if s > 100.0:
            break
    return s


def early_return(x, limit):
    for i in range(len(x)):
        for j in range(3):
            if i * j >= limit:
                return x[i] * x[i] * x[0]
            x[i] = x[i] * 1.1 + j * x[0]
    return np.sum(x)


@dataclass
class Spring:
    k: float
    rest: float
    name: str
    order: int


def dataclass_argument(s, x):
    return 0.5 * s.k * (x - s.rest) ** s.order


class State(NamedTuple):
    position: Any
    velocity: Any


def named_tuple(s, dt):
    p = s.position + dt * s.velocity
    v = s.velocity - dt * np.sin(p)
    t = State(p, v)
    return np.sum(t.position * t.velocity)


WEIGHTS = np.array([0.5, -1.0, 2.0])


def closure_over_global(x):
    def term(i):
        return WEIGHTS[i] * x[i] * x[i]

    s = 0.0
    for i in range(3):
        s += term(i)
    return s


def recursion(x, n):
    if n <= 1:
        return x
    return x * recursion(x * 0.9, n - 1) + math.sin(x)


def argument_overwritten(x, y):
    x[:] = x * y
    x[0] = 3.0
    return np.dot(x, x) + y[0]


def zero_trips(x, n):
    s = x[0]
    for i in range(n):
        s = s * x[i]
    while n > 100:
        s = s * s
        n = n - 1
    return s * x[1]


def dictionary_of_arrays(params, x):
    h = np.tanh(params["w"] @ x + params["b"])
    return np.sum(h * h)


def list_of_arrays(layers):
    s = 0.0
    for w in layers:
        s += np.sum(w * w * w)
    return s


def rebinding_in_loop(y, n):
    for _ in range(n):
        k = np.zeros(2)
        k[0] = y[1]
        k[1] = -np.sin(y[0])
        y = y + 0.1 * k
    return y[0] * y[1]


def swap(x):
    a, b = x[0], x[1]
    for _ in range(3):
        a, b = b * a, a + b
    return a * b


def chained_slices(x):
    y = np.zeros(6)
    y[0:3] = y[3:6] = x * x
    y[1:5] = y[0:4] * y[2:6]
    return np.sum(y)


def broadcasting(a, b):
    d = a[:, None] - b[None, :]
    return np.sum(np.exp(-d * d) * b)


def reductions(a):
    m = a.mean(axis=0)
    c = a - m
    v = np.sum(c * c, axis=0, keepdims=True)
    return np.sum(c / np.sqrt(v + 1.0)) + a.max() + np.min(a[:, 0])


def products(a, b, v):
    c = a @ b
    return v @ (c @ v) + np.sum(np.outer(v, c[0])) + np.dot(c[:, 1], v)


def where_and_clip(x):
    y = np.where(x > 0.0, x * x, np.exp(x))
    return np.sum(np.maximum(y, 0.3) * np.clip(x, -0.5, 0.8))


def reshape_and_transpose(a):
    b = a.T.copy()
    c = b.reshape(-1)
    c[0] = c[1] * c[2]
    return np.sum(b @ a) + np.sum(a.reshape(2, -1)[1] ** 2)


def joined(x, y):
    z = np.concatenate((x, 2.0 * y, x[1:]))
    s = np.stack([x, y])
    return np.sum(z * z) + np.sum(s[0] * s[1])


def scalar_functions(p, q):
    r = math.sqrt(p * p + q * q)
    return (
        math.atan2(q, p) * math.log(r)
        + math.exp(-r) * math.cosh(q)
        + abs(p - q) ** 1.5
        + max(p, q)
        - min(p, 2 * q)
    )


def lambda_and_default(x, scale=2.0):
    square = lambda t: t * t * scale  # noqa: E731
    return sum(square(v) for v in x) if len(x) > 2 else square(x[0])


def enumerate_zip(x, y):
    s = 0.0
    for i, (a, b) in enumerate(zip(x, y)):
        s += a * b * (i + 1)
    for v in reversed(x):
        s = s * 0.9 + v * v
    return s


def matrix_loops(a):
    n = a.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    return np.sum(np.log(np.diagonal(a)))


def gauss_seidel(a, sweeps):
    n = a.shape[0]
    for _ in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                a[i, j] = 0.25 * (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1])
    return np.sum(a * a)


def lorenz(x, y, z, n):
    for _ in range(n):
        dx, dy, dz = 10.0 * (y - x), x * (28.0 - z) - y, x * y - 8.0 / 3.0 * z
        x, y, z = x + 0.01 * dx, y + 0.01 * dy, z + 0.01 * dz
    return x * y + z


def local_closure(x, y):
    weights = np.exp(-x)
    total = np.zeros(1)

    def add(i, scale=0.5):
        total[0] += scale * weights[i] * y[i] * y[i]

    for i in range(len(y)):
        add(i)
    weights = weights * y
    add(0, scale=2.0)
    return total[0]


def same_array_twice(x):
    return _weighted(x, x) + _weighted(x, x[::-1])


def _weighted(a, b):
    s = 0.0
    for i in range(len(a)):
        s += a[i] * a[i] * np.sin(b[i])
    return s


def overlapping_in_callee(x):
    y = x.copy()
    _shift_add(y[1:], y[:-1])
    _shift_add(y[:-1], y[1:])
    return np.sum(y * y)


def _shift_add(a, b):
    for i in range(len(a)):
        a[i] = a[i] * b[i] + 0.5 * b[i]


def view_of_view_of_parameter(x):
    inner = x[1:-1][::-1]
    tail = inner[1:]
    tail *= inner[:-1]
    tail[0] = x[0] * x[-1]
    return np.sum(x * x * x)


def returns_from_while(x, digits):
    n = 0
    y = x
    while True:
        z = 0.5 * (y + x / y)
        n += 1
        if abs(z - y) < 10.0**-digits:
            return z * x
        if n > 50:
            break
        y = z
    return -y


def nested_jumps(a, limit):
    s = 0.0
    for i in range(a.shape[0]):
        row = a[i]
        for j in range(a.shape[1]):
            if j == i:
                continue
            if row[j] < 0.0:
                break
            k = 0
            while k < 4:
                k += 1
                if k == 2:
                    continue
                s += row[j] * row[j] * k
                if s > limit:
                    return s * a[0, 1]
            row[j] *= s
        else:
            s *= 1.5
    return s + a[-1, 0]


def even_steps(x, n):
    return x if n == 0 else np.sin(odd_steps(x * 1.1, n - 1))


def odd_steps(x, n):
    return x * x if n == 0 else even_steps(x + 0.3, n - 1)


def tangled(x, n):
    return x if n <= 0 else knotted(x, n - 1) * 2.0


def knotted(x, n):
    if n <= 0:
        return x * 3.0
    if n % 2:
        return knotted(x * x, n - 1) + 1.0
    return tangled(x, n - 1) + 5.0


def star(*xs, scale=2.0):
    s = 0.0
    for x in xs:
        s += x * x * scale
    return s * xs[0]


@dataclass(frozen=True)
class Layer:
    w: Any
    b: Any
    activation: str
    index: int


@dataclass
class Network:
    layers: list
    scale: float
    training: bool


def dataclass_of_arrays(net, x):
    h = x
    for layer in net.layers:
        h = layer.w @ h + layer.b
        if layer.activation == "tanh":
            h = np.tanh(h)
        elif layer.activation == "square":
            h = h * h / layer.index
    if net.training:
        h = net.scale * h
    return np.sum(h)


def nested_structures(p):
    s = np.sum(p["a"][0] * p["a"][1])
    for name, q in p["b"].items():
        s += q * q if name == "u" else 3.0 * q
    u, (v, w) = p["c"]
    return s * u + v * w


def loop_over_rows(a):
    s = np.zeros(a.shape[1])
    for row in a:
        s = s * 0.5 + row
        row[:] = s * row
    return np.dot(s, a[0])


def two_names(x, flag):
    a = x * 2.0
    b = a if flag else x.copy()
    b[0] = a[1] * x[2]
    a[1] += b[0]
    return np.sum(a * b)


def ping_pong(x, n):
    a = x.copy()
    b = np.zeros_like(a)
    for _ in range(n):
        for i in range(1, len(a) - 1):
            b[i] = a[i] * a[i - 1] + 0.1 * a[i + 1]
        a, b = b, a
    return np.sum(a) + np.sum(b)


def several_results(x, y):
    a = np.sin(x) * y
    return {"loss": np.sum(a), "parts": (a, a[0] * y), "count": len(x)}


def _network(r):
    first = Layer(r.random((3, 2)), r.random(3), "tanh", 1)
    second = Layer(r.random((2, 3)), r.random(2), "square", 2)
    return Network([first, second], 0.7, True)


_r = np.random.default_rng(7)

BASICS: list[tuple[Any, tuple[Any, ...]]] = [
    (inplace_recurrence, (_r.random(5),)),
    (overwriting_stencil, (_r.random(7), 3)),
    (write_through_view, (_r.random(5),)),
    (view_of_view, (_r.random(6),)),
    (reversed_view, (_r.random(5),)),
    (callee_mutates, (_r.random(5), 0.3)),
    (data_dependent_while, (1.3,)),
    (break_continue, (_r.random(5),)),
    (early_return, (_r.random(4), 3)),
    (early_return, (_r.random(4), 100)),
    (dataclass_argument, (Spring(2.0, 0.3, "front", 2), 1.7)),
    (named_tuple, (State(_r.random(3), _r.random(3)), 0.1)),
    (closure_over_global, (_r.random(3),)),
    (recursion, (0.8, 5)),
    (argument_overwritten, (_r.random(4), _r.random(4))),
    (zero_trips, (_r.random(3), 0)),
    (zero_trips, (_r.random(3), 2)),
    (dictionary_of_arrays, ({"w": _r.random((3, 2)), "b": _r.random(3)}, _r.random(2))),
    (list_of_arrays, ([_r.random(3), _r.random(2)],)),
    (rebinding_in_loop, (_r.random(2), 6)),
    (swap, (_r.random(2),)),
    (chained_slices, (_r.random(3),)),
    (broadcasting, (_r.random(3), _r.random(4))),
    (reductions, (_r.random((4, 3)),)),
    (products, (_r.random((3, 3)), _r.random((3, 3)), _r.random(3))),
    (where_and_clip, (_r.standard_normal(6),)),
    (reshape_and_transpose, (_r.random((4, 3)),)),
    (joined, (_r.random(3), _r.random(3))),
    (scalar_functions, (1.3, 0.6)),
    (lambda_and_default, (_r.random(4),)),
    (enumerate_zip, (_r.random(4), _r.random(4))),
    (matrix_loops, (_r.random((4, 4)) + 4.0 * np.eye(4),)),
    (gauss_seidel, (_r.random((5, 5)), 3)),
    (lorenz, (1.0, 1.5, 2.0, 20)),
    (local_closure, (_r.random(4), _r.random(4))),
    (same_array_twice, (_r.random(4),)),
    (overlapping_in_callee, (_r.random(5),)),
    (view_of_view_of_parameter, (_r.random(6),)),
    (returns_from_while, (2.7, 9)),
    (returns_from_while, (2.7, 400)),
    (nested_jumps, (_r.standard_normal((4, 4)), 10**9)),
    (nested_jumps, (_r.random((3, 4)) + 0.5, 30)),
    (even_steps, (0.4, 5)),
    (tangled, (0.7, 7)),
    (star, (0.7, 1.2, 0.4)),
    (dataclass_of_arrays, (_network(_r), _r.random(2))),
    (
        nested_structures,
        ({"a": [_r.random(2), _r.random(2)], "b": {"u": 1.5, "v": 0.5}, "c": (0.3, (1.2, 0.7))},),
    ),
    (loop_over_rows, (_r.random((3, 2)),)),
    (two_names, (_r.random(3), True)),
    (two_names, (_r.random(3), False)),
    (ping_pong, (_r.random(5), 3)),
    (ping_pong, (_r.random(5), 0)),
    (several_results, (_r.random(3), 1.7)),
]
