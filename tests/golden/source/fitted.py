import numpy as np


def residual(p, knots, values):
    """The compiled form of residual: f64."""
    p_0 = p[0]
    p_1 = p[1]
    assert len(knots) == len(values)
    r = p_0 + p_1 * knots - values
    return 0.5 * np.sum(r * r)
