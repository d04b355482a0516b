import numpy as np


def residual_vjp(p, knots, values):
    """The gradient of residual: f64[n]."""
    p_bar = np.zeros_like(p)
    p_0 = p[0]
    p_1 = p[1]
    assert len(knots) == len(values)
    r = p_0 + p_1 * knots - values
    p_bar[1] = np.sum(r * knots)
    p_bar[0] = np.sum(r)
    return p_bar
