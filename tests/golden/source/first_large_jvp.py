import numpy as np


@np.errstate(all="ignore")
def first_large_jvp(a, limit, da, dlimit):
    """The derivative of first_large along a tangent: (f64, f64)."""
    n = a.shape[0]
    assert n == da.shape[0]
    m = a.shape[1]
    assert m == da.shape[1]
    total = 0.0
    ret = False
    total_2 = 0.0
    dtotal = 0.0
    dtotal_2 = 0.0
    for i in range(n):
        ret = False
        total_2 = 0.0
        dtotal_2 = 0.0
        for j in range(m):
            a_ij = a[i, j]
            da_ij = da[i, j]
            if a_ij < 0.0:
                flag = False
                total_2 = 0.0
                ret = False
                dtotal_2 = 0.0
            else:
                flag = a_ij > limit
                if flag:
                    total_2 = 0.0
                    ret = False
                    dtotal_2 = 0.0
                else:
                    total += a_ij**2
                    dtotal += da_ij * (2.0 * a_ij)
                    ret = total > 100.0
                    if ret:
                        total_2 = total
                        dtotal_2 = dtotal
                    else:
                        total_2 = 0.0
                        dtotal_2 = 0.0
            if ret or flag:
                break
        if ret:
            break
    if not ret:
        total_2 = 2.0 * total
        dtotal_2 = 2.0 * dtotal
    return total_2, dtotal_2
