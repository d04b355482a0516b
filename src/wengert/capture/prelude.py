"""Composites: what NumPy offers and loops can say, in the Python that capture reads.

Captured, differentiated and compiled like the user's own code: none has a rule.
"""

# pyright: basic
from __future__ import annotations

import numpy as np

from .composites.diagonals import main_diagonal


def integer_power(a, n):
    """``a ** n`` of integers, ``n >= 0``: by squaring."""
    r = 1
    while n > 0:
        if n % 2 == 1:
            r = r * a
        n = n // 2
        if n > 0:
            a = a * a
    return r


def logaddexp(a, b):
    """From the larger of the two; where they are equal its derivative is that of either formula."""
    d = np.where(np.logical_and(a == b, np.isinf(a)), -np.inf, b - a)
    from_a = a + np.log1p(np.exp(np.where(d > 0, 0.0, d)))
    from_b = b + np.log1p(np.exp(np.where(d > 0, -d, 0.0)))
    return np.where(d > 0, from_b, from_a)


def sinc(x):
    """By its series around zero, where the quotient loses the derivatives."""
    y = np.pi * x
    near = np.abs(y) < 0.1
    s = np.where(near, y * y, 0.0)
    series = 1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110 * (1 - s / 156)))))
    far = np.where(near, 1.0, y)
    return np.where(near, series, np.sin(far) / far)


def heaviside(x, h):
    return np.where(x == 0, h, np.where(x < 0, 0.0, np.where(x > 0, 1.0, x)))


def direction(z):
    """``np.sign`` of complex numbers."""
    size = np.abs(z)
    return z / np.where(size == 0, 1.0, size)


def arange_int(n, start, step):
    out = np.empty(n, np.int64)
    for i in range(n):
        out[i] = start + i * step
    return out


def arange_float(start, stop, step):
    n = max(int(np.ceil((stop - start) / step)), 0)
    out = np.empty(n)
    delta = (start + step) - start
    for i in range(n):
        out[i] = start + i * delta
    return out


def linspace(start, stop, n, endpoint):
    if n < 0:
        raise ValueError(f"Number of samples, {n}, must be non-negative.")
    out = np.empty(n)
    parts = n - 1 if endpoint else n
    if parts > 0:
        step = (stop - start) / np.float64(parts)
        for i in range(n):
            out[i] = start + i * step
        if endpoint:
            out[n - 1] = stop
    elif n == 1:
        out[0] = start
    return out


def set_diagonal(a, k, v):
    d = main_diagonal(a[:, k:]) if k >= 0 else main_diagonal(a[-k:, :])
    d[:] = v


def cumsum_1(a):
    out = np.empty_like(a)
    s = a.dtype.type(0)
    for i in range(a.shape[0]):
        s = s + a[i]
        out[i] = s
    return out


def cumprod_1(a):
    out = np.empty_like(a)
    s = a.dtype.type(1)
    for i in range(a.shape[0]):
        s = s * a[i]
        out[i] = s
    return out


def interp(x, xp, fp, left, right):
    if np.ndim(x) == 0:
        return _interp_one(x, xp, fp, left, right)
    out = np.empty(x.shape)
    flat = out.reshape(-1)
    values = np.reshape(x, (-1,))
    for i in range(values.shape[0]):
        flat[i] = _interp_one(values[i], xp, fp, left, right)
    return out


def _interp_one(x, xp, fp, left, right):
    n = xp.shape[0]
    if n == 0:
        raise ValueError("array of sample points is empty")
    if x < xp[0]:
        return np.float64(fp[0]) if left is None else np.float64(left)
    if x > xp[n - 1]:
        return np.float64(fp[n - 1]) if right is None else np.float64(right)
    if x == xp[n - 1]:
        return np.float64(fp[n - 1])
    if x != x:
        return np.float64(x)
    lo = 0
    hi = n - 1
    while hi - lo > 1:
        mid = (lo + hi) // 2
        if xp[mid] <= x:
            lo = mid
        else:
            hi = mid
    slope = (fp[lo + 1] - fp[lo]) / (xp[lo + 1] - xp[lo])
    return slope * (x - xp[lo]) + fp[lo]


def convolve_full(a, v):
    n, m = a.shape[0], v.shape[0]
    if n == 0 or m == 0:
        raise ValueError("an array of np.convolve is empty")
    out = np.zeros(n + m - 1)
    for i in range(n):
        for j in range(m):
            out[i + j] += a[i] * v[j]
    return out


def convolve_valid(a, v):
    if v.shape[0] > a.shape[0]:
        full = convolve_full(v, a)
        return full[a.shape[0] - 1 : v.shape[0]].copy()
    full = convolve_full(a, v)
    return full[v.shape[0] - 1 : a.shape[0]].copy()


def convolve_same(a, v):
    full = convolve_full(a, v)
    n, m = max(a.shape[0], v.shape[0]), min(a.shape[0], v.shape[0])
    lo = (m - 1) // 2
    return full[lo : lo + n].copy()


