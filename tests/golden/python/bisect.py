import numpy as np


def bisect(lo, hi):
    n = 0
    while hi - lo > 1e-09:
        mid = (lo + hi) * 0.5
        if np.cos(mid) - mid > 0.0:
            lo = mid
        else:
            hi = mid
        n += 1
    return lo, n
