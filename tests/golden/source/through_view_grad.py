import numpy as np


def through_view_vjp(x):
    """The gradient of through_view: f64[n]."""
    n = len(x)
    x_bar = np.zeros(n)
    y = np.zeros(n)
    assert min(n, 2) == max(min(n, 3) - 1, 0)
    y[-2:] = x[:2] * x[1:3]
    y[0] = x[0]
    y_bar = np.cos(y)
    y_bar_0 = y_bar[0]
    y_bar[0] = 0.0
    x_bar[0] = y_bar_0
    tail_bar = y_bar[-2:]
    v = tail_bar.copy()
    tail_bar[:] = 0.0
    x_bar[:2] += v * x[1:3]
    x_bar[1:3] += v * x[:2]
    return x_bar
