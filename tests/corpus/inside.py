"""Classes, records and functions that are defined inside the function; enumerations; abstract bases."""

from __future__ import annotations

import contextlib
import enum
import functools
import math
import types
from abc import ABC, abstractmethod
from collections import namedtuple
from dataclasses import asdict, astuple, dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np


class Color(enum.Enum):
    RED = 1
    BLUE = 2

    @property
    def weight(self):
        return 0.5 * self.value


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 3


class Shape(ABC):
    def __init__(self, size):
        self.size = size

    @abstractmethod
    def area(self): ...

    def cost(self, price=2.0):
        return price * self.area()


class Disc(Shape):
    def area(self):
        return math.pi * self.size**2


class Square(Shape):
    def area(self):
        return self.size**2


def plain_class(x):
    class Point:
        scale = 3.0

        def __init__(self, a, b=1.0):
            self.a, self.b = a, b

        def norm(self):
            return math.hypot(self.a, self.b) * self.scale * x

        def __add__(self, other):
            return Point(self.a + other.a, self.b + other.b)

    return (Point(x) + Point(2.0, x)).norm()


def inherits(x):
    class Base:
        rate = 0.5

        def __init__(self, p):
            self.p = p

        def step(self, g):
            raise NotImplementedError

        def run(self, n):
            for _ in range(n):
                self.p = self.step(2.0 * self.p)
            return self.p

    class Plain(Base):
        def step(self, g):
            return self.p - self.rate * 0.1 * g

    class Momentum(Base):
        def __init__(self, p, m=0.9):
            super().__init__(p)
            self.m, self.v = m, 0.0

        def step(self, g):
            self.v = self.m * self.v - 0.05 * g
            return self.p + self.v

    return Plain(x).run(3) * Momentum(x).run(3)


def extends_one_from_outside(x):
    class Ring(Disc):
        def area(self):
            return super().area() - math.pi * 0.25 * self.size**2

    return sum(s.cost() for s in (Disc(x), Square(x * x), Ring(2.0 * x)))


def decorated_members(x):
    class Tank:
        def __init__(self, level):
            self._level = level

        @property
        def level(self):
            return self._level

        @level.setter
        def level(self, value):
            self._level = min(value, 2.0 * x)

        @staticmethod
        def half(v):
            return 0.5 * v

        @classmethod
        def full(cls):
            return cls(x**2)

    t = Tank.full()
    t.level = t.level * 3.0 + Tank.half(x)
    return t.level * t.half(3.0)


def local_dataclass(x):
    @dataclass
    class State:
        position: float
        speed: float = 2.0
        seen: list = field(default_factory=list)

        def step(self, dt):
            self.position += self.speed * dt
            self.speed *= 0.9
            self.seen.append(self.position)

    s = State(x)
    for _ in range(4):
        s.step(0.1)
    return s.position * s.speed + sum(s.seen)


def local_frozen(x):
    @dataclass(frozen=True)
    class Pair:
        a: float
        b: float = 3.0

        @property
        def product(self):
            return self.a * self.b

    return Pair(x).product + Pair(2.0, x * x).product * (Pair(x) == Pair(x))


def local_records(x):
    P = namedtuple("P", "a b", defaults=(2.0,))

    class Q(NamedTuple):
        u: float
        v: float = 1.5

    p = P(x)._replace(b=3.0 * x)
    q = Q(p.a * p.b)
    u, v = q
    return u * v + q.u


def enumerated(x):
    weights = {Color.RED: x, Color.BLUE: x * x}
    t = 0.0
    for c in Color:
        if c is Color.BLUE:
            t += weights[c] * c.value
        else:
            t += weights[c] * c.weight
    return t * (Level.HIGH + 1) * (2.0 if Color.RED.name == "RED" else 1.0)


def local_enumeration(x):
    class Mode(enum.Enum):
        SLOW = 1
        FAST = 3

    def speed(mode):
        return x * mode.value if mode is Mode.FAST else x**2

    return speed(Mode.FAST) * speed(Mode.SLOW)


def local_exception(x):
    class Negative(ValueError):
        pass

    def root(v):
        if v < 0.0:
            raise Negative(f"no root of {v}")
        return math.sqrt(v)

    t = 0.0
    for v in x:
        try:
            t += root(v)
        except Negative:
            t += v * v
    return t


