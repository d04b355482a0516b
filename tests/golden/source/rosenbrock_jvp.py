import numpy as np


@np.errstate(all="ignore")
def rosenbrock_jvp(x, dx):
    """The derivative of rosenbrock along a tangent: (f64, f64)."""
    n = len(x)
    assert n == len(dx)
    total = 0.0
    dtotal = 0.0
    for i in range(n - 1):
        x_i = x[i]
        dx_i = dx[i]
        a = 1.0 - x_i
        b = x[i + 1] - x_i**2
        db = dx[i + 1] - dx_i * (2.0 * x_i)
        t = 100.0 * b
        dtotal += 100.0 * db * b + db * t - 2.0 * (dx_i * a)
        total += a * a + t * b
    return total, dtotal
