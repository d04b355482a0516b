import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def mixture_jvp(alpha, means, x, dalpha, dmeans, dx):
    """The derivative of mixture along a tangent: (f64, f64)."""
    n = len(alpha)
    assert n == len(dalpha)
    n_2 = means.shape[0]
    assert n_2 == dmeans.shape[0]
    m = means.shape[1]
    assert m == dmeans.shape[1]
    n_3 = x.shape[0]
    assert n_3 == dx.shape[0]
    m_2 = x.shape[1]
    assert m_2 == dx.shape[1]
    total = 0.0
    dtotal = 0.0
    for i in range(n_3):
        assert m_2 == m
        v = x[i] - means
        assert n == n_2
        x_2 = alpha - 0.5 * np.sum(v**2, axis=1)
        dx_2 = dalpha - 0.5 * np.sum((dx[i] - dmeans) * (2.0 * v), axis=1)
        m_3 = np.max(x_2)
        v_2 = (x_2 == m_3).astype(np.float64)
        dm = np.sum(dx_2 * (v_2 / np.sum(v_2)))
        v_2 = np.exp(x_2 - m_3)
        t = np.sum(v_2)
        dtotal += dm + mulz(np.sum((dx_2 - dm) * v_2), 1.0 / t)
        total += m_3 + np.log(t)
    m_3 = np.max(alpha)
    v_2 = (alpha == m_3).astype(np.float64)
    dm = np.sum(dalpha * (v_2 / np.sum(v_2)))
    v_3 = np.exp(alpha - m_3)
    t = np.sum(v_3)
    return (
        total - n_3 * (m_3 + np.log(t)), dtotal - (dm + mulz(np.sum((dalpha - dm) * v_3), 1.0 / t)) * n_3
    )
