import numpy as np


@np.errstate(all="ignore")
def outer_error(u, v, m):
    """The compiled form of outer_error: f64."""
    assert len(v) == m.shape[1]
    assert len(u) == m.shape[0]
    return np.sum((np.outer(u, v) - m)**2)
