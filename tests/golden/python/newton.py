import numpy as np


@np.errstate(all="ignore")
def newton(a, x):
    n = 0
    for _ in range(50):
        x_new = (x + np.divide(a, x)) / 2.0
        done = abs(x_new - x) < 1e-12
        x = x_new
        n += 1
        if done:
            break
    return x, n
