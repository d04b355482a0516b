"""``operator``, ``functools``, ``itertools``; decorators inside functions; constant sets; arrays put together."""

from __future__ import annotations

import functools
import itertools
import operator
from functools import partial, reduce
from typing import Any

import numpy as np


def operators(a, b):
    return operator.add(a, b) * operator.pow(a, 2) - operator.neg(b) + operator.mod(b, a) / operator.abs(a)


def folded(x):
    return reduce(operator.mul, x[:3]) + reduce(lambda s, v: s * 0.5 + v * v, (v + 1.0 for v in x), 2.0)


def folded_list(xs):
    return reduce(lambda a, b: a * b + a, xs) + sum(itertools.accumulate(xs, operator.mul))


def running_products(x):
    return np.array(list(itertools.accumulate(x, operator.mul)))


def squared_distances(x):
    s = 0.0
    for a, b in itertools.combinations(x, 2):
        s += (a - b) ** 2
    for i, j in itertools.product(range(2), (0, 2)):
        s += x[i] * x[j]
    return s


def neighbours(xs):
    chained = sum(v * v for v in itertools.chain(xs, [1.0, xs[0]]))
    return (
        chained + sum(a * b for a, b in itertools.pairwise(xs)) + sum(itertools.starmap(pow, zip(xs, [2, 3])))
    )


def ordered_terms(d, x):
    total = 0.0
    for k, v in sorted(d.items(), key=operator.itemgetter(0)):
        total = total * x + v * len(k)
    for k in sorted(d):
        total += d[k]
    for i, (_, v) in enumerate(sorted(d.items())):
        total += i * v
    return total


def partially(x):
    f = partial(lambda a, b, c=1.0: a * b + c, x, c=2.0)
    return f(2.0) * f(x, c=5.0) + partial(f, 3.0)()


def twice_decorated(x):
    def scaled(factor):
        def decorate(f):
            @functools.wraps(f)
            def inner(*args):
                return factor * f(*args) + x

            return inner

        return decorate

    @scaled(2.0)
    @scaled(x)
    def wave(y):
        return np.sin(y)

    return wave(x * x)


def chosen_powers(x, n):
    s = 0.0
    for k in range(n):
        if k in {1, 4}:
            s += x**k
        if k not in {0, 2, 4}:
            s -= x
    return s * len({7, 8}) + sum(x**k for k in {1, 2})


def unpacked_generator(x):
    a, b, c = (v * 2.0 for v in (x, x * x, x**3))
    return a * b + c


def joined(x, n):
    rows = []
    for i in range(n):
        rows.append(x * i + 1.0)
    return np.concatenate(rows), np.stack(rows, axis=1), np.vstack(rows), np.hstack(rows), np.stack(rows, -1)


def joined_matrices(x, n):
    parts = [x * i for i in range(n)]
    return np.concatenate(parts, axis=1), np.vstack(parts), np.hstack(parts), np.concatenate(parts, axis=None)


def rows_joined(x):
    return np.concatenate(x), np.hstack(x), np.stack(x, 1)


def likelihood(x):
    return np.logaddexp.reduce(x, axis=1), np.hypot.reduce(x), np.logaddexp.reduce(x, axis=None)


def copied(x):
    items = list(x)
    items.append(2.0)
    again = list(items)
    again[0] = 1.0
    return sum(items) * items[0] + sum(again)


def directions(x):
    return np.abs(np.sign(x[0] + 1j * x[1]) - 1.0)


def tests_into(x):
    small = np.less(x, 1.0)
    large = np.zeros(x.shape, bool)
    np.logical_not(small, large)
    finite = np.empty(x.shape, bool)
    np.isfinite(x, out=finite)
    return np.where(large, x * x, -x), finite


_X = np.array([0.5, 1.5, -0.75, 2.0])
_M = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])

CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("standard", operators, (1.5, 2.75)),
    ("standard", operators, (np.array([1.5, 2.0]), np.array([4.0, 9.5]))),
    ("standard", folded, (_X,)),
    ("standard", folded_list, ([1.5, 2.0, 0.5],)),
    ("standard", running_products, (_X,)),
    ("standard", squared_distances, (_X,)),
    ("standard", squared_distances, ([0.5, 1.5, -0.75],)),
    ("standard", neighbours, ([0.5, 1.5],)),
    ("standard", ordered_terms, ({"bb": 1.5, "a": 2.0}, 0.5)),
    ("standard", partially, (1.5,)),
    ("standard", twice_decorated, (0.5,)),
    ("standard", chosen_powers, (1.25, 6)),
    ("standard", unpacked_generator, (1.25,)),
    ("shape", joined, (_X, 3)),
    ("shape", joined_matrices, (_M, 3)),
    ("shape", rows_joined, (_M,)),
    ("ufuncs", likelihood, (_M,)),
    ("ufuncs", tests_into, (_X,)),
    ("list", copied, (_X,)),
    ("complex", directions, (_M,)),
]
