import numpy as np


def halvings_jvp(x, tol, dx, dtol):
    """The derivative of halvings along a tangent: (f64, f64)."""
    n = 0
    while x > tol:
        t = 0.5 * x
        if np.isinf(x):
            raise ValueError("math domain error")
        cos_x = np.cos(x)
        dx = 0.5 * dx * cos_x - dx * np.sin(x) * t
        n += 1
        x = t * cos_x
    t = float(n)
    return x * t, dx * t
