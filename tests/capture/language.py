"""Functions that capture refuses, because what it would give is not what Python gives."""

from __future__ import annotations

import numpy as np

X = np.array([0.3, 1.2, -0.7, 2.1])


def recursion_changes_a_dict(x):
    state = {"v": 0.0}

    def walk(i):
        if i >= len(x):
            return 0.0
        state["v"] += x[i]
        return walk(i + 1)

    walk(0)
    return state["v"]


def recursion_appends(x):
    found = []

    def walk(i):
        if i >= len(x):
            return 0.0
        found.append(x[i])
        return walk(i + 1)

    walk(0)
    return sum(found)


def two_generators(x):
    def squares(values):
        for v in values:
            yield v * v

    return sum(a * b for a, b in zip(squares(x), squares(x)))


def one_iterator_twice(x):
    it = iter(x)
    return sum(a * b for a, b in zip(it, it))


def left_and_taken_up(x):
    g = (v * v for v in x)
    t = next(g)
    for v in g:
        t += v
    return t


def yields_where_it_catches(x):
    def parts():
        try:
            yield x[0]
        except ValueError:
            yield x[1]

    t = 0.0
    for v in parts():
        t += v
    return t


def late_name(x):
    fs = [lambda v: v * X for X in (1.0, 2.0)]
    return fs[0](x[0])


def matched_list(x):
    ys = []
    for v in x:
        ys.append(v)
    match ys:
        case [a, b, c, d]:
            return a * b * c * d
    return 0.0


REFUSED = [
    (recursion_changes_a_dict, "C0104"),
    (recursion_appends, "C0104"),
    (two_generators, "C0110"),
    (one_iterator_twice, "C0110"),
    (left_and_taken_up, "C0110"),
    (yields_where_it_catches, "C0110"),
    (late_name, "C0108"),
    (matched_list, "C0101"),
]
