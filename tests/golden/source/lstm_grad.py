import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def lstm_vjp(w, b, x, h, c):
    """The gradient of lstm: (f64[n,n], f64[n])."""
    n = w.shape[0]
    n_2 = len(h)
    n_3 = len(x)
    v = np.empty(n_3 + n_2)
    v[:n_3] = x
    v[n_3:] = h
    v_2 = w @ v
    assert n == len(b)
    z = v_2 + b
    v_3 = np.exp(-z[:n_2])
    v_4 = 1.0 + v_3
    forget = 1.0 / v_4
    v_5 = np.exp(-z[n_2:2 * n_2])
    v_6 = 1.0 + v_5
    take = 1.0 / v_6
    v_7 = np.exp(-z[2 * n_2:3 * n_2])
    v_8 = 1.0 + v_7
    out = 1.0 / v_8
    assert len(forget) == len(c)
    v_9 = np.tanh(z[3 * n_2:])
    assert len(take) == len(v_9)
    assert len(forget) == len(take)
    v_10 = np.tanh(forget * c + take * v_9)
    assert max(min(3 * n_2, n) - min(2 * n_2, n), 0) == min(n_2, n)
    z_bar = np.zeros(n)
    c_bar = out * (1.0 - v_10 * v_10)
    z_bar[3 * n_2:] += c_bar * take * (1.0 - v_9 * v_9)
    z_bar[2 * n_2:3 * n_2] += mulz(v_10, out / v_8) * v_7
    z_bar[n_2:2 * n_2] += mulz(c_bar * v_9, take / v_6) * v_5
    z_bar[:n_2] += mulz(c_bar * c, forget / v_4) * v_3
    return np.outer(z_bar, v), z_bar
