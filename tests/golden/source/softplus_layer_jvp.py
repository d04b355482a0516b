import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def softplus_layer_jvp(w, x, b, dw, dx, db):
    """The derivative of softplus_layer along a tangent: (f64, f64)."""
    n = w.shape[0]
    assert n == dw.shape[0]
    assert w.shape[1] == dw.shape[1]
    assert len(x) == len(dx)
    n_2 = len(b)
    assert n_2 == len(db)
    v = w @ x
    v_2 = dw @ x
    v_3 = w @ dx
    assert n == n_2
    v_4 = np.exp(v + b)
    return np.sum(np.log1p(v_4)), np.sum(mulz((v_2 + v_3 + db) * v_4, 1.0 / (1.0 + v_4)))
