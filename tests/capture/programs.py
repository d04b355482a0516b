"""Small Python functions with arguments, on which capture is compared with CPython."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

PROGRAMS: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []


def case(*args: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function with one set of arguments (decorators may be stacked)."""

    def register(f: Callable[..., Any]) -> Callable[..., Any]:
        PROGRAMS.append((f, args))
        return f

    return register


X = np.array([1.5, -2.0, 0.25, 3.0, -0.75])
Y = np.array([0.5, 1.0, 2.0, -1.0, 4.0])
A = np.arange(12.0).reshape(3, 4) / 7 - 0.6
B = np.array([[2.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 4.0]])
I = np.array([3, 0, 2])


@case(3.0)
@case(-2.0)
def poly(x):
    return 3 * x**3 - 2.0 * x + 1 / (x * x + 1)


@case(2.0, 3.0)
def maths(x, y):
    return math.sin(x) * math.exp(-y) + math.sqrt(x * y) + math.atan2(y, x) + math.log(x) + math.pi


@case(X)
def loop_sum(x):
    s = 0
    for i in range(len(x)):
        s += x[i] * x[i]
    return s


@case(5)
def int_loop(n):
    s = 0
    for i in range(n, 0, -2):
        s += i * i
    return s


@case(2.0)
def newton(a):
    x = a
    while abs(x * x - a) > 1e-12:
        x = x - (x * x - a) / (2.0 * x)
    return x


@case(1.0)
@case(-1.0)
@case(0.0)
def branches(x):
    if x > 0:
        y = x * 2
    elif x < 0:
        y = -x
    else:
        return 7.0
    y += 1
    return y


@case(X, 2.0)
@case(X, 100.0)
def early(x, t):
    for i in range(len(x)):
        if x[i] > t:
            return x[i] * i
    return -1.0


def helper(a, b=2.0, *, c=3.0):
    return a * b + c


@case(1.5)
def calls(x):
    return helper(x) + helper(x, 4.0) + helper(b=x, a=2.0, c=x)


@case(X.copy())
def stores(x):
    for i in range(1, len(x)):
        x[i] = x[i] + x[i - 1]
    x[-1] = 9.0
    x[0] += 2.5
    x[1] -= x[2]
    return x[2]


@case(X, 0.0)
def break_continue(x, t):
    s = 0.0
    n = 0
    for v in x:
        if v < t:
            continue
        if v > 2.5:
            break
        s += v
        n += 1
    else:
        s = 100.0
    return s, n


@case(10)
def while_break(n):
    i = 0
    s = 0
    while True:
        i += 1
        if i % 3 == 0:
            continue
        if i > n:
            break
        s += i
    return s, i


@case(2.0, 3.0)
def swaps(a, b):
    a, b = b, a + b
    (c, d), e = (a, b), 1
    first, *rest = a, b, c
    return a - b, c * d, e, first, rest


@case(0.3)
@case(2.0)
def chained(x):
    return (0 < x < 1) + (1.0 if x > 1 and x < 3 else 0.0) + (x or 5.0) + (not x)


@case(X)
def last_index(x):
    for i in range(len(x)):
        y = x[i]
    return y * i


@case(X, Y)
def elementwise(x, y):
    return np.sum(np.sin(x) * y + np.exp(-x * x) / (1 + y**2)) + x.mean() - np.max(y)


@case(X.copy(), Y)
def slices(x, y):
    x[1:3] = y[2:4] * 2
    x[::2] += 1.0
    x[1:] -= y[:-1]
    z = x[::-1]
    z[0] = 5.0
    w = x[1:4][::-1]
    return w.sum() + z[1], w


@case(A.copy())
def rows(a):
    r = a[1]
    r[2] = 10.0
    a[:, 0] = 1.0
    a[2, 1:3] *= 3.0
    t = a.T
    t[3, 0] += 2.0
    return a.sum(axis=0), a[1:, ::2].mean(), t.shape, a[-1, -1]


@case(A, B)
def products(a, b):
    c = b @ a
    return c, a.T @ b, np.dot(a[0], a[1]), np.outer(a[0], b[0]), b @ b[0]


@case(4)
def allocs(n):
    a = np.zeros((n, 2))
    b = np.ones(n)
    c = np.full((2, n), 3.5)
    d = np.arange(n)
    e = np.linspace(0.0, 1.0, n)
    f = np.array([1.0, n, 2])
    g = np.eye(n)
    for i in range(n):
        a[i, 0] = i
        a[i, 1] = b[i] + c[1, i]
    return a, d, e, f, g, np.zeros_like(a), np.arange(0.0, 1.0, 0.3)


