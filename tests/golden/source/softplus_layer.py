import numpy as np


@np.errstate(all="ignore")
def softplus_layer(w, x, b):
    """The compiled form of softplus_layer: f64."""
    v = w @ x
    assert w.shape[0] == len(b)
    return np.sum(np.log1p(np.exp(v + b)))
