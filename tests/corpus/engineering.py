"""Programs of engineers, as they write them: gas dynamics, trusses, splines, likelihoods, options, molecules,
attitudes, robots, attention, kinetics, heat exchangers, fits.
"""

import math
from typing import NamedTuple

import numpy as np
import scipy.linalg as sla
from scipy.special import erf, gammaln
from scipy.stats import norm


def hllc(UL, UR, g=1.4):
    rl, ul, pl = UL
    rr, ur, pr = UR
    al = math.sqrt(g * pl / rl)
    ar = math.sqrt(g * pr / rr)
    El = pl / (g - 1) + 0.5 * rl * ul**2
    Er = pr / (g - 1) + 0.5 * rr * ur**2
    SL = min(ul - al, ur - ar)
    SR = max(ul + al, ur + ar)
    SM = (pr - pl + rl * ul * (SL - ul) - rr * ur * (SR - ur)) / (rl * (SL - ul) - rr * (SR - ur))
    FL = np.array([rl * ul, rl * ul**2 + pl, ul * (El + pl)])
    FR = np.array([rr * ur, rr * ur**2 + pr, ur * (Er + pr)])
    if SL >= 0:
        return FL
    elif SR <= 0:
        return FR
    elif SM >= 0:
        c = rl * (SL - ul) / (SL - SM)
        Us = c * np.array([1.0, SM, El / rl + (SM - ul) * (SM + pl / (rl * (SL - ul)))])
        return FL + SL * (Us - np.array([rl, rl * ul, El]))
    c = rr * (SR - ur) / (SR - SM)
    Us = c * np.array([1.0, SM, Er / rr + (SM - ur) * (SM + pr / (rr * (SR - ur)))])
    return FR + SR * (Us - np.array([rr, rr * ur, Er]))


