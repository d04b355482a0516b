"""Programs where a translation easily goes wrong, with arguments; and programs that raise."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from .programs import A, X, Y, case

# ruff: noqa: F841


@case(X.copy(), 3)
def aug_reads_first(x, i):
    def bump():
        x[i] = 100.0
        return 1.0

    x[i] += bump()
    return x[i]


@case(X.copy())
def overlapping(x):
    x[1:] = x[:-1]
    x[:-1] += x[1:]
    x[:3] += 0.5 * np.flip(x[:3])
    return x


@case(A.copy())
def transposed_self(a):
    b = a[:3, :3]
    b -= b.T.copy()
    b[:] = b.T + 1
    return a


@case(X.copy())
def two_names(x):
    a = x[:2]
    b = x[1:]
    v = a if x[0] > 0 else b
    v[1] = 50.0
    v = v * 2
    v[0] = -1.0
    return v


@case(X.copy(), 3)
def helper_mutates(x, n):
    def scale(v, k):
        v *= k
        v[0] = 0.0

    for i in range(n):
        scale(x[i:], 2.0)
    return x.sum()


@case(X)
def late_binding(x):
    fs = [lambda: k * 1.0 for k in range(3)]
    k = 5
    g = lambda: k
    k = 6
    return g()


@case(0)
@case(3)
def zero_trips(n):
    s = 1.0
    for i in range(n):
        s = s * 2
        t = s
    if n > 0:
        s = s + t + i
    return s


@case(X)
def loop_over_empty(x):
    s = 0.0
    for v in x[5:]:
        s += v
    return s + x[3:1].sum() + x[:0].size


@case(4)
def int_then_float(n):
    s = 0
    p = 1
    for i in range(n):
        s = s + 0.5
        p *= 2
    return s, p


@case(X, -1)
@case(X, 2)
def sign_of_index(x, i):
    return x[i] + x[i - 2] + x[-1] + x[~i]


@case(A, 1, -1)
def dynamic_slices(a, i, j):
    return a[i:j], a[i:, j], a[:, ::2][i], a[::-1, ::-1][0, i:], a[i::2], a[j:i:-1], a[:, -2:]


@case(X)
def nested_loops_break(x):
    hits = 0
    for i in range(len(x)):
        for j in range(i, len(x)):
            if x[i] + x[j] > 4:
                break
            if x[j] < 0:
                continue
            hits += 1
            k = 0
            while k < 3:
                k += 1
                if k == j:
                    break
                hits += k
            else:
                hits += 100
    return hits


@case(5)
def return_in_while(n):
    i = 0
    while i < n:
        j = 0
        while True:
            j += 1
            if j * i > 3:
                return i, j
            if j > 5:
                break
        i += 1
    return -1, -1


@case(X)
def shadow_index(x):
    s = 0.0
    for i in range(3):
        i = i + 1
        s += x[i]
    return s, i


@case(X.copy())
def iterate_while_writing(x):
    for k, v in enumerate(x):
        if k + 1 < len(x):
            x[k + 1] += v
    return x


@dataclass
class State:
    pos: float
    vel: float = 1.0
    log: list = field(default_factory=list)

    def step(self, dt):
        self.pos += self.vel * dt
        self.vel -= self.pos * dt


@case(1.0, 4)
def mutable_state(x, n):
    s = State(x)
    for _ in range(n):
        s.step(0.1)
    s.log.append(s.pos)
    return s.pos, s.vel, s.log


@case(1.0)
def shared_list(x):
    a = [x, 2.0]
    b = a
    b.append(3.0)
    a[0] = 7.0
    c = list(a)
    c[1] = 0.0
    return a, sum(b), c


@case(X)
def ternaries(x):
    s = 0.0
    for v in x:
        s += v if v > 0 else (-v if v > -1 else 0.5)
    y = x if s > 100 else x * 2
    return s, y


@case(2.0)
@case(-3.0)
def guards(x):
    if (x < 0 and math.sqrt(-x) > 1) or (x > 0 and math.log(x) > 0):
        return 1.0
    return 0.0


@case(3, X)
def short_circuit_bounds(n, x):
    i = 0
    while i < len(x) and x[i] != 0.25:
        i += 1
    j = len(x)
    if j < len(x) and x[j] > 0:
        i = 100
    return i


@case(X, 2)
def static_loop_exit(x, n):
    for f in (1.0, 2.0, 3.0):
        if x[0] * f > n:
            break
        x = x + f
    return x, f


@case(A)
def axis_default(a, axis=0):
    def m(v, axis=axis):
        return v.sum(axis=axis)

    return m(a), m(a, 1)


@case(X)
def rank0(x):
    z = np.array(2.0)
    z += x[0]
    z[...] = z * 2
    return z * x, float(z)


@case(X)
def copies(x):
    a = np.floor(x)
    b = +x
    b[0] = 3.0
    c = np.asarray(x)
    d = x.astype(float)
    d[1] = 9.0
    e = abs(x)
    e[0] = -5.0
    return a, b, c, d, x


@case(np.arange(4))
def int_copies(n):
    f = np.floor(n)
    f[0] = 7
    g = +n
    g[1] = 8
    h = np.abs(n)
    h[2] = 9
    c = np.clip(n, None, None) if False else np.maximum(n, 1)
    c[0] = 3
    return n, f, g, h, c


@case(X)
def views_of_views(x):
    y = x.copy()
    v = y[1:][::-1][::2]
    v += 10.0
    w = y.reshape(1, 5)[0][2:]
    w[0] = -1.0
    return y, v


@case(X, Y)
def swap_arrays(x, y):
    u, v = x.copy(), y.copy()
    for k in range(3):
        u, v = v, u
        u[k] += 1.0
    return u, v


@case(X)
def chunks(x):
    total = 0.0
    i = 0
    while i < len(x):
        j = min(i + 2, len(x))
        total += x[i:j].max()
        i = j
    return total


@case(X)
def many_returns(x):
    def f(v):
        if v > 2:
            return v
        if v > 1:
            w = v * 2
            return w
        for k in range(3):
            if v + k > 1.2:
                return v + k
        return 0.0

    return f(x[0]), f(x[1]), f(x[2]), f(x[3])


@case(3.0, 4.0)
def equality(a, b):
    return (a, b) == (3.0, b), a in (1.0, 3.0), b not in [1.0], (a, b) != (a, b)


@case(X)
def unpack_array(x):
    a, b, c, d, e = x
    (p, q), r = (x[0], x[1]), x[2:4]
    u, v = r
    return a + b * c - d / e, p - q, u * v


def _pairs():
    return (0.5, 1.5), (2.0, 3.0)


@case(2.0)
def constants_loop(x):
    s = 0.0
    for a, b in _pairs():
        s += a * x + b
    for name in ("a", "b"):
        s = s * 2 if name == "a" else s + 1
    for k, v in {"u": 1.0, "v": x}.items():
        s += v if k == "v" else -v
    return s


@case(X)
def negated_mask(x):
    m = (x > 0) & ~(x > 2) | (x < -1)
    return x[m], m.sum(), np.count_nonzero(m), x[m].mean()


# raising


def divides(x, y):
    return x / y


def floor_divides(x, y):
    return x // y


def indexes(x, i):
    return x[i]


def roots(x):
    return math.sqrt(x)


def unbound(x):
    for v in x:
        if v > 100:
            found = v
    return found


def raises(x):
    if x > 1:
        raise ValueError(f"x is {x:.1f}, not {1} {{}}")
    return x


def asserts(x):
    assert x < 1, "too large"
    return x


def shapes_differ(x, y):
    x += y
    return x


def infinite(x):
    return int(x)


def step_zero(n):
    s = 0
    for i in range(0, 5, n):
        s += i
    return s


def reshapes(x):
    return x.reshape(2, 2)


def empty_max(x):
    return x[:0].max()


def negative_power(x):
    return x**-1


def multiplies(n):
    r = 1
    for i in range(1, n + 1):
        r = r * i
    return r


RAISING = [
    (divides, (1.0, 0.0), ZeroDivisionError),
    (divides, (1, 0), ZeroDivisionError),
    (floor_divides, (1, 0), ZeroDivisionError),
    (floor_divides, (1.0, 0.0), ZeroDivisionError),
    (indexes, (X, 5), IndexError),
    (indexes, (X, -6), IndexError),
    (roots, (-1.0,), ValueError),
    (unbound, (X,), UnboundLocalError),
    (raises, (2.5,), ValueError),
    (asserts, (2.0,), AssertionError),
    (shapes_differ, (X.copy(), Y[:4]), ValueError),
    (shapes_differ, (X[:1].copy(), Y[:4]), ValueError),
    (infinite, (math.inf,), OverflowError),
    (infinite, (math.nan,), ValueError),
    (infinite, (1e30,), None),
    (step_zero, (0,), ValueError),
    (reshapes, (X,), ValueError),
    (empty_max, (X,), ValueError),
    (negative_power, (0.0,), ZeroDivisionError),
    (multiplies, (30,), None),
]