def gather_first(a, index, n):
    """``a[index]`` for one index array: rows or elements."""
    out = np.empty((index.shape[0], *a.shape[1:]), a.dtype)
    for k in range(index.shape[0]):
        out[k] = a[index[k]]
    return out


def scatter_first(a, index, v):
    """``a[index] = v`` with one value for all."""
    for k in range(index.shape[0]):
        a[index[k]] = v


def scatter_one(a, index, v):
    """``a[index] = v`` where ``v`` holds one value along its first axis."""
    for k in range(index.shape[0]):
        a[index[k]] = v[0]


def scatter_rows(a, index, v):
    """``a[index] = v`` with a value for each."""
    if v.shape[0] != index.shape[0]:
        raise ValueError("shape mismatch: the values do not fit the indices")
    for k in range(index.shape[0]):
        a[index[k]] = v[k]


def gather_many(a, index):
    """``a[index]`` for a tuple of integer arrays and numbers over the first axes."""
    shape = np.broadcast_shapes(*(np.shape(i) for i in index))
    n = len(index)
    flat = [np.broadcast_to(np.asarray(i), shape).ravel() for i in index]
    out = np.empty((flat[0].shape[0], *a.shape[n:]), a.dtype)
    for k in range(flat[0].shape[0]):
        out[k] = a[tuple([i[k] for i in flat])]
    return np.reshape(out, (*shape, *a.shape[n:]))


def scatter_many(a, index, v):
    """``a[index] = v`` likewise."""
    shape = np.broadcast_shapes(*(np.shape(i) for i in index))
    n = len(index)
    flat = [np.broadcast_to(np.asarray(i), shape).ravel() for i in index]
    if np.ndim(v) == 0:
        for k in range(flat[0].shape[0]):
            a[tuple([i[k] for i in flat])] = v
    else:
        full = np.broadcast_to(v, (*shape, *a.shape[n:]))
        rows = np.reshape(full, (flat[0].shape[0], *a.shape[n:]))
        for k in range(flat[0].shape[0]):
            a[tuple([i[k] for i in flat])] = rows[k]


def compress(a, mask):
    """``a[mask]`` with a mask over the first axis."""
    if mask.shape[0] != a.shape[0]:
        raise IndexError("boolean index did not match indexed array")
    n = 0
    for k in range(mask.shape[0]):
        if mask[k]:
            n += 1
    out = np.empty((n, *a.shape[1:]), a.dtype)
    at = 0
    for k in range(mask.shape[0]):
        if mask[k]:
            out[at] = a[k]
            at += 1
    return out


def masked_rows(a, mask, v):
    """``a[mask] = v`` with a value for each position that the mask names."""
    if mask.shape[0] != a.shape[0]:
        raise IndexError("boolean index did not match indexed array")
    n = 0
    for k in range(mask.shape[0]):
        if mask[k]:
            n += 1
    if v.shape[0] != n:
        raise ValueError("NumPy boolean array indexing assignment cannot assign this many values")
    at = 0
    for k in range(mask.shape[0]):
        if mask[k]:
            a[k] = v[at]
            at += 1


def masked_value(a, mask, v):
    """``a[mask] = v`` with one value, for a mask of the array's own shape or of its first axis."""
    for k in range(a.shape[0]):
        if mask[k]:
            a[k] = v


def columns_of_number(push, x):
    """The derivatives of a number by an array, from products with unit vectors."""
    v = np.zeros_like(x)
    along = v.reshape(-1)
    out = np.zeros_like(x)
    by = out.reshape(-1)
    for k in range(x.size):
        along[k] = 1.0
        by[k] = push(v)
        along[k] = 0.0
    return out


def columns_of_array(push, x):
    """The derivatives of an array by an array: the shape of the first, then that of the second."""
    v = np.zeros_like(x)
    along = v.reshape(-1)
    y = push(v)
    out = np.zeros((y.size, x.size), y.dtype)
    for k in range(x.size):
        along[k] = 1.0
        out[:, k] = push(v).reshape(-1)
        along[k] = 0.0
    return out.reshape(y.shape + x.shape)


def at_first(f, a, index, v):
    """``f.at(a, index, v)`` for one index array."""
    flat = np.reshape(index, (-1,))
    if v is not None:
        v = np.asarray(v)
    for k in range(flat.shape[0]):
        if v is None:
            a[flat[k]] = f(a[flat[k]])
        else:
            a[flat[k]] = f(a[flat[k]], v[()] if np.ndim(v) == 0 else v[k])


def at_pairs(f, a, i, j, v):
    """``f.at(a, (i, j), v)``."""
    v = np.asarray(v)
    for k in range(i.shape[0]):
        a[i[k], j[k]] = f(a[i[k], j[k]], v[()] if np.ndim(v) == 0 else v[k])
