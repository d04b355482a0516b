import numpy as np


def damped_jvp(x, rate, dx, drate):
    """The derivative of damped along a tangent: (f64, f64)."""
    n = len(x)
    assert n == len(dx)
    y = x.copy()
    dy = dx.copy()
    for i in range(n):
        y_i = y[i]
        dy_i = dy[i]
        t = 1.0 - rate * y_i
        y[i] = y_i * t
        dy[i] = dy_i * t - (drate * y_i + dy_i * rate) * y_i
    for i in range(n):
        y_i = y[i]
        dy_i = dy[i]
        t = 1.0 - rate * y_i
        y[i] = y_i * t
        dy[i] = dy_i * t - (drate * y_i + dy_i * rate) * y_i
    return np.sum(y), np.sum(dy)
