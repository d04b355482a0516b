import numpy as np


@np.errstate(all="ignore")
def softmax(x):
    m = np.max(x)
    e = np.exp(x - m)
    z = np.sum(e)
    return e / z, m + np.log(z)
