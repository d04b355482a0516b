import numpy as np


@np.errstate(all="ignore")
def clipped(x, y):
    """The compiled form of clipped: f64."""
    assert len(x) == len(y)
    return np.sum(np.where(x > y, x * y, np.exp(-y)))
