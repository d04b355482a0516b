def recurrence_jvp(x, c, dx, dc):
    """The derivative of recurrence along a tangent: (f64, f64)."""
    n = len(x)
    assert n == len(dx)
    y = x.copy()
    dy = dx.copy()
    for i in range(1, n):
        t = y[i - 1]
        t_2 = c * t
        y_i = y[i]
        y[i] += t_2 * y_i
        dy[i] += (dc * t + dy[i - 1] * c) * y_i + dy[i] * t_2
    return y[n - 1], dy[n - 1]
