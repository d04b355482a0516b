"""Recursion in loops: what a call keeps for the reverse sweep lies between what the loop around it keeps."""

import math

import numpy as np


def in_while(x, d):
    s, k = 0.3, 0
    while k < 3:
        if d > 0:
            s = math.sin(s * x) + in_while(math.cos(x * s), d - 1)
        else:
            s = s * x + math.cos(s * x)
        k += 1
    return s


def in_nested(x, d):
    s = 0.3
    for i in range(len(x)):
        k = 0
        while k < 2:
            r = x[i]
            if d > 0:
                s = s * r[0] + in_nested(x * math.sin(s), d - 1)
            s += math.sin(s) * r[1]
            k += 1
        s *= r[0]
    return s


def ends_early(x, d):
    s = 0.3
    for i in range(5):
        s = math.sin(s + x[i % 2])
        if d > 0:
            s += ends_early(x * s, d - 1) * s
        if s > 0.8:
            break
        s *= 1.1
    return s


def mutates(x, d):
    for i in range(len(x)):
        if d > 0:
            mutates(x[i:], d - 1)
        x[i] = math.sin(x[i] * x[0]) + 0.1 * i
    return np.sum(x)


def mutual(x, d):
    s = 0.0
    for i in range(2):
        s += math.sin(x[i] * partner(x * 0.9, d)) if d > 0 else x[i]
    return s


def partner(x, d):
    t, k = 1.0, 0
    while t < 3.0 and k < 4:
        t += mutual(np.cos(x * t), d - 1) ** 2 * 0.1 + 0.3
        k += 1
    return t


def tree(x, lo, hi):
    if hi - lo == 1:
        return math.sin(x[lo])
    mid, s = (lo + hi) // 2, 1.0
    for a, b in ((lo, mid), (mid, hi)):
        s = s * tree(x, a, b) + x[a]
    return s


def permutations(a, used, k):
    """The permanent of a matrix, and its smallest product."""
    n = len(a)
    if k == n:
        return 1.0, 1.0
    total, least = 0.0, 1e9
    for j in range(n):
        if not used[j]:
            used[j] = True
            t, m = permutations(a, used, k + 1)
            used[j] = False
            total += a[k, j] * t
            least = min(least, a[k, j] * m)
    return total, least


def strassen(A, B):
    n = A.shape[0]
    if n == 1:
        return A * B
    h = n // 2
    a, b, c, d = A[:h, :h], A[:h, h:], A[h:, :h], A[h:, h:]
    e, f, g, i = B[:h, :h], B[:h, h:], B[h:, :h], B[h:, h:]
    p1 = strassen(a, f - i)
    p2 = strassen(a + b, i)
    p3 = strassen(c + d, e)
    p4 = strassen(d, g - e)
    p5 = strassen(a + d, e + i)
    p6 = strassen(b - d, g + i)
    p7 = strassen(a - c, e + f)
    C = np.zeros((n, n))
    C[:h, :h] = p5 + p4 - p2 + p6
    C[:h, h:] = p1 + p2
    C[h:, :h] = p3 + p4
    C[h:, h:] = p1 + p5 - p3 - p7
    return C


def quicksort(x):
    def ordered(v):
        if len(v) <= 1:
            return v
        p = v[0]
        return ordered([u for u in v[1:] if u < p]) + [p] + ordered([u for u in v[1:] if u >= p])

    s = ordered([float(v) for v in x])
    return s[0] * 2.0 + s[-1] ** 2 * s[1]


def passes_a_grown_list(x, n):
    def positive(v, k):
        found = []
        for u in v:
            if u > 0.0:
                found.append(u * v[0])
        return found if k <= 1 else positive(found, k - 1)

    s = positive(list(x), n)
    return s[0] * 2.0 + s[-1] ** 2


def grows_a_list_of_rows(x, n):
    """Lists of lists returned by a function that calls itself, and then longer."""

    def rows(v, k):
        made = []
        for u in v:
            made.append([u * k, u])
        if k <= 1:
            return made
        below = rows([r[0] for r in made], k - 1)
        below.append([v[0], v[1]])
        return below

    total = 0.0
    for r in rows(list(x), n):
        total += r[0] * np.sin(r[1])
    return total


X = np.array([0.4, 0.7])
M = np.array([[1.0, 2.0, 0.5], [3.0, 4.5, 1.0], [0.2, 0.7, 2.0]])
A = np.array([[0.3, 0.7, 1.1, 0.2], [0.5, 1.3, 0.4, 0.9], [1.2, 0.6, 0.8, 0.1], [0.2, 0.4, 1.5, 0.7]])

CASES = [
    ("recursion", quicksort, (np.array([0.3, 1.2, -0.7, 2.1, 0.9]),)),
    ("recursion", passes_a_grown_list, (np.array([0.3, 1.2, -0.7, 2.1]), 3)),
    ("recursion", grows_a_list_of_rows, (np.array([0.3, 1.2, -0.7, 2.1]), 3)),
    ("recursion", in_while, (0.7, 2)),
    ("recursion", in_while, (0.7, 0)),
    ("recursion", in_nested, (np.array([[0.3, 0.4], [0.5, 0.8]]), 2)),
    ("recursion", ends_early, (X, 3)),
    ("recursion", ends_early, (X, 0)),
    ("recursion", mutates, (np.array([0.3, 0.5, 0.9]), 2)),
    ("recursion", mutual, (X, 2)),
    ("recursion", tree, (np.array([0.3, 0.5, 0.9, 0.2, 0.7]), 0, 5)),
    ("recursion", strassen, (A, A.T @ A)),
    ("recursion", permutations, (M, np.zeros(3, bool), 0)),
]
