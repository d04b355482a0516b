def cumulative_vjp(x, c, x_bar):
    n = len(x)
    for i in range(1, n):
        x[i] += c * x[i - 1]
    # reverse sweep
    c_bar = 0.0
    for i in reversed(range(1, n)):
        g = x_bar[i]
        a = x[i - 1]
        x_bar[i - 1] += c * g
        c_bar += g * a
    return c_bar
