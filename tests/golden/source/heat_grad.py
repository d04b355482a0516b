import numpy as np


def heat_vjp(u, steps, k):
    """The gradient of heat: (f64[n], f64)."""
    n = len(u)
    u = u.copy()
    t_tape = np.empty((max(steps, 0), max(n - 2, 0)))
    for k_2 in range(steps):
        left = u[0]
        for i in range(1, n - 1):
            here = u[i]
            t = left - 2.0 * here + u[i + 1]
            t_tape[k_2, i - 1] = t
            u[i] = here + k * t
            left = here
    u_bar = 2.0 * u
    k_bar = 0.0
    for k_2 in reversed(range(steps)):
        left_bar = 0.0
        for i in reversed(range(1, n - 1)):
            u_bar_i = u_bar[i]
            left_bar_2 = u_bar_i * k
            u_bar[i + 1] += left_bar_2
            u_bar[i] = left_bar + u_bar_i - 2.0 * left_bar_2
            left_bar = left_bar_2
            k_bar += u_bar_i * t_tape[k_2, i - 1]
        u_bar[0] += left_bar
    return u_bar, k_bar
