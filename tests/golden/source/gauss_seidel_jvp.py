import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def gauss_seidel_jvp(a, b, sweeps, da, db):
    """The derivative of gauss_seidel along a tangent: (f64, f64)."""
    assert a.shape[0] == da.shape[0]
    assert a.shape[1] == da.shape[1]
    n = len(b)
    assert n == len(db)
    x = np.zeros(n)
    dx = np.zeros(n)
    for _ in range(sweeps):
        for i in range(n):
            s = b[i]
            ds = db[i]
            for j in range(n):
                if j != i:
                    a_ij = a[i, j]
                    x_j = x[j]
                    ds -= da[i, j] * x_j + dx[j] * a_ij
                    s -= a_ij * x_j
            a_ii = a[i, i]
            t = s / a_ii
            x[i] = t
            dx[i] = mulz(ds, 1.0 / a_ii) - mulz(da[i, i], t / a_ii)
    return x @ x, dx @ x + x @ dx
