"""The kernels of `kernels` and `series` as a good user of JAX writes them.

Scans for what is sequential, whole arrays for all else.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax


def _times(step: Any, state: Any, n: int) -> Any:
    """``state`` after ``n`` steps."""
    return lax.scan(lambda s, _: (step(s), None), state, None, length=n)[0]


def lorenz(sigma, rho, beta, x, y, z, n):
    h = 0.001

    def slope(s):
        x, y, z = s
        return jnp.stack([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])

    def step(s):
        a = slope(s)
        b = slope(s + 0.5 * h * a)
        c = slope(s + 0.5 * h * b)
        d = slope(s + h * c)
        return s + h / 6.0 * (a + 2.0 * b + 2.0 * c + d)

    return jnp.sum(_times(step, jnp.stack([x, y, z]), n))


def gauss_seidel(u, f, sweeps):
    def cell(left, near):
        up, right, down, force = near
        new = 0.25 * (up + down + left + right + force)
        return new, new

    def row(above, here):
        u, below, f = here
        _, middle = lax.scan(cell, u[0], (above[1:-1], u[2:], below[1:-1], f[1:-1]))
        new = jnp.concatenate([u[:1], middle, u[-1:]])
        return new, new

    def sweep(u):
        _, rows = lax.scan(row, u[0], (u[1:-1], u[2:], f[1:-1]))
        return jnp.concatenate([u[:1], rows, u[-1:]])

    return jnp.sum(_times(sweep, u, sweeps) ** 2)


def _inner(u, f):
    return 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] + f[1:-1, 1:-1])


def jacobi_slices(u, f, sweeps):
    return jnp.sum(_times(lambda u: u.at[1:-1, 1:-1].set(_inner(u, f)), u, sweeps) ** 2)


def heat_nonlinear(u, steps, dt):
    def step(u):
        middle = u[1:-1] + dt * (1.0 + u[1:-1] ** 2) * (u[:-2] - 2.0 * u[1:-1] + u[2:])
        return u.at[1:-1].set(middle)

    return jnp.sum(_times(step, u, steps))


def lu(a):
    n = len(a)
    below = jnp.arange(n)

    def step(k, a):
        factor = jnp.where(below > k, a[:, k] / a[k, k], 0.0)
        row = jnp.where(below > k, a[k], 0.0)
        return a - jnp.outer(factor, row)

    a = lax.fori_loop(0, n, step, a)
    return jnp.sum(jnp.log(jnp.abs(jnp.diag(a))))


def cholesky(a):
    a = jnp.tril(a) + jnp.tril(a, -1).T  # the loops read the lower half only
    return jnp.sum(jnp.log(jnp.diag(jnp.linalg.cholesky(a))))


def triangular(low, b):
    x = jax.scipy.linalg.solve_triangular(low, b, lower=True)
    return jnp.sum(x * x)


def tridiagonal(a, b, c, d):
    def down(state, row):
        b0, c0, d0 = state
        a1, b1, c1, d1 = row
        w = a1 / b0
        new = (b1 - w * c0, c1, d1 - w * d0)
        return new, (new[0], new[2])

    _, (b1, d1) = lax.scan(down, (b[0], c[0], d[0]), (a[1:], b[1:], c[1:], d[1:]))
    b, d = jnp.concatenate([b[:1], b1]), jnp.concatenate([d[:1], d1])

    def up(x, row):
        b, c, d = row
        x = (d - c * x) / b
        return x, x

    last = d[-1] / b[-1]
    _, x = lax.scan(up, last, (b[:-1], c[:-1], d[:-1]), reverse=True)
    return jnp.sum(x * x) + last * last


def matmul_ikj(a, b):
    return jnp.sum((a @ b) ** 2)


def nbody(pos, vel, mass, steps, dt):
    def step(state):
        pos, vel = state
        d = pos[None] - pos[:, None]
        r2 = jnp.sum(d * d, -1) + 0.01
        acc = jnp.sum((mass / (r2 * jnp.sqrt(r2)))[..., None] * d, 1)
        vel = vel + dt * acc
        return pos + dt * vel, vel

    return jnp.sum(_times(step, (pos, vel), steps)[0] ** 2)


def array_ode(y, a, steps, h):
    def step(y):
        k1 = jnp.sin(y) * a
        return y + h * jnp.sin(y + 0.5 * h * k1) * a

    return jnp.sum(_times(step, y, steps) ** 2)


def small_ode(y, k, steps, h):
    def step(y):
        a, b, c = k[0] * y[0], k[1] * y[1] * y[2], k[2] * y[1]
        return y + h * jnp.stack([b - a, a - b - c, c])

    y = _times(step, y, steps)
    return y[0] * y[2]


def soft_alignment(cost):
    _, m = cost.shape

    def row(above, costs):
        def cell(left, near):
            corner, up, c = near
            new = c - jax.nn.logsumexp(-jnp.stack([corner, up, left]))
            return new, new

        _, rest = lax.scan(cell, 1e6, (above[:-1], above[1:], costs))
        return jnp.concatenate([jnp.array([1e6]), rest]), None

    first = jnp.concatenate([jnp.zeros(1), jnp.full(m, 1e6)])
    return lax.scan(row, first, cost)[0][-1]


def smith_waterman(score, gap):
    m = score.shape[1]

    def row(above, scores):
        def cell(left, near):
            corner, up, s = near
            new = jnp.maximum(jnp.maximum(corner + s, up - gap), jnp.maximum(left - gap, 0.0))
            return new, new

        _, rest = lax.scan(cell, 0.0, (above[:-1], above[1:], scores))
        return jnp.concatenate([jnp.zeros(1), rest]), jnp.max(rest)

    return jnp.max(lax.scan(row, jnp.zeros(m + 1), score)[1])


def lstm_like(w, u, b, xs):
    def step(state, x):
        h, c = state
        gates = w * x + u * h + b
        forget, enter, out = jax.nn.sigmoid(gates[:3])
        c = c * forget + enter * jnp.tanh(gates[3])
        h = out * jnp.tanh(c)
        return (h, c), jnp.sum(h * x)

    zero = jnp.zeros(xs.shape[1])
    return jnp.sum(lax.scan(step, (zero, zero), xs)[1])


def chain(x):
    return jnp.sum(jnp.exp(jnp.sin(x)) * jnp.log1p(x * x) / jnp.sqrt(1.0 + x))


def logistic(w, x, y):
    return jnp.mean(jnp.log1p(jnp.exp(-y * (x @ w))))


def convolution(x, k):
    return jnp.sum(jnp.convolve(x, k[::-1], mode="valid") ** 2)


def filter_iir(x, a, b):
    fed = b[0] * x[2:] + b[1] * x[1:-1] + b[2] * x[:-2]

    def step(state, value):
        y1, y2 = state
        y = value - a[0] * y1 - a[1] * y2
        return (y, y1), y

    y = lax.scan(step, (0.0, 0.0), fed)[1]
    return jnp.sum(y * y)


def paths(s0, mu, sigma, noise, dt):
    def step(s, z):
        return s * (1.0 + mu * dt + sigma * z), None

    s, _ = lax.scan(step, jnp.full(noise.shape[0], s0), noise.T)
    return jnp.mean(jnp.maximum(s - 1.0, 0.0))


def garch(omega, alpha, beta, returns):
    def step(variance, x):
        loss = 0.5 * (jnp.log(variance) + x * x / variance)
        return omega + alpha * x * x + beta * variance, loss

    return jnp.sum(lax.scan(step, omega / (1.0 - alpha - beta), returns)[1])


def kalman(q, r, a, observed):
    move = jnp.array([[1.0, 1.0], [0.0, 1.0]]).at[1, 1].set(a)

    def step(state, y):
        x, p = state
        x, p = move @ x, move @ p @ move.T + q * jnp.eye(2)
        s = p[0, 0] + r
        gap = y - x[0]
        gain = p[:, 0] / s
        new = x + gain * gap, p - jnp.outer(gain, p[0])
        return new, 0.5 * (jnp.log(s) + gap * gap / s)

    start = jnp.stack([observed[0], 0.0]), jnp.eye(2)
    return jnp.sum(lax.scan(step, start, observed)[1])


def hidden_markov(start, trans, emit, seen):
    def step(alpha, j):
        new = (alpha @ trans) * emit[:, j]
        scale = jnp.sum(new)
        return new / scale, jnp.log(scale)

    return jnp.sum(lax.scan(step, start * emit[:, seen[0]], seen[1:])[1])


def springs(x, v, stiffness, steps, dt):
    def step(state):
        x, v = state
        stretch = x[1:] - x[:-1] - 1.0
        force = stiffness * (stretch + stretch**3)
        v = v.at[:-1].add(dt * force).at[1:].add(-dt * force)
        return x + dt * v, v

    return jnp.sum(_times(step, (x, v), steps)[0] ** 2)


def perceptron(w1, b1, w2, b2, x, y):
    h = jnp.tanh(x @ w1 + b1)
    return jnp.mean((h @ w2 + b2 - y) ** 2)


def interpolation(knots, values, x):
    return jnp.sum(jnp.interp(x, knots, values) ** 2)


def quadrature(a, b, c, n):
    x = jnp.arange(n + 1) * (10.0 / n)
    y = jnp.exp(-a * x) * jnp.sin(b * x + c)
    return 10.0 / n * (jnp.sum(y) - 0.5 * (y[0] + y[-1]))


def compiled(name: str, args: tuple[Any, ...], wrt: tuple[int, ...]) -> Any:
    """The jitted value and gradient, for ``args`` that already are on the device; counts are static."""
    counts = tuple(k for k, x in enumerate(args) if type(x) is int)
    run = jax.jit(jax.value_and_grad(globals()[name], wrt), static_argnums=counts)
    placed = [x if k in counts else jnp.asarray(x) for k, x in enumerate(args)]
    return partial(_finished, run, placed)


def _finished(run: Any, args: list[Any]) -> Any:
    return jax.block_until_ready(run(*args))
