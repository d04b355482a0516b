import numpy as np


def residual_jvp(p, knots, values, dp):
    """The derivative of fitted along a tangent: (f64, f64)."""
    assert len(p) == len(dp)
    p_0 = p[0]
    p_1 = p[1]
    assert len(knots) == len(values)
    r = p_0 + p_1 * knots - values
    v = 2.0 * ((dp[0] + dp[1] * knots) * r)
    return 0.5 * np.sum(r * r), 0.5 * np.sum(v)
