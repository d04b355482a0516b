import numpy as np


def halvings(x, tol):
    """The compiled form of halvings: f64."""
    n = 0
    while x > tol:
        if np.isinf(x):
            raise ValueError("math domain error")
        n += 1
        x = 0.5 * x * np.cos(x)
    return x * n
