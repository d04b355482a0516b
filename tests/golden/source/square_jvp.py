def square_jvp(x, dx):
    """The derivative of square along a tangent: (f64, f64)."""
    return x * x, 2.0 * (dx * x)
