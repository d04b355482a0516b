"""Complex numbers inside real functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def z_reim(x, y):
    z = x + 1j * y
    w = np.exp(z) * z
    return w.real * 2 + w.imag


def z_abs(x, y):
    z = x * (1 + 2j) + y
    return np.abs(z) ** 2 + np.angle(z)


def z_conj(x):
    z = np.sin(x * (0.3 + 1j))
    return (z * z.conj()).real + np.conj(z).imag


def z_py(a, b):
    z = complex(a, b)
    w = z * z + 1j
    return w.real * w.imag + abs(w)


def z_write(x):
    z = x * (1 + 1j)
    a = z.real.sum()
    z *= 2
    return a + z.imag.sum()


def z_solve(x):
    A = np.array([[2 + 1j, x[0]], [1.0, 3 - 1j * x[1]]])
    b = np.array([1.0 + 0j, x[2]])
    s = np.linalg.solve(A, b)
    return np.abs(s)


def z_loop(x):
    s = 0j
    for i in range(len(x)):
        s += x[i] * np.exp(-2j * np.pi * i * 0.1)
    return abs(s)


def z_arr(x):
    z = np.zeros(3, dtype=complex)
    z[0] = x[0]
    z[1] = 1j * x[1]
    z[2] = x[2] * (1 + 1j)
    return np.sum(z * z).real


def z_c(z):
    return (z * z).real


def z_prod(x):
    return np.prod(x * (1 + 0.5j)).imag


X = np.array([0.5, 1.2, 2.0])
Y = np.array([0.3, -0.4, 0.7])

Case = tuple[str, Any, tuple[Any, ...]]
CASES: list[Case] = [
    ("complex", z_reim, (X, Y)),
    ("complex", z_abs, (X, Y)),
    ("complex", z_conj, (X,)),
    ("complex", z_py, (0.5, 0.7)),
    ("complex", z_write, (X,)),
    ("complex", z_solve, (X,)),
    ("complex", z_loop, (X,)),
    ("complex", z_arr, (X,)),
    ("complex", z_prod, (X,)),
]
