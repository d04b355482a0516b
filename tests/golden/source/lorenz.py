import numpy as np


@np.errstate(all="ignore")
def lorenz(p_0, p_1, p_2, u_0, u_1, u_2, n, h):
    """The compiled form of lorenz: f64."""
    t = 0.5 * h
    t_2 = h / 6.0
    x = u_0
    y = u_1
    z = u_2
    for _ in range(n):
        ax = p_0 * (y - x)
        ay = x * (p_1 - z) - y
        az = x * y - p_2 * z
        x_2 = x + t * ax
        y_2 = y + t * ay
        z_2 = z + t * az
        bx = p_0 * (y_2 - x_2)
        by = x_2 * (p_1 - z_2) - y_2
        bz = x_2 * y_2 - p_2 * z_2
        x_2 = x + t * bx
        y_2 = y + t * by
        z_2 = z + t * bz
        cx = p_0 * (y_2 - x_2)
        cy = x_2 * (p_1 - z_2) - y_2
        cz = x_2 * y_2 - p_2 * z_2
        x_2 = x + h * cx
        y_2 = y + h * cy
        z_2 = z + h * cz
        x += t_2 * (ax + 2.0 * bx + 2.0 * cx + p_0 * (y_2 - x_2))
        y += t_2 * (ay + 2.0 * by + 2.0 * cy + (x_2 * (p_1 - z_2) - y_2))
        z += t_2 * (az + 2.0 * bz + 2.0 * cz + (x_2 * y_2 - p_2 * z_2))
    return x + y + z
