import numpy as np


@np.errstate(all="ignore")
def strided_reverse(x, m):
    s = 0.0
    for i in reversed(range(1, 2 * m + 1, 2)):
        a = x[i]
        s = s * a + a / x[i - 1]
    return s
