import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def determinant_jvp(a, da):
    """The derivative of determinant along a tangent: (f64, f64)."""
    n = a.shape[0]
    assert n == da.shape[0]
    assert a.shape[1] == da.shape[1]
    lu = a.copy()
    dlu = da.copy()
    for k in range(n):
        for i in range(k + 1, n):
            lu_kk = lu[k, k]
            t = lu[i, k] / lu_kk
            t_2 = mulz(dlu[i, k], 1.0 / lu_kk) - mulz(dlu[k, k], t / lu_kk)
            lu[i, k] = t
            dlu[i, k] = t_2
            for j in range(k + 1, n):
                lu_kj = lu[k, j]
                lu[i, j] -= t * lu_kj
                dlu[i, j] -= t_2 * lu_kj + dlu[k, j] * t
    d = 1.0
    dd = 0.0
    for k in range(n):
        lu_kk = lu[k, k]
        dd = dd * lu_kk + dlu[k, k] * d
        d *= lu_kk
    return d, dd
