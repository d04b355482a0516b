def square(x):
    """The compiled form of square: f64."""
    return x * x
