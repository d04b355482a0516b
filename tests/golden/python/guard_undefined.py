import numpy as np


@np.errstate(all="ignore")
def guard_undefined(x, y_bar):
    pos = x > 0.0
    if pos:
        s = np.exp(x)
        y = s * s
    else:
        y = x
    if pos:
        x_bar = 2.0 * s * s * y_bar
    else:
        x_bar = y_bar
    return y, x_bar
