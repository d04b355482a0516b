def norm2_vjp(x):
    """The gradient of norm2: f64[n]."""
    return 2.0 * x
