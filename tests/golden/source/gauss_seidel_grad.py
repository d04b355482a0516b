import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


@np.errstate(all="ignore")
def gauss_seidel_vjp(a, b, sweeps):
    """The gradient of gauss_seidel: (f64[n,n], f64[n])."""
    a_bar = np.zeros_like(a)
    n = len(b)
    b_bar = np.zeros(n)
    x = np.zeros(n)
    n_2 = max(sweeps, 0)
    t_tape = np.empty((n_2, n, n))
    t_tape_2 = np.empty((n_2, n))
    for k in range(sweeps):
        for i in range(n):
            s = b[i]
            for j in range(n):
                if j != i:
                    x_j = x[j]
                    s -= a[i, j] * x_j
                else:
                    x_j = 0.0
                t_tape[k, i, j] = x_j
            x_j = s / a[i, i]
            t_tape_2[k, i] = x_j
            x[i] = x_j
    x_bar = 2.0 * x
    for k in reversed(range(sweeps)):
        for i in reversed(range(n)):
            a_ii = a[i, i]
            x_bar_i = x_bar[i]
            x_bar[i] = 0.0
            s_bar = mulz(x_bar_i, 1.0 / a_ii)
            a_bar[i, i] -= mulz(x_bar_i, t_tape_2[k, i] / a_ii)
            for j in reversed(range(n)):
                x_j = t_tape[k, i, j]
                if j != i:
                    x_bar[j] -= s_bar * a[i, j]
                    a_bar[i, j] -= s_bar * x_j
            b_bar[i] += s_bar
    return a_bar, b_bar
