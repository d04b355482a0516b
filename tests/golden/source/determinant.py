import numpy as np


@np.errstate(all="ignore")
def determinant(a):
    """The compiled form of determinant: f64."""
    lu = a.copy()
    n = a.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            t = lu[i, k] / lu[k, k]
            lu[i, k] = t
            for j in range(k + 1, n):
                lu[i, j] -= t * lu[k, j]
    d = 1.0
    for k in range(n):
        d *= lu[k, k]
    return d
