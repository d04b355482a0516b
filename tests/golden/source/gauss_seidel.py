import numpy as np


@np.errstate(all="ignore")
def gauss_seidel(a, b, sweeps):
    """The compiled form of gauss_seidel: f64."""
    n = len(b)
    x = np.zeros(n)
    for _ in range(sweeps):
        for i in range(n):
            s = b[i]
            for j in range(n):
                if j != i:
                    s -= a[i, j] * x[j]
            x[i] = s / a[i, i]
    return x @ x
