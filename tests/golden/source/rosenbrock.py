import numpy as np


@np.errstate(all="ignore")
def rosenbrock(x):
    """The compiled form of rosenbrock: f64."""
    total = 0.0
    for i in range(len(x) - 1):
        x_i = x[i]
        a = 1.0 - x_i
        b = x[i + 1] - x_i**2
        total += a * a + 100.0 * b * b
    return total
