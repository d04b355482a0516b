import numpy as np


@np.errstate(all="ignore")
def outer_error_jvp(u, v, m, du, dv, dm):
    """The derivative of outer_error along a tangent: (f64, f64)."""
    n = len(u)
    assert n == len(du)
    n_2 = len(v)
    assert n_2 == len(dv)
    n_3 = m.shape[0]
    assert n_3 == dm.shape[0]
    m_2 = m.shape[1]
    assert m_2 == dm.shape[1]
    assert n_2 == m_2
    assert n == n_3
    v_2 = np.outer(u, v) - m
    v_3 = (np.outer(du, v) + dv[None] * u[:, None] - dm) * (2.0 * v_2)
    return np.sum(v_2**2), np.sum(v_3)
