"""Kernels on lists and lists of lists, as they are written without NumPy."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np


def gemm(alpha, beta, C, A, B):
    ni = len(C)
    nj = len(C[0])
    nk = len(B)
    for i in range(ni):
        for j in range(nj):
            C[i][j] *= beta
        for k in range(nk):
            for j in range(nj):
                C[i][j] += alpha * A[i][k] * B[k][j]
    return C


def lu(A):
    n = len(A)
    for i in range(n):
        for j in range(i):
            for k in range(j):
                A[i][j] -= A[i][k] * A[k][j]
            A[i][j] /= A[j][j]
        for j in range(i, n):
            for k in range(i):
                A[i][j] -= A[i][k] * A[k][j]


def cholesky(A):
    n = len(A)
    for i in range(n):
        for j in range(i):
            for k in range(j):
                A[i][j] -= A[i][k] * A[j][k]
            A[i][j] /= A[j][j]
        for k in range(i):
            A[i][i] -= A[i][k] * A[i][k]
        A[i][i] = math.sqrt(A[i][i])


def jacobi2d(T, A, B):
    n = len(A)
    for t in range(T):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                B[i][j] = 0.2 * (A[i][j] + A[i][j - 1] + A[i][1 + j] + A[1 + i][j] + A[i - 1][j])
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i][j] = 0.2 * (B[i][j] + B[i][j - 1] + B[i][1 + j] + B[1 + i][j] + B[i - 1][j])


def seidel2d(T, A):
    n = len(A)
    for t in range(T):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i][j] = (
                    A[i - 1][j - 1]
                    + A[i - 1][j]
                    + A[i - 1][j + 1]
                    + A[i][j - 1]
                    + A[i][j]
                    + A[i][j + 1]
                    + A[i + 1][j - 1]
                    + A[i + 1][j]
                    + A[i + 1][j + 1]
                ) / 9.0
    return A


def floyd(path):
    n = len(path)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                path[i][j] = path[i][j] if path[i][j] < path[i][k] + path[k][j] else path[i][k] + path[k][j]
    return path


def durbin(r, y):
    n = len(r)
    z = [0.0] * n
    y[0] = -r[0]
    beta = 1.0
    alpha = -r[0]
    for k in range(1, n):
        beta = (1 - alpha * alpha) * beta
        s = 0.0
        for i in range(k):
            s += r[k - i - 1] * y[i]
        alpha = -(r[k] + s) / beta
        for i in range(k):
            z[i] = y[i] + alpha * y[k - i - 1]
        for i in range(k):
            y[i] = z[i]
        y[k] = alpha


def trisolv(L, x, b):
    n = len(b)
    for i in range(n):
        x[i] = b[i]
        for j in range(i):
            x[i] -= L[i][j] * x[j]
        x[i] = x[i] / L[i][i]


def matmul_local(A, B):
    n, m, p = len(A), len(B), len(B[0])
    C = [[0.0] * p for _ in range(n)]
    for i in range(n):
        for j in range(p):
            for k in range(m):
                C[i][j] += A[i][k] * B[k][j]
    return C


def matmul_comp(A, B):
    return [[sum(a * b for a, b in zip(row, col)) for col in zip(*B)] for row in A]


def matvec(A, x):
    return [sum(a * b for a, b in zip(row, x)) for row in A]


def transpose(A):
    return [[A[j][i] for j in range(len(A))] for i in range(len(A[0]))]


def table_n(x, n):
    T = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            T[i][j] = x * i + j * x * x
    s = 0.0
    for row in T:
        for v in row:
            s += v * v
    return s


def table_int(x, n):
    T = [[0] * (n + 1) for _ in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, n + 1):
            T[i][j] = max(T[i - 1][j], T[i][j - 1]) + x * math.sin(i * j)
    return T[n][n]


def gauss_jordan(A, b):
    n = len(A)
    M = [row[:] + [b[i]] for i, row in enumerate(A)]
    for i in range(n):
        p = i
        for k in range(i + 1, n):
            if abs(M[k][i]) > abs(M[p][i]):
                p = k
        M[i], M[p] = M[p], M[i]
        piv = M[i][i]
        M[i] = [v / piv for v in M[i]]
        for k in range(n):
            if k != i:
                f = M[k][i]
                M[k] = [a - f * c for a, c in zip(M[k], M[i])]
    return [row[-1] for row in M]


def swap3(A):
    tmp = A[0]
    A[0] = A[1]
    A[1] = tmp
    tmp[0] = tmp[0] * 2
    return A[1][0] * A[0][1]


def rows_alias(A):
    r = A[1]
    r[0] = 5.0 * r[1]
    for row in A:
        row[1] *= 2.0
    return A[1][0] * A[0][1]


def setlist(a):
    a[0] = a[1] * 2
    a[-1] += a[0]


def bubble(a):
    n = len(a)
    for i in range(n):
        for j in range(n - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return a[0] * a[1]


def reverse_in_place(a):
    i, j = 0, len(a) - 1
    while i < j:
        a[i], a[j] = a[j], a[i]
        i += 1
        j -= 1
    return a[0] * a[1] - a[-1]


def copy2(A):
    B = [r[:] for r in A]
    C = copy.deepcopy(A)
    B[0][0] *= 2
    C[1][1] *= 3
    return B[0][0] * C[1][1] * A[0][0]


def add_matrices(A, B):
    return [[A[i][j] + B[i][j] for j in range(len(A[0]))] for i in range(len(A))]


def trilist(x, n):
    T = [[[0.0 for k in range(n)] for j in range(n)] for i in range(n)]
    for i in range(n):
        for j in range(n):
            for k in range(n):
                T[i][j][k] = x ** (i + j + k) if i else 1.0
    return T[n - 1][1][1] + T[1][0][1]


def fannkuch(p, q):
    n = len(p)
    total = 0.0
    perm = q[:]
    for it in range(3):
        k = perm[0]
        lo, hi = 0, k
        while lo < hi:
            perm[lo], perm[hi] = perm[hi], perm[lo]
            p[lo], p[hi] = p[hi], p[lo]
            lo += 1
            hi -= 1
        total += p[0] * (it + 1) - p[k]
    return total


def dict_lists(d):
    for k in range(len(d["x"])):
        d["x"][k] += d["v"][k] * 0.1
    return sum(d["x"])


_R = np.random.default_rng(0)


def _m(n: int, m: int | None = None) -> list[list[float]]:
    return (_R.random((n, m or n)) + 3 * np.eye(n, m or n)).tolist()


def _v(n: int) -> list[float]:
    return (_R.random(n) + 0.5).tolist()


_SP = np.array(_m(4))

CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("list", gemm, (1.5, 0.7, _m(3, 4), _m(3, 2), _m(2, 4))),
    ("list", gemm, (1.5, 0.7, _m(9), _m(9), _m(9))),
    ("list", lu, (_m(4),)),
    ("list", cholesky, ((_SP @ _SP.T).tolist(),)),
    ("list", jacobi2d, (2, _m(5), _m(5))),
    ("list", seidel2d, (2, _m(5))),
    ("list", floyd, (_m(4),)),
    ("list", durbin, ([0.3, 0.2, 0.1, 0.15, 0.05], _v(5))),
    ("list", trisolv, (_m(4), _v(4), _v(4))),
    ("list", matmul_local, (_m(3), _m(3))),
    ("list", matmul_comp, (_m(3), _m(3))),
    ("list", matvec, (_m(3), _v(3))),
    ("list", transpose, (_m(3, 2),)),
    ("list", table_n, (1.3, 3)),
    ("list", table_n, (1.3, 0)),
    ("list", table_int, (1.3, 4)),
    ("list", gauss_jordan, (_m(3), _v(3))),
    ("list", swap3, (_m(2),)),
    ("list", rows_alias, (_m(3),)),
    ("list", setlist, (_v(3),)),
    ("list", bubble, ([3.0, 1.0, 2.0, 0.5],)),
    ("list", reverse_in_place, (_v(5),)),
    ("list", copy2, (_m(2),)),
    ("list", add_matrices, (_m(2), _m(2))),
    ("list", trilist, (1.2, 3)),
    ("list", fannkuch, (_v(5), [3, 1, 4, 0, 2])),
    ("list", dict_lists, ({"x": _v(3), "v": _v(3)},)),
]
