import numpy as np


def overwritten_jvp(x, dx):
    """The derivative of overwritten along a tangent: (f64, f64)."""
    n = len(x)
    assert n == len(dx)
    x = x.copy()
    dx = dx.copy()
    v = dx[1:] * x[:-1]
    v_2 = dx[:-1] * x[1:]
    x[1:] *= x[:-1]
    dx[1:] = v + v_2
    x *= 2.0
    dx *= 2.0
    return np.sum(x), np.sum(dx)
