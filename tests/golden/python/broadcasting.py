import numpy as np


def sum_to(b, shape):
    """b, summed over the axes along which an array of that shape was repeated."""
    b = np.asarray(b)
    b = b.sum(axis=tuple(range(b.ndim - len(shape)))) if b.ndim > len(shape) else b
    lead = len(shape) - b.ndim
    ones = tuple(k for k in range(b.ndim) if shape[lead + k] == 1 and b.shape[k] != 1)
    return b.sum(axis=ones, keepdims=True)


@np.errstate(all="ignore")
def broadcasting(x, y, a):
    outer = x[:, None] * y
    r = np.sqrt(np.where(outer > 0.0, outer, -outer))
    a[...] = r
    x_bar = np.sum(r, axis=1)
    x_bar += sum_to(np.sum(a, axis=1), x_bar.shape)
    return r, x_bar, np.sum(r, axis=0)
