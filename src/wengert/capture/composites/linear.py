"""Products of any rank."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np

from .orthogonal import qr
from .solving import back, inv


def _batched(a, b):
    """Stacks of matrices, one product each."""
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    x = np.reshape(np.broadcast_to(a, batch + a.shape[-2:]), (-1, *a.shape[-2:]))
    y = np.reshape(np.broadcast_to(b, batch + b.shape[-2:]), (-1, *b.shape[-2:]))
    out = np.empty((x.shape[0], a.shape[-2], b.shape[-1]), np.result_type(a, b))
    for k in range(x.shape[0]):
        out[k] = x[k] @ y[k]
    return np.reshape(out, (*batch, a.shape[-2], b.shape[-1]))


def matmul(a, b):
    """Of more than two axes."""
    if b.ndim <= 2:
        rows = np.reshape(a, (-1, a.shape[-1])) @ b
        return np.reshape(rows, a.shape[:-1] + b.shape[1:])
    if a.ndim == 1:
        return _batched(a[None, :], b)[..., 0, :]
    return _batched(a, b)


def dot(a, b):
    """``np.dot`` of more than two axes: the last of ``a`` with the last but one of ``b``."""
    if b.ndim == 1:
        return matmul(a, b)
    moved = np.moveaxis(b, -2, 0)
    flat = np.reshape(moved, (moved.shape[0], -1))
    rows = np.reshape(a, (-1, a.shape[-1]))
    return np.reshape(rows @ flat, a.shape[:-1] + moved.shape[1:])


def inner(a, b):
    flat = np.reshape(b, (-1, b.shape[-1]))
    rows = np.reshape(a, (-1, a.shape[-1]))
    return np.reshape(rows @ flat.T, a.shape[:-1] + b.shape[:-1])


def tensordot(a, b, axes=2):
    a = np.asarray(a)
    b = np.asarray(b)
    if isinstance(axes, (tuple, list)):
        left, right = axes
        left = tuple(left) if isinstance(left, (tuple, list)) else (left,)
        right = tuple(right) if isinstance(right, (tuple, list)) else (right,)
        left = tuple(k % a.ndim for k in left)
        right = tuple(k % b.ndim for k in right)
    else:
        left = tuple(range(a.ndim - axes, a.ndim))
        right = tuple(range(axes))
    free = tuple(k for k in tuple(range(a.ndim)) if k not in left)
    rest = tuple(k for k in tuple(range(b.ndim)) if k not in right)
    rows = ()
    for k in free:
        rows = (*rows, a.shape[k])
    columns = ()
    for k in rest:
        columns = (*columns, b.shape[k])
    n = 1
    for k in left:
        n = n * a.shape[k]
    for k in tuple(range(len(left))):
        if a.shape[left[k]] != b.shape[right[k]]:
            raise ValueError("shape-mismatch for sum")
    x = np.reshape(np.transpose(a, free + left), (_count(rows), n))
    y = np.reshape(np.transpose(b, right + rest), (n, _count(columns)))
    out = x @ y
    return np.reshape(out, rows + columns) if len(rows + columns) else out[0, 0]


def _count(shape):
    total = 1
    for n in shape:
        total = total * n
    return total


def kron(a, b):
    a = np.asarray(a)
    b = np.asarray(b)
    rank = max(a.ndim, b.ndim)
    x = np.reshape(a, (1,) * (rank - a.ndim) + a.shape)
    y = np.reshape(b, (1,) * (rank - b.ndim) + b.shape)
    left = ()
    right = ()
    full = ()
    for k in tuple(range(rank)):
        left = (*left, x.shape[k], 1)
        right = (*right, 1, y.shape[k])
        full = (*full, x.shape[k] * y.shape[k])
    return np.reshape(np.reshape(x, left) * np.reshape(y, right), full)


def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    if axis is not None:
        axisa = axis
        axisb = axis
        axisc = axis
    a = np.moveaxis(np.asarray(a), axisa, -1)
    b = np.moveaxis(np.asarray(b), axisb, -1)
    if a.shape[-1] == 2 or b.shape[-1] == 2:
        raise NotImplementedError("np.cross of vectors of length 2 is not supported")
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ValueError("incompatible dimensions for cross product")
    x = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    y = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    z = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    if a.ndim == 1 and b.ndim == 1:
        return np.array([x, y, z])
    return np.stack((x, y, z), axisc)


def correlate(a, v, mode="valid"):
    v = np.asarray(v)
    return np.convolve(np.asarray(a), np.conj(v)[::-1], mode)


def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
    x = np.asarray(x)
    y = np.asarray(y)
    n = deg + 1
    a = np.vander(x, n)
    if w is not None:
        a = a * w[:, None]
        y = y * w
    scale = np.sqrt(np.sum(a * a, axis=0))
    q, r = qr(a / scale)
    columns = y[:, None] if y.ndim == 1 else y
    c = back(r, q.T @ columns) / scale[:, None]
    return c[:, 0] if y.ndim == 1 else c


def matrix_power(a, n):
    a = np.asarray(a)
    if n < 0:
        a = inv(a)
        n = -n
    if n == 0:
        return np.eye(a.shape[0], dtype=a.dtype)
    out = a
    for _ in tuple(range(n - 1)):
        out = out @ a
    return out if n > 1 else a.copy()


def multi_dot(arrays, *, out=None):
    result = arrays[0]
    for a in arrays[1:]:
        result = result @ a
    return result


FUNCTIONS = {
    np.tensordot: tensordot,
    np.kron: kron,
    np.cross: cross,
    np.correlate: correlate,
    np.polyfit: polyfit,
    np.linalg.matrix_power: matrix_power,
    np.linalg.multi_dot: multi_dot,
}
if hasattr(np.linalg, "cross"):
    FUNCTIONS[np.linalg.tensordot] = tensordot
    FUNCTIONS[np.linalg.cross] = cross
METHODS = {}
