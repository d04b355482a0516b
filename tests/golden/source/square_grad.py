def square_vjp(x):
    """The gradient of square: f64."""
    return 2.0 * x
