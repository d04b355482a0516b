import numpy as np


@np.errstate(all="ignore")
def sign_of(x):
    if x > 0.0:
        k = 1
        r = np.sqrt(x)
    elif x < 0.0:
        k = -1
        r = np.sqrt(-x)
    else:
        k = 0
        r = x
    return r, k
