import numpy as np


def through_view(x):
    """The compiled form of through_view: f64."""
    n = len(x)
    y = np.zeros(n)
    assert min(n, 2) == max(min(n, 3) - 1, 0)
    y[-2:] = x[:2] * x[1:3]
    y[0] = x[0]
    return np.sum(np.sin(y))
