"""The adjoints of `adjoints.c` in Numba, as one writes them by hand there."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import gmm as gmm_model
import numba
import numpy as np

compiled = numba.njit


@compiled
def relaxed(u, f, sweeps):
    n, m = u.shape
    for _ in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] + f[i, j])


@compiled
def gauss_seidel(u0, f, sweeps):
    u = u0.copy()
    relaxed(u, f, sweeps)
    n, m = u.shape
    value, ub, fb = np.sum(u * u), 2.0 * u, np.zeros_like(f)
    for _ in range(sweeps):
        for i in range(n - 2, 0, -1):
            for j in range(m - 2, 0, -1):
                g = 0.25 * ub[i, j]
                ub[i, j] = 0.0
                ub[i - 1, j] += g
                ub[i + 1, j] += g
                ub[i, j - 1] += g
                ub[i, j + 1] += g
                fb[i, j] += g
    return value, ub, fb


@compiled
def swept(v, u, f):
    n, m = u.shape
    for i in range(1, n - 1):
        for j in range(1, m - 1):
            v[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] + f[i, j])


@compiled
def swept_back(vb, ub, fb, w):
    n, m = ub.shape
    for i in range(1, n - 1):
        for j in range(1, m - 1):
            g = 0.25 * vb[i, j]
            w[i, j] = g
            fb[i, j] += g
            vb[i, j] = 0.0
    for j in range(1, m - 1):
        ub[0, j] += w[1, j]
        ub[n - 1, j] += w[n - 2, j]
    for i in range(1, n - 1):
        ub[i, 0] += w[i, 1]
        ub[i, m - 1] += w[i, m - 2]
        for j in range(1, m - 1):
            ub[i, j] = (w[i - 1, j] + w[i + 1, j]) + (w[i, j - 1] + w[i, j + 1])


@compiled
def jacobi(u0, f, sweeps):
    u, v = u0.copy(), u0.copy()
    for _ in range(sweeps):
        swept(v, u, f)
        swept(u, v, f)
    value, ub, vb, fb, w = np.sum(u * u), 2.0 * u, np.zeros_like(u), np.zeros_like(u), np.zeros_like(u)
    for _ in range(sweeps):
        swept_back(ub, vb, fb, w)
        swept_back(vb, ub, fb, w)
    return value, ub + vb, fb


@compiled
def flow(sigma, rho, beta, x, y, z):
    return sigma * (y - x), x * (rho - z) - y, x * y - beta * z


@compiled
def flow_back(sigma, rho, beta, x, y, z, ax, ay, az):
    return (
        -sigma * ax + (rho - z) * ay + y * az,
        sigma * ax - ay + x * az,
        -x * ay - beta * az,
    )


@compiled
def lorenz(sigma, rho, beta, x, y, z, n):
    h = 0.001
    kept = np.empty((n, 3))
    for k in range(n):
        kept[k, 0], kept[k, 1], kept[k, 2] = x, y, z
        ax, ay, az = flow(sigma, rho, beta, x, y, z)
        bx, by, bz = flow(sigma, rho, beta, x + 0.5 * h * ax, y + 0.5 * h * ay, z + 0.5 * h * az)
        cx, cy, cz = flow(sigma, rho, beta, x + 0.5 * h * bx, y + 0.5 * h * by, z + 0.5 * h * bz)
        dx, dy, dz = flow(sigma, rho, beta, x + h * cx, y + h * cy, z + h * cz)
        x = x + h / 6.0 * (ax + 2.0 * bx + 2.0 * cx + dx)
        y = y + h / 6.0 * (ay + 2.0 * by + 2.0 * cy + dy)
        z = z + h / 6.0 * (az + 2.0 * bz + 2.0 * cz + dz)
    value = x + y + z
    xb, yb, zb, sb, rb, bb = 1.0, 1.0, 1.0, 0.0, 0.0, 0.0
    for k in range(n - 1, -1, -1):
        x, y, z = kept[k, 0], kept[k, 1], kept[k, 2]
        ax, ay, az = flow(sigma, rho, beta, x, y, z)
        x1, y1, z1 = x + 0.5 * h * ax, y + 0.5 * h * ay, z + 0.5 * h * az
        bx, by, bz = flow(sigma, rho, beta, x1, y1, z1)
        x2, y2, z2 = x + 0.5 * h * bx, y + 0.5 * h * by, z + 0.5 * h * bz
        cx, cy, cz = flow(sigma, rho, beta, x2, y2, z2)
        x3, y3, z3 = x + h * cx, y + h * cy, z + h * cz
        ux, uy, uz = h / 6.0 * xb, h / 6.0 * yb, h / 6.0 * zb
        px, py, pz = flow_back(sigma, rho, beta, x3, y3, z3, ux, uy, uz)
        vx, vy, vz = 2.0 * ux + h * px, 2.0 * uy + h * py, 2.0 * uz + h * pz
        qx, qy, qz = flow_back(sigma, rho, beta, x2, y2, z2, vx, vy, vz)
        wx, wy, wz = 2.0 * ux + 0.5 * h * qx, 2.0 * uy + 0.5 * h * qy, 2.0 * uz + 0.5 * h * qz
        rx, ry, rz = flow_back(sigma, rho, beta, x1, y1, z1, wx, wy, wz)
        tx, ty, tz = ux + 0.5 * h * rx, uy + 0.5 * h * ry, uz + 0.5 * h * rz
        sx, sy, sz = flow_back(sigma, rho, beta, x, y, z, tx, ty, tz)
        xb, yb, zb = xb + px + qx + rx + sx, yb + py + qy + ry + sy, zb + pz + qz + rz + sz
        sb += (y3 - x3) * ux + (y2 - x2) * vx + (y1 - x1) * wx + (y - x) * tx
        rb += x3 * uy + x2 * vy + x1 * wy + x * ty
        bb -= z3 * uz + z2 * vz + z1 * wz + z * tz
    return value, sb, rb, bb, xb, yb, zb


@compiled
def lu(a0):
    a = a0.copy()
    n = len(a)
    value = 0.0
    for k in range(n):
        for i in range(k + 1, n):
            a[i, k] = a[i, k] / a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    ab = np.zeros_like(a)
    for k in range(n):
        value += math.log(abs(a[k, k]))
        ab[k, k] = 1.0 / a[k, k]
    for k in range(n - 1, -1, -1):
        for i in range(n - 1, k, -1):
            lb = ab[i, k]
            for j in range(k + 1, n):
                lb -= ab[i, j] * a[k, j]
                ab[k, j] -= a[i, k] * ab[i, j]
            lb /= a[k, k]
            ab[i, k] = lb
            ab[k, k] -= lb * a[i, k]
    return value, ab


@compiled
def tridiagonal(a, b0, c, d0):
    n = len(a)
    b, d, x = b0.copy(), d0.copy(), np.empty(n)
    for i in range(1, n):
        w = a[i] / b[i - 1]
        b[i] -= w * c[i - 1]
        d[i] -= w * d[i - 1]
    x[n - 1] = d[n - 1] / b[n - 1]
    for i in range(n - 2, -1, -1):
        x[i] = (d[i] - c[i] * x[i + 1]) / b[i]
    ab, bb, cb, db = np.zeros(n), np.empty(n), np.zeros(n), np.empty(n)
    xb = 2.0 * x[0]
    for i in range(n - 1):
        t = xb / b[i]
        db[i], bb[i], cb[i] = t, -t * x[i], -t * x[i + 1]
        xb = 2.0 * x[i + 1] - t * c[i]
    dbar = xb / b[n - 1]
    bbar = -dbar * x[n - 1]
    for i in range(n - 1, 0, -1):
        w = a[i] / b[i - 1]
        wb = -(dbar * d[i - 1] + bbar * c[i - 1]) / b[i - 1]
        ab[i], db[i], bb[i] = wb, dbar, bbar
        cb[i - 1] -= w * bbar
        dbar = db[i - 1] - w * dbar
        bbar = bb[i - 1] - wb * w
    db[0], bb[0] = dbar, bbar
    return np.sum(x * x), ab, bb, cb, db


@compiled
def lstm_like(w, u, b, xs):
    n, d = xs.shape
    kept = np.empty((n, 7, d))
    h, c, gates = np.zeros(d), np.zeros(d), np.zeros((4, d))
    loss = 0.0
    for t in range(n):
        for g in range(4):
            for i in range(d):
                gates[g, i] = w[g, i] * xs[t, i] + u[g, i] * h[i] + b[g, i]
        for i in range(d):
            forget = 1.0 / (1.0 + math.exp(-gates[0, i]))
            enter = 1.0 / (1.0 + math.exp(-gates[1, i]))
            out = 1.0 / (1.0 + math.exp(-gates[2, i]))
            change = math.tanh(gates[3, i])
            kept[t, 0, i], kept[t, 1, i], kept[t, 2, i], kept[t, 3, i] = forget, enter, out, change
            kept[t, 4, i], kept[t, 5, i] = c[i], h[i]
            c[i] = c[i] * forget + enter * change
            kept[t, 6, i] = math.tanh(c[i])
            h[i] = out * kept[t, 6, i]
            loss += h[i] * xs[t, i]
    wb, ub, bb = np.zeros_like(w), np.zeros_like(u), np.zeros_like(b)
    h[:] = 0.0
    c[:] = 0.0
    for t in range(n - 1, -1, -1):
        for i in range(d):
            forget, enter, out, change = kept[t, 0, i], kept[t, 1, i], kept[t, 2, i], kept[t, 3, i]
            th = kept[t, 6, i]
            hb = h[i] + xs[t, i]
            cb = c[i] + hb * out * (1.0 - th * th)
            gates[0, i] = cb * kept[t, 4, i] * forget * (1.0 - forget)
            gates[1, i] = cb * change * enter * (1.0 - enter)
            gates[2, i] = hb * th * out * (1.0 - out)
            gates[3, i] = cb * enter * (1.0 - change * change)
            c[i] = cb * forget
            h[i] = 0.0
        for g in range(4):
            for i in range(d):
                gb = gates[g, i]
                wb[g, i] += gb * xs[t, i]
                ub[g, i] += gb * kept[t, 5, i]
                bb[g, i] += gb
                h[i] += gb * u[g, i]
    return loss, wb, ub, bb


@compiled
def forces(pos, mass, acc):
    n = len(mass)
    for i in range(n):
        sx, sy, sz = 0.0, 0.0, 0.0
        for j in range(n):
            if i != j:
                dx, dy, dz = pos[j, 0] - pos[i, 0], pos[j, 1] - pos[i, 1], pos[j, 2] - pos[i, 2]
                r2 = dx * dx + dy * dy + dz * dz + 0.01
                w = mass[j] / (r2 * math.sqrt(r2))
                sx += w * dx
                sy += w * dy
                sz += w * dz
        acc[i, 0], acc[i, 1], acc[i, 2] = sx, sy, sz


@compiled
def nbody(pos0, vel0, mass, steps, dt):
    pos, vel = pos0.copy(), vel0.copy()
    n = len(mass)
    acc, kept = np.empty((n, 3)), np.empty((steps, n, 3))
    for s in range(steps):
        kept[s] = pos
        forces(pos, mass, acc)
        for i in range(n):
            for e in range(3):
                vel[i, e] += dt * acc[i, e]
                pos[i, e] += dt * vel[i, e]
    value, pb, vb, mb = np.sum(pos * pos), 2.0 * pos, np.zeros_like(pos), np.zeros_like(mass)
    for s in range(steps - 1, -1, -1):
        p = kept[s]
        for i in range(n):
            for e in range(3):
                vb[i, e] += dt * pb[i, e]
                acc[i, e] = dt * vb[i, e]
        for i in range(n):
            gx, gy, gz = acc[i, 0], acc[i, 1], acc[i, 2]
            for j in range(n):
                if i != j:
                    dx, dy, dz = p[j, 0] - p[i, 0], p[j, 1] - p[i, 1], p[j, 2] - p[i, 2]
                    r2 = dx * dx + dy * dy + dz * dz + 0.01
                    q = 1.0 / (r2 * math.sqrt(r2))
                    w = mass[j] * q
                    wb = gx * dx + gy * dy + gz * dz
                    rb = -3.0 * wb * w / r2
                    x, y, z = w * gx + rb * dx, w * gy + rb * dy, w * gz + rb * dz
                    mb[j] += wb * q
                    pb[j, 0] += x
                    pb[j, 1] += y
                    pb[j, 2] += z
                    pb[i, 0] -= x
                    pb[i, 1] -= y
                    pb[i, 2] -= z
    return value, pb, vb, mb


@compiled
def shares(x, share):
    high, s = np.max(x), 0.0
    for j in range(len(x)):
        share[j] = math.exp(x[j] - high)
        s += share[j]
    share /= s
    return high + math.log(s)


log_multigamma = compiled(gmm_model.log_multigamma)


@compiled
def gmm(alpha, means, icf, x, gamma, m):
    n, d = x.shape
    k = len(alpha)
    diagonal, sum_log = np.exp(icf[:, :d]), np.zeros(k)
    alphab, meansb, icfb = np.zeros_like(alpha), np.zeros_like(means), np.zeros_like(icf)
    terms, share, sb, cb = np.empty(k), np.empty(k), np.empty(d), np.empty(d)
    centred, scaled = np.empty((k, d)), np.empty((k, d))
    total, prior = 0.0, 0.0
    for j in range(k):
        square = 0.0
        for i in range(d):
            sum_log[j] += icf[j, i]
            square += diagonal[j, i] * diagonal[j, i]
        for i in range(d, icf.shape[1]):
            square += icf[j, i] * icf[j, i]
        prior += 0.5 * gamma * gamma * square - m * sum_log[j]
    for t in range(n):
        for j in range(k):
            for i in range(d):
                centred[j, i] = x[t, i] - means[j, i]
                scaled[j, i] = diagonal[j, i] * centred[j, i]
            at = d
            for i in range(d):
                c = centred[j, i]
                for r in range(i + 1, d):
                    scaled[j, r] += icf[j, at] * c
                    at += 1
            square = 0.0
            for i in range(d):
                square += scaled[j, i] * scaled[j, i]
            terms[j] = alpha[j] + sum_log[j] - 0.5 * square
        total += shares(terms, share)
        for j in range(k):
            alphab[j] += share[j]
            for i in range(d):
                sb[i] = -share[j] * scaled[j, i]
                icfb[j, i] += sb[i] * centred[j, i]
                cb[i] = diagonal[j, i] * sb[i]
            at = d
            for i in range(d):
                c, sum_ = centred[j, i], 0.0
                for r in range(i + 1, d):
                    sum_ += icf[j, at] * sb[r]
                    icfb[j, at] += sb[r] * c
                    at += 1
                cb[i] += sum_
            for i in range(d):
                meansb[j, i] -= cb[i]
    total -= n * shares(alpha, share)
    for j in range(k):
        for i in range(d):
            q = diagonal[j, i]
            icfb[j, i] = q * (icfb[j, i] + gamma * gamma * q) + alphab[j] - m
        for i in range(d, icf.shape[1]):
            icfb[j, i] += gamma * gamma * icf[j, i]
        alphab[j] -= n * share[j]
    dof = d + m + 1.0
    constant = k * (dof * d * (math.log(gamma) - 0.5 * math.log(2)) - log_multigamma(0.5 * dof, d))
    value = -n * d * 0.5 * math.log(2 * math.pi) + total + prior - constant
    return value, alphab, meansb, icfb


def gradient(name: str) -> Callable[..., Any]:
    """The value and the adjoints of a kernel."""
    return globals()[name.partition(" ")[0]]
