import numpy as np


def tree(x, depth):
    if depth <= 0:
        r = np.sin(x)
    else:
        d = depth - 1
        a = tree(0.5 * x, d)
        b = tree(x, d)
        r = a + b
    return r
