"""Arrays taken apart, put together, repeated, moved and padded."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np


def joined_rows(rows, axis):
    """Arrays of one shape along the first axis, joined along one of their own."""
    axis = axis % (rows.ndim - 1)
    moved = np.moveaxis(rows, 0, axis)
    shape = moved.shape
    return np.reshape(moved, (*shape[:axis], shape[axis] * shape[axis + 1], *shape[axis + 2 :]))


def stacked_rows(rows, axis):
    return np.moveaxis(rows, 0, axis).copy()


def _whole(n):
    return (slice(None),) * n


def _axis_list(axis):
    return tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)


def roll(a, shift, axis=None):
    a = np.asarray(a)
    if axis is None:
        flat = a.ravel()
        return np.reshape(_roll_first(flat, shift), a.shape)
    axes = _axis_list(axis)
    shifts = shift if isinstance(shift, (tuple, list)) else (shift,) * len(axes)
    for k in tuple(range(len(axes))):
        a = np.moveaxis(_roll_first(np.moveaxis(a, axes[k], 0), shifts[k]), 0, axes[k])
    return a


def _roll_first(a, shift):
    n = a.shape[0]
    out = np.empty_like(a)
    if n > 0:
        k = shift % n
        out[k:] = a[: n - k]
        out[:k] = a[n - k :]
    return out


def rot90(m, k=1, axes=(0, 1)):
    k = k % 4
    if k == 0:
        return m[...]
    if k == 2:
        return np.flip(m, axes)
    swapped = np.swapaxes(m, axes[0], axes[1])
    return np.flip(swapped, axes[0]) if k == 1 else np.flip(m, axes[0]).swapaxes(axes[0], axes[1])


def tile(A, reps):
    a = np.asarray(A)
    reps = tuple(reps) if isinstance(reps, (tuple, list)) else (reps,)
    a = np.reshape(a, (1,) * max(len(reps) - a.ndim, 0) + a.shape)
    reps = (1,) * (a.ndim - len(reps)) + reps
    split = ()
    wide = ()
    full = ()
    for k in tuple(range(a.ndim)):
        split = (*split, 1, a.shape[k])
        wide = (*wide, reps[k], a.shape[k])
        full = (*full, reps[k] * a.shape[k])
    return np.reshape(np.broadcast_to(np.reshape(a, split), wide).copy(), full)


def repeat(a, repeats, axis=None):
    a = np.asarray(a)
    if axis is None:
        a = a.ravel()
        axis = 0
    moved = np.moveaxis(a, axis, 0)
    n = moved.shape[0]
    repeats = np.asarray(repeats)
    if np.ndim(repeats) == 0:
        r = repeats[()]
        out = np.empty((n * r, *moved.shape[1:]), a.dtype)
        for k in range(n):
            for j in range(r):
                out[k * r + j] = moved[k]
        return np.moveaxis(out, 0, axis)
    out = np.empty((np.sum(repeats), *moved.shape[1:]), a.dtype)
    at = 0
    for k in range(n):
        for _ in range(repeats[k if repeats.shape[0] > 1 else 0]):
            out[at] = moved[k]
            at += 1
    return np.moveaxis(out, 0, axis)


def _widths(pad_width, ndim):
    if not isinstance(pad_width, (tuple, list)):
        return ((pad_width, pad_width),) * ndim
    if not isinstance(pad_width[0], (tuple, list)):
        one = pad_width if len(pad_width) == 2 else (pad_width[0], pad_width[0])
        return (one,) * ndim
    return tuple(pad_width) * (ndim if len(pad_width) == 1 else 1)


def pad(array, pad_width, mode="constant", constant_values=0, end_values=0, stat_length=None):
    a = np.asarray(array)
    widths = _widths(pad_width, a.ndim)
    values = _widths(constant_values, a.ndim)
    for k in tuple(range(a.ndim)):
        before, after = widths[k]
        moved = np.moveaxis(a, k, 0)
        n = moved.shape[0]
        out = np.empty((before + n + after, *moved.shape[1:]), a.dtype)
        out[before : before + n] = moved
        for j in range(before):
            if mode == "constant":
                out[j] = values[k][0]
            else:
                out[j] = moved[_source(j - before, n, mode)]
        for j in range(after):
            if mode == "constant":
                out[before + n + j] = values[k][1]
            else:
                out[before + n + j] = moved[_source(n + j, n, mode)]
        a = np.moveaxis(out, 0, k)
    return a


def _source(i, n, mode):
    """Which element stands at position ``i`` outside an axis of length ``n``."""
    if mode == "edge":
        return min(max(i, 0), n - 1)
    if mode == "wrap":
        return i % n
    if mode == "reflect":
        if n == 1:
            return 0
        j = i % (2 * (n - 1))
        return j if j < n else 2 * (n - 1) - j
    if mode != "symmetric":
        raise NotImplementedError("np.pad fills with constants, edge, wrap, reflect or symmetric here")
    j = i % (2 * n)
    return j if j < n else 2 * n - 1 - j


def array_split(ary, indices_or_sections, axis=0):
    a = np.moveaxis(np.asarray(ary), axis, 0)
    n = a.shape[0]
    if isinstance(indices_or_sections, (tuple, list)):
        bounds = (0, *indices_or_sections, None)
    else:
        parts = indices_or_sections
        bounds = ()
        for k in tuple(range(parts + 1)):
            bounds = (*bounds, k * (n // parts) + min(k, n % parts))
    return [np.moveaxis(a[bounds[k] : bounds[k + 1]], 0, axis) for k in tuple(range(len(bounds) - 1))]


def split(ary, indices_or_sections, axis=0):
    pieces = 1 if isinstance(indices_or_sections, (tuple, list)) else indices_or_sections
    if np.asarray(ary).shape[axis] % pieces != 0:
        raise ValueError("array split does not result in an equal division")
    return array_split(ary, indices_or_sections, axis)


def hsplit(ary, indices_or_sections):
    return split(ary, indices_or_sections, 0 if np.ndim(ary) == 1 else 1)


def vsplit(ary, indices_or_sections):
    return split(ary, indices_or_sections, 0)


def dsplit(ary, indices_or_sections):
    return split(ary, indices_or_sections, 2)


def atleast_3d(a):
    a = np.asarray(a)
    if np.ndim(a) == 0:
        return np.reshape(a, (1, 1, 1))
    if a.ndim == 1:
        return a[None, :, None]
    return a[:, :, None] if a.ndim == 2 else a


def dstack(tup):
    return np.concatenate([atleast_3d(a) for a in tup], 2)


def block(arrays):
    if not isinstance(arrays, list):
        return np.asarray(arrays)
    if not isinstance(arrays[0], list):
        return np.hstack(arrays)
    return np.concatenate([np.atleast_2d(np.hstack(row)) for row in arrays], 0)


def insert(arr, obj, values, axis=None):
    a = np.asarray(arr)
    if axis is None:
        a = a.ravel()
        axis = 0
    if np.ndim(obj) > 0:
        raise NotImplementedError("np.insert takes one position here")
    a = np.moveaxis(a, axis, 0)
    n = a.shape[0]
    i = obj if obj >= 0 else obj + n
    v = np.asarray(values)
    count = v.shape[0] if np.ndim(v) == a.ndim else 1
    out = np.empty((n + count, *a.shape[1:]), a.dtype)
    out[:i] = a[:i]
    out[i : i + count] = v[()] if np.ndim(v) == 0 else v
    out[i + count :] = a[i:]
    return np.moveaxis(out, 0, axis)


def delete(arr, obj, axis=None):
    a = np.asarray(arr)
    if axis is None:
        a = a.ravel()
        axis = 0
    a = np.moveaxis(a, axis, 0)
    n = a.shape[0]
    keep = np.ones(n, np.bool_)
    if isinstance(obj, slice):
        keep[obj] = False
    else:
        gone = np.atleast_1d(np.asarray(obj))
        for k in range(gone.shape[0]):
            keep[gone[k]] = False
    return np.moveaxis(a[keep], 0, axis)


def resize(a, new_shape):
    a = np.asarray(a).ravel()
    shape = new_shape if isinstance(new_shape, (tuple, list)) else (new_shape,)
    total = 1
    for n in shape:
        total = total * n
    out = np.empty(total, a.dtype)
    for k in range(total):
        out[k] = a[k % a.shape[0]]
    return np.reshape(out, tuple(shape))


def rollaxis(a, axis, start=0):
    a = np.asarray(a)
    axis = axis % a.ndim
    start = start + a.ndim if start < 0 else start
    return np.moveaxis(a, axis, start - 1 if axis < start else start)


def common_shape(*arrays):
    """The shape that arrays broadcast to."""
    rank = max(tuple(np.ndim(a) for a in arrays))
    shape = ()
    for k in tuple(range(rank)):
        n = 1
        for a in arrays:
            s = np.shape(a)
            j = k - rank + len(s)
            if j >= 0:
                m = s[j]
                n = m if n == 1 else n
        shape = (*shape, n)
    return shape


def broadcast_arrays(*args, subok=False):
    shape = common_shape(*args)
    return tuple(np.broadcast_to(a, shape) for a in args)


def broadcast_shapes(*args):
    return common_shape(*(np.empty(s) for s in args))


def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    n = len(xi)
    shape = tuple(np.asarray(x).shape[0] for x in xi)
    out = []
    for k in tuple(range(n)):
        own = tuple(shape[k] if j == k else 1 for j in tuple(range(n)))
        g = np.reshape(np.asarray(xi[k]), own)
        if not sparse:
            g = np.broadcast_to(g, shape).copy()
        out.append(np.swapaxes(g, 0, 1) if indexing == "xy" and n > 1 else g)
    return tuple(out)


def indices(dimensions, dtype=int, sparse=False):
    grids = meshgrid(*[np.arange(n) for n in dimensions], sparse=sparse, indexing="ij")
    return grids if sparse else np.stack(grids)


def ix_(*args):
    n = len(args)
    out = ()
    for k in tuple(range(n)):
        a = np.asarray(args[k])
        if a.dtype == np.bool_:
            a = np.flatnonzero(a)
        out = (*out, np.reshape(a, tuple(-1 if j == k else 1 for j in tuple(range(n)))))
    return out


def apply_along_axis(func1d, axis, arr, *args):
    a = np.moveaxis(np.asarray(arr), axis, -1)
    rows = np.reshape(a, (-1, a.shape[-1]))
    found = np.array([func1d(rows[k], *args) for k in range(rows.shape[0])])
    if found.ndim == 1:
        return np.reshape(found, a.shape[:-1])
    return np.moveaxis(np.reshape(found, a.shape[:-1] + found.shape[1:]), -1, axis)


def vectorized(f, *args):
    """``np.vectorize(f)(*args)``."""
    shape = common_shape(*args)
    if len(shape) == 0:
        return f(*[np.asarray(a)[()] for a in args])
    flat = [np.full(shape, a).ravel() if np.ndim(a) == 0 else np.broadcast_to(a, shape).ravel() for a in args]
    n = flat[0].shape[0]
    return np.reshape(np.array([f(*[a[k] for a in flat]) for k in range(n)]), shape)


FUNCTIONS = {
    np.roll: roll,
    np.rot90: rot90,
    np.tile: tile,
    np.repeat: repeat,
    np.pad: pad,
    np.array_split: array_split,
    np.split: split,
    np.hsplit: hsplit,
    np.vsplit: vsplit,
    np.dsplit: dsplit,
    np.atleast_3d: atleast_3d,
    np.dstack: dstack,
    np.block: block,
    np.insert: insert,
    np.delete: delete,
    np.resize: resize,
    np.rollaxis: rollaxis,
    np.broadcast_arrays: broadcast_arrays,
    np.broadcast_shapes: broadcast_shapes,
    np.meshgrid: meshgrid,
    np.indices: indices,
    np.ix_: ix_,
    np.apply_along_axis: apply_along_axis,
}
METHODS = {
    "repeat": repeat,
}
