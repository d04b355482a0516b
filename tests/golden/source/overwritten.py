import numpy as np


def overwritten(x):
    """The compiled form of overwritten: f64."""
    x[1:] *= x[:-1]
    x *= 2.0
    return np.sum(x)
