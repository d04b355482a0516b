import numpy as np


def logistic_vjp(r, x, n):
    """The gradient of logistic: (f64, f64)."""
    x_tape = np.empty(max(n, 0))
    for k in range(n):
        x_tape[k] = x
        x = r * x * (1.0 - x)
    x_bar = 1.0
    r_bar = 0.0
    for k in reversed(range(n)):
        x = x_tape[k]
        t = x_bar * (1.0 - x)
        x_bar = t * r - x_bar * (r * x)
        r_bar += t * x
    return r_bar, x_bar
