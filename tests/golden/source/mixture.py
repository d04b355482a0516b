import numpy as np


@np.errstate(all="ignore")
def mixture(alpha, means, x):
    """The compiled form of mixture: f64."""
    n = x.shape[0]
    total = 0.0
    for i in range(n):
        assert x.shape[1] == means.shape[1]
        assert len(alpha) == means.shape[0]
        x_2 = alpha - 0.5 * np.sum((x[i] - means)**2, axis=1)
        m = np.max(x_2)
        total += m + np.log(np.sum(np.exp(x_2 - m)))
    m = np.max(alpha)
    return total - n * (m + np.log(np.sum(np.exp(alpha - m))))
