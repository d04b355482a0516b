import numpy as np


def heat_jvp(u, steps, k, du, dk):
    """The derivative of heat along a tangent: (f64, f64)."""
    n = len(u)
    assert n == len(du)
    u = u.copy()
    du = du.copy()
    for _ in range(steps):
        left = u[0]
        dleft = du[0]
        for i in range(1, n - 1):
            here = u[i]
            dhere = du[i]
            t = left - 2.0 * here + u[i + 1]
            u[i] = here + k * t
            du[i] = dhere + (dk * t + (dleft - 2.0 * dhere + du[i + 1]) * k)
            left = here
            dleft = dhere
    return np.sum(u * u), np.sum(2.0 * (du * u))
