import numpy as np


@np.errstate(all="ignore")
def lstm(w, b, x, h, c):
    """The compiled form of lstm: f64."""
    n = len(h)
    n_2 = len(x)
    v = np.empty(n_2 + n)
    v[:n_2] = x
    v[n_2:] = h
    v_2 = w @ v
    n_2 = w.shape[0]
    assert n_2 == len(b)
    z = v_2 + b
    assert min(n, n_2) == len(c)
    assert max(min(2 * n, n_2) - min(n, n_2), 0) == n_2 - min(3 * n, n_2)
    assert min(n, n_2) == max(min(2 * n, n_2) - min(n, n_2), 0)
    c = 1.0 / (1.0 + np.exp(-z[:n])) * c + 1.0 / (1.0 + np.exp(-z[n:2 * n])) * np.tanh(z[3 * n:])
    assert max(min(3 * n, n_2) - min(2 * n, n_2), 0) == min(n, n_2)
    return np.sum(1.0 / (1.0 + np.exp(-z[2 * n:3 * n])) * np.tanh(c))
