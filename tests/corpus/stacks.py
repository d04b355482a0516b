"""Matrices in stacks, norms along chosen axes, transforms of given sizes: options that change what is computed."""

from __future__ import annotations

from typing import Any

import numpy as np


def singular_values_of_each(x):
    return np.linalg.svd(x, compute_uv=False)


def rebuilt_from_singular_vectors(x):
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    return (u * np.sqrt(s)[..., None, :]) @ vt


def singular_values_of_complex(x):
    return np.linalg.svd(x[0] + 1j * x[1], compute_uv=False)


def singular_values_of_one_triangle(x):
    return np.linalg.svd(x[0] @ x[0].T, compute_uv=False, hermitian=True)


def eigenvalues_of_each(x):
    return np.linalg.eigvalsh(x)


def projector_on_first(x):
    w, v = np.linalg.eigh(x + 1j * np.tril(x, -1))
    first = v[..., :, 0]
    return w, np.real(first[..., :, None] * np.conj(first[..., None, :]))


def determinants_in_logarithms(x):
    sign, size = np.linalg.slogdet(x)
    return sign, size


def pseudoinverse_of_each(x):
    return np.linalg.pinv(x)


def norms_of_each(x):
    return (
        np.linalg.norm(x, "nuc", axis=(1, 2)),
        np.linalg.norm(x, 2, axis=(0, 2), keepdims=True),
        np.linalg.norm(x, -np.inf, axis=(2, 0)),
        np.linalg.norm(x, 1, axis=(-1, 0), keepdims=True),
        np.linalg.norm(x, axis=(0, 1)),
    )


def nuclear_norm_of_complex(x):
    return np.linalg.norm(x[0] + 1j * x[1], "nuc") + np.linalg.norm(x[0] - 1j * x[1], 2)


def transformed_to_sizes(x):
    return np.abs(np.fft.fft2(x, s=(3, 5))) ** 2, np.real(np.fft.ifftn(x, (2, 4), (0, 2)))


def real_transform(x):
    return np.abs(np.fft.rfft2(x[0]))


def back_to_real(x):
    return np.fft.irfftn(x[0] + 1j * x[1], s=(3, 3), axes=(0, 1))


def quantiles_along(x):
    return (
        np.nanquantile(x, [0.2, 0.7], axis=2),
        np.nanmedian(x, axis=0, keepdims=True),
        np.quantile(x, 0.4, 1),
    )


def at_least_so_many_axes(x):
    return np.array(x[0, 0], ndmin=3) * x


def ranks(x):
    return np.linalg.matrix_rank(x), np.var(x, dtype=np.float32)


_rng = np.random.default_rng(5)
_X = _rng.standard_normal((2, 3, 3))
_R = _rng.standard_normal((2, 4, 3))
_S = _X + np.swapaxes(_X, -1, -2) + 6.0 * np.diag([1.0, 2.0, 3.5])

CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("linear", singular_values_of_each, (_R,)),
    ("linear", rebuilt_from_singular_vectors, (_R,)),
    ("linear", singular_values_of_complex, (_R,)),
    ("linear", singular_values_of_one_triangle, (_X,)),
    ("linear", eigenvalues_of_each, (_S,)),
    ("linear", projector_on_first, (_S,)),
    ("linear", determinants_in_logarithms, (_X,)),
    ("linear", pseudoinverse_of_each, (_R,)),
    ("linear", norms_of_each, (_R,)),
    ("linear", nuclear_norm_of_complex, (_R,)),
    ("fft", transformed_to_sizes, (_R,)),
    ("fft", real_transform, (_X,)),
    ("fft", back_to_real, (_X,)),
    ("order", quantiles_along, (_R,)),
    ("allocation", at_least_so_many_axes, (_R,)),
]
INACTIVE: list[tuple[str, Any, tuple[Any, ...]]] = [("linear", ranks, (_X,))]
