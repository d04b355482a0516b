"""Functions that change the length of a list which is an argument."""

from __future__ import annotations


def appends(xs):
    xs.append(xs[0] * 2.0)
    return sum(v * v for v in xs)


def pops(xs):
    a = xs.pop()
    b = xs.pop(0)
    xs.insert(0, a * b)
    return xs[0] * xs[1]


def extends(xs):
    xs.extend([1.0, xs[0]])
    del xs[1]
    return sum(v**2 * i for i, v in enumerate(xs))


def replaces(xs):
    xs[1:3] = [xs[0] * 2.0, 5.0, xs[2]]
    return sum(v**2 * i for i, v in enumerate(xs))


def orders(xs):
    xs.reverse()
    xs.sort()
    xs += [xs[0]]
    return sum(v**2 * i for i, v in enumerate(xs))


def keeps_two(xs, n):
    for _ in range(n):
        xs.append(xs[-1] * xs[-2])
    while len(xs) > 2:
        xs.pop(0)
    return xs[0] + xs[1]


def clears(xs):
    t = xs[0] * xs[1]
    xs.clear()
    xs.append(t)
    return xs[0]


def both(xs, ys):
    xs.append(ys[0] * 2.0)
    return sum(v * v for v in ys)
