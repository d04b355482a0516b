import numpy as np


def single(x, c):
    c = np.float32(c)
    s = np.float32(0.0)
    for i in range(len(x)):
        s += x[i] * 0.10000000149011612 * c
    return s
