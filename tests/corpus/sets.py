"""Sets of numbers, and what is picked by them."""

import numpy as np


def differences_of_sets(x, fixed):
    free = np.setdiff1d(np.arange(len(x)), fixed)
    return np.sum(np.sin(x[free]) * (free + 1.0))


def members(x, y):
    both = np.intersect1d(x, y)
    return np.sum(both * both) + np.sum(np.sin(np.union1d(x, y))) + np.sum(np.setxor1d(x, y) ** 3)


def given_once(x, y):
    return np.sum(np.setdiff1d(x, y, assume_unique=True) ** 2) + np.sum(
        np.intersect1d(x, y, assume_unique=True)
    )


class Vector:
    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def norm(self):
        return np.sqrt(self.x**2 + self.y**2 + self.z**2)


def starred(p, v):
    """As many as there are parameters; other numbers raise."""

    def volume(a, b, c):
        return a * b * c

    return Vector(*(p * v)).norm() + volume(p, *v[:2]) + (lambda a, b, c: a - b * c)(*v)


X = np.array([0.3, 0.1, 0.9, 0.7])

CASES = [
    ("order", differences_of_sets, (X, np.array([0, 2]))),
    ("order", differences_of_sets, (X, np.array([0, 1, 2, 3]))),
    ("order", members, (X, np.array([0.5, 0.2]))),
    ("order", members, (X, np.array([]))),
    ("order", given_once, (X, np.array([0.5, 0.2]))),
    ("call", starred, (0.7, X[:3])),
]
