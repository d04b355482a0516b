import numpy as np


@np.errstate(all="ignore")
def standardised(a):
    """The compiled form of standardised: f64."""
    z = a - np.sum(a, axis=0) / float(a.shape[0])
    return np.max(z / np.sqrt(np.sum(z * z, axis=0)))
