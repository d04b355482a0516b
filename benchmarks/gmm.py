"""Log-likelihood of a Gaussian mixture (ADBench): gradient against primal, and against JAX.

Run: ``python benchmarks/gmm.py [D K [N]] [--data FILE] [--jax]``.  Without a file the data are random, of
the same sizes.
"""

from __future__ import annotations

import argparse
import math
import time
from typing import Any

import numpy as np
from side_by_side import measure, report

import wengert


def gmm(alpha, means, icf, x, gamma, m):
    """The objective of ADBench in loops."""
    n, d = x.shape
    k = len(alpha)
    lse_alpha = 0.0
    top = alpha[0]
    for j in range(1, k):
        if alpha[j] > top:
            top = alpha[j]
    for j in range(k):
        lse_alpha += math.exp(alpha[j] - top)
    lse_alpha = top + math.log(lse_alpha)
    sum_log = np.zeros(k)
    diagonal = np.zeros((k, d))
    for j in range(k):
        for i in range(d):
            sum_log[j] += icf[j, i]
            diagonal[j, i] = math.exp(icf[j, i])
    total = 0.0
    centred = np.zeros(d)
    scaled = np.zeros(d)
    terms = np.zeros(k)
    for t in range(n):
        for j in range(k):
            for i in range(d):
                centred[i] = x[t, i] - means[j, i]
            for i in range(d):
                scaled[i] = diagonal[j, i] * centred[i]
            at = d
            for i in range(d):
                for r in range(i + 1, d):
                    scaled[r] += icf[j, at] * centred[i]
                    at += 1
            square = 0.0
            for i in range(d):
                square += scaled[i] * scaled[i]
            terms[j] = alpha[j] + sum_log[j] - 0.5 * square
        high = terms[0]
        for j in range(1, k):
            if terms[j] > high:
                high = terms[j]
        s = 0.0
        for j in range(k):
            s += math.exp(terms[j] - high)
        total += high + math.log(s)
    prior = 0.0
    for j in range(k):
        square = 0.0
        for i in range(d):
            square += diagonal[j, i] * diagonal[j, i]
        for i in range(d, icf.shape[1]):
            square += icf[j, i] * icf[j, i]
        prior += 0.5 * gamma * gamma * square - m * sum_log[j]
    dof = d + m + 1.0
    constant = k * (dof * d * (math.log(gamma) - 0.5 * math.log(2)) - log_multigamma(0.5 * dof, d))
    return -n * d * 0.5 * math.log(2 * math.pi) + total - n * lse_alpha + prior - constant


def log_multigamma(a, d):
    """The logarithm of the multivariate gamma function."""
    out = 0.25 * d * (d - 1) * math.log(math.pi)
    for j in range(1, d + 1):
        out += math.lgamma(a + 0.5 * (1 - j))
    return out


def read(path: str) -> tuple[Any, ...]:
    """The arguments of `gmm` from a file of ADBench."""
    words = iter(open(path).read().split())
    d, k, n = (int(next(words)) for _ in range(3))

    def take(*shape: int) -> Any:
        return np.array([float(next(words)) for _ in range(math.prod(shape))]).reshape(shape)

    data = take(k), take(k, d), take(k, d + d * (d - 1) // 2), take(n, d)
    return (*data, float(next(words)), float(next(words)))


def random_data(d: int, k: int, n: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(0)
    icf = 0.1 * rng.standard_normal((k, d + d * (d - 1) // 2))
    return rng.standard_normal(k), rng.standard_normal((k, d)), icf, rng.standard_normal((n, d)), 1.0, 0.0


def jax_gradient(args: tuple[Any, ...]) -> tuple[Any, float]:
    """JAX's jitted gradient as a user of JAX would write it, and the seconds it took to trace and compile."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    alpha, means, icf, x, gamma, m = args
    n, d = x.shape
    low = np.tril_indices(d, -1)
    order = np.lexsort((low[0], low[1]))
    rows, cols = low[0][order], low[1][order]

    def objective(alpha: Any, means: Any, icf: Any) -> Any:
        diag = jnp.exp(icf[:, :d])
        lower = jnp.zeros((len(alpha), d, d)).at[:, rows, cols].set(icf[:, d:])
        centred = x[:, None, :] - means[None]
        scaled = diag * centred + jnp.einsum("kij,nkj->nki", lower, centred)
        inner = alpha + jnp.sum(icf[:, :d], 1) - 0.5 * jnp.sum(scaled**2, -1)
        likelihood = jnp.sum(jax.scipy.special.logsumexp(inner, axis=1))
        prior = 0.5 * gamma**2 * (jnp.sum(diag**2) + jnp.sum(icf[:, d:] ** 2)) - m * jnp.sum(icf[:, :d])
        return likelihood - n * jax.scipy.special.logsumexp(alpha) + prior

    start = time.perf_counter()
    compiled = jax.jit(jax.value_and_grad(objective, (0, 1, 2)))
    jax.block_until_ready(compiled(alpha, means, icf))
    seconds = time.perf_counter() - start
    return lambda: jax.block_until_ready(compiled(alpha, means, icf)), seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=[10, 25, 1000])
    parser.add_argument("--data")
    parser.add_argument("--jax", action="store_true")
    options = parser.parse_args()
    args = read(options.data) if options.data else random_data(*(*options.sizes, 1000)[:3])
    start = time.perf_counter()
    primal, gradient = wengert.jit(gmm), wengert.value_and_grad(gmm, wrt=(0, 1, 2))
    value, bars = gradient(*args)
    seconds = time.perf_counter() - start
    print(f"objective {value:.4f}; compiled in {seconds:.2f} s; |gradient| {np.linalg.norm(bars[1]):.6f}")
    candidates = {"primal": lambda: primal(*args), "value and gradient": lambda: gradient(*args)}
    if options.jax:
        candidates["JAX value and gradient"], jax_seconds = jax_gradient(args)
        print(f"JAX traced and compiled in {jax_seconds:.2f} s")
    report("GMM", measure(candidates), "primal")


if __name__ == "__main__":
    main()
