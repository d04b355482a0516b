import numpy as np


def tree_2(x, depth):
    if depth == 0:
        if np.isinf(x):
            raise ValueError("math domain error")
        t = np.sin(x)
    else:
        k = depth - 1
        t = tree_2(0.5 * x, k)
        t_2 = tree_2(x + 1.0, k)
        t *= t_2
    return t


def tree(x, depth):
    """The compiled form of tree: f64."""
    return tree_2(x, depth)
