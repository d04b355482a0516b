import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def standardised_vjp(a):
    """The gradient of standardised: f64[n,n]."""
    n = a.shape[0]
    z = a - np.sum(a, axis=0) / float(n)
    s = np.sqrt(np.sum(z * z, axis=0))
    v = z / s
    v_2 = (v == np.max(v)).astype(np.float64)
    v_3 = v_2 / np.sum(v_2)
    v_4 = np.zeros_like(a)
    v_4 += mulz(np.sum(-mulz(v_3, v / s), axis=0), 0.5 / s)
    z_bar = mulz(v_3, 1.0 / s) + 2.0 * v_4 * z
    a_bar = z_bar.copy()
    a_bar += mulz(np.sum(-z_bar, axis=0), np.divide(1.0, n))
    return a_bar
