import numpy as np


def halvings_vjp(x, tol):
    """The gradient of halvings: f64."""
    cos_x_tape = []
    x_tape = []
    n = 0
    trips = 0
    while x > tol:
        x_tape.append(x)
        if np.isinf(x):
            raise ValueError("math domain error")
        cos_x = np.cos(x)
        cos_x_tape.append(cos_x)
        n += 1
        x = 0.5 * x * cos_x
        trips += 1
    x_bar = float(n)
    for k in reversed(range(trips)):
        x = x_tape[k]
        x_bar = 0.5 * (x_bar * cos_x_tape[k]) - x_bar * (0.5 * x) * np.sin(x)
    return x_bar
