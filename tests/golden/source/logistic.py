def logistic(r, x, n):
    """The compiled form of logistic: f64."""
    for _ in range(n):
        x = r * x * (1.0 - x)
    return x
