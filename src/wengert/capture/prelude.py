"""Composites: what NumPy offers and loops can say, in the Python that capture reads.

Captured, differentiated and compiled like the user's own code: none has a rule.
"""

# pyright: basic
from __future__ import annotations

import numpy as np


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
    m = np.maximum(a, b)
    d = np.where(a == b, 0.0, np.abs(a - b))
    return m + np.log1p(np.exp(-d))


def sinc(x):
    y = np.pi * np.where(x == 0, 1.0e-20, x)
    return np.sin(y) / y


def heaviside(x, h):
    return np.where(x == 0, h, np.where(x < 0, 0.0, np.where(x > 0, 1.0, x)))


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
    d = np.diagonal(a[:, k:]) if k >= 0 else np.diagonal(a[-k:, :])
    d[:] = v


def tril(a, k):
    out = np.zeros_like(a)
    for i in range(a.shape[0]):
        m = min(max(i + k + 1, 0), a.shape[1])
        out[i, :m] = a[i, :m]
    return out


def triu(a, k):
    out = np.zeros_like(a)
    for i in range(a.shape[0]):
        m = min(max(i + k, 0), a.shape[1])
        out[i, m:] = a[i, m:]
    return out


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


def cumsum_2_0(a):
    out = a.copy()
    for i in range(1, a.shape[0]):
        out[i] += out[i - 1]
    return out


def cumsum_2_1(a):
    out = a.copy()
    for j in range(1, a.shape[1]):
        out[:, j] += out[:, j - 1]
    return out


def cumprod_2_0(a):
    out = a.copy()
    for i in range(1, a.shape[0]):
        out[i] *= out[i - 1]
    return out


def cumprod_2_1(a):
    out = a.copy()
    for j in range(1, a.shape[1]):
        out[:, j] *= out[:, j - 1]
    return out


def trapezoid_x(y, x):
    return np.sum((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2.0)


def trapezoid_dx(y, dx):
    return np.sum(dx * (y[1:] + y[:-1]) / 2.0)


def roll_1(a, k):
    n = a.shape[0]
    out = np.empty_like(a)
    for i in range(n):
        out[(i + k) % n] = a[i]
    return out


def roll_2_0(a, k):
    n = a.shape[0]
    out = np.empty_like(a)
    for i in range(n):
        out[(i + k) % n] = a[i]
    return out


def roll_2_1(a, k):
    n = a.shape[1]
    out = np.empty_like(a)
    for j in range(n):
        out[:, (j + k) % n] = a[:, j]
    return out


def interp(x, xp, fp):
    if np.ndim(x) == 0:
        return _interp_one(x, xp, fp)
    out = np.empty(x.shape[0])
    for i in range(x.shape[0]):
        out[i] = _interp_one(x[i], xp, fp)
    return out


def _interp_one(x, xp, fp):
    n = xp.shape[0]
    if n == 0:
        raise ValueError("array of sample points is empty")
    if x <= xp[0]:
        return np.float64(fp[0])
    if x >= xp[n - 1]:
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


def cross(a, b):
    if a.shape[0] != 3 or b.shape[0] != 3:
        raise ValueError("np.cross takes vectors of length 3 here")
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


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


def kron(a, b):
    out = np.empty((a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            out[i * b.shape[0] : (i + 1) * b.shape[0], j * b.shape[1] : (j + 1) * b.shape[1]] = a[i, j] * b
    return out


def _eliminate(u, b):
    """Gaussian elimination with partial pivoting, in place; the sign of the permutation."""
    n = u.shape[0]
    if u.shape[1] != n:
        raise ValueError("the matrix must be square")
    sign = 1.0
    for k in range(n):
        p = k
        for i in range(k + 1, n):
            if abs(u[i, k]) > abs(u[p, k]):
                p = i
        if p != k:
            row = u[k].copy()
            u[k] = u[p]
            u[p] = row
            other = b[k].copy()
            b[k] = b[p]
            b[p] = other
            sign = -sign
        if u[k, k] != 0.0:
            for i in range(k + 1, n):
                m = u[i, k] / u[k, k]
                u[i, k:] -= m * u[k, k:]
                b[i] -= m * b[k]
    return sign


def det(a):
    u = a.copy()
    sign = _eliminate(u, np.zeros((a.shape[0], 0)))
    d = np.float64(sign)
    for k in range(a.shape[0]):
        d = d * u[k, k]
    return d


def solve_2(a, b):
    if b.shape[0] != a.shape[0]:
        raise ValueError("the sizes of the matrix and of the right-hand side differ")
    u = a.copy()
    x = b.copy()
    _eliminate(u, x)
    n = a.shape[0]
    for i in range(n - 1, -1, -1):
        if u[i, i] == 0.0:
            raise ValueError("Singular matrix")
        for j in range(i + 1, n):
            x[i] -= u[i, j] * x[j]
        x[i] /= u[i, i]
    return x


def solve_1(a, b):
    return solve_2(a, b[:, None])[:, 0]


def inv(a):
    return solve_2(a, np.eye(a.shape[0]))


def cholesky(a):
    n = a.shape[0]
    if a.shape[1] != n:
        raise ValueError("the matrix must be square")
    out = np.zeros((n, n))
    for j in range(n):
        d = a[j, j]
        for k in range(j):
            d = d - out[j, k] * out[j, k]
        if not d > 0.0:
            raise ValueError("Matrix is not positive definite")
        r = np.sqrt(d)
        out[j, j] = r
        for i in range(j + 1, n):
            s = a[i, j]
            for k in range(j):
                s = s - out[i, k] * out[j, k]
            out[i, j] = s / r
    return out


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


def gather_pairs(a, i, j):
    """``a[i, j]`` for two index arrays."""
    if i.shape[0] != j.shape[0]:
        raise IndexError("shape mismatch: indexing arrays could not be broadcast together")
    out = np.empty(i.shape[0], a.dtype)
    for k in range(i.shape[0]):
        out[k] = a[i[k], j[k]]
    return out


def scatter_pairs(a, i, j, v):
    if i.shape[0] != j.shape[0]:
        raise IndexError("shape mismatch: indexing arrays could not be broadcast together")
    for k in range(i.shape[0]):
        a[i[k], j[k]] = v if np.ndim(v) == 0 else v[k]


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
