"""Kernels as a Python user writes them: the gradient of each against the compiled primal of the same loops.

Run: ``python benchmarks/kernels.py [NAME ...] [--rounds N]``.  A row is a kernel; its ratio is the minimum of
the gradient's process time over that of the primal, both through the public API and interleaved.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from side_by_side import measure

import wengert


def lorenz(sigma, rho, beta, x, y, z, n):
    h = 0.001
    for _ in range(n):
        ax = sigma * (y - x)
        ay = x * (rho - z) - y
        az = x * y - beta * z
        x1 = x + 0.5 * h * ax
        y1 = y + 0.5 * h * ay
        z1 = z + 0.5 * h * az
        bx = sigma * (y1 - x1)
        by = x1 * (rho - z1) - y1
        bz = x1 * y1 - beta * z1
        x2 = x + 0.5 * h * bx
        y2 = y + 0.5 * h * by
        z2 = z + 0.5 * h * bz
        cx = sigma * (y2 - x2)
        cy = x2 * (rho - z2) - y2
        cz = x2 * y2 - beta * z2
        x3 = x + h * cx
        y3 = y + h * cy
        z3 = z + h * cz
        dx = sigma * (y3 - x3)
        dy = x3 * (rho - z3) - y3
        dz = x3 * y3 - beta * z3
        x = x + h / 6.0 * (ax + 2.0 * bx + 2.0 * cx + dx)
        y = y + h / 6.0 * (ay + 2.0 * by + 2.0 * cy + dy)
        z = z + h / 6.0 * (az + 2.0 * bz + 2.0 * cz + dz)
    return x + y + z


def gauss_seidel(u, f, sweeps):
    n, m = u.shape
    for _ in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] + f[i, j])
    total = 0.0
    for i in range(n):
        for j in range(m):
            total += u[i, j] * u[i, j]
    return total


def jacobi(u, f, sweeps):
    n, m = u.shape
    v = u.copy()
    for _ in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                v[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] + f[i, j])
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                u[i, j] = 0.25 * (v[i - 1, j] + v[i + 1, j] + v[i, j - 1] + v[i, j + 1] + f[i, j])
    total = 0.0
    for i in range(n):
        for j in range(m):
            total += u[i, j] * u[i, j]
    return total


def jacobi_swap(u, f, sweeps):
    n, m = u.shape
    v = u.copy()
    for _ in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                v[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] + f[i, j])
        u, v = v, u
    return np.sum(u * u)


def jacobi_slices(u, f, sweeps):
    for _ in range(sweeps):
        u[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] + f[1:-1, 1:-1])
    return np.sum(u * u)


def heat_nonlinear(u, steps, dt):
    n = len(u)
    new = u.copy()
    for _ in range(steps):
        for i in range(1, n - 1):
            k = 1.0 + u[i] * u[i]
            new[i] = u[i] + dt * k * (u[i - 1] - 2.0 * u[i] + u[i + 1])
        for i in range(n):
            u[i] = new[i]
    return np.sum(u)


def lu(a):
    n = len(a)
    for k in range(n):
        for i in range(k + 1, n):
            a[i, k] = a[i, k] / a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    det = 0.0
    for k in range(n):
        det += math.log(abs(a[k, k]))
    return det


def lu_rows(a):
    n = len(a)
    for k in range(n):
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            a[i, k + 1 :] -= a[i, k] * a[k, k + 1 :]
    det = 0.0
    for k in range(n):
        det += math.log(abs(a[k, k]))
    return det


def cholesky(a):
    n = len(a)
    low = np.zeros((n, n))
    for j in range(n):
        s = a[j, j]
        for k in range(j):
            s -= low[j, k] * low[j, k]
        low[j, j] = math.sqrt(s)
        for i in range(j + 1, n):
            s = a[i, j]
            for k in range(j):
                s -= low[i, k] * low[j, k]
            low[i, j] = s / low[j, j]
    det = 0.0
    for j in range(n):
        det += math.log(low[j, j])
    return det


def triangular(low, b):
    n = len(b)
    x = np.zeros(n)
    for i in range(n):
        s = b[i]
        for j in range(i):
            s -= low[i, j] * x[j]
        x[i] = s / low[i, i]
    return np.sum(x * x)


def triangular_in_place(low, b):
    n = len(b)
    for i in range(n):
        for j in range(i):
            b[i] -= low[i, j] * b[j]
        b[i] /= low[i, i]
    return np.sum(b * b)


def tridiagonal(a, b, c, d):
    n = len(d)
    for i in range(1, n):
        w = a[i] / b[i - 1]
        b[i] = b[i] - w * c[i - 1]
        d[i] = d[i] - w * d[i - 1]
    d[n - 1] = d[n - 1] / b[n - 1]
    for i in range(n - 2, -1, -1):
        d[i] = (d[i] - c[i] * d[i + 1]) / b[i]
    return np.sum(d * d)


def matmul_ijk(a, b):
    n, m, k = a.shape[0], b.shape[1], a.shape[1]
    c = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            s = 0.0
            for t in range(k):
                s += a[i, t] * b[t, j]
            c[i, j] = s
    return np.sum(c * c)


def matmul_ikj(a, b):
    n, m, k = a.shape[0], b.shape[1], a.shape[1]
    c = np.zeros((n, m))
    for i in range(n):
        for t in range(k):
            for j in range(m):
                c[i, j] += a[i, t] * b[t, j]
    return np.sum(c * c)


def nbody(pos, vel, mass, steps, dt):
    n = len(mass)
    acc = np.zeros((n, 3))
    for _ in range(steps):
        for i in range(n):
            for d in range(3):
                acc[i, d] = 0.0
        for i in range(n):
            for j in range(n):
                if i != j:
                    dx = pos[j, 0] - pos[i, 0]
                    dy = pos[j, 1] - pos[i, 1]
                    dz = pos[j, 2] - pos[i, 2]
                    r2 = dx * dx + dy * dy + dz * dz + 0.01
                    w = mass[j] / (r2 * math.sqrt(r2))
                    acc[i, 0] += w * dx
                    acc[i, 1] += w * dy
                    acc[i, 2] += w * dz
        for i in range(n):
            for d in range(3):
                vel[i, d] += dt * acc[i, d]
                pos[i, d] += dt * vel[i, d]
    return np.sum(pos * pos)


def array_ode(y, a, steps, h):
    for _ in range(steps):
        k1 = np.sin(y) * a
        k2 = np.sin(y + 0.5 * h * k1) * a
        y = y + h * k2
    return np.sum(y * y)


def small_ode(y, k, steps, h):
    for _ in range(steps):
        dy = np.array(
            [-k[0] * y[0] + k[1] * y[1] * y[2], k[0] * y[0] - k[1] * y[1] * y[2] - k[2] * y[1], k[2] * y[1]]
        )
        y = y + h * dy
    return y[0] * y[2]


def newton_while(a):
    total = 0.0
    for i in range(len(a)):
        x = a[i]
        while abs(x * x - a[i]) > 1e-12 * a[i]:
            x = 0.5 * (x + a[i] / x)
        total += x
    return total


def while_loop(p, n):
    v = p
    total = 0.0
    k = 0
    while k < n:
        v = math.sin(v) * p + 0.3 * v
        total += v * p
        k += 1
    return total


def smith_waterman(score, gap):
    n, m = score.shape
    best = np.zeros((n + 1, m + 1))
    for i in range(n):
        for j in range(m):
            best[i + 1, j + 1] = max(
                best[i, j] + score[i, j], best[i, j + 1] - gap, best[i + 1, j] - gap, 0.0
            )
    top = 0.0
    for i in range(n):
        for j in range(m):
            top = max(top, best[i + 1, j + 1])
    return top


def soft_alignment(cost):
    n, m = cost.shape
    best = np.zeros((n + 1, m + 1))
    for i in range(1, n + 1):
        best[i, 0] = 1e6
    for j in range(1, m + 1):
        best[0, j] = 1e6
    for i in range(n):
        for j in range(m):
            a, b, c = best[i, j], best[i, j + 1], best[i + 1, j]
            low = min(a, b, c)
            s = math.exp(low - a) + math.exp(low - b) + math.exp(low - c)
            best[i + 1, j + 1] = cost[i, j] + low - math.log(s)
    return best[n, m]


def lstm_like(w, u, b, xs):
    n, d = xs.shape
    h = np.zeros(d)
    c = np.zeros(d)
    gates = np.zeros((4, d))
    loss = 0.0
    for t in range(n):
        for g in range(4):
            for i in range(d):
                gates[g, i] = w[g, i] * xs[t, i] + u[g, i] * h[i] + b[g, i]
        for i in range(d):
            forget = 1.0 / (1.0 + math.exp(-gates[0, i]))
            enter = 1.0 / (1.0 + math.exp(-gates[1, i]))
            out = 1.0 / (1.0 + math.exp(-gates[2, i]))
            c[i] = c[i] * forget + enter * math.tanh(gates[3, i])
            h[i] = out * math.tanh(c[i])
            loss += h[i] * xs[t, i]
    return loss


def bundle(cams, points, weights, obs, feats):
    total = 0.0
    for p in range(len(obs)):
        i, j = obs[p, 0], obs[p, 1]
        cam = cams[i]
        x = points[j]
        theta2 = cam[0] * cam[0] + cam[1] * cam[1] + cam[2] * cam[2]
        dx, dy, dz = x[0] - cam[3], x[1] - cam[4], x[2] - cam[5]
        if theta2 > 1e-12:
            theta = math.sqrt(theta2)
            c, s = math.cos(theta), math.sin(theta)
            wx, wy, wz = cam[0] / theta, cam[1] / theta, cam[2] / theta
            cx, cy, cz = wy * dz - wz * dy, wz * dx - wx * dz, wx * dy - wy * dx
            t = (wx * dx + wy * dy + wz * dz) * (1.0 - c)
            rx, ry, rz = dx * c + cx * s + wx * t, dy * c + cy * s + wy * t, dz * c + cz * s + wz * t
        else:
            rx = dx + cam[1] * dz - cam[2] * dy
            ry = dy + cam[2] * dx - cam[0] * dz
            rz = dz + cam[0] * dy - cam[1] * dx
        u, v = rx / rz, ry / rz
        r2 = u * u + v * v
        fac = 1.0 + cam[9] * r2 + cam[10] * r2 * r2
        e0 = weights[p] * (u * fac * cam[6] + cam[7] - feats[p, 0])
        e1 = weights[p] * (v * fac * cam[6] + cam[8] - feats[p, 1])
        total += e0 * e0 + e1 * e1 + (1.0 - weights[p] * weights[p]) ** 2
    return total


def chain(x):
    total = 0.0
    for i in range(len(x)):
        total += math.exp(math.sin(x[i])) * math.log1p(x[i] * x[i]) / math.sqrt(1.0 + x[i])
    return total


def logistic(w, x, y):
    n, d = x.shape
    loss = 0.0
    for i in range(n):
        z = 0.0
        for j in range(d):
            z += w[j] * x[i, j]
        loss += math.log1p(math.exp(-y[i] * z))
    return loss / n


def convolution(x, k):
    n, m = len(x), len(k)
    y = np.zeros(n - m + 1)
    for i in range(n - m + 1):
        for j in range(m):
            y[i] += x[i + j] * k[j]
    return np.sum(y * y)


def filter_iir(x, a, b):
    n = len(x)
    y = np.zeros(n)
    for i in range(2, n):
        y[i] = b[0] * x[i] + b[1] * x[i - 1] + b[2] * x[i - 2] - a[0] * y[i - 1] - a[1] * y[i - 2]
    return np.sum(y * y)


def paths(s0, mu, sigma, noise, dt):
    total = 0.0
    for p in range(noise.shape[0]):
        s = s0
        for t in range(noise.shape[1]):
            s = s * (1.0 + mu * dt + sigma * noise[p, t])
        total += max(s - 1.0, 0.0)
    return total / noise.shape[0]


@dataclass(frozen=True)
class Kernel:
    """A function, its arguments, what to differentiate with respect to, and the ratio to reach."""

    fun: Callable[..., Any]
    args: tuple[Any, ...]
    wrt: tuple[int, ...]
    target: float = 3.0


def kernels(r: np.random.Generator) -> dict[str, Kernel]:
    """All kernels with arguments of ordinary size."""
    n, grid, dense = 200, (200, 200), 160
    a = r.random((dense, dense)) + dense * np.eye(dense)
    low = np.tril(r.random((600, 600))) + 20.0 * np.eye(600)
    spd = a @ a.T / dense
    bodies = 40
    tri = (r.random(20000), 4.0 + r.random(20000), r.random(20000), r.random(20000))
    obs = np.stack([r.integers(0, 20, 5000), r.integers(0, 1000, 5000)], axis=1)
    everything = {
        "lorenz": Kernel(lorenz, (10.0, 28.0, 8.0 / 3.0, 1.0, 1.0, 1.0, 100_000), (0, 1, 2, 3, 4, 5)),
        "gauss_seidel": Kernel(gauss_seidel, (r.random(grid), r.random(grid), 20), (0, 1), 2.5),
        "jacobi": Kernel(jacobi, (r.random(grid), r.random(grid), 10), (0, 1), 4.0),
        "jacobi_swap": Kernel(jacobi_swap, (r.random(grid), r.random(grid), 20), (0, 1), 4.0),
        "jacobi_slices": Kernel(jacobi_slices, (r.random(grid), r.random(grid), 20), (0, 1), 4.0),
        "heat_nonlinear": Kernel(heat_nonlinear, (r.random(1000), 200, 1e-3), (0,)),
        "lu": Kernel(lu, (a,), (0,)),
        "lu_rows": Kernel(lu_rows, (a,), (0,)),
        "cholesky": Kernel(cholesky, (spd,), (0,)),
        "triangular": Kernel(triangular, (low, r.random(600)), (0, 1)),
        "triangular_in_place": Kernel(triangular_in_place, (low, r.random(600)), (0, 1)),
        "tridiagonal": Kernel(tridiagonal, tri, (0, 1, 2, 3)),
        "matmul_ijk": Kernel(matmul_ijk, (r.random((n, n)), r.random((n, n))), (0, 1)),
        "matmul_ikj": Kernel(matmul_ikj, (r.random((n, n)), r.random((n, n))), (0, 1)),
        "nbody": Kernel(
            nbody, (r.random((bodies, 3)), r.random((bodies, 3)), r.random(bodies), 30, 1e-3), (0, 1, 2)
        ),
        "array_ode": Kernel(array_ode, (r.random(1000), r.random(1000), 100, 0.01), (0, 1)),
        "small_ode": Kernel(small_ode, (np.array([1.0, 0.0, 0.0]), r.random(3), 10_000, 1e-3), (0, 1)),
        "newton_while": Kernel(newton_while, (1.0 + 9.0 * r.random(5000),), (0,)),
        "while_loop": Kernel(while_loop, (0.7, 50_000), (0,)),
        "smith_waterman": Kernel(smith_waterman, (r.standard_normal((300, 300)), 0.3), (0, 1)),
        "soft_alignment": Kernel(soft_alignment, (r.random((150, 150)),), (0,)),
        "lstm_like": Kernel(
            lstm_like,
            (*(r.standard_normal((4, 64)) for _ in range(3)), r.standard_normal((200, 64))),
            (0, 1, 2),
        ),
        "bundle": Kernel(
            bundle,
            (
                0.1 * r.standard_normal((20, 11)) + np.eye(11)[6],
                r.standard_normal((1000, 3)) + np.array([0.0, 0.0, 5.0]),
                r.random(5000),
                obs,
                r.random((5000, 2)),
            ),
            (0, 1, 2),
        ),
        "chain": Kernel(chain, (r.random(100_000),), (0,)),
        "logistic": Kernel(
            logistic,
            (r.standard_normal(50), r.standard_normal((4000, 50)), np.sign(r.standard_normal(4000))),
            (0,),
        ),
        "convolution": Kernel(convolution, (r.random(20_000), r.random(25)), (0, 1)),
        "filter_iir": Kernel(filter_iir, (r.random(100_000), np.array([-0.5, 0.1]), r.random(3)), (0, 1, 2)),
        "paths": Kernel(paths, (1.0, 0.05, 0.2, r.standard_normal((2000, 100)) * 0.1, 0.01), (0, 1, 2)),
    }
    return everything


def timed(kernel: Kernel, rounds: int) -> tuple[float, float, float, float, float]:
    """Minimum and median of the primal and the gradient, and the seconds that compiling the gradient took.

    Functions that overwrite their arguments are given copies, in the primal as in the gradient.
    """
    primal = wengert.jit(kernel.fun)
    gradient = wengert.value_and_grad(kernel.fun, wrt=kernel.wrt)
    written = [k for k, v in enumerate(kernel.args) if isinstance(v, np.ndarray)]
    clean = [np.array(kernel.args[k]) for k in written]
    primal(*(np.array(v) if isinstance(v, np.ndarray) else v for v in kernel.args))
    start = time.perf_counter()
    gradient(*kernel.args)
    compiling = time.perf_counter() - start
    scratch = list(kernel.args)
    for k, v in zip(written, clean, strict=True):
        scratch[k] = v.copy()

    def run_primal() -> None:
        for k, v in zip(written, clean, strict=True):
            np.copyto(scratch[k], v)
        primal(*scratch)

    times = measure({"primal": run_primal, "gradient": lambda: gradient(*kernel.args)}, rounds)
    return (*times["primal"], *times["gradient"], compiling)


def main() -> None:
    """Time the kernels that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rounds", type=int, default=11)
    args = parser.parse_args()
    chosen = kernels(np.random.default_rng(0))
    print(
        f"{'kernel':22s} {'primal ms':>10s} {'median':>8s} {'grad ms':>9s} {'median':>8s} "
        f"{'ratio':>6s} {'target':>6s} {'compile s':>9s}"
    )
    logs: list[float] = []
    for name, kernel in chosen.items():
        if args.names and name not in args.names:
            continue
        p, pm, g, gm, compiling = timed(kernel, args.rounds)
        logs.append(math.log(g / p))
        print(
            f"{name:22s} {1e3 * p:10.3f} {1e3 * pm:8.3f} {1e3 * g:9.3f} {1e3 * gm:8.3f} "
            f"{g / p:6.2f} {kernel.target:6.1f} {compiling:9.2f}",
            flush=True,
        )
    print(f"geometric mean of ratios: {math.exp(sum(logs) / len(logs)):.2f}")


if __name__ == "__main__":
    main()
