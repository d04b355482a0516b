def recurrence(x, c):
    """The compiled form of recurrence: f64."""
    y = x.copy()
    n = len(x)
    for i in range(1, n):
        y[i] += c * y[i - 1] * y[i]
    return y[n - 1]
