"""Classes of the user's: operators, properties, slots, bases, context managers; records; loops over objects."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np


@dataclass(frozen=True)
class S:
    a: float
    b: float


class NT(NamedTuple):
    a: float
    b: float


class Prop:
    def __init__(self, v):
        self._v = v

    @property
    def v(self):
        return self._v

    @v.setter
    def v(self, w):
        self._v = w * 2


class Vec:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y)

    def __sub__(self, o):
        return Vec(self.x - o.x, self.y - o.y)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __truediv__(self, k):
        return Vec(self.x / k, self.y / k)

    def __iadd__(self, o):
        self.x += o.x
        self.y += o.y
        return self

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __setitem__(self, i, v):
        if i == 0:
            self.x = v
        else:
            self.y = v

    def __len__(self):
        return 2

    def __eq__(self, o):
        return self.x == o.x and self.y == o.y

    def __abs__(self):
        return math.hypot(self.x, self.y)

    def __call__(self, t):
        return self.x + t * self.y

    def __matmul__(self, o):
        return self.x * o.x + self.y * o.y

    def dot(self, o):
        return self.x * o.x + self.y * o.y

    def __bool__(self):
        return True

    def __pow__(self, n):
        return Vec(self.x**n, self.y**n)

    def __lt__(self, o):
        return abs(self) < abs(o)

    def __contains__(self, v):
        return v == self.x

    def __float__(self):
        return self.x

    @classmethod
    def unit(cls):
        return cls(1.0, 0.0)

    @staticmethod
    def zero():
        return Vec(0.0, 0.0)


class Base:
    k = 2.0

    def f(self, x):
        return self.k * x


class Derv(Base):
    def f(self, x):
        return super().f(x) ** 2


class Ctx:
    def __init__(self, x):
        self.x = x

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.x = 0.0


class Body:
    def __init__(self, p, v, m):
        self.p = p
        self.v = v
        self.m = m


def it_islice(x):
    return sum(itertools.islice([x, x * x, 1.0, 4.0], 1, 3))


def it_comb_arr(x):
    return sum(x[i] * x[j] for i, j in itertools.combinations(range(len(x)), 2))


def dc_replace(x):
    s = S(x, 2.0)
    s = replace(s, a=s.a * 3)
    return s.a * s.b


def nt_replace(x):
    n = NT(x, 1.0)._replace(b=x * 2)
    return n.a * n.b + sum(n._asdict().values())


def prop_set(x):
    p = Prop(x)
    p.v = x * x
    return p.v


def vec1(x):
    v = Vec(x, 2.0)
    w = 3 * v * x + v / 2 - (-v)
    return w.dot(v) + abs(w) + w[0] + w(x) + (v @ w)


def vec_loop(x, n):
    p = Vec(0.0, 0.0)
    vel = Vec(x, x * x)
    for i in range(n):
        p += vel * 0.1
        vel = vel + Vec(0.0, -9.81) * 0.1
    return p.x * p.y


def inherit(x):
    return Derv().f(x)


def ctx(x):
    with Ctx(x) as c:
        y = c.x * c.x
    return y + c.x


def dict_comp(x):
    d = {i: x * i for i in range(4)}
    return sum(d.values()) + d[2] ** 2


def nested_fn_default(x):
    fs = []
    for k in range(3):
        fs.append(lambda t, k=k: t * k)
    return sum(f(x) * f(x) for f in fs)


def nbody_objects(dt, ps, vs, ms):
    bodies = [Body(list(p), list(v), m) for p, v, m in zip(ps, vs, ms)]
    for step in range(3):
        for i in range(len(bodies)):
            for j in range(i + 1, len(bodies)):
                a, b = bodies[i], bodies[j]
                d = [a.p[k] - b.p[k] for k in range(3)]
                r3 = (d[0] ** 2 + d[1] ** 2 + d[2] ** 2 + 0.01) ** 1.5
                for k in range(3):
                    a.v[k] -= dt * b.m * d[k] / r3
                    b.v[k] += dt * a.m * d[k] / r3
        for b in bodies:
            for k in range(3):
                b.p[k] += dt * b.v[k]
    return sum(b.p[0] ** 2 for b in bodies)


class Span:
    def __init__(self, lo, hi):
        self.lo, self.hi = lo, hi

    def __bool__(self):
        return self.hi > self.lo

    def __lt__(self, other):
        return self.lo < other.lo


def truth(x):
    s = Span(x, 2.0)
    return x * x if s else 3.0 * x


def compared(x):
    a, b = Span(x, 1.0), Span(2.0, 3.0)
    if a > b:
        return x * x
    return 3.0 * x if a != b else x


CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("standard", it_islice, (1.3,)),
    ("standard", it_comb_arr, (np.array([1.0, 2.0, 3.0]),)),
    ("standard", dc_replace, (1.3,)),
    ("standard", nt_replace, (1.3,)),
    ("standard", prop_set, (1.3,)),
    ("standard", vec1, (1.3,)),
    ("standard", vec_loop, (1.3, 5)),
    ("standard", inherit, (1.3,)),
    ("standard", ctx, (1.3,)),
    ("standard", dict_comp, (1.3,)),
    ("standard", nested_fn_default, (1.3,)),
    (
        "standard",
        nbody_objects,
        (0.01, [[1.0, 0.2, 0.1], [0.3, 1.1, -0.4]], [[0.1, 0.0, 0.3], [0.0, 0.2, 0.1]], [1.0, 0.5]),
    ),
    ("standard", truth, (1.3,)),
    ("standard", truth, (2.3,)),
    ("standard", compared, (1.3,)),
    ("standard", compared, (2.3,)),
]
