import numpy as np


@np.errstate(all="ignore")
def softplus_layer_vjp(w, x, b):
    """The gradient of softplus_layer: (f64[n,n], f64[n], f64[n])."""
    v = w @ x
    assert w.shape[0] == len(b)
    v_2 = np.exp(v + b)
    z_bar = 1.0 / (1.0 + v_2) * v_2
    return np.outer(z_bar, x), z_bar @ w, z_bar
