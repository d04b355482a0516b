import numpy as np


def outer_error_vjp(u, v, m):
    """The gradient of outer_error: (f64[n], f64[n])."""
    assert len(v) == m.shape[1]
    assert len(u) == m.shape[0]
    v_2 = 2.0 * (np.outer(u, v) - m)
    return np.sum(v_2 * v, axis=1), np.sum(v_2 * u[:, None], axis=0)
