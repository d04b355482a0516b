import numpy as np


@np.errstate(all="ignore")
def clipped_jvp(x, y, dx, dy):
    """The derivative of clipped along a tangent: (f64, f64)."""
    n = len(x)
    assert n == len(dx)
    n_2 = len(y)
    assert n_2 == len(dy)
    assert n == n_2
    v = x > y
    v_2 = np.exp(-y)
    return np.sum(np.where(v, x * y, v_2)), np.sum(np.where(v, dx * y + dy * x, -dy * v_2))
