import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def standardised_jvp(a, da):
    """The derivative of standardised along a tangent: (f64, f64)."""
    n = a.shape[0]
    assert n == da.shape[0]
    assert a.shape[1] == da.shape[1]
    z = a - np.sum(a, axis=0) / float(n)
    dz = da - mulz(np.sum(da, axis=0), np.divide(1.0, n))
    s = np.sqrt(np.sum(z * z, axis=0))
    ds = mulz(np.sum(2.0 * (dz * z), axis=0), 0.5 / s)
    v = z / s
    t = np.max(v)
    v_2 = (v == t).astype(np.float64)
    return t, np.sum((mulz(dz, 1.0 / s) - mulz(ds, v / s)) * (v_2 / np.sum(v_2)))
