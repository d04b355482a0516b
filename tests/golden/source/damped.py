import numpy as np


def damped(x, rate):
    """The compiled form of damped: f64."""
    y = x.copy()
    n = len(x)
    for i in range(n):
        y_i = y[i]
        y[i] = y_i * (1.0 - rate * y_i)
    for i in range(n):
        y_i = y[i]
        y[i] = y_i * (1.0 - rate * y_i)
    return np.sum(y)
