import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def swing_jvp(o_mass, o_stiffness, o_steps, x, do_mass, do_stiffness, dx):
    """The derivative of swing along a tangent: (f64, f64)."""
    flag = o_mass != 0.0
    t = np.divide(0.01 * o_stiffness, o_mass)
    t_2 = mulz(0.01 * do_stiffness, np.divide(1.0, o_mass)) - mulz(do_mass, t / o_mass)
    v = 0.0
    dv = 0.0
    for _ in range(o_steps):
        if not flag:
            raise ZeroDivisionError("float division by zero")
        v -= t * x
        dv -= t_2 * x + dx * t
        x += 0.01 * v
        dx += 0.01 * dv
    return x, dx
