import numpy as np


def norm2_jvp(x, dx):
    """The derivative of norm2 along a tangent: (f64, f64)."""
    assert len(x) == len(dx)
    return np.sum(x * x), np.sum(2.0 * (dx * x))
