"""Ordinary programs as people write them: finance, robotics, control, algorithms, small interpreters."""

from __future__ import annotations

import bisect
import enum
import functools
import itertools
import math
import operator
import statistics
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

T = TypeVar("T")


@dataclass
class Bond:
    face: float
    coupon: float
    years: int

    def cashflows(self):
        for t in range(1, self.years + 1):
            yield t, self.face * self.coupon
        yield self.years, self.face


def bonds(r):
    book = [Bond(100.0, 0.04, 5), Bond(50.0, 0.07, 3), Bond(200.0, 0.02, 10)]
    return sum(sum(c / (1 + r) ** t for t, c in b.cashflows()) for b in book)


class Pose(NamedTuple):
    x: float
    y: float
    angle: float

    def then(self, o):
        c, s = math.cos(self.angle), math.sin(self.angle)
        return Pose(self.x + c * o.x - s * o.y, self.y + s * o.x + c * o.y, self.angle + o.angle)


def arm(q):
    links = [Pose(1.0, 0.0, a) for a in q]
    end = functools.reduce(Pose.then, links, Pose(0.0, 0.0, 0.1))
    return (end.x - 1.0) ** 2 + end.y**2 + 0.1 * end._replace(angle=end.angle / 2).angle


class Mode(enum.Enum):
    IDLE = 0
    RUN = 1
    STOP = 2


def controller(gain):
    mode = Mode.IDLE
    x, v, cost = 1.0, 0.0, 0.0
    for k in range(20):
        if mode is Mode.IDLE:
            u = 0.0
        elif mode is Mode.RUN:
            u = -gain * x - 0.5 * v
        else:
            u = -v
        v += 0.1 * u
        x += 0.1 * v
        cost += x * x + 0.01 * u * u
        if k == 3:
            mode = Mode.RUN
        elif k == 15:
            mode = Mode.STOP
    return cost


class PID:
    def __init__(self, kp, ki=0.1, kd=0.05, *, limit=2.0):
        self.kp, self.ki, self.kd, self.limit = kp, ki, kd, limit
        self._sum, self._last = 0.0, None

    @property
    def integral(self):
        return self._sum

    @integral.setter
    def integral(self, v):
        self._sum = max(-self.limit, min(self.limit, v))

    def __call__(self, e, dt):
        self.integral += e * dt
        d = 0.0 if self._last is None else (e - self._last) / dt
        self._last = e
        return self.kp * e + self.ki * self.integral + self.kd * d


def regulated(kp):
    control = PID(kp)
    y, cost = 0.0, 0.0
    for _ in range(30):
        e = 1.0 - y
        y += 0.1 * (control(e, 0.1) - y)
        cost += e * e
    return cost


class Matrix:
    def __init__(self, rows):
        self.rows = [list(r) for r in rows]

    @classmethod
    def eye(cls, n):
        return cls([[1.0 if i == j else 0.0 for j in range(n)] for i in range(n)])

    def __matmul__(self, o):
        return Matrix([[sum(a * b for a, b in zip(r, c)) for c in zip(*o.rows)] for r in self.rows])

    def __getitem__(self, ij):
        i, j = ij
        return self.rows[i][j]

    def __setitem__(self, ij, v):
        i, j = ij
        self.rows[i][j] = v

    def __pow__(self, n):
        out, base = Matrix.eye(len(self.rows)), self
        while n:
            if n & 1:
                out = out @ base
            base = base @ base
            n >>= 1
        return out

    def trace(self):
        return sum(self[i, i] for i in range(len(self.rows)))


def powers(x):
    m = Matrix([[x, 1.0], [0.5, x * x]])
    m[0, 1] = m[0, 1] + x
    return (m**5).trace()


def product_of_polynomials(x):
    p, q = {0: 1.0, 2: x}, {1: 2.0, 3: -x}
    r = defaultdict(float)
    for (i, a), (j, b) in itertools.product(p.items(), q.items()):
        r[i + j] += a * b
    return sum(c * x**k for k, c in sorted(r.items()))


