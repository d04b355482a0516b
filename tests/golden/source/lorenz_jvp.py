import numpy as np


@np.errstate(all="ignore")
def lorenz_jvp(p_0, p_1, p_2, u_0, u_1, u_2, n, h, dp_0, dp_1, dp_2, du_0, du_1, du_2, dh):
    """The derivative of lorenz along a tangent: (f64, f64)."""
    t = 0.5 * h
    t_2 = 0.5 * dh
    t_3 = h / 6.0
    t_4 = 0.16666666666666666 * dh
    x = u_0
    y = u_1
    z = u_2
    dx = du_0
    dy = du_1
    dz = du_2
    for _ in range(n):
        t_5 = y - x
        ax = p_0 * t_5
        dax = dp_0 * t_5 + (dy - dx) * p_0
        t_6 = p_1 - z
        ay = x * t_6 - y
        day = dx * t_6 + (dp_1 - dz) * x - dy
        az = x * y - p_2 * z
        daz = dx * y + dy * x - (dp_2 * z + dz * p_2)
        x_2 = x + t * ax
        dx_2 = dx + (t_2 * ax + dax * t)
        y_2 = y + t * ay
        dy_2 = dy + (t_2 * ay + day * t)
        z_2 = z + t * az
        dz_2 = dz + (t_2 * az + daz * t)
        t_7 = y_2 - x_2
        bx = p_0 * t_7
        dbx = dp_0 * t_7 + (dy_2 - dx_2) * p_0
        t_8 = p_1 - z_2
        by = x_2 * t_8 - y_2
        dby = dx_2 * t_8 + (dp_1 - dz_2) * x_2 - dy_2
        bz = x_2 * y_2 - p_2 * z_2
        dbz = dx_2 * y_2 + dy_2 * x_2 - (dp_2 * z_2 + dz_2 * p_2)
        x_2 = x + t * bx
        dx_2 = dx + (t_2 * bx + dbx * t)
        y_2 = y + t * by
        dy_2 = dy + (t_2 * by + dby * t)
        z_2 = z + t * bz
        dz_2 = dz + (t_2 * bz + dbz * t)
        t_9 = y_2 - x_2
        cx = p_0 * t_9
        dcx = dp_0 * t_9 + (dy_2 - dx_2) * p_0
        t_10 = p_1 - z_2
        cy = x_2 * t_10 - y_2
        dcy = dx_2 * t_10 + (dp_1 - dz_2) * x_2 - dy_2
        cz = x_2 * y_2 - p_2 * z_2
        dcz = dx_2 * y_2 + dy_2 * x_2 - (dp_2 * z_2 + dz_2 * p_2)
        x_2 = x + h * cx
        dx_2 = dx + (dh * cx + dcx * h)
        y_2 = y + h * cy
        dy_2 = dy + (dh * cy + dcy * h)
        z_2 = z + h * cz
        dz_2 = dz + (dh * cz + dcz * h)
        t_11 = y_2 - x_2
        t_12 = p_1 - z_2
        ddz = dx_2 * y_2 + dy_2 * x_2 - (dp_2 * z_2 + dz_2 * p_2)
        t_13 = ax + 2.0 * bx + 2.0 * cx + p_0 * t_11
        t_14 = (
            t_4 * t_13 + (dax + 2.0 * dbx + 2.0 * dcx + (dp_0 * t_11 + (dy_2 - dx_2) * p_0)) * t_3
        )
        t_15 = ay + 2.0 * by + 2.0 * cy + (x_2 * t_12 - y_2)
        t_16 = (day + 2.0 * dby + 2.0 * dcy + (dx_2 * t_12 + (dp_1 - dz_2) * x_2 - dy_2)) * t_3
        t_17 = az + 2.0 * bz + 2.0 * cz + (x_2 * y_2 - p_2 * z_2)
        dz += t_4 * t_17 + (daz + 2.0 * dbz + 2.0 * dcz + ddz) * t_3
        x += t_3 * t_13
        y += t_3 * t_15
        z += t_3 * t_17
        dx += t_14
        dy += t_4 * t_15 + t_16
    return x + y + z, dx + dy + dz
