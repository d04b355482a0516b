def logistic_jvp(r, x, n, dr, dx):
    """The derivative of logistic along a tangent: (f64, f64)."""
    for _ in range(n):
        t = r * x
        t_2 = 1.0 - x
        dx = (dr * x + dx * r) * t_2 - dx * t
        x = t * t_2
    return x, dx
