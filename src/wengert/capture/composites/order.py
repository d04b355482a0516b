"""Order: sorting, searching, quantiles.  Positions are inactive; values follow their elements."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np


def _precedes(a, b):
    """Whether ``a`` may stand before ``b``: nan comes last."""
    return a <= b or b != b


def _argsort_1(a):
    """Stable merge sort, bottom up."""
    n = a.shape[0]
    order = np.arange(n)
    other = np.empty(n, np.int64)
    width = 1
    while width < n:
        for lo in range(0, n, 2 * width):
            mid = min(lo + width, n)
            hi = min(lo + 2 * width, n)
            i = lo
            j = mid
            for k in range(lo, hi):
                if i < mid and (j >= hi or _precedes(a[order[i]], a[order[j]])):
                    other[k] = order[i]
                    i += 1
                else:
                    other[k] = order[j]
                    j += 1
        order[:] = other
        width *= 2
    return order


def lanes(a, axis):
    """A copy with one axis last and the others made one."""
    moved = np.moveaxis(a, axis, -1)
    return np.reshape(moved, (-1, moved.shape[-1])), moved.shape


def argsort(a, axis=-1, kind=None, order=None, *, stable=None):
    a = np.asarray(a)
    if axis is None:
        return _argsort_1(a.ravel())
    if a.ndim == 1:
        return _argsort_1(a)
    rows, shape = lanes(a, axis)
    out = np.empty(rows.shape, np.int64)
    for i in range(rows.shape[0]):
        out[i] = _argsort_1(rows[i])
    return np.moveaxis(np.reshape(out, shape), -1, axis)


def sort(a, axis=-1, kind=None, order=None, *, stable=None):
    a = np.asarray(a)
    if axis is None:
        a = a.ravel()
    if a.ndim == 1:
        return a[_argsort_1(a)]
    rows, shape = lanes(a, axis)
    out = np.empty(rows.shape, a.dtype)
    for i in range(rows.shape[0]):
        out[i] = rows[i][_argsort_1(rows[i])]
    return np.moveaxis(np.reshape(out, shape), -1, axis)


def sort_in_place(a, axis=-1, kind=None, order=None):
    a[...] = sort(a, axis)


def partition(a, kth, axis=-1, kind=None, order=None):
    return sort(a, axis)


def argpartition(a, kth, axis=-1, kind=None, order=None):
    return argsort(a, axis)


def sorted_list(x, key=None, reverse=False):
    """``sorted`` of numbers."""
    a = np.asarray(x)
    if key is None:
        order = _argsort_1(a)
    else:
        keys = np.array([key(v) for v in a])
        order = _argsort_1(keys)
    n = a.shape[0]
    if reverse:
        if key is None:
            return [a[order[n - 1 - k]] for k in range(n)]
        down = _argsort_1(-keys)
        return [a[down[k]] for k in range(n)]
    return [a[order[k]] for k in range(n)]


def lexsort(keys, axis=-1):
    n = keys[0].shape[0]
    order = np.arange(n)
    for key in keys:
        key = np.asarray(key)
        order = order[_argsort_1(key[order])]
    return order


def _search(a, v, right):
    lo = 0
    hi = a.shape[0]
    while lo < hi:
        mid = (lo + hi) // 2
        before = a[mid] <= v if right else a[mid] < v
        if before:
            lo = mid + 1
        else:
            hi = mid
    return np.int64(lo)


def searchsorted(a, v, side="left", sorter=None):
    a = np.asarray(a)
    if sorter is not None:
        a = a[sorter]
    v = np.asarray(v)
    if np.ndim(v) == 0:
        return _search(a, v[()], side == "right")
    out = np.empty(v.shape, np.int64)
    flat = out.reshape(-1)
    values = np.reshape(v, (-1,))
    for k in range(values.shape[0]):
        flat[k] = _search(a, values[k], side == "right")
    return out


def digitize(x, bins, right=False):
    bins = np.asarray(bins)
    if bins.shape[0] > 1 and bins[0] > bins[bins.shape[0] - 1]:
        up = bins[::-1].copy()
        return bins.shape[0] - searchsorted(up, x, "right" if right else "left")
    return searchsorted(bins, x, "left" if right else "right")


def _quantile_1(s, q, method):
    """A quantile of sorted numbers."""
    n = s.shape[0]
    if n == 0:
        return np.float64(np.nan)
    if s[n - 1] != s[n - 1]:
        return np.float64(s[n - 1])
    h = q * (n - 1)
    lo = int(np.floor(h))
    if lo < 0:
        lo = 0
    hi = min(lo + 1, n - 1)
    if method == "lower":
        return np.float64(s[lo])
    if method == "higher":
        return np.float64(s[int(np.ceil(h))])
    if method == "nearest":
        return np.float64(s[int(np.rint(h))])
    if method == "midpoint":
        return (s[lo] + s[int(np.ceil(h))]) / 2.0
    if method != "linear":
        raise NotImplementedError("quantiles are interpolated linearly, lower, higher, midpoint or nearest")
    w = h - lo
    d = s[hi] - s[lo]
    return s[hi] - d * (1.0 - w) if w >= 0.5 else s[lo] + d * w


def quantile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False):
    a = np.asarray(a)
    q = np.asarray(q)
    if np.ndim(q) > 0:
        return np.array([_quantile(a, q[k], axis, method, keepdims) for k in range(q.shape[0])])
    return _quantile(a, q[()], axis, method, keepdims)


def _quantile(a, q, axis, method, keepdims):
    if axis is None:
        value = _quantile_1(sort(a.ravel()), q, method)
        return np.full((1,) * a.ndim, value) if keepdims else value
    if isinstance(axis, tuple):
        rest = tuple(k for k in tuple(range(a.ndim)) if k not in axis and k - a.ndim not in axis)
        a = np.transpose(a, rest + axis)
        a = np.reshape(a, (*a.shape[: len(rest)], -1))
        axis = -1
    if a.ndim == 1:
        value = _quantile_1(sort(a), q, method)
        return np.full((1,), value) if keepdims else value
    rows, shape = lanes(a, axis)
    found = np.empty(rows.shape[0])
    for i in range(rows.shape[0]):
        found[i] = _quantile_1(sort(rows[i]), q, method)
    result = np.reshape(found, shape[:-1])
    return np.expand_dims(result, axis) if keepdims else result


def percentile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False):
    return quantile(a, np.asarray(q) / 100.0, axis, None, False, method, keepdims)


def median(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    return quantile(a, 0.5, axis, None, False, "linear", keepdims)


def nanmedian(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    return _nanquantile(np.asarray(a), 0.5, axis, "linear", keepdims)


def nanquantile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False):
    a = np.asarray(a)
    q = np.asarray(q)
    if np.ndim(q) > 0:
        return np.array([_nanquantile(a, q[k], axis, method, keepdims) for k in range(q.shape[0])])
    return _nanquantile(a, q[()], axis, method, keepdims)


def _nanquantile(a, q, axis, method, keepdims):
    if axis is None:
        flat = a.ravel()
        value = _quantile(flat[~np.isnan(flat)], q, None, method, False)
        return np.full((1,) * a.ndim, value) if keepdims else value
    rows, shape = lanes(a, axis)
    found = np.empty(rows.shape[0])
    for i in range(rows.shape[0]):
        row = rows[i]
        found[i] = _quantile(row[~np.isnan(row)], q, None, method, False)
    result = np.reshape(found, shape[:-1])
    return np.expand_dims(result, axis) if keepdims else result


def nanpercentile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False):
    return nanquantile(a, np.asarray(q) / 100.0, axis, None, False, method, keepdims)


def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None):
    """The values in order; the first of equal ones stands for all."""
    a = np.asarray(ar).ravel()
    n = a.shape[0]
    order = _argsort_1(a)
    first = np.zeros(n, np.bool_)
    for k in range(n):
        first[k] = k == 0 or a[order[k]] != a[order[k - 1]]
    index = order[first]
    values = a[index]
    if not (return_index or return_inverse or return_counts):
        return values
    inverse = np.empty(n, np.int64)
    counts = np.zeros(index.shape[0], np.int64)
    group = -1
    for k in range(n):
        if first[k]:
            group += 1
        inverse[order[k]] = group
        counts[group] += 1
    out = (values,)
    if return_index:
        out = (*out, index)
    if return_inverse:
        out = (*out, inverse)
    if return_counts:
        out = (*out, counts)
    return out


def isin(element, test_elements, assume_unique=False, invert=False):
    a = np.asarray(element)
    b = np.asarray(test_elements).ravel()
    out = np.zeros(a.shape, np.bool_)
    for k in range(b.shape[0]):
        out |= a == b[k]
    return ~out if invert else out


def histogram_bin_edges(a, bins=10, range=None, weights=None):
    a = np.asarray(a)
    bins = np.asarray(bins)
    if np.ndim(bins) > 0:
        return np.asarray(bins)
    if range is not None:
        lo, hi = range
    else:
        lo = a.min()
        hi = a.max()
    if lo == hi:
        lo = lo - 0.5
        hi = hi + 0.5
    return np.linspace(lo, hi, bins[()] + 1)


def histogram(a, bins=10, range=None, density=None, weights=None):
    edges = histogram_bin_edges(a, bins, range)
    a = np.asarray(a).ravel()
    n = edges.shape[0] - 1
    if weights is None:
        count = np.zeros(n, np.int64)
    else:
        weights = np.asarray(weights).ravel()
        count = np.zeros(n, weights.dtype)
    for k in np.arange(a.shape[0]):
        v = a[k]
        if edges[0] <= v <= edges[n]:
            i = min(_search(edges, v, True) - 1, n - 1)
            if weights is None:
                count[i] += 1
            else:
                count[i] += weights[k]
    if density:
        return count / np.diff(edges) / np.sum(count), edges
    return count, edges


def bincount(x, weights=None, minlength=0):
    x = np.asarray(x)
    n = minlength
    for k in range(x.shape[0]):
        if x[k] < 0:
            raise ValueError("'list' argument must have no negative elements")
        n = max(n, x[k] + 1)
    if weights is None:
        count = np.zeros(n, np.int64)
        for k in range(x.shape[0]):
            count[x[k]] += 1
        return count
    weights = np.asarray(weights)
    out = np.zeros(n)
    for k in range(x.shape[0]):
        out[x[k]] += weights[k]
    return out


FUNCTIONS = {
    np.argsort: argsort,
    np.sort: sort,
    np.partition: partition,
    np.argpartition: argpartition,
    np.lexsort: lexsort,
    np.searchsorted: searchsorted,
    np.digitize: digitize,
    np.quantile: quantile,
    np.percentile: percentile,
    np.median: median,
    np.nanmedian: nanmedian,
    np.nanquantile: nanquantile,
    np.nanpercentile: nanpercentile,
    np.unique: unique,
    np.isin: isin,
    np.histogram: histogram,
    np.histogram_bin_edges: histogram_bin_edges,
    np.bincount: bincount,
    sorted: sorted_list,
}
METHODS = {
    "argsort": argsort,
    "sort": sort_in_place,
    "searchsorted": searchsorted,
}