@dataclass(frozen=True)
class Params:
    w: Any
    b: float
    name: str = "p"

    def apply(self, x):
        return self.w * x + self.b


class Pair(NamedTuple):
    u: float
    v: float


@case(Params(X, 0.5), 2.0)
def dataclasses_in(p, x):
    q = Params(p.w * 2, p.b + 1)
    return p.apply(x), q, Pair(x, 2.0 * x).v


@case({"a": 1.0, "b": [2.0, X]}, (3.0, 4))
def containers(d, t):
    d2 = {"s": d["a"] + d["b"][0], "n": t[1]}
    xs = [v * 2 for v in t]
    xs.append(d["b"][1][0])
    return d2, xs, sum(v for v in xs), max(t) > 3, len(xs)


G = 2.5
TABLE = np.array([1.0, 2.0, 4.0])


@case(2.0)
def globals_in(x):
    s = G * x
    for i in range(TABLE.size):
        s += TABLE[i] * x**i
    return s


def make_adder(k):
    def add(x):
        return x + k

    return add


add3 = make_adder(3.0)


@case(1.0)
def closures(x):
    y = 2.0
    f = lambda t: t * y
    y = x + 1

    def g(t, scale=y):
        return f(t) * scale

    return g(x) + add3(x)


@case(6)
def fact(n):
    if n <= 1:
        return 1
    return n * fact(n - 1)


@case(9)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


@case(7)
def mutual(n):
    return is_even(n)


@case(X, 0)
def rec_array(x, i):
    if i == len(x):
        return 0.0
    return x[i] * G + rec_array(x, i + 1)


@case(X, Y)
def zips(x, y):
    s = 0.0
    for i, (a, b) in enumerate(zip(x, y)):
        s += a * b * i
    for v in reversed(x):
        s = s * 0.5 + v
    for k, c in enumerate((1.0, 2.0, 3.0)):
        s += c * k
    return s


@case(B)
def cholesky(a):
    n = a.shape[0]
    l = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = a[i, j]
            for k in range(j):
                s -= l[i, k] * l[j, k]
            if i == j:
                l[i, j] = math.sqrt(s)
            else:
                l[i, j] = s / l[j, j]
    return l


@case(B.copy())
def lu(a):
    n = len(a)
    for i in range(n):
        for j in range(i):
            a[i, j] -= a[i, :j] @ a[:j, j]
            a[i, j] /= a[j, j]
        for j in range(i, n):
            a[i, j] -= a[i, :i] @ a[:i, j]
    return a


@case(X.copy())
def rebinding(x):
    u = x
    v = np.zeros(len(x))
    for _ in range(3):
        v = u * 0.5
        u, v = v, u
        x = x + 1
        x *= 2
    return u, v, x


@case(X)
def masks(x):
    y = x.copy()
    y[y < 0] = 0.0
    y[x > 1] *= 2.0
    return y, x[x > 0], np.where(x > 0, x, -x), np.any(x > 2.9), np.all(x > -5)


@case(X, I)
def gathers(x, idx):
    y = x.copy()
    y[idx] = 1.0
    y[idx[1:]] += x[idx[:-1]]
    return x[idx], y


@case(A)
def reductions(a):
    return (
        a.sum(), a.sum(axis=1), a.mean(axis=0, keepdims=True), a.max(axis=1), a.argmax(axis=1), a.std(), a.var(axis=0),
        np.prod(a, axis=-1), np.linalg.norm(a), np.linalg.norm(a[0]), a.min(), np.argmin(a), np.cumsum(a[0]),
        np.diff(a, axis=0), np.cumsum(a, axis=1),
    )  # fmt: skip


@case(A)
def shapes(a):
    b = a.reshape(4, 3)
    c = a.reshape(-1)
    d = np.concatenate([a[0], a[1]])
    e = np.vstack([a[0], a[1]])
    f = np.hstack([a, a])
    g = np.stack([a[0], a[1]], axis=1)
    return (b, c, a.T.ravel(), np.transpose(a), d, e, f, g, a[None, 0], a[:, None, 1], a[..., 0], np.flip(a, 0), a.size,
            a.ndim, np.squeeze(a[:1], 0), np.expand_dims(a[0], 0), np.diag(a[:3, :3]), np.diag(a[0]),
            np.column_stack([a[0], a[1]]), np.roll(a[0], 1))  # fmt: skip


