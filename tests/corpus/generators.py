"""Generator functions and expressions, consumed by loops, sums, lists and functions of ``itertools``."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np


def squares(values):
    for v in values:
        yield v * v


def euler(x, n):
    y = x
    for i in range(n):
        y = y - 0.1 * y * y
        yield i, y


def fibonacci(a, b):
    while True:
        yield a
        a, b = b, a + b


def inorder(tree):
    if tree is None:
        return
    left, value, right = tree
    yield from inorder(left)
    yield value
    yield from inorder(right)


def in_a_loop(x):
    t = 0.0
    for s in squares(x):
        t += math.sin(s)
    return t


def folded(x):
    return sum(squares(x)) * max(squares(x)) + math.prod(v + 2.0 for v in squares(x))


def collected(x):
    found = list(squares(x))
    return found[0] * found[-1] + len(found) * [*map(abs, squares(x[:2]))][1]


def collected_short(x):
    a, b, c = squares((x, 2.0 * x, x + 1.0))
    return a * b - c


def left_by_break(x, n):
    i, y = 0, x
    for i, y in euler(x, n):
        if y < 0.5:
            break
    else:
        y = y * 10.0
    return y * (i + 1)


def left_by_return(x, n):
    for i, (k, y) in enumerate(euler(x, n)):
        if k > 2:
            return y * i
    return x * x


def skips(x):
    t = 0.0
    for v in squares(x):
        if v > 2.0:
            continue
        t += v * v
    return t


def counted_pairs(x):
    t = 0.0
    for k, v in enumerate(squares(x), 1):
        t += k * v
    return t + sum(a * b for a, b in zip(squares(x), x)) + sum(a * b for b, a in zip(x[1:], squares(x)))


def endless(x):
    t = 0.0
    for k, v in enumerate(fibonacci(x, 1.0)):
        if k > 6:
            break
        t += v * v
    return t


def endless_with_a_limit(x):
    t = 0.0
    for v in fibonacci(x, 2.0 * x):
        if v > 20.0:
            return t * v
        t += v * v


def sliced(x):
    return sum(itertools.islice(fibonacci(x, 1.0), 5)) * sum(itertools.islice(fibonacci(1.0, x), 1, 6, 2))


def delegates(x):
    tree = ((None, x, None), x * x, (None, 3.0, (None, x**3, None)))
    return sum(i * v for i, v in enumerate(inorder(tree)))


def defined_inside(x):
    def pairs():
        for i in range(len(x)):
            for j in range(i):
                if x[i] > 0.0:
                    yield x[i], x[j]

    return sum(a * b**2 for a, b in pairs())


def several_yields(x):
    scale = 2.0

    def parts():
        yield x[0] * scale
        if x[1] > 0.0:
            yield x[1] ** 2
        elif x[2] > 0.0:
            return
        yield x[2]

    scale = 3.0
    return math.prod(parts())


def consumed_once(x):
    g = (v * v for v in x)
    first = sum(g)
    return first + sum(g) + sum(squares(g))


def first_iterable_is_read_at_once(x):
    g = (v * v for v in x)
    x = x * 2.0
    return sum(g) * x[0]


def total(values):
    t = 0.0
    for v in values:
        t += v * v
    return t


def passed_on(x):
    k = 2.0
    return total(v * k for v in x) + total(squares(x)) + total(squares(v for v in x if v > 0.0))


def changes_what_the_consumer_sees(x):
    state = {"last": 1.0}

    def running():
        for v in x:
            state["last"] = state["last"] * v
            yield state["last"] + v

    t = 0.0
    for v in running():
        t += v * state["last"]
        state["last"] += 0.5
    return t


def returned(x):
    def inner(values):
        t = 0.0
        for v in values:
            if v > 2.0:
                return t
            t += v
            yield v * v
        return t * 2.0

    def outer():
        left = yield from inner(x)
        right = yield from inner(x[:2])
        yield left * right

    return sum(outer())


def nested_loops(x):
    t = 0.0
    for a in squares(x):
        for b in squares(x):
            if b > a:
                break
            t += a * b
        t = t * 1.1
    return t


def first_of(x):
    big = next(v for v in x if v > 1.0)
    none = next((v for v in x if v > 100.0), 7.0)
    return big**2 * none + next(squares(x))


def writes(x):
    y = np.zeros(len(x))

    def places():
        for i in range(len(y)):
            y[i] = x[i] ** 2
            yield i

    for i in places():
        y[i] *= x[0]
    return y.sum()


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            yield from self.right


def iterated_object(x):
    tree = Tree(x, Tree(x * x), Tree(2.0, Tree(x**3)))
    s = 0.0
    for k, v in enumerate(tree):
        s += k * v
    return s + max(tree)


def windows(x, n):
    def sliding():
        for k in range(len(x) - n + 1):
            yield x[k : k + n]

    return sum(w.mean() * w[0] for w in sliding())


def lines(x):
    def parsed():
        for name, k in (("a", 0), ("b", 1), ("a", 2)):
            yield name, x[k]

    sums = {"a": 0.0, "b": 1.0}
    for name, v in parsed():
        sums[name] += v * v
    return sums["a"] * sums["b"]


def draws(seed):
    while True:
        seed = (1103515245 * seed + 12345) % 2147483648
        yield seed / 2147483648


def advanced(x):
    it = fibonacci(x, 1.0)
    a = next(it)
    b = next(it)
    t = a * b * next(it)
    source = draws(42)
    for _ in range(10):
        t += x * next(source) ** 2
    for v in it:
        if v > 30.0:
            break
        t += v
    return t * next(it)


def with_a_clean_up(x):
    log = [1.0]

    def parts():
        try:
            for v in x:
                yield v
        finally:
            log.append(x[0])

    t = 0.0
    for v in parts():
        if v < 0.0:
            break
        t += v * v
    return t * sum(log)


def one_inside_the_other(x):
    def up(n):
        i = 0
        while i < n:
            yield i
            i += 1

    def pairs():
        for i in up(4):
            for j in up(i):
                if j == 2:
                    break
                yield i, j

    t = 0.0
    for i, j in pairs():
        if i == 3:
            continue
        t += x[i] * x[j] + 1.0
    return t


_X = np.array([0.3, 1.2, -0.7, 2.1])

CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("generator", in_a_loop, (_X,)),
    ("generator", folded, (_X,)),
    ("generator", collected, (_X,)),
    ("generator", collected_short, (0.7,)),
    ("generator", left_by_break, (0.7, 8)),
    ("generator", left_by_break, (0.7, 2)),
    ("generator", left_by_return, (0.7, 8)),
    ("generator", left_by_return, (0.7, 2)),
    ("generator", skips, (_X,)),
    ("generator", counted_pairs, (_X,)),
    ("generator", endless, (0.7,)),
    ("generator", endless_with_a_limit, (0.7,)),
    ("generator", sliced, (0.7,)),
    ("generator", delegates, (0.7,)),
    ("generator", defined_inside, (_X,)),
    ("generator", several_yields, (_X,)),
    ("generator", consumed_once, (_X,)),
    ("generator", first_iterable_is_read_at_once, (_X,)),
    ("generator", passed_on, (_X,)),
    ("generator", changes_what_the_consumer_sees, (_X,)),
    ("generator", returned, (_X,)),
    ("generator", nested_loops, (_X,)),
    ("generator", first_of, (_X,)),
    ("generator", writes, (_X,)),
    ("generator", iterated_object, (0.7,)),
    ("generator", windows, (_X, 2)),
    ("generator", lines, (_X,)),
    ("generator", advanced, (0.7,)),
    ("generator", one_inside_the_other, (_X,)),
    ("generator", with_a_clean_up, (_X,)),
]
