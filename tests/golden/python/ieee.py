import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def ieee(x, y):
    a = np.divide(x, y)
    return a, np.log(y), np.power(x, y), np.power(x, 3), np.power(y, -2.0), mulz(x, a), max(x, y)