@case(np.float32(1.5), np.arange(3, dtype=np.float32), np.arange(3))
def dtypes(s, x, i):
    return x * 2, x * s, x + 1.5, i / 2, i * 2, i + x, i // 2, x.astype(np.float64) * s, s * 2.0, i * 1.0


@case(7, 3)
@case(-7, 3)
def ints(a, b):
    return (
        a // b,
        a % b,
        a / b,
        a << 2,
        a >> 1,
        a & b,
        a | b,
        a ^ b,
        ~a,
        divmod(a, b),
        a**2,
        2**b,
        a**b,
        -a,
        abs(a),
    )


@case(2.7)
@case(-2.5)
def rounding(x):
    return int(x), round(x), math.floor(x), math.ceil(x), x // 1, x % 1, float(3), np.floor(x), bool(x)


@functools.lru_cache
def cached(x):
    return x * 3


@case(2.0)
def looks_through(x):
    return cached(x)


@case(X, 2.0)
def passing(x, k):
    def twice(f, v):
        return f(f(v))

    return twice(lambda t: t * k, x[0]), sum([f(k) for f in (math.sin, math.cos, lambda t: t)])


@case(5, X)
def nested_exit(n, x):
    for i in range(n):
        for j in range(n):
            if i * j > 6:
                return i + x[j]
            if j > i:
                break
        else:
            continue
        if i == 4:
            break
    return 0.0


@case(X)
def walrus(x):
    n = 0
    while (v := x[n]) < 2.0:
        n += 1
    return v + n


@case(X)
def undefined_sometimes(x):
    for v in x:
        if v > 2:
            found = v
    return found


class Acc:
    def __init__(self, start):
        self.total = start
        self.n = 0

    def add(self, v):
        self.total += v
        self.n += 1

    @property
    def mean(self):
        return self.total / self.n


@case(X)
def objects(x):
    acc = Acc(0.0)
    for v in x:
        acc.add(v)
    if x[0] > 0:
        acc.add(1.0)
    return acc.mean, acc.n


@case(2.0, None)
@case(2.0, "cube")
def static_args(x, mode):
    if mode is None:
        return x
    if mode == "cube":
        return x**3
    raise ValueError("no such mode")


@case(3)
def varargs(n):
    def total(*xs, scale=1, **rest):
        s = 0
        for v in xs:
            s += v * scale
        return s + rest["extra"]

    args = (n, 2, 3)
    kw = {"extra": 4}
    return total(*args, scale=2, **kw)


@case(X)
def listcomp_array(x):
    return (
        np.array([v * i for i, v in enumerate(x)]),
        sum(v * v for v in x),
        max(v for v in x),
        any(v > 2 for v in x),
    )


@case(X.copy(), Y)
def chained_assign(x, y):
    x[1:3] = y[0:2] = 4.0
    a = b = x[0]
    return a + b, x.sum(), y


@case(4.0, 2.5)
def powers(x, y):
    return x**y, x**-2, x**0.5, 2.0**y, np.power(x, y), pow(x, 3), math.pow(x, y)


@case(X)
def clips(x):
    return (np.clip(x, -1, 1), np.maximum(x, 0), np.minimum(x, x[::-1]), np.abs(x), np.sign(x), x.clip(0, None),
            np.hypot(x, 2.0), np.arctan2(x, 1.0))  # fmt: skip


@case(X, 3)
def bounds(x, n):
    s = 0.0
    for i in range(-2, n):
        s += x[i:].sum() + x[:i].sum() + x[i:-1].sum() + x[-i:n].sum() + x[n:i:-1].sum() + x[i]
    return s


@case(B, X[:3])
def linear(a, b):
    return np.linalg.solve(a, b), np.linalg.inv(a), np.linalg.det(a), np.linalg.cholesky(a), np.trace(a)


@case(2.0)
def complexes(x):
    z = complex(x, 1.0) * 2j
    return z * z, abs(z)


@case(5.0)
def np_scalars(x):
    y = np.sqrt(x)
    z = np.float64(x) / 0.0
    return y, z, np.pi * x, np.float64(2.0)


@case(np.ones((1, 3)), np.ones((2, 1)))
def ones_axes(a, b):
    return a + b, (a + b).shape, a * 2, a[0] + b[:, 0, None]


@case(X, Y)
def misc(x, y):
    return (np.interp(0.4, np.arange(5.0), y), np.interp(x, np.arange(5.0), y), np.convolve(x, y), np.tril(np.outer(x, y)),
            np.trapezoid(y, x), np.logaddexp(x, y), np.cross(x[:3], y[:3]), np.vdot(x, y), np.average(x, weights=y))  # fmt: skip