def warped(x):
    y = [0.0, 1.0, 0.5, 2.0]
    n, m = len(x), len(y)
    cost = [[math.inf] * (m + 1) for _ in range(n + 1)]
    cost[0][0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            before = min(cost[i - 1][j], cost[i][j - 1], cost[i - 1][j - 1])
            cost[i][j] = (x[i - 1] - y[j - 1]) ** 2 + before
    return cost[n][m]


def interpolated(x):
    xs, ys = [0.0, 0.5, 1.0, 2.0], [0.0, 1.0, 0.5, 3.0]
    i = max(0, min(bisect.bisect_right(xs, x) - 1, len(xs) - 2))
    w = (x - xs[i]) / (xs[i + 1] - xs[i])
    return ys[i] * (1 - w) + ys[i + 1] * w


def euler(f, t, y, h):
    return y + h * f(t, y)


def midpoint(f, t, y, h):
    return y + h * f(t + h / 2, y + h / 2 * f(t, y))


METHODS = {"euler": euler, "midpoint": midpoint}


def solve(f, y, *, method="midpoint", h=0.1, steps=5):
    try:
        step = METHODS[method]
    except KeyError:
        raise ValueError(f"unknown method {method!r}") from None
    t = 0.0
    while t < h * steps - 1e-12:
        y = step(f, t, y, h)
        t += h
    return y


def strategies(k):
    return sum(solve(lambda t, y: -k * y + math.sin(t), 1.0, method=m) for m in METHODS)


@dataclass
class Event:
    time: float
    kind: str


def events(rate):
    found = [Event(1.0 * rate, "a"), Event(0.5, "b"), Event(2.0 * rate, "a")]
    t = 0.0
    for k, e in enumerate(sorted(found, key=lambda e: e.time)):
        t += (k + 1) * e.time**2 * (2.0 if e.kind == "a" else 1.0)
    for k, e in enumerate(sorted(found, key=lambda e: e.time, reverse=True)):
        t += (k + 1) * e.time
    return t


def autoregressive(phi):
    history = deque([0.1, 0.2, 0.3, 0.4], maxlen=4)
    s = 0.0
    for _ in range(6):
        following = sum(p * h for p, h in zip(phi, reversed(history)))
        history.append(following)
        s += following * following
    return s


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Variable:
    name: str


@dataclass(frozen=True)
class Sum:
    left: object
    right: object


@dataclass(frozen=True)
class Product:
    left: object
    right: object


def evaluated(e, names):
    match e:
        case Number(v):
            return v
        case Variable(name):
            return names[name]
        case Sum(a, b):
            return evaluated(a, names) + evaluated(b, names)
        case Product(a, b):
            return evaluated(a, names) * evaluated(b, names)
        case _:
            raise TypeError(e)


def expression(x):
    xs = Variable("x")
    e = Sum(Product(xs, xs), Product(Number(3.0), Sum(xs, Variable("y"))))
    return evaluated(e, {"x": x, "y": x * x})


class Loss(ABC):
    weight = 1.0

    @abstractmethod
    def value(self, r): ...

    def __call__(self, rs):
        return self.weight * sum(self.value(r) for r in rs)


class Huber(Loss):
    def __init__(self, d):
        self.d = d

    def value(self, r):
        a = abs(r)
        return 0.5 * r * r if a <= self.d else self.d * (a - 0.5 * self.d)


class Square(Loss):
    weight = 0.5

    def value(self, r):
        return r * r


def losses(x):
    rs = [v - 0.1 for v in x]
    t = 0.0
    for loss in (Huber(1.0), Square()):
        t += loss(rs) * (2.0 if isinstance(loss, Square) else 1.0)
    return t


class Stack(Generic[T]):
    def __init__(self):
        self._items: list[T] = []

    def push(self, x):
        self._items.append(x)

    def pop(self):
        return self._items.pop()


def postfix(x):
    s = Stack()
    signs = {"+": operator.add, "*": operator.mul, "-": operator.sub}
    for token in "a b + c * d -".split():
        if token in signs:
            b, a = s.pop(), s.pop()
            s.push(signs[token](a, b))
        else:
            s.push(x["abcd".index(token)])
    return s.pop() ** 2


def first_then_next(x, n):
    for i in range(n):
        if i == 0:
            last = x
        elif i == 1:
            last = math.sin(last)
        else:
            last = last * x + math.cos(last)
    return last


def reactions(k):
    amounts = {"A": 1.0, "B": 0.5, "C": 0.0}
    steps = [(("A", "B"), ("C",), 0), (("C",), ("A", "B"), 1), (("A",), ("B",), 2)]
    for _ in range(5):
        rates = []
        for used, _made, i in steps:
            r = abs(k[i])
            for s in used:
                r *= amounts[s]
            rates.append(r)
        change = dict.fromkeys(amounts, 0.0)
        for (used, made, _i), r in zip(steps, rates):
            for s in used:
                change[s] -= r
            for s in made:
                change[s] += r
        for s in amounts:
            amounts[s] += 0.1 * change[s]
    return amounts["C"] ** 2 + amounts["A"]


def messages(x):
    log = []
    for i in range(3):
        x = x * 1.1
        log.append(f"step {i}")
    label = ",".join(log)
    assert len(label) > 3, "short"
    match (x > 0.0, label[0]):
        case (True, "s"):
            return x * len(log)
        case _:
            return x


def summary(xs):
    return statistics.mean(xs) + statistics.pstdev(xs) + statistics.median(xs) * statistics.variance(xs)


_X = np.array([0.3, 1.2, -0.7, 2.1])

CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("programs", bonds, (0.05,)),
    ("programs", arm, (_X,)),
    ("programs", controller, (0.7,)),
    ("programs", regulated, (0.7,)),
    ("programs", powers, (0.7,)),
    ("programs", product_of_polynomials, (0.7,)),
    ("programs", warped, (_X,)),
    ("programs", interpolated, (0.7,)),
    ("programs", strategies, (0.7,)),
    ("programs", events, (0.7,)),
    ("programs", autoregressive, (_X,)),
    ("programs", expression, (0.7,)),
    ("programs", losses, (_X,)),
    ("programs", postfix, (_X,)),
    ("programs", first_then_next, (0.7, 4)),
    ("programs", reactions, (_X,)),
    ("programs", messages, (0.7,)),
    ("programs", summary, ([0.5, 0.2, 0.9, 0.4],)),
]
