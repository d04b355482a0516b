import numpy as np


def mulz(g, p):
    """g * p, but 0 where g is 0 whatever p is."""
    return np.where(np.equal(g, 0), np.zeros_like(g), np.multiply(g, p))[()]


def sum_to(b, shape):
    """b, summed over the axes along which an array of that shape was repeated."""
    b = np.asarray(b)
    b = b.sum(axis=tuple(range(b.ndim - len(shape)))) if b.ndim > len(shape) else b
    lead = len(shape) - b.ndim
    ones = tuple(k for k in range(b.ndim) if shape[lead + k] == 1 and b.shape[k] != 1)
    return b.sum(axis=ones, keepdims=True)


@np.errstate(all="ignore")
def mixture_vjp(alpha, means, x):
    """The gradient of mixture: (f64[n], f64[n,n])."""
    m = x.shape[1]
    n = means.shape[0]
    n_2 = len(alpha)
    m_2 = means.shape[1]
    means_bar = np.zeros_like(means)
    n_3 = x.shape[0]
    x_tape = np.empty((n_3, n_2))
    m_tape = np.empty(n_3)
    t_tape = np.empty((n_3, n_2))
    t_tape_2 = np.empty(n_3)
    for i in range(n_3):
        assert m == m_2
        assert n_2 == n
        x_2 = alpha - 0.5 * np.sum((x[i] - means)**2, axis=1)
        m_3 = np.max(x_2)
        m_tape[i] = m_3
        v = np.exp(x_2 - m_3)
        t_tape_2[i] = np.sum(v)
        x_tape[i] = x_2
        t_tape[i] = v
    m_3 = np.max(alpha)
    v = np.exp(alpha - m_3)
    t = float(n_3)
    v = -mulz(t, 1.0 / np.sum(v)) * v
    alpha_bar = v.copy()
    v_2 = (alpha == m_3).astype(np.float64)
    alpha_bar += mulz(np.sum(-v) - t, v_2 / np.sum(v_2))
    for i in reversed(range(n_3)):
        v = 1.0 / t_tape_2[i] * t_tape[i]
        v_2 = (x_tape[i] == m_tape[i]).astype(np.float64)
        x_bar = v + mulz(1.0 + np.sum(-v), v_2 / np.sum(v_2))
        alpha_bar += x_bar
        v_3 = np.zeros((n, m))
        v_3 += sum_to((-0.5 * x_bar)[:, None], v_3.shape)
        means_bar -= v_3 * (2.0 * (x[i] - means))
    return alpha_bar, means_bar
