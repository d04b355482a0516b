import numpy as np


@np.errstate(all="ignore")
def first_large(a, limit):
    """The compiled form of first_large: f64."""
    total = 0.0
    ret = False
    total_2 = 0.0
    for i in range(a.shape[0]):
        ret = False
        total_2 = 0.0
        for j in range(a.shape[1]):
            a_ij = a[i, j]
            if a_ij < 0.0:
                flag = False
                total_2 = 0.0
                ret = False
            else:
                flag = a_ij > limit
                if flag:
                    total_2 = 0.0
                    ret = False
                else:
                    total += a_ij**2
                    ret = total > 100.0
                    if ret:
                        total_2 = total
                    else:
                        total_2 = 0.0
            if ret or flag:
                break
        if ret:
            break
    return total_2 if ret else 2.0 * total
