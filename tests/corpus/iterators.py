"""Iterators: ``itertools`` over sequences of any length, ``iter`` and ``next``, ``zip`` of unequal ones."""

from __future__ import annotations

import itertools
import operator
from typing import Any

import numpy as np


def counted(x):
    return sum(k * v * v for k, v in zip(itertools.count(1), x)) + sum(
        s * v for s, v in zip(itertools.cycle([1.0, -1.0]), x)
    )


def padded(x):
    pairs = itertools.zip_longest(x, x[:2], fillvalue=1.5)
    return sum(a * b for a, b in pairs) + sum(
        a * b for a, b in itertools.zip_longest((x[0], x[1]), (x[2],), fillvalue=2.0)
    )


def while_small(xs):
    return sum(v * v for v in itertools.takewhile(lambda v: v < 2.0, xs)) * sum(
        v for v in itertools.dropwhile(lambda v: v < 2.0, xs)
    )


def filtered(x):
    big = list(filter(lambda v: v > 0.0, x))
    return sum(big) * len(big) + sum(itertools.filterfalse(lambda v: v > 0.0, x)) * big[1]


def chosen(x):
    return sum(v**3 for v in itertools.compress(x, [1, 0, 1, 0])) + sum(
        i * v for i, v in enumerate(itertools.islice(x, 1, 3))
    )


def joined(x, ys):
    t = 0.0
    for v in itertools.chain(x, ys, (1.5, x[0])):
        t = t * 0.5 + v**2
    return t + sum(itertools.chain.from_iterable([x, x[:2]]))


def grid(x, ys):
    t = 0.0
    for a, b in itertools.product(x, ys):
        t += a * b**2
    return t


def chains(x):
    t = 0.0
    for i, j in itertools.permutations(range(3), 2):
        t += x[i] * x[j] ** 2
    for a, b, c in itertools.combinations(x, 3):
        t += a * b - c
    for a, b in itertools.permutations(x, 2):
        t += a / (3.0 + b)
    for a, b in itertools.combinations_with_replacement(x, 2):
        t += a * b
    return t


def neighbours(x):
    return sum((b - a) ** 2 for a, b in itertools.pairwise(x)) + sum(
        itertools.starmap(pow, [(x[0], 2), (x[1], 3)])
    )


def previous(x):
    it = iter(x)
    last = next(it)
    t = 0.0
    for v in it:
        t += last * v
        last = v
    return t + next(it, 10.0 * last)


def two_at_once(values):
    it = iter(values)
    a = next(it)
    b = next(it)
    return a * b + sum(v * v for v in it)


def shorter_array(x):
    t = 0.0
    for w, v in zip((1.0, 2.0, 3.0, 4.0, 5.0), x):
        t += w * v * v
        if t > 100.0:
            break
    return t + sum(w * v for w, v in zip((1.0, 2.0, 3.0, 4.0, 5.0), x[:2]))


def groups(x):
    t = 0.0
    for k, g in itertools.groupby([1, 1, 2, 2, 3]):
        t += k * x[k] * len(list(g))
    return t


def map_is_consumed_once(x):
    m = map(operator.mul, x, x[::-1])
    return sum(m) + sum(m) + x[0]


def running(x):
    acc = list(itertools.accumulate(x, operator.mul, initial=2.0))
    return acc[-1] * acc[1] + sum(itertools.repeat(x[0], 3))


def parts(x):
    a, b, *rest = sorted(x)
    first, *_, last = x
    z = zip(x, x[1:])
    pairs = list(z)
    letters = "".join("ab"[i % 2] for i in range(4))
    weighted = sum(v * (2.0 if c == "a" else 3.0) for c, v in zip(letters, x))
    return a * b * rest[0] + first * last + sum(p * q for p, q in pairs) + len(list(z)) + weighted


class Countdown:
    def __init__(self, x, n):
        self.x, self.n = x, n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        self.x *= 0.9
        return self.x


def own_iterator(x, n):
    c = Countdown(x, n)
    first = next(c)
    t = first
    for v in c:
        t += v * v
    return t * c.x


_X = np.array([0.3, 1.2, -0.7, 2.1])

CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("iterators", counted, (_X,)),
    ("iterators", padded, (_X,)),
    ("iterators", while_small, ([0.3, 1.2, 3.0, 0.1],)),
    ("iterators", filtered, (_X,)),
    ("iterators", chosen, (_X,)),
    ("iterators", joined, (_X, [0.5, 2.0])),
    ("iterators", grid, (_X, [0.5, 2.0])),
    ("iterators", chains, (_X,)),
    ("iterators", neighbours, (_X,)),
    ("iterators", previous, (_X,)),
    ("iterators", two_at_once, ([0.3, 1.2, 3.0, 0.1],)),
    ("iterators", two_at_once, (_X,)),
    ("iterators", two_at_once, ((0.5, 2.0, 1.5),)),
    ("iterators", shorter_array, (_X,)),
    ("iterators", groups, (_X,)),
    ("iterators", map_is_consumed_once, (_X,)),
    ("iterators", running, (_X,)),
    ("iterators", parts, (_X,)),
    ("iterators", own_iterator, (0.7, 4)),
]
