import numpy as np


def damped_vjp(x, rate):
    """The gradient of damped: (f64[n], f64)."""
    n = len(x)
    y = x.copy()
    y_tape = np.empty(n)
    for i in range(n):
        y_i = y[i]
        y_tape[i] = y_i
        y[i] = y_i * (1.0 - rate * y_i)
    y_tape_2 = np.empty(n)
    for i in range(n):
        y_i = y[i]
        y_tape_2[i] = y_i
        y[i] = y_i * (1.0 - rate * y_i)
    y_bar = np.full(n, 1.0)
    rate_bar = 0.0
    for i in reversed(range(n)):
        y_tape_i = y_tape_2[i]
        y_bar_i = y_bar[i]
        y_bar[i] = y_bar_i * (1.0 - rate * y_tape_i) - y_bar_i * y_tape_i * rate
        rate_bar -= y_bar_i * y_tape_i * y_tape_i
    for i in reversed(range(n)):
        y_tape_i = y_tape[i]
        y_bar_i = y_bar[i]
        y_bar[i] = y_bar_i * (1.0 - rate * y_tape_i) - y_bar_i * y_tape_i * rate
        rate_bar -= y_bar_i * y_tape_i * y_tape_i
    return y_bar, rate_bar
