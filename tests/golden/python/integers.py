import numpy as np


def to_int(x):
    """x truncated; the nearest 64-bit integer when x is too large, 0 when it is not a number."""
    return 0 if x != x else int(min(max(x, -(2.0**63)), np.nextafter(2.0**63, 0)))


@np.errstate(all="ignore")
def integers(i, n, h):
    x = i * h
    return x, np.divide(i, n), to_int(x), float(i) * n
