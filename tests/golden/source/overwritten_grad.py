import numpy as np


def overwritten_vjp(x):
    """The gradient of overwritten: f64[n]."""
    n = len(x)
    x = x.copy()
    v = x[1:].copy()
    v_2 = x[:-1].copy()
    x[1:] *= x[:-1]
    x *= 2.0
    x_bar = np.full(n, 1.0)
    x_bar *= 2.0
    v_3 = x_bar[1:].copy()
    x_bar[1:] = v_3 * v_2
    x_bar[:-1] += v_3 * v
    return x_bar
