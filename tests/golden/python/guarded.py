import numpy as np


@np.errstate(all="ignore")
def guarded(x, i, d):
    n = len(x)
    if not 0 <= i < n:
        raise IndexError(f"index {i} is out of bounds for axis 0 with size {n}")
    if d == 0.0:
        raise ZeroDivisionError("float division by zero")
    return d / (x[i] / d)
