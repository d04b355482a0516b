import numpy as np


@np.errstate(all="ignore")
def swing(o_mass, o_stiffness, o_steps, x):
    """The compiled form of swing: f64."""
    flag = o_mass != 0.0
    t = np.divide(0.01 * o_stiffness, o_mass)
    v = 0.0
    for _ in range(o_steps):
        if not flag:
            raise ZeroDivisionError("float division by zero")
        v -= t * x
        x += 0.01 * v
    return x
