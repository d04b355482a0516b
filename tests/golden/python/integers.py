import numpy as np


@np.errstate(all="ignore")
def integers(i, n, h):
    x = i * h
    return x, np.divide(i, n), int(x), float(i) * n
