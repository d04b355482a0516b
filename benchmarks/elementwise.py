"""A chain of elementwise functions over 10**6 numbers: gradient against primal, NumPy and JAX.

Run: ``python benchmarks/elementwise.py [N] [--jax]``.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from side_by_side import measure, report

import wengert


def chain(x):
    """A loss of a long array, in whole-array style."""
    return np.sum(np.exp(np.sin(x)) * np.log1p(x * x) / np.sqrt(1.0 + x))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("n", nargs="?", type=int, default=10**6)
    parser.add_argument("--jax", action="store_true")
    options = parser.parse_args()
    x = np.random.default_rng(0).random(options.n)
    primal, gradient = wengert.jit(chain), wengert.grad(chain)
    candidates: dict[str, Any] = {
        "primal": lambda: primal(x),
        "gradient": lambda: gradient(x),
        "NumPy primal": lambda: chain(x),
    }
    if options.jax:
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)

        def loss(x: Any) -> Any:
            return jnp.sum(jnp.exp(jnp.sin(x)) * jnp.log1p(x * x) / jnp.sqrt(1.0 + x))

        compiled = jax.jit(jax.grad(loss))
        on_device = jnp.asarray(x)
        np.testing.assert_allclose(compiled(on_device), gradient(x), rtol=1e-10)
        candidates["JAX gradient"] = lambda: jax.block_until_ready(compiled(on_device))
    report(f"elementwise chain, n = {options.n}", measure(candidates), "primal")


if __name__ == "__main__":
    main()