def euler(rho, u, p, dx, steps):
    n = len(rho)
    U = np.stack([rho, rho * u, p / 0.4 + 0.5 * rho * u**2])
    for s in range(steps):
        F = np.zeros((3, n + 1))
        for i in range(n + 1):
            l = max(i - 1, 0)
            r = min(i, n - 1)

            def prim(k):
                d, m, E = U[0, k], U[1, k], U[2, k]
                return d, m / d, 0.4 * (E - 0.5 * m * m / d)

            F[:, i] = hllc(prim(l), prim(r))
        U -= 0.05 / dx * (F[:, 1:] - F[:, :-1])
    return np.sum(U[0] ** 2) + U[2, n // 2]


def truss(nodes, conn, E, A, loads, fixed):
    nd = 2 * len(nodes)
    K = np.zeros((nd, nd))
    for e, (i, j) in enumerate(conn):
        d = nodes[j] - nodes[i]
        L = np.hypot(d[0], d[1])
        c, s = d / L
        k = E[e] * A[e] / L * np.array([[c * c, c * s], [c * s, s * s]])
        ii = [2 * i, 2 * i + 1]
        jj = [2 * j, 2 * j + 1]
        K[np.ix_(ii, ii)] += k
        K[np.ix_(jj, jj)] += k
        K[np.ix_(ii, jj)] -= k
        K[np.ix_(jj, ii)] -= k
    free = np.setdiff1d(np.arange(nd), fixed)
    u = np.zeros(nd)
    u[free] = np.linalg.solve(K[np.ix_(free, free)], loads[free])
    return loads @ u


def coxdeboor(i, k, t, x):
    if k == 0:
        return 1.0 if t[i] <= x < t[i + 1] else 0.0
    a = b = 0.0
    if t[i + k] != t[i]:
        a = (x - t[i]) / (t[i + k] - t[i]) * coxdeboor(i, k - 1, t, x)
    if t[i + k + 1] != t[i + 1]:
        b = (t[i + k + 1] - x) / (t[i + k + 1] - t[i + 1]) * coxdeboor(i + 1, k - 1, t, x)
    return a + b


def spline(c, t, xs):
    return sum(sum(c[i] * coxdeboor(i, 3, t, x) for i in range(len(c))) ** 2 for x in xs)


def gp(theta, X, y):
    ell, sf, sn = np.exp(theta)
    d2 = np.sum((X[:, None, :] - X[None, :, :]) ** 2, -1)
    K = sf**2 * np.exp(-0.5 * d2 / ell**2) + sn**2 * np.eye(len(y))
    L = np.linalg.cholesky(K)
    a = sla.cho_solve((L, True), y)
    return 0.5 * y @ a + np.log(np.diag(L)).sum() + 0.5 * len(y) * np.log(2 * np.pi)


def garch(params, r):
    w, a, b = params
    h = np.var(r)
    ll = 0.0
    for x in r:
        ll += 0.5 * (math.log(2 * math.pi * h) + x * x / h)
        h = w + a * x * x + b * h
    return ll


def crank(S0, K, r, sigma, T, M=20, N=10):
    Smax = 3 * K
    dS = Smax / M
    dt = T / N
    S = np.linspace(0, Smax, M + 1)
    V = np.maximum(S - K, 0)
    j = np.arange(1, M)
    a = 0.25 * dt * (sigma**2 * j**2 - r * j)
    b = -0.5 * dt * (sigma**2 * j**2 + r)
    c = 0.25 * dt * (sigma**2 * j**2 + r * j)
    A = np.diag(1 - b) - np.diag(a[1:], -1) - np.diag(c[:-1], 1)
    B = np.diag(1 + b) + np.diag(a[1:], -1) + np.diag(c[:-1], 1)
    for n in range(N):
        rhs = B @ V[1:-1]
        rhs[-1] += c[-1] * 2 * (Smax - K * np.exp(-r * n * dt))
        V[1:-1] = np.linalg.solve(A, rhs)
        V[-1] = Smax - K * math.exp(-r * (n + 1) * dt)
    return np.interp(S0, S, V)


def lj(pos, box, rc=2.5):
    n = len(pos)
    e = 0.0
    for i in range(n - 1):
        for j in range(i + 1, n):
            d = pos[i] - pos[j]
            d -= box * np.round(d / box)
            r2 = d @ d
            if r2 > rc * rc:
                continue
            s6 = 1.0 / r2**3
            e += 4 * (s6 * s6 - s6)
    return e


class Quaternion:
    def __init__(self, w, x, y, z):
        self.w, self.x, self.y, self.z = w, x, y, z

    def __mul__(self, o):
        return Quaternion(
            self.w * o.w - self.x * o.x - self.y * o.y - self.z * o.z,
            self.w * o.x + self.x * o.w + self.y * o.z - self.z * o.y,
            self.w * o.y - self.x * o.z + self.y * o.w + self.z * o.x,
            self.w * o.z + self.x * o.y - self.y * o.x + self.z * o.w,
        )

    def conj(self):
        return Quaternion(self.w, -self.x, -self.y, -self.z)

    @classmethod
    def axis_angle(cls, axis, ang):
        a = axis / np.linalg.norm(axis)
        s = math.sin(ang / 2)
        return cls(math.cos(ang / 2), *(s * a))

    def rotate(self, v):
        p = self * Quaternion(0.0, *v) * self.conj()
        return np.array([p.x, p.y, p.z])


def attitude(axis, omega, v, n):
    q = Quaternion.axis_angle(axis, 0.3)
    for k in range(n):
        q = q * Quaternion.axis_angle(axis + 0.1 * k, omega)
    return q.rotate(v) @ np.array([1.0, 2.0, 3.0])


class Link(NamedTuple):
    a: float
    alpha: float
    d: float


def dh(thetas, links):
    T = np.eye(4)
    for th, (a, al, d) in zip(thetas, links):
        ct, st, ca, sa = np.cos(th), np.sin(th), np.cos(al), np.sin(al)
        T = T @ np.array(
            [[ct, -st * ca, st * sa, a * ct], [st, ct * ca, -ct * sa, a * st], [0, sa, ca, d], [0, 0, 0, 1]]
        )
    return T[:3, 3]


def attention(x, Wq, Wk, Wv, heads):
    n, d = x.shape
    q, k, v = (np.reshape(x @ W, (n, heads, -1)).transpose(1, 0, 2) for W in (Wq, Wk, Wv))
    s = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    s = np.where(np.tri(n, dtype=bool), s, -np.inf)
    s = s - s.max(-1, keepdims=True)
    p = np.exp(s)
    p /= p.sum(-1, keepdims=True)
    o = (p @ v).transpose(1, 0, 2).reshape(n, -1)
    return np.mean(o**2) + np.einsum("hij->", p**2)


def rosenbrock_ode(k, y0, dt, n):
    def f(y):
        return np.array(
            [
                -k[0] * y[0] + k[2] * y[1] * y[2],
                k[0] * y[0] - k[2] * y[1] * y[2] - k[1] * y[1] ** 2,
                k[1] * y[1] ** 2,
            ]
        )

    def J(y):
        return np.array(
            [
                [-k[0], k[2] * y[2], k[2] * y[1]],
                [k[0], -k[2] * y[2] - 2 * k[1] * y[1], -k[2] * y[1]],
                [0.0, 2 * k[1] * y[1], 0.0],
            ]
        )

    g = 1 / (2 + math.sqrt(2))
    y = y0.copy()
    for _ in range(n):
        W = np.eye(3) - g * dt * J(y)
        k1 = np.linalg.solve(W, f(y))
        k2 = np.linalg.solve(W, f(y + dt * k1) - 2 * k1)
        y = y + 1.5 * dt * k1 + 0.5 * dt * k2
    return y


def ntu(m1, m2, cp1, cp2, U, A, config="counterflow"):
    C1, C2 = m1 * cp1, m2 * cp2
    Cmin, Cmax = (C1, C2) if C1 < C2 else (C2, C1)
    R = Cmin / Cmax
    N = U * A / Cmin
    if config == "counterflow":
        if abs(R - 1) < 1e-12:
            eps = N / (1 + N)
        else:
            eps = (1 - math.exp(-N * (1 - R))) / (1 - R * math.exp(-N * (1 - R)))
    elif config == "parallel":
        eps = (1 - math.exp(-N * (1 + R))) / (1 + R)
    else:
        raise ValueError(f"unknown {config}")
    return eps * Cmin


def bs(S, K, T, r, s):
    d1 = (np.log(S / K) + (r + s**2 / 2) * T) / (s * np.sqrt(T))
    d2 = d1 - s * np.sqrt(T)
    return S * norm.cdf(d1) - K * np.exp(-r * T) * norm.cdf(d2)


def poisson_nb(y, mu, k):
    return -np.sum(
        gammaln(y + k) - gammaln(k) - gammaln(y + 1) + k * np.log(k / (k + mu)) + y * np.log(mu / (k + mu))
    )


def gauss_newton(x, y, p, n):
    for _ in range(n):
        e = np.exp(-p[1] * x)
        r = y - p[0] * e
        J = np.column_stack([e, -p[0] * x * e])
        d, *_ = np.linalg.lstsq(J, r, rcond=None)
        p = p + d
    return p


rng = np.random.default_rng(2)
r = lambda *s: rng.standard_normal(s)
u = lambda *s: rng.uniform(0.5, 1.5, s)
nodes = np.array([[0.0, 0], [1, 0], [0.5, 1], [1.6, 0.9]])
xs = np.linspace(0, 2, 8)
PROGRAMS = [
    (hllc, ((1.0, 0.3, 1.0), (0.5, -0.1, 0.4))),
    (euler, (u(6), 0.1 * r(6), u(6), 0.2, 3)),
    (truss, (nodes, [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)], u(5) * 10, u(5), r(8), np.array([0, 1, 3]))),
    (spline, (r(5), np.array([0.0, 0, 0, 0, 0.5, 1, 1, 1, 1]), np.array([0.1, 0.4, 0.7]))),
    (gp, (np.array([0.1, 0.2, -1.0]), r(6, 2), r(6))),
    (garch, (np.array([0.1, 0.2, 0.6]), r(10))),
    (crank, (101.0, 100.0, 0.05, 0.2, 1.0)),
    (lj, (u(4, 3) * 2, 3.0)),
    (attitude, (r(3), 0.2, r(3), 4)),
    (dh, (r(3), [Link(0.4, 0.3, 0.1), Link(0.2, -0.5, 0.3), Link(0.6, 0.1, 0.0)])),
    (attention, (r(4, 6), r(6, 6), r(6, 6), r(6, 6), 2)),
    (rosenbrock_ode, (np.array([0.04, 3.0, 1.0]), np.array([1.0, 0.1, 0.2]), 0.1, 5)),
    (ntu, (1.0, 2.0, 4.2, 3.9, 1.1, 2.2)),
    (ntu, (1.0, 2.0, 4.2, 3.9, 1.1, 2.2, "parallel")),
    (bs, (u(4) * 100, 100.0, 1.0, 0.05, 0.2)),
    (poisson_nb, (np.array([1.0, 3, 0, 2]), u(4), 1.3)),
    (gauss_newton, (xs, 2 * np.exp(-xs) + 0.1 * r(8), np.array([1.5, 0.8]), 3)),
]

CASES = [("programs", f, args) for f, args in PROGRAMS]
