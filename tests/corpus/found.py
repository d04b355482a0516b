"""Programs that were once compiled or differentiated wrongly: each shows one mistake, made small.

Found by ``python -m wengert.testing.fuzz``.  `FOUND` holds each with the arguments that showed it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

FOUND: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []

X = np.array([0.4, -1.3, 0.8, 1.7])
Y = np.array([1.1, 0.2, -0.6, 0.9])
A = np.array([[0.3, -0.7, 1.2, 0.5], [0.9, 0.1, -0.4, -1.5]])
K = np.array([2, 0, 3, 1])
NONE = np.zeros(0)


def found(*args: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function with one set of arguments (decorators may be stacked)."""

    def register(f: Callable[..., Any]) -> Callable[..., Any]:
        FOUND.append((f, args))
        return f

    return register


@found(X, A[:1])
@found(X, A)
def extremum_over_an_axis_of_one(x, a):
    """The flat loop gathered all maxima in the first place."""
    x += np.max(a, axis=0)
    return np.sum(x)


@found(NONE, 1.0)
@found(X, 1.0)
def slice_that_leaves_a_loop(x, p):
    """One less than the length is no length when the loop makes no trip."""
    s = p
    for v in x:
        s = np.sin(s * v + np.sum(x[:0:-1]))
    return s


@found(X, 0.4)
def written_after_it_was_made(x, p):
    """Arithmetic cannot be done again for an array that is written into afterwards."""
    s = p
    for k in range(3):
        y = x * (k + p)
        y += np.sin(x)
        y[1:] *= p
        s += np.sum(y * y)
    return s


@found(X)
def array_made_and_updated_in_a_loop(x):
    """The array was computed once more, without what was added to it."""
    s = 0.0
    for k in range(3):
        y = np.sin(x) * (k + 1.0)
        y += np.cos(x)
        s += np.sum(y * y)
    return s


@found(X)
def array_updated_in_a_branch(x):
    """The same, where a branch does it."""
    s = 0.0
    for k in range(3):
        y = x * (k + 1.0)
        if k > 0:
            y[1:3] *= x[0]
        s += np.sum(np.sin(y))
    return s


@found(np.array([[0.88648595]]), np.array([0.30926947]))
def copy_under_a_view_printed_twice(a, x):
    """The readable source made the copy again, after the matrix was updated."""
    a += np.outer(a.T, x)
    return a


@found(np.array([0.77, 0.4]), np.array([0]))
def tangent_of_an_operand(a, k):
    """The tangent of ``1 + a`` was that of ``a``, which is updated."""
    a[k] += np.sin(1.0 + a)[0]
    return a


@found(X, 0.4)
def broadcast_onto_rows(x, p):
    """The cotangent of ``x`` had the shape of the rows it was added to."""
    rows = np.outer(x, x) + x
    return np.mean(rows * rows) + p


@found(X[:1], Y[:1], 0.7, A.T[:3], np.array([0]))
@found(X, Y, 0.7, A.T[:3], np.array([0, 2]))
def swapped_after_an_update(x, y, p, a, k):
    """Shadows that loops carry were copied into a tape, where the reverse sweep needs the memory itself."""
    for _ in a:
        x[k] += p
        y, x = (x, y)
    return x


@found(A, 0.35)
def masked_update_of_a_transpose(a, p):
    """What was added to elements of a broadcast was added to a view that cannot be written."""
    t = a.T
    t[t > p] *= 0.5
    return 0.3


@found(X, 3)
def rows_of_a_broadcast(x, n):
    """The cotangents of elements that are one in memory."""
    wide = np.broadcast_to(x * 2.0, (n, 4))
    s = 0.0
    for k in range(n):
        s += np.sum(np.sin(wide[k, 1:] * (k + 1.0)))
    return s + np.sum(wide.T * wide.T)


@found(X, 4)
def broadcast_of_a_slice(x, n):
    """An axis that turns out to have one element only when the program runs, its cotangents summed from a
    buffer.
    """
    wide = np.broadcast_to(x[:1] * 3.0, (n,))
    tail = wide[1:]
    return np.sum(wide * wide) + np.sum(tail * np.sin(tail))


@found(X, 3)
def broadcast_of_a_broadcast(x, n):
    """The same, one broadcast of another, transposed."""
    rows = np.broadcast_to(np.broadcast_to(x[1:2] * 2.0, (4,)), (n, 4))
    return np.sum(rows * rows) + np.sum(rows.T[2:] * rows.T[:2])


@found(X[:1], np.array([[-1.3], [0.4], [-0.8]]), 0.7)
def slices_of_one_beside_longer_axes(y, a, p):
    """Adding to a slice whose length is known to be one joined a longer loop, and was done at each trip."""
    a.reshape(-1)[:] /= 2.0
    w = np.sin(y[::-1])
    a.ravel()[:] -= p
    return w


@found(X[:2], Y[:2], X[2:])
def loop_over_a_zip_that_nothing_uses(x, y, z):
    """The readable source of the check of lengths named a variable of its message only."""
    w, kept = x, z
    y, z, x = z, x, y
    for u, v in zip(kept, w):
        a = np.sin(y + kept[1::2])
    return 0.3


@found(X)
def zip_of_nothing(x):
    """The shortest of no lengths."""
    for _ in zip():
        x = x * 0.0
    return x * len([1.0 for _ in zip()]) + np.size(2.0) * x


@found(A[:, :2], 0.3)
def copy_of_an_array_of_twice_the_size(a, dt):
    """The size of the copy of an array of ``2 * n`` rows was taken for ``n``."""
    n = a.shape[0]
    both = np.zeros((2 * n, 2 * n))
    both[:n, :n] = -dt * a
    both[n:, n:] = a.T * dt
    both[:n, n:] = np.outer(a[0], a[1])
    other = both.copy()
    other += np.eye(2 * n)
    total = 0.0
    for i in range(other.shape[0]):
        total += other[i, i] * (i + 1.0)
    return total, other @ both


@found(X[:1], Y[:1])
def slice_of_one_beside_a_slice_of_none(y, z):
    """Both ran in one loop, of no trip, and the slice of one was returned as it was in memory."""
    v = z[1::2]
    w = np.sin(y[::-1])
    v -= 1.0
    return w


@found(X[:1])
def product_of_one_beside_a_slice_of_none(x):
    """The same with a constant."""
    w = np.ones(len(x))
    z = x[::2] * 1.0
    w[:0:1] = 0.5
    return w, z


@found(X, Y, K)
def parameter_that_only_its_name_is_used_of(x, y, k):
    """The readable source gave two parameters one name."""
    w = 1.0
    x[k] = 2.0 * x[0]
    y, x, w = x, w, np.sin(x)
    for _ in range(0, 5, 2):
        y = w
    return y


@found(X)
def length_of_a_row_twice_as_long(x):
    """The length of a row of a new array was that of what the array was sized after, without the factor."""
    rows = np.zeros((2, 2 * x.shape[0]))
    total = 0.0
    for k in range(2):
        total += len(rows[k]) * x[k]
    return total


@found(Y, K, 0, -0.3)
def choice_before_what_it_reads_is_overwritten(y, k, n, p):
    """The readable source made the choice where its result was used, after the array had changed."""
    s = p
    high = y[k[n]] > p
    s += 0.5 * y[1] if high else 2.0
    y *= y
    return s
