import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def lstm_jvp(w, b, x, h, c, dw, db, dx, dh, dc):
    """The derivative of lstm along a tangent: (f64, f64)."""
    n = w.shape[0]
    assert n == dw.shape[0]
    assert w.shape[1] == dw.shape[1]
    n_2 = len(b)
    assert n_2 == len(db)
    n_3 = len(x)
    assert n_3 == len(dx)
    n_4 = len(h)
    assert n_4 == len(dh)
    n_5 = len(c)
    assert n_5 == len(dc)
    k = n_3 + n_4
    v = np.empty(k)
    v_2 = np.zeros(k)
    v[:n_3] = x
    v_2[:n_3] = dx
    v[n_3:] = h
    v_2[n_3:] = dh
    v_3 = w @ v
    v_4 = dw @ v
    v_5 = w @ v_2
    assert n == n_2
    z = v_3 + b
    dz = v_4 + v_5 + db
    v_6 = np.exp(-z[:n_4])
    v_7 = 1.0 + v_6
    forget = 1.0 / v_7
    dforget = mulz(dz[:n_4] * v_6, forget / v_7)
    v_8 = np.exp(-z[n_4:2 * n_4])
    v_9 = 1.0 + v_8
    take = 1.0 / v_9
    dtake = mulz(dz[n_4:2 * n_4] * v_8, take / v_9)
    v_10 = np.exp(-z[2 * n_4:3 * n_4])
    v_11 = 1.0 + v_10
    out = 1.0 / v_11
    dout = mulz(dz[2 * n_4:3 * n_4] * v_10, out / v_11)
    assert len(forget) == len(c)
    v_12 = np.tanh(z[3 * n_4:])
    assert len(take) == len(v_12)
    assert len(forget) == len(take)
    dc = dforget * c + dc * forget + (dtake * v_12 + dz[3 * n_4:] * (1.0 - v_12 * v_12) * take)
    v_13 = np.tanh(forget * c + take * v_12)
    assert len(dout) == len(out)
    return np.sum(out * v_13), np.sum(dout * v_13 + dc * (1.0 - v_13 * v_13) * out)