def made_in_a_loop(x):
    t = 0.0
    for i in range(len(x)):

        class Cell:
            def __init__(self, v):
                self.v = v

            def twice(self):
                return 2.0 * self.v

        t += Cell(x[i]).twice() ** 2
    return t


def functions_inside(x):
    def outer(a):
        count = 0

        def inner(b):
            nonlocal count
            count += 1
            return a * b * count

        def twice(f, v):
            return f(f(v))

        return twice(inner, a) + count

    return outer(x) * outer(2.0)


def counts_down(x):
    class Counter:
        def __init__(self):
            self.n, self.x = 4, x

        def __iter__(self):
            return self

        def __next__(self):
            if self.n <= 0:
                raise StopIteration
            self.n -= 1
            self.x *= 0.9
            return self.x

    return sum(v * v for v in Counter())


@contextlib.contextmanager
def scaled(k):
    yield k * 2.0


def managed_by_a_generator(x):
    log = []

    @contextlib.contextmanager
    def noted(name):
        log.append(1.0)
        try:
            yield name
        finally:
            log.append(x)

    with scaled(x) as y, noted(3.0) as z:
        t = y * y * z
    for v in (x, 2.0 * x, 5.0):
        with noted(v) as w:
            if w > 1.0:
                break
            t += w
    return t * sum(log)


class Account:
    def __init__(self, amount):
        self.__amount = amount

    def get(self):
        return self.__amount

    def __add(self, more):
        self.__amount += more

    def paid(self, more):
        self.__add(more)
        return self


def private_names(x):
    class Inner:
        def __init__(self):
            self.__v = x * x

        def __get(self):
            return self.__v

        def value(self):
            return self.__get()

    return Account(x).paid(2.0 * x).get() * Inner().value()


class Link:
    __slots__ = ("rest", "value")

    def __init__(self, value, rest=None):
        self.value, self.rest = value, rest


def linked(x):
    def values(link):
        while link is not None:
            yield link.value
            link = link.rest

    chain = Link(x, Link(x * x, Link(3.0)))
    return sum((k + 1) * v for k, v in enumerate(values(chain)))


def taken_apart(x):
    @dataclass
    class Options:
        rate: float = 0.1
        betas: tuple = (0.9, 0.99)
        steps: list = field(default_factory=lambda: [1.0, 0.5])

        def __post_init__(self):
            self.square = self.rate**2

    first = Options(rate=x)
    second = replace(first, betas=(x, 0.5))
    d = asdict(second)
    space = types.SimpleNamespace(a=x, b=2.0)
    space.c = space.a * space.b
    return first.square + sum(second.betas) + d["rate"] * d["steps"][1] + astuple(first)[0] + space.c


class Signal:
    def __init__(self, values):
        self.values = values

    @functools.cached_property
    def energy(self):
        return sum(v * v for v in self.values)

    def __lt__(self, other):
        return self.energy < other.energy


def cached(x):
    a, b = Signal(x[:2]), Signal(x[2:])
    smaller = a if a < b else b
    return smaller.energy * a.energy + max(a.energy, b.energy)


_X = np.array([0.3, 1.2, -0.7, 2.1])

CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("inside", plain_class, (0.7,)),
    ("inside", inherits, (0.7,)),
    ("inside", extends_one_from_outside, (0.7,)),
    ("inside", decorated_members, (0.7,)),
    ("inside", local_dataclass, (0.7,)),
    ("inside", local_frozen, (0.7,)),
    ("inside", local_records, (0.7,)),
    ("inside", enumerated, (0.7,)),
    ("inside", local_enumeration, (0.7,)),
    ("inside", local_exception, (_X,)),
    ("inside", made_in_a_loop, (_X,)),
    ("inside", functions_inside, (0.7,)),
    ("inside", counts_down, (0.7,)),
    ("inside", managed_by_a_generator, (0.7,)),
    ("inside", private_names, (0.7,)),
    ("inside", linked, (0.7,)),
    ("inside", taken_apart, (0.7,)),
    ("inside", cached, (_X,)),
]
