"""Elements chosen by masks, positions and conditions."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np

from .order import lanes


def _flat_positions(mask):
    n = 0
    for k in range(mask.shape[0]):
        if mask[k]:
            n += 1
    out = np.empty(n, np.int64)
    at = 0
    for k in range(mask.shape[0]):
        if mask[k]:
            out[at] = k
            at += 1
    return out


def nonzero(a):
    a = np.asarray(a)
    at = _flat_positions((a != 0).ravel())
    if a.ndim == 1:
        return (at,)
    out = ()
    size = 1
    for n in a.shape[::-1]:
        out = ((at // size) % n, *out)
        size = size * n
    return out


def flatnonzero(a):
    return _flat_positions((np.asarray(a) != 0).ravel())


def argwhere(a):
    return np.stack(nonzero(a), axis=1)


def extract(condition, arr):
    arr = np.asarray(arr)
    return arr.ravel()[flatnonzero(condition)]


def compress(condition, a, axis=None, out=None):
    a = np.asarray(a)
    at = flatnonzero(condition)
    return a.ravel()[at] if axis is None else take(a, at, axis)


def take(a, indices, axis=None, out=None, mode="raise"):
    a = np.asarray(a)
    i = np.asarray(indices)
    if axis is None:
        a = a.ravel()
        axis = 0
    n = a.shape[axis]
    if mode == "wrap":
        i = i % n
    elif mode == "clip":
        i = np.clip(i, 0, n - 1)
    if np.ndim(i) == 0:
        return np.moveaxis(a, axis, 0)[i[()]].copy() if a.ndim > 1 else a[i[()]]
    if a.ndim == 1:
        return a[i]
    got = np.moveaxis(a, axis, 0)[i]
    k = axis % a.ndim
    perm = tuple(range(i.ndim, i.ndim + k)) + tuple(range(i.ndim)) + tuple(range(i.ndim + k, got.ndim))
    return np.transpose(got, perm)


def take_along_axis(arr, indices, axis=-1):
    if axis is None:
        return np.asarray(arr).ravel()[indices]
    rows, _ = lanes(np.asarray(arr), axis)
    at, shape = lanes(indices, axis)
    out = np.empty(at.shape, arr.dtype)
    for i in range(at.shape[0]):
        for j in range(at.shape[1]):
            out[i, j] = rows[i, at[i, j]]
    return np.moveaxis(np.reshape(out, shape), -1, axis)


def put_along_axis(arr, indices, values, axis):
    target = np.moveaxis(arr, axis, -1)
    at = np.moveaxis(indices, axis, -1)
    v = np.broadcast_to(values, indices.shape)
    v = np.moveaxis(v, axis, -1)
    if arr.ndim == 1:
        target[at] = v
    elif arr.ndim == 2:
        for i in range(at.shape[0]):
            for j in range(at.shape[1]):
                target[i, at[i, j]] = v[i, j]
    else:
        raise NotImplementedError("put_along_axis takes one or two axes here")


def put(a, ind, v, mode="raise"):
    flat = a.reshape(-1)
    i = np.asarray(ind).ravel()
    values = np.asarray(v)
    for k in range(i.shape[0]):
        flat[i[k]] = values[()] if np.ndim(values) == 0 else values[k % values.shape[0]]


def choose(a, choices, out=None, mode="raise"):
    if np.any(np.asarray(a) < 0) or np.any(np.asarray(a) >= len(choices)):
        raise ValueError("invalid entry in choice array")
    result = np.asarray(choices[0])
    for k, c in enumerate(choices):
        result = np.where(a == k, c, result)
    return result


def select(condlist, choicelist, default=0):
    out = default
    for k in tuple(range(len(condlist)))[::-1]:
        out = np.where(condlist[k], choicelist[k], out)
    return out


def piecewise(x, condlist, funclist, *args):
    x = np.asarray(x)
    if len(funclist) == len(condlist) + 1:
        last = funclist[-1]
        out = last(x, *args) if callable(last) else np.full_like(x, last)
    else:
        out = np.zeros_like(x)
    for k in tuple(range(len(condlist))):
        f = funclist[k]
        out = np.where(condlist[k], f(x, *args) if callable(f) else f, out)
    return out


FUNCTIONS = {
    np.nonzero: nonzero,
    np.flatnonzero: flatnonzero,
    np.argwhere: argwhere,
    np.extract: extract,
    np.compress: compress,
    np.take: take,
    np.take_along_axis: take_along_axis,
    np.put_along_axis: put_along_axis,
    np.put: put,
    np.choose: choose,
    np.select: select,
    np.piecewise: piecewise,
}


METHODS = {
    "nonzero": nonzero,
    "take": take,
    "put": put,
    "compress": lambda a, condition, axis=None: compress(condition, a, axis),
    "choose": choose,
}
