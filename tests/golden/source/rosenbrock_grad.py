import numpy as np


@np.errstate(all="ignore")
def rosenbrock_vjp(x):
    """The gradient of rosenbrock: f64[n]."""
    n = len(x)
    x_bar = np.zeros(n)
    for i in reversed(range(n - 1)):
        x_i = x[i]
        b_bar = 2.0 * (100.0 * (x[i + 1] - x_i**2))
        x_bar[i + 1] += b_bar
        x_bar[i] -= b_bar * (2.0 * x_i) + 2.0 * (1.0 - x_i)
    return x_bar
