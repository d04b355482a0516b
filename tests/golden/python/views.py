def views(a, x, i):
    cols = a.shape[1]
    old = a[i, 2]
    a[i, 1:] += a[0, :cols - 1]
    a[1, ::-1][1:3] = x[::-1][:2]
    x[1:5:2] = 3.0
    return old, a[:, 2]
