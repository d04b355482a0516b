import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def determinant_vjp(a):
    """The gradient of determinant: f64[n,n]."""
    n = a.shape[0]
    lu = a.copy()
    for k in range(n):
        for i in range(k + 1, n):
            t = lu[i, k] / lu[k, k]
            lu[i, k] = t
            for j in range(k + 1, n):
                lu[i, j] -= t * lu[k, j]
    d_tape = np.empty(n)
    d = 1.0
    for k in range(n):
        d_tape[k] = d
        d *= lu[k, k]
    lu_bar = np.zeros_like(a)
    d_bar = 1.0
    for k in reversed(range(n)):
        lu_bar[k, k] += d_bar * d_tape[k]
        d_bar *= lu[k, k]
    for k in reversed(range(n)):
        for i in reversed(range(k + 1, n)):
            lu_ik = lu[i, k]
            lu_kk = lu[k, k]
            t = 0.0
            for j in reversed(range(k + 1, n)):
                lu_bar_ij = lu_bar[i, j]
                lu_bar[k, j] -= lu_bar_ij * lu_ik
                t -= lu_bar_ij * lu[k, j]
            t_2 = t + lu_bar[i, k]
            lu_bar[k, k] -= mulz(t_2, lu_ik / lu_kk)
            lu_bar[i, k] = mulz(t_2, 1.0 / lu_kk)
    return lu_bar
