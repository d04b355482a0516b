import numpy as np


def recurrence_vjp(x, c):
    """The gradient of recurrence: (f64[n], f64)."""
    n = len(x)
    y = x.copy()
    y_tape = np.empty(max(n - 1, 0))
    for i in range(1, n):
        y_i = y[i]
        y_tape[i - 1] = y_i
        y[i] += c * y[i - 1] * y_i
    y_bar = np.zeros(n)
    y_bar[n - 1] = 1.0
    c_bar = 0.0
    for i in reversed(range(1, n)):
        t = y[i - 1]
        y_bar_i = y_bar[i]
        t_2 = y_bar_i * y_tape[i - 1]
        y_bar[i] += y_bar_i * (c * t)
        y_bar[i - 1] += t_2 * c
        c_bar += t_2 * t
    return y_bar, c_bar
