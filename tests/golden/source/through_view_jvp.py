import numpy as np


def through_view_jvp(x, dx):
    """The derivative of through_view along a tangent: (f64, f64)."""
    n = len(x)
    assert n == len(dx)
    y = np.zeros(n)
    dy = np.zeros(n)
    assert min(n, 2) == max(min(n, 3) - 1, 0)
    y[-2:] = x[:2] * x[1:3]
    dy[-2:] = dx[:2] * x[1:3] + dx[1:3] * x[:2]
    y[0] = x[0]
    dy[0] = dx[0]
    return np.sum(np.sin(y)), np.sum(dy * np.cos(y))
