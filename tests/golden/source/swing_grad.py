import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def swing_vjp(o_mass, o_stiffness, o_steps, x):
    """The gradient of swing: (Oscillator(mass: f64, stiffness: f64, name: 'spring', steps: None), f64)."""
    flag = o_mass != 0.0
    t_2 = np.divide(0.01 * o_stiffness, o_mass)
    x_tape = np.empty(max(o_steps, 0))
    v = 0.0
    for k in range(o_steps):
        x_tape[k] = x
        if not flag:
            raise ZeroDivisionError("float division by zero")
        v -= t_2 * x
        x += 0.01 * v
    v_bar = 0.0
    x_bar = 1.0
    t = 0.0
    for k in reversed(range(o_steps)):
        v_bar += 0.01 * x_bar
        x_bar -= v_bar * t_2
        t -= v_bar * x_tape[k]
    return -mulz(t, t_2 / o_mass), 0.01 * mulz(t, np.divide(1.0, o_mass)), x_bar
