import numpy as np


def tree_tangent(x, depth, dx):
    if depth == 0:
        if np.isinf(x):
            raise ValueError("math domain error")
        t_2 = np.sin(x)
        t = dx * np.cos(x)
    else:
        k = depth - 1
        t_2, t = tree_tangent(0.5 * x, k, 0.5 * dx)
        t_4, t_3 = tree_tangent(x + 1.0, k, dx)
        t = t * t_4 + t_3 * t_2
        t_2 *= t_4
    return t_2, t


def tree_jvp(x, depth, dx):
    """The derivative of tree along a tangent: (f64, f64)."""
    return tree_tangent(x, depth, dx)
