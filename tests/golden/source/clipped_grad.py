import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def clipped_vjp(x, y):
    """The gradient of clipped: (f64[n], f64[n])."""
    n = len(x)
    assert n == len(y)
    v = x > y
    v_2 = np.full(n, 1.0)
    v_3 = np.where(v, v_2, 0.0)
    return mulz(v_3, y), mulz(v_3, x) - mulz(np.where(v, 0.0, v_2), np.exp(-y))
